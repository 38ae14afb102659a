"""Other vendors' files -> slides, through the OpenSlide library; never DICOM."""

from pathlib import Path
from typing import TYPE_CHECKING, Final

from viewer.formats.files import RandomAccessFile
from viewer.formats.opening import Format, Ignored, Opened, OpenOptions, Wish
from viewer.formats.openslide.vendors import vendor_of
from viewer.slide.errors import SlideError, UnsupportedFile

if TYPE_CHECKING:
    from viewer.slide.metadata import Attribute
    from viewer.slide.model import Slide

__all__ = ["FORMAT", "read_properties"]


def _recognize(head: bytes, path: Path) -> bool:
    return bool(vendor_of(head, path))


def _open(wish: Wish, options: OpenOptions) -> Opened:
    """Open each file as a slide of its own; what cannot be opened is ignored."""
    slides: list[Slide] = []
    ignored: list[Ignored] = []
    files = [path for path in wish.files if wish.only in (None, path)]
    try:
        for done, path in enumerate(files):
            options.report(done, len(files))
            try:
                slides.append(_opened(path))
            except SlideError as error:
                ignored.append(Ignored(path, str(error)))
    except BaseException:
        for slide in slides:
            slide.close()
        raise
    return Opened(tuple(slides), tuple(ignored))


FORMAT = Format("openslide", _recognize, _open)


def read_properties(path: Path) -> "Attribute | None":
    """Return OpenSlide's properties of a file as a tree; None if it is not for it.

    Raises SlideError where it should be and cannot be read. Any thread.
    """
    head = _head(path)
    if not vendor_of(head, path):
        return None
    slide = _opened(path)
    try:
        return slide.metadata(path)
    finally:
        slide.close()


_HEAD: Final = 1024


def _opened(path: Path) -> "Slide":
    from openslide import OpenSlide

    from viewer.formats.openslide.slide import open_slide

    head = _head(path)
    vendor = vendor_of(head, path)
    found = OpenSlide.detect_format(path) if vendor else None
    if found in {None, "dicom"}:
        raise UnsupportedFile(
            f"{path.name} looks like a {vendor} slide, but OpenSlide does not read it."
        )
    return open_slide(path, head)


def _head(path: Path) -> bytes:
    file = RandomAccessFile(path)
    try:
        return file.read_some(0, _HEAD)
    finally:
        file.close()
