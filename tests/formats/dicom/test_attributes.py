"""The metadata tree of files with bytes that pydicom cannot convert."""

from pathlib import Path

from tests.formats.dicom.raw_files import element, item, start
from viewer.formats.dicom.attributes import attribute_tree
from viewer.formats.dicom.header import read_header
from viewer.formats.files import RandomAccessFile
from viewer.slide.metadata import Attribute


def tree(folder: Path, content: bytes) -> Attribute:
    path = folder / "x.dcm"
    path.write_bytes(content)
    file = RandomAccessFile(path)
    try:
        return attribute_tree(read_header(file).dataset, "x.dcm")
    finally:
        file.close()


def test_what_cannot_be_converted_is_shown_as_bytes(tmp_path: Path) -> None:
    # There is no such VR, and in the first no value that could be shown instead.
    odd = element(0x00080102, b"XP", b"") + element(0x00080104, b"XP", b"word")
    sequence = element(0x00081032, b"SQ", item(odd))
    children = tree(tmp_path, start() + sequence).children()
    found = next(each for each in children if each.keyword == "ProcedureCodeSequence")
    (only,) = found.children()
    assert [(each.keyword, each.value) for each in only.children()] == [
        ("CodingSchemeDesignator", "unreadable: no bytes"),
        ("CodeMeaning", "unreadable: 77 6f 72 64"),
    ]
