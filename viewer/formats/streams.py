"""A position in bytes at offsets, for parsers that read a file from its beginning."""

import io
import os
from typing import Any, Final, Protocol

_BUFFER: Final = 1 << 16


class Source(Protocol):
    """Bytes at offsets, such as a ReadableFile."""

    @property
    def size(self) -> int:
        """Bytes in all."""
        ...

    def read_some(self, offset: int, length: int) -> bytes:
        """Return up to `length` bytes."""
        ...


def stream_over(source: Source, buffer: int = _BUFFER) -> io.BufferedReader:
    """Return a seekable read-only view with a position of its own.

    At least `buffer` bytes are read at once. Closing the view does not close the
    source.
    """
    return io.BufferedReader(_View(source), buffer)


class _View(io.RawIOBase):
    """A position in a source of bytes."""

    def __init__(self, source: Source) -> None:
        super().__init__()
        self._source = source
        self._position = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        origin = {os.SEEK_CUR: self._position, os.SEEK_END: self._source.size}
        position = origin.get(whence, 0) + offset
        if position < 0:
            raise ValueError(f"seek before the start: {position}")
        self._position = position
        return position

    def tell(self) -> int:
        return self._position

    def readinto(self, buffer: Any, /) -> int:
        data = self._source.read_some(self._position, len(buffer))
        buffer[: len(data)] = data
        self._position += len(data)
        return len(data)
