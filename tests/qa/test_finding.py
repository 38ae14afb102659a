"""Rules: one home each, and words that say something."""

import pkgutil
from collections import defaultdict
from importlib import import_module
from pathlib import Path

import viewer.qa
from viewer.qa.finding import Rule, Severity, sorted_by_severity


def rules() -> dict[str, set[Rule]]:
    found: defaultdict[str, set[Rule]] = defaultdict(set)
    for module in pkgutil.walk_packages(viewer.qa.__path__, "viewer.qa."):
        for thing in vars(import_module(module.name)).values():
            if isinstance(thing, Rule):
                found[thing.id].add(thing)
    return found


def test_a_rule_has_one_home() -> None:
    homeless = {name for name, found in rules().items() if len(found) > 1}
    assert not homeless
    assert len(rules()) > 60


def test_a_rule_says_why_it_matters_in_a_sentence() -> None:
    for name, (rule,) in rules().items():
        assert rule.title, name
        assert rule.why.endswith("."), name
        assert rule.number is None or 1 <= rule.number <= 32, name


def test_a_finding_tells_what_json_needs_and_nothing_that_json_cannot_hold() -> None:
    rule = Rule("XX1", Severity.WARNING, "title", "Why.", number=3)
    finding = rule.finding(
        "A sentence.", Severity.ERROR, file=Path("a.dcm"), level=1, tile=(2, 3)
    )
    told = finding.as_json()
    assert told["rule"] == "XX1"
    assert told["severity"] == "error"
    assert told["file"] == "a.dcm"
    assert told["tile"] == [2, 3]
    assert told["tag"] is None
    assert told["found"] is None
    assert told["expected"] is None


def test_the_worst_come_first_and_keep_their_order() -> None:
    rule = Rule("XX1", Severity.NOTE, "title", "Why.")
    severities = [Severity.NOTE, Severity.ERROR, Severity.WARNING, Severity.ERROR]
    findings = [rule.finding(str(n), each) for n, each in enumerate(severities)]
    assert [each.message for each in sorted_by_severity(findings)] == [*"1320"]
