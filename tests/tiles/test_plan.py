"""The plan, against plain arithmetic on random pyramids."""

from collections.abc import Callable
from fractions import Fraction
from math import ceil, floor, log2

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from viewer.slide.geometry import Rect, Scale, Size
from viewer.slide.model import Level
from viewer.tiles.plan import (
    Patch,
    Place,
    Viewport,
    backdrop_level,
    level_for,
    patches,
    target_places,
    tiles_in,
    wanted,
)


def stored(base: Size, size: Size, tile: Size) -> Level:
    return Level(size, tile, Scale(base.width / size.width, base.height / size.height))


def pyramid(
    width: int, height: int, factors: list[float], tile: int = 256, *, computed: int = 0
) -> list[Level]:
    """Stored levels, and above them computed ones that halve with a partial pixel."""
    base, side = Size(width, height), Size(tile, tile)
    levels = [
        stored(base, Size(ceil(width / factor), ceil(height / factor)), side)
        for factor in factors
    ]
    top = levels[-1]
    for scale in (1 << step for step in range(1, computed + 1)):
        size = Size(ceil(top.size.width / scale), ceil(top.size.height / scale))
        downsample = Scale(top.downsample.x * scale, top.downsample.y * scale)
        levels.append(Level(size, Size(256, 256), downsample, stored=False))
    return levels


@st.composite
def pyramids(draw: st.DrawFn) -> list[Level]:
    """Any sizes, tiles and ratios, x and y apart, with computed levels on top."""
    base = Size(draw(st.integers(1, 40_000)), draw(st.integers(1, 40_000)))
    levels: list[Level] = []
    size = base
    for _ in range(draw(st.integers(1, 4))):
        tile = Size(draw(st.integers(128, 1100)), draw(st.integers(128, 1100)))
        levels.append(stored(base, size, tile))
        ratio = draw(st.floats(1.3, 8))
        size = Size(
            max(1, round(size.width / ratio)), max(1, round(size.height / ratio))
        )
    top = levels[-1]
    for step in range(1, draw(st.integers(0, 3)) + 1):
        scale = 1 << step
        size = Size(ceil(top.size.width / scale), ceil(top.size.height / scale))
        downsample = Scale(top.downsample.x * scale, top.downsample.y * scale)
        levels.append(Level(size, Size(256, 256), downsample, stored=False))
    return levels


@st.composite
def views(draw: st.DrawFn) -> tuple[list[Level], Viewport]:
    """A pyramid and a view of up to 500 device pixels that may stick out of it."""
    levels = draw(pyramids())
    pixel_size = 2 ** draw(st.floats(-5, log2(2 * max(levels[-1].downsample))))
    size = levels[0].size
    return levels, Viewport(
        Rect(
            draw(st.floats(-0.5, 1)) * size.width,
            draw(st.floats(-0.5, 1)) * size.height,
            draw(st.floats(1, 500)) * pixel_size,
            draw(st.floats(1, 500)) * pixel_size,
        ),
        pixel_size,
    )


def exists(levels: list[Level], place: Place) -> bool:
    level = levels[place.level]
    return 0 <= place.column < level.columns and 0 <= place.row < level.rows


def tile_under(levels: list[Level], number: int, x: float, y: float) -> Place:
    """The tile under a level-0 position, by division alone."""
    level = levels[number]
    column = floor(x / level.downsample.x / level.tile_size.width)
    row = floor(y / level.downsample.y / level.tile_size.height)
    return Place(number, min(column, level.columns - 1), min(row, level.rows - 1))


def on_slide(levels: list[Level], area: Rect) -> Rect:
    return area.intersected(Rect(0, 0, *levels[0].size))


def random_has(seed: int, share: float) -> Callable[[Place], bool]:
    return lambda place: (hash((seed, place)) % 1000) < share * 1000


def painted(
    levels: list[Level], viewport: Viewport, has: Callable[[Place], bool]
) -> list[Patch]:
    return list(patches(levels, viewport, viewport.area, has))


@given(pyramids(), st.floats(0.001, 1000), st.floats(1, 10))
def test_coarser_level_is_never_chosen_for_smaller_pixels(
    levels: list[Level], pixel_size: float, factor: float
) -> None:
    assert level_for(levels, pixel_size) <= level_for(levels, pixel_size * factor)


@given(pyramids(), st.floats(0.001, 1000))
def test_chosen_level_has_a_pixel_for_each_device_pixel(
    levels: list[Level], pixel_size: float
) -> None:
    chosen = level_for(levels, pixel_size)
    assert chosen == 0 or max(levels[chosen].downsample) <= pixel_size * 1.001
    for level in levels[chosen + 1 :]:
        assert max(level.downsample) > pixel_size


@pytest.mark.parametrize(
    ("pixel_size", "level"),
    [(0.25, 0), (1, 0), (1.9, 0), (1.945, 1), (3.88, 1), (3.89, 2), (7, 2), (99, 3)],
)
def test_level_is_chosen_on_uneven_factors(pixel_size: float, level: int) -> None:
    levels = pyramid(194_500, 77_800, [1, 1.945, 3.89, 7.02])
    assert level_for(levels, pixel_size) == level


def test_level_rounded_up_counts_for_its_round_factor() -> None:
    base = Size(40_001, 30_001)
    tile = Size(512, 512)
    levels = [stored(base, base, tile), stored(base, Size(20_000, 15_000), tile)]
    assert levels[1].downsample.x > 2
    assert level_for(levels, 2.0) == 1


def test_backdrop_is_the_finest_level_of_twenty_tiles() -> None:
    levels = pyramid(40_000, 30_000, [1, 4, 16, 64], 512)
    assert [level.columns * level.rows for level in levels[2:]] == [20, 2]
    assert backdrop_level(levels) == 2


def test_backdrop_is_the_coarsest_level_where_none_is_small() -> None:
    assert backdrop_level(pyramid(100_000, 80_000, [1, 4], 256)) == 1


@given(pyramids(), st.data())
def test_area_of_tiles_meets_exactly_those_tiles(
    levels: list[Level], data: st.DataObject
) -> None:
    number = data.draw(st.integers(0, len(levels) - 1))
    level = levels[number]
    left = data.draw(st.integers(0, level.columns - 1))
    top = data.draw(st.integers(0, level.rows - 1))
    right = data.draw(st.integers(left, min(left + 5, level.columns - 1)))
    bottom = data.draw(st.integers(top, min(top + 5, level.rows - 1)))
    first, last = level.tile_area(left, top), level.tile_area(right, bottom)
    area = Rect(first.x, first.y, last.right - first.x, last.bottom - first.y)
    assert tiles_in(number, levels, area) == [
        Place(number, column, row)
        for row in range(top, bottom + 1)
        for column in range(left, right + 1)
    ]


@given(pyramids(), st.tuples(*[st.floats(-1e9, 1e9)] * 2), st.floats(0, 500))
def test_no_area_meets_a_tile_that_does_not_exist(
    levels: list[Level], corner: tuple[float, float], side: float
) -> None:
    for number in range(len(levels)):
        for place in tiles_in(number, levels, Rect(*corner, side, side)):
            assert exists(levels, place)


@pytest.mark.parametrize(
    "area",
    [
        Rect(-500, 10, 499, 10),
        Rect(1000, 10, 100, 10),
        Rect(10, 700, 100, 10),
        Rect(10, 10, 0, 10),
        Rect(10, 10, 10, -3),
    ],
)
def test_area_beside_the_slide_or_without_size_meets_nothing(area: Rect) -> None:
    levels = pyramid(1000, 700, [1, 2])
    assert tiles_in(0, levels, area) == []
    assert painted(levels, Viewport(area, 1), lambda _place: True) == []


@given(views(), st.floats(0, 1), st.floats(0, 1))
def test_target_tiles_cover_the_view(
    view: tuple[list[Level], Viewport], right: float, down: float
) -> None:
    levels, viewport = view
    area = on_slide(levels, viewport.area)
    assume(area.width > 1e-3 and area.height > 1e-3)
    x, y = area.x + right * area.width, area.y + down * area.height
    areas = [
        levels[place.level].tile_area(place.column, place.row)
        for place in target_places(levels, viewport)
    ]
    near = 1e-3
    assert any(
        tile.x - near <= x <= tile.right + near
        and tile.y - near <= y <= tile.bottom + near
        for tile in areas
    )


@given(views(), st.integers(0, 500))
def test_wanted_tiles_exist_and_are_wanted_once(
    view: tuple[list[Level], Viewport], capacity: int
) -> None:
    levels, viewport = view
    places = wanted(levels, viewport, capacity)
    assert len(places) <= capacity
    assert len(set(places)) == len(places)
    assert all(exists(levels, place) for place in places)


@given(views())
def test_view_and_backdrop_are_wanted_before_anything_is_cut(
    view: tuple[list[Level], Viewport],
) -> None:
    levels, viewport = view
    places = set(wanted(levels, viewport, 100_000))
    assert places.issuperset(target_places(levels, viewport))
    backdrop = backdrop_level(levels)
    assert places.issuperset(tiles_in(backdrop, levels, viewport.area))


def test_stored_backdrop_comes_first_and_then_the_view_from_its_center() -> None:
    levels = pyramid(40_000, 30_000, [1, 4, 16], 512)
    viewport = Viewport(Rect(20_000, 15_000, 1600, 1000), 1)
    places = wanted(levels, viewport)
    assert {place.level for place in places[:20]} == {2}
    view = target_places(levels, viewport)
    stand_in = tiles_in(1, levels, viewport.area)
    assert places[20 : 20 + len(stand_in)] == stand_in
    seen = places[20 + len(stand_in) :][: len(view)]
    assert set(seen) == set(view)
    # (20,800, 15,500) is in column 40, row 30
    assert seen[0] == Place(0, 40, 30)
    distances = [
        abs(column * 512 + 256 - 20_800) ** 2 + abs(row * 512 + 256 - 15_500) ** 2
        for _, column, row in seen
    ]
    assert distances == sorted(distances)
    ring = places[20 + len(stand_in) + len(view) :][: len(view)]
    assert {place.level for place in ring} == {0}
    assert not set(ring) & set(view)


def test_ring_is_one_tile_wide() -> None:
    levels = pyramid(40_000, 30_000, [1], 256)
    viewport = Viewport(Rect(10_240, 10_240, 512, 256), 1)
    ring = [place for place in wanted(levels, viewport) if place.level == 0]
    assert set(ring) == {
        Place(0, column, row) for column in range(39, 43) for row in range(39, 42)
    }


def test_computed_target_comes_before_a_computed_backdrop() -> None:
    levels = pyramid(80_000, 80_000, [1], 256, computed=7)
    viewport = Viewport(Rect(0, 0, 80_000, 80_000), 64)
    target = level_for(levels, 64)
    assert target == 6
    assert backdrop_level(levels) == 7
    order = [place.level for place in wanted(levels, viewport)]
    assert order == [6] * 25 + [7] * 9


def test_dear_levels_are_not_loaded_on_suspicion() -> None:
    levels = pyramid(80_000, 80_000, [1], 256, computed=7)
    viewport = Viewport(Rect(40_000, 40_000, 100, 100), 8)
    asked = {place.level for place in wanted(levels, viewport)}
    assert asked == {3, 2, 7}  # the view and one finer; four halvings are too dear


def test_capacity_cuts_the_tail() -> None:
    levels = pyramid(40_000, 30_000, [1, 4, 16], 512)
    viewport = Viewport(Rect(20_000, 15_000, 1600, 1000), 1)
    assert wanted(levels, viewport, 30) == wanted(levels, viewport)[:30]


@given(views(), st.integers(0, 1 << 30), st.sampled_from([0, 0.3, 0.7, 1]))
def test_patches_cover_what_is_exposed_exactly_once(
    view: tuple[list[Level], Viewport], seed: int, share: float
) -> None:
    levels, viewport = view
    found = painted(levels, viewport, random_has(seed, share))
    area = on_slide(levels, viewport.area)
    if area.width < 1e-3 or area.height < 1e-3:
        return
    targets = [patch.target for patch in found]
    xs = np.unique([edge for rect in targets for edge in (rect.x, rect.right)])
    ys = np.unique([edge for rect in targets for edge in (rect.y, rect.bottom)])
    layers = np.zeros((len(ys) - 1, len(xs) - 1), int)
    for rect in targets:
        left, right = np.searchsorted(xs, [rect.x, rect.right])
        top, bottom = np.searchsorted(ys, [rect.y, rect.bottom])
        layers[top:bottom, left:right] += 1
    assert (layers == 1).all()
    grain = 1 / 65536
    assert abs(xs[0] - area.x) <= grain
    assert abs(xs[-1] - area.right) <= grain
    assert abs(ys[0] - area.y) <= grain
    assert abs(ys[-1] - area.bottom) <= grain
    covered = sum(Fraction(rect.width) * Fraction(rect.height) for rect in targets)
    assert covered == (Fraction(xs[-1]) - Fraction(xs[0])) * (
        Fraction(ys[-1]) - Fraction(ys[0])
    )


@given(views(), st.integers(0, 1 << 30), st.floats(0, 1))
def test_patches_show_the_right_part_of_the_right_tile(
    view: tuple[list[Level], Viewport], seed: int, share: float
) -> None:
    levels, viewport = view
    for patch in painted(levels, viewport, random_has(seed, share)):
        if patch.place is None:
            continue
        level = levels[patch.place.level]
        extent = level.tile_extent(patch.place.column, patch.place.row)
        source, target = patch.source, patch.target
        assert 0 <= source.x < extent.width
        assert 0 <= source.y < extent.height
        assert source.width > 0
        assert source.height > 0
        assert source.right <= extent.width + 1e-9
        assert source.bottom <= extent.height + 1e-9
        corner = level.tile_size
        for start, tile, along, scale, position in (
            (source.x, patch.place.column, corner.width, level.downsample.x, target.x),
            (source.y, patch.place.row, corner.height, level.downsample.y, target.y),
            (
                source.right,
                patch.place.column,
                corner.width,
                level.downsample.x,
                target.right,
            ),
            (
                source.bottom,
                patch.place.row,
                corner.height,
                level.downsample.y,
                target.bottom,
            ),
        ):
            assert (tile * along + start) * scale == pytest.approx(
                position, abs=1e-4 + 1e-3 * scale
            )


@given(views(), st.integers(0, 1 << 30), st.sampled_from([0.2, 0.5, 0.8]))
def test_each_patch_comes_from_the_finest_tile_at_hand(
    view: tuple[list[Level], Viewport], seed: int, share: float
) -> None:
    levels, viewport = view
    has = random_has(seed, share)
    target = level_for(levels, viewport.pixel_size)
    for patch in painted(levels, viewport, has):
        if patch.target.width < 1e-2 or patch.target.height < 1e-2:
            continue  # narrower than what division can tell apart
        x = patch.target.x + patch.target.width / 2
        y = patch.target.y + patch.target.height / 2
        candidates = [tile_under(levels, n, x, y) for n in range(target, len(levels))]
        assert patch.place == next(filter(has, candidates), None)


def test_missing_tile_is_painted_from_its_ancestor() -> None:
    levels = pyramid(4096, 4096, [1, 4])
    missing = Place(0, 5, 2)
    viewport = Viewport(Rect(1024, 256, 1024, 512), 1)
    found = painted(levels, viewport, lambda place: place != missing)
    assert len(found) == 8
    assert [patch for patch in found if patch.place and patch.place.level > 0] == [
        Patch(Place(1, 1, 0), Rect(64, 128, 64, 64), Rect(1280, 512, 256, 256))
    ]


def test_hole_in_an_ancestor_is_painted_from_a_coarser_one() -> None:
    levels = pyramid(4096, 1024, [1, 2, 4, 8])
    at_hand = {Place(1, 0, 0), Place(3, 0, 0), Place(3, 1, 0)}
    viewport = Viewport(Rect(256, 0, 512, 256), 1)
    assert painted(levels, viewport, at_hand.__contains__) == [
        Patch(Place(1, 0, 0), Rect(128, 0, 128, 128), Rect(256, 0, 256, 256)),
        Patch(Place(3, 0, 0), Rect(64, 0, 32, 32), Rect(512, 0, 256, 256)),
    ]


@given(pyramids(), st.integers(0, 3))
def test_stored_tile_shown_whole_is_taken_to_its_last_pixel(
    levels: list[Level], number: int
) -> None:
    kept = [level for level in levels if level.stored]
    level = kept[min(number, len(kept) - 1)]
    viewport = Viewport(Rect(0, 0, *levels[0].size), max(level.downsample))
    for patch in painted(kept, viewport, lambda _place: True):
        assert patch.place is not None
        shown = kept[patch.place.level]
        extent = shown.tile_extent(patch.place.column, patch.place.row)
        assert patch.source == Rect(0, 0, *extent)


def test_missing_tile_may_take_several_ancestors() -> None:
    # Tile 1 of level 0 spans 240 to 480; those of level 1 are 200 pixels of level 0.
    base = Size(1000, 256)
    levels = [
        stored(base, base, Size(240, 240)),
        stored(base, Size(500, 128), Size(100, 100)),
    ]
    found = painted(
        levels, Viewport(Rect(240, 0, 240, 200), 1), lambda place: place.level == 1
    )
    assert [(patch.place, patch.target) for patch in found] == [
        (Place(1, 1, 0), Rect(240, 0, 160, 200)),
        (Place(1, 2, 0), Rect(400, 0, 80, 200)),
    ]


def test_finer_tiles_never_stand_in_for_a_missing_one() -> None:
    levels = pyramid(4096, 4096, [1, 4])
    viewport = Viewport(Rect(0, 0, 4096, 4096), 4)
    found = painted(levels, viewport, lambda place: place.level == 0)
    assert {patch.place for patch in found} == {None}


def test_where_nothing_is_at_hand_the_patch_says_so() -> None:
    levels = pyramid(1000, 700, [1, 2])
    viewport = Viewport(Rect(-100, -100, 2000, 2000), 1)
    found = painted(levels, viewport, lambda _place: False)
    assert {patch.place for patch in found} == {None}
    assert sum(patch.target.width * patch.target.height for patch in found) == 700_000


def test_last_pixel_of_a_computed_level_ends_where_the_slide_does() -> None:
    levels = pyramid(1001, 513, [1], computed=2)
    viewport = Viewport(Rect(0, 0, 1001, 513), 4)
    (patch,) = painted(levels, viewport, lambda _place: True)
    assert levels[2].size == Size(251, 129)
    assert patch.target == Rect(0, 0, 1001, 513)
    assert patch.source == Rect(0, 0, 1001 / 4, 513 / 4)


def test_each_place_is_asked_for_at_most_once() -> None:
    levels = pyramid(40_000, 30_000, [1, 3, 7, 20], 256)
    asked: list[Place] = []

    def has(place: Place) -> bool:
        asked.append(place)
        return place.level == 3

    painted(levels, Viewport(Rect(9000, 9000, 3000, 2000), 1), has)
    assert len(set(asked)) == len(asked)
