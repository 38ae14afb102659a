"""Palettes: samples to colors, by plain arithmetic."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.codecs.codestreams import (
    JPEG_2000,
    NATIVE,
    frame_format,
    grey_format,
    jpeg2000,
    rgb_of,
)
from viewer.codecs import FrameFormat, Palette, decoder_for
from viewer.slide.errors import UnsupportedCodec


def palette_format(syntax: str, size: tuple[int, int], **rest: object) -> FrameFormat:
    return grey_format(syntax, size, photometric="PALETTE COLOR", **rest)


def palette(first: int, count: int) -> Palette:
    """Return colors whose blue, green and red are their number, its triple and 7."""
    numbers = np.arange(count)
    planes = [numbers, 3 * numbers, np.full(count, 7), np.full(count, 255)]
    return Palette(first, np.stack(planes, -1).astype(np.uint8).tobytes())


def expected(samples: np.ndarray, first: int, count: int) -> np.ndarray:
    places = np.clip(samples.astype(int) - first, 0, count - 1)
    return np.stack([np.full_like(places, 7), 3 * places % 256, places % 256], -1)


@given(
    first=st.integers(-40_000, 70_000),
    count=st.integers(1, 300),
    samples=st.lists(st.integers(-32768, 65535), min_size=6, max_size=6),
    signed=st.booleans(),
    deep=st.booleans(),
)
def test_any_sample_has_its_color_and_those_beyond_the_nearest(
    first: int, count: int, samples: list[int], signed: bool, deep: bool
) -> None:
    kind = np.dtype(f"<{'i' if signed else 'u'}{2 if deep else 1}")
    values = np.array(samples).astype(kind).reshape(2, 3)
    bits = 8 * kind.itemsize
    declared = palette_format(
        NATIVE,
        (3, 2),
        bits_allocated=bits,
        bits_stored=bits,
        signed=signed,
        palette=palette(first, count),
    )
    drawn = decoder_for(declared).decode(values.tobytes()).samples
    assert drawn.shape == (2, 3, 4)
    assert np.array_equal(rgb_of(drawn), expected(values, first, count))
    assert (drawn[..., 3] == 255).all()


def test_codestream_of_numbers_is_looked_up_and_colors_are_averaged():
    numbers = (np.arange(1920) % 200).astype(np.uint8).reshape(40, 48)
    declared = palette_format(JPEG_2000, (48, 40), palette=palette(0, 256))
    decoder = decoder_for(declared)
    data = jpeg2000(numbers, transform=False)
    drawn = rgb_of(decoder.decode(data).samples)
    assert np.array_equal(drawn, expected(numbers, 0, 256))
    half = rgb_of(decoder.decode(data, shrink=2).samples)
    mean = drawn.reshape(20, 2, 24, 2, 3).sum((1, 3))
    assert np.array_equal(half, (mean + 2) // 4)


def test_palette_makes_frames_colors():
    assert palette_format(NATIVE, (4, 4), palette=palette(0, 2)).is_color
    assert not grey_format(NATIVE, (4, 4)).is_color


@pytest.mark.parametrize(
    "declared",
    [
        palette_format(NATIVE, (4, 4)),
        grey_format(NATIVE, (4, 4), palette=palette(0, 2)),
        frame_format(NATIVE, "PALETTE COLOR", palette=palette(0, 2)),
    ],
)
def test_palette_and_label_go_together_only(declared):
    with pytest.raises(UnsupportedCodec, match=r"is not read \(Samples per Pixel"):
        decoder_for(declared)
