"""Brightness, contrast, gamma: what they do to values, and to every pixel alike."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from viewer.slide.adjustment import (
    LEAST_GAMMA,
    MOST,
    MOST_GAMMA,
    NEUTRAL,
    Adjustment,
)

ADJUSTMENTS = st.builds(
    Adjustment,
    st.integers(-MOST, MOST),
    st.integers(-MOST, MOST),
    st.floats(LEAST_GAMMA, MOST_GAMMA),
)


def noise(rows: int = 33, columns: int = 47) -> np.ndarray:
    return np.random.default_rng(3).integers(0, 256, (rows, columns, 4), np.uint8)


def test_neutral_changes_no_value() -> None:
    assert [NEUTRAL.value(stored) for stored in range(256)] == list(range(256))
    assert str(NEUTRAL) == ""


@pytest.mark.parametrize(
    ("adjustment", "stored", "expected"),
    [
        (Adjustment(brightness=20), 100, 151),  # 100 + 0.2 * 255
        (Adjustment(brightness=-20), 100, 49),
        (Adjustment(brightness=100), 0, 255),
        (Adjustment(brightness=-100), 255, 0),
        (Adjustment(contrast=50), 100, 73),  # 127.5 - 2 * 27.5 = 72.5
        (Adjustment(contrast=-50), 200, 164),  # 127.5 + 72.5 / 2 = 163.75
        (Adjustment(contrast=100), 128, 130),  # 127.5 + 4 * 0.5 = 129.5
        (Adjustment(gamma=2.0), 64, 128),  # 255 * sqrt(64 / 255) = 127.7
        (Adjustment(gamma=0.5), 128, 64),  # 128 * 128 / 255 = 64.3
        (Adjustment(10, 50, 2.0), 100, 159),  # sqrt((72.5 + 25.5) * 255) = 158.08
    ],
)
def test_values_follow_arithmetic(
    adjustment: Adjustment, stored: int, expected: int
) -> None:
    assert abs(adjustment.value(stored) - expected) <= 1


@given(ADJUSTMENTS)
def test_brighter_samples_never_become_darker_than_others(
    adjustment: Adjustment,
) -> None:
    values = [adjustment.value(stored) for stored in range(256)]
    assert values == sorted(values)
    assert 0 <= values[0] <= values[-1] <= 255


@given(ADJUSTMENTS)
def test_each_channel_of_each_pixel_gets_its_value(adjustment: Adjustment) -> None:
    pixels = noise()
    before = pixels.copy()
    adjusted = adjustment.apply(pixels)
    expected = np.array([adjustment.value(stored) for stored in range(256)])[pixels]
    assert (adjusted[..., :3] == expected[..., :3]).all()
    assert (adjusted[..., 3] == 255).all()
    assert (pixels == before).all()


def test_a_part_of_a_picture_is_adjusted_like_the_whole() -> None:
    pixels, adjustment = noise(), Adjustment(7, -12, 1.3)
    whole = adjustment.apply(pixels)
    assert (adjustment.apply(pixels[3:20, 5:40]) == whole[3:20, 5:40]).all()
    assert (adjustment.apply(pixels[:, ::-1]) == whole[:, ::-1]).all()
    assert adjustment.apply(pixels[:0]).shape == (0, 47, 4)


def test_words_name_what_is_not_neutral() -> None:
    assert str(Adjustment(10, -5, 1.2)) == (
        "brightness +10, contrast \N{MINUS SIGN}5, gamma 1.20"
    )
    assert str(Adjustment(gamma=0.5)) == "gamma 0.50"


@pytest.mark.parametrize(
    "values", [(101, 0, 1.0), (0, -101, 1.0), (0, 0, 0.1), (0, 0, float("nan"))]
)
def test_what_is_beyond_the_ranges_is_refused(values: tuple[int, int, float]) -> None:
    with pytest.raises(ValueError, match="no such adjustment"):
        Adjustment(*values)
