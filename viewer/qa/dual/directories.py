"""Where the TIFF directories lie, and whether their chain comes to an end."""

from collections.abc import Iterator
from typing import Any, Final

from viewer.formats.dicom.facts import text
from viewer.formats.dicom.parsing import tag_in_words
from viewer.formats.dicom.tiff_side import begins_directory
from viewer.qa.dual.clue import Clue, State
from viewer.qa.dual.sides import Sides
from viewer.qa.finding import Finding, Rule, Severity

DIRECTORY: Final = Rule(
    "QA28",
    Severity.ERROR,
    "the TIFF directory is where the header says",
    "Readers of TIFF find nothing, or never come to an end, where the first directory "
    "is not where the header says or the chain of directories does not end.",
    "PS3.10 7.2; TIFF 6.0 section 2",
    number=28,
)
STALE: Final = Rule(
    "QA32",
    Severity.WARNING,
    "the TIFF side is of this version of the file",
    "A tool that rewrote the file kept the TIFF header but moved what it points to: "
    "readers of TIFF fail or show garbage, readers of DICOM are not affected.",
    "PS3.10 7.1",
    "dcmtk, pydicom keep preambles",
    32,
)


def stale(sides: Sides, clause: str, **where: Any) -> Clue:
    """Return the clue that a TIFF side is stale, and the writer that the header names.

    That is not always who wrote the file last: some tools leave the name as it was.
    """
    writer = text(sides.examined.dataset.file_meta, "ImplementationVersionName")
    wrote = f" (Implementation Version Name is {writer})" if writer else ""
    return Clue(
        State.STALE,
        STALE.finding(
            f"{sides.name}: the TIFF side is stale{wrote}: {clause}.",
            file=sides.path,
            **where,
        ),
    )


def directory_clues(sides: Sides) -> Iterator[Clue]:
    """Yield what is wrong with the place and the chain of the directories."""
    if sides.tiff.is_placeholder:
        yield Clue(
            State.BROKEN,
            _finding(
                sides,
                "the TIFF header in the preamble does not say where the first "
                "directory is: the program that wrote the file did not finish it",
                found=hex(sides.tiff.first),
                expected="the place of a directory",
            ),
        )
        return
    clue = _misplaced(sides)
    if clue is not None:
        yield clue
        return
    yield from _place(sides)
    yield from _chain(sides)


def _misplaced(sides: Sides) -> Clue | None:
    """Return why there is no directory where the preamble points, if there is none."""
    padding, first = sides.padding, sides.tiff.first
    kept = padding is not None and begins_directory(
        sides.file.read_some(padding.offset, 16)
    )
    if padding is not None and kept and first == padding.offset + _SHORT_HEADER:
        return Clue(
            State.BROKEN,
            _finding(
                sides,
                f"the preamble says that the first TIFF directory is at byte {first}, "
                f"4 too high: it begins at {padding.offset}, as its program forgot "
                "that element headers of Implicit VR have 8 bytes and not 12",
                found=str(first),
                expected=str(padding.offset),
            ),
        )
    directories, problem = sides.chain
    if directories:
        return None
    if padding is not None and kept:
        problem = (
            f"the first directory begins at byte {padding.offset}, but the preamble "
            f"says {first}"
        )
        if sides.examined.header.implicit:
            problem += (
                "; or its program took the element headers of Implicit VR, which are "
                "shorter, for those of Explicit VR"
            )
    elif first >= sides.file.size and sides.is_damaged:
        return _cut_short(sides)
    elif first >= sides.file.size:
        problem = (
            f"the first directory should be at byte {first}, behind the end of the "
            f"file at {sides.file.size}"
        )
    else:
        problem = f"the preamble points to byte {first}, where no directory begins"
    expected = "a directory" if padding is None else str(padding.offset)
    return stale(sides, problem, found=str(first), expected=expected)


def _cut_short(sides: Sides) -> Clue:
    """Return the clue that the end of the file is gone, its directories with it."""
    clause = (
        f"the file is cut short at byte {sides.file.size}, in front of the first TIFF "
        f"directory: {sides.frames.problem}"
    )
    found, expected = f"{sides.file.size} bytes", f"more than {sides.tiff.first}"
    return Clue(State.BROKEN, _finding(sides, clause, found=found, expected=expected))


def _place(sides: Sides) -> Iterator[Clue]:
    padding, first = sides.padding, sides.tiff.first
    if padding is not None and first == padding.offset:
        return
    inside = padding is not None and padding.offset < first < padding.offset + (
        padding.length or 0
    )
    where = "behind the data set"
    if inside:
        where = "inside Data Set Trailing Padding, but not at its beginning"
    elif sides.behind is None or first < sides.behind.end:
        private = sides.private_at(first)
        where = (
            f"in private attribute {tag_in_words(private.tag)}"
            if private
            else ("in front of the end of the data set")
        )
    yield Clue(
        State.VALID,
        _finding(
            sides,
            f"the first TIFF directory is at byte {first}, {where}",
            Severity.WARNING,
            found=str(first),
            expected="the first byte of Data Set Trailing Padding (FFFC,FFFC)",
        ),
    )


def _chain(sides: Sides) -> Iterator[Clue]:
    directories, problem = sides.chain
    count = len(directories)
    if problem == "loop":
        clause = (
            f"the chain of TIFF directories is a ring: directory {count - 1} is "
            f"followed by that at byte {directories[-1].following}, which was there "
            "already"
        )
        yield Clue(State.SUSPICIOUS, _finding(sides, clause, expected="an end"))
    elif problem == "too long":
        clause = f"the chain of TIFF directories does not end within {count} of them"
        yield Clue(State.SUSPICIOUS, _finding(sides, clause, expected="an end"))
    elif problem:
        clause = (
            f"TIFF directory {count} should be at byte {directories[-1].following}, "
            "where no directory can be read"
        )
        yield Clue(State.BROKEN, _finding(sides, clause))


def _finding(
    sides: Sides, clause: str, severity: Severity | None = None, **where: Any
) -> Finding:
    return DIRECTORY.finding(
        f"{sides.name}: {clause}.", severity, file=sides.path, **where
    )


_SHORT_HEADER: Final = 4  # what an explicit header of OB has more than an implicit one
