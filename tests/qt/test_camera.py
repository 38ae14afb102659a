"""The camera's arithmetic: scale limits, anchors, and never losing the picture."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from viewer.qt.camera import MAGNIFIED_MOST, Camera
from viewer.slide.geometry import Rect

lengths = st.floats(1, 500_000)
sides = st.floats(20, 8000)
shares = st.floats(0, 1)


@st.composite
def cameras(draw: st.DrawFn) -> Camera:
    camera = Camera(draw(lengths), draw(lengths), draw(sides), draw(sides))
    return camera.fitted()


moves = st.one_of(
    st.tuples(st.just("pan"), st.floats(-1e5, 1e5), st.floats(-1e5, 1e5)),
    st.tuples(st.just("zoom"), st.floats(0.01, 100), shares),
    st.tuples(st.just("resize"), sides, sides),
    st.tuples(st.just("center"), st.floats(-1e6, 1e6), st.floats(-1e6, 1e6)),
)

MOVES: dict[str, Callable[[Camera, float, float], Camera]] = {
    "pan": lambda camera, dx, dy: camera.panned(dx, dy),
    "zoom": lambda camera, factor, share: camera.with_pixel_size(
        camera.pixel_size * factor,
        (share * camera.view_width, share * camera.view_height),
    ),
    "resize": lambda camera, width, height: camera.resized(width, height),
    "center": lambda camera, x, y: camera.centered(x, y),
}


@given(cameras(), st.lists(moves, max_size=12))
def test_a_part_of_the_picture_is_always_in_view(
    camera: Camera, steps: list[tuple[str, float, float]]
) -> None:
    for name, one, other in steps:
        camera = MOVES[name](camera, one, other)
        area = camera.area
        across = min(area.right, camera.picture_width) - max(area.x, 0)
        down = min(area.bottom, camera.picture_height) - max(area.y, 0)
        least_x = min(camera.picture_width, area.width / 6)
        least_y = min(camera.picture_height, area.height / 6)
        assert across >= least_x * 0.999
        assert down >= least_y * 0.999
        assert 1 / MAGNIFIED_MOST <= camera.pixel_size <= camera.largest_size


@given(cameras())
def test_fitting_shows_the_whole_picture_and_touches_two_of_its_edges(
    camera: Camera,
) -> None:
    area = camera.area
    assert area.x <= 1e-6
    assert area.y <= 1e-6
    assert area.right >= camera.picture_width * (1 - 1e-9)
    assert area.bottom >= camera.picture_height * (1 - 1e-9)
    spare_x = area.width - camera.picture_width
    spare_y = area.height - camera.picture_height
    is_tiny = camera.pixel_size == 1 / MAGNIFIED_MOST
    assert is_tiny or min(spare_x, spare_y) <= 1e-6 * area.width


@given(cameras(), shares, shares, st.lists(st.floats(0.8, 1.0), max_size=50))
def test_picture_under_the_anchor_stays_over_fifty_steps_in_and_out(
    camera: Camera, share_x: float, share_y: float, steps: list[float]
) -> None:
    anchor = camera.view_width * share_x, camera.view_height * share_y
    picture_x, picture_y = camera.to_picture(*anchor)
    if not (
        0 <= picture_x <= camera.picture_width
        and 0 <= picture_y <= camera.picture_height
    ):
        return
    for factor in [*steps, *(1 / step for step in reversed(steps))]:
        camera = camera.with_pixel_size(camera.pixel_size * factor, anchor)
        x, y = camera.to_picture(*anchor)
        off = max(abs(x - picture_x), abs(y - picture_y)) / camera.pixel_size
        assert off < 0.01


@given(cameras(), st.floats(-1000, 1000), st.floats(-1000, 1000))
def test_panning_there_and_back_changes_nothing_inside(
    camera: Camera, dx: float, dy: float
) -> None:
    there = camera.panned(dx, dy)
    moved_freely = (
        there.left == camera.left + dx * camera.pixel_size
        and there.top == camera.top + dy * camera.pixel_size
    )
    back = there.panned(-dx, -dy)
    if moved_freely:
        assert back.left == pytest.approx(camera.left, abs=1e-6 * camera.area.width)
        assert back.top == pytest.approx(camera.top, abs=1e-6 * camera.area.height)


@given(cameras(), sides, sides)
def test_resizing_keeps_the_middle(camera: Camera, width: float, height: float) -> None:
    near = camera.with_pixel_size(camera.fitting_size / 4)
    resized = near.resized(width, height)
    if resized.pixel_size == near.pixel_size:
        reach = 1e-6 * max(resized.area.width, near.area.width, 1)
        assert resized.center == pytest.approx(near.center, abs=reach)


def test_native_is_allowed_however_small_the_picture() -> None:
    camera = Camera(40, 30, 1000, 600).fitted()
    assert camera.pixel_size == 30 / 600
    assert camera.with_pixel_size(1.0).pixel_size == 1.0


def test_at_native_scale_the_corner_is_moved_to_a_whole_pixel() -> None:
    camera = replace(Camera(4000, 3000, 801, 601), left=10.4, top=20.6)
    assert (camera.aligned().left, camera.aligned().top) == (10, 21)
    zoomed = replace(camera, pixel_size=2.0)
    assert zoomed.aligned() == zoomed


@given(cameras(), lengths, lengths, lengths, lengths)
def test_an_area_is_shown_whole_in_the_middle_and_as_large_as_it_fits(
    camera: Camera, x: float, y: float, width: float, height: float
) -> None:
    x, y = x % camera.picture_width, y % camera.picture_height
    shown = camera.showing(Rect(x, y, width, height))
    least = max(width / camera.view_width, height / camera.view_height)
    within = min(max(least, 1 / MAGNIFIED_MOST), camera.largest_size)
    assert shown.pixel_size == pytest.approx(within)
    middle = x + width / 2, y + height / 2
    if middle[0] < camera.picture_width and middle[1] < camera.picture_height:
        slack = 1e-9 * max(camera.picture_width, camera.picture_height) + 1e-6
        assert shown.center == pytest.approx(middle, abs=slack)


@given(cameras(), st.floats(0.01, 100), shares, shares, shares)
def test_the_anchor_of_a_zoom_stays_all_the_way(
    camera: Camera, factor: float, across: float, down: float, share: float
) -> None:
    anchor = across * camera.view_width, down * camera.view_height
    target = camera.with_pixel_size(camera.pixel_size / factor, anchor)
    tissue = camera.to_picture(*anchor)
    assume(target.to_picture(*anchor) == pytest.approx(tissue, rel=1e-12, abs=1e-9))
    now = camera.between(target, share)
    off_x = abs(now.to_picture(*anchor)[0] - tissue[0]) / now.pixel_size
    off_y = abs(now.to_picture(*anchor)[1] - tissue[1]) / now.pixel_size
    assert max(off_x, off_y) < 0.01  # device pixels


@given(cameras(), st.lists(moves, max_size=6), st.lists(moves, max_size=6), shares)
def test_the_way_between_two_cameras_begins_and_ends_there_and_stays_in_the_limits(
    camera: Camera,
    first: list[tuple[str, float, float]],
    then: list[tuple[str, float, float]],
    share: float,
) -> None:
    for name, one, other in first:
        camera = MOVES[name](camera, one, other)
    target = camera
    for name, one, other in then:
        if name != "resize":
            target = MOVES[name](target, one, other)
    assert camera.between(target, 1) == target
    begin = camera.between(target, 0)
    assert begin.pixel_size == pytest.approx(camera.pixel_size)
    off = abs(begin.left - camera.left), abs(begin.top - camera.top)
    assert max(off) < 0.01 * camera.pixel_size
    now = camera.between(target, share)
    sizes = sorted((camera.pixel_size, target.pixel_size))
    assert sizes[0] * (1 - 1e-9) <= now.pixel_size <= sizes[1] * (1 + 1e-9)
    area = now.area
    assert min(area.right, now.picture_width) > max(area.x, 0)
    assert min(area.bottom, now.picture_height) > max(area.y, 0)
