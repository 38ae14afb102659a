"""What a comparison or a check-up has to say: rules, and what they found."""

from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any, Literal, TypeAlias

Side: TypeAlias = Literal["a", "b", ""]
"""Which of two slides a finding is about: the source, the result, or both."""


class Severity(Enum):
    """How bad it is; the order is that of a list, the worst first."""

    ERROR = "error"  # the picture shown, or what is lost, is wrong
    WARNING = "warning"  # misleading, or against the standard
    NOTE = "note"  # worth knowing

    @property
    def rank(self) -> int:
        """0 for the worst."""
        return list(Severity).index(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing found: a sentence, where it is, what was found and what expected.

    `level` counts the stored levels, as `coverslip info` does; `tile` is a column and a
    row in it. `tag` is the way to an attribute, as in `Attribute.path`, or "TIFF 256
    ImageWidth". `message` and the rest hold no patient's data, so that every report may
    show them.
    """

    rule: "Rule"
    severity: Severity
    message: str
    side: Side = ""
    file: Path | None = None
    level: int | None = None
    tile: tuple[int, int] | None = None
    tag: str = ""
    found: str = ""
    expected: str = ""

    def as_json(self) -> dict[str, Any]:
        """Return the keys of a finding in a report; null is what it has none of."""
        return {
            "rule": self.rule.id,
            "number": self.rule.number,
            "severity": self.severity.value,
            "message": self.message,
            "why": self.rule.why,
            "side": self.side or None,
            "file": None if self.file is None else str(self.file),
            "level": self.level,
            "tile": None if self.tile is None else list(self.tile),
            "tag": self.tag or None,
            "found": self.found or None,
            "expected": self.expected or None,
        }


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing that is looked at.

    `id` is short and never changes ("SC2"), `severity` that of most of its findings,
    `title` a few words, `why` the sentence that says why it matters. `clause` is that
    of the standard, `evidence` where it was met (issues, papers). `number` is that of
    the list of what a conversion has to be checked for, where the rule is on it.
    """

    id: str
    severity: Severity
    title: str
    why: str
    clause: str = ""
    evidence: str = ""
    number: int | None = None

    def finding(
        self, message: str, severity: Severity | None = None, **where: Any
    ) -> Finding:
        """Return a finding of this rule; `where` are the other fields of Finding."""
        return Finding(
            rule=self, severity=severity or self.severity, message=message, **where
        )


def sorted_by_severity(
    findings: "list[Finding] | tuple[Finding, ...]",
) -> list[Finding]:
    """Return the worst first, otherwise in the order given."""
    return sorted(findings, key=lambda each: each.severity.rank)


def has_errors(findings: "list[Finding] | tuple[Finding, ...]") -> bool:
    """Whether any finding is an error."""
    return any(each.severity is Severity.ERROR for each in findings)
