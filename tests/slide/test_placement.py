"""Where pixels lie on the glass."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from viewer.slide.geometry import Rect, Size
from viewer.slide.placement import Correspondence, Placement

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


@given(PIXELS, PIXELS, st.floats(-3, 3), st.floats(-3, 3), st.booleans())
def test_a_place_on_the_picture_leads_back_to_the_same_level_0_position(
    x: float, y: float, turn: float, other_turn: float, mirrored: bool
) -> None:
    from math import cos, sin

    def turned(step: float, angle: float, hand: int) -> Placement:
        across = (step * cos(angle), step * sin(angle))
        return Placement(
            (20.0, 40.0), across, (-hand * step * sin(angle), hand * step * cos(angle))
        )

    picture = turned(0.05, turn, -1 if mirrored else 1)
    between = Correspondence(picture, turned(0.00025, other_turn, 1))
    there = between.to_picture(x, y)
    assert between.to_base(*there) == pytest.approx((x, y), abs=1e-3)


@given(st.integers(100, 100_000), st.integers(100, 100_000), st.integers(1, 7))
def test_a_thumbnail_is_level_0_made_smaller(
    width: int, height: int, halvings: int
) -> None:
    picture = Size(width >> halvings, height >> halvings)
    assume(min(picture) >= 8)  # of fewer the shape is anybody's guess
    between = Correspondence.by_scale(picture, Size(width, height))
    assert between is not None
    assert between.to_picture(width, height) == pytest.approx(picture)
    assert between.to_base(picture.width / 2, 0) == pytest.approx((width / 2, 0))


def test_a_thumbnail_of_another_shape_shows_something_else() -> None:
    assert Correspondence.by_scale(Size(768, 574), Size(2220, 2967)) is None
    assert Correspondence.by_scale(Size(574, 768), Size(2220, 2967)) is not None


def test_an_area_keeps_its_corners_in_order() -> None:
    # The picture is 10 times coarser and turned by a quarter against level 0.
    base = Placement((0.0, 0.0), (0.001, 0.0), (0.0, 0.001))
    picture = Placement((1.0, 0.0), (0.0, 0.01), (-0.01, 0.0))
    corners = Correspondence(picture, base).corners(Rect(100, 200, 300, 400))
    flat = [value for corner in corners for value in corner]
    assert flat == pytest.approx([20, 90, 20, 60, 60, 60, 60, 90])
