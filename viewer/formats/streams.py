"""A position in bytes at offsets, for parsers that read a file from its beginning."""

import io
import os
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from viewer.formats.files import ReadableFile


def stream_over(source: "ReadableFile") -> io.BufferedReader:
    """Return a seekable read-only view with a position of its own.

    Closing the view does not close the source.
    """
    return io.BufferedReader(_View(source), _BUFFER)


_BUFFER: Final = 1 << 16


class _View(io.RawIOBase):
    """A position in a source of bytes."""

    def __init__(self, source: "ReadableFile") -> None:
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
