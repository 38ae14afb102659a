"""The states of one file or of many, as one report."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from viewer.formats import shown_path
from viewer.qa.dual.clue import State
from viewer.qa.dual.state import DualState, dual_state
from viewer.qa.report.evidence import EvidenceCase, Source
from viewer.qa.report.report import Report
from viewer.qa.report.section import Section, Table
from viewer.qa.run import Run
from viewer.slide.errors import Cancelled, SlideError


def dual_report(
    path: Path, files: Sequence[Path], given: Mapping[str, Any], run: Run
) -> Report:
    """Look at the files of `path`; the worst state is that of all.

    `given` are the options, for the evidence. Raises SlideError where none of the files
    can be read, Cancelled.
    """
    with EvidenceCase([Source(each) for each in files], run) as case:
        states, unread = _states(path, files, run)
        sampled = "All directories, and the place of every frame."
        evidence = case.closed(given, sampled)
    worst = max(states, key=lambda each: each.state.rank)
    sections = [each.section for each in states]
    reason = worst.reason
    if len(files) > 1:  # of which those with one side have nothing more to tell
        telling = [each for each in states if each.findings or each.facts]
        sections = [_named(each, _below(path, each.path)) for each in telling]
        overview = _overview(path, states, unread)
        sections.insert(0, overview)
        reason = _told(worst, _below(path, worst.path))
        if worst.state.rank <= State.VALID.rank:
            (reason,) = overview.lines
    return Report(
        kind="dual",
        subject=shown_path(path),
        verdict=worst.state.value,
        reason=reason,
        sections=tuple(sections),
        evidence=evidence,
        extra={"state": worst.state.value},
    )


def _states(
    path: Path, files: Sequence[Path], run: Run
) -> tuple[list[DualState], list[tuple[Path, str]]]:
    """Return the states of files, and which could not be read and why."""
    states: list[DualState] = []
    unread: list[tuple[Path, str]] = []
    for number, file in enumerate(files):
        run.report("Looking", number, len(files))
        try:
            states.append(dual_state(file))
        except Cancelled:
            raise
        except SlideError as error:
            if len(files) == 1:
                raise
            unread.append((file, str(error)))
    if not states:
        raise SlideError(f"{path.name}: no file in it can be read.")
    return states, unread


def _named(state: DualState, name: str) -> Section:
    """Return what is told of a file in a folder, where others may have its name."""
    own = f"{state.path.name}: "
    return replace(
        state.section,
        title=f"DICOM and TIFF: {name}",
        lines=tuple(
            f"{name}: {line.removeprefix(own)}" for line in state.section.lines
        ),
        findings=tuple(
            replace(each, message=f"{name}: {each.message.removeprefix(own)}")
            for each in state.findings
        ),
    )


def _told(state: DualState, name: str) -> str:
    return f"{name}: {state.reason.removeprefix(f'{state.path.name}: ')}"


def _overview(
    path: Path, states: Sequence[DualState], unread: Sequence[tuple[Path, str]]
) -> Section:
    told = [(each.path, each.state.value, each.reason) for each in states]
    told += [(file, "not read", reason) for file, reason in unread]
    rows = [
        (_below(path, file), state, reason.removeprefix(f"{file.name}: "))
        for file, state, reason in told
    ]
    counted = ", ".join(
        f"{count} {state.value}"
        for state in State
        if (count := sum(each.state is state for each in states))
    )
    return Section(
        name="files",
        title="Files",
        lines=(f"{len(rows)} files: {counted}.",),
        facts={"unread": len(unread)},
        tables=(Table("States", ("File", "State", "Reason"), tuple(rows)),),
    )


def _below(path: Path, file: Path) -> str:
    return str(file.relative_to(path)) if file.is_relative_to(path) else file.name
