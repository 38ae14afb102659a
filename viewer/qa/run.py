"""One run over slides: on all cores, with progress, until nobody wants it any more."""

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from typing import Final, TypeVar

from viewer.slide.errors import Cancelled

_Item = TypeVar("_Item")
_Answer = TypeVar("_Answer")


class Run:
    """How a comparison or a check-up is carried out; immutable.

    `progress(what, done, total)` and `cancelled()` are called on the thread that runs
    it. At most `threads` things are worked on at once, by default as many as there are
    cores; decoders do not hold the interpreter's lock.
    """

    def __init__(
        self,
        progress: Callable[[str, int, int], None] | None = None,
        cancelled: Callable[[], bool] | None = None,
        threads: int | None = None,
    ) -> None:
        """Take the callbacks; nothing runs yet."""
        self._progress: Final = progress
        self._cancelled: Final = cancelled
        self.threads: Final = threads or os.cpu_count() or 1

    def report(self, what: str, done: int, total: int) -> None:
        """Tell how far it is; raises Cancelled when nobody waits any more."""
        self.check()
        if self._progress is not None:
            self._progress(what, done, total)

    def check(self) -> None:
        """Raise Cancelled when nobody waits any more."""
        if self._cancelled is not None and self._cancelled():
            raise Cancelled("The run was cancelled.")

    def each(
        self,
        function: Callable[[_Item], _Answer],
        items: Iterable[_Item],
        what: str,
        total: int,
    ) -> Iterator[_Answer]:
        """Yield `function(item)` for each item, in order, worked out on all cores.

        Items are taken as they are needed, a few ahead, so that memory does not grow
        with their number. What `function` raises passes through, and Cancelled; what
        was begun is waited for then. `what` is what progress calls it.
        """
        ahead = 4 * self.threads
        source = iter(items)
        waiting: deque[Future[_Answer]] = deque()
        done = 0
        self.report(what, done, total)
        pool = ThreadPoolExecutor(self.threads, "qa")
        try:
            waiting.extend(
                pool.submit(function, item) for item in islice(source, ahead)
            )
            while waiting:
                answer = waiting.popleft().result()
                for item in islice(source, 1):
                    waiting.append(pool.submit(function, item))
                yield answer
                done += 1
                self.report(what, done, total)
        finally:
            pool.shutdown(wait=True, cancel_futures=True)
