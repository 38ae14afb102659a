"""Slips of units by name."""

from math import inf, nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from viewer.slide.scale import slip_of_units

MILLIMETERS = st.floats(1e-6, 1e3)


@given(MILLIMETERS, st.floats(-0.005, 0.005))
@pytest.mark.parametrize(
    ("factor", "words"),
    [
        (1e3, "1,000 times too large; the unit seems to be micrometers"),
        (1e6, "1,000,000 times too large; the unit seems to be nanometers"),
        (1e-3, "1,000 times too small; the unit seems to be meters"),
        (1e-6, "1,000,000 times too small"),
    ],
)
def test_powers_of_a_thousand_are_named(
    factor: float, words: str, expected: float, noise: float
) -> None:
    assert slip_of_units(expected * factor * (1 + noise), expected) == words


@given(MILLIMETERS, st.floats(0.002, 500))
def test_other_ratios_are_no_slip(expected: float, ratio: float) -> None:
    assert slip_of_units(expected * ratio, expected) == ""


@pytest.mark.parametrize("odd", [0.0, -1.0, nan, inf])
def test_what_is_no_length_is_no_slip(odd: float) -> None:
    assert slip_of_units(odd, 1.0) == ""
    assert slip_of_units(1.0, odd) == ""


def test_a_rough_expectation_needs_more_room() -> None:
    assert slip_of_units(0.23, 0.00025) == ""
    assert slip_of_units(0.23, 0.00025, apart=0.23).startswith("1,000 times too large")
