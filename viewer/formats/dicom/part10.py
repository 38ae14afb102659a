"""A DICOM file of any kind, opened to look at its attributes (PS3.10 section 7)."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from viewer.formats.dicom.data_set import DataSet
from viewer.formats.dicom.deflated import inflate
from viewer.formats.dicom.header import DEFLATED, encoding, is_dicom
from viewer.formats.dicom.walker import walk
from viewer.formats.files import RandomAccessFile, ReadableFile
from viewer.slide.errors import UnsupportedFile


@dataclass(frozen=True, eq=False, slots=True)
class DicomFile:
    """File Meta Information, which may be empty, and the data set of a file.

    Both keep the file open for as long as something holds them.
    """

    path: Path
    preamble: bytes
    meta: DataSet
    data_set: DataSet


def open_dicom_file(path: Path) -> DicomFile:
    """Open a file; raises UnsupportedFile for others, BrokenFile where unreadable.

    A deflated data set is inflated into memory.
    """
    file = RandomAccessFile(path)
    head = file.read_some(0, 132)
    if not is_dicom(head):
        raise UnsupportedFile(f"{path.name} is not a DICOM file.")
    has_preamble = head[128:132] == b"DICM"
    start = 132 if has_preamble else 0
    body_start, syntax = start, ""
    for element in walk(file, start, implicit=False, big_endian=False):
        if element.tag >> 16 != 0x0002 or element.length is None:
            break
        body_start = min(element.offset + element.length, file.size)
        if element.tag == _TRANSFER_SYNTAX:
            written = file.read_some(element.offset, min(element.length, _LONGEST_UID))
            syntax = written.decode("ascii", "replace").strip(" \0")
    meta = DataSet(file, start, body_start, implicit=False, order="<")
    body: ReadableFile = file
    at = body_start
    if syntax == DEFLATED:
        body, at = inflate(file, body_start), 0
    implicit, big_endian = encoding(body.read_some(at, 8), syntax)
    order = ">" if big_endian else "<"
    data_set = DataSet(body, at, body.size, implicit=implicit, order=order)
    return DicomFile(path, head[:128] if has_preamble else b"", meta, data_set)


_TRANSFER_SYNTAX: Final = 0x00020010
_LONGEST_UID: Final = 128
