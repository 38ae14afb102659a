"""Where frames lie, kept in the user's cache folder for files that do not tell.

A walk over the items of a file without tables touches all of it, which takes minutes on
a slow share. Its answer is kept, so that the second opening is as quick as with a
table. What is kept are lengths of items under a hash: no name, no path, no attribute.
It is believed as little as a table: every frame is compared with its item at the read.
"""

import os
from array import array
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from tempfile import mkstemp
from typing import Final

import numpy as np

from viewer.formats.files import RandomAccessFile, ReadableFile
from viewer.slide.errors import BrokenFile

FEWEST: Final = 1000
"""Frames below which a walk is quicker than a look at the folder."""

MOST_FILES: Final = 500
MOST_BYTES: Final = 64 << 20
"""What the folder may hold; the oldest go first."""


class IndexStore:
    """Starts of items by file. Any thread, any number of processes; never raises.

    What is damaged, foreign or cannot be written counts as absent.
    """

    def __init__(self, folder: Path | None = None) -> None:
        """Keep indexes in `folder`, by default in the user's cache folder."""
        self._folder = folder

    def load(self, file: ReadableFile, first: int, frames: int) -> "array[int] | None":
        """Return the starts of items from `first` on, and the last one's end.

        At most `frames` items, fewer where that is what was kept; None where nothing is
        kept of this very file.
        """
        if frames < FEWEST or not isinstance(file, RandomAccessFile):
            return None
        try:
            path = self._path(file)
            with path.open("rb") as kept:
                size = os.fstat(kept.fileno()).st_size
                data = kept.read(size) if size <= _HEAD + 4 * frames else b""
            starts = _starts(data, first)
            if starts is None or starts[-1] > file.size:
                return None
        except (OSError, BrokenFile):
            return None
        with suppress(OSError):  # nor does it matter in a folder that is read-only
            os.utime(path)  # the latest used is the last to go
        return starts

    def save(self, file: ReadableFile, starts: "array[int]") -> None:
        """Keep what `load` returns."""
        if len(starts) <= FEWEST or not isinstance(file, RandomAccessFile):
            return
        numbers = np.frombuffer(starts, np.uint64)
        lengths = np.diff(numbers).astype("<u4")  # items and their heads: below 2^32
        content = int(numbers[0]).to_bytes(8, "little") + lengths.tobytes()
        with suppress(OSError, BrokenFile):
            path = self._path(file)
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            _write(path, _MAGIC + sha256(content).digest() + content)
            _make_room(path.parent)

    def _path(self, file: RandomAccessFile) -> Path:
        """Return where the index of this file is kept: by what it is, not its name."""
        facts = f"{file.stamp.size} {file.stamp.modified}".encode()
        head = file.read_some(0, _LOOKED_AT)
        tail = file.read_some(max(0, file.size - _LOOKED_AT), _LOOKED_AT)
        name = sha256(b"\0".join((facts, sha256(head).digest(), tail))).hexdigest()
        folder = _user_folder() if self._folder is None else self._folder
        return folder / f"{name}{_SUFFIX}"


_MAGIC: Final = b"frames 1"
_SUFFIX: Final = ".index"
_HEAD: Final = len(_MAGIC) + 32 + 8  # then a number of four bytes for every frame
_LOOKED_AT: Final = 16 << 10  # bytes at either end of the file


def _starts(data: bytes, first: int) -> "array[int] | None":
    """Return what the bytes of an index say, None where they are not whole."""
    content = data[len(_MAGIC) + 32 :]
    if data[: len(_MAGIC)] != _MAGIC or len(content) < 12 or len(content) % 4:
        return None
    if sha256(content).digest() != data[len(_MAGIC) : len(_MAGIC) + 32]:
        return None
    if int.from_bytes(content[:8], "little") != first:
        return None
    lengths = np.frombuffer(content, "<u4", offset=8)
    starts = np.empty(len(lengths) + 1, np.uint64)
    starts[0] = first
    np.cumsum(lengths, dtype=np.uint64, out=starts[1:])
    starts[1:] += np.uint64(first)
    return array("Q", starts.tobytes())


def _write(path: Path, data: bytes) -> None:
    """Write the whole file or nothing, readable by its owner alone; raises OSError."""
    descriptor, name = mkstemp(prefix="new-", dir=path.parent)  # with mode 0600
    making = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
        making.replace(path)
    finally:
        making.unlink(missing_ok=True)


def _make_room(folder: Path) -> None:
    """Remove the oldest indexes until number and bytes are within bounds."""
    kept: list[tuple[int, int, str]] = []
    with os.scandir(folder) as entries:
        for entry in entries:
            with suppress(OSError):  # another process may be quicker
                status = entry.stat(follow_symlinks=False)
                kept.append((status.st_mtime_ns, status.st_size, entry.path))
    total = 0
    for number, (_, size, name) in enumerate(sorted(kept, reverse=True), 1):
        total += size
        if number > MOST_FILES or total > MOST_BYTES:
            with suppress(OSError):
                Path(name).unlink()


def _user_folder() -> Path:
    from platformdirs import user_cache_path

    return user_cache_path("coverslip", appauthor=False) / "frames"
