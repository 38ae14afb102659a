"""Means of parts of pictures, against plain sums."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from viewer.qa.registration.likeness import correlation, is_blank
from viewer.qa.registration.shrinking import cut, shrunk

RANDOM = np.random.default_rng(1)


@given(st.integers(1, 9), st.integers(1, 9), st.integers(1, 4), st.integers(1, 4))
def test_whole_blocks_become_their_means(
    rows: int, columns: int, down: int, across: int
) -> None:
    blocks = np.arange(rows * down * columns * across * 3).reshape(
        rows, down, columns, across, 3
    )
    picture = blocks.reshape(rows * down, columns * across, 3)
    small = shrunk(picture, rows, columns)
    assert np.allclose(small, blocks.mean(axis=(1, 3)), rtol=1e-5)


def test_pixels_count_by_the_part_that_is_covered() -> None:
    picture = np.array([[0.0, 10, 20, 40]])
    small = cut(picture, (0, 1, 1), (0.5, 3.5, 2))
    # 0.5 to 2: half of 0 and all of 10; 2 to 3.5: all of 20 and half of 40.
    assert np.allclose(small, [[10 / 1.5, 40 / 1.5]])


@given(st.integers(1, 30), st.integers(1, 30))
def test_the_mean_of_all_stays(rows: int, columns: int) -> None:
    picture = RANDOM.random((17, 23))
    assert np.isclose(shrunk(picture, rows, columns).mean(), picture.mean(), atol=1e-5)


def test_correlation_is_that_of_numpy() -> None:
    one, other = RANDOM.random((2, 12, 7))
    expected = np.corrcoef(one.ravel(), other.ravel())[0, 1]
    assert np.isclose(correlation(one, other), expected)
    assert np.isclose(correlation(one, 3 - 2 * one), -1)
    assert correlation(one, np.ones((12, 7))) == 0


def test_what_is_flat_is_blank() -> None:
    assert is_blank(np.full((8, 8), 255, np.uint8))
    assert not is_blank(np.arange(64).reshape(8, 8))
