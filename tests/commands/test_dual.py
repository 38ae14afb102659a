"""`coverslip dual`: states and exit codes, and copies with and without a TIFF side."""

import json
import struct
from pathlib import Path

import pytest

from tests.commands.program import coverslip
from tests.dual_side import add_tiff_side
from tests.synthetic import write_slide
from viewer.app import main


def slide(folder: Path) -> list[Path]:
    return write_slide(
        folder, levels=2, size=(300, 200), tile=(64, 64), syntax="jpeg", overview=False
    )


def dual_file(folder: Path) -> Path:
    path = slide(folder)[0]
    add_tiff_side(path)
    return path


def alter(path: Path, place: int = 4) -> None:
    content = bytearray(path.read_bytes())
    (value,) = struct.unpack_from("<I", content, place)
    content[place : place + 4] = struct.pack("<I", value + 118)
    path.write_bytes(content)


def test_the_program_prints_the_state_as_json(tmp_path: Path) -> None:
    path = dual_file(tmp_path)
    answer = coverslip("dual", path, "--json")
    found = json.loads(answer.stdout)
    assert (answer.returncode, answer.stderr) == (0, "")
    assert found["state"] == "valid"
    assert {each["severity"] for each in found["findings"]} <= {"warning", "note"}
    (file,) = found["evidence"]["files"]
    assert (file["size"], len(file["sha256"])) == (path.stat().st_size, 64)


def test_none_is_no_fault(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["dual", str(slide(tmp_path)[0])]) == 0
    assert capsys.readouterr().out.count("without a TIFF side") == 2


def test_a_stale_side_exits_with_1(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = dual_file(tmp_path)
    alter(path)
    assert main(["dual", str(path), "--json"]) == 1
    found = json.loads(capsys.readouterr().out)
    assert found["state"] == "stale"
    (finding,) = found["findings"]
    assert (finding["rule"], finding["number"]) == ("QA32", 32)
    assert (finding["severity"], finding["file"]) == ("warning", str(path))


def test_what_cannot_be_read_exits_with_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["dual", str(tmp_path / "nothing")]) == 2
    assert "there is no such file" in capsys.readouterr().err


def test_of_a_folder_the_worst_state_counts_and_each_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = dual_file(tmp_path / "slide")
    (tmp_path / "notes.txt").write_text("hello")
    assert main(["dual", str(tmp_path)]) == 0
    alter(path)
    capsys.readouterr()
    assert main(["dual", str(tmp_path), "--json"]) == 1
    found = json.loads(capsys.readouterr().out)
    assert found["state"] == "stale"
    rows = found["sections"]["files"]["tables"][0]["rows"]
    states = {Path(name).name: state for name, state, _ in rows}
    assert states == {
        "notes.txt": "none",
        "synthetic-label.dcm": "none",
        "synthetic-level0.dcm": "stale",
        "synthetic-level1.dcm": "none",
    }


def test_files_of_one_name_are_told_apart_by_their_folders(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    alter(dual_file(tmp_path / "one"))
    alter(dual_file(tmp_path / "two"))
    assert main(["dual", str(tmp_path), "--json"]) == 1
    found = json.loads(capsys.readouterr().out)
    names = {Path(each["message"].partition(": ")[0]) for each in found["findings"]}
    own = "synthetic-level0.dcm"
    assert names == {Path("one") / own, Path("two") / own}
    assert found["reason"].startswith(str(Path("one") / own))


def test_a_sound_folder_is_summed_up(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    dual_file(tmp_path)
    assert main(["dual", str(tmp_path), "--json"]) == 0
    reason = json.loads(capsys.readouterr().out)["reason"]
    assert reason == "3 files: 2 none, 1 valid."


def test_a_page_stands_alone(tmp_path: Path) -> None:
    page = tmp_path / "report.html"
    assert main(["dual", str(dual_file(tmp_path / "s")), "--html", str(page)]) == 0
    text = page.read_text()
    assert "Tile width" in text
    assert "<script src" not in text


def test_a_side_is_written_and_taken_off_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = slide(tmp_path / "in")[0]
    target, back = tmp_path / "dual.tif", tmp_path / "back.dcm"
    assert main(["dual", str(source), "--write", str(target), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["state"], found["findings"]) == ("valid", [])
    assert found["evidence"]["files"][0]["path"] == str(target)
    assert main(["dual", str(target), "--strip", str(back)]) == 0
    assert back.read_bytes() == source.read_bytes()


def test_a_whole_folder_is_given_sides(tmp_path: Path) -> None:
    files = slide(tmp_path / "in")
    assert main(["dual", str(tmp_path / "in"), "--write", str(tmp_path / "out")]) == 0
    written = sorted((tmp_path / "out").iterdir())
    assert [path.name for path in written] == sorted(path.name for path in files)
    assert {path.read_bytes()[:4] for path in written} == {b"II*\0"}


def test_what_is_refused_of_a_folder_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    slide(tmp_path / "in")
    (tmp_path / "in" / "notes.txt").write_text("hello")
    out = tmp_path / "out"
    assert main(["dual", str(tmp_path / "in"), "--write", str(out)]) == 1
    assert "notes.txt" in capsys.readouterr().err
    assert len([*out.iterdir()]) == 3


def test_a_sound_side_is_left_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, target = dual_file(tmp_path), tmp_path / "dual.tif"
    assert main(["dual", str(path), "--write", str(target)]) == 2
    assert "has a TIFF side already" in capsys.readouterr().err
    assert not target.exists()


def test_a_suspicious_file_is_only_stripped(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = slide(tmp_path / "in")[0]
    plain = path.read_bytes()
    path.write_bytes(b"MZ" + plain[2:])
    target = tmp_path / "out.dcm"
    assert main(["dual", str(path), "--write", str(target)]) == 2
    assert "is suspicious" in capsys.readouterr().err
    assert main(["dual", str(path), "--strip", str(target)]) == 0
    assert target.read_bytes() == plain


@pytest.mark.parametrize("option", ["--write", "--strip"])
def test_an_empty_name_is_refused(
    option: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["dual", str(slide(tmp_path)[0]), option, ""]) == 2
    assert "OUT is empty" in capsys.readouterr().err


def test_nothing_is_written_over(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = slide(tmp_path)[0]
    before = path.read_bytes()
    assert main(["dual", str(path), "--write", str(path)]) == 2
    assert "is there already" in capsys.readouterr().err
    assert path.read_bytes() == before
