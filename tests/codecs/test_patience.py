"""Foreign calls that may never come back."""

from threading import Event, Thread

import pytest

from viewer.codecs.patience import Patience

LONG = 60.0


def test_an_answer_and_an_error_come_back():
    patience = Patience(1)
    assert patience.within(LONG, lambda: 7) == 7
    with pytest.raises(ZeroDivisionError):
        patience.within(LONG, lambda: 1 // 0)


def test_a_call_that_does_not_end_is_given_up_and_the_next_one_is_made():
    stuck = Event()
    patience = Patience(2)
    with pytest.raises(TimeoutError):
        patience.within(0.01, lambda: stuck.wait(LONG))
    assert patience.within(LONG, lambda: 7) == 7
    stuck.set()


def test_no_more_calls_run_at_a_time_than_there_is_room_for():
    stuck, begun = Event(), Event()
    patience = Patience(1)
    with pytest.raises(TimeoutError):
        patience.within(0.01, lambda: stuck.wait(LONG))
    waiting = Thread(target=lambda: patience.within(LONG, begun.set))
    waiting.start()
    assert not begun.wait(0.05)
    stuck.set()
    assert begun.wait(LONG)
    waiting.join()
