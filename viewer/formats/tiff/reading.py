"""One file: its directories, checked, and what they make together."""

from typing import NamedTuple

from viewer.formats.files import ReadableFile
from viewer.formats.tiff.aperio import aperio_layout, is_aperio
from viewer.formats.tiff.directories import read_directories
from viewer.formats.tiff.dual_side import check_dual_side, is_dicom_too, stale
from viewer.formats.tiff.layout import Layout, generic_layout
from viewer.formats.tiff.ome import is_ome, ome_layout
from viewer.slide.errors import BrokenFile
from viewer.slide.warnings import SlideWarning


class FileLayout(NamedTuple):
    """The layout of one file, what reading it found, and whether it is DICOM too."""

    layout: Layout
    warnings: tuple[SlideWarning, ...]
    is_dual: bool


def read_layout(file: ReadableFile) -> FileLayout:
    """Read the directories of a file and say what they are; raises SlideError."""
    is_dual = is_dicom_too(file)
    try:
        found, problems = read_directories(file)
    except BrokenFile as error:
        if not is_dual:
            raise
        raise stale(file, "there is no sound directory where it points") from error
    if is_dual:
        check_dual_side(file, found)
    warnings = [SlideWarning("metadata", each, file.path) for each in problems]
    layout_of = generic_layout
    if is_aperio(found):
        layout_of = aperio_layout
    elif is_ome(found):
        try:
            return FileLayout(ome_layout(file.path, found), tuple(warnings), is_dual)
        except BrokenFile as error:
            warnings.append(SlideWarning("metadata", str(error), file.path))
    return FileLayout(layout_of(file.path, found), tuple(warnings), is_dual)
