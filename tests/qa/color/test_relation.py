"""Mistakes with channels made on purpose, and named by what they are."""

from itertools import permutations

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from tests.qa.tissue import tissue
from viewer.qa.color.relation import Colors, Relation, relation

TISSUE = tissue(np.arange(90.0)[None, :] * 6, np.arange(90.0)[:, None] * 6)


def as_colors(pixels: NDArray[np.uint8]) -> Colors:
    return pixels.reshape(-1, pixels.shape[-1]).astype(np.float32)


def found(b: NDArray[np.uint8]) -> Relation:
    related = relation(as_colors(TISSUE), as_colors(b))
    assert related is not None
    return related


SWAPS: dict[tuple[int, ...], str] = {
    (0, 2, 1): "green and blue are swapped",
    (1, 0, 2): "red and green are swapped",
    (2, 1, 0): "red and blue are swapped",
    (1, 2, 0): "red, green, blue hold green, blue, red",
    (2, 0, 1): "red, green, blue hold blue, red, green",
}


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_every_order_of_channels_is_named(order: tuple[int, ...]) -> None:
    noise = np.random.default_rng(1).integers(-2, 3, TISSUE.shape)
    changed = np.clip(TISSUE[..., order].astype(int) + noise, 0, 255)
    mistake = found(changed.astype(np.uint8)).mistake
    assert (not mistake) == (order == (0, 1, 2))
    assert mistake.endswith(SWAPS.get(order, ""))


def test_ycbcr_that_is_shown_as_rgb_is_named() -> None:
    shown = np.asarray(Image.fromarray(TISSUE).convert("YCbCr"))
    assert found(shown).mistake == "YCbCr samples are shown as if they were RGB"


def test_rgb_that_was_converted_from_ycbcr_is_named() -> None:
    shown = np.asarray(Image.fromarray(TISSUE, "YCbCr").convert("RGB"))
    assert found(shown).mistake == "RGB samples were converted as if they were YCbCr"


def test_a_negative_is_named_in_color_and_in_grey() -> None:
    assert found(255 - TISSUE).mistake == "light and dark are inverted"
    grey = as_colors(TISSUE)[:, :1]
    related = relation(grey, 255 - grey)
    assert related is not None
    assert related.mistake == "light and dark are inverted"


def test_a_change_of_brightness_is_measured_and_is_no_mistake() -> None:
    related = found(np.rint(TISSUE * 0.8 + 20).astype(np.uint8))
    assert not related.mistake
    assert related.is_brightness_changed
    assert related.gain == pytest.approx((0.8, 0.8, 0.8), abs=0.01)
    assert related.offset == pytest.approx((20, 20, 20), abs=1.5)


def test_what_is_the_same_has_a_gain_of_one() -> None:
    related = found(TISSUE)
    assert (related.mistake, related.as_it_is) == ("", 0)
    assert not related.is_brightness_changed
    assert related.gain == pytest.approx((1, 1, 1))


def test_other_tissue_is_no_mistake_with_channels() -> None:
    other = tissue(np.arange(90.0)[None, :] * 6 + 4000, np.arange(90.0)[:, None] * 6)
    related = found(other)
    assert not related.mistake
    assert not related.is_brightness_changed


def test_grey_shades_in_color_have_no_order_to_swap() -> None:
    grey = np.repeat(TISSUE[..., :1], 3, axis=2)
    related = relation(as_colors(grey), as_colors(grey[..., ::-1]))
    assert related is not None
    assert not related.mistake


def test_a_blank_picture_tells_nothing() -> None:
    blank = np.full((50, 3), 240, np.float32)
    assert relation(blank, blank) is None
    assert relation(blank[:0], blank[:0]) is None
