"""How a check-up is run: what it opens, what it goes on after, how much it says."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.qa.checkup.clean import (
    LEVEL_1,
    add_changed,
    at,
    file_of,
    setting,
    write_clean,
)
from tests.synthetic import write_slide
from viewer.formats import open_slide
from viewer.qa.checkup.checks import CHECKS
from viewer.qa.checkup.runner import (
    MOST_FINDINGS,
    Checkup,
    Verdict,
    check_up,
    check_up_paths,
)
from viewer.qa.checkup.subject import Check, Subject, no_dicom
from viewer.qa.finding import Finding, Rule, Severity
from viewer.qa.run import Run
from viewer.slide.errors import BrokenFile, Cancelled, SlideError, UnsupportedFile

ODD = Rule(id="T1", severity=Severity.NOTE, title="odd", why="It matters.")


def look_over(path: Path, *checks: Check) -> Checkup:
    (found,) = check_up_paths([path], Run(), checks=checks or CHECKS)
    return found


def finding_nothing(_subject: Subject) -> Iterator[Finding]:
    yield from ()


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("clean")
    write_clean(folder)
    return folder


def test_one_file_stands_for_its_slide(clean: Path) -> None:
    checkup = look_over(file_of(list(clean.iterdir()), "level1"))
    assert len(checkup.files) == 6


def test_an_opened_slide_stays_open(clean: Path) -> None:
    slide = open_slide(clean)
    assert check_up(slide, Run()).verdict is Verdict.NOTHING
    assert slide.metadata(slide.files[0].path).children()
    slide.close()


def test_a_folder_of_two_slides_makes_two_checkups(tmp_path: Path) -> None:
    for name in ("one", "other"):
        write_clean(tmp_path / name, name=name)
    both = check_up_paths([tmp_path], Run())
    assert [each.name for each in both] == ["one", "other"]
    (second,) = check_up_paths([tmp_path], Run(), only=1)
    assert second.name == "other"
    with pytest.raises(SlideError, match="slide 2 was asked for, expected 0 to 1"):
        check_up_paths([tmp_path], Run(), only=2)


def test_a_slide_that_cannot_be_opened_is_looked_at_all_the_same(
    tmp_path: Path,
) -> None:
    broken = setting(TotalPixelMatrixColumns=0)
    (path,) = write_slide(
        tmp_path, levels=1, label=False, overview=False, mutate=broken
    )
    checkup = look_over(path)
    refusals = [each for each in checkup.findings if each.rule.id == "OP1"]
    assert checkup.verdict is Verdict.ERRORS
    assert [each.file for each in refusals] == [path]
    assert "TotalPixelMatrixColumns is 0" in refusals[0].message


def test_what_is_no_slide_is_an_error_that_says_what_it_is(tmp_path: Path) -> None:
    files = write_slide(tmp_path / "slide", levels=1)
    add_changed(
        file_of(files, "level0"),
        tmp_path / "ct.dcm",
        setting(SOPClassUID="1.2.840.10008.5.1.4.1.1.2", Modality="CT"),
    )
    checkup = look_over(tmp_path / "ct.dcm")
    assert checkup.verdict is Verdict.ERRORS
    assert "CT Image Storage" in checkup.reason


def test_what_is_no_dicom_and_no_slide_is_refused(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("nothing")
    with pytest.raises(UnsupportedFile, match=r"notes\.txt"):
        check_up_paths([tmp_path / "notes.txt"], Run())
    with pytest.raises(SlideError, match="does not exist"):
        check_up_paths([tmp_path / "gone.dcm"], Run())


def test_a_file_that_is_not_read_does_not_end_the_checkup(tmp_path: Path) -> None:
    write_clean(tmp_path)
    (tmp_path / "half.dcm").write_bytes(bytes(128) + b"DICM")
    (found,) = look_over(tmp_path).findings
    assert (found.rule.id, found.severity) == ("OP1", Severity.WARNING)
    assert "half.dcm" in found.message
    alone = look_over(tmp_path / "half.dcm")
    assert alone.verdict is Verdict.ERRORS


def test_a_rule_that_cannot_be_decided_says_so_and_the_others_go_on(
    clean: Path,
) -> None:
    def fails(_subject: Subject) -> Iterator[Finding]:
        yield ODD.finding("First.")
        raise BrokenFile("level0.dcm cannot be read any more.")

    other = Rule(id="T2", severity=Severity.ERROR, title="other", why="So.")
    checkup = look_over(
        clean, Check(ODD, fails), Check(other, lambda _: iter([other.finding("Bad.")]))
    )
    assert [each.message for each in checkup.findings] == [
        "Bad.",
        "Whether this rule is kept could not be decided: level0.dcm cannot be read any "
        "more.",
        "First.",
    ]


def test_a_rule_that_is_cancelled_ends_the_checkup(clean: Path) -> None:
    def cancelled(_subject: Subject) -> Iterator[Finding]:
        yield from ()
        raise Cancelled("The run was cancelled.")

    with pytest.raises(Cancelled):
        look_over(clean, Check(ODD, cancelled))


def test_a_run_that_is_cancelled_looks_at_nothing(clean: Path) -> None:
    with pytest.raises(Cancelled):
        check_up_paths([clean], Run(cancelled=lambda: True))


def test_of_many_findings_the_worst_are_kept_and_all_are_counted(clean: Path) -> None:
    def many(_subject: Subject) -> Iterator[Finding]:
        for number in range(1000):
            yield ODD.finding(f"Note {number}.")
        yield ODD.finding("At last an error.", Severity.ERROR)

    checkup = look_over(clean, Check(ODD, many))
    section = checkup.sections[1]
    assert section.findings[0].message == "At last an error."
    assert len(section.findings) == MOST_FINDINGS + 1
    assert section.facts["count"] == 1001
    assert f"{MOST_FINDINGS + 1} of 1,001 findings are shown." in section.lines


def test_rules_that_read_frames_come_last(clean: Path) -> None:
    order: list[str] = []

    def row(name: str, *, reads_frames: bool) -> Check:
        rule = Rule(id=name, severity=Severity.NOTE, title=name, why=name)

        def look(_subject: Subject) -> Iterator[Finding]:
            order.append(name)
            yield from ()

        return Check(rule, look, reads_frames=reads_frames)

    rows = row("slow", reads_frames=True), row("quick", reads_frames=False)
    look_over(clean, *rows)
    assert order == ["quick", "slow"]


@pytest.mark.parametrize(
    ("severity", "verdict"),
    [
        (Severity.ERROR, Verdict.ERRORS),
        (Severity.WARNING, Verdict.WARNINGS),
        (Severity.NOTE, Verdict.NOTHING),
    ],
)
def test_the_worst_finding_makes_the_verdict(
    severity: Severity, verdict: Verdict, clean: Path
) -> None:
    found = ODD.finding("This is it.", severity)
    checkup = look_over(clean, Check(ODD, lambda _: iter([found])))
    assert checkup.verdict is verdict
    assert (checkup.reason == "This is it.") == (verdict is not Verdict.NOTHING)


def test_the_overview_says_what_was_looked_at_and_what_does_not_apply(
    tmp_path: Path,
) -> None:
    write_clean(tmp_path)
    rows = (
        Check(ODD, finding_nothing),
        Check(
            Rule(id="T3", severity=Severity.NOTE, title="never", why="No."),
            finding_nothing,
            excuse=lambda _: "it is Sunday",
        ),
    )
    overview = look_over(tmp_path, *rows).sections[0]
    assert overview.name == "overview"
    assert overview.facts["rules"] == ["T1"]
    assert overview.facts["not_applied"] == {"T3": "it is Sunday"}
    files, idle = overview.tables
    assert len(files.rows) == 6
    assert idle.rows == (("T3", "never", "it is Sunday"),)


def test_findings_of_a_level_name_it(tmp_path: Path) -> None:
    write_clean(tmp_path, mutate=at(LEVEL_1, setting(SoftwareVersions="")))
    (found,) = [each for each in look_over(tmp_path).findings if each.level is not None]
    assert (found.rule.id, found.level, found.tag) == ("ID4", 1, "SoftwareVersions")


def test_rules_about_attributes_are_excused_from_other_formats() -> None:
    nothing: dict[str, Any] = {"ignored": (), "all_frames": False, "run": Run()}
    subject = Subject(None, (), **nothing)
    assert no_dicom(subject) == "none of the files is DICOM"
