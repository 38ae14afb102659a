"""How far a command is, on one line of a terminal."""

import sys
import time
from collections.abc import Generator
from contextlib import contextmanager
from typing import Final, TextIO, cast

PATIENCE_SECONDS: Final = 1.0
"""How long something may take before a terminal is told how far it is."""


class Progress:
    """One line of standard error, written over as work goes on.

    Invariant: the line is there or empty; what follows begins at its start.
    """

    def __init__(self) -> None:
        """Begin to wait; nothing is written yet."""
        self._next = time.monotonic() + PATIENCE_SECONDS
        self._length = 0

    def show(self, what: str, done: int, total: int) -> None:
        """Say which part of what is done, several times a second at most."""
        now = time.monotonic()
        if now < self._next:
            return
        self._next = now + 0.2
        share = min(100, 100 * done // max(1, total))
        words = f"{what[:1].upper()}{what[1:]}: {share} %"
        self._length = max(self._length, len(words))
        print(f"\r{words:<{self._length}}", end="", file=sys.stderr, flush=True)

    def clear(self) -> None:
        """Take the line away; any number of times."""
        if self._length:
            print(f"\r{'':<{self._length}}\r", end="", file=sys.stderr, flush=True)
            self._length = 0


@contextmanager
def shown_progress() -> Generator[Progress | None]:
    """Give a line to write on, taken away afterwards; None where nobody watches.

    A terminal on standard error is watched, a file or pipe is not.
    """
    progress = Progress()
    try:
        yield progress if _is_watched() else None
    finally:
        progress.clear()


def _is_watched() -> bool:
    stream = cast("TextIO | None", sys.stderr)  # None where the caller closed it
    return stream is not None and stream.isatty()
