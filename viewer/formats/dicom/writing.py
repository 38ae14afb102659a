"""The one writer of DICOM whole-slide images: plain values in, one instance a file out.

Frames are streamed. The header is written twice: first with an empty offset table, to
find out how long it is, and over itself at the end, when the table and the compression
ratio are known; its length does not depend on what they are.
"""

import os
import secrets
import struct
from array import array
from collections.abc import Generator, Iterable
from contextlib import contextmanager, suppress
from io import BytesIO
from pathlib import Path
from typing import BinaryIO, Final

from pydicom.filewriter import (
    dcmwrite,  # pyright: ignore[reportUnknownVariableType]  bare PathLike in its hints
)
from pydicom.uid import generate_uid

from viewer.formats.dicom.description import (
    ImageDescription,
    SlideDescription,
    image_dataset,
)
from viewer.slide.errors import SlideError

# The Basic Offset Table has 32 bits (PS3.5 A.4); behind that stands the extended one.
BASIC_TABLE_LIMIT: Final = 2**32
NATIVE_LIMIT: Final = 2**32 - 2
ITEM_LIMIT: Final = 2**32 - 2
PIXEL_DATA: Final = b"\xe0\x7f\x10\x00OB\x00\x00"
ITEM: Final = b"\xfe\xff\x00\xe0"
DELIMITER: Final = b"\xfe\xff\xdd\xe0"
MOVE_BYTES: Final = 16 * 2**20


def fixed_uid(*words: str) -> str:
    """Return a UID that depends on the words only."""
    return str(generate_uid(entropy_srcs=list(words)))


def write_image(
    path: Path,
    slide: SlideDescription,
    image: ImageDescription,
    frames: Iterable[bytes],
) -> None:
    """Write one VL Whole Slide Microscopy Image; the file appears when it is whole.

    `frames` yields `image.frames` codestreams (or samples, for UNCOMPRESSED), row by
    row, and is read once. What it raises passes through. Raises SlideError where the
    file cannot be written, ValueError where frames do not fit the description. Blocks;
    any thread.
    """
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}.partial")
    try:
        with _said_of(path):
            file = temporary.open("xb+")
        try:
            _fill(file, path, slide, image, frames)
        finally:
            with suppress(OSError):  # what matters was flushed, or has failed already
                file.close()
        with _said_of(path):
            temporary.replace(path)
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)


@contextmanager
def _said_of(path: Path) -> Generator[None, None, None]:
    try:
        yield
    except OSError as error:
        raise SlideError(
            f"{path}: the file cannot be written: {error.strerror or error}; "
            "expected a folder that may be written to, with space left."
        ) from error


def _fill(
    file: BinaryIO,
    path: Path,
    slide: SlideDescription,
    image: ImageDescription,
    frames: Iterable[bytes],
) -> None:
    if not image.encapsulated and image.raw_bytes > NATIVE_LIMIT:
        raise SlideError(
            f"{path}: uncompressed Pixel Data has {image.raw_bytes} bytes; "
            f"expected {NATIVE_LIMIT} at most, or a compressed transfer syntax."
        )
    unknown = array("Q", bytes(8 * image.frames))
    start = len(_header(slide, image, unknown, extended=False))
    with _said_of(path):
        file.seek(start)
    lengths = _stream(file, path, image, frames)
    extended = image.encapsulated and _offsets(lengths)[-1] >= BASIC_TABLE_LIMIT
    header = _header(slide, image, lengths, extended=extended)
    with _said_of(path):
        _move(file, start, len(header))
        file.seek(0)
        file.write(header)
        file.flush()
        os.fsync(file.fileno())


def _stream(
    file: BinaryIO, path: Path, image: ImageDescription, frames: Iterable[bytes]
) -> "array[int]":
    """Write all frames from where the file stands; return their lengths, unpadded."""
    lengths = array("Q")
    for frame in frames:
        _check_frame(image, frame, len(lengths) + 1)
        lengths.append(len(frame))
        with _said_of(path):
            if image.encapsulated:
                file.write(_element(ITEM, len(frame) + len(frame) % 2))
            file.write(frame)
            file.write(bytes(len(frame) % 2 if image.encapsulated else 0))
    if len(lengths) != image.frames:
        raise ValueError(f"{len(lengths)} frames; expected {image.frames}")
    with _said_of(path):
        file.write(
            _element(DELIMITER, 0) if image.encapsulated else bytes(sum(lengths) % 2)
        )
    return lengths


def _check_frame(image: ImageDescription, frame: bytes, number: int) -> None:
    if number > image.frames:
        raise ValueError(f"more frames than the {image.frames} expected")
    raw = image.raw_bytes // image.frames
    if not image.encapsulated and len(frame) != raw:
        raise ValueError(f"frame {number} has {len(frame)} bytes; expected {raw}")
    if not 0 < len(frame) < ITEM_LIMIT:
        raise ValueError(
            f"frame {number} has {len(frame)} bytes; "
            f"expected 1 to {ITEM_LIMIT - 1} (PS3.5 A.4)"
        )


def _move(file: BinaryIO, start: int, target: int) -> None:
    """Move everything from `start` on to `target`, at or behind it, last part first."""
    position = file.seek(0, os.SEEK_END) if target > start else start
    while position > start:
        length = min(MOVE_BYTES, position - start)
        position -= length
        file.seek(position)
        part = file.read(length)
        file.seek(position + target - start)
        file.write(part)


def _offsets(lengths: "array[int]") -> "array[int]":
    """Return where each item begins, from the first item's tag on."""
    offsets = array("Q")
    position = 0
    for length in lengths:
        offsets.append(position)
        position += 8 + length + length % 2
    return offsets


def _header(
    slide: SlideDescription,
    image: ImageDescription,
    lengths: "array[int]",
    *,
    extended: bool,
) -> bytes:
    """Return all bytes before the first frame; their number is that of any lengths."""
    dataset = image_dataset(slide, image, sum(lengths))
    if extended:
        dataset.ExtendedOffsetTable = _little_endian("Q", _offsets(lengths))
        dataset.ExtendedOffsetTableLengths = _little_endian("Q", lengths)
    buffer = BytesIO()
    dcmwrite(buffer, dataset, enforce_file_format=True)
    if not image.encapsulated:
        length = image.raw_bytes + image.raw_bytes % 2
        return buffer.getvalue() + PIXEL_DATA + struct.pack("<I", length)
    table = b"" if extended else _little_endian("I", _offsets(lengths))
    undefined = struct.pack("<I", 0xFFFFFFFF)
    item = _element(ITEM, len(table))
    return buffer.getvalue() + PIXEL_DATA + undefined + item + table


def _little_endian(code: str, numbers: "array[int]") -> bytes:
    return struct.pack(f"<{len(numbers)}{code}", *numbers)


def _element(tag: bytes, length: int) -> bytes:
    return tag + struct.pack("<I", length)
