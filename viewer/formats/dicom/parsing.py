"""Letting pydicom read elements whose places are known."""

from collections.abc import Iterable
from io import BytesIO

from pydicom.dataset import Dataset
from pydicom.filereader import read_dataset

from viewer.formats.dicom.element_headers import Element
from viewer.formats.files import ReadableFile


def parsed(
    file: ReadableFile,
    kept: Iterable[tuple[Element, int]],
    problems: list[str],
    *,
    implicit: bool,
    big_endian: bool,
) -> Dataset:
    """Return the elements, each given with its end, as pydicom reads them.

    Where it cannot read them together it gets them one by one; `problems` gets a
    sentence for each that it cannot read at all. Raises BrokenFile from reading.
    """
    pieces = [
        (element, file.read(element.start, end - element.start))
        for element, end in kept
    ]
    whole = b"".join(data for _, data in pieces)
    try:
        return read_dataset(BytesIO(whole), implicit, not big_endian)
    except Exception:  # noqa: BLE001  pydicom raises whatever the bytes made it meet
        dataset = Dataset()
    for element, data in pieces:
        try:
            dataset.update(read_dataset(BytesIO(data), implicit, not big_endian))
        except Exception:  # noqa: BLE001  the same, RecursionError too
            problems.append(
                f"{file.path.name}: attribute {tag_in_words(element.tag)} at byte"
                f" {element.start} cannot be read."
            )
    return dataset


def tag_in_words(tag: int) -> str:
    """Return a tag as people write it, such as (0028,0010)."""
    return f"({tag >> 16:04X},{tag & 0xFFFF:04X})"
