"""DICOM files from bytes, so that every one of them can be wrong on purpose."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import accumulate
from pathlib import Path
from struct import pack

from viewer.formats.dicom.frames import FrameTable
from viewer.formats.dicom.header import open_body, read_header
from viewer.formats.files import RandomAccessFile, ReadableFile

JPEG = "1.2.840.10008.1.2.4.50"
EXPLICIT = "1.2.840.10008.1.2.1"
IMPLICIT = "1.2.840.10008.1.2"
BIG_ENDIAN = "1.2.840.10008.1.2.2"
DELIMITER = b"\xfe\xff\xdd\xe0" + bytes(4)
ITEM_END = b"\xfe\xff\x0d\xe0" + bytes(4)
UNDEFINED = 0xFFFFFFFF
LONG = {b"OB", b"OW", b"OV", b"SQ", b"UN", b"UT"}


def element(
    tag: int,
    vr: bytes,
    value: bytes,
    *,
    length: int | None = None,
    encoding: str = EXPLICIT,
) -> bytes:
    """Return an element's bytes; `length` is a lie about its value's."""
    order = ">" if encoding == BIG_ENDIAN else "<"
    head = pack(order + "HH", tag >> 16, tag & 0xFFFF)
    said = len(value) if length is None else length
    if encoding == IMPLICIT:
        return head + pack("<I", said) + value
    if vr in LONG:
        return head + vr + bytes(2) + pack(order + "I", said) + value
    return head + vr + pack(order + "H", said) + value


def item(content: bytes, *, length: int | None = None, order: str = "<") -> bytes:
    """Return an item; `length` is a lie about its content's."""
    said = len(content) if length is None else length
    return pack(order + "HHI", 0xFFFE, 0xE000, said) + content


def text(value: str) -> bytes:
    """Return text padded to even."""
    return (value + " " * (len(value) % 2)).encode()


def start(syntax: str = JPEG, *, frames: int = 1) -> bytes:
    """Return preamble, File Meta Information and two attributes."""
    uid = (syntax + "\0" * (len(syntax) % 2)).encode()
    return (
        bytes(128)
        + b"DICM"
        + element(0x00020010, b"UI", uid)
        + element(0x00080060, b"CS", b"SM", encoding=syntax)
        + element(0x00280008, b"IS", text(str(frames)), encoding=syntax)
    )


def codestream(frame: int, size: int = 20) -> bytes:
    """Return an even number of bytes that begin like a JPEG and name their frame."""
    return b"\xff\xd8\xff\xe0" + name(frame) + b"%d" % (frame % 10) * (size - 8)


def name(frame: int) -> bytes:
    """Return four bytes that are unlike those of any other frame, and not zero."""
    return pack("<I", (frame + 1) * 0x9E3779B1 & 0xFFFFFFFF)


def items(fragments: Sequence[bytes]) -> bytes:
    """Return fragments as items."""
    return b"".join(map(item, fragments))


def starts(frames: Sequence[Sequence[bytes]]) -> list[int]:
    """Return where each frame's first item begins, as tables have it."""
    sizes = [len(items(fragments)) for fragments in frames]
    return [0, *accumulate(sizes)][: len(sizes)]


def basic(offsets: Sequence[int]) -> bytes:
    """Return a Basic Offset Table's value."""
    return pack(f"<{len(offsets)}I", *offsets)


def extended(offsets: Sequence[int], lengths: Sequence[int] = ()) -> bytes:
    """Return an Extended Offset Table, with lengths if there are any."""
    table = element(0x7FE00001, b"OV", pack(f"<{len(offsets)}Q", *offsets))
    if lengths:
        table += element(0x7FE00002, b"OV", pack(f"<{len(lengths)}Q", *lengths))
    return table


def encapsulated(table: bytes, content: bytes, *, before: bytes = b"") -> bytes:
    """Return a file with this Basic Offset Table, and anything behind it."""
    pixel_data = element(0x7FE00010, b"OB", b"", length=UNDEFINED)
    return start() + before + pixel_data + item(table) + content


@contextmanager
def frame_table(
    folder: Path, content: bytes, frames: int, frame_bytes: int | None = None
) -> Iterator[FrameTable]:
    """Write x.dcm and open its frames."""
    path = folder / "x.dcm"
    path.write_bytes(content)
    with opened(path, frames, frame_bytes) as (table, _):
        yield table


@contextmanager
def opened(
    path: Path, frames: int, frame_bytes: int | None = None
) -> Iterator[tuple[FrameTable, ReadableFile]]:
    """Open the frames of a file, and what their places are in."""
    file = RandomAccessFile(path)
    try:
        header = read_header(file)
    finally:
        file.close()
    body = open_body(header)
    try:
        yield FrameTable(body, header, frames, frame_bytes), body
    finally:
        body.close()
