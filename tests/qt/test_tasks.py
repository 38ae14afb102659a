"""One background call, one answer on the GUI thread, or none."""

import gc
import threading
from collections.abc import Callable

from PySide6.QtCore import QCoreApplication
from pytestqt.qtbot import QtBot

from viewer.qt.mailbox import Mailbox
from viewer.qt.tasks import run

Answers = list[tuple[str, object, int]]


def noting(answers: Answers, what: str) -> Callable[[object], None]:
    return lambda value: answers.append((what, value, threading.get_ident()))


def test_value_comes_back_on_the_gui_thread(qtbot: QtBot) -> None:
    answers: Answers = []
    run(threading.get_ident, noting(answers, "done"), noting(answers, "failed"))
    gc.collect()  # nobody holds the task: it must be delivered all the same
    qtbot.waitUntil(lambda: bool(answers))
    (what, worked_on, answered_on), *more = answers
    assert what == "done"
    assert more == []
    assert worked_on != answered_on == threading.get_ident()


def test_error_comes_back_as_it_was_raised(qtbot: QtBot) -> None:
    answers: Answers = []
    error = OSError("the share is gone")

    def work() -> None:
        raise error

    task = run(work, noting(answers, "done"), noting(answers, "failed"))
    qtbot.waitUntil(lambda: task.is_over)
    assert [(what, value) for what, value, _ in answers] == [("failed", error)]


def test_nothing_is_delivered_after_abandoning(qtbot: QtBot) -> None:
    answers: Answers = []
    go = threading.Event()
    task = run(go.wait, noting(answers, "done"), noting(answers, "failed"))
    task.abandon()
    assert task.is_over
    go.set()
    qtbot.wait(50)
    assert answers == []


def test_abandoning_between_answer_and_delivery_is_in_time(qtbot: QtBot) -> None:
    answers: Answers = []
    task = run(lambda: 1, noting(answers, "done"), noting(answers, "failed"))
    for thread in threading.enumerate():
        if thread.name == "task":
            thread.join()
    task.abandon()
    qtbot.wait(20)
    assert answers == []


def test_tasks_leave_nothing_behind_in_the_application(qtbot: QtBot) -> None:
    application = QCoreApplication.instance()
    assert application is not None
    before = len(application.findChildren(Mailbox))
    answers: Answers = []
    for _ in range(20):
        run(lambda: 1, noting(answers, "done"), noting(answers, "failed"))
    run(lambda: 1, noting(answers, "done"), noting(answers, "failed")).abandon()
    qtbot.waitUntil(
        lambda: len(answers) == 20 and len(application.findChildren(Mailbox)) == before
    )


def test_answers_that_come_while_the_application_quits_are_dropped(
    qtbot: QtBot,
) -> None:
    """As its own process: the application goes while forty calls are under way."""
    import subprocess
    import sys

    program = """
import random, threading, time
from PySide6.QtCore import QCoreApplication, QTimer
from viewer.qt.tasks import run
application = QCoreApplication([])
for number in range(40):
    run(lambda: time.sleep(random.random() / 20), print, print)
QTimer.singleShot(20, application.quit)
application.exec()
del application
time.sleep(0.1)
print("end")
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert done.stderr == ""
    assert done.returncode == 0
    assert done.stdout.endswith("end\n")
