"""What the viewer says when it opens a slide comes up in its check-up, once."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import pytest

from viewer.qa.checkup.checks import CHECKS
from viewer.qa.checkup.subject import Subject
from viewer.qa.checkup.told import TOLD, told
from viewer.qa.finding import Finding
from viewer.qa.run import Run
from viewer.slide.warnings import CODES, SlideWarning

RULES = {check.rule.id: check.rule for check in CHECKS}
FILE = Path("level0.dcm")


@dataclass
class Warned:
    """As much of a slide as is asked for its warnings."""

    warnings: Sequence[SlideWarning]
    files: Sequence[Any] = ()
    levels: Sequence[Any] = ()
    asked: list[str] = field(default_factory=list[str])

    def personalities(self) -> Sequence[str]:
        self.asked.append("personalities")
        return ("dicom",)


def findings(*warnings: SlideWarning, known: Sequence[Finding] = ()) -> list[Finding]:
    slide = cast("Any", Warned(warnings))
    subject = Subject(slide, (), (), all_frames=False, run=Run())
    return list(told(subject, RULES, known))


def warning(code: str, message: str = "level0.dcm: it is odd.") -> SlideWarning:
    return SlideWarning(code, message, FILE)


def test_every_code_is_a_case_of_a_rule_that_is_looked_at() -> None:
    assert set(TOLD) == set(CODES)
    named = {case.rule for case in TOLD.values()}
    named |= {rule for case in TOLD.values() for rule in case.also}
    assert named <= set(RULES)


@pytest.mark.parametrize("code", sorted(CODES))
def test_a_warning_is_a_finding_with_its_sentence_and_file(code: str) -> None:
    (found,) = findings(warning(code))
    assert (found.rule.id, found.message) == (TOLD[code].rule, "level0.dcm: it is odd.")
    assert found.file == FILE


def test_what_a_rule_said_of_the_file_is_not_said_again() -> None:
    known = RULES["SC2"].finding("level0.dcm: no microscope does that.", file=FILE)
    assert findings(warning("spacing-range"), known=[known]) == []


def test_what_a_rule_said_of_another_file_is_said_of_this_one_too() -> None:
    other = RULES["SC2"].finding("level1.dcm: too large.", file=Path("level1.dcm"))
    assert len(findings(warning("spacing-range"), known=[other])) == 1


def test_what_another_rule_said_of_the_same_matter_is_not_said_again() -> None:
    known = RULES["PX2"].finding("level0.dcm: MCT is 0.", file=FILE)
    assert findings(warning("color-label"), known=[known]) == []


def test_one_sentence_about_several_files_is_said_of_the_first_only() -> None:
    sentence = "the ICC profile is of class mntr"
    known = RULES["CO2"].finding(f"level0.dcm and 3 other files: {sentence}.")
    again = warning("icc-class", f"label.dcm: {sentence}.")
    assert findings(again, known=[known]) == []


def test_the_tiff_side_is_looked_at_for_what_opening_does_not_tell() -> None:
    slide = Warned([])
    subject = Subject(cast("Any", slide), (), (), all_frames=False, run=Run())
    assert list(told(subject, RULES, [])) == []
    assert slide.asked == ["personalities"]
