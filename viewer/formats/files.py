"""Files read at random places from any thread, with one descriptor each.

Reading is pread, never a memory map: a file that shrinks, or a share that goes away, is
an exception here and would be a SIGBUS with a map.
"""

import errno
import io
import os
import stat
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, Protocol

from viewer.slide.errors import BrokenFile


class ReadableFile(Protocol):
    """Bytes at offsets: a file, or a buffer that was inflated from one."""

    @property
    def path(self) -> Path:
        """The file that messages name."""
        ...

    @property
    def size(self) -> int:
        """The number of bytes, at opening."""
        ...

    def read(self, offset: int, length: int) -> bytes:
        """Return exactly `length` bytes; raises BrokenFile. Any thread."""
        ...

    def read_some(self, offset: int, length: int) -> bytes:
        """Return up to `length` bytes, fewer at the end; raises BrokenFile."""
        ...

    def close(self) -> None:
        """Refuse further reads; readers inside finish first. Any thread."""
        ...

    def stream(self) -> io.BufferedReader:
        """Return a seekable view with a position of its own."""
        ...


class RandomAccessFile:
    """A file open for reading from any thread.

    The descriptor belongs to an object that every reader holds while it reads; closing
    only lets go of it, so that the last reader ends it and no number is used again
    under a reader.
    """

    def __init__(self, path: Path) -> None:
        """Open `path`; raises BrokenFile where that is no file that can be read."""
        self.path: Final = path
        try:
            descriptor = _Descriptor(path)
        except (OSError, ValueError) as error:
            raise BrokenFile(f"{path.name}: {_reason(error)}.") from error
        self._descriptor: _Descriptor | None = descriptor
        self._opened: Final = descriptor.status()
        if not stat.S_ISREG(self._opened.st_mode):
            self._descriptor = None
            raise BrokenFile(f"{path.name}: {_kind(self._opened.st_mode)}, not a file.")
        self.size: Final = self._opened.st_size

    def read(self, offset: int, length: int) -> bytes:
        """Return exactly `length` bytes at `offset`; raises BrokenFile. Any thread."""
        if offset + length > self.size:  # before anything is allocated
            raise self._short(offset, length, self.size)
        data = self.read_some(offset, length)
        if len(data) != length:  # the file shrank, or the system reads in pieces
            data = self._read_on(data, offset, length)
        return data

    def read_some(self, offset: int, length: int) -> bytes:
        """Return up to `length` bytes at `offset`, fewer at the end of the file.

        Raises BrokenFile where the file is closed or the system cannot read. Any
        thread. Allocates `length` bytes.
        """
        held = self._descriptor
        if held is None:
            raise BrokenFile(f"{self.path.name}: is closed.")
        try:
            return held.read_at(held.number, length, offset)
        except OSError as error:
            raise BrokenFile(f"{self.path.name}: {_reason(error)}.") from error
        finally:
            held = None  # an exception that is kept must not keep the file open

    def changed(self) -> bool:
        """Tell whether the file was written to, replaced or removed since opening.

        Any thread. Raises BrokenFile where the file is closed.
        """
        held = self._descriptor
        if held is None:
            raise BrokenFile(f"{self.path.name}: is closed.")
        try:
            now, there = held.status(), self.path.stat()
        except OSError:
            return True
        before = self._opened
        return (now.st_size, now.st_mtime_ns) != (
            before.st_size,
            before.st_mtime_ns,
        ) or (
            there.st_dev,
            there.st_ino,
        ) != (before.st_dev, before.st_ino)

    def close(self) -> None:
        """Refuse further reads; readers inside finish first. Any thread, any number."""
        self._descriptor = None

    def stream(self) -> io.BufferedReader:
        """Return a seekable read-only view with its own position, for parsers.

        It shares the descriptor; closing the view does not close the file.
        """
        return io.BufferedReader(_View(self), _VIEW_BUFFER)

    def _read_on(self, data: bytes, offset: int, length: int) -> bytes:
        pieces, have = [data], len(data)
        while have < length:
            piece = self.read_some(offset + have, length - have)
            if not piece:
                raise self._short(offset, length, offset + have)
            pieces.append(piece)
            have += len(piece)
        return b"".join(pieces)

    def _short(self, offset: int, length: int, end: int) -> BrokenFile:
        return BrokenFile(
            f"{self.path.name}: ends at byte {end},"
            f" expected {length} bytes at offset {offset}."
        )


class BytesFile:
    """Bytes in memory that are read like a file: an inflated data set."""

    def __init__(self, path: Path, data: bytes) -> None:
        """Read from `data`; `path` is what messages name."""
        self.path: Final = path
        self.size: Final = len(data)
        self._data: bytes | None = data

    def read(self, offset: int, length: int) -> bytes:
        """Return exactly `length` bytes; raises BrokenFile. Any thread."""
        data = self.read_some(offset, length)
        if len(data) != length:
            raise BrokenFile(
                f"{self.path.name}: ends at byte {self.size} of the inflated data set,"
                f" expected {length} bytes at offset {offset}."
            )
        return data

    def read_some(self, offset: int, length: int) -> bytes:
        """Return up to `length` bytes, fewer at the end; raises BrokenFile."""
        data = self._data
        if data is None:
            raise BrokenFile(f"{self.path.name}: is closed.")
        return data[offset : offset + length]

    def close(self) -> None:
        """Let go of the bytes. Any thread, any number of times."""
        self._data = None

    def stream(self) -> io.BufferedReader:
        """Return a seekable read-only view with its own position."""
        return io.BufferedReader(_View(self), _VIEW_BUFFER)


_VIEW_BUFFER: Final = 1 << 16

_REASONS: Final[Mapping[int, str]] = MappingProxyType(
    {
        errno.ENOENT: "there is no such file",
        errno.ENOTDIR: "there is no such file",
        errno.EACCES: "there is no permission to read it",
        errno.EPERM: "there is no permission to read it",
        errno.EISDIR: "is a folder, not a file",
        errno.EMFILE: "too many files are open",
        errno.ENFILE: "too many files are open",
        errno.ENAMETOOLONG: "the name is too long",
        errno.ELOOP: "the link leads back to itself",
        errno.ESTALE: "the share it lies on has gone",
    }
)


def _reason(error: OSError | ValueError) -> str:
    """Say in words why the system refused."""
    if isinstance(error, OSError) and error.errno is not None:
        known = _REASONS.get(error.errno)
        return known or f"cannot be read ({os.strerror(error.errno)})"
    return f"cannot be read ({error})"


def _kind(mode: int) -> str:
    return "is a folder" if stat.S_ISDIR(mode) else "is a device or a pipe"


class _Descriptor:
    """The number of an open file, closed when nobody holds this object any more."""

    __slots__ = ("number", "read_at")

    def __init__(self, path: Path) -> None:
        # Opening a named pipe would wait for a writer; a plain file does not care.
        flags = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0)
        self.number = -1
        self.number = os.open(path, flags)
        self.read_at: Callable[[int, int, int], bytes] = (
            os.pread if hasattr(os, "pread") else _seek_and_read()
        )

    def status(self) -> os.stat_result:
        return os.fstat(self.number)

    def __del__(self) -> None:
        if self.number >= 0:
            os.close(self.number)


def _seek_and_read() -> Callable[[int, int, int], bytes]:
    """Make a pread for systems without one (Windows): a lock around seek and read."""
    lock = threading.Lock()

    def read_at(number: int, length: int, offset: int) -> bytes:
        with lock:
            os.lseek(number, offset, os.SEEK_SET)
            return os.read(number, length)

    return read_at


class _View(io.RawIOBase):
    """A position in a source of bytes."""

    def __init__(self, source: ReadableFile) -> None:
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
