"""Registration: whether the contents of the result lie where those of the source do."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, Final

from viewer.qa.comparing import Comparing
from viewer.qa.finding import Finding, Severity
from viewer.qa.geometry.place import QA16
from viewer.qa.glass.overview import overview_mismatch
from viewer.qa.registration.displacement import Blank, Displacement, Unlike, direction
from viewer.qa.registration.displacement import in_micrometers as micrometers
from viewer.qa.registration.layer_order import misplaced_layers
from viewer.qa.registration.level_alignment import (
    LevelShift,
    Outcome,
    level_shifts,
    misalignments,
)
from viewer.qa.registration.orientation import Orientation, Way, orientation
from viewer.qa.registration.pair_alignment import (
    PairShift,
    Seen,
    about_pair,
    pair_shift,
)
from viewer.qa.registration.patches import Layer
from viewer.qa.report.section import Section, Table
from viewer.qa.sides import called, capital
from viewer.slide.model import Slide


def compare_registration(comparing: Comparing) -> Section:
    """Measure shift, orientation and the levels of the result; blocks, any thread.

    Only small regions are read, at nine places a level at most. Raises Cancelled.
    """
    seen = Seen.of(comparing)
    way = orientation(seen.a, seen.b)
    findings = list(_about_orientation(comparing, way))
    pairs: list[PairShift] = []
    if not findings:
        findings += misplaced_layers(comparing, seen.a)
        pairs = [pair_shift(comparing, each, seen) for each in comparing.pairing.levels]
    for each in pairs:
        findings += about_pair(comparing, each)
    levels = level_shifts(comparing.b, seen.b_layer, comparing.run)
    findings += _about_levels(comparing, levels, seen.a_layer)
    findings += overview_mismatch(comparing.b, called(comparing.b, "b"), seen.b, "b")
    return Section(
        name="registration",
        title="Registration",
        findings=tuple(findings),
        lines=tuple(_lines(way, pairs, levels)),
        facts={
            "orientation": _way_facts(way),
            "levels": [
                {"level": each.pair.b, **_facts(each.outcome)} for each in pairs
            ],
            "result_levels": [
                {"level": each.level, "against": each.finer, **_facts(each.outcome)}
                for each in levels
            ],
        },
        tables=tuple(_tables(comparing, pairs, levels)),
    )


_LIKE: Final = 0.75  # one slide in two files reaches 0.97, two slides 0.5
_MARGIN: Final = 0.1


def _about_orientation(
    comparing: Comparing, found: Orientation | None
) -> Iterator[Finding]:
    if found is None or found.way is Way.SAME or found.likeness < _LIKE:
        return
    if found.likeness - found.declared < _MARGIN:
        return
    yield QA16.finding(
        f"{capital(called(comparing.b, 'b'))} shows {called(comparing.a, 'a')} "
        f"{found.way.value}: the two correlate by {found.likeness:.2f} then, and by "
        f"{found.declared:.2f} as they are; expected it {Way.SAME.value}.",
        side="b",
        level=0,
        found=found.way.value,
        expected=Way.SAME.value,
    )


def _about_levels(
    comparing: Comparing, levels: Sequence[LevelShift], a_layer: Layer
) -> list[Finding]:
    """Look at the levels of the result; what the source has too is not its error."""
    found = list(misalignments(comparing.b, levels, called(comparing.b, "b"), "b"))
    if not found:
        return []
    source = called(comparing.a, "a")
    ours = level_shifts(comparing.a, a_layer, comparing.run)
    known = {each.level for each in misalignments(comparing.a, ours, source, "a")}
    pairs = {pair.b: pair.a for pair in comparing.pairing.levels}
    return [
        replace(
            each,
            severity=Severity.WARNING,
            message=f"{each.message} It is so in {source} too.",
        )
        if each.level is not None and pairs.get(each.level) in known
        else each
        for each in found
    ]


def _lines(
    way: Orientation | None, pairs: Sequence[PairShift], levels: Sequence[LevelShift]
) -> Iterator[str]:
    if way is None:
        yield "The orientation cannot be told, since a slide is blank."
    elif way.likeness < _LIKE:
        yield (
            "The orientation cannot be told: the two slides correlate by "
            f"{way.likeness:.2f} at best, whichever way they are turned."
        )
    else:
        yield (
            f"Of 8 ways to turn and mirror it, the result fits the source best "
            f"{way.way.value} (correlation {way.likeness:.2f})."
        )
    yield from _summary(
        [each.outcome for each in pairs],
        "the result lies where the source does",
        "against the source",
    )
    yield from _summary(
        [each.outcome for each in levels],
        "the levels of the result lie over each other",
        "of the result against the next finer ones",
    )


def _summary(outcomes: Sequence[Outcome], good: str, whose: str) -> Iterator[str]:
    measured = [each for each in outcomes if isinstance(each, Displacement)]
    if measured:
        farthest = max(measured, key=lambda each: each.length)
        places = sum(each.measured for each in measured)
        yield (
            f"By phase correlation at {places} places, {good} to "
            f"{max(farthest.length, 0.1):.1f} px."
        )
    blank = sum(isinstance(each, Blank) for each in outcomes)
    if blank:
        yield (
            f"{blank} of {len(outcomes)} levels {whose} could not be measured: there "
            "is nothing to see, or nothing that can be read."
        )


def _way_facts(way: Orientation | None) -> dict[str, Any] | None:
    if way is None:
        return None
    return {
        "way": way.way.value,
        "correlation": round(way.likeness, 3),
        "margin": round(way.margin, 3),
        "as_it_is": round(way.declared, 3),
    }


def _facts(outcome: Outcome) -> dict[str, Any]:
    if isinstance(outcome, Displacement):
        return {
            "x": round(outcome.x, 2),
            "y": round(outcome.y, 2),
            "spread": round(outcome.spread, 2),
            "correlation": round(outcome.likeness, 3),
            "places": outcome.measured,
            "outliers": outcome.outliers,
        }
    if isinstance(outcome, Unlike):
        return {"correlation": round(outcome.likeness, 3), "places": outcome.looked}
    return {"places": 0}


_COLUMNS: Final = ("level", "shift", "distance", "spread", "correlation", "places")


def _tables(
    comparing: Comparing, pairs: Sequence[PairShift], levels: Sequence[LevelShift]
) -> Iterator[Table]:
    if pairs:
        rows = [
            (str(each.pair.b), *_cells(comparing.a, each.pair.a, each.outcome))
            for each in pairs
        ]
        yield Table("Shift of the result against the source", _COLUMNS, tuple(rows))
    if levels:
        rows = [
            (
                f"{each.level} against {each.finer}",
                *_cells(comparing.b, each.level, each.outcome),
            )
            for each in levels
        ]
        yield Table("Levels of the result against each other", _COLUMNS, tuple(rows))


def _cells(slide: Slide, level: int, outcome: Outcome) -> tuple[str, ...]:
    if isinstance(outcome, Blank):
        return ("nothing to measure", "", "", "", str(outcome.looked))
    if isinstance(outcome, Unlike):
        likeness = f"{outcome.likeness:.2f}"
        return ("not the same contents", "", "", likeness, str(outcome.looked))
    return (
        direction(outcome.x, outcome.y),
        micrometers(slide, level, outcome.length),
        f"{outcome.spread:.2f} px",
        f"{outcome.likeness:.3f}",
        f"{outcome.measured} of {outcome.looked}",
    )
