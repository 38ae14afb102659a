"""the scale of the source against that of the result: micrometers a pixel, and lens."""

from collections.abc import Iterator
from typing import Final, NamedTuple

from viewer.qa.checkup.scale import POWER, SC4, SC5, SPACING
from viewer.qa.comparing import Comparing
from viewer.qa.finding import Finding, Rule, Severity
from viewer.qa.metadata.stated import Stated
from viewer.qa.sides import called, capital
from viewer.slide.geometry import Spacing
from viewer.slide.model import Slide, stored_levels
from viewer.slide.scale import MOST_APART, slip_of_units

QA14: Final = Rule(
    "QA14",
    Severity.ERROR,
    "the scale of the source is that of the result",
    "Every length, area and magnification that is read off the result follows from it.",
    clause="PS3.3 C.7.6.16.2.1",
    evidence="wsidicomizer#127",
    number=14,
)


class Part(NamedTuple):
    """Rows of the table side by side, and findings, about one matter."""

    rows: tuple[tuple[str, str, str, str], ...]
    findings: tuple[Finding, ...]


def compare_scale(comparing: Comparing, a: Stated, b: Stated) -> Part:
    """Compare micrometers a pixel of the finest pair, then what B's levels say.

    Where the result's finest level is a coarser one of the source, its scale is that
    of this level.
    """
    ours, theirs = _finest(comparing, a, b)
    verdict, findings = _judged(comparing, ours, theirs)
    rows = [("Micrometers a pixel", _um(ours), _um(theirs), verdict)]
    for number, found, due in _off_levels(comparing.b, b):
        rows.append(
            (
                f"Micrometers a pixel, level {number} of the result",
                f"{due.x * 1000:.6g} by its size",
                _um(found),
                "differs",
            )
        )
    return Part(tuple(rows), (*findings, *_level_findings(comparing, a, b)))


def compare_objective(comparing: Comparing) -> Part:
    """Compare the magnifications of the lenses; one may be told and the other not."""
    ours, theirs = comparing.a.objective_power, comparing.b.objective_power
    a, b = called(comparing.a, "a"), called(comparing.b, "b")
    found: tuple[Severity, str] | None = None
    if ours is None and theirs is None:
        verdict = "not told"
    elif ours is None:
        verdict = "added"
        sentence = f"{capital(b)} names an objective of {_x(theirs)}, {a} names none."
        found = Severity.NOTE, sentence
    elif theirs is None:
        verdict = "lost"
        sentence = f"The objective of {a}, {_x(ours)}, is not named in {b}."
        found = Severity.WARNING, sentence
    elif _near(theirs, ours):
        verdict = "same"
    else:
        verdict = "differs"
        sentence = (
            f"The objective of {b} is {_x(theirs)}, expected {_x(ours)} as in {a}."
        )
        found = Severity.ERROR, sentence
    row = ("Objective", _x(ours), _x(theirs), verdict)
    if found is None:
        return Part((row,), ())
    finding = SC4.finding(
        found[1],
        found[0],
        side="b",
        level=0,
        tag=POWER,
        found=_x(theirs),
        expected=_x(ours),
    )
    return Part((row,), (finding,))


def _finest(
    comparing: Comparing, a: Stated, b: Stated
) -> tuple[Spacing | None, Spacing | None]:
    """Return the spacings of the finest pair, by those of the finest levels."""
    if not comparing.pairing.levels:
        return None, None
    first = comparing.pairing.levels[0]
    return (
        _spacing_at(comparing.a, a, first.a),
        _spacing_at(comparing.b, b, first.b),
    )


def _spacing_at(slide: Slide, said: Stated, level: int) -> Spacing | None:
    base = stored_levels(slide)[0]
    spacing = said.spacings.get(base)
    if spacing is None:
        return said.spacings.get(level)
    downsample = slide.levels[level].downsample
    return Spacing(spacing.x * downsample.x, spacing.y * downsample.y)


def _judged(
    comparing: Comparing, ours: Spacing | None, theirs: Spacing | None
) -> tuple[str, list[Finding]]:
    """Return the verdict's word and what there is to say."""
    a, b = called(comparing.a, "a"), called(comparing.b, "b")
    severity = Severity.ERROR
    if ours is None or theirs is None:
        if ours is None and theirs is None:
            return "not told", []
        verdict = "lost" if theirs is None else "added"
        sentence = f"{capital(b)} says nothing of its scale, {a} {_um(ours)} um a pixel"
        if ours is None:
            severity = Severity.WARNING
            sentence = (
                f"{capital(b)} says {_um(theirs)} um a pixel, {a} says nothing of it: "
                "nobody knows where it is from"
            )
    else:
        apart = max(abs(theirs.x / ours.x - 1), abs(theirs.y / ours.y - 1))
        if apart <= MOST_APART:
            return "same" if apart <= _ROUNDED else "converted", []
        verdict = "differs"
        sentence = (
            f"A pixel of {b} is {_um(theirs)} um{_doubt(comparing.b)}, expected "
            f"{_um(ours)} um as in {a}: "
            f"{_cause(ours, theirs)}"
        )
    finding = QA14.finding(
        f"{sentence}.",
        severity,
        side="b",
        level=0,
        tag=SPACING,
        found=_um(theirs),
        expected=_um(ours),
    )
    return verdict, [finding]


def _cause(ours: Spacing, theirs: Spacing) -> str:
    """Name the slip that leads from one scale to the other."""
    x, y = theirs.x / ours.x, theirs.y / ours.y
    if _near(theirs.x, ours.y) and _near(theirs.y, ours.x):
        return "x and y are swapped"
    if not _near(x, y):
        return f"x is {_times(x)} and y {_times(y)}"
    return slip_of_units(theirs.x, ours.x) or f"it is {_times(x)}"


def _times(ratio: float) -> str:
    """Return "10 times too large", rounded where it is a round number nearly."""
    if _near(ratio, 1):
        return "right"
    large = ratio > 1
    factor = ratio if large else 1 / ratio
    if abs(factor / round(factor) - 1) <= MOST_APART:
        factor = round(factor)
    return f"{factor:.4g} times too {'large' if large else 'small'}"


_ROUNDED: Final = 1e-6
_DOUBTED: Final = {
    "spacing-stand-in": " (from a size that converters write where they know none)",
    "spacing-range": " (no microscope has such)",
    "spacing-axes": " (the imaged volume says otherwise)",
}


def _doubt(slide: Slide) -> str:
    """Return a clause where the viewer does not believe the result either."""
    codes = {each.code for each in slide.warnings}
    return next((words for code, words in _DOUBTED.items() if code in codes), "")


def _off_levels(slide: Slide, said: Stated) -> list[tuple[int, Spacing, Spacing]]:
    """Return levels whose own scale is not that of their size: number, found, due."""
    base = said.spacings.get(stored_levels(slide)[0])
    found: list[tuple[int, Spacing, Spacing]] = []
    for number, spacing in said.spacings.items():
        level = slide.levels[number]
        if base is None or number == stored_levels(slide)[0]:
            continue
        due = Spacing(base.x * level.downsample.x, base.y * level.downsample.y)
        slack = 2 * MOST_APART + 1 / min(level.size)
        if max(abs(spacing.x / due.x - 1), abs(spacing.y / due.y - 1)) > slack:
            found.append((number, spacing, due))
    return found


def _level_findings(comparing: Comparing, a: Stated, b: Stated) -> Iterator[Finding]:
    off = _off_levels(comparing.b, b)
    base = b.spacings.get(stored_levels(comparing.b)[0])
    name = called(comparing.b, "b")
    if len(off) > 1 and all(found == base for _, found, _ in off):
        number, found, due = off[0]
        yield SC5.finding(
            f"All levels of {name} have the Pixel Spacing of the finest, {_um(found)} "
            f"um; by its size level {number} has {_um(due)} um.",
            _severity(comparing, a, off[0]),
            side="b",
            level=number,
            tag=SPACING,
            found=_um(found),
            expected=_um(due),
        )
        return
    for each in off:
        number, found, due = each
        repeated = ", which is that of the finest level" if found == base else ""
        yield SC5.finding(
            f"Level {number} of {name} says {_um(found)} um a pixel{repeated}, "
            f"expected {_um(due)} um by its size: {_cause(due, found)}.",
            _severity(comparing, a, each),
            side="b",
            file=comparing.b.levels[number].file,
            level=number,
            tag=SPACING,
            found=_um(found),
            expected=_um(due),
        )


def _severity(
    comparing: Comparing, a: Stated, off: tuple[int, Spacing, Spacing]
) -> Severity:
    """Return a note for what the source says just as wrongly."""
    number, found, _ = off
    partner = next(
        (pair.a for pair in comparing.pairing.levels if pair.b == number), None
    )
    kept = partner is not None and a.spacings.get(partner) == found
    return Severity.NOTE if kept else Severity.ERROR


def _near(one: float, other: float) -> bool:
    return abs(one / other - 1) <= MOST_APART


def _x(power: float | None) -> str:
    return "" if power is None else f"{power:g}x"


def _um(spacing: Spacing | None) -> str:
    if spacing is None:
        return ""
    x, y = spacing.x * 1000, spacing.y * 1000
    return f"{x:.6g}" if abs(x / y - 1) < 1e-6 else f"{x:.6g} x {y:.6g}"
