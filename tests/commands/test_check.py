"""`coverslip check` as its users run it."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.commands.program import coverslip
from tests.qa.checkup.clean import write_clean
from tests.qa.checkup.defects_frames import DEFECTS


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("clean")
    write_clean(folder)
    return folder


@pytest.fixture(scope="module")
def damaged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("damaged")
    DEFECTS["PX6"](folder)
    return folder


def report(*arguments: object) -> tuple[int, dict[str, Any]]:
    """Return the exit code and what is written as JSON."""
    done = coverslip("check", "--no-dciodvfy", "--json", "-", *arguments)
    return done.returncode, json.loads(done.stdout)


def test_a_clean_slide_ends_with_0(clean: Path) -> None:
    done = coverslip("check", clean, "--no-dciodvfy")
    assert (done.returncode, done.stderr) == (0, "")
    assert "Nothing found: No rule found an error or a warning." in done.stdout


def test_an_error_ends_with_1_and_names_its_place(damaged: Path) -> None:
    code, told = report(damaged)
    assert (code, told["verdict"]) == (1, "errors found")
    (error,) = [each for each in told["findings"] if each["severity"] == "error"]
    assert (error["rule"], error["number"]) == ("PX6", 7)
    assert (error["level"], error["tile"]) == (0, [2, 0])
    assert error["file"].endswith("level0.dcm")
    assert error["message"].startswith("synthetic-level0.dcm: a frame is damaged")
    assert error["why"]


def test_a_warning_ends_with_0(tmp_path: Path) -> None:
    write_clean(tmp_path, objective_power=40)
    code, told = report(tmp_path)
    assert (code, told["verdict"]) == (0, "warnings only")


@pytest.mark.parametrize("what", ["missing", "empty", "text"])
def test_what_cannot_be_looked_at_ends_with_2(tmp_path: Path, what: str) -> None:
    path = tmp_path / "it"
    if what == "empty":
        path.mkdir()
    elif what == "text":
        path.write_text("no slide")
    done = coverslip("check", path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("coverslip: ")
    assert len(done.stderr.splitlines()) == 1


def test_the_report_has_its_evidence(clean: Path) -> None:
    _, told = report(clean)
    evidence = told["evidence"]
    assert {Path(each["path"]) for each in evidence["files"]} == set(clean.iterdir())
    assert all(len(each["sha256"]) == 64 for each in evidence["files"])
    assert all(each["sop_instance_uid"] for each in evidence["files"])
    assert evidence["options"] == {"all_frames": False, "dciodvfy": False}
    assert "Up to 200 frames" in evidence["sampled"]
    _, told = report(clean, "--all-frames")
    assert told["evidence"]["sampled"] == "Every frame was decoded."


def test_several_slides_are_one_report_or_one_of_them(
    clean: Path, tmp_path: Path
) -> None:
    write_clean(tmp_path / "a", name="a")
    write_clean(tmp_path / "b", name="b", spacing=(0.5, 0.5))
    code, told = report(tmp_path)
    assert code == 1
    slides = {each["subject"]: each["verdict"] for each in told["slides"]}
    assert slides == {
        str(tmp_path / "a"): "nothing found",
        str(tmp_path / "b"): "errors found",
    }
    codes = {report(tmp_path, "--slide", number)[0] for number in (0, 1)}
    assert codes == {0, 1}
    done = coverslip("check", tmp_path, "--slide", 2)
    assert done.returncode == 2
    assert "slide 2 was asked for, expected 0 to 1" in done.stderr
    assert clean


def test_a_zip_archive_is_looked_at_while_it_is_unpacked(
    clean: Path, tmp_path: Path
) -> None:
    archive = shutil.make_archive(str(tmp_path / "slide"), "zip", clean)
    code, told = report(archive)
    assert (code, told["verdict"]) == (0, "nothing found")
    assert all(each["sha256"] for each in told["evidence"]["files"])


def test_a_page_is_written_whole(damaged: Path, tmp_path: Path) -> None:
    page = tmp_path / "report.html"
    done = coverslip("check", damaged, "--html", page)
    assert done.returncode == 1
    written = page.read_text(encoding="utf-8")
    assert "a frame is damaged" in written
    assert "</html>" in written


def test_files_of_no_slide_are_looked_at_as_far_as_they_can_be(tmp_path: Path) -> None:
    (path, *_) = write_clean(tmp_path, levels=1, label=False, overview=False)
    content = path.read_bytes()
    bits = b"\x28\x00\x00\x01US\x02\x00\x08\x00"  # Bits Allocated 8
    assert bits in content
    path.write_bytes(content.replace(bits, bits[:-2] + b"\x0c\x00"))
    for other in tmp_path.iterdir():
        if other != path:
            other.unlink()
    code, told = report(tmp_path)
    assert code == 1
    assert "QA22" in {each["rule"] for each in told["findings"]}


def test_a_file_of_which_nothing_can_be_read_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "hollow.dcm"
    path.write_bytes(bytes(128) + b"DICM" + bytes(5000))
    code, told = report(path)
    assert (code, told["verdict"]) == (1, "errors found")
    (error,) = [each for each in told["findings"] if each["severity"] == "error"]
    assert (error["rule"], error["file"]) == ("OP1", str(path))
    assert "no attributes that can be read" in error["message"]
