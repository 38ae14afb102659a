"""What can be said of the tiles and strips of a TIFF file without reading them."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from viewer.formats.files import RandomAccessFile
from viewer.formats.tiff.directories import read_directories
from viewer.formats.tiff.directory import Directory
from viewer.qa.checkup.subject import Subject
from viewer.qa.finding import Finding, Rule, Severity
from viewer.slide.errors import SlideError


def no_segments(subject: Subject) -> str:
    """Excuse a rule about tiles of TIFF files from other formats."""
    is_tiff = subject.slide is not None and subject.slide.format == "tiff"
    return "" if is_tiff else "the files are neither DICOM nor TIFF"


def has_segments(subject: Subject, rule: Rule) -> Iterator[Finding]:
    """Yield a note on tiles of no bytes, which scanners leave out: one a directory."""
    for path, directory, _ in _directories(subject):
        empty = int((directory.counts == 0).sum())
        if empty:
            yield rule.finding(
                f"{path.name}: {empty:,} of {len(directory.counts):,} tiles of "
                f"{directory.name} have no bytes; they were not scanned, or are lost.",
                Severity.NOTE,
                file=path,
                tag="TIFF 325 TileByteCounts",
                found=f"{empty} tiles of no bytes",
                expected="none",
            )


def segments_are_in_the_file(subject: Subject, rule: Rule) -> Iterator[Finding]:
    """Yield tiles that end behind the end of the file: one finding a directory."""
    for path, directory, size in _directories(subject):
        count = min(len(directory.offsets), len(directory.counts))
        ends = directory.offsets[:count] + directory.counts[:count]
        stored = directory.counts[:count] > 0
        wraps = ends < directory.offsets[:count]
        beyond = np.flatnonzero(stored & ((ends > np.uint64(size)) | wraps))
        if beyond.size:
            first, last = int(beyond[0]), int(ends.max())
            yield rule.finding(
                f"{path.name}: {beyond.size:,} of {count:,} tiles of {directory.name} "
                f"end behind the end of the file at byte {size:,}, the first is tile "
                f"{first % directory.across}, {first // directory.across}; they are "
                f"expected to end by byte {last:,}.",
                file=path,
                tag="TIFF 324 TileOffsets",
                found=f"{size} bytes",
                expected=f"at least {last} bytes",
            )


def _directories(subject: Subject) -> Iterator[tuple[Path, Directory, int]]:
    slide = subject.slide
    if subject.files or slide is None or slide.format != "tiff":
        return
    for path in dict.fromkeys(each.path for each in slide.files):
        try:
            file = RandomAccessFile(path)
        except SlideError:
            continue
        try:
            found = read_directories(file).found
            for directory in found:
                for each in (directory, *directory.below):
                    yield path, each, file.size
        except SlideError:  # a file beside the slide that is no TIFF
            continue
        finally:
            file.close()
