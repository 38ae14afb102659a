"""A comparison of two slides with its evidence, as a report."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from viewer.qa.compare import Comparison, compare
from viewer.qa.comparing import CompareOptions, Sameness
from viewer.qa.finding import Side, has_errors
from viewer.qa.report.evidence import EvidenceCase, Source
from viewer.qa.report.place import shown_files
from viewer.qa.report.report import Report
from viewer.qa.report.section import Section
from viewer.qa.run import Run
from viewer.slide.model import Slide


def comparison_report(
    a: Slide, b: Slide, options: CompareOptions, run: Run, given: Mapping[str, Any]
) -> Report:
    """Hash the files of two slides and compare these; blocks, any thread.

    `given` are the options as the user wrote them. Raises SlideError where nothing can
    be compared, Cancelled.
    """
    with EvidenceCase([*_sources(a, "a"), *_sources(b, "b")], run) as case:
        comparison = _with_changes(compare(a, b, options, run), case)
        evidence = case.closed(given, comparison.sampled)
    return Report(
        kind="compare",
        subject=f"{_where(a)} (A, the source) and {_where(b)} (B, the result)",
        verdict=comparison.verdict.value,
        reason=comparison.reason,
        sections=comparison.sections,
        evidence=evidence,
    )


def _sources(slide: Slide, side: Side) -> list[Source]:
    return [Source(each.path, side) for each in slide.files]


def _where(slide: Slide) -> str:
    return shown_files(each.path for each in slide.files)


def _with_changes(comparison: Comparison, case: EvidenceCase) -> Comparison:
    """Say what was written to in the meantime, which makes any proof void."""
    changes = tuple(case.changes())
    if not changes:
        return comparison
    section = Section("evidence", "Files while they were compared", findings=changes)
    comparison = replace(comparison, sections=(*comparison.sections, section))
    if not has_errors(changes) or comparison.verdict is Sameness.DIFFERENT:
        return comparison
    return replace(comparison, verdict=Sameness.DIFFERENT, reason=changes[0].message)
