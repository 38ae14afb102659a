"""TIFF directories as bytes: tags in, one block with all values out."""

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from viewer.formats.dicom.tiff_side import PREAMBLE

ASCII, SHORT, LONG, RATIONAL, UNDEFINED, LONG8 = 2, 3, 4, 5, 7, 16
"""Types of values (TIFF 6.0 section 2; BigTIFF)."""


class Tag(NamedTuple):
    """One tag: its number, type and values as they are written, little endian."""

    code: int
    type: int
    values: int
    data: bytes


def numbers(code: int, type_: int, *values: int) -> Tag:
    """Return a tag of SHORT or LONG numbers."""
    form = {SHORT: "H", LONG: "I"}[type_]
    return Tag(code, type_, len(values), struct.pack(f"<{len(values)}{form}", *values))


def text(code: int, words: str) -> Tag:
    """Return a tag of ASCII text; other characters become question marks."""
    data = words.encode("ascii", "replace") + b"\0"
    return Tag(code, ASCII, len(data), data)


def binary(code: int, data: bytes) -> Tag:
    """Return a tag of bytes that mean nothing to TIFF."""
    return Tag(code, UNDEFINED, len(data), data)


def rational(code: int, value: Fraction) -> Tag:
    """Return a tag of one fraction above 0, as exact as 32 bits allow."""
    while max(value.numerator, value.denominator) > _LONGEST:
        value = value.limit_denominator(
            max(1, min(value.denominator // 2, int(_LONGEST / max(1, value))))
        )
    return Tag(
        code, RATIONAL, 1, struct.pack("<II", value.numerator, value.denominator)
    )


def places(code: int, values: NDArray[np.uint64], *, big: bool) -> Tag:
    """Return a tag of places or lengths in the file, one a tile."""
    type_, form = (LONG8, "<u8") if big else (LONG, "<u4")
    return Tag(code, type_, len(values), values.astype(form).tobytes())


@dataclass(frozen=True, slots=True)
class Directories:
    """A chain of directories that is to lie at one place of a file."""

    pages: Sequence[Sequence[Tag]]
    big: bool

    @property
    def length(self) -> int:
        """The bytes of all directories and values, wherever they lie; even."""
        return len(self.at(0))

    def at(self, start: int) -> bytes:
        """Return directories and values for a place in the file."""
        form = _BIG if self.big else _CLASSIC
        block = bytearray()
        shared: dict[bytes, int] = {}
        for number, page in enumerate(self.pages):
            begin = len(block)
            size = form.amount.size + len(page) * form.entry + form.place.size
            values = bytearray()
            entries = bytearray(form.amount.pack(len(page)))
            for tag in sorted(page):
                place = start + begin + size + len(values)
                entries += form.head.pack(tag.code, tag.type, tag.values)
                if len(tag.data) <= form.place.size:
                    entries += tag.data.ljust(form.place.size, b"\0")
                    continue
                if tag.data not in shared:
                    shared[tag.data] = place
                    values += tag.data + bytes(-len(tag.data) % 8)
                entries += form.place.pack(shared[tag.data])
            last = number == len(self.pages) - 1
            following = 0 if last else start + begin + size + len(values)
            padding = -(size + len(values)) % 8
            following += 0 if last else padding
            block += entries + form.place.pack(following) + values + bytes(padding)
        return bytes(block)

    def header(self, start: int) -> bytes:
        """Return the preamble that says where the first directory lies."""
        if self.big:
            return struct.pack("<4sHHQ", b"II+\0", 8, 0, start).ljust(PREAMBLE, b"\0")
        return struct.pack("<4sI", b"II*\0", start).ljust(PREAMBLE, b"\0")


class _Form(NamedTuple):
    """How directories are written: classic TIFF or BigTIFF."""

    amount: struct.Struct
    head: struct.Struct
    place: struct.Struct

    @property
    def entry(self) -> int:
        """The bytes of one tag."""
        return self.head.size + self.place.size


_CLASSIC: Final = _Form(*map(struct.Struct, ("<H", "<HHI", "<I")))
_BIG: Final = _Form(*map(struct.Struct, ("<Q", "<HHQ", "<Q")))
_LONGEST: Final = 2**32 - 1
