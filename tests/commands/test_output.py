"""Where results go: files, devices, pipes, closed streams, and never over a slide."""

import json
import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from tests.synthetic import write_slide
from viewer.commands.output import JSON, PNG, write_output
from viewer.slide.errors import SlideError

PROGRAM = f"{shlex.quote(sys.executable)} -m viewer"
SMALL = "--level 0 --x 0 --y 0 --width 20 --height 10"
posix = pytest.mark.skipif(os.name != "posix", reason="a POSIX shell is used")


def shell(line: str, folder: Path) -> subprocess.CompletedProcess[bytes]:
    """Run a line of shell in which `coverslip` is the program, in a folder."""
    return subprocess.run(
        ["/bin/sh", "-c", line.replace("coverslip", PROGRAM)],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        capture_output=True,
        timeout=60,
        check=False,
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("output")
    write_slide(folder, levels=1, label=False, overview=False)
    return folder


def test_file_of_another_kind_is_not_written_over(tmp_path: Path) -> None:
    slide = tmp_path / "slide.dcm"
    slide.write_bytes(bytes(128) + b"DICM")
    for kind, name in ((PNG, "a PNG picture"), (JSON, "JSON")):
        with pytest.raises(SlideError) as refusal:
            write_output(str(slide), kind, kind)
        assert str(refusal.value) == (
            f"{slide} is there already and is not {name}; it is not written over."
        )
    assert slide.read_bytes() == bytes(128) + b"DICM"


def test_file_of_the_same_kind_and_an_empty_one_are_written_over(
    tmp_path: Path,
) -> None:
    out = tmp_path / "out"
    for before in (b"", b"{}", b'{"a": 1}'):
        out.write_bytes(before)
        write_output(str(out), b"{1}", JSON)
        assert out.read_bytes() == b"{1}"


@posix
def test_info_does_not_write_json_over_the_first_of_several_slides(
    folder: Path, tmp_path: Path
) -> None:
    for name in ("a.dcm", "b.dcm"):
        (tmp_path / name).write_bytes(next(folder.glob("*.dcm")).read_bytes())
    before = (tmp_path / "a.dcm").read_bytes()
    ran = shell("coverslip info --json *.dcm", tmp_path)
    assert ran.returncode == 2
    assert ran.stderr == (
        b"coverslip: a.dcm is there already and is not JSON; it is not written over.\n"
    )
    assert (tmp_path / "a.dcm").read_bytes() == before


@posix
def test_region_is_written_into_a_pipe(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "piped.png"
    line = f"coverslip region . {SMALL} -o /dev/stdout | cat > {shlex.quote(str(out))}"
    ran = shell(line, folder)
    assert (ran.returncode, ran.stderr) == (0, b"")
    with Image.open(out) as picture:
        assert picture.size == (20, 10)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full")
def test_full_disk_is_one_sentence(folder: Path) -> None:
    ran = shell(f"coverslip region . {SMALL} -o /dev/full", folder)
    assert ran.returncode == 2
    sentence = b"coverslip: /dev/full cannot be written: No space left on device.\n"
    assert ran.stderr == sentence
    assert Path("/dev/full").exists()


@posix
def test_part_of_a_file_is_removed(folder: Path, tmp_path: Path) -> None:
    out = shlex.quote(str(tmp_path / "out.json"))
    ran = shell(f"ulimit -f 1; coverslip info . . . . --json {out}", folder)
    assert ran.returncode == 2
    assert b"out.json cannot be written: File too large.\n" in ran.stderr
    assert not (tmp_path / "out.json").exists()


@posix
def test_file_that_may_not_be_written_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out.json"
    out.write_bytes(b"{}")
    path_open = Path.open

    def refusing(path: Path, mode: str) -> object:  # root may write anything
        if mode == "wb":
            raise PermissionError(13, "Permission denied", str(path))
        return path_open(path, mode)

    monkeypatch.setattr(Path, "open", refusing)
    with pytest.raises(SlideError, match=r"cannot be written: Permission denied\.$"):
        write_output(str(out), b"{1}", JSON)
    assert out.read_bytes() == b"{}"


@posix
@pytest.mark.parametrize("options", ["", "--json"])
def test_closed_standard_output_is_no_crash(folder: Path, options: str) -> None:
    ran = shell(f"coverslip info . {options} >&-", folder)
    assert (ran.returncode, ran.stderr) == (0, b"")


@pytest.mark.skipif(sys.platform != "linux", reason="names are bytes on Linux only")
def test_names_that_are_no_text_are_escaped(folder: Path, tmp_path: Path) -> None:
    odd = tmp_path / os.fsdecode(b"odd \xff.txt")
    odd.write_bytes(b"text")
    slide = tmp_path / "größe 漢.dcm"
    slide.write_bytes(next(folder.glob("*.dcm")).read_bytes())
    in_words = shell("PYTHONIOENCODING=utf-8 coverslip info .", tmp_path)
    assert (in_words.returncode, in_words.stderr) == (0, b"")
    assert rb"odd \udcff.txt is neither DICOM nor TIFF" in in_words.stdout
    ascii_only = shell("PYTHONIOENCODING=ascii coverslip info .", tmp_path)
    assert (ascii_only.returncode, ascii_only.stderr) == (0, b"")
    for line in ("coverslip info . --json", "coverslip info . --json o; cat o; rm o"):
        told = json.loads(shell(line, tmp_path).stdout)
        assert told["ignored"][0]["path"] == odd.name
        assert told["slides"][0]["files"][0]["path"] == slide.name
