"""The parts of a TIFF side as they lie in a DICOM file (Clunie 2019; PS3.10 7.1).

A TIFF header in the preamble, and Data Set Trailing Padding (FFFC,FFFC) whose value
begins with the first directory.
"""

import struct
from typing import Final, NamedTuple

from viewer.formats.dicom.element_headers import Element
from viewer.formats.dicom.header import Header
from viewer.formats.dicom.walker import PER_FRAME, walk
from viewer.formats.files import ReadableFile

PREAMBLE: Final = 128
"""Bytes in front of "DICM"."""

PADDING: Final = 0xFFFCFFFC
"""Data Set Trailing Padding, the last element of a data set (PS3.10 7.2)."""


class TiffHeader(NamedTuple):
    """The header in a preamble: its form, where it says that the first directory is.

    `length` is that of the header, behind which the preamble should be zero.
    """

    big: bool
    little_endian: bool
    first: int
    length: int

    @property
    def is_placeholder(self) -> bool:
        """Whether the place was never filled in, as aborted runs leave it."""
        return self.first in {0, 0xFFFFFFFF, 0xFFFFFFFFFFFFFFFF}


def tiff_header(preamble: bytes) -> TiffHeader | None:
    """Return the TIFF header that a preamble begins with; None where there is none."""
    for signature, form in _FORMS.items():
        if preamble.startswith(signature) and len(preamble) >= form.size:
            *_, first = form.unpack_from(preamble)
            big = signature[2:3] == b"+" or signature[3:4] == b"+"
            return TiffHeader(big, signature[:1] == b"I", first, form.size)
    return None


class Behind(NamedTuple):
    """What follows Pixel Data: `elements`, and where the last of them ends."""

    elements: tuple[Element, ...]
    end: int

    @property
    def padding(self) -> Element | None:
        """Data Set Trailing Padding."""
        return next((each for each in self.elements if each.tag == PADDING), None)


def behind(file: ReadableFile, header: Header, end: int) -> Behind:
    """Walk over the elements behind Pixel Data, which ends at `end`.

    Only whole ones count. Raises BrokenFile where reading fails.
    """
    found: list[Element] = []
    for element in walk(
        file, end, implicit=header.implicit, big_endian=header.big_endian
    ):
        last = element.offset + (element.length or 0)
        if element.length is None or last > file.size:
            break
        found.append(element)
        end = last
    return Behind(tuple(found), end)


def private_elements(file: ReadableFile, header: Header) -> list[Element]:
    """Return the private attributes of a data set, none nested in others.

    Those of a deflated data set are not in the file. Raises BrokenFile where reading
    fails.
    """
    if header.deflated:
        return []
    found: list[Element] = []
    for element in walk(
        file,
        header.body_start,
        implicit=header.implicit,
        big_endian=header.big_endian,
    ):
        if element.tag >= PER_FRAME:
            break  # what follows it is known without another walk over its items
        found.append(element)
    found += (each for each in header.elements if each.tag >= PER_FRAME)
    return [each for each in found if each.tag >> 16 & 1]


def begins_directory(head: bytes) -> bool:
    """Tell by its first sixteen bytes whether a value begins with a TIFF directory."""
    if len(head) < 12:
        return False
    return any(
        1 <= count <= _MOST_TAGS and tag in _FIRST_TAGS
        for form in _COUNTS
        for count, tag in [form.unpack_from(head)]
    )


_FORMS: Final = {
    b"II*\0": struct.Struct("<4sI"),
    b"MM\0*": struct.Struct(">4sI"),
    b"II+\0": struct.Struct("<4sHHQ"),
    b"MM\0+": struct.Struct(">4sHHQ"),
}
_COUNTS: Final = tuple(map(struct.Struct, ("<HH", ">HH", "<QH", ">QH")))
_FIRST_TAGS: Final = frozenset({254, 255, 256})  # New Subfile Type to Image Width
_MOST_TAGS: Final = 4096
