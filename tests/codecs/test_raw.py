"""Shrinking and color conversion, against plain arithmetic."""

from fractions import Fraction
from math import floor
from typing import Any

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given
from hypothesis.extra import numpy as arrays

from viewer.codecs.color import rgb_to_bgrx, ycbcr_to_bgrx
from viewer.codecs.raw import shrunk

SIZES = st.tuples(st.integers(1, 21), st.integers(1, 21))
SAMPLES = st.one_of(
    arrays.arrays(np.uint8, SIZES),
    arrays.arrays(np.uint16, SIZES),
    arrays.arrays(np.uint8, SIZES.map(lambda size: (*size, 4))),
)


@given(SAMPLES, st.sampled_from([1, 2, 4, 8]))
def test_shrunk_sample_is_the_rounded_mean_of_what_its_block_has(samples, factor):
    small = shrunk(samples, factor)
    rows, columns = samples.shape[:2]
    assert small.dtype == samples.dtype
    assert small.shape[:2] == (-(-rows // factor), -(-columns // factor))
    for row in range(small.shape[0]):
        for column in range(small.shape[1]):
            block = samples[
                row * factor : (row + 1) * factor,
                column * factor : (column + 1) * factor,
            ].reshape(-1, *samples.shape[2:])
            mean = np.floor(block.astype(np.float64).mean(0) + 0.5)
            assert np.array_equal(small[row, column], mean)


def test_white_stays_white_at_every_factor():
    for kind in (np.uint8, np.uint16):
        white: Any = np.full((16, 24, 4), np.iinfo(kind).max, kind)
        for factor in (2, 4, 8):
            assert (shrunk(white, factor) == np.iinfo(kind).max).all()


@given(st.tuples(*[st.integers(0, 255)] * 3))
def test_ycbcr_is_converted_to_the_nearest_rgb(triple):
    luma, blue, red = triple[0], triple[1] - 128, triple[2] - 128
    to_red, to_blue = Fraction(1402, 1000) * red, Fraction(1772, 1000) * blue
    to_green = -(Fraction(114) * to_blue + Fraction(299) * to_red) / 587
    exact = [
        min(255, max(0, floor(luma + offset + Fraction(1, 2))))
        for offset in (to_blue, to_green, to_red)
    ]
    pixel = np.array([[triple]], np.uint8)
    assert ycbcr_to_bgrx(pixel)[0, 0].tolist() == [*exact, 255]


@pytest.mark.parametrize(
    ("ycbcr", "bgr"),
    [
        ((0, 128, 128), (0, 0, 0)),
        ((255, 128, 128), (255, 255, 255)),
        ((76, 85, 255), (0, 0, 254)),
        ((150, 44, 21), (1, 255, 0)),
        ((29, 255, 107), (254, 0, 0)),
    ],
)
def test_primary_colors_come_out(ycbcr, bgr):
    pixel = ycbcr_to_bgrx(np.array([[ycbcr]], np.uint8))[0, 0, :3]
    assert np.abs(pixel.astype(int) - bgr).max() <= 1


def test_rgb_of_any_memory_layout_becomes_bgrx():
    planes = np.arange(3 * 5 * 7, dtype=np.uint8).reshape(3, 5, 7)
    bgrx = rgb_to_bgrx(planes.transpose(1, 2, 0))
    assert bgrx.flags.c_contiguous
    assert np.array_equal(bgrx[..., 2], planes[0])
    assert np.array_equal(bgrx[..., 1], planes[1])
    assert np.array_equal(bgrx[..., 0], planes[2])
    assert (bgrx[..., 3] == 255).all()
