"""Rules about the items that frames lie in, and the tables of their places."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from viewer.codecs import is_encapsulated
from viewer.formats.dicom.examination import Examined
from viewer.formats.dicom.frame_survey import FrameSurvey, survey_frames
from viewer.formats.dicom.items import Ending
from viewer.qa.checkup.subject import Subject
from viewer.qa.finding import Finding, Rule, Severity
from viewer.slide.errors import SlideError

FR2: Final = Rule(
    id="FR2",
    severity=Severity.ERROR,
    title="each frame is one fragment that holds something",
    why="Programs that count fragments show every later frame at a wrong place.",
    clause="PS3.5 A.4",
    evidence="slim#97, wsidicom#97",
    number=8,
)
FR3: Final = Rule(
    id="FR3",
    severity=Severity.ERROR,
    title="offset tables say where frames begin",
    why="Programs that believe the table show frames at wrong places, or none.",
    clause="PS3.3 C.7.6.3.1.8, PS3.5 A.4",
    evidence="wsidicom#76, idc-wsi-conversion#4, bioformats#4165",
    number=8,
)
FR6: Final = Rule(
    id="FR6",
    severity=Severity.ERROR,
    title="the file is whole",
    why="The frames behind its end are lost, mostly by a copy that was broken off.",
    clause="PS3.5 A.4",
)


def surveys(subject: Subject) -> Mapping[Path, FrameSurvey]:
    """Return what is stored of the frames of each image; use `subject.once`.

    What cannot be read is left out: that it cannot be decoded is told of it.
    """
    found: dict[Path, FrameSurvey] = {}
    images = subject.images
    answers = subject.run.each(_survey, images, "Looking for frames", len(images))
    for examined, survey in zip(images, answers, strict=True):
        if survey is not None:
            found[examined.path] = survey
    return found


def fragments_are_frames(subject: Subject) -> Iterator[Finding]:
    """FR2: the number of fragments, and those without anything in them."""
    for examined, survey in _each(subject):
        if survey.items is None or survey.items.ending is Ending.CUT:
            continue
        yield from _empty_fragments(subject, examined, survey)
        yield from _fragment_count(subject, examined, survey)


def tables_are_right(subject: Subject) -> Iterator[Finding]:
    """FR3: both tables, compared with the items that they are about."""
    for examined, survey in _each(subject):
        for message, severity, tag, found, expected in _table_faults(survey):
            yield FR3.finding(
                f"{examined.path.name}: {message}.",
                severity,
                file=examined.path,
                level=subject.level_of(examined.path),
                tag=tag,
                found=found,
                expected=expected,
            )


def file_is_whole(subject: Subject) -> Iterator[Finding]:
    """FR6: what is there against what should be."""
    for examined, survey in _each(subject):
        name, items = examined.path.name, survey.items
        at_end = items is not None and survey.end >= survey.size
        expected = f"{survey.end} bytes"
        if survey.end > survey.size:
            lost = survey.end - survey.size
            message = f"{name}: ends at byte {survey.size:,}, {lost:,} bytes too early"
        elif items is not None and at_end and items.count < survey.frames:
            message = (
                f"{name}: ends behind fragment {items.count:,}, expected "
                f"{survey.frames:,} frames and a delimiter"
            )
            expected = f"{survey.frames} frames"
        else:
            continue
        yield FR6.finding(
            f"{message}.",
            file=examined.path,
            level=subject.level_of(examined.path),
            tag="PixelData",
            found=f"{survey.size} bytes",
            expected=expected,
        )


def _survey(examined: Examined) -> FrameSurvey | None:
    try:
        return survey_frames(examined)
    except SlideError:  # whoever reads the frames is told why
        return None


def _each(subject: Subject) -> Iterator[tuple[Examined, FrameSurvey]]:
    known = subject.once(surveys)
    for examined in subject.images:
        if examined.path in known:
            yield examined, known[examined.path]


def _empty_fragments(
    subject: Subject, examined: Examined, survey: FrameSurvey
) -> Iterator[Finding]:
    empty = np.flatnonzero(survey.fragment_lengths == 0)
    if not empty.size:
        return
    count, first = len(survey.fragment_lengths), int(empty[0]) + 1
    yield FR2.finding(
        f"{examined.path.name}: {empty.size:,} of {count:,} fragments hold nothing, "
        f"the first is fragment {first:,}; expected a codestream in each.",
        file=examined.path,
        level=subject.level_of(examined.path),
        tag="PixelData",
        found=f"{empty.size} items of no bytes",
        expected="none",
    )


def _fragment_count(
    subject: Subject, examined: Examined, survey: FrameSurvey
) -> Iterator[Finding]:
    items = survey.items
    if items is None or items.count == survey.frames:
        return
    if items.count < survey.frames and survey.end >= survey.size:
        return  # FR6 says so
    is_told = len(survey.begins) == survey.frames or _is_told(survey)
    severity = Severity.NOTE if is_told and survey.extended is None else None
    several = ", so that frames have several" if is_told else ""
    yield FR2.finding(
        f"{examined.path.name}: there are {items.count:,} fragments for "
        f"{survey.frames:,} frames{several}; expected one a frame.",
        severity,
        file=examined.path,
        level=subject.level_of(examined.path),
        tag="PixelData",
        found=f"{items.count} fragments",
        expected=f"{survey.frames} fragments",
    )


def _is_told(survey: FrameSurvey) -> bool:
    """Whether a table says which fragments are a frame, and each is one's first."""
    table = survey.basic
    if table is None or survey.items is None or len(table) != survey.frames:
        return False
    starts = np.frombuffer(survey.items.starts, np.uint64)[:-1]
    places = table + np.uint64(survey.first)
    return bool(table[0] == 0 and np.isin(places, starts).all())


_Fault = tuple[str, Severity | None, str, str, str]
_BASIC: Final = "Basic Offset Table"
_EXTENDED: Final = "Extended Offset Table"
_TAGS: Final = {_BASIC: "PixelData", _EXTENDED: "ExtendedOffsetTable"}


def _table_faults(survey: FrameSurvey) -> Iterator[_Fault]:
    if survey.items is None:
        if survey.extended is not None:
            yield (
                "there is an Extended Offset Table, but Pixel Data is uncompressed",
                Severity.WARNING,
                _TAGS[_EXTENDED],
                "a table",
                "none",
            )
        return
    if survey.basic is None and survey.extended is None:
        if survey.frames > 1:
            yield (
                f"there is no offset table for {survey.frames:,} frames, so that "
                "opening it the first time means a walk through the whole file",
                Severity.NOTE,
                "PixelData",
                "no table",
                "an Extended Offset Table",
            )
        return
    if survey.basic is not None and survey.extended is not None:
        yield (
            "there are a Basic and an Extended Offset Table, expected only one",
            Severity.WARNING,
            _TAGS[_EXTENDED],
            "two tables",
            "an empty Basic Offset Table",
        )
    yield from _entry_faults(survey, _BASIC, survey.basic)
    yield from _entry_faults(survey, _EXTENDED, survey.extended)
    if survey.extended is not None:
        yield from _length_faults(survey)


def _entry_faults(
    survey: FrameSurvey, name: str, entries: NDArray[np.uint64] | None
) -> Iterator[_Fault]:
    if entries is None:
        return
    if len(entries) != survey.frames:
        yield (
            f"the {name} has {len(entries):,} entries, expected {survey.frames:,}",
            None,
            _TAGS[name],
            f"{len(entries)} entries",
            f"{survey.frames} entries",
        )
        return
    expected = survey.begins - np.uint64(survey.first)
    if len(expected) != len(entries):  # the items alone do not tell where frames begin
        if not _is_told(survey._replace(basic=entries)) and survey.end <= survey.size:
            message = f"the {name} has entries where no fragment begins"
            yield message, None, _TAGS[name], "other places", "starts of fragments"
        return
    wrong = np.flatnonzero(entries != expected)
    if not wrong.size:
        return
    first = int(wrong[0])
    wraps = (entries == expected & np.uint64(0xFFFFFFFF)).all()
    why = "; offsets of 32 bits cannot reach beyond 4 GiB" if wraps else ""
    yield (
        f"the {name} has {wrong.size:,} wrong entries of {len(entries):,}: frame "
        f"{first + 1:,} is said to be at {entries[first]}, found at {expected[first]}"
        f"{why}",
        None,
        _TAGS[name],
        f"{entries[first]} for frame {first + 1}",
        str(expected[first]),
    )


def _length_faults(survey: FrameSurvey) -> Iterator[_Fault]:
    tag = "ExtendedOffsetTableLengths"
    if survey.lengths is None or len(survey.lengths) != survey.frames:
        count = 0 if survey.lengths is None else len(survey.lengths)
        yield (
            f"Extended Offset Table Lengths has {count:,} entries, expected "
            f"{survey.frames:,}",
            None if count else Severity.WARNING,
            tag,
            f"{count} entries",
            f"{survey.frames} entries",
        )
        return
    found = survey.frame_lengths
    if not len(found):
        return
    spare = found.astype(np.int64) - survey.lengths.astype(np.int64)
    wrong = np.flatnonzero((spare < 0) | (spare > 1))
    if wrong.size:
        first = int(wrong[0])
        yield (
            f"Extended Offset Table Lengths has {wrong.size:,} wrong entries: frame "
            f"{first + 1:,} is said to have {survey.lengths[first]} bytes, found "
            f"{found[first]}",
            None,
            tag,
            f"{survey.lengths[first]} bytes",
            f"{found[first]} bytes",
        )


def no_items(subject: Subject) -> str:
    """Excuse a rule about items from files without them."""
    if not subject.files:
        return "none of the files is DICOM"
    packed = any(is_encapsulated(each.header.transfer_syntax) for each in subject.files)
    return "" if packed else "Pixel Data is uncompressed"
