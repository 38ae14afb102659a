"""Tray and images follow the reading of a slide and the profile of the display."""

from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from tests.profiles import SRGB, swapped
from tests.scene.fake_slide import FakeSlide, filled, halving_levels
from viewer.panels.images_panel import ImagesPanel
from viewer.panels.slides_panel import SlidesPanel
from viewer.panels.thumbnails import Thumbnails
from viewer.qt.images import to_qimage
from viewer.qt.slide_thumbnail import read_thumbnail
from viewer.qt.stored_picture import read_associated
from viewer.slide.geometry import Size
from viewer.slide.model import (
    AssociatedImage,
    ColorReading,
    Empty,
    Level,
    OpticalPath,
    Samples,
    TileKey,
)

PATIENCE = 10_000
RED, BLUE = (10, 20, 200), (200, 20, 10)  # as BGR
DECLARED = ColorReading.AS_DECLARED


class TwoReadings(FakeSlide):
    """Red as encoded, blue as declared."""

    def __init__(self, icc: bytes | None = None) -> None:
        super().__init__(halving_levels(Size(1000, 800), 256, 3))
        self.optical_paths = [OpticalPath("1", icc_profile=icc)]

    def read_samples(
        self, key: TileKey, color: ColorReading = ColorReading.AS_ENCODED
    ) -> Samples | Empty:
        bgr = BLUE if color is DECLARED else RED
        return filled(self.levels[key.level], key, bgr)


def flat(bgr: tuple[int, int, int]) -> Samples:
    pixels = np.full((40, 60, 4), 255, np.uint8)
    pixels[..., :3] = bgr
    return pixels


def image(icc: bytes | None = None) -> AssociatedImage:
    return AssociatedImage(
        Size(60, 40),
        Path("x.dcm"),
        lambda: flat(RED),
        icc,
        read_declared=lambda: flat(BLUE),
    )


def picture_color(thumbnails: Thumbnails, slide: FakeSlide) -> list[int]:
    drawn = thumbnails.picture(slide.serial)
    assert drawn is not None
    color = drawn.image.pixelColor(5, 5)
    return [color.blue(), color.green(), color.red()]


def test_a_picture_in_the_tray_is_read_as_its_slide_is() -> None:
    slide = TwoReadings()
    for color, bgr in ((ColorReading.AS_ENCODED, RED), (DECLARED, BLUE)):
        found = read_thumbnail(slide, 160, 5, color).picture.bgrx
        assert found[5, 5, :3].tolist() == list(bgr)
    slide.associated = {"thumbnail": image()}
    for color, bgr in ((ColorReading.AS_ENCODED, RED), (DECLARED, BLUE)):
        found = read_thumbnail(slide, 160, 5, color).picture.bgrx
        assert found[5, 5, :3].tolist() == list(bgr)


def test_an_image_with_one_reading_is_read_that_way() -> None:
    plain = AssociatedImage(Size(60, 40), Path("x.dcm"), lambda: flat(RED))
    assert read_associated(plain, DECLARED).bgrx[0, 0, :3].tolist() == list(RED)


def test_the_tray_changes_with_the_reading_and_the_display(qtbot: QtBot) -> None:
    panel = SlidesPanel()
    qtbot.addWidget(panel)
    panel.show()
    slide, readings = TwoReadings(SRGB), [ColorReading.AS_ENCODED]
    panel.reading_of = lambda _slide: readings[0]
    panel.show_slides([slide])
    made = panel.thumbnails
    qtbot.waitUntil(lambda: made.is_over(slide.serial), timeout=PATIENCE)
    assert picture_color(made, slide) == pytest.approx(RED, abs=1)
    readings[0] = DECLARED
    panel.renew_reading(slide)
    qtbot.waitUntil(lambda: made.is_over(slide.serial), timeout=PATIENCE)
    assert picture_color(made, slide) == pytest.approx(BLUE, abs=1)
    panel.set_color_target(swapped())
    qtbot.waitUntil(lambda: not made.is_busy, timeout=PATIENCE)
    assert picture_color(made, slide) == pytest.approx(RED, abs=2)
    panel.show_slide(None)


def test_label_and_overview_change_with_the_reading_and_the_display(
    qtbot: QtBot,
) -> None:
    panel = ImagesPanel()
    qtbot.addWidget(panel)
    panel.resize(400, 600)
    panel.show()
    slide, readings = TwoReadings(), [ColorReading.AS_ENCODED]
    slide.associated = {"overview": image(SRGB)}
    panel.reading_of = lambda _slide: readings[0]

    def middle() -> list[int]:
        view = panel.pictures["overview"].view
        shown = view.grab().toImage()
        color = shown.pixelColor(shown.rect().center())
        return [color.blue(), color.green(), color.red()]

    panel.show_slide(slide)
    qtbot.waitUntil(panel.is_ready, timeout=PATIENCE)
    assert middle() == pytest.approx(RED, abs=1)
    readings[0] = DECLARED
    panel.renew_reading(slide)
    qtbot.waitUntil(panel.is_ready, timeout=PATIENCE)
    assert middle() == pytest.approx(BLUE, abs=1)
    panel.set_color_target(swapped())
    qtbot.waitUntil(panel.is_ready, timeout=PATIENCE)
    assert middle() == pytest.approx(RED, abs=2)


def test_channels_are_blended_in_the_tray_from_the_middle_plane() -> None:
    def ramp(level: Level, key: TileKey) -> Samples:
        extent = level.tile_extent(key.column, key.row)
        line = np.linspace(100, 1100, extent.width).astype(np.uint16)
        if key.optical_path == 1 or key.focal_plane != 1:
            line[:] = 100 + 1000 * (np.arange(extent.width) % 2)
        return np.tile(line, (extent.height, 1))

    slide = FakeSlide(halving_levels(Size(400, 300), 512, 1), ramp)
    slide.optical_paths = [
        OpticalPath(name, grey_range=(0, 65535), color=color, absent=(0, 0, 0))
        for name, color in (("a", (255, 0, 0)), ("b", (0, 255, 0)))
    ]
    slide.focal_planes = [0.0, 1.0, 2.0]
    found = read_thumbnail(slide, 400, 5).picture
    assert found.profile is None
    red, green = found.bgrx[0, :, 2].astype(int), found.bgrx[0, :, 1].astype(int)
    assert (np.diff(red) >= 0).all()  # the ramp of the middle plane
    assert red[-1] == pytest.approx(255 / 1.1, abs=2)
    assert set(green.tolist()) == {0, 232}
    assert not to_qimage(found.bgrx).isNull()
