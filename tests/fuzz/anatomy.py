"""Where the parts of a seed's file lie: header, tables, items, what is coded in them.

Knows only files that tests write; nothing of it is taken from viewer code, so that a
mistake there is not made here again.
"""

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from struct import unpack_from
from typing import Any, Final, Literal, NamedTuple, TypeAlias

import tifffile

TIFF: Final = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
"""How TIFF and BigTIFF files begin."""

Zone: TypeAlias = Literal["coded", "codestream", "elsewhere"]
"""Samples, raw or entropy-coded; the rest of a codestream; anything else."""


class Span(NamedTuple):
    """Bytes `start` to `stop` of a file."""

    start: int
    stop: int

    @property
    def length(self) -> int:
        """The number of bytes."""
        return self.stop - self.start


NOWHERE: Final = Span(0, 0)


@dataclass(frozen=True)
class Anatomy:
    """The parts of one file; what it does not have is empty.

    `items` are whole items of Pixel Data with their headers, the offset table's left
    out. `tables` are palettes, JPEG tables that lie apart, whole codestreams of TIFF.
    `basic`, `extended` and `lengths` are the numbers of the three offset tables.
    `flows` says that no length tells of bytes too many behind the header: in a deflated
    data set, in the samples of a TIFF file.
    """

    header: Span
    items: tuple[Span, ...] = ()
    coded: tuple[Span, ...] = ()
    tables: tuple[Span, ...] = ()
    basic: Span = NOWHERE
    extended: Span = NOWHERE
    lengths: Span = NOWHERE
    flows: bool = False

    def zone(self, touched: Span) -> Zone:
        """Tell what kind of bytes these are; the least visible, where of several."""
        if any(_meet(span, touched) for span in self.coded):
            return "coded"
        frames = [Span(item.start + 8, item.stop) for item in self.items]
        frames += self.tables
        if any(_meet(frame, touched) for frame in frames):
            return "codestream"
        return "elsewhere"


@lru_cache(maxsize=256)
def anatomy_of(data: bytes) -> Anatomy:
    """Take a file apart."""
    if data[128:132] != b"DICM":
        return _foreign(data)
    found = _ENCAPSULATED.search(data)
    if found is not None:
        return _encapsulated(data, found.start(), found.end())
    found = _NATIVE.search(data)
    if found is None:  # deflated: all behind File Meta Information is one stream
        meta = 132 + 12 + unpack_from("<I", data, 140)[0]
        return Anatomy(Span(132, meta), coded=(Span(meta, len(data)),), flows=True)
    header = Span(132, found.start())
    coded = (Span(found.end(), len(data)),)
    return Anatomy(header, coded=coded, tables=_palettes(data, header.stop))


def coded_start(frame: bytes) -> int:
    """Return where entropy-coded (or raw) data begins in a frame."""
    if frame[:2] == b"\xff\xd8":
        at = 2
        while at + 4 <= len(frame) and frame[at] == 0xFF:
            length = int.from_bytes(frame[at + 2 : at + 4], "big")
            if frame[at + 1] == 0xDA:
                return at + 2 + length
            at += 2 + length
        return len(frame)
    if frame[:4] == b"\xff\x4f\xff\x51":
        found = frame.find(b"\xff\x93")
        return len(frame) if found < 0 else found + 2
    if frame[:2] == b"\xff\x0a" or frame[4:8] == b"JXL ":
        return min(len(frame), 48)
    if frame[4:8] == b"\x40\0\0\0" and frame[1:4] == b"\0\0\0":
        return min(len(frame), 64)
    return 0


_ENCAPSULATED: Final = re.compile(rb"\xe0\x7f\x10\x00O[BW]\0\0\xff\xff\xff\xff")
_NATIVE: Final = re.compile(
    rb"\xe0\x7f\x10\x00O[BW]\0\0.{4}|\x7f\xe0\x00\x10O[BW]\0\0.{4}"
    rb"|\xe0\x7f\x10\x00.{2}[\0-\x7f]\0",
    re.DOTALL,
)


def _encapsulated(data: bytes, tag: int, at: int) -> Anatomy:
    items: list[Span] = []
    while data[at : at + 4] == b"\xfe\xff\x00\xe0":
        end = at + 8 + unpack_from("<I", data, at + 4)[0]
        items.append(Span(at, end))
        at = end
    table, *frames = items
    coded = [
        Span(item.start + 8 + coded_start(data[item.start + 8 : item.stop]), item.stop)
        for item in frames
    ]
    return Anatomy(
        Span(132, tag),
        tuple(frames),
        tuple(coded),
        tables=_palettes(data, tag),
        basic=Span(table.start + 8, table.stop),
        extended=_value(data, b"\xe0\x7f\x01\x00OV\0\0", tag),
        lengths=_value(data, b"\xe0\x7f\x02\x00OV\0\0", tag),
    )


def _palettes(data: bytes, limit: int) -> tuple[Span, ...]:
    """Return the tables of colors, of which no byte tells that it is wrong."""
    tags = (bytes([0x28, 0, number, 0x12]) for number in (1, 2, 3))
    spans = (_value(data, tag + b"OW\0\0", limit) for tag in tags)
    return tuple(span for span in spans if span.length)


def _value(data: bytes, head: bytes, limit: int) -> Span:
    at = data.find(head, 0, limit)
    if at < 0:
        return Span(0, 0)
    return Span(at + 12, at + 12 + unpack_from("<I", data, at + 8)[0])


def _foreign(data: bytes) -> Anatomy:
    """Take a TIFF file or an archive apart; of others the first KiB is the header."""
    coded: list[Span] = []
    tables: list[Span] = []
    if data[:4] in TIFF:
        with tifffile.TiffFile(BytesIO(data)) as file:
            for page in file.pages:
                coded += _segments(page, data)
                tables += _whole_segments(page)
                apart = page.aspage().tags.get(347)
                if apart is not None:
                    stop = int(apart.valueoffset) + int(apart.count)
                    tables.append(Span(int(apart.valueoffset), stop))
                for below in getattr(page, "pages", None) or ():
                    coded += _segments(below, data)
                    tables += _whole_segments(below)
    elif data[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(BytesIO(data)) as archive:
            for member in archive.infolist():
                start = member.header_offset + 30 + len(member.filename)
                coded.append(Span(start, start + member.compress_size))
    first = min((span.start for span in coded), default=1024)
    header = Span(0, min(len(data), first))
    return Anatomy(
        header,
        coded=tuple(coded),
        tables=tuple(tables),
        flows=data[:4] in TIFF,
    )


def _whole_segments(page: Any) -> Iterator[Span]:
    for start, length in zip(page.dataoffsets, page.databytecounts, strict=True):
        yield Span(start, start + length)


def _segments(page: Any, data: bytes) -> Iterator[Span]:
    for start, length in zip(page.dataoffsets, page.databytecounts, strict=True):
        yield Span(start + coded_start(data[start : start + length]), start + length)


def _meet(one: Span, other: Span) -> bool:
    return one.start < other.stop and other.start < one.stop
