"""What a file says about itself, slide or not: as a tree, as JSON, as XML."""

import json
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from viewer.formats.files import RandomAccessFile
from viewer.formats.tiff_file import SIGNATURES
from viewer.formats.tiff_tags import tiff_json, tiff_tree
from viewer.slide.errors import UnsupportedFile
from viewer.slide.metadata import Attribute


def read_metadata(path: Path) -> Attribute:
    """Return the tree of a DICOM file of any kind, of a TIFF file or another slide.

    A DICOM file that is a TIFF file too has the node "TIFF directories" as the last of
    its children. Of slides that OpenSlide reads, and that are no TIFF files, it holds
    their properties. The tree keeps the file open while any of it is held. Raises
    SlideError. Any thread.
    """
    head = _head(path)
    if head[:4] in SIGNATURES and head[128:132] != b"DICM":
        return tiff_tree(path, head)
    properties = import_module("viewer.formats.openslide").read_properties(path)
    return _dicom().read_metadata(path) if properties is None else properties


def dicom_json(path: Path, notes: list[str]) -> Iterator[str]:
    """Yield a DICOM file in the DICOM JSON Model (PS3.18 F), piece by piece, in ASCII.

    Pixel data and the tables of their places are left out, and values above some
    megabytes; `notes` is told of those in sentences. Raises SlideError.
    """
    return _dicom().dicom_json(path, notes)


def dicom_xml(path: Path, notes: list[str]) -> Iterator[str]:
    """Yield a DICOM file in the Native DICOM Model (PS3.19 A.1); see `dicom_json`."""
    return _dicom().dicom_xml(path, notes)


def tiff_tags_json(path: Path) -> str:
    """Return the directories of a TIFF file, or of a file's TIFF side, as JSON.

    An array with one object a directory: by tag name its code, type, count and value.
    Raises SlideError.
    """
    if _head(path)[:4] not in SIGNATURES:
        raise UnsupportedFile(f"{path.name} is not a TIFF file.")
    return json.dumps(tiff_json(path), indent=1)


def tiff_side(path: Path) -> Attribute:
    """Return the directories of a TIFF file, or of a file's TIFF side, as a tree.

    Raises SlideError.
    """
    head = _head(path)
    if head[:4] not in SIGNATURES:
        raise UnsupportedFile(f"{path.name} is not a TIFF file.")
    return tiff_tree(path, head)


_HEAD: Final = 132


def _head(path: Path) -> bytes:
    file = RandomAccessFile(path)
    try:
        return file.read_some(0, _HEAD)
    finally:
        file.close()


def _dicom() -> Any:
    """Return the package, whose import takes half a second."""
    return import_module("viewer.formats.dicom.metadata")
