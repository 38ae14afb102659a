"""Threads in the background come after the GUI thread."""

import os
import sys
import threading

import pytest

from viewer.tiles.priority import give_way


@pytest.mark.skipif(sys.platform != "linux", reason="niceness of threads is Linux's")
def test_giving_way_lowers_this_thread_alone() -> None:
    seen: list[int] = []

    def work() -> None:
        give_way()
        seen.append(os.getpriority(os.PRIO_PROCESS, threading.get_native_id()))

    before = os.getpriority(os.PRIO_PROCESS, threading.get_native_id())
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert seen == [min(before + 10, 19)]
    assert os.getpriority(os.PRIO_PROCESS, threading.get_native_id()) == before
