"""`coverslip compare --batch`: all slides of two folders, pair by pair."""

from argparse import Namespace
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, Final

from viewer.commands.progress import Progress, shown_progress
from viewer.formats import OpenOptions
from viewer.qa.batch import Match, Matches, list_slides, match_slides
from viewer.qa.comparing import CompareOptions, Sameness
from viewer.qa.comparison_report import comparison_report
from viewer.qa.finding import Rule, Severity, has_errors
from viewer.qa.report.evidence import EvidenceCase
from viewer.qa.report.report import Report
from viewer.qa.report.section import Section, Table
from viewer.qa.run import Run
from viewer.slide.errors import Cancelled, SlideError

UNCOMPARED: Final = Rule(
    "BA3",
    Severity.ERROR,
    "Every pair can be compared",
    "What could not be compared may be different.",
)
NOT_COMPARED: Final = "could not compare"
"""The verdict over a pair of which one could not be opened, or has no level alike."""


def compared_folders(
    arguments: Namespace, options: CompareOptions, given: Mapping[str, Any]
) -> Report:
    """Compare all slides of two folders; a pair that cannot be is told, not raised.

    Raises SlideError where a folder is none, or both hold no slide.
    """
    a, b = Path(arguments.a), Path(arguments.b)
    for path in (a, b):
        if not path.is_dir():
            raise SlideError(f"{path} is no folder, which --batch expects.")
    with shown_progress() as progress:
        batch = _Batch(arguments, options, given, progress)
        case = EvidenceCase((), batch.run("Files"))
        matches = batch.matched(a, b)
        reports = [
            batch.compared(match, f"{number} of {len(matches.pairs)}")
            for number, match in enumerate(matches.pairs, start=1)
        ]
    sections = (_summary(matches, reports),)
    return Report(
        kind="compare",
        subject=f"The slides of {a} (A, the sources) and {b} (B, the results)",
        verdict=_verdict(matches, reports),
        reason=_reason(matches, reports),
        sections=sections,
        evidence=case.closed(given, "See each pair."),
        members=tuple(reports),
    )


class _Batch:
    """Compares one pair after the other; at most one is open."""

    def __init__(
        self,
        arguments: Namespace,
        options: CompareOptions,
        given: Mapping[str, Any],
        progress: Progress | None,
    ) -> None:
        self._arguments = arguments
        self._options = options
        self._given = given
        self._progress = progress
        self._keeps_pictures = arguments.html is not None

    def matched(self, a: Path, b: Path) -> Matches:
        """List both folders and pair what they hold."""
        side_a = list_slides(a, self._opening("a", "Listing A"))
        side_b = list_slides(b, self._opening("b", "Listing B"))
        if not side_a.slides and not side_b.slides:
            raise SlideError(f"Neither {a} nor {b} holds a slide.")
        return match_slides(side_a, side_b)

    def compared(self, match: Match, which: str) -> Report:
        """Compare a pair; what stops it becomes its verdict."""
        subject = f"{match.a.title} and {match.b.title}"
        try:
            with (
                match.a.opened(self._opening("a", f"Pair {which}, opening")) as a,
                match.b.opened(self._opening("b", f"Pair {which}, opening")) as b,
            ):
                run = self.run(f"Pair {which}")
                report = comparison_report(a, b, self._options, run, self._given)
        except Cancelled:
            raise
        except (SlideError, OSError) as error:
            return _uncompared(match, subject, error)
        if self._keeps_pictures and report.verdict not in _PROVEN:
            return report
        sections = tuple(replace(each, pictures=()) for each in report.sections)
        return replace(report, sections=sections)  # hundreds of pictures are no proof

    def run(self, what: str) -> Run:
        """Return a run that says which pair it is about."""
        progress = self._progress
        if progress is None:
            return Run()

        def show(part: str, done: int, total: int) -> None:
            progress.show(f"{what}, {part[:1].lower()}{part[1:]}", done, total)

        return Run(show)

    def _opening(self, side: str, what: str) -> OpenOptions:
        personality = getattr(self._arguments, f"personality_{side}")
        if self._progress is None:
            return OpenOptions(personality=personality)
        return OpenOptions(partial(self._progress.show, what), personality=personality)


def _uncompared(match: Match, subject: str, error: Exception) -> Report:
    finding = UNCOMPARED.finding(
        f"{subject} could not be compared: {error}", file=match.b.paths[0]
    )
    section = Section("pairs", "Pairs", findings=(finding,))
    return Report("compare", subject, NOT_COMPARED, str(error), (section,), None)


_PROVEN: Final = {Sameness.BITS.value, Sameness.PIXELS.value}

_WORST_FIRST: Final = (
    Sameness.DIFFERENT.value,
    Sameness.TOLERATED.value,
    Sameness.PIXELS.value,
    Sameness.BITS.value,
)


def _verdict(matches: Matches, reports: Sequence[Report]) -> str:
    """Return the weakest verdict of all; no proof of one pair is a difference."""
    verdicts = {report.verdict for report in reports}
    if has_errors(matches.findings) or not verdicts or NOT_COMPARED in verdicts:
        return Sameness.DIFFERENT.value
    return next(each for each in _WORST_FIRST if each in verdicts)


def _reason(matches: Matches, reports: Sequence[Report]) -> str:
    counts = Counter(report.verdict for report in reports)
    words = ", ".join(
        f"{counts[each]} {each}"
        for each in (*_WORST_FIRST, NOT_COMPARED)
        if counts[each]
    )
    alone = sum(each.rule.id == "BA1" for each in matches.findings)
    lonely = f"; {alone} without a partner" if alone else ""
    pairs = "1 pair" if len(reports) == 1 else f"{len(reports)} pairs"
    return f"{pairs}{': ' + words if words else ''}{lonely}."


def _summary(matches: Matches, reports: Sequence[Report]) -> Section:
    rows = tuple(
        (match.a.title, match.b.title, report.verdict, report.reason)
        for match, report in zip(matches.pairs, reports, strict=True)
    )
    table = Table("Slides of both folders", ("A", "B", "verdict", "reason"), rows)
    return Section(
        name="pairs",
        title="Pairs",
        findings=matches.findings,
        facts={"pairs": len(rows)},
        tables=(table,),
    )
