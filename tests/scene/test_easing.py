"""The easing of a movement, as plain functions of time."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from viewer.qt.camera import Camera
from viewer.scene.easing import SECONDS, Movement, progress

times = st.floats(0, 1)


def camera(pixel_size: float = 8.0) -> Camera:
    whole = Camera(40_000, 30_000, 640, 480).fitted()
    return whole.with_pixel_size(pixel_size).centered(20_000, 15_000)


@given(times, times)
def test_progress_never_goes_back_and_is_fastest_at_first(
    one: float, other: float
) -> None:
    early, late = sorted((one, other))
    assert 0 <= progress(early) <= progress(late) <= 1
    assert progress(early) >= early - 1e-9
    assert (progress(0), progress(1), progress(9), progress(-1)) == (0, 1, 1, 0)


@given(times, times, st.floats(1.01, 30))
def test_a_movement_only_comes_nearer_to_its_target(
    one: float, other: float, factor: float
) -> None:
    early, late = sorted((one * SECONDS, other * SECONDS))
    start = camera()
    movement = Movement(start, start.with_pixel_size(8 / factor, (100, 50)))
    before, after = movement.at(early).pixel_size, movement.at(late).pixel_size
    assert after <= before * (1 + 1e-12)
    assert 8 / factor <= after * (1 + 1e-12)


def test_a_movement_is_exactly_at_its_target_in_the_end() -> None:
    start = camera()
    target = start.with_pixel_size(1.0).aligned()
    for seconds in (SECONDS, SECONDS + 0.001, 1000):
        assert Movement(start, target).at(seconds) == target
    assert Movement(start, target).at(SECONDS * 0.99) != target


def test_the_first_frame_is_already_a_good_part_of_the_way() -> None:
    start = camera()
    movement = Movement(start, start.with_pixel_size(4.0))
    assert movement.at(1 / 60).pixel_size < 8 * 0.85


def test_panning_alone_goes_straight() -> None:
    start = camera()
    target = start.panned(300, -120)
    for share in (0.1, 0.5, 0.8):
        now = Movement(start, target).at(share * SECONDS)
        assert now.pixel_size == pytest.approx(start.pixel_size)
        across = (now.left - start.left) / (target.left - start.left)
        down = (now.top - start.top) / (target.top - start.top)
        assert across == pytest.approx(down)
        assert across == pytest.approx(progress(share))
