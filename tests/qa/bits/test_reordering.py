"""Which frames were moved where, against moves made with plain lists."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from viewer.qa.bits.reordering import Reordering, Slip, find_reordering


def moved(ours: list[int], theirs: list[int]) -> Reordering:
    """Compare hashes; what is the same at its place is 0 in the result's."""
    hashes: NDArray[np.uint64] = np.array(ours, np.uint64)
    others = np.array(
        [0 if one == other else other for one, other in zip(ours, theirs, strict=True)],
        np.uint64,
    )
    return find_reordering(np.arange(len(ours)), hashes, others)


def test_nothing_moved_is_nothing_found() -> None:
    assert not moved([1, 2, 3], [1, 2, 3])


def test_frames_of_neither_slide_tell_nothing() -> None:
    assert not moved([0, 0, 0], [0, 7, 0])
    assert not moved([5, 6, 7], [8, 9, 10])


@given(count=st.integers(2, 60), data=st.data())
def test_two_swapped_frames_are_found(count: int, data: st.DataObject) -> None:
    one = data.draw(st.integers(0, count - 2))
    other = data.draw(st.integers(one + 1, count - 1))
    ours = list(range(1, count + 1))
    theirs = ours[:]
    theirs[one], theirs[other] = theirs[other], theirs[one]
    assert moved(ours, theirs) == Reordering(swaps=((one, other),))


@given(count=st.integers(5, 60), data=st.data())
def test_a_lost_frame_moves_all_later_ones_up(count: int, data: st.DataObject) -> None:
    lost = data.draw(st.integers(0, count - 3))
    ours = list(range(1, count + 1))
    theirs = ours[:lost] + ours[lost + 1 :] + [0]
    found = moved(ours, theirs)
    assert found == Reordering(slips=(Slip(-1, lost, count - 2, count - 1 - lost),))


def test_an_inserted_frame_moves_all_later_ones_down() -> None:
    ours = list(range(1, 11))
    theirs = [*ours[:4], 99, *ours[4:-1]]
    assert moved(ours, theirs) == Reordering(slips=(Slip(1, 5, 9, 5),))


def test_frames_that_are_many_times_there_tell_no_place() -> None:
    glass = 1000
    ours = [1, glass, glass, 2, glass, 3, 4]
    theirs = [glass, glass, 2, glass, 3, 4, 5]
    found = moved(ours, theirs)
    assert found.slips == (Slip(-1, 2, 5, 3),)


def test_a_single_frame_at_a_wrong_place_is_a_stray() -> None:
    ours = [1, 2, 3, 4, 5]
    assert moved(ours, [1, 2, 3, 4, 1]) == Reordering(strays=((4, 0),))
