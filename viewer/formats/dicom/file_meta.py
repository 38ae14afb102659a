"""File Meta Information, group 0002, as far as it is there (PS3.10 7.1)."""

from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from pydicom.dataset import Dataset, FileMetaDataset

from viewer.formats.dicom.element_headers import Element
from viewer.formats.dicom.parsing import parsed, tag_in_words
from viewer.formats.dicom.walker import walk
from viewer.formats.files import ReadableFile
from viewer.slide.errors import BrokenFile


@dataclass(frozen=True, eq=False)
class FileMeta:
    """What was found from `start` on; `end` is where the data set begins.

    `transfer_syntax` is without padding and may be empty; `written_syntax` is as the
    file has it. `group_length` is (0002,0000), None where it is missing, and
    `length_from` where what it counts begins.
    """

    dataset: FileMetaDataset
    start: int
    end: int
    transfer_syntax: str
    written_syntax: bytes
    group_length: int | None
    length_from: int


def read_file_meta(file: ReadableFile, start: int) -> FileMeta:
    """Read the group and find where it ends; raises BrokenFile.

    It is always explicit little endian. Group Length is not needed, and often wrong
    (dcmtk#118).
    """
    kept: list[tuple[Element, int]] = []
    for element in walk(file, start, implicit=False, big_endian=False):
        if element.tag >> 16 != 0x0002 or element.length is None:
            break
        end = element.offset + element.length
        if end > file.size or element.length > _LARGEST:
            tag = tag_in_words(element.tag)
            raise BrokenFile(
                f"{file.path.name}: File Meta Information {tag} has {element.length} "
                f"bytes, expected the file's {file.size} to hold it."
            )
        kept.append((element, end))
    dataset = parsed(file, kept, [], implicit=False, big_endian=False)
    written, _ = _value(file, kept, _TRANSFER_SYNTAX)
    length, length_from = _value(file, kept, _GROUP_LENGTH)
    return FileMeta(
        dataset=_of_group(dataset),
        start=start,
        end=kept[-1][1] if kept else start,
        transfer_syntax=written.decode("ascii", "replace").strip(" \0\t\r\n"),
        written_syntax=written,
        group_length=int.from_bytes(length, "little") if len(length) == 4 else None,
        length_from=length_from,
    )


def file_meta_problems(meta: FileMeta, taken: str) -> list[str]:
    """Return clauses on what is not as it should be.

    `taken` is the Transfer Syntax UID that the data are read by.
    """
    if meta.start == meta.end:
        return [f"File Meta Information is missing; the data are read as {taken}"]
    problems: list[str] = []
    found = meta.end - meta.length_from
    if meta.group_length is None:
        problems.append("File Meta Information has no Group Length (0002,0000)")
    elif meta.group_length != found:
        problems.append(
            f"Group Length (0002,0000) of File Meta Information is "
            f"{meta.group_length}, expected {found}"
        )
    if not meta.transfer_syntax:
        problems.append(f"Transfer Syntax UID is missing, taken for {taken}")
    elif meta.written_syntax.rstrip(b"\0").decode("ascii", "replace") != (
        meta.transfer_syntax
    ):
        problems.append(
            "Transfer Syntax UID has spaces around it, expected at most a NUL behind it"
        )
    return problems


_TRANSFER_SYNTAX: Final = 0x00020010
_GROUP_LENGTH: Final = 0x00020000
_LARGEST: Final = 1 << 20
_LONGEST: Final = 128  # bytes; a UID has up to 64


def _of_group(dataset: Dataset) -> FileMetaDataset:
    """Return group 0002 alone: damage lets pydicom find other elements in it."""
    meta = FileMetaDataset()
    for tag in dataset.keys():  # noqa: SIM118  a data set yields its elements
        if tag.group == 0x0002:
            with suppress(Exception):  # pydicom raises what the bytes made it meet
                meta[tag] = dataset.get_item(tag)
    return meta


def _value(
    file: ReadableFile, kept: list[tuple[Element, int]], tag: int
) -> tuple[bytes, int]:
    """Return the bytes of an element, none where it is missing, and where it ends."""
    for element, end in kept:
        if element.tag == tag:
            most = min(end - element.offset, _LONGEST)
            return file.read_some(element.offset, most), end
    return b"", 0
