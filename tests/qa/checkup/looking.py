"""A check-up of a changed clean slide, by one rule, for the tests of rules."""

from pathlib import Path
from typing import Any

from tests.qa.checkup.clean import write_clean
from viewer.qa.checkup.checks import CHECKS
from viewer.qa.checkup.runner import check_up_paths
from viewer.qa.finding import Finding, Severity
from viewer.qa.run import Run


def findings_in(path: Path, rule: str) -> list[Finding]:
    """Return what a rule, looking alone, finds in a slide."""
    checks = [check for check in CHECKS if check.rule.id == rule]
    (checkup,) = check_up_paths([path], Run(), checks=checks)
    return [each for each in checkup.findings if each.rule.id == rule]


def found(rule: str, folder: Path, **description: Any) -> list[Finding]:
    """Return what a rule finds in a clean slide with some changes."""
    write_clean(folder, **description)
    return findings_in(folder, rule)


def faults(rule: str, folder: Path, **description: Any) -> list[Finding]:
    """Return the errors and warnings of a rule."""
    everything = found(rule, folder, **description)
    return [each for each in everything if each.severity is not Severity.NOTE]
