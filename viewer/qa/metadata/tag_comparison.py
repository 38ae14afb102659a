"""Attribute by attribute: two slides of one format, instances paired by role."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from viewer.qa.comparing import Comparing
from viewer.qa.finding import Finding, Severity
from viewer.qa.metadata.differences import TagDifference, tag_differences
from viewer.qa.metadata.properties import QA24
from viewer.qa.report.section import Section, Table
from viewer.qa.sides import called, capital, counted


class Instances(NamedTuple):
    """A file of each slide that hold the same: "level 0", "label"."""

    role: str
    a: Path
    b: Path


def compare_tags(comparing: Comparing) -> Section:
    """Compare the attributes of what belongs together; raises SlideError, Cancelled."""
    found: list[tuple[str, TagDifference]] = []
    pairs = paired_instances(comparing)
    for done, each in enumerate(pairs):
        comparing.run.report("Comparing attributes", done, len(pairs))
        ours, theirs = comparing.a.metadata(each.a), comparing.b.metadata(each.b)
        found += [(each.role, one) for one in tag_differences(ours, theirs)]
    rows = _rows_by_value(found)
    unexpected = [row for row in rows if not row.difference.expected]
    expected = [row for row in rows if row.difference.expected]
    return Section(
        "metadata",
        "Metadata",
        findings=tuple(_findings(comparing, unexpected)),
        lines=(_line(pairs, unexpected, expected),),
        facts={
            "instances": [each.role for each in pairs],
            "unexpected": len(unexpected),
            "expected": len(expected),
        },
        tables=tuple(
            _table(title, some)
            for title, some in (
                ("Unexpected differences", unexpected),
                ("Expected to differ", expected),
            )
            if some
        ),
    )


def paired_instances(comparing: Comparing) -> list[Instances]:
    """Return files by what they hold, each pair once; the finest level comes first."""
    a, b = comparing.a, comparing.b
    candidates = [
        (f"level {pair.a}", a.levels[pair.a].file, b.levels[pair.b].file)
        for pair in comparing.pairing.levels
    ]
    candidates += [
        (role, a.associated[role].file, b.associated[role].file)
        for role in comparing.pairing.associated
    ]
    found: dict[tuple[Path, Path], Instances] = {}
    for role, ours, theirs in candidates:
        one = ours or a.files[0].path
        other = theirs or b.files[0].path
        found.setdefault((one, other), Instances(role, one, other))
    if len(found) == len(a.files) == len(b.files) == 1:
        return [each._replace(role="the file") for each in found.values()]
    return list(found.values())


class _Row(NamedTuple):
    """A difference, with all the instances that have it alike."""

    roles: tuple[str, ...]
    difference: TagDifference


def _rows_by_value(found: Sequence[tuple[str, TagDifference]]) -> list[_Row]:
    rows: dict[TagDifference, list[str]] = {}
    for role, difference in found:
        rows.setdefault(difference, []).append(role)
    return [_Row(tuple(roles), difference) for difference, roles in rows.items()]


_MOST_ROWS: Final = 2000
_MOST_NAMES: Final = 8


def _table(title: str, rows: Sequence[_Row]) -> Table:
    shown = rows[:_MOST_ROWS]
    return Table(
        title if len(rows) <= _MOST_ROWS else f"{title} (the first {_MOST_ROWS})",
        ("Attribute", "Source", "Result", "In"),
        tuple(
            (
                each.difference.path,
                "missing" if each.difference.a is None else each.difference.a,
                "missing" if each.difference.b is None else each.difference.b,
                ", ".join(each.roles),
            )
            for each in shown
        ),
        frozenset(
            number for number, each in enumerate(shown) if each.difference.private
        ),
    )


def _line(
    pairs: Sequence[Instances], unexpected: Sequence[_Row], expected: Sequence[_Row]
) -> str:
    compared = counted(len(pairs), "pair")
    if not unexpected and not expected:
        return f"All attributes of {compared} of files are the same."
    first = counted(len(unexpected), "unexpected difference")
    return f"{compared} of files: {first}, {len(expected)} that were to be expected."


def _findings(comparing: Comparing, rows: Sequence[_Row]) -> Iterator[Finding]:
    """Yield one finding a kind; attributes are named, values are not."""
    a, b = called(comparing.a, "a"), called(comparing.b, "b")
    changed = [row for row in rows if None not in (row.difference.a, row.difference.b)]
    kinds = (
        (Severity.WARNING, f"of {a} not in {b}", _only(rows, lacking="b")),
        (Severity.WARNING, f"of {b} with another value than in {a}", changed),
        (Severity.NOTE, f"of {b} not in {a}", _only(rows, lacking="a")),
    )
    for severity, words, some in kinds:
        if not some:
            continue
        paths = dict.fromkeys(row.difference.path for row in some)
        names = ", ".join(list(paths)[:_MOST_NAMES])
        names += ", ..." if len(paths) > _MOST_NAMES else ""
        yield QA24.finding(
            f"{capital(counted(len(paths), 'attribute'))} {words}: {names}.",
            severity,
            side="a" if severity is Severity.WARNING and some is not changed else "b",
            tag=next(iter(paths)),
        )


def _only(rows: Sequence[_Row], lacking: str) -> list[_Row]:
    return [row for row in rows if getattr(row.difference, lacking) is None]
