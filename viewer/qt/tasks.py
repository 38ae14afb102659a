"""run: one background call with its answer on the GUI thread."""

from collections.abc import Callable
from functools import partial
from threading import Thread
from typing import TypeVar

from PySide6.QtCore import QCoreApplication

from viewer.qt.mailbox import Mailbox
from viewer.tiles.priority import give_way

T = TypeVar("T")


class Task:
    """A call under way; made by `run`, used on the GUI thread.

    Invariant: one of `done` and `failed` is called, once; neither after `abandon` nor
    after the application has begun to quit.
    """

    def __init__(self) -> None:
        self._wanted = True
        application = QCoreApplication.instance()
        # The application owns the mailbox: a thread must never be the last to drop it.
        self._mailbox = Mailbox(application)
        # A lambda, since a signal holds a plain object's method only weakly.
        self._mailbox.arrived.connect(lambda answers: self._deliver(*answers))  # pyright: ignore[reportUnknownLambdaType, reportUnknownArgumentType] - stubs: signals are untyped
        if application is not None:
            application.aboutToQuit.connect(self._mailbox.close)

    @property
    def is_over(self) -> bool:
        """Whether the answer was delivered or is not wanted any more."""
        return not self._wanted

    def abandon(self) -> None:
        """Want no answer any more; the call itself runs on to its end, unseen."""
        self._wanted = False

    def answer(self, answer: Callable[[], None]) -> None:
        """Leave the call that delivers the answer. The task's own thread."""
        self._mailbox.post(answer)

    def _deliver(self, answer: Callable[[], None]) -> None:
        wanted, self._wanted = self._wanted, False
        self._mailbox.close()
        self._mailbox.deleteLater()
        if wanted:
            answer()


def run(
    work: Callable[[], T],
    done: Callable[[T], None],
    failed: Callable[[Exception], None],
) -> Task:
    """Call `work` on a background thread, then `done` or `failed` on the GUI thread.

    To be called on the GUI thread. The thread is a daemon: a call that does not come
    back never keeps the program from ending.
    """
    task = Task()

    def call() -> None:
        give_way()
        try:
            answer = partial(done, work())
        except Exception as error:  # noqa: BLE001 - whatever it is, it is the answer
            answer = partial(failed, error)
        task.answer(answer)

    Thread(target=call, name="task", daemon=True).start()
    return task
