"""Differences of two arrays against plain arithmetic in double precision."""

from math import inf, log10
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from viewer.qa.pixels.difference import Difference, difference, joined
from viewer.qa.pixels.similarity import similarity

Array = NDArray[Any]

SHAPES = st.tuples(st.integers(1, 40), st.integers(1, 40))
KINDS = st.sampled_from(["color", "grey", "wide"])


def drawn(shape: tuple[int, int], kind: str, seed: int) -> Array:
    random = np.random.default_rng(seed)
    if kind == "color":
        return random.integers(0, 256, (*shape, 4), np.uint8)
    if kind == "grey":
        return random.integers(0, 256, shape, np.uint8)
    return random.integers(0, 1 << 16, shape, np.uint16)


def looked_at(samples: Array) -> Array:
    """Return the samples that count, one row a pixel."""
    colors = samples[..., :3] if samples.ndim == 3 else samples[..., None]
    return colors.reshape(-1, colors.shape[-1]).astype(np.float64)


IN_256THS = (77 / 256, 150 / 256, 29 / 256)
BT_601 = (0.299, 0.587, 0.114)


def luma_of(samples: Array, weights: tuple[float, float, float]) -> Array:
    if samples.ndim == 3:
        blue, green, red = (samples[..., n].astype(float) for n in range(3))
        return weights[0] * red + weights[1] * green + weights[2] * blue
    return samples.astype(float) * (1.0 if samples.dtype == np.uint8 else 255 / 65535)


def plain_ssim(
    a: Array, b: Array, weights: tuple[float, float, float] = IN_256THS
) -> float:
    """Structural similarity as in the paper, block by block."""
    one, other = luma_of(a, weights), luma_of(b, weights)
    values: list[float] = []
    for top in range(0, one.shape[0], 8):
        for left in range(0, one.shape[1], 8):
            x = one[top : top + 8, left : left + 8]
            y = other[top : top + 8, left : left + 8]
            covariance = ((x - x.mean()) * (y - y.mean())).mean()
            value = 2 * x.mean() * y.mean() + 6.5025
            value *= 2 * covariance + 58.5225
            value /= x.mean() ** 2 + y.mean() ** 2 + 6.5025
            values.append(value / (x.var() + y.var() + 58.5225))
    return float(np.mean(values))


@given(SHAPES, KINDS, st.integers(0, 1000), st.integers(0, 3))
def test_figures_are_those_of_plain_arithmetic(
    shape: tuple[int, int], kind: str, seed: int, share: int
) -> None:
    a, b = drawn(shape, kind, seed), drawn(shape, kind, seed + 1)
    kept = np.random.default_rng(seed).random(shape) < share / 3
    b[kept] = a[kept]
    found = difference(a, b)
    one, other = looked_at(a), looked_at(b)
    peak = 65535 if kind == "wide" else 255
    apart = np.abs(one - other) * 255 / peak
    assert found.pixels == shape[0] * shape[1]
    assert found.samples == one.size
    assert found.changed == (apart > 0).any(axis=1).sum()
    assert found.largest == pytest.approx(apart.max())
    assert found.mean == pytest.approx(apart.mean())
    mean_square = (apart**2).mean()
    expected = inf if mean_square == 0 else 10 * log10(255**2 / mean_square)
    assert found.psnr == pytest.approx(expected)
    assert found.identical == pytest.approx((apart == 0).all(axis=1).mean())
    assert found.similarity == pytest.approx(plain_ssim(a, b), abs=1e-4)


@pytest.mark.parametrize("kind", ["color", "grey", "wide"])
def test_large_arrays_are_summed_exactly(kind: str) -> None:
    a, b = drawn((1100, 900), kind, 1), drawn((1100, 900), kind, 2)
    found = difference(a, b)
    apart = np.abs(looked_at(a) - looked_at(b))
    scale = 255 / (65535 if kind == "wide" else 255)
    assert found.total == pytest.approx(apart.sum() * scale, rel=1e-12)
    assert found.squares == pytest.approx((apart**2).sum() * scale**2, rel=1e-12)
    assert found.blocks == 138 * 113  # rounded up


@pytest.mark.parametrize("most", [1, 3, 64, 255])
def test_differences_of_any_size_are_summed_exactly(most: int) -> None:
    a = np.zeros((1030, 770, 4), np.uint8)
    b = np.random.default_rng(most).integers(0, most + 1, a.shape, np.uint8)
    b[:, :700, :3] = most  # sums as large as they can be
    found = difference(a, b)
    apart = looked_at(b)
    assert (found.total, found.squares) == (apart.sum(), (apart**2).sum())


def test_the_fourth_byte_of_a_color_does_not_count() -> None:
    a = drawn((20, 30), "color", 3)
    b = a.copy()
    b[..., 3] ^= 255
    assert difference(a, b).is_none


def test_a_part_of_an_array_is_compared_without_the_rest() -> None:
    a = drawn((64, 64), "color", 4)
    b = a.copy()
    b[:, 32:] = 0
    assert difference(a[:, :32], b[:, :32]).is_none
    assert difference(a[:, 30:], b[:, 30:]).changed > 0


def test_equal_arrays_differ_by_nothing() -> None:
    a = drawn((33, 17), "grey", 5)
    found = difference(a, a.copy())
    assert found.is_none
    assert (found.largest, found.mean, found.psnr) == (0, 0, inf)
    assert (found.identical, found.similarity) == (1, 1)


def test_one_sample_apart_by_one_is_found() -> None:
    a = np.full((256, 256, 4), 200, np.uint8)
    b = a.copy()
    b[77, 99, 1] -= 1
    found = difference(a, b)
    assert (found.changed, found.largest, found.total) == (1, 1, 1)


def test_samples_of_twelve_bits_are_scaled_by_what_they_can_hold() -> None:
    a = np.zeros((8, 8), np.uint16)
    b = np.full((8, 8), 4095, np.uint16)
    found = difference(a, b, peak=4095)
    assert found.largest == pytest.approx(255)
    assert found.psnr == pytest.approx(0)
    assert found.peak == 4095


@given(st.lists(st.tuples(SHAPES, st.integers(0, 99)), max_size=4))
def test_differences_add_up(parts: list[tuple[tuple[int, int], int]]) -> None:
    pairs = [
        (drawn(shape, "color", seed), drawn(shape, "color", seed // 2))
        for shape, seed in parts
    ]
    found = joined(difference(a, b) for a, b in pairs)
    apart = [np.abs(looked_at(a) - looked_at(b)) for a, b in pairs]
    every = np.concatenate([each.reshape(-1) for each in apart] or [np.zeros(0)])
    assert found.samples == every.size
    assert found.total == pytest.approx(every.sum())
    assert found.largest == max(every, default=0)
    least = min((plain_ssim(a, b) for a, b in pairs), default=1)
    assert found.least_similar == pytest.approx(least, abs=1e-4)


def test_nothing_is_no_difference() -> None:
    assert (Difference().psnr, Difference().identical) == (inf, 1)
    assert Difference().is_none


def test_arrays_of_unlike_shape_or_type_are_refused() -> None:
    grey = np.zeros((8, 8), np.uint8)
    for other in (np.zeros((8, 9), np.uint8), np.zeros((8, 8), np.uint16)):
        with pytest.raises(ValueError, match="against"):
            difference(grey, other)


def test_similarity_of_noise_upon_a_picture_is_that_of_the_paper() -> None:
    random = np.random.default_rng(6)
    x, y = np.meshgrid(np.arange(203), np.arange(149))
    picture = 128 + 60 * np.sin(x / 9) * np.cos(y / 14)
    a = np.repeat(picture[..., None], 4, axis=2).astype(np.uint8)
    noise = random.normal(0, 12, a.shape)
    b = np.clip(picture[..., None] + noise, 0, 255).astype(np.uint8)
    found = similarity(a, b, 255)
    assert found.blocks == 26 * 19
    assert found.total / found.blocks == pytest.approx(
        plain_ssim(a, b, BT_601), abs=1e-3
    )
    assert 0.2 < found.total / found.blocks < 0.95
