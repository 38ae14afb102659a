"""The attributes of any DICOM file: as a tree, as JSON and as XML."""

from collections.abc import Iterator
from pathlib import Path

from viewer.formats.dicom.attributes import attribute_tree
from viewer.formats.dicom.json_model import json_chunks
from viewer.formats.dicom.native_model import xml_chunks
from viewer.formats.dicom.part10 import open_dicom_file
from viewer.formats.tiff_file import SIGNATURES
from viewer.formats.tiff_tags import tiff_tree
from viewer.slide.metadata import Attribute


def read_metadata(path: Path) -> Attribute:
    """Return the tree of a file, slide or not, with its TIFF side if it has one.

    Raises SlideError. Any thread.
    """
    file = open_dicom_file(path)
    is_tiff = file.preamble[:4] in SIGNATURES
    sides = [tiff_tree(path, file.preamble)] if is_tiff else []
    return attribute_tree(file, sides)


def dicom_json(path: Path, notes: list[str]) -> Iterator[str]:
    """Yield the data set in the DICOM JSON Model; raises SlideError. See json_model."""
    return json_chunks(open_dicom_file(path).data_set, notes)


def dicom_xml(path: Path, notes: list[str]) -> Iterator[str]:
    """Yield it in the Native DICOM Model; raises SlideError. See native_model."""
    return xml_chunks(open_dicom_file(path).data_set, notes)
