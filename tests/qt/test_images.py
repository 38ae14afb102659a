"""From samples to images: every pixel, no copy, and what stays transparent."""

import gc

import numpy as np
import pytest
from PySide6.QtGui import QImage

from tests.scene.fake_slide import FakeSlide, filled, halving_levels
from tests.scene.stage import bgr
from viewer.qt.images import Picture, picture_of, to_qimage
from viewer.slide.errors import BrokenFrame
from viewer.slide.geometry import Size
from viewer.slide.look import DisplayTile, Look
from viewer.slide.model import ColorReading, OpticalPath, TileKey


def noise(rows: int, columns: int) -> np.ndarray:
    pixels = np.random.default_rng(rows).integers(0, 256, (rows, columns, 4), np.uint8)
    pixels[..., 3] = 255
    return pixels


@pytest.mark.parametrize("shape", [(1, 1), (256, 256), (3, 255), (97, 13)])
def test_image_has_every_pixel_of_the_array(shape: tuple[int, int]) -> None:
    pixels = noise(*shape)
    image = to_qimage(pixels)
    assert image.format() == QImage.Format.Format_RGB32
    assert (image.height(), image.width()) == shape
    assert (bgr(image) == pixels[..., :3]).all()


def test_contiguous_pixels_are_shared_and_kept_alive() -> None:
    pixels = noise(64, 64)
    expected = pixels[..., :3].copy()
    image = to_qimage(pixels)
    shared = np.frombuffer(image.constBits(), np.uint8)
    assert np.shares_memory(shared, pixels)
    del pixels, shared
    copy = QImage(image)
    del image
    gc.collect()
    noise(64, 64)  # would take the place of freed memory
    assert (bgr(copy) == expected).all()


def test_a_window_into_a_larger_array_is_copied_out_of_it() -> None:
    pixels = noise(64, 64)
    image = to_qimage(pixels[3:20, 5:50])
    assert (bgr(image) == pixels[3:20, 5:50, :3]).all()


def slide_of(paths: int = 1) -> FakeSlide:
    slide = FakeSlide(halving_levels(Size(300, 200), 256, 1))
    slide.optical_paths = [OpticalPath(str(number)) for number in range(paths)]
    return slide


def tile_of(slide: FakeSlide, look: Look | None = None) -> DisplayTile:
    return DisplayTile(slide.serial, 0, 1, 0, 0, look or Look())


def test_picture_is_the_tile_cut_to_the_level() -> None:
    slide = slide_of()
    picture = picture_of(slide, tile_of(slide))
    assert picture.complete
    assert picture.damage is None
    assert picture.image is not None
    assert (picture.image.width(), picture.image.height()) == (44, 200)
    assert picture.size_in_bytes >= 44 * 200 * 4


def test_absent_tile_is_a_picture_without_an_image() -> None:
    slide = slide_of()
    slide.absent = {(0, 1, 0)}
    picture = picture_of(slide, tile_of(slide))
    assert picture == Picture(None, complete=True)
    assert 0 < picture.size_in_bytes < 1000


def test_growing_picture_is_transparent_where_nothing_is_known() -> None:
    slide = slide_of()
    slide.covered = {(0, 1, 0): 0.25}
    picture = picture_of(slide, tile_of(slide))
    assert not picture.complete
    assert picture.image is not None
    assert picture.image.format() == QImage.Format.Format_ARGB32_Premultiplied
    values = np.frombuffer(picture.image.constBits(), np.uint8).reshape(200, 44, 4)
    assert (values[:50, :, 3] == 255).all()
    assert (values[50:] == 0).all()


def test_optical_path_without_a_tile_adds_nothing_to_the_others() -> None:
    slide = slide_of(2)

    def draw(level, key):
        return filled(level, key, (10, 20, 30))

    class OnePathOnly(FakeSlide):
        def read_samples(self, key, color=ColorReading.AS_ENCODED):
            self.absent = {(0, 1, 0)} if key.optical_path == 1 else set()
            return super().read_samples(key, color)

    both = FakeSlide(slide.levels, draw)
    half = OnePathOnly(slide.levels, draw)
    look = Look(optical_paths=(0, 1))
    for made, expected in ((both, (20, 40, 60)), (half, (10, 20, 30))):
        picture = picture_of(made, tile_of(made, look))
        assert picture.image is not None
        assert (bgr(picture.image) == expected).all()


def test_color_override_reaches_the_reader() -> None:
    asked: list[ColorReading] = []

    class Asking(FakeSlide):
        def read_samples(self, key, color=ColorReading.AS_ENCODED):
            asked.append(color)
            return super().read_samples(key, color)

    slide = Asking(slide_of().levels)
    picture_of(slide, tile_of(slide, Look(color=ColorReading.AS_DECLARED)))
    picture_of(slide, tile_of(slide))
    assert asked == [ColorReading.AS_DECLARED, ColorReading.AS_ENCODED]


def test_damage_of_the_tile_goes_with_the_picture() -> None:
    slide = slide_of()
    slide.damaged = {
        TileKey(slide.serial, 0, 1, 0): "Frame 2 was decoded in spite of damage.",
        TileKey(slide.serial, 0, 0, 0): "Another one.",
    }
    picture = picture_of(slide, tile_of(slide))
    assert picture.damage == "Frame 2 was decoded in spite of damage."


def test_broken_tile_raises_what_the_slide_raises() -> None:
    slide = slide_of()
    slide.broken = {(0, 1, 0): "Frame 2 is broken."}
    with pytest.raises(BrokenFrame, match=r"^Frame 2 is broken\.$"):
        picture_of(slide, tile_of(slide))
