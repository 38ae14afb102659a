"""A report as one HTML page: nothing is fetched, pictures are inside."""

from base64 import b64encode
from collections.abc import Iterator
from itertools import count
from typing import Any, Final

from viewer import __version__
from viewer.qa.comparing import Sameness
from viewer.qa.finding import Finding, Severity, sorted_by_severity
from viewer.qa.report.json import shown_rows
from viewer.qa.report.report import Evidence, Report
from viewer.qa.report.section import Picture, Section
from viewer.qa.report.text import counted_findings, shown_place
from viewer.qa.sides import capital
from viewer.shipped import resource

TEMPLATE: Final = "report.html"

_HEADINGS: Final = {
    "compare": "Comparison of two slides",
    "check": "Check-up of a slide",
    "dual": "Dual personality",
}
_HEADINGS_OF_SEVERAL: Final = {
    "compare": "Comparison of two folders",
    "check": "Check-up of several slides",
    "dual": "Dual personality of several files",
}


def report_html(report: Report, *, with_patient_data: bool = False) -> bytes:
    """Return a page in UTF-8; whatever a slide says of itself is escaped."""
    from jinja2 import Environment, StrictUndefined

    environment = Environment(autoescape=True, undefined=StrictUndefined)
    template = environment.from_string(resource(TEMPLATE).read_text(encoding="utf-8"))
    headings = _HEADINGS_OF_SEVERAL if report.members else _HEADINGS
    heading = headings[report.kind]
    page = template.render(
        generator=f"coverslip {__version__}",
        title=f"{capital(report.verdict)}: {heading}",
        heading_words=heading,
        is_long=_is_long,
        report=_Page(with_patient_data).described(report),
    )
    return _without_controls(page).encode("utf-8", "backslashreplace")


def _is_long(words: str) -> bool:
    """Whether a word in them has to be broken, such as a path or UID."""
    return any(len(word) > _LONGEST_WORD for word in words.split())


_LONGEST_WORD: Final = 16


class _Page:
    """Turns reports into what the template shows; numbers the anchors of a page."""

    def __init__(self, with_patient_data: bool) -> None:
        self._with_patient_data = with_patient_data
        self._numbers = count(1)

    def described(self, report: Report) -> dict[str, Any]:
        findings = report.findings
        return {
            "anchor": f"report-{next(self._numbers)}",
            "subject": report.subject,
            "verdict": capital(report.verdict),
            "reason": report.reason,
            "tone": _tone(report),
            "counts": f"{capital(counted_findings(findings))}.",
            "findings": [_finding(each) for each in sorted_by_severity(list(findings))],
            "sections": [self._section(each) for each in _told(report)],
            "members": [self.described(each) for each in report.members],
            "evidence": None if report.evidence is None else _evidence(report.evidence),
        }

    def _section(self, section: Section) -> dict[str, Any]:
        return {
            "title": section.title,
            "lines": section.lines,
            "tables": [
                {
                    "title": table.title,
                    "columns": table.columns,
                    "rows": shown_rows(
                        table, with_patient_data=self._with_patient_data
                    ),
                }
                for table in section.tables
                if table.rows
            ],
            "pictures": [_picture(each) for each in section.pictures],
        }


def _told(report: Report) -> Iterator[Section]:
    """Yield the sections that say more than their findings."""
    for section in report.sections:
        has_rows = any(table.rows for table in section.tables)
        if section.lines or has_rows or section.pictures:
            yield section


def _tone(report: Report) -> str:
    """Return a class of the template: the words say it, the color only repeats it."""
    if report.kind == "compare":
        return "good" if report.verdict in _SAME else "bad"
    worst = {each.severity for each in report.all_findings}
    if Severity.ERROR in worst:
        return "bad"
    return "fair" if Severity.WARNING in worst else "good"


_SAME: Final = {each.value for each in Sameness if each is not Sameness.DIFFERENT}


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "severity": finding.severity.value,
        "rule": finding.rule.id,
        "message": finding.message,
        "why": finding.rule.why,
        "place": shown_place(finding),
        "found": finding.found,
        "expected": finding.expected,
    }


def _picture(picture: Picture) -> dict[str, Any]:
    """Return a picture as a data: URI, with its size in pixels from the PNG header."""
    png = picture.png
    size = png[16:20], png[20:24]
    width, height = (int.from_bytes(each, "big") for each in size)
    return {
        "title": picture.title,
        "source": f"data:image/png;base64,{b64encode(png).decode('ascii')}",
        "width": width,
        "height": height,
    }


def _evidence(evidence: Evidence) -> dict[str, Any]:
    facts = [
        ("Looked at", evidence.sampled),
        ("Program", evidence.program),
        ("Codecs", "; ".join(evidence.codecs)),
        *((f"Option {name}", str(value)) for name, value in evidence.options.items()),
        ("Begun", evidence.time),
        ("Took", f"{evidence.seconds:.1f} s"),
    ]
    return {
        "sided": any(each.side for each in evidence.files),
        "files": [
            {
                "side": each.side.upper(),
                "path": each.path,
                "size": f"{each.size:,}",
                "sha256": each.sha256,
                "uid": each.sop_instance_uid,
            }
            for each in evidence.files
        ],
        "facts": [(name, value) for name, value in facts if value],
    }


def _without_controls(page: str) -> str:
    """Replace control characters, which HTML forbids, and those that turn words."""
    return page.translate(_CONTROLS)


_TURNING: Final = (0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A))
_CONTROLS: Final = {
    code: "\N{REPLACEMENT CHARACTER}"
    for code in (*range(0x20), *range(0x7F, 0xA0), *_TURNING)
    if chr(code) not in "\t\n\r"
}
