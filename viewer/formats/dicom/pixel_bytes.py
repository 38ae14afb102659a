"""How many bytes the frames of a file take, told from where they begin and end."""

from typing import Final

from viewer.formats.dicom.header import Header
from viewer.formats.files import RandomAccessFile
from viewer.formats.tiff_file import SIGNATURES
from viewer.slide.errors import BrokenFile

_ITEM: Final = 8  # bytes of the header of an item, and of the delimiter (PS3.5 A.4)
_TAG: Final = b"\xfe\xff\x00\xe0"


def encapsulated_bytes(header: Header, frames: int) -> int | None:
    """Return the bytes of all fragments, as if each frame were one; no frame is read.

    None for what is not encapsulated or cannot be read. Fragments beyond one a frame
    count eight bytes each too much.
    """
    pixels = header.pixel_data
    if pixels is None or pixels.length is not None or header.deflated:
        return None
    try:
        file = RandomAccessFile(header.path, header.stamp)
    except BrokenFile:
        return None
    try:
        head = file.read_some(pixels.offset, _ITEM)
        end = _end(header, pixels.offset, file.size)
    except BrokenFile:
        return None
    finally:
        file.close()
    table = int.from_bytes(head[4:], "little") if head[:4] == _TAG else 0
    found = end - pixels.offset - table - _ITEM * (frames + 2)
    return found if found > 0 else None


def _end(header: Header, start: int, size: int) -> int:
    """Return where the frames end: at the TIFF directory behind them, or the file's."""
    preamble = header.preamble
    if preamble[:4] not in SIGNATURES:
        return size
    order = "little" if preamble[:1] == b"I" else "big"
    is_big = 43 in preamble[2:4]
    place = preamble[8:16] if is_big else preamble[4:8]
    directory = int.from_bytes(place, order)
    return directory if start < directory < size else size
