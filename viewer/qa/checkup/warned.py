"""What the viewer said by itself when it opened a slide, by what it is about."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from viewer.formats.dicom.examination import Examined
from viewer.qa.checkup.subject import Subject
from viewer.qa.finding import Finding, Rule, Severity
from viewer.slide.warnings import SlideWarning


def warnings_of(subject: Subject, *codes: str) -> list[SlideWarning]:
    """Return the warnings so far of the slide and of its files, each once.

    Those of some codes, or all.
    """
    found: list[SlideWarning] = []
    if subject.slide is not None:
        found.extend(subject.slide.warnings)
    for each in subject.members:
        own = each.header if each.instance is None else each.instance
        found.extend(own.warnings)
    return [each for each in dict.fromkeys(found) if not codes or each.code in codes]


def warned(
    subject: Subject,
    rule: Rule,
    *codes: str,
    severity: Severity | None = None,
    written: Callable[[Examined], str] | None = None,
    **where: Any,
) -> Iterator[Finding]:
    """Yield the warnings of some codes as findings of a rule.

    `written` says of a file what was found in it; `where` are fields of Finding.
    """
    for warning in warnings_of(subject, *codes):
        yield as_finding(subject, rule, warning, severity, written, **where)


def as_finding(
    subject: Subject,
    rule: Rule,
    warning: SlideWarning,
    severity: Severity | None = None,
    written: Callable[[Examined], str] | None = None,
    **where: Any,
) -> Finding:
    """Return a warning as a finding of a rule; see `warned`."""
    if written is not None:
        file = subject.file(warning.file)
        where["found"] = "" if file is None else written(file)
    return rule.finding(
        warning.message,
        severity,
        file=warning.file,
        level=subject.level_of(warning.file),
        **where,
    )


def in_words(files: list[Path]) -> str:
    """Return names of files for a sentence, the first and how many others."""
    first = files[0].name
    if len(files) < 3:
        return " and ".join(file.name for file in files)
    return f"{first} and {len(files) - 1} other files"
