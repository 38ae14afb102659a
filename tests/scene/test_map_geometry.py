"""Where the minimap is, for slides and views of any shape."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from viewer.scene.map_geometry import map_geometry
from viewer.slide.geometry import Rect, Size

sides = st.integers(1, 400_000)
views = st.integers(200, 5000)


@given(sides, sides, views, views)
def test_a_map_is_big_enough_to_hit_and_leaves_most_of_the_view(
    width: int, height: int, view_width: int, view_height: int
) -> None:
    made = map_geometry(Size(width, height), view_width, view_height)
    assert made is not None
    assert 24 <= made.width <= max(24, 0.6 * view_width + 1)
    assert 24 <= made.height <= max(24, 0.6 * view_height + 1)
    inside = made.picture
    assert inside.x >= 0
    assert inside.y >= 0
    assert inside.right <= made.width
    assert inside.bottom <= made.height
    assert min(inside.width, inside.height) >= 1


@pytest.mark.parametrize("slide", [Size(40_000, 30_000), Size(30_000, 40_000)])
def test_an_ordinary_slide_takes_a_fifth_of_the_view_at_most(slide: Size) -> None:
    made = map_geometry(slide, 1600, 1000)
    assert made is not None
    assert max(made.width / 1600, made.height / 1000) == pytest.approx(0.2, abs=0.002)
    shape = made.picture.width / made.picture.height
    assert shape == pytest.approx(slide.width / slide.height, rel=0.01)


@pytest.mark.parametrize("slide", [Size(200_000, 5000), Size(5000, 200_000)])
def test_a_slide_of_one_to_forty_has_a_strip_that_can_be_used(slide: Size) -> None:
    made = map_geometry(slide, 1600, 1000)
    assert made is not None
    assert min(made.picture.width, made.picture.height) >= 15
    assert max(made.picture.width, made.picture.height) >= 590


def test_a_small_view_has_no_room_for_a_map() -> None:
    assert map_geometry(Size(4000, 3000), 199, 1000) is None


@given(sides, sides, st.floats(0, 1), st.floats(0, 1))
def test_a_place_on_the_map_is_the_same_place_on_the_slide(
    width: int, height: int, across: float, down: float
) -> None:
    made = map_geometry(Size(width, height), 1600, 1000)
    assert made is not None
    point = made.to_map(Rect(across * width, down * height, 0, 0))
    there = made.to_slide(point.x, point.y)
    assert there == pytest.approx((across * width, down * height), abs=1e-6 * width + 1)


def test_beside_the_picture_is_its_edge() -> None:
    made = map_geometry(Size(200, 200_000), 1600, 1000)
    assert made is not None
    assert made.to_slide(-50, 1e9) == (0, 200_000)
    assert made.to_slide(1e9, -50) == (200, 0)
