"""What the two kinds of Pixel Data, encapsulated and native, have in common."""

import threading
from typing import Final, Literal, NamedTuple, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

Source: TypeAlias = Literal["extended", "basic", "tiff", "kept", "walk", "native"]
"""Where the places of frames come from.

A table of the data set, the TIFF side's directory, an index kept from an earlier walk
over the items, such a walk, or arithmetic.
"""

LARGEST_FRAME: Final = 1 << 30
"""Bytes of one frame that are read into memory."""

LARGEST_RUN: Final = 64 << 20
"""Bytes of several frames that are read at once."""


class FrameRef(NamedTuple):
    """Where a frame's payload lies: its first byte in the file, and its length.

    Of several fragments `offset` is that of the first, `length` that of all together.
    """

    offset: int
    length: int


class RawRun(NamedTuple):
    """Payloads that lie one behind another: bytes, where each begins and ends in them.

    `offset` is the place of the bytes in the file.
    """

    data: bytes
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    offset: int


class FrameSource(Protocol):
    """The frames of one Pixel Data, counted from 0. Any thread."""

    @property
    def source(self) -> Source:
        """Where the places of the frames come from."""
        ...

    def read(self, frame: int) -> bytes | None:
        """Return a frame's bytes, None where none are stored; raises BrokenFrame."""
        ...

    def read_run(self, first: int, count: int) -> RawRun | None:
        """Return the bytes of some frames at once; None where that cannot be done.

        Then each may be read by itself, and will say why. Raises nothing.
        """
        ...

    def locate(self, frame: int) -> FrameRef | None:
        """Return a frame's place, None where none is stored; raises BrokenFrame."""
        ...


class FrameFindings:
    """Codes and sentences about the frames of one file, each code at most once."""

    def __init__(self) -> None:
        """Begin with nothing found."""
        self._lock = threading.Lock()
        self._codes: set[str] = set()
        self.found: list[tuple[str, str]] = []

    def add(self, code: str, sentence: str) -> None:
        """Keep a sentence unless its code is there already. Any thread."""
        with self._lock:
            if code not in self._codes:
                self._codes.add(code)
                self.found.append((code, sentence))
