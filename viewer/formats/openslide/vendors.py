"""Which files are left to OpenSlide: known by their own bytes, before it sees them.

Native code meets no stranger: what is offered to it has the marks of a format that it
reads. TIFF files of Aperio and plain ones are read by viewer.formats.tiff, and DICOM
is never among them: OpenSlide 4.0.1 dies on damaged offset tables.
"""

from pathlib import Path
from typing import Final, NamedTuple

from viewer.formats import tiff_vendor
from viewer.formats.tiff_file import SIGNATURES

MRXS_INDEX: Final = "Slidedat.ini"
"""In the folder beside a MRXS file; 3DHISTECH's description of the slide."""


def vendor_of(head: bytes, path: Path) -> str:
    """Return what OpenSlide calls the format of a file, "" where it is not for it.

    `head` is its first KiB. Of a TIFF file the first directory is read, of a MRXS slide
    its folder is looked for. Never raises; any thread.
    """
    suffix = path.suffix.lower()
    if head[128:132] == b"DICM":
        return ""
    if head[:4] in SIGNATURES:
        return tiff_vendor.vendor_of(path) or ""
    for mark in _MARKS:
        if suffix in mark.suffixes and any(each in head for each in mark.words):
            return mark.vendor
    if suffix == ".mrxs" and (path.with_suffix("") / MRXS_INDEX).is_file():
        return "mirax"
    return ""


class _Mark(NamedTuple):
    vendor: str
    suffixes: frozenset[str]
    words: tuple[bytes, ...]


_MARKS: Final = (
    _Mark("zeiss", frozenset({".czi"}), (b"ZISRAWFILE\0",)),
    _Mark("sakura", frozenset({".svslide"}), (b"SQLite format 3\0",)),
    _Mark(
        "hamamatsu",
        frozenset({".vms", ".vmu"}),
        (
            b"[Virtual Microscope Specimen]",
            b"[Uncompressed Virtual Microscope Specimen]",
        ),
    ),
)
