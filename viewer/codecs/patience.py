"""Calls into foreign code that damaged data can keep busy, and an end to waiting."""

from collections.abc import Callable
from concurrent.futures import Future
from threading import BoundedSemaphore, Thread
from typing import Final, TypeVar

Answer = TypeVar("Answer")


class Patience:
    """Waits for a call so long and no longer. Any thread.

    Native code cannot be stopped: a call that is given up goes on in a thread of its
    own until it ends. Invariant: no more than `most` calls run at a time, those that
    were given up among them; the next one waits for one of them to end.
    """

    def __init__(self, most: int) -> None:
        self._room: Final = BoundedSemaphore(most)

    def within(self, seconds: float, call: Callable[[], Answer]) -> Answer:
        """Return the answer of a call, or raise what it raises, or TimeoutError."""
        answer: Future[Answer] = Future()
        self._room.acquire()
        # Nobody waits for it at the end of the program either.
        Thread(target=self._run, args=(call, answer), daemon=True).start()
        return answer.result(seconds)

    def _run(self, call: Callable[[], Answer], answer: Future[Answer]) -> None:
        try:
            answer.set_result(call())
        except BaseException as error:  # noqa: BLE001  it belongs to who waits
            answer.set_exception(error)
        finally:
            self._room.release()
