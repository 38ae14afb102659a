"""Rules about how many frames there are and where they lie, and the table of all."""

from collections.abc import Iterator, Sequence
from math import prod
from typing import Final

from viewer.formats.dicom.concatenations import images_of, missing_parts
from viewer.formats.dicom.frame_positions import Positions
from viewer.formats.dicom.instance import Instance
from viewer.formats.dicom.sparse_places import (
    first_out_of_order,
    positions_of,
    sparse_tiling,
)
from viewer.qa.checkup.codestreams import PX1, PX2, PX3, QA5
from viewer.qa.checkup.fragments import (
    FR2,
    FR3,
    FR6,
    file_is_whole,
    fragments_are_frames,
    no_items,
    tables_are_right,
)
from viewer.qa.checkup.pixels import (
    PX5,
    blank_levels,
    chroma_is_declared,
    color_is_declared,
    frames_decode,
    kind_is_declared,
    size_is_declared,
)
from viewer.qa.checkup.sampled import PX6
from viewer.qa.checkup.samples import QA22, samples_are_consistent
from viewer.qa.checkup.segments import (
    has_segments,
    no_segments,
    segments_are_in_the_file,
)
from viewer.qa.checkup.subject import Check, Subject, no_dicom
from viewer.qa.finding import Finding, Rule, Severity

FR1: Final = Rule(
    id="FR1",
    severity=Severity.ERROR,
    title="there are as many frames as places for them",
    why="Tiles are missing, or shown in another focal plane or optical path.",
    clause="PS3.3 C.7.6.17.3",
    evidence="wsidicom#190",
    number=8,
)
FR4: Final = Rule(
    id="FR4",
    severity=Severity.ERROR,
    title="frames lie on the grid of tiles, each at a place of its own",
    why="Tiles are shown at wrong places, or not at all.",
    clause="PS3.3 C.8.12.6.1, PS3.3 C.7.6.17.3",
    evidence="openslide#484",
    number=9,
)

COUNT: Final = "NumberOfFrames"
POSITION: Final = (
    "PerFrameFunctionalGroupsSequence[{}].PlanePositionSlideSequence[0]"
    ".ColumnPositionInTotalImagePixelMatrix"
)


def _count_fits(subject: Subject) -> Iterator[Finding]:
    for parts in _pictures(subject):
        first = parts[0]
        if missing_parts(parts) or not _is_full(first):
            continue
        found = sum(part.frames for part in parts)
        if found not in _due(subject, first):
            grid, planes = first.grid, len(first.planes)
            yield FR1.finding(
                f"{first.path.name}: Number of Frames is {found:,}, expected "
                f"{first.tiles:,} ({grid.width:,} x {grid.height:,} tiles, {planes} "
                f"focal planes, {len(first.optical_paths)} optical paths).",
                file=first.path,
                level=subject.level_of(first.path),
                tag=COUNT,
                found=str(found),
                expected=str(first.tiles),
            )
        yield from _offsets(subject, parts)


def _due(subject: Subject, first: Instance) -> set[int]:
    """Return how many frames there may be; a label is there in one path alone."""
    is_level = subject.level_of(first.path) is not None
    return {first.tiles} if is_level else {first.tiles, prod(first.grid)}


def _offsets(subject: Subject, parts: Sequence[Instance]) -> Iterator[Finding]:
    """Compare where parts of a concatenation say they begin with where they do."""
    begin = 0
    for part in parts if len(parts) > 1 else ():
        told = part.concatenation_offset
        if told != begin:
            yield FR1.finding(
                f"{part.path.name}: Concatenation Frame Offset Number is {told:,}, "
                f"expected {begin:,}, the frames of the parts before it.",
                file=part.path,
                level=subject.level_of(part.path),
                tag="ConcatenationFrameOffsetNumber",
                found=str(told),
                expected=str(begin),
            )
        begin += part.frames


def _pictures(subject: Subject) -> list[list[Instance]]:
    found = [each.instance for each in subject.images]
    return images_of(each for each in found if each is not None)


def _is_full(first: Instance) -> bool:
    has_positions = first.header.per_frame is not None
    return first.layout == "TILED_FULL" or (not first.layout and not has_positions)


def _places_fit(subject: Subject) -> Iterator[Finding]:
    for parts in _pictures(subject):
        first = parts[0]
        positions = positions_of(parts)
        if positions is None:
            continue
        if _is_full(first):
            wrong = first_out_of_order(first, positions)
            if wrong is not None:
                yield _out_of_order(subject, parts, wrong, positions)
            continue
        tiling = sparse_tiling(parts, positions)
        for finding in tiling.findings:
            is_slip = "count from 0" in finding.message
            yield FR4.finding(
                f"{first.path.name}: {finding.message}.",
                Severity.WARNING if is_slip else None,
                file=first.path,
                level=subject.level_of(first.path),
                tag=POSITION.format(0),
                expected="a place of its own on the grid of tiles",
            )
        holes = tiling.places - tiling.placed
        if holes and not tiling.findings and not missing_parts(parts):
            yield FR4.finding(
                f"{first.path.name}: {holes:,} of {tiling.places:,} tiles are not "
                "stored; they were not scanned, or are lost.",
                Severity.NOTE,
                file=first.path,
                level=subject.level_of(first.path),
                tag=POSITION.format(0),
                found=f"{tiling.placed} frames",
                expected=f"up to {tiling.places}",
            )
    yield from has_segments(subject, FR4)


def _out_of_order(
    subject: Subject, parts: Sequence[Instance], number: int, positions: Positions
) -> Finding:
    first = parts[0]
    column, row = int(positions.columns[number]), int(positions.rows[number])
    place = (number + first.concatenation_offset) % prod(first.grid)
    down, across = divmod(place, first.grid.width)
    due = across * first.tile_size.width + 1, down * first.tile_size.height + 1
    return FR4.finding(
        f"{first.path.name}: the tiling is TILED_FULL, but frame {number + 1:,} says "
        f"that it lies at column {column}, row {row}, expected column {due[0]}, row "
        f"{due[1]}; programs follow one or the other.",
        file=first.path,
        level=subject.level_of(first.path),
        tile=(across, down),
        tag=POSITION.format(number),
        found=f"{column}, {row}",
        expected=f"{due[0]}, {due[1]}",
    )


def _is_whole(subject: Subject) -> Iterator[Finding]:
    yield from file_is_whole(subject)
    yield from segments_are_in_the_file(subject, FR6)


def _no_frames(subject: Subject) -> str:
    """Excuse rules about files from those that are neither DICOM nor TIFF."""
    return "" if subject.files else no_segments(subject)


FRAME_CHECKS: Final = (
    Check(FR1, _count_fits, excuse=no_dicom),
    Check(FR2, fragments_are_frames, excuse=no_items),
    Check(FR3, tables_are_right, excuse=no_dicom),
    Check(FR4, _places_fit, excuse=_no_frames),
    Check(FR6, _is_whole, excuse=_no_frames),
    Check(QA22, samples_are_consistent, excuse=no_dicom),
    Check(PX1, color_is_declared, reads_frames=True, excuse=no_items),
    Check(QA5, chroma_is_declared, reads_frames=True, excuse=no_items),
    Check(PX2, kind_is_declared, reads_frames=True, excuse=no_items),
    Check(PX3, size_is_declared, reads_frames=True, excuse=no_items),
    Check(PX5, blank_levels, reads_frames=True),
    Check(PX6, frames_decode, reads_frames=True),
)
"""The rules about frames, in the order of their numbers."""
