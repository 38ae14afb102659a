"""What is painted where: decoded from the colors on screen."""

from collections.abc import Callable
from math import floor

import numpy as np
import pytest
from PySide6.QtCore import QPoint

from tests.scene.fake_slide import (
    Decoded,
    FakeSlide,
    decoded,
    filled,
    halving_levels,
    self_describing,
)
from tests.scene.stage import Stage, bgr
from viewer.scene.pyramid_item import _rounded
from viewer.slide.geometry import Scale, Size
from viewer.slide.look import Look
from viewer.slide.model import ColorReading, Level, OpticalPath, Samples, TileKey

MakeStage = Callable[..., Stage]
RATIOS = (1.0, 1.25, 1.5, 2.0)


def uniform(level: Level, key: TileKey) -> Samples:
    return filled(level, key, (90, 120, 200))


def small_slide(levels: int = 4) -> FakeSlide:
    return FakeSlide(halving_levels(Size(4000, 3000), 256, levels))


@pytest.mark.parametrize("ratio", RATIOS)
def test_every_pixel_of_a_complete_view_comes_from_its_own_tile(
    stage: MakeStage, ratio: float
) -> None:
    slide = small_slide()
    played = stage(slide, ratio=ratio)
    played.view.set_pixel_size(2.6)
    played.view.center_on(1733.3, 1402.7)
    played.load()
    assert played.view.is_complete()
    pixels = played.pixels()
    area, size = played.view.viewport_state().area, 2.6
    level = slide.levels[1]
    for y in range(3, pixels.shape[0], 41):
        for x in range(3, pixels.shape[1], 37):
            places = {
                (
                    floor((area.x + (x + dx) * size) / level.downsample.x / 256),
                    floor((area.y + (y + dy) * size) / level.downsample.y / 256),
                )
                for dx in (-0.1, 1.1)  # an edge may fall on either side of the pixel
                for dy in (-0.1, 1.1)
            }
            colors = {
                self_describing(level, TileKey(0, 1, column, row))
                for column, row in places
            }
            assert tuple(int(value) for value in pixels[y, x]) in colors


def test_missing_tile_is_painted_from_its_ancestor(stage: MakeStage) -> None:
    played = stage(small_slide())
    played.load()
    played.view.show_native()
    played.turn()
    assert played.tile_at(320, 240).level > 0  # from what the whole view has left
    played.load()
    assert played.tile_at(320, 240).level == 0


def test_failed_ancestor_gives_way_to_a_coarser_one(stage: MakeStage) -> None:
    slide = small_slide(4)
    slide.broken = {
        (2, column, row): "Level 2 is broken."
        for column in range(4)
        for row in range(3)
    }
    played = stage(slide)
    played.view.set_pixel_size(12.0)
    played.load()
    played.view.show_native()
    played.turn()
    shown = {
        decoded(*color)
        for color in np.unique(played.pixels().reshape(-1, 3), axis=0).tolist()
    }
    assert {tile.level for tile in shown} == {3}


@pytest.mark.parametrize("ratio", RATIOS)
def test_uniform_slide_shows_one_color_at_any_zoom(
    stage: MakeStage, ratio: float
) -> None:
    slide = FakeSlide(halving_levels(Size(3001, 2003), 128, 5), uniform)
    played = stage(slide, 330, 250, ratio)
    played.load()
    for number in range(50):
        played.view.set_pixel_size(0.21 * 1.079**number)  # 0.21 to 8.7
        played.view.center_on(1500.3 + number * 0.37, 1001.9 - number * 0.21)
        played.load(6)  # some tiles are there, some are stand-ins
        pixels = played.pixels()
        slide_only = inside(pixels, played)
        loading = is_grey(slide_only)
        assert not loading.any()
        assert (slide_only == (90, 120, 200)).all(), played.view.viewport_state()


def inside(pixels: np.ndarray, played: Stage) -> np.ndarray:
    """Return the pixels that are the slide's alone: one off its rounded edges."""
    viewport = played.view.viewport_state()
    area, size = viewport.area, viewport.pixel_size
    width, height = played.slide.levels[0].size
    left = max(0, floor(-area.x / size) + 2) if area.x < 0 else 0
    top = max(0, floor(-area.y / size) + 2) if area.y < 0 else 0
    right = min(pixels.shape[1], floor((width - area.x) / size) - 1)
    bottom = min(pixels.shape[0], floor((height - area.y) / size) - 1)
    # The last device pixel of a fractional screen is only partly the view's.
    return pixels[
        top : min(bottom, len(pixels) - 1), left : min(right, pixels.shape[1] - 1)
    ]


def is_grey(pixels: np.ndarray) -> np.ndarray:
    return (pixels[..., 0] == pixels[..., 1]) & (pixels[..., 1] == pixels[..., 2])


def numbered(level: Level, key: TileKey) -> Samples:
    """Draw pixels that say where they are: unlike any near them, level 0 only."""
    extent = level.tile_extent(key.column, key.row)
    x = key.column * level.tile_size.width + np.arange(extent.width)
    y = key.row * level.tile_size.height + np.arange(extent.height)
    pixels = np.full((extent.height, extent.width, 4), 255, np.uint8)
    pixels[..., 0] = (x % 251)[None, :]
    pixels[..., 1] = (y % 241)[:, None]
    pixels[..., 2] = ((7 * x[None, :] + 13 * y[:, None]) % 239) // 2
    return pixels


@pytest.mark.parametrize("ratio", RATIOS)
@pytest.mark.parametrize("center", [(1500.0, 1000.0), (1500.5, 1000.4), (1, 1)])
def test_native_pixels_are_untouched(
    stage: MakeStage, ratio: float, center: tuple[float, float]
) -> None:
    slide = FakeSlide(halving_levels(Size(3001, 2003), 256, 1), numbered)
    played = stage(slide, 400, 300, ratio)
    played.view.show_native()
    played.view.center_on(*center)
    played.load()
    pixels = played.pixels()
    area = played.view.viewport_state().area
    assert area.x == round(area.x)
    assert area.y == round(area.y)
    x = int(area.x) + np.arange(int(400 * ratio))
    y = int(area.y) + np.arange(int(300 * ratio))
    columns, rows = x[x >= 0], y[y >= 0]
    shown = pixels[len(y) - len(rows) : len(y), len(x) - len(columns) : len(x)]
    assert (shown[..., 0] == (columns % 251)[None, :]).all()
    assert (shown[..., 1] == (rows % 241)[:, None]).all()


def test_magnified_pixels_are_squares_of_their_own_color(stage: MakeStage) -> None:
    slide = FakeSlide(halving_levels(Size(3001, 2003), 256, 1), numbered)
    played = stage(slide, 400, 320)
    played.view.set_pixel_size(1 / 8)
    played.view.center_on(512, 256)  # four tiles meet in the middle
    played.load()
    squares = played.pixels().reshape(40, 8, 50, 8, 3)
    assert (squares == squares[:, :1, :, :1]).all()
    assert (squares[0, 0, :, 0, 0] == np.arange(512 - 25, 512 + 25) % 251).all()
    assert (squares[:, 0, 0, 0, 1] == np.arange(256 - 20, 256 + 20) % 241).all()


@pytest.mark.parametrize("pixel_size", [1.75, 1.93, 1.99, 2.0, 2.7, 3.99, 5.3, 7.9])
def test_fine_texture_is_flat_grey_when_zoomed_out(
    stage: MakeStage, pixel_size: float
) -> None:
    def checkered(level: Level, key: TileKey) -> Samples:
        if level.downsample.x > 1.5:
            return filled(level, key, (127, 127, 127))
        pixels = filled(level, key, (0, 0, 0))
        rows, columns = np.indices(pixels.shape[:2])
        pixels[(rows + columns) % 2 == 1, :3] = 255
        return pixels

    slide = FakeSlide(halving_levels(Size(4096, 3072), 256, 4), checkered)
    played = stage(slide, 400, 300)
    played.view.set_pixel_size(pixel_size)
    played.view.center_on(2000.3, 1500.7)
    played.load()
    assert played.view.is_complete()
    # The mean over 1.75 pixels and more leaves at most (0.25 / 1.75)^2 of the contrast.
    assert np.abs(played.pixels().astype(int) - 127).max() <= 4


def test_repainting_a_part_gives_what_repainting_all_gives(stage: MakeStage) -> None:
    slide = FakeSlide(halving_levels(Size(4000, 3000), 256, 4), numbered)
    played = stage(slide)
    played.view.set_pixel_size(1.37)
    played.view.center_on(2000.4, 1500.2)
    played.turn()
    while played.load(1):  # each tile repaints its own place only
        pass
    # What the window has on screen, painted bit by bit; nothing is painted for this.
    on_screen = bgr(played.view.screen().grabWindow(played.view.winId()).toImage())
    assert (on_screen == played.pixels()).all()


def test_edge_tiles_end_where_the_slide_does(stage: MakeStage) -> None:
    slide = FakeSlide(halving_levels(Size(300, 200), 256, 1), uniform)
    played = stage(slide, 640, 480)
    played.view.show_native()
    played.load()
    pixels = played.pixels()
    is_slide = (pixels == (90, 120, 200)).all(axis=2)
    assert is_slide.sum() == 300 * 200
    rows, columns = np.nonzero(is_slide)
    assert (columns.max() - columns.min() + 1, rows.max() - rows.min() + 1) == (
        300,
        200,
    )


def test_loading_absent_failed_and_outside_look_different(stage: MakeStage) -> None:
    slide = FakeSlide(halving_levels(Size(1024, 256), 256, 1))
    slide.absent = {(0, 0, 0)}
    slide.broken = {(0, 1, 0): "Frame 2 is broken."}
    played = stage(slide, 1100, 500)
    played.view.show_native()
    played.turn()
    corner = -played.view.viewport_state().area.x, -played.view.viewport_state().area.y
    left, top = int(corner[0]), int(corner[1])

    def look_of(column: int) -> np.ndarray:
        start = left + 256 * column
        return played.pixels()[top : top + 256, start : start + 256]

    loading = look_of(0)
    assert len(np.unique(loading.reshape(-1, 3), axis=0)) == 2
    assert np.ptp(loading.astype(int)) < 40  # quiet
    played.load()
    absent, failed = look_of(0), look_of(1)
    assert (absent == 255).all()
    red = failed[..., 2].astype(int) - failed[..., 0]
    share = (red > 100).mean()
    assert 0.15 < share < 0.5  # stripes
    assert (red[0] > 100).all()  # and a border
    assert (red[:, 0] > 100).all()
    outside = played.pixels()[5, 5]
    assert not (outside == 255).all()
    assert not any((outside == color).all() for color in loading.reshape(-1, 3))


def test_absent_color_is_the_optical_paths(stage: MakeStage) -> None:
    slide = FakeSlide(halving_levels(Size(512, 512), 256, 1))
    slide.optical_paths = [OpticalPath("DAPI", absent=(0, 0, 0))]
    slide.absent = {(0, 0, 0)}
    played = stage(slide, 640, 600)
    played.view.show_native()
    played.load()
    area = played.view.viewport_state().area
    assert (played.pixels()[int(10 - area.y), int(10 - area.x)] == 0).all()


def test_failed_tile_shows_the_coarser_picture_between_its_stripes(
    stage: MakeStage,
) -> None:
    slide = FakeSlide(halving_levels(Size(1024, 1024), 256, 3))
    slide.broken = {(0, 1, 1): "Frame 6 is broken."}
    played = stage(slide)
    played.view.show_native()
    played.view.center_on(384, 384)
    played.load()
    pixels = played.pixels()[240 - 100 : 240 + 100, 320 - 100 : 320 + 100]
    coarser = self_describing(slide.levels[1], TileKey(0, 1, 0, 0))
    assert (pixels == coarser).all(axis=2).mean() > 0.5
    assert played.view.failure_at(QPoint(320, 240)) == "Frame 6 is broken."


def test_growing_tile_is_painted_over_the_coarser_one(stage: MakeStage) -> None:
    slide = FakeSlide(halving_levels(Size(1024, 1024), 256, 3))
    slide.covered = {(0, 1, 1): 0.5}
    played = stage(slide)
    played.view.show_native()
    played.view.center_on(384, 384)
    played.load(200)
    assert not played.view.is_complete()
    assert played.tile_at(320, 240 - 60) == Decoded(0, 1, 1)
    assert played.tile_at(320, 240 + 60) == Decoded(1, 0, 0)
    slide.covered = {}
    played.load()
    assert played.view.is_complete()
    assert played.tile_at(320, 240 + 60) == Decoded(0, 1, 1)


def test_damaged_tile_has_a_mark_and_a_reason(stage: MakeStage) -> None:
    slide = FakeSlide(halving_levels(Size(512, 512), 256, 1), uniform)
    key = TileKey(slide.serial, 0, 1, 0)
    slide.damaged = {key: "Frame 2 was decoded in spite of damage."}
    played = stage(slide, 640, 560)
    played.view.show_native()
    played.load()
    marked = (played.pixels() != (90, 120, 200)).any(axis=2)
    area = played.view.viewport_state().area
    x, y = int(256 - area.x), int(0 - area.y)
    assert 60 < marked[y : y + 256, x : x + 256].sum() < 200
    assert not marked[y : y + 256, x - 256 : x].any()
    assert played.view.failure_at(QPoint(x + 3, y + 3)) == slide.damaged[key]


@pytest.mark.parametrize("pixel_size", [1.0, 1.5])
def test_old_look_stays_until_the_new_one_is_there(
    stage: MakeStage, pixel_size: float
) -> None:
    class Shifted(Look):
        def render(self, samples, level=0):
            drawn = super().render(samples, level).copy()
            drawn[..., 2] += 100
            return drawn

    slide = FakeSlide(halving_levels(Size(1024, 1024), 256, 1), uniform)
    played = stage(slide)
    played.view.set_pixel_size(pixel_size)
    played.load()
    assert (played.pixels()[240, 320] == (90, 120, 200)).all()
    played.view.set_look(Shifted(color=ColorReading.AS_DECLARED))
    assert not played.view.is_complete()
    assert (played.pixels()[240, 320] == (90, 120, 200)).all()
    played.load()
    assert played.view.is_complete()
    assert (played.pixels()[240, 320] == (90, 120, 44)).all()


def test_levels_of_any_ratio_meet_without_seams(stage: MakeStage) -> None:
    base = Size(5003, 3001)
    sizes = [base, Size(2572, 1543), Size(713, 428)]
    levels = [
        Level(
            size,
            Size(240, 200),
            Scale(base.width / size.width, base.height / size.height),
        )
        for size in sizes
    ]
    slide = FakeSlide(levels, uniform)
    played = stage(slide, 500, 400)
    played.load()
    for pixel_size in (0.9, 1.3, 1.945, 2.5, 3.89, 7.02, 9.0):
        played.view.set_pixel_size(pixel_size)
        played.view.center_on(2501.5, 1500.5)
        played.load(4)
        assert (inside(played.pixels(), played) == (90, 120, 200)).all()


@pytest.mark.parametrize("ratio", [1.0, 1.25, 1.5, 1.75])
def test_tiles_are_equally_wide_where_their_edges_fall_on_half_pixels(
    ratio: float,
) -> None:
    device_tile, pixel_size = 100, 2.4  # tiles of 240
    scale = 1 / (pixel_size * ratio) * ratio  # as the view makes it: a little off
    for first in range(500, 700):
        offset = 0.5 - first * device_tile
        columns = range(first - 2, first + 20)
        edges = [_rounded(column * 240.0, scale, offset) for column in columns]
        assert set(np.diff(edges).tolist()) == {device_tile}


def test_coarser_tiles_that_come_in_are_painted_while_finer_ones_are_missing(
    stage: MakeStage,
) -> None:
    played = stage(FakeSlide(halving_levels(Size(40_000, 30_000), 256, 8)))
    played.view.show_native()
    played.view.center_on(20_000, 15_000)
    while not any(tile.level == 0 for tile in played.load(1)):
        window = played.view.screen().grabWindow(played.view.winId())
        assert (bgr(window.toImage()) == played.pixels()).all()
    assert played.tile_at(5, 5).level > 0
