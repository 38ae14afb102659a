"""Rules about files that are DICOM and TIFF at once, as rows of the check-up."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Final

from viewer.qa.checkup.subject import Check, Subject, no_dicom
from viewer.qa.dual.directories import DIRECTORY, STALE
from viewer.qa.dual.hidden import HIDDEN
from viewer.qa.dual.preamble import PREAMBLE
from viewer.qa.dual.rest import REST
from viewer.qa.dual.state import dual_state
from viewer.qa.dual.tags import TAGS
from viewer.qa.dual.tiles import TILES
from viewer.qa.finding import Finding, Rule, Severity


def _all(subject: Subject) -> list[Finding]:
    """Look at both sides of every file; raises SlideError where one is unreadable."""
    found: list[Finding] = []
    for number, each in enumerate(subject.members):
        subject.run.report("TIFF sides", number, len(subject.members))
        found += dual_state(each.path).findings
    # What merely follows the data set is for the rule about how files end.
    return [
        finding
        for finding in found
        if finding.rule is not REST or finding.severity is Severity.ERROR
    ]


def _of(rule: Rule, subject: Subject) -> Iterator[Finding]:
    return (each for each in subject.once(_all) if each.rule is rule)


def _look(rule: Rule) -> Callable[[Subject], Iterator[Finding]]:
    return partial(_of, rule)


DUAL_CHECKS: Final = tuple(
    Check(rule, _look(rule), reads_frames=True, excuse=no_dicom)
    for rule in (PREAMBLE, DIRECTORY, TILES, TAGS, HIDDEN, STALE, REST)
)
