"""Where the items of a sequence lie, found without reading what is in them.

A hundred thousand items of undefined length hold two million headers, which take a
second to step over one by one. Their delimiters are found by their bytes instead, and
believed only where every item ends exactly where the next begins.
"""

import struct
from array import array
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from viewer.formats.dicom.element_headers import ITEM, SEQUENCE_END, UNDEFINED, Headers
from viewer.formats.files import ReadableFile

MOST_ITEMS: Final = 4_000_000
"""Items of one sequence that are listed; 32 MB of places."""


@dataclass(frozen=True, eq=False, slots=True)
class ItemPlaces:
    """The items of one sequence.

    `starts` are the places of the items' tags. An item's content lies from 8 bytes
    behind its start to the next start, or to `stop` for the last; a delimiter at its
    end is part of that. `end` is where the sequence ends. `problem` says in words why
    the items end too early, or is empty.
    """

    starts: "array[int]"
    stop: int
    end: int
    problem: str = ""


def scan_items(
    file: ReadableFile,
    offset: int,
    end: int,
    *,
    implicit: bool,
    order: str,
    delimited: bool,
) -> ItemPlaces:
    """List the items that begin at `offset`, none of which reach beyond `end`.

    A sequence of undefined length is `delimited`: `end` is that of what it lies in.
    `order` is "<" or ">". Reads about as much as the sequence is long where its items
    are small. Any thread; raises nothing but BrokenFile from reading.
    """
    limit = min(end, file.size)
    found = _Scan(file, limit, implicit=implicit, order=order).places(offset)
    if found.problem:
        return found
    if delimited and found.stop + 8 > limit:  # there is no room for a delimiter
        return ItemPlaces(found.starts, limit, limit, "the sequence has no end")
    if not delimited:
        return ItemPlaces(found.starts, found.stop, end)
    return found


_PATIENCE: Final = 256  # items that are stepped over one by one
_SMALL: Final = 4096  # bytes of an item, of which many are read at once
_HOP: Final = 1 << 18


class _Scan:
    """Steps from item to item; `starts` are those found so far."""

    def __init__(
        self, file: ReadableFile, limit: int, *, implicit: bool, order: str
    ) -> None:
        self._file = file
        self._limit = limit
        self._implicit = implicit
        self._order = order
        self._headers = Headers(file, big_endian=order == ">")
        self._starts = array("Q")

    def places(self, offset: int) -> ItemPlaces:
        at, undefined = offset, 0
        while at + 8 <= self._limit and not self._is_full():
            element = self._headers.element(at, implicit=True)
            if element is None or element.tag != ITEM:
                return self._ended(at, None if element is None else element.tag)
            if element.length is not None:
                self._starts.append(at)
                at = element.offset + element.length
                if len(self._starts) == _PATIENCE and at - offset < _SMALL * _PATIENCE:
                    at = self._hop(at)
                continue
            undefined += 1
            if undefined == _PATIENCE:
                marked = _marked_items(self._file, at, self._limit, self._order)
                if marked is not None and self._ends(marked[0][-1], marked[1]):
                    starts, stop = marked
                    self._starts.extend(starts)
                    return self._ended(stop, SEQUENCE_END)
            self._starts.append(at)
            after = self._headers.skip(
                element.offset, implicit=self._implicit, inside_item=True
            )
            if after is None:
                return self._cut(f"item {len(self._starts)} has no end")
            at = after
        return self._at_limit(at)

    def _ends(self, start: int, stop: int) -> bool:
        """Whether the last item ends there by its headers, and not inside a value."""
        end = self._headers.skip(start + 8, implicit=self._implicit, inside_item=True)
        return end == stop

    def _hop(self, at: int) -> int:
        """Step over small items that say how long they are, a piece at a time.

        Returns where they end, or where something else is.
        """
        unpack = struct.Struct(self._order + "HHI").unpack_from
        while at + 8 <= self._limit:
            data = self._file.read_some(at, _HOP)
            here, last = 0, min(len(data), self._limit - at) - 8
            while here <= last:
                group, number, length = unpack(data, here)
                is_item = group == 0xFFFE and number == 0xE000
                if not is_item or length == UNDEFINED or self._is_full():
                    return at + here
                self._starts.append(at + here)
                here += 8 + length
            at += here
        return at

    def _is_full(self) -> bool:
        return len(self._starts) >= MOST_ITEMS

    def _ended(self, at: int, tag: int | None) -> ItemPlaces:
        if tag == SEQUENCE_END:
            return ItemPlaces(self._starts, at, at + 8)
        found = "nothing" if tag is None else f"({tag >> 16:04X},{tag & 0xFFFF:04X})"
        number = len(self._starts) + 1
        return self._cut(f"found {found} at byte {at}, expected item {number}", at)

    def _at_limit(self, at: int) -> ItemPlaces:
        if self._is_full():
            return self._cut(f"only the first {MOST_ITEMS} items are listed", at)
        if at > self._limit:
            lost = at - self._limit
            return self._cut(f"the last item is cut off, {lost} bytes are missing")
        return ItemPlaces(self._starts, min(at, self._limit), self._limit)

    def _cut(self, problem: str, stop: int | None = None) -> ItemPlaces:
        stop = self._limit if stop is None else min(stop, self._limit)
        return ItemPlaces(self._starts, stop, self._limit, problem)


_PIECE: Final = 8 << 20
_MOST_BYTES: Final = 1 << 30  # of one sequence that are searched
_AROUND: Final = 8  # bytes that are looked at before and behind a tag
_Numbers = NDArray[np.int64]


def _marked_items(
    file: ReadableFile, offset: int, limit: int, order: str
) -> tuple["array[int]", int] | None:
    """Find items of undefined length by their delimiters, from the item at `offset` on.

    Returns their starts and the place of the sequence's delimiter; None where the
    bytes do not add up.
    """
    starts: list[_Numbers] = []
    ends: list[_Numbers] = []
    depth = 0
    for base in range(offset, min(limit, offset + _MOST_BYTES), _PIECE):
        marks = _Marks(file, base, min(_PIECE, limit - base), order, offset)
        levels = depth + np.cumsum(marks.steps)
        before = levels - marks.own_steps
        done = np.flatnonzero((levels < 0) & marks.is_sequence_end)
        last = int(done[0]) if len(done) else len(levels)
        starts.append(marks.places[:last][(marks.is_item & (before == 0))[:last]])
        ends.append(marks.places[:last][(marks.is_item_end & (before == 1))[:last]])
        if len(done):
            stop = int(marks.places[last])
            return _checked(np.concatenate(starts), np.concatenate(ends), stop)
        if len(levels):
            if int(levels.min()) < 0:
                return None
            depth = int(levels[-1])
    return None


def _checked(
    starts: _Numbers, ends: _Numbers, stop: int
) -> tuple["array[int]", int] | None:
    """Believe the places only where each item's end is the next one's start."""
    if len(starts) != len(ends) or not len(starts):
        return None
    nexts = np.append(starts[1:], stop)
    if not np.array_equal(ends + 8, nexts):
        return None
    return array("Q", starts.astype(np.uint64).tobytes()), stop


class _Marks:
    """Tags of group FFFE in one piece of the file, and what they do to the depth.

    `places` are those of the tags in the file. `own_steps` is 1 where a tag opens an
    item of undefined length, -1 where it closes an item or a sequence, else 0; `steps`
    has 1 more where a sequence of undefined length begins just before the tag.
    """

    def __init__(
        self, file: ReadableFile, base: int, size: int, order: str, origin: int
    ) -> None:
        before = min(_AROUND, base)
        data = file.read_some(base - before, before + size + _AROUND)
        found = np.frombuffer(bytes(_AROUND - before) + data + bytes(8), np.uint8)
        places = _group_fffe(found, order)
        places = places[places < size]
        numbers = _unsigned(found, places + _AROUND + 2, order, 2)
        lengths = _unsigned(found, places + _AROUND + 4, order, 4)
        self.is_item = numbers == 0xE000
        self.is_item_end = (numbers == 0xE00D) & (lengths == 0)
        self.is_sequence_end = (numbers == 0xE0DD) & (lengths == 0)
        opens_item = self.is_item & (lengths == UNDEFINED)
        closes = self.is_item_end | self.is_sequence_end
        self.own_steps = opens_item.astype(np.int64) - closes.astype(np.int64)
        opens = _unsigned(found, places + _AROUND - 4, order, 4) == UNDEFINED
        opens &= self.is_item | self.is_sequence_end
        # An undefined length just before is the sequence's that is listed, or that of
        # an item, which holds no items by itself.
        opens &= places + base != origin
        item = int.from_bytes(struct.pack(order + "HH", 0xFFFE, 0xE000), "little")
        is_item_before = _unsigned(found, places + _AROUND - 8, "<", 4) == item
        self.steps = self.own_steps + (opens & ~is_item_before)
        self.places: _Numbers = places + base


def _group_fffe(found: NDArray[np.uint8], order: str) -> _Numbers:
    """Return the places, from _AROUND on, of the tags (FFFE,E0xx)."""
    tag = struct.pack(order + "HH", 0xFFFE, 0xE000)
    fits = found[_AROUND:-16] == tag[0]
    for place in range(1, 4):
        if tag[place]:  # the byte that differs from tag to tag is 0 here
            fits &= found[_AROUND + place : place - 16] == tag[place]
    return np.flatnonzero(fits)


def _unsigned(
    found: NDArray[np.uint8], at: _Numbers, order: str, size: int
) -> NDArray[Any]:
    values = found[at[:, None] + np.arange(size)]
    return values.view(f"{order}u{size}").reshape(-1).astype(np.int64)
