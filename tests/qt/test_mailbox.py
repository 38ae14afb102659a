"""Items from any thread arrive once, in order, in batches, on the GUI thread."""

import gc
import sys
import threading

from PySide6.QtCore import QObject, Signal
from pytestqt.qtbot import QtBot
from shiboken6 import Shiboken

from viewer.qt.mailbox import Mailbox


def test_items_of_many_threads_arrive_in_their_order_on_this_thread(
    qtbot: QtBot,
) -> None:
    mailbox = Mailbox()
    arrived: list[tuple[int, int]] = []
    threads_seen: set[int] = set()

    def take(items: list[tuple[int, int]]) -> None:
        threads_seen.add(threading.get_ident())
        arrived.extend(items)

    mailbox.arrived.connect(take)
    threads = [
        threading.Thread(
            target=lambda me=me: [mailbox.post((me, n)) for n in range(500)]
        )
        for me in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    qtbot.waitUntil(lambda: len(arrived) == 2000)
    assert threads_seen == {threading.get_ident()}
    for me in range(4):
        assert [n for who, n in arrived if who == me] == list(range(500))


def test_what_is_posted_in_one_turn_is_one_batch(qtbot: QtBot) -> None:
    mailbox = Mailbox()
    batches: list[list[int]] = []
    mailbox.arrived.connect(batches.append)
    for item in range(100):
        mailbox.post(item)
    assert batches == []  # never on the spot: the poster may hold a lock
    qtbot.waitUntil(lambda: bool(batches))
    assert batches == [list(range(100))]
    mailbox.post(100)
    qtbot.waitUntil(lambda: len(batches) == 2)
    assert batches[1] == [100]


def test_nothing_arrives_after_closing(qtbot: QtBot) -> None:
    mailbox = Mailbox()
    batches: list[list[int]] = []
    mailbox.arrived.connect(batches.append)
    mailbox.post(1)
    mailbox.close()
    mailbox.post(2)
    qtbot.wait(20)
    assert batches == []


def test_posting_to_a_mailbox_that_qt_has_deleted_is_harmless(qtbot: QtBot) -> None:
    parent = QObject()
    mailbox = Mailbox(parent)
    Shiboken.delete(parent)
    assert not Shiboken.isValid(mailbox)
    mailbox.post(1)
    mailbox.post(2)


def test_emitting_does_not_wear_out_true() -> None:
    """PySide6 6.12.0 takes a reference of True with each emit and aborts in the end."""

    class Sender(QObject):
        sent = Signal(bool)

    sender, truth = Sender(), bool(1)
    gc.collect()
    before = sys.getrefcount(truth)
    for _ in range(100):
        sender.sent.emit(truth)
    assert sys.getrefcount(truth) >= before - 50
