"""Gives a DICOM slide file its TIFF side, or takes it off; pixel data stay as they are.

PS3.10 7.1 leaves the preamble to such uses, and Data Set Trailing Padding has no
meaning of its own (Clunie 2019, doi 10.4103/jpi.jpi_93_18).
"""

from contextlib import closing
from pathlib import Path

from viewer.formats.dicom.examination import Examined, examine
from viewer.formats.dicom.frame_places import frame_places
from viewer.formats.dicom.picture_facts import picture_facts
from viewer.formats.dicom.tiff_side import (
    PREAMBLE,
    Behind,
    begins_directory,
    behind,
    tiff_header,
)
from viewer.formats.dicom.tiff_writing_copy import (
    Part,
    Progress,
    refuse_existing,
    write_parts,
)
from viewer.formats.dicom.tiff_writing_plan import tiff_plan
from viewer.formats.files import RandomAccessFile
from viewer.slide.errors import SlideError


def write_tiff_side(
    source: Path, target: Path, progress: Progress | None = None
) -> None:
    """Write a copy of a slide's file that is a TIFF file too.

    A TIFF side that is there already is replaced. All bytes between preamble and
    Trailing Padding are those of the source. Raises SlideError where TIFF cannot say
    what the file holds, where `target` exists or cannot be written. Blocks; any thread.
    """
    refuse_existing(target)
    examined = examine(source)
    with closing(RandomAccessFile(source, examined.header.stamp)) as file:
        plan = tiff_plan(file, examined)
        parts = (
            plan.directories.header(plan.first),
            Part(PREAMBLE, plan.end),
            plan.element,
            plan.directories.at(plan.first),
        )
        write_parts(source, file.stamp, target, parts, progress)


def strip_tiff_side(
    source: Path, target: Path, progress: Progress | None = None
) -> None:
    """Write a copy with a preamble of zeros and without the TIFF directories.

    Any other preamble is cleared as well. Trailing Padding that is no TIFF directory
    stays, and so do private levels. Raises SlideError where there is nothing to take
    off, where `target` exists or cannot be written. Blocks; any thread.
    """
    refuse_existing(target)
    examined = examine(source)
    with closing(RandomAccessFile(source, examined.header.stamp)) as file:
        header = examined.header
        if not header.preamble:
            raise SlideError(f"{source.name}: has no preamble, hence no TIFF side.")
        directories = _directories(file, examined)
        if directories is None and not any(header.preamble):
            raise SlideError(f"{source.name}: has no TIFF side that could be stripped.")
        start, end = directories or (file.size, file.size)
        parts = (bytes(PREAMBLE), Part(PREAMBLE, start), Part(end, file.size))
        write_parts(source, file.stamp, target, parts, progress)


def _directories(file: RandomAccessFile, examined: Examined) -> Part | None:
    """Return where the Trailing Padding lies that holds TIFF directories."""
    trailer = _trailer(file, examined)
    padding = None if trailer is None else trailer.padding
    if padding is None or padding.length is None:
        return None
    tiff = tiff_header(examined.header.preamble)
    end = padding.offset + padding.length
    pointed = tiff is not None and padding.offset <= tiff.first < end
    if pointed or begins_directory(file.read_some(padding.offset, 16)):
        return Part(padding.start, end)
    return None


def _trailer(file: RandomAccessFile, examined: Examined) -> Behind | None:
    facts, header = picture_facts(examined), examined.header
    if facts is None or header.deflated:
        return None
    end = frame_places(file, header, facts).end
    return None if end is None else behind(file, header, end)
