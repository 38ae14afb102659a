"""Check-ups of the slides in files and folders with their evidence, as one report."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from viewer.formats.dicom.examination import is_dicom_file
from viewer.qa.checkup.runner import Verdict, checkup_of, files_of, subjects
from viewer.qa.checkup.sampled import SAMPLE
from viewer.qa.checkup.subject import Subject
from viewer.qa.conformance import conformance
from viewer.qa.finding import has_errors
from viewer.qa.report.evidence import EvidenceCase, Source
from viewer.qa.report.place import shown_files
from viewer.qa.report.report import Evidence, Report
from viewer.qa.report.section import Section, Table
from viewer.qa.run import Run


def checkup_report(
    paths: Sequence[Path],
    run: Run,
    given: Mapping[str, Any],
    *,
    all_frames: bool = False,
    only: int | None = None,
    dciodvfy: str | None = None,
) -> Report:
    """Look over every slide in files and folders, or the `only`-th; blocks, any thread.

    `given` are the options as the user wrote them, `dciodvfy` is the path of that
    program if it shall look too. Several slides are members of one report. Raises
    SlideError where there is neither a slide nor a DICOM file, Cancelled.
    """
    found = [
        _report(subject, run, given, dciodvfy)
        for subject in subjects(paths, run, all_frames=all_frames, only=only)
    ]
    return found[0] if len(found) == 1 else _joined(paths, found)


def _report(
    subject: Subject, run: Run, given: Mapping[str, Any], dciodvfy: str | None
) -> Report:
    files = files_of(subject)
    with EvidenceCase([Source(path) for path in files], run) as case:
        checkup = checkup_of(subject)
        sections = list(checkup.sections)
        dicom = [path for path in files if dciodvfy and is_dicom_file(path)]
        if dciodvfy and dicom:
            sections.append(conformance(dicom, run, dciodvfy))
        changes = tuple(case.changes())
        evidence = case.closed(given, _sampled(subject))
    verdict, reason = checkup.verdict, checkup.reason
    if changes:
        sections.append(Section("evidence", "Files while they were looked at", changes))
        if has_errors(changes) and verdict is not Verdict.ERRORS:
            verdict, reason = Verdict.ERRORS, changes[0].message
    return Report(
        kind="check",
        subject=shown_files(files),
        verdict=verdict.value,
        reason=reason,
        sections=tuple(sections),
        evidence=evidence,
    )


def _sampled(subject: Subject) -> str:
    if subject.all_frames:
        return "Every frame was decoded."
    return f"Up to {SAMPLE} frames of each file were decoded, spread over it."


_WORST_FIRST: Final = tuple(each.value for each in Verdict)


def _joined(paths: Sequence[Path], found: Sequence[Report]) -> Report:
    """Sum up the reports of several slides, which keep their sections."""
    counts = Counter(each.verdict for each in found)
    verdict = next(each for each in _WORST_FIRST if counts[each])
    counted = ", ".join(
        f"{counts[each]} {each}" for each in _WORST_FIRST if counts[each]
    )
    rows = tuple((each.subject, each.verdict, each.reason) for each in found)
    return Report(
        kind="check",
        subject=", ".join(map(str, paths)),
        verdict=verdict,
        reason=f"{len(found)} slides: {counted}.",
        sections=(
            Section(
                name="slides",
                title="Slides",
                facts={"slides": len(found)},
                tables=(Table("Slides", ("slide", "verdict", "reason"), rows),),
            ),
        ),
        evidence=_evidence(found),
        members=tuple(found),
    )


def _evidence(found: Sequence[Report]) -> Evidence | None:
    each = [report.evidence for report in found if report.evidence is not None]
    if not each:
        return None
    return replace(
        each[0],
        files=tuple(dict.fromkeys(file for one in each for file in one.files)),
        seconds=round(sum(one.seconds for one in each), 3),
    )
