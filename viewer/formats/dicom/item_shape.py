"""How one item of a sequence is laid out, for comparing a hundred thousand with it.

An item is a list of tokens. Items with the same tokens differ only in values, and in
the lengths of some of them; what lies between two values of changing length is a
stretch of bytes that is the same in all items but for its values.
"""

import struct
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal, NamedTuple

from viewer.formats.dicom.element_headers import (
    ITEM,
    ITEM_END,
    LONG_VRS,
    SEQUENCE_END,
    UNDEFINED,
)

MOST_TOKENS: Final = 512
"""Headers within one item; more is no usual form."""

DEEPEST: Final = 32
"""Sequences within sequences of one item."""

WIDEST: Final = 256
"""Bytes of a value that is compared along with what lies around it."""

Kind = Literal["value", "opening", "closing"]


class Token(NamedTuple):
    """A header and what it begins: a value, or a sequence or item, or the end of one.

    `head` are the bytes of the header, none for the end of what says its length.
    `length` is that of the value, None where it is undefined; its `size` bytes are the
    last of the header. `within` are the tags of the sequences around it, outermost
    first.
    """

    kind: Kind
    tag: int
    within: tuple[int, ...]
    head: bytes
    length: int | None
    size: int

    @property
    def form(self) -> tuple[Kind, int, bytes, bool]:
        """What items of the same tokens have in common: all but lengths."""
        fixed = self.head[: len(self.head) - self.size]
        return self.kind, self.tag, fixed, self.length is None


class Mark(NamedTuple):
    """Where a length lies in a stretch, and whether it opens or closes something.

    `at` counts from the start of the stretch, `behind` is the place that it counts
    from. Of a closing mark only `behind` means something.
    """

    opens: bool
    at: int
    size: int
    behind: int


class Value(NamedTuple):
    """Where a value lies that is looked for: in a stretch, or behind its last byte."""

    stretch: int
    at: int
    length: int | None


@dataclass(slots=True)
class Stretch:
    """Bytes that all items have alike where `mask` is 255.

    `length_at` is where the length of the value behind it lies, and its size; None
    where nothing lies between this stretch and the next.
    """

    bytes: bytearray = field(default_factory=bytearray)
    mask: bytearray = field(default_factory=bytearray)
    marks: list[Mark] = field(default_factory=list[Mark])
    length_at: tuple[int, int] | None = None


class Shape(NamedTuple):
    """The stretches of an item, and where the values lie that are looked for."""

    stretches: tuple[Stretch, ...]
    values: dict[int, Value]


def tokens_of(data: bytes, order: str, *, implicit: bool) -> list[Token] | None:
    """Take apart the item that `data` begins with; None where that cannot be."""
    try:
        return list(_Tokens(data, order, implicit=implicit))
    except (_OddError, struct.error):
        return None


def shape_of(
    tokens: Sequence[Token],
    changing: frozenset[int],
    wanted: Mapping[int, tuple[int, ...]],
) -> Shape | None:
    """Lay out an item whose values at the token numbers `changing` differ in length.

    `wanted` maps tags to what they must lie within. None where one of them is there
    twice or elsewhere.
    """
    stretches = [Stretch()]
    values: dict[int, Value] = {}
    loose = _around(tokens, changing)
    for number, token in enumerate(tokens):
        stretch = stretches[-1]
        stretch.bytes += token.head
        stretch.mask += b"\xff" * len(token.head)
        behind = len(stretch.bytes)
        free = slice(behind - token.size, behind)
        if token.kind != "value":
            if number in loose:
                opens = token.kind == "opening"
                stretch.marks.append(Mark(opens, free.start, token.size, behind))
                stretch.mask[free] = bytes(token.size)
            continue
        length = token.length or 0
        varies = number in changing
        if token.tag in wanted:
            if token.tag in values or token.within != wanted[token.tag]:
                return None
            place = len(stretches) - 1
            values[token.tag] = Value(place, behind, None if varies else length)
        if varies:
            stretch.mask[free] = bytes(token.size)
            stretch.length_at = free.start, token.size
            stretches.append(Stretch())
        else:
            stretch.bytes += bytes(length)
            stretch.mask += bytes(length)
    return Shape(tuple(stretches), values)


def changed_lengths(one: Sequence[Token], other: Sequence[Token]) -> set[int] | None:
    """Return the numbers of the values that differ in length; None for other tokens."""
    if [token.form for token in one] != [token.form for token in other]:
        return None
    pairs = enumerate(zip(one, other, strict=True))
    return {
        number
        for number, (mine, its) in pairs
        if mine.kind == "value" and mine.length != its.length
    }


def _around(tokens: Sequence[Token], changing: frozenset[int]) -> set[int]:
    """Return the openings and closings of known length around changing values."""
    found: set[int] = set()
    opened: list[tuple[int, bool]] = []  # an opening, and whether a change is within
    for number, token in enumerate(tokens):
        if token.kind == "opening":
            opened.append((number, False))
        elif token.kind == "closing":
            opening, loose = opened.pop()
            if loose and tokens[opening].length is not None:
                found |= {opening, number}
            if loose and opened:
                opened[-1] = opened[-1][0], True
        elif number in changing:
            opened[-1] = opened[-1][0], True
    return found


class _OddError(Exception):
    """Not the bytes of an item of a usual form."""


class _Tokens:
    """Steps through one item; what is undefined ends with a delimiter."""

    def __init__(self, data: bytes, order: str, *, implicit: bool) -> None:
        self._data = data
        self._implicit = implicit
        self._tag = struct.Struct(order + "HH")
        self._lengths = {2: struct.Struct(order + "H"), 4: struct.Struct(order + "I")}
        self._at = 0
        self._left = MOST_TOKENS

    def __iter__(self) -> Iterator[Token]:
        item = self._header(())
        if item.tag != ITEM:
            raise _OddError
        yield item
        yield from self._within_item(item, ())

    def _within_item(self, item: Token, within: tuple[int, ...]) -> Iterator[Token]:
        end = self._end(item)
        while self._at != end:
            token = self._header(within)
            if end is None and token.tag == ITEM_END:
                yield self._delimiter(token)
                return
            if token.tag >> 16 == 0xFFFE:
                raise _OddError
            if token.kind == "opening":
                yield token
                yield from self._within_sequence(token, (*within, token.tag))
            else:
                self._at += token.length or 0
                yield token
        yield Token("closing", ITEM_END, within, b"", 0, 0)

    def _within_sequence(
        self, sequence: Token, within: tuple[int, ...]
    ) -> Iterator[Token]:
        if len(within) > DEEPEST:
            raise _OddError
        end = self._end(sequence)
        while self._at != end:
            token = self._header(within)
            if end is None and token.tag == SEQUENCE_END:
                yield self._delimiter(token)
                return
            if token.tag != ITEM:
                raise _OddError
            yield token
            yield from self._within_item(token, within)
        yield Token("closing", SEQUENCE_END, within, b"", 0, 0)

    def _end(self, opening: Token) -> int | None:
        return None if opening.length is None else self._at + opening.length

    def _delimiter(self, token: Token) -> Token:
        if token.length != 0:
            raise _OddError
        return token._replace(kind="closing", size=0)

    def _header(self, within: tuple[int, ...]) -> Token:
        """Read a header and step behind it."""
        at, data = self._at, self._data
        self._left -= 1
        if not self._left:
            raise _OddError
        group, number = self._tag.unpack_from(data, at)
        vr = b"" if self._implicit or group == 0xFFFE else data[at + 4 : at + 6]
        behind = at + (12 if vr in LONG_VRS else 8)
        size = 2 if vr and vr not in LONG_VRS else 4
        (length,) = self._lengths[size].unpack_from(data, behind - size)
        tag = group << 16 | number
        self._at = behind
        undefined = size == 4 and length == UNDEFINED
        opens = tag == ITEM or vr == b"SQ" or (self._implicit and self._opens(length))
        if (undefined and not opens) or (vr and not vr.isalpha()):
            raise _OddError
        kind: Kind = "opening" if opens else "value"
        known = None if undefined else length
        return Token(kind, tag, within, data[at:behind], known, size)

    def _opens(self, length: int) -> bool:
        """Whether an element without VR is a sequence: only its first bytes tell."""
        begun = self._data[self._at : self._at + 4]
        item = self._tag.pack(ITEM >> 16, ITEM & 0xFFFF)
        return length == UNDEFINED or (length >= 8 and begun == item)
