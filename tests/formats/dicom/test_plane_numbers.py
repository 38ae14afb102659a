"""One stack of focal planes out of the heights that images tell."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from viewer.formats.dicom.plane_numbers import (
    half_step,
    merged_planes,
    nearest,
    nearest_to_all,
)


@pytest.mark.parametrize(
    ("stacks", "planes"),
    [
        ([], (0.0,)),
        ([[3.5]], (3.5,)),
        ([[12.31], [12.25]], (12.31,)),
        ([[2, 0, 1]], (0, 1, 2)),
        ([[0, 1, 2], [0, 2]], (0, 1, 2)),
        ([[0, 2], [0, 1, 2]], (0, 1, 2)),
        ([[0, 1, 2], [0.3, 1.3, 2.3]], (0, 1, 2)),
        ([[5.0], [0, 1, 2]], (0, 1, 2)),
        ([[0, 1], [4, 5]], (0, 1, 4, 5)),
        ([[0, 0.0001], [0]], (0.0,)),
    ],
)
def test_stacks_are_merged_by_height(
    stacks: list[list[float]], planes: tuple[float, ...]
) -> None:
    assert merged_planes(stacks) == planes


HEIGHTS = st.lists(
    st.integers(-100_000, 100_000).map(lambda nm: nm / 1000), min_size=1, max_size=8
)


@given(st.lists(HEIGHTS, min_size=1, max_size=5))
def test_planes_rise_and_each_height_of_a_stack_is_near_one(
    stacks: list[list[float]],
) -> None:
    planes = merged_planes(stacks)
    assert list(planes) == sorted(set(planes))
    several = [stack for stack in stacks if max(stack) - min(stack) > 0.001]
    widest = half_step(sorted(set(several[0]))) if several else float("inf")
    for stack in several:
        for height in stack:
            assert abs(planes[nearest(planes, height)] - height) <= max(widest, 0.0006)


def test_the_lower_of_two_planes_equally_near_is_chosen() -> None:
    assert nearest((0.0, 1.0, 2.0), 1.5) == 1


@given(HEIGHTS.map(lambda heights: sorted(set(heights))), st.floats(-200, 200))
def test_the_nearest_plane_is_the_nearest(planes: list[float], height: float) -> None:
    found = nearest(planes, height)
    least = min(abs(each - height) for each in planes)
    assert abs(planes[found] - height) == least


def test_ten_thousand_planes_are_merged() -> None:
    planes = [number / 10 for number in range(10_000)]
    assert merged_planes([planes, planes, planes[::2]]) == tuple(planes)


@given(HEIGHTS, HEIGHTS)
def test_planes_in_any_order_are_found_by_their_numbers(
    planes: list[float], heights: list[float]
) -> None:
    for height, number in zip(heights, nearest_to_all(planes, heights), strict=True):
        assert abs(planes[number] - height) == min(abs(z - height) for z in planes)
