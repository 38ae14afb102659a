"""What the source says beside what the result says, and what became of it."""

from typing import Final

from viewer.qa.comparing import Comparing
from viewer.qa.metadata.lossy_comparison import about_compression
from viewer.qa.metadata.properties import (
    Property,
    Verdict,
    about_properties,
    about_unmapped,
    compare_properties,
    unmapped,
)
from viewer.qa.metadata.right_source import (
    Clue,
    about_source,
    clues,
    source_line,
)
from viewer.qa.metadata.statements import Statements, statements_of
from viewer.qa.metadata.tag_comparison import compare_tags
from viewer.qa.report.section import Section, Table
from viewer.qa.sides import called
from viewer.slide.model import Slide


def compare_metadata(comparing: Comparing) -> Section:
    """Compare what two slides say of themselves.

    Slides of one kind are compared attribute by attribute, others thing by thing.
    Raises SlideError where the attributes cannot be read any more, Cancelled.
    """
    a, b = statements_of(comparing.a), statements_of(comparing.b)
    if _kind(comparing.a, a) == _kind(comparing.b, b):
        return compare_tags(comparing)
    ours, theirs = called(comparing.a, "a"), called(comparing.b, "b")
    found = compare_properties(a, b)
    told = clues(comparing, a, b, found)
    others = unmapped(a, b)
    told_at = (b.text(key) for key in _CONVERTED_AT)
    converted = "".join(next((each for each in told_at if each), "").split())
    return Section(
        "metadata",
        "Metadata",
        findings=(
            *about_source(comparing, told),
            *about_properties(found, ours, theirs, converted),
            *about_compression(comparing, a, b),
            *about_unmapped(others, ours, theirs),
        ),
        lines=(source_line(told), _counted(found)),
        facts={
            "right_source": [
                {"clue": each.name, "verdict": each.verdict} for each in told
            ],
            "properties": [
                {"name": each.name, "a": each.a_key, "b": each.b_key}
                | {"verdict": each.verdict.value}
                for each in (*found, *others)
            ],
        },
        tables=tuple(
            table
            for table in (_of_clues(told), _of_properties(found), _of_others(others))
            if table.rows
        ),
    )


def _kind(slide: Slide, said: Statements) -> tuple[str, str]:
    """Return the format, and of others than DICOM by whose names it says things."""
    return slide.format, next(iter(said.vendor), "").partition(".")[0]


_CONVERTED_AT: Final = (
    "InstanceCreationDate+InstanceCreationTime",
    "ContributingEquipmentSequence[0].ContributionDateTime",
    "ContentDate+ContentTime",
)
_SIDES: Final = ("Source", "Result", "Verdict")
_LONGEST: Final = 120
_MOST_ROWS: Final = 500


def _counted(found: tuple[Property, ...]) -> str:
    verdicts = [each.verdict for each in found]
    words = [
        f"{verdicts.count(each)} {each.value}" for each in Verdict if each in verdicts
    ]
    return f"Of {len(found)} properties: {', '.join(words)}."


def _of_clues(told: tuple[Clue, ...]) -> Table:
    return Table(
        "Was it made from this source?",
        ("Clue", *_SIDES),
        tuple((each.name, each.source, each.result, each.verdict) for each in told),
        frozenset(number for number, each in enumerate(told) if each.private),
    )


def _of_properties(found: tuple[Property, ...]) -> Table:
    return Table(
        "Properties",
        ("Property", *_SIDES),
        tuple(
            (
                each.name,
                _with_key(each.a_key, each.a),
                _with_key(each.b_key, each.b),
                each.verdict.value,
            )
            for each in found
        ),
        frozenset(number for number, each in enumerate(found) if each.private),
    )


def _of_others(others: tuple[Property, ...]) -> Table:
    """Return the table of what has no attribute; any of it may name a person."""
    shown = others[:_MOST_ROWS]
    more = (
        f" (the first {_MOST_ROWS} of {len(others)})"
        if len(others) > len(shown)
        else ""
    )
    return Table(
        f"Properties of the source that DICOM has no attribute for{more}",
        ("Property", *_SIDES),
        tuple(
            (
                each.a_key,
                _short(each.a),
                _with_key(each.b_key, each.b),
                each.verdict.value,
            )
            for each in shown
        ),
        frozenset(number for number, each in enumerate(shown) if each.private),
    )


def _with_key(key: str, text: str) -> str:
    """Return a text behind the last part of the way to it."""
    first = key.partition("+")[0]
    if not key or first.startswith("slide."):
        return _short(text)
    name = first.rpartition("].")[2] if first[:1].isupper() else first
    return f"{name}: {_short(text)}"


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 3]}..."
