"""Eight ways to turn and mirror a picture, told from each other."""

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from tests.qa.tissue import tissue
from viewer.qa.registration.orientation import Way, orientation

PILLOW = {
    Way.RIGHT: (Image.Transpose.ROTATE_270,),
    Way.AROUND: (Image.Transpose.ROTATE_180,),
    Way.LEFT: (Image.Transpose.ROTATE_90,),
    Way.MIRRORED: (Image.Transpose.FLIP_LEFT_RIGHT,),
    Way.MIRRORED_RIGHT: (
        Image.Transpose.FLIP_LEFT_RIGHT,
        Image.Transpose.ROTATE_270,
    ),
    Way.UPSIDE_DOWN: (Image.Transpose.FLIP_TOP_BOTTOM,),
    Way.MIRRORED_LEFT: (
        Image.Transpose.FLIP_LEFT_RIGHT,
        Image.Transpose.ROTATE_90,
    ),
}
"""Each way as Pillow names its steps; it turns to the left."""


def picture(rows: int = 160, columns: int = 120) -> NDArray[np.uint8]:
    x, y = 8 * np.arange(columns, dtype=float), 8 * np.arange(rows, dtype=float)
    return tissue(x[None, :], y[:, None])


def by_pillow(pixels: NDArray[np.uint8], way: Way) -> NDArray[np.uint8]:
    image = Image.fromarray(pixels)
    for step in PILLOW.get(way, ()):
        image = image.transpose(step)
    return np.asarray(image)


def luma(pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
    return pixels.mean(axis=2, dtype=np.float32)


@pytest.mark.parametrize("way", Way)
def test_a_way_does_what_its_words_say(way: Way) -> None:
    expected = by_pillow(picture(), way)
    assert np.array_equal(way.applied(picture()), expected)
    assert np.array_equal(way.undone(expected), picture())


@pytest.mark.parametrize("way", Way)
def test_each_way_is_found(way: Way) -> None:
    found = orientation(luma(picture()), luma(by_pillow(picture(), way)))
    assert found is not None
    assert found.way is way
    assert found.likeness > 0.99
    assert found.margin > 0.2
    assert (found.declared > 0.99) == (way is Way.SAME)


@pytest.mark.parametrize("way", Way)
def test_a_smaller_duller_shifted_and_noisy_picture_is_found_all_the_same(
    way: Way,
) -> None:
    pixels = by_pillow(np.roll(picture(), (6, -5), axis=(0, 1)), way)
    size = (pixels.shape[1] * 2 // 3, pixels.shape[0] * 2 // 3)
    small = np.asarray(Image.fromarray(pixels).resize(size))
    noise = np.random.default_rng(2).normal(60, 5, small.shape[:2])
    found = orientation(luma(picture()), (luma(small) * 0.5 + noise).astype(np.float32))
    assert found is not None
    assert found.way is way
    assert found.margin > 0.1


def test_other_tissue_fits_no_way_well() -> None:
    other = tissue(np.arange(120.0)[None, :] * 8 + 3000, np.arange(160.0)[:, None] * 8)
    found = orientation(luma(picture()), luma(other))
    assert found is not None
    assert found.likeness < 0.6
    assert found.margin < 0.15


def test_blank_and_tiny_pictures_tell_nothing() -> None:
    blank = np.full((50, 40), 255, np.float32)
    assert orientation(blank, luma(picture())) is None
    assert orientation(luma(picture()), blank) is None
    assert orientation(luma(picture())[:5], luma(picture())) is None
