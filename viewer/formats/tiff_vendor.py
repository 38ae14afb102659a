"""Whose TIFF file it is, by a cheap look at the first directory.

Some vendors keep their slides in TIFF files of which the directories tell only half:
OpenSlide knows the rest. They are told as OpenSlide tells them (openslide-vendor-*.c).
"""

from contextlib import closing
from pathlib import Path
from typing import Final

from viewer.formats.files import RandomAccessFile
from viewer.formats.tiff_directory import TiffDirectory, read_directories
from viewer.slide.errors import SlideError

_LONGEST: Final = 1 << 16  # bytes of a text that are looked at
_NDPI_FORMAT: Final = 65420
_DESCRIPTION: Final = 270
_SOFTWARE: Final = 305
_XMP: Final = 700

_MARKS: Final = (
    ("leica", _DESCRIPTION, b"http://www.leica-microsystems.com/scn/"),
    ("ventana", _XMP, b"iScan"),
    ("ventana", _DESCRIPTION, b"ScanOutputManager"),
    ("philips", _SOFTWARE, b"Philips"),
    ("trestle", _SOFTWARE, b"MedScan"),
)
"""OpenSlide's name of a vendor, the tag that tells it, and what stands in there."""


def vendor_of(path: Path) -> str | None:
    """Return OpenSlide's name of the vendor, None for files that it knows no better.

    Aperio's are among those: SVS is TIFF through and through. Never raises.
    """
    try:
        with closing(RandomAccessFile(path)) as file:
            first = next(read_directories(file), None)
            return None if first is None else _vendor(first)
    except SlideError:
        return None


def _vendor(directory: TiffDirectory) -> str | None:
    if directory.text(_NDPI_FORMAT, 0) is not None:
        return "hamamatsu"
    for vendor, tag, words in _MARKS:
        if words in (directory.text(tag, _LONGEST) or b""):
            return vendor
    return None
