"""The picture of a slide in the tray: where it is taken from, and how long it takes."""

from pathlib import Path

import numpy as np
import pytest

from tests.profiles import swapped
from tests.scene.fake_slide import FakeSlide, filled, halving_levels
from viewer.qt.slide_thumbnail import read_thumbnail
from viewer.slide.errors import BrokenFrame, SlideError
from viewer.slide.geometry import Size
from viewer.slide.model import AssociatedImage, OpticalPath, Samples

BLUE, GREEN = (255, 0, 0), (0, 255, 0)


def picture(bgr: tuple[int, int, int], width: int, height: int) -> AssociatedImage:
    pixels = np.full((height, width, 4), 255, np.uint8)
    pixels[..., :3] = bgr
    return AssociatedImage(Size(width, height), Path("x.dcm"), lambda: pixels)


def slide_of(bgr: tuple[int, int, int] = GREEN) -> FakeSlide:
    """Return a slide of one color: 4000 x 3000 down to 125 x 94."""
    return FakeSlide(
        halving_levels(Size(4000, 3000), 256, 6), lambda lv, key: filled(lv, key, bgr)
    )


def colors(pixels: np.ndarray) -> set[tuple[int, ...]]:
    return {tuple(int(v) for v in each) for each in pixels.reshape(-1, 4)[:, :3]}


def test_thumbnail_image_comes_first() -> None:
    slide = slide_of()
    slide.associated = {
        "thumbnail": picture(BLUE, 640, 480),
        "overview": picture((9, 9, 9), 600, 200),
    }
    found = read_thumbnail(slide, 160, 5).picture
    assert colors(found.bgrx) == {BLUE}
    assert found.bgrx.shape == (120, 160, 4)


def test_without_it_the_coarsest_level_that_is_fine_enough_is_read() -> None:
    slide = slide_of()
    slide.associated = {"overview": picture(BLUE, 600, 200)}
    found = read_thumbnail(slide, 160, 5).picture
    assert colors(found.bgrx) == {GREEN}
    assert found.bgrx.shape == (188, 250, 4)  # level 4


def test_broken_thumbnail_image_is_passed_over() -> None:
    def broken() -> Samples:
        raise BrokenFrame("x.dcm: frame 1 is damaged.", 1)

    slide = slide_of()
    slide.associated = {"thumbnail": AssociatedImage(Size(9, 9), Path("x"), broken)}
    assert colors(read_thumbnail(slide, 160, 5).picture.bgrx) == {GREEN}


def test_tiles_that_fail_leave_the_absent_color() -> None:
    slide = slide_of()
    slide.broken[3, 0, 0] = "x.dcm: frame 1 is damaged."
    found = read_thumbnail(
        slide, 400, 5
    ).picture  # level 3: 500 x 375, two by two tiles
    assert found.bgrx[0, 0, :3].tolist() == [255, 255, 255]
    assert found.bgrx[-1, -1, :3].tolist() == list(GREEN)


def test_the_absent_color_is_not_taken_for_a_sample() -> None:
    slide = slide_of()
    slide.optical_paths = [OpticalPath("1", absent=(0, 0, 200))]  # blue
    slide.absent = {(3, 0, 0)}
    slide.icc_profile = lambda level, optical_path: swapped()  # type: ignore[method-assign]
    drawn = read_thumbnail(slide, 400, 5).picture.drawn(managed=True).image
    assert drawn.pixelColor(0, 0).getRgb() == (0, 0, 200, 255)
    raw = read_thumbnail(slide, 400, 5).picture.drawn(managed=False).image
    assert raw.pixelColor(0, 0).getRgb() == (0, 0, 200, 255)


def test_level_that_takes_too_long_is_there_in_part_or_gives_way_to_the_overview() -> (
    None
):
    slide = slide_of()
    slide.covered[4, 0, 0] = 0.5  # never complete
    part = read_thumbnail(slide, 160, 0.1)
    assert colors(part.picture.bgrx) == {GREEN, (255, 255, 255)}
    assert not part.whole
    slide.associated = {"overview": picture(BLUE, 600, 200)}
    found = read_thumbnail(slide, 160, 0.1)
    assert colors(found.picture.bgrx) == {BLUE}
    assert found.whole


def test_slide_of_which_nothing_can_be_read_is_a_sentence() -> None:
    slide = slide_of()
    slide.broken[4, 0, 0] = "x.dcm: frame 1 is damaged."
    with pytest.raises(SlideError, match=r"fake: no picture of the slide"):
        read_thumbnail(slide, 160, 5)


def test_level_too_large_to_read_for_a_thumbnail_is_not_touched() -> None:
    levels = halving_levels(Size(40_000, 30_000), 256, 1)
    slide = FakeSlide(levels, lambda *_: pytest.fail("a tile was read"))
    slide.associated = {"overview": picture(BLUE, 300, 100)}
    assert colors(read_thumbnail(slide, 160, 5).picture.bgrx) == {BLUE}
