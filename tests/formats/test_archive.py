"""Zip archives: what comes out, what may not, and what people read about it."""

import os
import shutil
import stat
import struct
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.synthetic import write_slide
from viewer.app import main
from viewer.formats import (
    Ignored,
    Opened,
    OpenOptions,
    archive,
    open_slides,
    shown_path,
)
from viewer.formats.unpacked import Unpacked, remove_leftovers, safe_name
from viewer.slide.errors import BrokenFile, Cancelled, SlideError
from viewer.slide.model import EMPTY, TileKey


def cache() -> Path:
    return Path(os.environ["XDG_CACHE_HOME"]) / "coverslip"


def leftovers() -> list[str]:
    return [each.name for each in cache().glob("coverslip-unpacked-*")]


@pytest.fixture(autouse=True)
def _nothing_stays() -> None:
    shutil.rmtree(cache(), ignore_errors=True)


@pytest.fixture
def slide(tmp_path: Path) -> list[Path]:
    return write_slide(tmp_path / "slide", levels=2, label=True, overview=False)


def zipped(
    path: Path,
    members: Sequence[tuple[str, bytes]],
    method: int = zipfile.ZIP_DEFLATED,
) -> Path:
    with zipfile.ZipFile(path, "w", method) as target:
        for name, content in members:
            target.writestr(name, content)
    return path


def with_slide(
    path: Path, slide: Sequence[Path], *more: tuple[str, bytes], method: int = 8
) -> Path:
    members = [(f"case 1/{each.name}", each.read_bytes()) for each in slide]
    return zipped(path, [*members, *more], method)


def reasons(opened: Opened) -> list[str]:
    return [each.reason for each in opened.ignored]


def close(opened: Opened) -> None:
    for each in opened.slides:
        each.close()


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_a_slide_in_an_archive_opens_and_its_tiles_are_its_own(
    tmp_path: Path, slide: list[Path], method: int
) -> None:
    path = with_slide(tmp_path / "scans.zip", slide, method=method)
    (packed,), (plain,) = open_slides([path]).slides, open_slides([slide[0]]).slides
    first = TileKey(packed.serial, 0, 1, 1)
    one, other = packed.read_samples(first), plain.read_samples(first)
    assert one is not EMPTY
    assert other is not EMPTY
    assert one.tobytes() == other.tobytes()
    assert packed.associated["label"].read().size
    packed.close()
    plain.close()


def test_names_are_those_in_the_archive(tmp_path: Path, slide: list[Path]) -> None:
    opened = open_slides([with_slide(tmp_path / "scans.zip", slide, ("a.txt", b"a"))])
    shown = {shown_path(each.path) for each in opened.slides[0].files}
    assert shown == {f"scans.zip/case 1/{each.name}" for each in slide}
    assert [shown_path(each.path) for each in opened.ignored] == ["scans.zip/a.txt"]
    close(opened)


def test_what_was_unpacked_is_private_and_goes_with_the_last_slide(
    tmp_path: Path, slide: list[Path]
) -> None:
    other = write_slide(tmp_path / "other", name="other", levels=1)
    members = [(each.name, each.read_bytes()) for each in [*slide, *other]]
    opened = open_slides([zipped(tmp_path / "two.zip", members)])
    first, second = opened.slides
    for root, folders, files in os.walk(cache() / leftovers()[0]):
        for name in folders:
            assert stat.S_IMODE(Path(root, name).stat().st_mode) == 0o700
        for name in set(files) - {"in-use"}:
            assert stat.S_IMODE(Path(root, name).stat().st_mode) == 0o600
    assert stat.S_IMODE((cache() / leftovers()[0]).stat().st_mode) == 0o700
    first.close()
    assert len(leftovers()) == 1
    second.close()
    assert leftovers() == []


def test_nothing_stays_of_an_archive_without_slides(tmp_path: Path) -> None:
    path = zipped(tmp_path / "letters.zip", [("a.txt", b"words"), ("b.txt", b"more")])
    with pytest.raises(SlideError, match=r"^No slide in letters\.zip\. 2 files were"):
        open_slides([path])
    assert leftovers() == []


@pytest.mark.parametrize(
    "name",
    [
        "../../evil.dcm",
        "/etc/evil.dcm",
        "C:\\Windows\\evil.dcm",
        "a/../../../../evil.dcm",
        "..\\..\\evil.dcm",
        "con/evil.dcm",
        "x" * 300 + "/evil.dcm",
        "\u4e2d\u6587/evil.dcm",
    ],
)
def test_no_name_leads_out_of_the_folder(
    tmp_path: Path, slide: list[Path], name: str
) -> None:
    path = tmp_path / "slip.zip"
    opened = open_slides([zipped(path, [(name, slide[0].read_bytes())])])
    (file,) = opened.slides[0].files
    assert file.path.resolve().is_relative_to(cache().resolve())
    assert file.path.name == "evil.dcm"
    close(opened)


def test_members_of_one_name_are_all_there(tmp_path: Path) -> None:
    one = write_slide(tmp_path / "1", name="one", levels=1, label=False, overview=False)
    two = write_slide(tmp_path / "2", name="two", levels=1, label=False, overview=False)
    path = tmp_path / "same.zip"
    with pytest.warns(UserWarning, match="Duplicate name"):
        zipped(path, [("x.dcm", each.read_bytes()) for each in (one[0], two[0])])
    opened = open_slides([path])
    names = sorted(each.files[0].path.name for each in opened.slides)
    assert names == ["x (2).dcm", "x.dcm"]
    close(opened)


def test_an_archive_in_an_archive_is_said_by_its_name(
    tmp_path: Path, slide: list[Path]
) -> None:
    inner = zipped(tmp_path / "inner.zip", [("a", b"a")]).read_bytes()
    opened = open_slides([with_slide(tmp_path / "x.zip", slide, ("in.zip", inner))])
    sentence = "x.zip: in.zip is an archive in an archive, which is not opened."
    assert reasons(opened) == [sentence]
    close(opened)


def test_an_encrypted_member_is_said(tmp_path: Path, slide: list[Path]) -> None:
    path = with_slide(tmp_path / "x.zip", slide, ("secret.dcm", b"secret"))
    content = bytearray(path.read_bytes())
    local = content.rfind(b"PK\x03\x04")
    central = content.rfind(b"PK\x01\x02")
    content[local + 6] |= 1
    content[central + 8] |= 1
    path.write_bytes(content)
    opened = open_slides([path])
    assert reasons(opened) == [
        "x.zip: secret.dcm is encrypted; unpack the archive with its password."
    ]
    close(opened)


def test_a_method_without_a_bound_is_said(tmp_path: Path, slide: list[Path]) -> None:
    path = with_slide(tmp_path / "x.zip", slide)
    with zipfile.ZipFile(path, "a", zipfile.ZIP_LZMA) as target:
        target.writestr("y.dcm", b"y")
    opened = open_slides([path])
    sentence = "x.zip: y.dcm is packed with LZMA, which is not read; unpack the archive"
    assert reasons(opened) == [f"{sentence} first."]
    close(opened)


def test_a_link_is_not_followed(tmp_path: Path, slide: list[Path]) -> None:
    path = with_slide(tmp_path / "x.zip", slide)
    link = zipfile.ZipInfo("link.dcm")
    link.external_attr = 0o120777 << 16
    with zipfile.ZipFile(path, "a") as target:
        target.writestr(link, "/etc/passwd")
    opened = open_slides([path])
    assert reasons(opened) == ["x.zip: link.dcm is a link, which is not followed."]
    close(opened)


def test_a_large_member_that_grows_too_much_is_not_unpacked(
    tmp_path: Path, slide: list[Path]
) -> None:
    bomb = bytes(archive.LARGE + 1)
    opened = open_slides([with_slide(tmp_path / "x.zip", slide, ("bomb", bomb))])
    (reason,) = reasons(opened)
    assert reason.startswith("x.zip: bomb would grow 1,0")
    assert reason.endswith("times when it is unpacked, expected at most 200.")
    close(opened)


def test_a_small_member_may_grow_as_it_likes(tmp_path: Path, slide: list[Path]) -> None:
    path = with_slide(tmp_path / "x.zip", slide, ("zeros", bytes(archive.LARGE)))
    opened = open_slides([path])
    (reason,) = reasons(opened)
    assert (
        reason == "zeros is a file of zeros, as copying that was broken off leaves it."
    )
    close(opened)


@pytest.mark.parametrize(
    ("bound", "most", "sentence"),
    [
        ("MOST_MEMBERS", 2, "the archive has 3 files, expected at most 2"),
        ("MOST_BYTES", 10, r"has [\d,]+ bytes, expected at most 10"),
        ("SPARE", 1 << 60, r"must stay free; the disk has [\d,]+"),
    ],
)
def test_bounds_are_looked_at_before_anything_is_unpacked(
    tmp_path: Path,
    slide: list[Path],
    monkeypatch: pytest.MonkeyPatch,
    bound: str,
    most: int,
    sentence: str,
) -> None:
    path = with_slide(tmp_path / "x.zip", slide)
    monkeypatch.setattr(archive, bound, most)
    with pytest.raises(SlideError, match=rf"^x\.zip: .*{sentence}\.$"):
        open_slides([path])
    assert leftovers() == []


def test_a_directory_that_would_fill_the_memory_is_refused(tmp_path: Path) -> None:
    path = zipped(tmp_path / "x.zip", [("a", b"a")])
    content = bytearray(path.read_bytes())
    struct.pack_into("<I", content, content.rfind(b"PK\x05\x06") + 12, 0x7FFFFFFF)
    path.write_bytes(content)
    sentence = "the archive's directory has 2,147,483,647 bytes, expected at most"
    with pytest.raises(SlideError, match=sentence):
        open_slides([path])


def test_a_damaged_member_is_left_out_and_the_others_open(
    tmp_path: Path, slide: list[Path]
) -> None:
    path = tmp_path / "x.zip"
    members = [("bad.dcm", b"\xaa" * 1000)]
    members += [(each.name, each.read_bytes()) for each in slide]
    zipped(path, members, zipfile.ZIP_STORED)
    content = path.read_bytes()
    path.write_bytes(content.replace(b"\xaa" * 1000, b"\xaa" * 999 + b"!", 1))
    opened = open_slides([path])
    (reason,) = reasons(opened)
    assert reason.startswith("x.zip: bad.dcm is damaged: what comes out")
    assert len(opened.slides) == 1
    close(opened)


@pytest.mark.parametrize("length", [4, 30, 200])
def test_an_archive_cut_off_is_refused(tmp_path: Path, length: int) -> None:
    path = zipped(tmp_path / "x.zip", [("a" * 300, os.urandom(500))])
    path.write_bytes(path.read_bytes()[:length])
    with pytest.raises(
        BrokenFile, match=r"^x\.zip: is no zip archive that can be read"
    ):
        archive.unpack(path, OpenOptions(), [])
    assert leftovers() == []


def test_unpacking_tells_how_far_it_is_and_stops_when_nobody_waits(
    tmp_path: Path, slide: list[Path]
) -> None:
    path = with_slide(tmp_path / "x.zip", slide, ("big", os.urandom(5 << 20)))
    steps: list[tuple[int, int]] = []

    def progress(done: int, known: int) -> None:
        steps.append((done, known))

    def cancelled() -> bool:
        return bool(steps) and steps[-1][0] >= 3

    with pytest.raises(Cancelled):
        open_slides([path], OpenOptions(progress=progress, cancelled=cancelled))
    packed = (5 << 20) + sum(each.stat().st_size for each in slide)
    assert steps[-1] == (3, packed >> 20)
    assert leftovers() == []


def test_macos_leaves_no_trace_in_what_was_left_out(
    tmp_path: Path, slide: list[Path]
) -> None:
    opened = open_slides(
        [with_slide(tmp_path / "x.zip", slide, ("__MACOSX/case 1/._a.dcm", b"\0\5"))]
    )
    assert opened.ignored == ()
    close(opened)


def test_an_archive_found_in_a_folder_stays_packed(
    tmp_path: Path, slide: list[Path]
) -> None:
    path = with_slide(slide[0].parent / "scans.zip", slide)
    opened = open_slides([path.parent])
    reason = "scans.zip is a zip archive; name it or drop it by itself to open what is"
    assert opened.ignored == (Ignored(path, f"{reason} in it."),)
    close(opened)


CRASHING = """
import os, sys
from pathlib import Path
from viewer.formats.unpacked import Unpacked
unpacked = Unpacked(Path("x.zip"))
with unpacked.create("a.dcm") as file:
    file.write(b"a")
print(unpacked.folder, flush=True)
os._exit(0) if sys.argv[1] == "crash" else None
"""


def unpacked_elsewhere(how: str) -> Path:
    words = [sys.executable, "-c", CRASHING, how]
    answer = subprocess.run(words, check=True, capture_output=True, text=True)
    return Path(answer.stdout.strip())


def test_the_end_of_the_process_removes_what_it_unpacked() -> None:
    assert not unpacked_elsewhere("end").parent.exists()


def test_what_a_crash_left_is_removed_and_what_is_in_use_is_not() -> None:
    left = unpacked_elsewhere("crash")
    used = Unpacked(Path("y.zip"))  # which looks for leftovers itself
    assert not left.parent.exists()
    remove_leftovers()
    assert used.folder.is_dir()
    used.remove()
    assert not used.folder.parent.exists()


def test_a_cache_that_cannot_be_written_is_said(
    tmp_path: Path, slide: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(slide[0] / "below a file"))
    with pytest.raises(
        SlideError, match=r"^x\.zip: there is no folder to unpack it in"
    ):
        open_slides([with_slide(tmp_path / "x.zip", slide)])


def test_any_number_of_files_may_have_one_name(
    tmp_path: Path, slide: list[Path]
) -> None:
    same = [("notes.txt", b"%d" % number) for number in range(300)]
    with pytest.warns(UserWarning, match="Duplicate name"):
        path = with_slide(tmp_path / "x.zip", slide, *same)
    opened = open_slides([path])
    assert len(opened.slides) == 1
    assert len(reasons(opened)) == 300
    close(opened)


def test_a_folder_that_is_an_empty_file_too_costs_nothing(
    tmp_path: Path, slide: list[Path]
) -> None:
    members = [(f"case 1/{each.name}", each.read_bytes()) for each in slide]
    path = zipped(tmp_path / "x.zip", [("case 1", b""), *members])
    opened = open_slides([path])
    (found,) = opened.slides
    assert {each.path.name for each in found.files} == {each.name for each in slide}
    assert len({each.path.parent for each in found.files}) == 1
    assert reasons(opened) == ["case 1 is an empty file."]
    close(opened)


def test_many_small_files_may_not_fill_the_disk(
    tmp_path: Path, slide: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive, "LARGE_TOTAL", 4 << 20)
    bombs = [(f"{number}.bin", bytes(1 << 20)) for number in range(8)]
    path = zipped(tmp_path / "x.zip", bombs)
    with pytest.raises(SlideError, match=r"has 8,388,608 bytes, expected at most"):
        open_slides([path])
    assert leftovers() == []


def test_a_folder_that_another_process_took_for_a_leftover_is_made_anew(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    make, made = tempfile.mkdtemp, list[str]()

    def taken(**how: Any) -> str:
        made.append(make(**how))
        if len(made) == 1:  # between the two steps of the first attempt
            remove_leftovers()
        return made[-1]

    monkeypatch.setattr(tempfile, "mkdtemp", taken)
    unpacked = Unpacked(Path("x.zip"))
    assert unpacked.folder.parent == Path(made[1])
    assert leftovers() == [Path(made[1]).name]
    unpacked.remove()


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("level 0.dcm", "level 0.dcm"),
        ("\u4e2d.svs", "\u4e2d.svs"),
        ("a:b", "a_b"),
        ("nul.txt", "_nul.txt"),
        ("dots...", "dots"),
        ("", "_"),
        ("x" * 300 + ".mrxs", "x" * 195 + ".mrxs"),
        ("\ud800", "_"),
    ],
)
def test_a_component_is_a_name_everywhere(name: str, safe: str) -> None:
    assert safe_name(name) == safe


def test_a_full_disk_is_said_and_nothing_stays(
    tmp_path: Path, slide: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_self: Unpacked, _name: str) -> object:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Unpacked, "create", full)
    path = with_slide(tmp_path / "x.zip", slide)
    reason = r"^x\.zip: cannot be unpacked: No space left on device\.$"
    with pytest.raises(SlideError, match=reason):
        open_slides([path])
    assert leftovers() == []


def test_the_command_line_names_members_and_no_passing_folder(
    tmp_path: Path, slide: list[Path], capsys: pytest.CaptureFixture[str]
) -> None:
    path = with_slide(tmp_path / "scans.zip", slide, ("notes.txt", b"words"))
    assert main(["info", str(path)]) == 0
    assert main(["info", "--json", "-", str(path)]) == 0
    answer = capsys.readouterr()
    reason = "notes.txt is neither DICOM nor TIFF nor of another slide format."
    assert f"scans.zip/notes.txt: {reason}" in answer.out
    assert "scans.zip/case 1/synthetic-level0.dcm" in answer.out
    assert "coverslip-unpacked" not in answer.out + answer.err
    assert main(["metadata", str(path)]) == 0
    assert main(["metadata", "--instance", "0", str(path)]) == 0
    answer = capsys.readouterr()
    assert "   0  case 1/synthetic-level0.dcm: " in answer.out
    assert "coverslip-unpacked" not in answer.out + answer.err
    assert leftovers() == []
