"""A report in words, for a terminal."""

import re

from hypothesis import given
from hypothesis import strategies as st

from tests.qa.reports import PATIENT, RULE, report
from viewer.qa.finding import Severity
from viewer.qa.report.section import Section, Table
from viewer.qa.report.table import MOST_ROWS
from viewer.qa.report.text import TextOptions, counted_findings, report_text


def test_the_verdict_comes_first_then_the_worst_finding() -> None:
    text = report_text(report())
    lines = text.splitlines()
    assert lines[1] == "Different: The label is missing in the result b.dcm."
    error, note = text.index("  error "), text.index("  note ")
    assert error < note < text.index("Geometry and scale")
    assert "1 error, no warnings, 1 note." in lines


def test_it_fits_in_80_columns() -> None:
    rows = (("x" * 50, "y" * 90, "z"),)
    wide = Table("Wide", ("property", "a" * 60, "b"), rows)
    findings = (RULE.finding("word " * 60),)
    sections = (Section("s", "S", findings, ("long " * 50,), tables=(wide,)),)
    text = report_text(report(sections=sections))
    assert max(map(len, text.splitlines())) <= 80


def test_columns_are_aligned() -> None:
    rows = (("scale", "1", "same"), ("objective of the lens", "20x", "lost"))
    table = Table("T", ("property", "value", "verdict"), rows)
    text = report_text(report(sections=(Section("s", "S", tables=(table,)),)))
    lines = [
        line for line in text.splitlines() if re.search("verdict|same|lost$", line)
    ]
    starts = {re.search(r"verdict$|same$|lost$", line) for line in lines[1:]}
    assert len({found.start() for found in starts if found}) == 1


def test_a_long_table_ends_with_how_much_is_missing() -> None:
    rows = tuple((str(number), "x") for number in range(MOST_ROWS + 5))
    table = Table("T", ("number", "x"), rows)
    text = report_text(report(sections=(Section("s", "S", tables=(table,)),)))
    assert "... and 5 more, which JSON and HTML hold" in text


def test_patient_data_are_withheld_unless_asked_for() -> None:
    assert PATIENT not in report_text(report())
    assert "withheld" in report_text(report())
    assert PATIENT in report_text(report(), TextOptions(with_patient_data=True))


def test_evidence_is_at_the_end() -> None:
    end = report_text(report()).partition("Evidence")[2]
    assert "a.svs, 1,234,567 bytes" in end
    assert f"SHA-256 {'cd' * 32}" in end
    assert "1.2.3.4" in end
    assert "A sample was decoded: 200 of 31,204 tiles." in end
    assert "2026-11-21T04:00:00+00:00" in end


def test_members_are_told_by_verdict_and_findings() -> None:
    whole = report(members=(report(subject="pair one", verdict="identical bits"),))
    end = report_text(whole).partition("pair one")[2]
    assert "Identical bits: " in end
    assert "  error " in end


@given(st.text(st.characters()))
def test_no_sentence_can_command_a_terminal(text: str) -> None:
    section = Section("s", text, (RULE.finding(text),), (text,))
    written = report_text(report(sections=(section,), subject=text))
    controls = {each for each in written if not each.isprintable() and each != "\n"}
    assert all("\udc80" <= each <= "\udcff" for each in controls)


def test_findings_are_counted_by_severity() -> None:
    findings = [RULE.finding("x", each) for each in (*Severity, Severity.WARNING)]
    assert counted_findings(findings) == "1 error, 2 warnings, 1 note"
