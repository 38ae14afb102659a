"""A report for a terminal: the verdict first, readable at 80 columns."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from textwrap import wrap
from typing import Final

from viewer.formats import shown_path
from viewer.qa.finding import Finding, Severity, sorted_by_severity
from viewer.qa.report.report import Evidence, Report
from viewer.qa.report.section import Section
from viewer.qa.report.table import one_line, table_lines
from viewer.qa.sides import capital

WIDTH: Final = 80


@dataclass(frozen=True, slots=True)
class TextOptions:
    """How a report is put in words: columns of text, and what is left out of it."""

    width: int = WIDTH
    with_patient_data: bool = False
    with_tables: bool = True


def report_text(report: Report, options: TextOptions | None = None) -> str:
    """Return a report as lines of text, without control characters."""
    lines = _lines(report, options or TextOptions())
    return "\n".join(_printable(line).rstrip() for line in lines)


def _lines(report: Report, options: TextOptions) -> Iterator[str]:
    width = options.width
    yield from _wrapped(report.subject, width, "")
    yield from _wrapped(_verdict(report), width, "")
    yield ""
    yield from _finding_lines(report.findings, width)
    for section in report.sections:
        yield from _section_lines(section, options)
    for member in report.members:
        yield from _member_lines(member, width)
    if report.evidence is not None:
        yield from _evidence_lines(report.evidence, width)


def _member_lines(member: Report, width: int) -> Iterator[str]:
    """Yield the findings of one report of several; JSON and HTML hold all of it."""
    yield "-" * width
    yield from _wrapped(member.subject, width, "")
    yield from _wrapped(_verdict(member), width, "")
    yield ""
    yield from _finding_lines(member.findings, width)


def _verdict(report: Report) -> str:
    return f"{capital(report.verdict)}: {report.reason}"


def _finding_lines(findings: Sequence[Finding], width: int) -> Iterator[str]:
    if not findings:
        return
    yield f"{capital(counted_findings(findings))}."
    identifiers = max(len(each.rule.id) for each in findings)
    for finding in sorted_by_severity(list(findings)):
        head = f"  {finding.severity.value:<8}{finding.rule.id:<{identifiers}}  "
        yield from _wrapped(finding.message, width, head)
    yield ""


def counted_findings(findings: Sequence[Finding]) -> str:
    """Return "1 error, 2 warnings, no notes"."""
    counts: list[str] = []
    for severity in Severity:
        number = sum(each.severity is severity for each in findings)
        plural = "" if number == 1 else "s"
        counts.append(f"{number or 'no'} {severity.value}{plural}")
    return ", ".join(counts)


def _section_lines(section: Section, options: TextOptions) -> Iterator[str]:
    tables = [table for table in section.tables if table.rows and options.with_tables]
    if not section.lines and not tables:
        return
    yield section.title
    for line in section.lines:
        yield from _wrapped(line, options.width, "  ")
    for table in tables:
        yield from table_lines(
            table, options.width, with_patient_data=options.with_patient_data
        )
    yield ""


def _evidence_lines(evidence: Evidence, width: int) -> Iterator[str]:
    yield "Evidence"
    for file in evidence.files:
        side = f"{file.side.upper()}  " if file.side else ""
        yield f"  {side}{one_line(file.path)}, {file.size:,} bytes"
        yield f"     SHA-256 {file.sha256}"
        if file.sop_instance_uid:
            yield f"     SOP UID {file.sop_instance_uid}"
    sentences = [
        evidence.sampled,
        f"{evidence.program}; {'; '.join(evidence.codecs)}.",
        f"{_options(evidence)}{evidence.time}, {evidence.seconds:.1f} s.",
    ]
    for sentence in filter(None, sentences):
        yield from _wrapped(sentence, width, "  ")


def _options(evidence: Evidence) -> str:
    named = (f"{name} {value}" for name, value in evidence.options.items())
    words = ", ".join(named)
    return f"Options: {words}. " if words else ""


def _wrapped(words: str, width: int, head: str) -> Iterable[str]:
    """Wrap words, the first line behind a head, the others below its end."""
    return wrap(
        one_line(words),
        max(width, len(head) + 20),
        initial_indent=head,
        subsequent_indent=" " * len(head),
        break_on_hyphens=False,
        break_long_words=False,  # paths can be copied then
    ) or [head]


def _printable(line: str) -> str:
    """Escape what a terminal would obey; the rest of a name stays as it is."""
    return "".join(
        each if each.isprintable() or _is_byte(each) else ascii(each)[1:-1]
        for each in line
    )


def _is_byte(character: str) -> bool:
    """Whether it stands for a byte of a file name that is no text."""
    return "\udc80" <= character <= "\udcff"


def shown_place(finding: Finding) -> str:
    """Return where a finding is: file, level, tile and attribute, as far as known."""
    column_row = "" if finding.tile is None else "tile {}, {}".format(*finding.tile)
    level = "" if finding.level is None else f"level {finding.level}"
    file = "" if finding.file is None else shown_path(finding.file)
    return ", ".join(filter(None, (file, level, column_row, finding.tag)))
