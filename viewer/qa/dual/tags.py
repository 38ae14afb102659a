"""Whether the tags of the TIFF side say what the attributes say."""

from collections.abc import Iterator, Sequence
from typing import Final

from viewer.formats.tiff_directory import TiffDirectory
from viewer.qa.dual.clue import Clue, State
from viewer.qa.dual.shared_fact import SharedFact
from viewer.qa.dual.sides import Sides
from viewer.qa.finding import Rule, Severity
from viewer.qa.report.section import Table

TAGS: Final = Rule(
    "DU2",
    Severity.WARNING,
    "TIFF tags say what the attributes say",
    "Size, color and scale of the picture depend on which side a program reads.",
    "PS3.3 C.7.6.3; TIFF 6.0",
    "openslide#772",
    30,
)


def tag_clues(sides: Sides, facts: Sequence[SharedFact]) -> Iterator[Clue]:
    """Yield the facts that differ, and pages that differ from the first."""
    for fact in facts:
        if fact.severity is not None:
            yield _differing(sides, fact, fact.severity)
    pages = [page.directory for page in sides.frame_pages]
    for number, page in enumerate(pages[1:], 1):
        tag = _unlike(pages[0], page)
        if tag is not None:
            yield Clue(
                State.BROKEN,
                TAGS.finding(
                    f"{sides.name}: TIFF directory {number} says {page.number(tag)} in "
                    f"tag {tag}, expected {pages[0].number(tag)} as in the first: all "
                    "frames of a file are of one kind.",
                    Severity.ERROR,
                    file=sides.path,
                    tag=f"TIFF {tag}",
                    found=str(page.number(tag)),
                    expected=str(pages[0].number(tag)),
                ),
            )
            return


def fact_table(facts: Sequence[SharedFact]) -> Table:
    """Return the facts side by side."""
    rows = tuple(
        (each.name, each.tiff, each.dicom, "same" if each.agrees else "differs")
        for each in facts
    )
    return Table("TIFF and DICOM", ("Fact", "TIFF", "DICOM", "Agreement"), rows)


def _differing(sides: Sides, fact: SharedFact, severity: Severity) -> Clue:
    remark = f"; {fact.remark}" if fact.remark else ""
    return Clue(
        State.BROKEN if severity is Severity.ERROR else State.VALID,
        TAGS.finding(
            f"{sides.name}: {fact.name} is {fact.tiff} on the TIFF side and "
            f"{fact.dicom} on the DICOM side{remark}.",
            severity,
            file=sides.path,
            tag=fact.tag,
            found=fact.tiff,
            expected=fact.dicom,
        ),
    )


def _unlike(first: TiffDirectory, page: TiffDirectory) -> int | None:
    return next((tag for tag in _SAME if page.number(tag) != first.number(tag)), None)


_SAME: Final = (256, 257, 259, 262, 277, 284, 322, 323)
"""Sizes, compression, color, samples and tiles: what frames of one file share."""
