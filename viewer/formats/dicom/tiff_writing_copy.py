"""A new file from parts of another: whole or not at all, and over nothing."""

import errno
import os
import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, Final, NamedTuple, TypeAlias

from viewer.formats.files import FileStamp
from viewer.slide.errors import SlideError

Progress: TypeAlias = Callable[[int, int], None]
"""Takes bytes done and bytes in all; may raise Cancelled."""


class Part(NamedTuple):
    """Bytes of the source, from the first to the end."""

    start: int
    end: int


def write_parts(
    source: Path,
    stamp: FileStamp,
    target: Path,
    parts: Sequence[bytes | Part],
    progress: Progress | None = None,
) -> None:
    """Write bytes and parts of a file one behind the other into a new file.

    It appears when it is whole and safe on disk. Holes of the source stay holes where
    the system tells of them. Raises SlideError where `target` is there already, cannot
    be written, or the source is not the file of `stamp` any more. Blocks.
    """
    refuse_existing(target)
    temporary = target.with_name(f".{target.name}.{secrets.token_hex(4)}.partial")
    try:
        with source.open("rb") as taken, temporary.open("xb") as file:
            _check(source, taken, stamp)
            _Copy(taken, file, parts, progress).run()
            _check(source, taken, stamp)
            file.flush()
            os.fsync(file.fileno())
        _publish(temporary, target)
    except OSError as error:
        raise SlideError(
            f"{target}: the file cannot be written: {error.strerror or error}."
        ) from error
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)


def refuse_existing(target: Path) -> None:
    """Raise SlideError where there is something already."""
    if os.path.lexists(target):
        raise SlideError(f"{target} is there already; it is not written over.")


def _check(path: Path, file: BinaryIO, stamp: FileStamp) -> None:
    status = os.fstat(file.fileno())
    if (status.st_size, status.st_mtime_ns) != (stamp.size, stamp.modified):
        raise SlideError(f"{path.name}: was changed while it was copied.")


def _publish(temporary: Path, target: Path) -> None:
    """Give the file its name unless another has it by now."""
    try:
        os.link(temporary, target)
    except FileExistsError:
        refuse_existing(target)
        raise
    except OSError:  # a file system without links, such as FAT
        refuse_existing(target)
        temporary.rename(target)


class _Copy:
    """Writes parts in turn and counts the bytes."""

    def __init__(
        self,
        source: BinaryIO,
        target: BinaryIO,
        parts: Sequence[bytes | Part],
        progress: Progress | None,
    ) -> None:
        self._source = source
        self._target = target
        self._parts = parts
        self._progress = progress
        self._done = 0
        self._total = sum(
            each.end - each.start if isinstance(each, Part) else len(each)
            for each in parts
        )

    def run(self) -> None:
        """Write everything; raises OSError."""
        for part in self._parts:
            if isinstance(part, Part):
                self._copy(part)
            else:
                self._target.seek(self._done)
                self._target.write(part)
                self._target.flush()
                self._done += len(part)
        self._target.truncate(self._done)  # also where it ends with a hole

    def _copy(self, part: Part) -> None:
        shift = self._done - part.start
        for start, end in _data(self._source.fileno(), part):
            at = start
            while at < end:
                some = min(_AT_ONCE, end - at)
                at += self._piece(at, at + shift, some)
                self._done = at + shift
                if self._progress is not None:
                    self._progress(self._done, self._total)
        self._done = part.end + shift

    def _piece(self, start: int, target: int, length: int) -> int:
        """Copy some bytes and return how many."""
        copy = getattr(os, "copy_file_range", None)
        ours, theirs = self._source.fileno(), self._target.fileno()
        if copy is not None:
            try:
                copied: int = copy(ours, theirs, length, start, target)
            except OSError as error:
                if error.errno not in _NOT_HERE:
                    raise
            else:
                if copied:
                    return copied
        self._source.seek(start)
        data = self._source.read(length)
        if not data:
            raise OSError(errno.EIO, "the source ended before it should")
        self._target.seek(target)
        self._target.write(data)
        self._target.flush()
        return len(data)


def _data(descriptor: int, part: Part) -> Iterator[tuple[int, int]]:
    """Yield the stretches of a part that are no holes."""
    if not hasattr(os, "SEEK_DATA"):
        yield part.start, part.end
        return
    at = part.start
    while at < part.end:
        try:
            start = os.lseek(descriptor, at, os.SEEK_DATA)
            end = os.lseek(descriptor, start, os.SEEK_HOLE)
        except OSError as error:
            if error.errno == errno.ENXIO:  # a hole up to the end
                return
            start, end = at, part.end  # the file system does not tell
        if start >= part.end:
            return
        yield start, min(end, part.end)
        at = end


_AT_ONCE: Final = 16 << 20
_NOT_HERE: Final = frozenset(
    {errno.ENOSYS, errno.EXDEV, errno.EINVAL, errno.EOPNOTSUPP, errno.EBADF}
)
"""The system cannot copy by itself from this file to that one."""
