"""The directories of a TIFF or BigTIFF file, read as little as possible.

Only what a directory says is read here, not what it means. For the frames of a
dual-personality file that is enough, and a hundred times quicker to have at hand than a
library for TIFF.
"""

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from viewer.formats.files import ReadableFile
from viewer.formats.tiff_file import MOST_DIRECTORIES, SIGNATURES
from viewer.slide.errors import BrokenFile

IMAGE_WIDTH: Final = 256
IMAGE_LENGTH: Final = 257
STRIP_OFFSETS: Final = 273
STRIP_BYTE_COUNTS: Final = 279
TILE_OFFSETS: Final = 324
TILE_BYTE_COUNTS: Final = 325

MOST_VALUES: Final = 1 << 24
"""Numbers of one tag that are read."""


class _Entry(NamedTuple):
    """One tag: its type, how many values, and where they lie in the file."""

    type: int
    values: int
    offset: int


@dataclass(frozen=True, slots=True, eq=False)
class TiffDirectory:
    """One directory of a file, whose values are read when they are asked for.

    `offset` is its place in the file, `end` that of what lies behind its tags,
    `following` that of the next one in the chain, 0 for the last. Any thread;
    immutable.
    """

    offset: int
    end: int
    following: int
    _file: ReadableFile
    _order: str
    _entries: Mapping[int, _Entry]

    def numbers(self, tag: int) -> NDArray[np.uint64] | None:
        """Return a tag's whole numbers; None where it is absent or holds no such.

        Raises BrokenFile where they lie outside the file or are too many.
        """
        entry = self._entries.get(tag)
        size = _SIZES.get(0 if entry is None else entry.type)
        if entry is None or size is None:
            return None
        length = size * entry.values
        if entry.values > MOST_VALUES or entry.offset + length > self._file.size:
            raise BrokenFile(
                f"{self._file.path.name}: TIFF tag {tag} has {entry.values} values at"
                f" byte {entry.offset}, expected the file's {self._file.size} bytes to"
                " hold them."
            )
        data = self._file.read(entry.offset, length)
        return np.frombuffer(data, f"{self._order}u{size}").astype(np.uint64)

    def number(self, tag: int) -> int | None:
        """Return the only value of a tag; None where it has none or several."""
        entry = self._entries.get(tag)
        if entry is None or entry.values != 1:
            return None
        values = self.numbers(tag)
        return None if values is None else int(values[0])

    @property
    def tags(self) -> tuple[int, ...]:
        """The numbers of its tags, in their order."""
        return tuple(self._entries)

    def values_of(self, tag: int) -> int:
        """Return how many values a tag says that it has, 0 without it; reads nothing.

        As it is written: there may be far more than the file can hold.
        """
        entry = self._entries.get(tag)
        return 0 if entry is None else entry.values

    def rational(self, tag: int) -> float | None:
        """Return the first fraction of a tag; None without one, or over zero.

        Raises BrokenFile where it lies outside the file.
        """
        entry = self._entries.get(tag)
        if entry is None or entry.type != _RATIONAL or not entry.values:
            return None
        form = struct.Struct(self._order + "II")
        over, under = form.unpack(self._file.read(entry.offset, form.size))
        return over / under if under else None

    def places(self) -> Iterator[tuple[int, int]]:
        """Yield where its parts lie, first byte and end: itself, then long values."""
        yield self.offset, self.end
        for entry in self._entries.values():
            size = _SIZES.get(entry.type) or _WIDTHS.get(entry.type, 0)
            if not self.offset <= entry.offset < self.end:
                yield entry.offset, entry.offset + size * entry.values

    def count(self) -> int:
        """Return how many tiles (or else strips) are told of, without reading them."""
        tag = TILE_OFFSETS if TILE_OFFSETS in self._entries else STRIP_OFFSETS
        entry = self._entries.get(tag)
        return 0 if entry is None else entry.values

    def text(self, tag: int, most: int) -> bytes | None:
        """Return the first bytes of a text, at most so many; None without the tag.

        Empty where the tag holds something else. Raises BrokenFile.
        """
        entry = self._entries.get(tag)
        if entry is None:
            return None
        length = entry.values if entry.type in _TEXTS else 0
        return self._file.read_some(entry.offset, min(length, most))

    def segments(self) -> tuple[NDArray[np.uint64], NDArray[np.uint64]] | None:
        """Return where tiles (or else strips) lie, and how many bytes they have.

        None where that is not told, or not as many lengths as places. Raises
        BrokenFile.
        """
        for places, lengths in (
            (TILE_OFFSETS, TILE_BYTE_COUNTS),
            (STRIP_OFFSETS, STRIP_BYTE_COUNTS),
        ):
            offsets, counts = self.numbers(places), self.numbers(lengths)
            if offsets is not None:
                agree = counts is not None and len(counts) == len(offsets)
                return (offsets, counts) if counts is not None and agree else None
        return None


def read_directories(file: ReadableFile) -> Iterator[TiffDirectory]:
    """Yield the directories of a file in the order of their chain.

    Ends at the last, or before one that was there already. Raises BrokenFile where the
    file begins like no TIFF file, or a directory lies outside it. Any thread.
    """
    head = file.read_some(0, 16).ljust(16, b"\0")
    name = file.path.name
    if head[:4] not in SIGNATURES:
        raise BrokenFile(
            f"{name}: begins with {head[:4].hex(' ')}, expected a TIFF header."
        )
    form = _Form("<" if head[:2] == b"II" else ">", big=b"+" in head[2:4])
    at = form.first(head)
    seen: set[int] = set()
    while at and at not in seen and len(seen) < MOST_DIRECTORIES:
        seen.add(at)
        directory = form.directory(file, at)
        yield directory
        at = directory.following


_SIZES: Final = {1: 1, 3: 2, 4: 4, 13: 4, 16: 8, 18: 8}  # BYTE to IFD8, unsigned only
_WIDTHS: Final = {2: 1, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 17: 8}
_TEXTS: Final = frozenset({1, 2, 7})  # BYTE, ASCII, UNDEFINED
_RATIONAL: Final = 5
_MOST_ENTRIES: Final = 4096  # of one directory; there are about 500 known tags


class _Form:
    """How the numbers of a file are written: byte order, and TIFF or BigTIFF."""

    def __init__(self, order: str, *, big: bool) -> None:
        self.order: Final = order
        self._place: Final = struct.Struct(order + ("Q" if big else "I"))
        self._count: Final = struct.Struct(order + ("Q" if big else "H"))
        self._entry: Final = struct.Struct(order + ("HHQ" if big else "HHI"))
        self._header_place: Final = 8 if big else 4

    def first(self, head: bytes) -> int:
        """Return where the first directory lies."""
        return self._place.unpack_from(head, self._header_place)[0]

    def directory(self, file: ReadableFile, at: int) -> TiffDirectory:
        """Read the tags at `at`; raises BrokenFile."""
        start = at + self._count.size
        step = self._entry.size + self._place.size
        if start > file.size:
            raise self._outside(file, at)
        (count,) = self._count.unpack(file.read(at, self._count.size))
        end = start + step * count
        if not 0 < count <= _MOST_ENTRIES or end + self._place.size > file.size:
            raise self._outside(file, at)
        data = file.read(start, step * count + self._place.size)
        entries: dict[int, _Entry] = {}
        for here in range(0, step * count, step):
            tag, kind, values = self._entry.unpack_from(data, here)
            size = _SIZES.get(kind) or _WIDTHS.get(kind, 0)
            place = start + here + self._entry.size
            if size * values > self._place.size:
                (place,) = self._place.unpack_from(data, here + self._entry.size)
            entries.setdefault(tag, _Entry(kind, values, place))
        (following,) = self._place.unpack_from(data, step * count)
        return TiffDirectory(
            at,
            end + self._place.size,
            following,
            file,
            self.order,
            MappingProxyType(entries),
        )

    def _outside(self, file: ReadableFile, at: int) -> BrokenFile:
        return BrokenFile(
            f"{file.path.name}: there is no TIFF directory at byte {at}, expected one"
            f" within the file's {file.size} bytes."
        )
