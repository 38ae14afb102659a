"""What every command of quality writes: verdict, sections, evidence."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from viewer.qa.finding import Finding
from viewer.qa.report.section import Section

Kind: TypeAlias = Literal["compare", "check", "dual"]


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
    options: Mapping[str, Any]
    time: str
    seconds: float
    sampled: str


@dataclass(frozen=True, slots=True)
class Report:
    """A verdict with its reasons; `verdict` and `reason` are words for the screen.

    `verdict` may be a key, such as "different", and `reason` is a whole sentence.
    `members` are reports of their own that this one sums up: the pairs of a batch, the
    slides of a folder. `evidence` is None where nothing could be looked at. `extra`
    are further keys for JSON, such as {"state": "stale"}.
    """

    kind: Kind
    subject: str
    verdict: str
    reason: str
    sections: tuple[Section, ...]
    evidence: Evidence | None
    members: "tuple[Report, ...]" = ()
    extra: Mapping[str, Any] = field(default_factory=dict[str, Any])

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Those of all sections, in their order; members have theirs."""
        return tuple(each for section in self.sections for each in section.findings)

    @property
    def all_findings(self) -> tuple[Finding, ...]:
        """Its own, and those of its members, in their order."""
        theirs = (each for member in self.members for each in member.all_findings)
        return (*self.findings, *theirs)
