"""What dciodvfy says is shown beside our findings, whatever it says or does."""

import shutil
import stat
import sys
from pathlib import Path

import pytest

from tests.synthetic import write_slide
from viewer.qa.conformance import MOST_MESSAGES, conformance, find_program
from viewer.qa.report.section import Section
from viewer.qa.run import Run
from viewer.slide.errors import Cancelled

NEEDS_SCRIPTS = pytest.mark.skipif(
    sys.platform == "win32", reason="a script cannot stand in for a program there"
)
SPACING = "</SharedFunctionalGroupsSequence(5200,9229)[1]/PixelSpacing(0028,0030)>"
SAID = f"""\
VLWholeSlideMicroscopyImage
Error - {SPACING} - Missing attribute for Type 1C Conditional - Module=<Measures>
Warning - </StudyDate(0008,0020)> - Missing attribute or value that would be needed \
to build DICOMDIR
Error - </PatientName(0010,0010)[1]> - Value invalid for this VR - PN [1] = <Doe^Jane?>
Error - </ImagedVolumeDepth(0048,0003)[1]> - Value is zero
Error - </SpecimenLabelInImage(0048,0010)[1]> - required to be YES = <NO>
"""


def program(folder: Path, body: str) -> str:
    """Write a program that does what Python lines say, as dciodvfy."""
    path = folder / "dciodvfy"
    path.write_text(f"#!{sys.executable}\nimport sys, time\n{body}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path)


def saying(folder: Path, words: str) -> str:
    return program(folder, f"sys.stderr.write({words!r})")


def asked(folder: Path, program: str, count: int = 1, seconds: float = 20) -> Section:
    files = [folder / f"{number}.dcm" for number in range(count)]
    return conformance(files, Run(threads=2), program, seconds)


@NEEDS_SCRIPTS
def test_messages_are_listed_and_harmless_ones_are_marked_and_last(
    tmp_path: Path,
) -> None:
    section = asked(tmp_path, saying(tmp_path, SAID), count=3)
    assert section.findings == ()
    table, harmless = section.tables
    assert table.rows[0][0] == (
        "Error: PixelSpacing(0028,0030): Missing attribute for Type 1C Conditional"
    )
    assert table.columns == ("message", "value", "files")
    assert harmless.columns == ("message", "files", "why that is harmless")
    assert (len(table.rows), len(harmless.rows)) == (3, 2)
    assert {row[2] for row in table.rows} == {"3 files"}
    assert "3 errors and 0 warnings on 3 files; 2 more" in section.lines[0]


@NEEDS_SCRIPTS
def test_the_attribute_is_what_one_reads_first_and_no_column_is_empty(
    tmp_path: Path,
) -> None:
    said = "Error - </StudyID(0020,0010)> - Missing attribute - Module=<GeneralStudy>"
    section = asked(tmp_path, saying(tmp_path, f"{said}\n"))
    (table,) = section.tables
    assert table.columns == ("message", "files")
    assert table.rows == (("Error: StudyID(0020,0010): Missing attribute", "0.dcm"),)
    (message,) = section.facts["messages"]
    assert "Module=<GeneralStudy>" in message["message"]


@NEEDS_SCRIPTS
def test_values_of_patients_are_kept_apart_and_private(tmp_path: Path) -> None:
    section = asked(tmp_path, saying(tmp_path, SAID))
    table, harmless = section.tables
    private = [table.rows[number] for number in table.private]
    assert [row[1] for row in private] == ["Doe^Jane?"]
    elsewhere = [row[0] for row in (*table.rows, *harmless.rows)]
    assert not any("Doe" in text for text in [*section.lines, *elsewhere])
    assert "Doe" not in str(section.facts)
    assert [row[1] for row in table.rows if "YES" in row[0]] == ["NO"]


@NEEDS_SCRIPTS
def test_a_file_it_has_nothing_against_is_said_to_be_so(tmp_path: Path) -> None:
    section = asked(tmp_path, saying(tmp_path, "VLWholeSlideMicroscopyImage\n"))
    assert section.lines == ("dciodvfy has nothing to say against 1 file.",)
    assert section.tables == ()


@NEEDS_SCRIPTS
def test_it_is_ended_when_it_takes_too_long(tmp_path: Path) -> None:
    slow = "sys.stderr.write('Error - bad\\n'); sys.stderr.flush(); time.sleep(600)"
    section = asked(tmp_path, program(tmp_path, slow), seconds=0.5)
    assert section.lines[-1] == "0.dcm: dciodvfy was ended after 0.5 seconds."


@NEEDS_SCRIPTS
def test_it_is_ended_when_it_says_too_much(tmp_path: Path) -> None:
    endless = "while True:\n    sys.stderr.write('Error - no end\\n' * 1000)"
    section = asked(tmp_path, program(tmp_path, endless))
    assert section.lines[-1] == "0.dcm: dciodvfy said more than 1 MiB."
    assert section.facts["messages"][0]["message"] == "no end"


@NEEDS_SCRIPTS
def test_different_messages_are_bounded(tmp_path: Path) -> None:
    words = "".join(f"Error - fault {number}\n" for number in range(5000))
    section = asked(tmp_path, saying(tmp_path, words))
    assert len(section.tables[0].rows) == MOST_MESSAGES


@NEEDS_SCRIPTS
def test_it_is_ended_when_nobody_waits_any_more(tmp_path: Path) -> None:
    calls: list[int] = []

    def cancelled() -> bool:
        calls.append(1)
        return len(calls) > 5

    slow = program(tmp_path, "time.sleep(600)")
    with pytest.raises(Cancelled):
        conformance([tmp_path / "a.dcm"], Run(None, cancelled), slow)


@NEEDS_SCRIPTS
def test_a_file_is_one_absolute_argument_whatever_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    echo = "sys.stderr.write(f'Error - {sys.argv[1:]}\\n')"
    monkeypatch.chdir(tmp_path)
    name = "-dump; $(touch x) é.dcm"
    section = conformance([Path(name)], Run(), program(tmp_path, echo))
    assert section.facts["messages"][0]["message"] == str(
        ["-new", str(tmp_path / name)]
    )


def test_a_program_that_cannot_be_run_is_told(tmp_path: Path) -> None:
    section = asked(tmp_path, str(tmp_path / "none"))
    assert "dciodvfy could not be run" in section.lines[-1]


def test_it_is_found_on_the_path_or_nowhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert find_program() is None


@pytest.mark.skipif(shutil.which("dciodvfy") is None, reason="dciodvfy is not here")
def test_the_real_program_misses_what_is_missing(tmp_path: Path) -> None:
    files = write_slide(tmp_path, levels=1, label=False, overview=False)
    section = conformance(files, Run(), find_program() or "")
    words = [row[0] for row in section.tables[0].rows]
    assert any("ICCProfile(0028,2000)" in text for text in words)
