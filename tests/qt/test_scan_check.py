"""A scan full of tissue does not lie where its overview shows bare glass."""

from pathlib import Path

import numpy as np
import pytest

from tests.scene.fake_slide import FakeSlide, halving_levels
from viewer.formats import open_slide
from viewer.qt.scan_check import lies_on_empty_glass
from viewer.qt.stored_picture import StoredPicture, read_associated
from viewer.slide.geometry import Rect, Size
from viewer.slide.model import AssociatedImage, Level, OpticalPath, Samples, TileKey
from viewer.slide.placement import Correspondence

GLASS, TISSUE = (240, 240, 240), (150, 90, 160)
LEFT = ((0.1, 0.2), (0.3, 0.2), (0.3, 0.8), (0.1, 0.8))
RIGHT = tuple((x + 0.5, y) for x, y in LEFT)


def stripes(rows: int, columns: int, dark: tuple[int, ...] = TISSUE) -> np.ndarray:
    """Return glass with tissue on every other fourth of the rows."""
    pixels = np.full((rows, columns, 4), 255, np.uint8)
    pixels[..., :3] = GLASS
    for part in (0, 2):
        pixels[part * rows // 4 : (part + 1) * rows // 4, :, :3] = dark
    return pixels


def overview(dark: tuple[int, ...] = TISSUE) -> StoredPicture:
    """Return 500 x 100 pixels of glass with tissue at the left, in LEFT."""
    pixels = np.full((100, 500, 4), 255, np.uint8)
    pixels[..., :3] = GLASS
    pixels[20:80, 50:150] = stripes(60, 100, dark)
    return StoredPicture(pixels)


def scan() -> FakeSlide:
    slide = FakeSlide(halving_levels(Size(4000, 2400), 256, 3))
    picture = stripes(240, 400)
    slide.associated = {
        "thumbnail": AssociatedImage(Size(400, 240), Path("t.dcm"), lambda: picture)
    }
    return slide


def test_where_the_tissue_is_nothing_is_wrong() -> None:
    assert not lies_on_empty_glass(overview(), LEFT, scan())
    assert not lies_on_empty_glass(overview((215, 205, 220)), LEFT, scan())  # pale


def test_where_there_is_only_glass_it_cannot_be() -> None:
    assert lies_on_empty_glass(overview(), RIGHT, scan())
    assert lies_on_empty_glass(overview(), RIGHT[2:] + RIGHT[:2], scan())  # turned


def test_a_scan_of_glass_may_lie_on_glass() -> None:
    slide = scan()
    pale = stripes(240, 400, (235, 235, 235))
    slide.associated = {
        "thumbnail": AssociatedImage(Size(400, 240), Path("t.dcm"), lambda: pale)
    }
    assert not lies_on_empty_glass(overview(), RIGHT, slide)


def test_fluorescence_need_not_show_on_the_overview() -> None:
    slide = scan()
    slide.optical_paths = [OpticalPath("1", absent=(0, 0, 0))]
    assert not lies_on_empty_glass(overview(), RIGHT, slide)


@pytest.mark.parametrize("shift", [0.49, 2.0, -3.0])
def test_a_sliver_or_nothing_of_the_overview_tells_nothing(shift: float) -> None:
    corners = tuple((0.5 + shift + x / 50, y) for x, y in LEFT)
    assert not lies_on_empty_glass(overview(), corners, scan())


def test_without_a_thumbnail_a_small_level_is_looked_at() -> None:
    def draw(level: Level, key: TileKey) -> Samples:
        width, height = level.size
        whole = stripes(height, width)
        top, left = key.row * 256, key.column * 256
        return whole[top : top + 256, left : left + 256]

    slide = FakeSlide(halving_levels(Size(1600, 960), 256, 3), draw)
    assert lies_on_empty_glass(overview(), RIGHT, slide)
    assert not lies_on_empty_glass(overview(), LEFT, slide)


@pytest.mark.slides
def test_a_converter_that_forgot_the_crop_is_found_out(slides_folder: Path) -> None:
    # Its source is cut from the right end of a scan; it says the left end.
    slide = open_slide(slides_folder / "dual" / "pixelmed-svs-jpeg-rgb-classic")
    try:
        image = slide.associated["overview"]
        assert image.placement is not None
        assert slide.placement is not None
        place = Correspondence(image.placement, slide.placement)
        corners = place.corners(Rect(0, 0, *slide.levels[0].size))
        fractions = [(x / image.size.width, y / image.size.height) for x, y in corners]
        assert lies_on_empty_glass(read_associated(image), fractions, slide)
    finally:
        slide.close()
