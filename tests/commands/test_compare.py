"""`coverslip compare` as its users run it: exit codes, text, JSON, HTML, batches."""

import json
import os
import shutil
import signal
import subprocess
import sys
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pydicom
import pytest

from tests.commands.program import coverslip
from tests.qa import damage
from tests.qa.tissue import tissue
from tests.synthetic import write_slide
from viewer.qa.finding import Severity

PATIENT, OTHER_PATIENT = "Doe^Jane", "Roe^Rick"


def named(dataset: Any) -> None:
    dataset.PatientName = PATIENT
    dataset.PatientID = "PID-4711"


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("compare") / "case-1"
    write_slide(
        folder,
        size=(600, 400),
        levels=2,
        syntax="jpeg",
        quality=90,
        texture=tissue,
        mutate=named,
    )
    return folder


@pytest.fixture
def result(source: Path, tmp_path: Path) -> Path:
    return shutil.copytree(source, tmp_path / "result")


def as_json(*words: object, code: int = 0) -> dict[str, Any]:
    ran = coverslip("compare", *words, "--json")
    assert (ran.returncode, ran.stderr) == (code, "")
    return json.loads(ran.stdout)


def test_a_copy_is_the_same_bits(source: Path, result: Path) -> None:
    ran = coverslip("compare", source, result)
    assert (ran.returncode, ran.stderr) == (0, "")
    # 600 x 400 and 300 x 200 pixels in tiles of 256: 3 x 2 and 2 x 1
    words = "Identical bits: 8 of 8 frames are the same bits, none re-encoded."
    assert words in ran.stdout.splitlines()


@pytest.mark.parametrize("options", [[], ["--bits-only"], ["--pixels", "all"]])
def test_one_bit_is_a_difference(
    source: Path, result: Path, options: list[str]
) -> None:
    damage.one_bit(result)
    told = as_json(source, result, *options, code=1)
    assert told["verdict"] == "different"
    errors = [each for each in told["findings"] if each["severity"] == "error"]
    assert told["reason"] in [each["message"] for each in errors]
    assert {each["severity"] for each in told["findings"]} <= {
        each.value for each in Severity
    }
    sections = set(told["sections"])
    assert ("pixels" in sections) is ("--bits-only" not in options)


def test_the_tolerance_decides(source: Path, result: Path) -> None:
    damage.recoded(85)(result)
    assert as_json(source, result, code=1)["verdict"] == "different"
    told = as_json(source, result, "--tolerance", "max=255,ssim=0.1")
    assert told["verdict"] == "same within the tolerance given"
    assert told["evidence"]["options"]["tolerance"] == "max=255,ssim=0.1"


def test_evidence_names_every_file_with_its_hash(source: Path, result: Path) -> None:
    evidence = as_json(source, result, "--sample", 3)["evidence"]
    expected = {
        ("a" if path.parent == source else "b", str(path)): (
            path.stat().st_size,
            sha256(path.read_bytes()).hexdigest(),
            pydicom.dcmread(path, stop_before_pixels=True).SOPInstanceUID,
        )
        for path in (*source.iterdir(), *result.iterdir())
    }
    found = {
        (each["side"], each["path"]): (
            each["size"],
            each["sha256"],
            each["sop_instance_uid"],
        )
        for each in evidence["files"]
    }
    assert found == expected
    assert evidence["options"] == {"pixels": "sample", "sample": 3}
    assert evidence["program"].startswith("coverslip ")
    assert any(line.startswith("imagecodecs ") for line in evidence["codecs"])
    assert evidence["sampled"] == "A sample was decoded: 5 of 8 tiles."


class Page(HTMLParser):
    """The texts and the attributes of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.values: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.values += [value or "" for _, value in attrs]

    def handle_data(self, data: str) -> None:
        self.values.append(data)


def test_reports_hold_no_patient_data_unless_asked(
    source: Path, result: Path, tmp_path: Path
) -> None:
    for path in result.iterdir():  # what is the same on both sides is not listed
        dataset = pydicom.dcmread(path)
        dataset.PatientName = OTHER_PATIENT
        dataset.save_as(path)
    html, written = tmp_path / "r.html", tmp_path / "r.json"
    words = ("compare", source, result, "--html", html, "--json", written, "--tables")
    ran = coverslip(*words)
    assert (ran.returncode, ran.stderr) == (0, "")
    told = html.read_text() + written.read_text() + ran.stdout
    for words_of_patient in (PATIENT, OTHER_PATIENT, "PID-4711"):
        assert words_of_patient not in told
    assert "withheld" in told
    asked = coverslip(*words, "--with-patient-data")
    assert PATIENT in asked.stdout
    assert PATIENT in html.read_text()
    assert PATIENT in written.read_text()


def test_the_page_stands_alone(source: Path, result: Path, tmp_path: Path) -> None:
    damage.one_bit(result)
    html = tmp_path / "r.html"
    ran = coverslip("compare", source, result, "--html", html)
    assert ran.returncode == 1
    page = Page(html.read_text())
    assert "Different" in page.values
    assert not {"script", "link", "iframe"} & set(page.tags)
    assert not any("://" in value for value in page.values)
    pictures = [each for each in page.values if each.startswith("data:image/png;")]
    assert len(pictures) == page.tags.count("img")
    assert pictures


@pytest.mark.parametrize("options", [[], ["--batch"]])
def test_what_is_not_there_is_one_sentence(
    source: Path, tmp_path: Path, options: list[str]
) -> None:
    ran = coverslip("compare", source, tmp_path / "nothing", *options)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert len(ran.stderr.splitlines()) == 1
    assert "nothing" in ran.stderr


def test_slides_with_no_level_in_common_cannot_be_compared(
    source: Path, tmp_path: Path
) -> None:
    write_slide(tmp_path / "other", size=(333, 777), levels=1)
    ran = coverslip("compare", source, tmp_path / "other")
    assert (ran.returncode, ran.stdout) == (2, "")
    assert "600 x 400" in ran.stderr
    assert "333 x 777" in ran.stderr


def test_several_slides_are_listed_and_one_can_be_chosen(
    source: Path, tmp_path: Path
) -> None:
    both = tmp_path / "both"
    shutil.copytree(source, both / "one")
    write_slide(both / "two", size=(300, 300), levels=1, name="second")
    ran = coverslip("compare", source, both)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert "both holds 2 slides; --slide-b K chooses one of them: 0: " in ran.stderr
    assert as_json(source, both, "--slide-b", 0)["verdict"] == "identical bits"
    ran = coverslip("compare", source, both, "--slide-b", 2)
    assert ran.returncode == 2
    assert "expected 0 to 1" in ran.stderr


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--tolerance", "blue"], "--tolerance blue: expected numbers"),
        (["--sample", "0"], "--sample 0: expected 1 or more."),
        (["--bits-only", "--tolerance", "3"], "which --bits-only leaves out"),
        (["--html", "no/such/folder.html"], "its folder does not exist"),
        (["--bits-only", "--slide-a", "0", "--batch"], "--slide-a"),
    ],
)
def test_options_that_make_no_sense_are_one_sentence(
    source: Path, options: list[str], words: str
) -> None:
    ran = coverslip("compare", source, source, *options)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert words in ran.stderr
    assert len(ran.stderr.splitlines()) == 1


def test_no_slide_is_written_over(source: Path, result: Path) -> None:
    file = next(result.iterdir())
    before = file.read_bytes()
    for option in ("--html", "--json"):
        ran = coverslip("compare", source, result, option, file)
        assert ran.returncode == 2
        assert "it is not written over" in ran.stderr
    assert file.read_bytes() == before


@pytest.fixture
def folders(source: Path, tmp_path: Path) -> tuple[Path, Path]:
    """Three slides and their conversions, of which one differs, and a stray each."""
    a, b = tmp_path / "A", tmp_path / "B"
    for name in ("s1", "s2", "s3"):
        shutil.copytree(source, a / name)
        shutil.copytree(source, b / name)
    damage.swapped_tiles(b / "s2")
    shutil.copytree(source, a / "only-a")
    (b / "notes.txt").write_text("converted on Tuesday")
    return a, b


def test_a_batch_compares_what_has_a_partner(
    folders: tuple[Path, Path], tmp_path: Path
) -> None:
    html = tmp_path / "batch.html"
    told = as_json("--batch", *folders, "--html", html, code=1)
    assert told["verdict"] == "different"
    assert told["reason"] == (
        "3 pairs: 1 different, 2 identical bits; 1 without a partner."
    )
    assert [each["verdict"] for each in told["pairs"]] == [
        "identical bits",
        "different",
        "identical bits",
    ]
    alone, left_out = (
        each for each in told["findings"] if each["rule"].startswith("BA")
    )
    assert (alone["severity"], alone["side"]) == ("error", "a")
    assert "only-a" in alone["message"]
    assert left_out["severity"] == "note"
    assert "notes.txt" in left_out["message"]
    page = Page(html.read_text())
    for name in ("s1", "s2", "s3"):
        assert any(f"{os.sep}{name}{os.sep}" in value for value in page.values)
    in_words = coverslip("compare", "--batch", *folders)
    assert in_words.returncode == 1
    assert "s2" in in_words.stdout


def test_a_batch_of_equals_is_the_same(source: Path, tmp_path: Path) -> None:
    for side in "ab":
        shutil.copytree(source, tmp_path / side / "s1")
    told = as_json("--batch", tmp_path / "a", tmp_path / "b")
    assert told["verdict"] == "identical bits"
    assert told["findings"] == []


def test_a_pair_that_cannot_be_compared_does_not_stop_the_others(
    folders: tuple[Path, Path],
) -> None:
    a, b = folders
    shutil.rmtree(b / "s1")
    write_slide(b / "s1", size=(333, 777), levels=1)
    shutil.rmtree(a / "only-a")
    told = as_json("--batch", a, b, code=1)
    assert [each["verdict"] for each in told["pairs"]] == [
        "could not compare",
        "different",
        "identical bits",
    ]
    assert "no level in common" in told["pairs"][0]["reason"]
    (first, *_) = told["findings"]
    assert (first["rule"], first["severity"]) == ("BA3", "error")
    assert first["message"].startswith("s1 and s1 could not be compared: ")
    assert told["verdict"] == "different"


@pytest.mark.slides
def test_both_sides_of_one_file_can_be_compared(slides_folder: Path) -> None:
    dual = slides_folder / "dual/pixelmed-svs-jpeg-rgb-classic"
    sides = ("--personality-a", "tiff", "--personality-b", "dicom")
    told = as_json(dual, dual, *sides, "--bits-only")
    assert told["verdict"] == "identical bits"


SLOW = """
import sys, time
from viewer.qa import comparison_report
def wait_forever(*_):
    print("comparing", flush=True)
    time.sleep(60)
comparison_report.compare = wait_forever
from viewer.app import main
sys.exit(main(sys.argv[1:]))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no such signals")
def test_ctrl_c_ends_it_and_leaves_no_report(
    source: Path, result: Path, tmp_path: Path
) -> None:
    html = tmp_path / "r.html"
    words = ["compare", str(source), str(result), "--html", str(html)]
    process = subprocess.Popen(
        [sys.executable, "-c", SLOW, *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "comparing\n"
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    finally:
        process.kill()
    assert (process.returncode, out, err) == (130, "", "")
    assert not html.exists()
