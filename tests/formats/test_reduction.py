"""Area sums, against whole numbers added up one by one."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from viewer.formats.reduction import AreaSums, counts


def plain_mean(
    values: NDArray[np.integer], down: list[int], across: list[int], factor: int
) -> NDArray[np.int64]:
    """Means of blocks of a grey picture, its pixels weighted by their area."""
    rows, columns = values.shape
    means = np.zeros((-(-rows // factor), -(-columns // factor)), np.int64)
    for row, column in np.ndindex(*means.shape):
        total = area = 0
        for y in range(row * factor, min(rows, (row + 1) * factor)):
            for x in range(column * factor, min(columns, (column + 1) * factor)):
                total += int(values[y, x]) * down[y] * across[x]
                area += down[y] * across[x]
        means[row, column] = (2 * total + area) // (2 * area)
    return means


@given(
    st.tuples(st.integers(1, 40), st.integers(1, 40)),
    st.sampled_from([1, 2, 4, 8]),
    st.integers(0, 4),
    st.sampled_from([np.uint8, np.uint16]),
    st.integers(0, 1000),
)
def test_mean_is_exact_also_where_the_last_pixel_is_partial(
    extent: tuple[int, int], pixel: int, halvings: int, dtype: type, seed: int
) -> None:
    down, across = counts(extent[0], pixel), counts(extent[1], pixel)
    rng = np.random.default_rng(seed)
    whole = rng.integers(0, np.iinfo(dtype).max + 1, (len(down), len(across)))
    values = whole.astype(np.uint16) if dtype is np.uint16 else whole.astype(np.uint8)
    sums = AreaSums.of(values, across, down)
    for _ in range(halvings):
        sums = sums.halved()
    mean = sums.mean()
    assert mean.dtype == dtype
    expected = plain_mean(values, down.tolist(), across.tolist(), 1 << halvings)
    assert mean.tolist() == expected.tolist()


def test_channels_do_not_mix() -> None:
    values = np.zeros((3, 5, 4), np.uint8)
    values[..., 1] = 100
    values[0, 0] = (4, 8, 16, 255)
    mean = AreaSums.of(values, counts(5, 1), counts(3, 1)).halved().mean()
    assert mean.shape == (2, 3, 4)
    assert mean[0, 0].tolist() == [1, 77, 4, 64]
    assert mean[1, 2].tolist() == [0, 100, 0, 0]


@pytest.mark.parametrize(
    ("extent", "pixel", "expected"),
    [(16, 8, [8, 8]), (17, 8, [8, 8, 1]), (3, 8, [3]), (3, 1, [1, 1, 1])],
)
def test_counts_say_what_each_pixel_stands_for(
    extent: int, pixel: int, expected: list[int]
) -> None:
    assert counts(extent, pixel).tolist() == expected


def test_brightest_samples_do_not_overflow_over_the_largest_area() -> None:
    values = np.full((256, 256), 65535, np.uint16)
    for extent in (2048, 2047):  # whole pixels, and a partial last one
        sums = AreaSums.of(values, counts(extent, 8), counts(extent, 8))
        for _ in range(8):
            sums = sums.halved()
        assert sums.mean().tolist() == [[65535]]
