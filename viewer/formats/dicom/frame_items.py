"""Positions of a hundred thousand frames, read from items that are laid out alike.

The first item of Per-Frame Functional Groups is taken apart; all others are compared
with it byte by byte, many at once. That is as strict as stepping from header to header:
every item must have the same headers, and end where the next one begins.
"""

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from viewer.formats.dicom.element_headers import ITEM, SEQUENCE_END
from viewer.formats.dicom.item_shape import (
    WIDEST,
    Mark,
    Shape,
    Stretch,
    Token,
    Value,
    changed_lengths,
    shape_of,
    tokens_of,
)
from viewer.formats.files import ReadableFile

COLUMN: Final = 0x0048021E
ROW: Final = 0x0048021F
HEIGHT: Final = 0x0040074A
OPTICAL_PATH: Final = 0x00480106

_Numbers = NDArray[np.int64]
_Texts = NDArray[np.bytes_]


class FrameItems(NamedTuple):
    """What the items say, one entry an item, and where their sequence ends.

    `columns` and `rows` are int32 as stored. `heights` and `optical_paths` are texts as
    stored. Each is None where the items have no such element.
    """

    end: int
    columns: NDArray[np.int32] | None
    rows: NDArray[np.int32] | None
    heights: _Texts | None
    optical_paths: _Texts | None


def read_frame_items(
    file: ReadableFile, offset: int, end: int | None, *, implicit: bool, order: str
) -> FrameItems | None:
    """Read the items that begin at `offset`; None where they are not laid out alike.

    `end` is that of the sequence, None where it is undefined. `order` is "<" or ">".
    Holds a few megabytes and the answer in memory. Any thread; raises BrokenFile.
    """
    limit = file.size if end is None else min(end, file.size)
    scan = _Scan(file, implicit=implicit, order=order)
    stop = scan.run(offset, limit)
    if stop is None:
        return None
    if end is None:
        delimiter = np.frombuffer(file.read_some(stop, 8), np.uint8)
        expected = _tag_bytes(SEQUENCE_END, order) + bytes(4)
        return scan.found(stop + 8) if delimiter.tobytes() == expected else None
    return scan.found(end) if stop == end else None


_PIECE: Final = 1 << 19  # stays in the processor's cache; 4 MB take twice as long
_LARGEST: Final = 64 << 10  # bytes of one item
_LONGEST: Final = 64  # bytes of a text: DS has 16, SH 16 characters
_MOST_BYTES: Final = 1 << 30  # of all items
_MOST_CHANGES: Final = 64  # times that lengths are found to differ
_WANTED: Final = {
    COLUMN: (0x0048021A,),  # Plane Position Slide Sequence
    ROW: (0x0048021A,),
    HEIGHT: (0x0048021A,),
    OPTICAL_PATH: (0x00480207,),  # Optical Path Identification Sequence
}


class _Compared(NamedTuple):
    """Items compared with a shape: which fit, where they end, their values by tag."""

    fits: NDArray[np.bool_]
    ends: _Numbers
    values: dict[int, Any]


class _Scan:
    """Goes through the items piece by piece; keeps their values."""

    def __init__(self, file: ReadableFile, *, implicit: bool, order: str) -> None:
        self._file = file
        self._implicit = implicit
        self._order = order
        self._tokens: list[Token] | None = None
        self._changing: frozenset[int] = frozenset()
        self._shape: Shape | None = None
        self._values: dict[int, list[Any]] = {tag: [] for tag in _WANTED}

    def run(self, offset: int, limit: int) -> int | None:
        """Read items to where they end; return that place, None where they differ."""
        at, changes = offset, 0
        while at < limit and at - offset < _MOST_BYTES:
            length = min(_PIECE, limit - at)
            data = self._file.read(at, length)
            if not data.startswith(_tag_bytes(ITEM, self._order)):
                return at
            behind = self._compare(data)
            if not behind:  # of another shape, if only in its lengths
                changes += 1
                if changes > _MOST_CHANGES or not self._learn(data[:_LARGEST]):
                    return None
            at += behind
        return at

    def found(self, end: int) -> FrameItems | None:
        """Return what was kept; None where positions are told in another way."""
        found = {
            tag: np.concatenate(kept) for tag, kept in self._values.items() if kept
        }
        if (COLUMN in found) != (ROW in found):
            return None
        return FrameItems(
            end,
            found.get(COLUMN),
            found.get(ROW),
            found.get(HEIGHT),
            found.get(OPTICAL_PATH),
        )

    def _learn(self, data: bytes) -> bool:
        """Take the first item of `data` into account; False where it is unusual."""
        tokens = tokens_of(data, self._order, implicit=self._implicit)
        if tokens is None or not self._are_whole_numbers(tokens):
            return False
        wide = {
            number
            for number, token in enumerate(tokens)
            if token.kind == "value" and (token.length or 0) > WIDEST
        }
        if self._tokens is not None:
            changed = changed_lengths(self._tokens, tokens)
            if not changed or changed <= self._changing:
                return False
            wide |= changed
        else:
            self._tokens = tokens
        self._changing |= wide
        self._shape = shape_of(self._tokens, self._changing, _WANTED)
        return self._shape is not None

    def _are_whole_numbers(self, tokens: Sequence[Token]) -> bool:
        """Whether columns and rows are stored as such: four bytes, of VR SL."""
        return all(
            token.length == 4 and (self._implicit or token.head[4:6] == b"SL")
            for token in tokens
            if token.tag in (COLUMN, ROW)
        )

    def _compare(self, data: bytes) -> int:
        """Keep the values of the items at the start of `data`, return where they end.

        0 where not even the first is of the shape.
        """
        if self._shape is None or self._tokens is None:
            return 0
        starts = self._starts(data, self._tokens[1].tag)
        compared = _compared(data, starts, self._shape, self._order)
        follow = compared.fits & (compared.ends <= len(data))
        follow[1:] &= compared.ends[:-1] == starts[1:]
        broken = np.flatnonzero(~follow)
        count = int(broken[0]) if len(broken) else len(starts)
        if not count or starts[0]:  # the first of `data` is not among them
            return 0
        for tag, values in compared.values.items():
            self._values[tag].append(values[:count])
        return int(compared.ends[count - 1])

    def _starts(self, data: bytes, first: int) -> _Numbers:
        """Return the places that look like items beginning with the tag `first`."""
        words = np.frombuffer(data, f"{self._order}u2", count=len(data) // 2)
        found = np.flatnonzero(words == ITEM & 0xFFFF)
        found = found[(found >= 1) & (found < len(words) - 4)]
        for step, word in ((-1, ITEM >> 16), (3, first >> 16), (4, first & 0xFFFF)):
            found = found[words[found + step] == word]
        return (found.astype(np.int64) - 1) * 2


def _compared(data: bytes, starts: _Numbers, shape: Shape, order: str) -> _Compared:
    """Compare the items at `starts` with a shape, stretch by stretch."""
    widest = max(len(each.bytes) for each in shape.stretches) + _LONGEST
    padded = data + bytes(widest)
    fits = np.ones(len(starts), np.bool_)
    values: dict[int, Any] = {}
    opened: list[_Numbers] = []
    at = starts
    for number, stretch in enumerate(shape.stretches):
        at = np.minimum(at, len(data))
        found = _windows(padded, at, len(stretch.bytes))
        fits &= _same(found, stretch)
        for mark in stretch.marks:
            _follow(mark, opened, at, found, fits, order)
        at = at + len(stretch.bytes)
        lengths = _lengths(found, stretch, order)
        for tag, value in shape.values.items():
            if value.stretch == number:
                values[tag] = _value(tag, value, found, order)
                if value.length is None and lengths is not None:
                    fits &= lengths <= _LONGEST
                    texts = _windows(padded, np.minimum(at, len(data)), _LONGEST)
                    texts[np.arange(_LONGEST) >= lengths[:, None]] = 0
                    values[tag] = texts.view(f"S{_LONGEST}").reshape(-1)
        at = at if lengths is None else at + lengths
    return _Compared(fits, at, values)


def _windows(data: bytes, at: _Numbers, size: int) -> NDArray[np.uint8]:
    """Return `size` bytes from each place on, as rows."""
    if not size:
        return np.zeros((len(at), 0), np.uint8)
    kind = np.dtype((np.void, size))
    places = np.ndarray(len(data) - size + 1, kind, data, strides=(1,))
    return places[at].view(np.uint8).reshape(len(at), size)


def _same(found: NDArray[np.uint8], stretch: Stretch) -> NDArray[np.bool_]:
    """Tell which rows are like a stretch wherever its mask is set."""
    template = np.frombuffer(bytes(stretch.bytes), np.uint8)
    differs = found ^ template
    differs &= np.frombuffer(bytes(stretch.mask), np.uint8)
    if not differs.any():
        return np.ones(len(found), np.bool_)
    return np.asarray(~differs.any(axis=1), np.bool_)


def _follow(
    mark: Mark,
    opened: list[_Numbers],
    at: _Numbers,
    found: NDArray[np.uint8],
    fits: NDArray[np.bool_],
    order: str,
) -> None:
    """Remember where something opened ends, or check that it does."""
    behind = at + mark.behind
    if mark.opens:
        opened.append(behind + _unsigned(found, mark.at, mark.size, order))
    else:
        fits &= opened.pop() == behind


def _lengths(found: NDArray[np.uint8], stretch: Stretch, order: str) -> _Numbers | None:
    if stretch.length_at is None:
        return None
    return _unsigned(found, *stretch.length_at, order)


def _value(tag: int, value: Value, found: NDArray[np.uint8], order: str) -> Any:
    """Return a value of known length from all rows: int32, or text."""
    length = value.length or 0
    raw = np.ascontiguousarray(found[:, value.at : value.at + length])
    if tag in (COLUMN, ROW):
        return raw.view(f"{order}i4").reshape(-1).astype(np.int32)
    if not length:
        return np.zeros(len(found), "S1")
    return raw.view(f"S{length}").reshape(-1)


def _unsigned(found: NDArray[np.uint8], at: int, size: int, order: str) -> _Numbers:
    raw = np.ascontiguousarray(found[:, at : at + size])
    return raw.view(f"{order}u{size}").reshape(-1).astype(np.int64)


def _tag_bytes(tag: int, order: str) -> bytes:
    kind = "little" if order == "<" else "big"
    return (tag >> 16).to_bytes(2, kind) + (tag & 0xFFFF).to_bytes(2, kind)
