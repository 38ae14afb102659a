"""The TIFF side of a file that is DICOM too: whether its directory is still true.

Tools that rewrite such a file keep the TIFF header in the preamble but move what it
points to (Clunie 2019, doi 10.4103/jpi.jpi_93_18).
"""

from collections.abc import Sequence
from itertools import chain
from typing import Final

from viewer.formats.files import ReadableFile
from viewer.formats.tiff.directory import UNCOMPRESSED, Directory
from viewer.slide.errors import BrokenFile

_ITEM: Final = {False: b"\xfe\xff\x00\xe0", True: b"\xff\xfe\xe0\x00"}
_PIXEL_DATA: Final = (b"\xe0\x7f\x10\x00", b"\x7f\xe0\x00\x10")
_MOST_LOOKED_AT: Final = 16


def is_dicom_too(file: ReadableFile) -> bool:
    """Whether a DICOM prefix stands behind the preamble."""
    return file.read_some(128, 4) == b"DICM"


def check_dual_side(file: ReadableFile, directories: Sequence[Directory]) -> None:
    """Raise BrokenFile where tiles are no frames of the DICOM side.

    A codestream is the value of an item (PS3.5 A.4), so that its item header stands in
    front of it; a few tiles of each directory are looked at. Of uncompressed tiles the
    first begins where Pixel Data does.
    """
    plain: list[Directory] = []
    for each in chain(directories, *(each.below for each in directories)):
        if each.compression == UNCOMPRESSED:
            plain.append(each)
        else:
            _check_items(file, each)
    if plain:
        first = min(plain, key=lambda each: int(each.offsets.min()))
        if not _is_pixel_data(file, int(first.offsets.min())):
            raise stale(
                file,
                f"the first tile of {first.name} should be at offset "
                f"{int(first.offsets.min())}, where no Pixel Data begins",
            )


def stale(file: ReadableFile, clause: str) -> BrokenFile:
    """Return the error that says what is wrong with the TIFF side."""
    return BrokenFile(f"{file.path.name}: the TIFF side is stale: {clause}.")


def _check_items(file: ReadableFile, directory: Directory) -> None:
    stored = directory.offsets.size
    step = max(1, stored // _MOST_LOOKED_AT)
    for number in [*range(0, stored, step), stored - 1]:
        offset, count = int(directory.offsets[number]), int(directory.counts[number])
        if not _is_item(file, offset, count, big_endian=directory.big_endian):
            raise stale(
                file,
                f"tile {number + 1} of {directory.name} should be {count} bytes at "
                f"offset {offset}, where no frame of that length begins",
            )


def _is_item(file: ReadableFile, offset: int, count: int, *, big_endian: bool) -> bool:
    if offset < 8 or offset + count > file.size:
        return False
    header = file.read_some(offset - 8, 8)
    length = int.from_bytes(header[4:], "big" if big_endian else "little")
    return header[:4] == _ITEM[big_endian] and length in {count, count + 1}


def _is_pixel_data(file: ReadableFile, offset: int) -> bool:
    """Whether a value of Pixel Data begins here, with or without a VR before it."""
    if offset < 12 or offset > file.size:
        return False
    before = file.read_some(offset - 12, 12)
    return any(before[:4] == tag or before[4:8] == tag for tag in _PIXEL_DATA)
