"""Where pixels lie on the glass."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from viewer.slide.placement import Placement

MILLIMETERS = st.floats(-100, 100)
PIXELS = st.floats(0, 200_000)


def test_slide_positions_follow_from_origin_and_steps() -> None:
    # The label at the left: columns run against y, rows against x.
    placement = Placement((20.0, 40.0), (0.0, -0.001), (-0.002, 0.0))
    assert placement.to_slide(1000, 500) == pytest.approx((19.0, 39.0))


@given(MILLIMETERS, MILLIMETERS, PIXELS, PIXELS, st.floats(-3, 3))
def test_there_and_back_again(
    left: float, top: float, x: float, y: float, turn: float
) -> None:
    from math import cos, sin

    step = 0.00025
    across = (step * cos(turn), step * sin(turn))
    down = (-step * sin(turn), step * cos(turn))
    placement = Placement((left, top), across, down)
    there = placement.to_slide(x, y)
    assert placement.to_pixels(*there) == pytest.approx((x, y), abs=1e-4)
