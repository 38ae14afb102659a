"""What every command of quality writes: verdict, sections, evidence."""

from dataclasses import dataclass
from typing import Any, Literal

from viewer.qa.finding import Finding
from viewer.qa.section import Section


@dataclass(frozen=True, slots=True)
class FileEvidence:
    """One file that was looked at; UID and slide ("a", "b", "") where there are any."""

    path: str
    size: int
    sha256: str
    sop_instance_uid: str = ""
    side: str = ""


@dataclass(frozen=True, slots=True)
class Evidence:
    """With what, on what and how a report came about; `time` is ISO 8601 with zone."""

    files: tuple[FileEvidence, ...]
    program: str
    codecs: tuple[str, ...]
    options: dict[str, Any]
    time: str
    seconds: float
    sampled: str


@dataclass(frozen=True, slots=True)
class Report:
    """A verdict with its reasons; `verdict` and `reason` are words for the screen."""

    kind: Literal["compare", "check", "dual"]
    subject: str
    verdict: str
    reason: str
    sections: tuple[Section, ...]
    evidence: Evidence

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Those of all sections, in their order."""
        return tuple(each for section in self.sections for each in section.findings)
