"""Data sets, attributes and items as places in a file.

Nothing is parsed before it is looked at and no value is read before it is shown, so
that a hundred thousand items, or a value of gigabytes, cost nothing.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from io import BufferedReader
from pathlib import Path
from typing import Final, overload

from viewer.formats.dicom.item_scan import ItemPlaces
from viewer.formats.dicom.values import ASCII, Values, values_of
from viewer.formats.files import ReadableFile


@dataclass(frozen=True, eq=False, slots=True)
class DataSet:
    """A data set, an item or the File Meta Information: where it lies in its source.

    `start` and `end` are bytes of `file`; `depth` is 0 for a data set and more for the
    items of its sequences. `encodings` and `signed` are what the data set around it
    says (Specific Character Set, Pixel Representation). Any thread.
    """

    file: ReadableFile
    start: int
    end: int
    implicit: bool
    order: str
    depth: int = 0
    encodings: tuple[str, ...] = ASCII
    signed: bool = False


@dataclass(frozen=True, eq=False, slots=True)
class Field:
    """One attribute where it lies, its value unread.

    `offset` and `end` are those of the value, as far as the file holds it. `vr` is
    never empty; `creator` is that of a private attribute. `items` are those of a
    sequence that can be opened. `problem` is a clause, empty where all is well.
    `is_encapsulated` tells Pixel Data in fragments, whose `end` may be only a bound.
    """

    within: DataSet = field(repr=False)
    tag: int
    vr: str
    creator: str
    offset: int
    end: int
    items: "Items | None" = None
    problem: str = ""
    is_encapsulated: bool = False

    @property
    def length(self) -> int:
        """Bytes of the value in the file."""
        return self.end - self.offset

    def read(self, most: int) -> bytes:
        """Return the first `most` bytes of the value; raises BrokenFile."""
        return self.within.file.read_some(self.offset, min(self.length, most))

    def values(self, most: int) -> Values:
        """Return the values in the first `most` bytes; raises BrokenFile."""
        within = self.within
        return values_of(self.read(most), self.vr, within.order, within.encodings)


class Items(Sequence[DataSet]):
    """The items of a sequence, each made when it is asked for."""

    __slots__ = ("_places", "_template")

    def __init__(self, template: DataSet, places: ItemPlaces) -> None:
        """List items that are like `template` but for where they lie."""
        self._template = template
        self._places = places

    def __len__(self) -> int:
        return len(self._places.starts)

    @overload
    def __getitem__(self, index: int) -> DataSet: ...
    @overload
    def __getitem__(self, index: slice) -> list[DataSet]: ...
    def __getitem__(self, index: int | slice) -> DataSet | list[DataSet]:
        if isinstance(index, slice):
            return [self[each] for each in range(*index.indices(len(self)))]
        starts = self._places.starts
        place = range(len(starts))[index]
        start = starts[place]
        stop = starts[place + 1] if place + 1 < len(starts) else self._places.stop
        like = self._template
        return DataSet(
            file=_Block.around(like.file, start, stop),
            start=start + 8,
            end=stop,
            implicit=like.implicit,
            order=like.order,
            depth=like.depth,
            encodings=like.encodings,
            signed=like.signed,
        )


_BLOCK: Final = 1 << 20


class _Block:
    """A part of a file in memory, so that small things in it are not read one by one.

    What lies outside is read from the file.
    """

    __slots__ = ("_data", "_file", "_offset")

    def __init__(self, file: ReadableFile, offset: int, data: bytes) -> None:
        self._file = file
        self._offset = offset
        self._data = data

    @classmethod
    def around(cls, file: ReadableFile, start: int, stop: int) -> ReadableFile:
        """Read a part that is worth it and not yet in memory."""
        if stop - start > _BLOCK:
            return file
        if isinstance(file, _Block) and file.holds(start, stop):
            return file
        return cls(file, start, file.read_some(start, stop - start))

    @property
    def path(self) -> Path:
        return self._file.path

    @property
    def size(self) -> int:
        return self._file.size

    def holds(self, start: int, stop: int) -> bool:
        return self._offset <= start and stop <= self._offset + len(self._data)

    def read(self, offset: int, length: int) -> bytes:
        data = self.read_some(offset, length)
        return data if len(data) == length else self._file.read(offset, length)

    def read_some(self, offset: int, length: int) -> bytes:
        at = offset - self._offset
        if at >= 0 and at + length <= len(self._data):
            return self._data[at : at + length]
        return self._file.read_some(offset, length)

    def reader(self) -> Callable[[int, int], bytes]:
        return lambda length, offset: self.read_some(offset, length)

    def close(self) -> None:
        self._file.close()

    def stream(self) -> BufferedReader:
        return self._file.stream()
