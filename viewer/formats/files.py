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
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Final, NamedTuple, Protocol

from viewer.formats.streams import stream_over
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

    def reader(self) -> Callable[[int, int], bytes]:
        """Return `read_some` for a loop, called with length and offset.

        Raises BrokenFile where the file is closed. What is returned raises OSError, and
        holds the file open until it is let go of.
        """
        ...

    def close(self) -> None:
        """Refuse further reads; readers inside finish first. Any thread."""
        ...

    def stream(self) -> io.BufferedReader:
        """Return a seekable view with a position of its own."""
        ...


class FileStamp(NamedTuple):
    """By what a file is known again: its size in bytes, its modification time in ns."""

    size: int
    modified: int


class RandomAccessFile:
    """A file open for reading from any thread.

    No byte is returned of a file that was written to, or cut short, since it was
    opened: other offsets would lie in it. A file that was removed or replaced is read
    on, since the system keeps what is open; one whose share went away is opened again
    as soon as it is back, if it is the same.

    The descriptor belongs to an object that every reader holds while it reads; closing
    only lets go of it, so that the last reader ends it and no number is used again
    under a reader.
    """

    def __init__(self, path: Path, stamp: FileStamp | None = None) -> None:
        """Open `path`; raises BrokenFile where that is no file that can be read.

        With a `stamp` only the file that had it is opened. Pipes, sockets and devices
        are not even opened, which could wait, or rewind a tape.
        """
        self.path: Final = path
        try:
            status = path.stat()
            descriptor = _Descriptor(path) if stat.S_ISREG(status.st_mode) else None
            if descriptor is not None:
                status = descriptor.status()
        except (OSError, ValueError) as error:
            raise BrokenFile(f"{path.name}: {reason_of(error)}.") from error
        if descriptor is None or not stat.S_ISREG(status.st_mode):
            raise BrokenFile(f"{path.name}: {_kind(status.st_mode)}, not a file.")
        self._descriptor: _Descriptor | None = descriptor
        found = _stamp(status)
        self.stamp: Final = stamp or found
        self.size: Final = self.stamp.size
        if found != self.stamp:
            self._descriptor = None
            raise self._other(found)

    def read(self, offset: int, length: int) -> bytes:
        """Return exactly `length` bytes at `offset`; raises BrokenFile. Any thread."""
        if offset + length > self.size:  # before anything is allocated
            raise self._short(offset, length, self.size)
        data = self.read_some(offset, length)
        if len(data) != length:  # some systems read in pieces
            data = self._read_on(data, offset, length)
        return data

    def read_some(self, offset: int, length: int) -> bytes:
        """Return up to `length` bytes at `offset`, fewer at the end of the file.

        Raises BrokenFile where the file is closed, was changed, or the system cannot
        read. Any thread. Allocates `length` bytes.
        """
        held = self._descriptor
        offset = min(offset, self.size)  # the system takes 63 bits, files say 64
        try:
            if held is None:
                raise BrokenFile(f"{self.path.name}: is closed.")
            try:
                data = held.read_at(held.number, length, offset)
            except OSError:
                held = self._opened_again()
                if held is None:
                    raise
                data = held.read_at(held.number, length, offset)
            # Looked at after reading, so that nothing was written in between.
            if not held.is_still(self.stamp):
                raise self._other(held.stamp())
        except OSError as error:
            raise BrokenFile(f"{self.path.name}: {reason_of(error)}.") from error
        finally:
            held = None  # an exception that is kept must not keep the file open
        return data

    def reader(self) -> Callable[[int, int], bytes]:
        """Return a quick `read_some`; see ReadableFile."""
        held = self._descriptor
        if held is None:
            raise BrokenFile(f"{self.path.name}: is closed.")
        read = partial(held.read_at, held.number)  # a method would cost a third more
        vars(read)["held"] = held
        return read

    def close(self) -> None:
        """Refuse further reads; readers inside finish first. Any thread, any number."""
        self._descriptor = None

    def stream(self) -> io.BufferedReader:
        """Return a seekable read-only view with its own position, for parsers.

        It shares the descriptor; closing the view does not close the file.
        """
        return stream_over(self)

    def _read_on(self, data: bytes, offset: int, length: int) -> bytes:
        pieces, have = [data], len(data)
        while have < length:
            piece = self.read_some(offset + have, length - have)
            if not piece:
                raise self._short(offset, length, offset + have)
            pieces.append(piece)
            have += len(piece)
        return b"".join(pieces)

    def _opened_again(self) -> "_Descriptor | None":
        """Open the file anew after the system refused to read; None where it is gone.

        Or where another file is in its place.
        """
        try:
            descriptor = _Descriptor(self.path)
            if not descriptor.is_still(self.stamp):
                return None
        except OSError:
            return None
        if self._descriptor is not None:  # else it was closed in the meantime
            self._descriptor = descriptor
        return descriptor

    def _short(self, offset: int, length: int, end: int) -> BrokenFile:
        return BrokenFile(
            f"{self.path.name}: ends at byte {end},"
            f" expected {length} bytes at offset {offset}."
        )

    def _other(self, found: FileStamp) -> BrokenFile:
        if found.size == self.size:
            what = "it was written to"
        else:
            what = f"it has {found.size:,} bytes, expected {self.size:,}"
        return BrokenFile(
            f"{self.path.name}: was changed after it was opened: {what};"
            " open it again to see what it is now."
        )


def stamp_of(path: Path) -> FileStamp:
    """Return by what the file at `path` is known again; raises OSError."""
    return _stamp(path.stat())


def reason_of(error: OSError | ValueError) -> str:
    """Say in words, which follow the file's name, why the system refused."""
    if isinstance(error, OSError) and error.errno is not None:
        known = _REASONS.get(error.errno)
        return known or f"cannot be read ({os.strerror(error.errno)})"
    return f"cannot be read ({error})"


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

    def reader(self) -> Callable[[int, int], bytes]:
        """Return `read_some` for a loop; see ReadableFile."""
        return lambda length, offset: self.read_some(offset, length)

    def close(self) -> None:
        """Let go of the bytes. Any thread, any number of times."""
        self._data = None

    def stream(self) -> io.BufferedReader:
        """Return a seekable read-only view with its own position."""
        return stream_over(self)


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


def _kind(mode: int) -> str:
    return "is a folder" if stat.S_ISDIR(mode) else "is a device or a pipe"


def _stamp(status: os.stat_result) -> FileStamp:
    return FileStamp(status.st_size, status.st_mtime_ns)


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

    def stamp(self) -> FileStamp:
        return _stamp(os.fstat(self.number))

    def is_still(self, stamp: FileStamp) -> bool:
        status = os.fstat(self.number)  # a microsecond, at every read
        return status.st_mtime_ns == stamp.modified and status.st_size == stamp.size

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
