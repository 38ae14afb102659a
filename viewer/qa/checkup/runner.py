"""The rules of a check-up, applied to slides one after the other."""

from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum
from itertools import chain
from pathlib import Path
from typing import Final

from viewer.formats import Ignored, Opened, OpenOptions, open_slides
from viewer.formats.dicom.examination import Examined, examine, is_dicom_file
from viewer.formats.gathering import gather
from viewer.qa.checkup.checks import CHECKS
from viewer.qa.checkup.overview import overview
from viewer.qa.checkup.subject import Check, Subject
from viewer.qa.checkup.told import told
from viewer.qa.finding import Finding, Rule, Severity, sorted_by_severity
from viewer.qa.report.section import Section
from viewer.qa.run import Run
from viewer.qa.stored_levels import with_stored_levels
from viewer.slide.errors import Cancelled, SlideError
from viewer.slide.model import Slide

MOST_FINDINGS: Final = 50
"""Of one rule and severity that are kept; the others are counted."""

MOST_REFUSED: Final = 1000
"""Files that are looked at where no slide could be opened."""


class Verdict(Enum):
    """What a check-up comes to; notes alone are no fault."""

    ERRORS = "errors found"
    WARNINGS = "warnings only"
    NOTHING = "nothing found"


@dataclass(frozen=True, slots=True)
class Checkup:
    """What a check-up of one slide found; `name` is the slide's or its file's.

    The first section is an overview; of the others each is of one rule that found
    something, the worst first. `reason` is the first reason for the verdict. `files`
    are those that were looked at.
    """

    name: str
    verdict: Verdict
    reason: str
    sections: tuple[Section, ...]
    files: tuple[Path, ...]

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Those of all sections, the worst first."""
        found = [each for section in self.sections for each in section.findings]
        return tuple(sorted_by_severity(found))


def check_up(
    slide: Slide,
    run: Run,
    *,
    all_frames: bool = False,
    ignored: Sequence[Ignored] = (),
    checks: Sequence[Check] = CHECKS,
) -> Checkup:
    """Look an opened slide over; blocks, any thread. Raises Cancelled.

    `ignored` is what opening left out and what concerns this slide. The slide stays
    open.
    """
    subject = _subject(slide, run, all_frames=all_frames, ignored=ignored)
    return checkup_of(subject, checks)


def check_up_paths(
    paths: Sequence[Path],
    run: Run,
    *,
    all_frames: bool = False,
    only: int | None = None,
    checks: Sequence[Check] = CHECKS,
) -> tuple[Checkup, ...]:
    """Look over every slide in files and folders, or the `only`-th; blocks, any thread.

    DICOM files that no slide could be made of are looked at as far as they can be read.
    Raises SlideError where there is neither a slide nor a DICOM file, Cancelled.
    """
    found = subjects(paths, run, all_frames=all_frames, only=only)
    return tuple(checkup_of(subject, checks) for subject in found)


def subjects(
    paths: Sequence[Path],
    run: Run,
    *,
    all_frames: bool = False,
    only: int | None = None,
) -> Generator[Subject]:
    """Yield what there is to look over in files and folders; see check_up_paths.

    Its files are there, and its slide is open, until the next one is asked for.
    """
    with _opened(paths, run) as opened:
        if not opened.slides:
            left = [each.path for each in opened.ignored]
            files = _examined(left, run)
            yield Subject(None, files, opened.ignored, all_frames, run)
            return
        if only is not None and not 0 <= only < len(opened.slides):
            raise SlideError(
                f"{paths[0].name}: slide {only} was asked for, expected 0 to "
                f"{len(opened.slides) - 1}."
            )
        for number, slide in enumerate(opened.slides):
            if only is None or number == only:
                ignored = _concerning(slide, opened, is_first=number == (only or 0))
                yield _subject(slide, run, all_frames=all_frames, ignored=ignored)


def checkup_of(subject: Subject, checks: Sequence[Check] = CHECKS) -> Checkup:
    """Look one slide over that is open, or files of none. Raises Cancelled."""
    looked = _looked(subject, checks)
    found = [each for each in looked if each.findings]
    found.sort(key=lambda each: each.findings[0].severity.rank)
    findings = [finding for each in found for finding in each.findings]
    verdict = Verdict.NOTHING
    if findings and findings[0].severity is not Severity.NOTE:
        is_error = findings[0].severity is Severity.ERROR
        verdict = Verdict.ERRORS if is_error else Verdict.WARNINGS
    nothing = "No rule found an error or a warning."
    return Checkup(
        name=named(subject),
        verdict=verdict,
        reason=nothing if verdict is Verdict.NOTHING else findings[0].message,
        sections=(overview(subject, checks), *map(_section, found)),
        files=files_of(subject),
    )


def named(subject: Subject) -> str:
    """Return what a slide is called, or the first of the files that are none."""
    if subject.slide is not None:
        return subject.slide.name
    left = [*subject.ignored, *subject.files]
    return left[0].path.name


def _subject(
    slide: Slide, run: Run, *, all_frames: bool, ignored: Sequence[Ignored]
) -> Subject:
    paths = [each.path for each in slide.files] if slide.format == "dicom" else []
    paths += [each.path for each in ignored]
    files = _examined(paths, run)
    stored = with_stored_levels(slide)
    return Subject(stored, files, tuple(ignored), all_frames, run)


@contextmanager
def _opened(paths: Sequence[Path], run: Run) -> Generator[Opened]:
    """Open what can be opened; without a slide, what is there of DICOM files."""
    options = OpenOptions(lambda done, known: run.report("Opening", done, known))
    try:
        opened = open_slides(paths, options)
    except Cancelled:
        raise
    except SlideError as error:
        opened = _nothing_opened(paths, options, error)
    try:
        yield opened
    finally:
        for slide in opened.slides:
            slide.close()


def _nothing_opened(
    paths: Sequence[Path], options: OpenOptions, error: SlideError
) -> Opened:
    """Return the DICOM files of what was named as left out; else raise the error."""
    gathered = gather(paths, options)
    try:
        only = gathered.wish.only
        files = gathered.wish.files if only is None else [only]
        found = [path for path in files[:MOST_REFUSED] if is_dicom_file(path)]
    finally:
        for each in gathered.unpacked:
            each.remove()
    if not found or gathered.unpacked:
        raise error
    reason = str(error)
    return Opened((), tuple(Ignored(path, reason) for path in found))


def _concerning(slide: Slide, opened: Opened, *, is_first: bool) -> list[Ignored]:
    """Return what was left out and concerns a slide; what concerns none, the first."""
    used = {each.path for each in slide.files}
    return [
        each
        for each in opened.ignored
        if not used.isdisjoint(each.concerns) or (is_first and not each.concerns)
    ]


def _examined(paths: Iterable[Path], run: Run) -> tuple[Examined, ...]:
    unique = [path for path in dict.fromkeys(paths) if is_dicom_file(path)]
    found = run.each(_examine, unique, "Reading attributes", len(unique))
    return tuple(each for each in found if each is not None)


def _examine(path: Path) -> Examined | None:
    try:
        return examine(path)
    except SlideError:  # the reason is among what was left out
        return None


def files_of(subject: Subject) -> tuple[Path, ...]:
    """Return the files that are looked at, those of the slide first.

    Without a slide these are the files that none could be made of, readable or not.
    """
    left = subject.ignored if subject.slide is None else subject.slide.files
    own = [each.path for each in left]
    return tuple(dict.fromkeys([*own, *(each.path for each in subject.files)]))


@dataclass(frozen=True, slots=True)
class _Looked:
    """What one rule found: some of it, the worst first, and how much there is."""

    rule: Rule
    findings: tuple[Finding, ...]
    count: int


def _looked(subject: Subject, checks: Sequence[Check]) -> list[_Looked]:
    """Apply rules about attributes, then those about frames, then what was told."""
    ordered = sorted(checks, key=lambda each: each.reads_frames)
    by_rule: dict[str, _Looked] = {}
    for number, check in enumerate(ordered):
        subject.run.report("Rules", number, len(ordered))
        if check.excuse is None or not check.excuse(subject):
            _add(by_rule, check.rule, _bounded(_carefully(check, subject)))
    subject.run.report("Rules", len(ordered), len(ordered))
    known = [finding for each in by_rule.values() for finding in each.findings]
    rest: dict[str, list[Finding]] = {}
    rules = {each.rule.id: each.rule for each in checks}
    for finding in told(subject, rules, known):
        rest.setdefault(finding.rule.id, []).append(finding)
    for findings in rest.values():
        _add(by_rule, findings[0].rule, _bounded(iter(findings)))
    return list(by_rule.values())


def _carefully(check: Check, subject: Subject) -> Iterator[Finding]:
    """Yield what a rule finds, and at last that it could not go on."""
    try:
        yield from check.look(subject)
    except Cancelled:
        raise
    except SlideError as error:
        yield check.rule.finding(
            f"Whether this rule is kept could not be decided: {error}",
            Severity.WARNING,
        )


def _bounded(findings: Iterator[Finding]) -> tuple[list[Finding], int]:
    """Return the first findings of each severity, and the count of all."""
    kept: dict[Severity, list[Finding]] = {each: [] for each in Severity}
    count = 0
    for finding in findings:
        count += 1
        if len(kept[finding.severity]) < MOST_FINDINGS:
            kept[finding.severity].append(finding)
    return list(chain.from_iterable(kept.values())), count


def _add(
    by_rule: dict[str, _Looked], rule: Rule, found: tuple[list[Finding], int]
) -> None:
    before = by_rule.get(rule.id, _Looked(rule, (), 0))
    findings = sorted_by_severity([*before.findings, *found[0]])
    by_rule[rule.id] = _Looked(rule, tuple(findings), before.count + found[1])


def _section(looked: _Looked) -> Section:
    rule = looked.rule
    lines = [rule.why]
    if rule.clause:
        lines.append(f"See {rule.clause}.")
    if looked.count > len(looked.findings):
        shown = f"{len(looked.findings)} of {looked.count:,} findings are shown."
        lines.append(shown)
    return Section(
        name=rule.id,
        title=f"{rule.id}: {rule.title}",
        findings=looked.findings,
        lines=tuple(lines),
        facts={"count": looked.count},
    )
