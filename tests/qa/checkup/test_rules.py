"""Each rule is tripped by its own defect alone, and by no slide that is clean."""

from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from tests.qa.checkup.clean import Maker, write_clean
from viewer.demo import demo_slide
from viewer.qa.checkup.checks import CHECKS
from viewer.qa.checkup.runner import Checkup, Verdict, check_up_paths
from viewer.qa.finding import Rule, Severity
from viewer.qa.run import Run

# The tiles of levels differ where they are plain greys.
GREY: Mapping[str, Any] = {"texture": None, "photometric": "MONOCHROME2", "levels": 1}
RULES: Mapping[str, Rule] = {check.rule.id: check.rule for check in CHECKS}


def _defects() -> dict[str, Maker]:
    found: dict[str, Maker] = {}
    for path in sorted(Path(__file__).parent.glob("defects*.py")):
        module = import_module(f"tests.qa.checkup.{path.stem}")
        twice = found.keys() & module.DEFECTS.keys()
        assert not twice, f"{path.name} has the defects {twice} once more"
        found.update(module.DEFECTS)
    return found


DEFECTS = _defects()


def look_over(folder: Path) -> Checkup:
    found = check_up_paths([folder], Run(), all_frames=True)
    return found[0]


def ids(checkup: Checkup, *severities: Severity) -> set[str]:
    return {each.rule.id for each in checkup.findings if each.severity in severities}


def test_every_rule_has_a_slide_that_trips_it_and_every_slide_a_rule() -> None:
    assert set(DEFECTS) == set(RULES)


def test_every_rule_is_looked_at_once() -> None:
    assert sorted(RULES) == sorted(check.rule.id for check in CHECKS)


@pytest.mark.parametrize("rule", sorted(DEFECTS))
def test_the_defect_of_a_rule_trips_that_rule_alone(rule: str, tmp_path: Path) -> None:
    DEFECTS[rule](tmp_path)
    checkup = look_over(tmp_path)
    faults = ids(checkup, Severity.ERROR, Severity.WARNING)
    if RULES[rule].severity is Severity.NOTE:
        assert (rule in ids(checkup, Severity.NOTE), faults) == (True, set())
    else:
        assert faults == {rule}


@pytest.mark.parametrize(
    "description",
    [
        {},
        {"syntax": "jpeg"},
        {"syntax": "jpeg2000"},
        {"syntax": "jpeg2000-lossless"},
        {"layout": "TILED_SPARSE"},
        {"layout": "TILED_SPARSE", "shuffled": True, "holes": frozenset({(1, 1)})},
        {"parts": 3},
        {"focal_planes": 3},
        {"encoding": "implicit"},
        {"encoding": "big-endian"},
        {"encoding": "deflated"},
        {"offsets": "extended", "syntax": "jpeg"},
        {**GREY, "optical_paths": 2},
        {**GREY, "bits": 16},
    ],
    ids=str,
)
def test_a_clean_slide_trips_nothing(
    description: dict[str, Any], tmp_path: Path
) -> None:
    write_clean(tmp_path, **description)
    checkup = look_over(tmp_path)
    faults = [each.message for each in checkup.findings if _is_fault(each.severity)]
    assert faults == []
    assert checkup.verdict is Verdict.NOTHING


def _is_fault(severity: Severity) -> bool:
    return severity is not Severity.NOTE


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return demo_slide(tmp_path_factory.mktemp("demo") / "slide")


def test_the_demo_slide_trips_nothing(demo: Path) -> None:
    (checkup,) = check_up_paths([demo], Run())
    assert [each.message for each in checkup.findings] == []
    assert checkup.verdict is Verdict.NOTHING
