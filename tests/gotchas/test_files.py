"""Files as they are met: odd names, strangers beside, files that go away."""

import errno
import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.gotchas.one_slide import is_whole, one, picture, refusal, told, written
from tests.synthetic import write_slide
from viewer.formats import Ignored, Opened, OpenOptions, open_slides
from viewer.slide.errors import BrokenFrame, SlideError
from viewer.slide.model import EMPTY, Slide, TileKey

CHANGED = "was changed after it was opened: "
AGAIN = "; open it again to see what it is now."


def close(opened: Opened) -> None:
    for slide in opened.slides:
        slide.close()


def reasons(folder: Path) -> dict[str, str]:
    """Return why each file of a folder with a slide is left out."""
    opened = open_slides([folder])
    close(opened)
    assert len(opened.slides) == 1
    return {each.path.name: each.reason for each in opened.ignored}


@pytest.mark.gotcha(79)
def test_every_file_of_a_slide_opens_the_slide_and_lists_it_once(
    tmp_path: Path,
) -> None:
    files = write_slide(tmp_path, levels=3)
    sets: set[frozenset[Path]] = set()
    for path in [*files, tmp_path]:
        opened = open_slides([path])
        (slide,) = opened.slides
        sets.add(frozenset(each.path for each in slide.files))
        close(opened)
    assert sets == {frozenset(files)}
    opened = open_slides(files)
    assert len(opened.slides) == 1
    close(opened)


@pytest.mark.gotcha(80)
def test_names_say_nothing_and_what_lies_beside_is_told(tmp_path: Path) -> None:
    path = written(tmp_path)
    path.rename(tmp_path / "6f9619ff-8b86-d011-b42d-00cf4fc964ff")
    (tmp_path / "._slide.dcm").write_bytes(b"\0\x05\x16\x07" + bytes(4092))
    (tmp_path / "crc.json").write_text('{"crc": "5b2c"}')
    (tmp_path / "empty.dcm").touch()
    (tmp_path / "zeros.dcm").write_bytes(bytes(5000))
    assert reasons(tmp_path) == {
        "._slide.dcm": "._slide.dcm is what macOS keeps beside a file (AppleDouble),"
        " not a slide.",
        "crc.json": "crc.json is neither DICOM nor TIFF nor of another slide format.",
        "empty.dcm": "empty.dcm is an empty file.",
        "zeros.dcm": "zeros.dcm is a file of zeros, as copying that was broken off"
        " leaves it.",
    }


@pytest.mark.gotcha(87)
def test_letters_of_all_scripts_and_long_paths_are_names(tmp_path: Path) -> None:
    folder = tmp_path / "\u4e2d\u6587 \N{GREEK SMALL LETTER OMEGA} \U0001f52c"
    while len(str(folder)) < 600:
        folder /= "x" * 60
    folder.mkdir(parents=True)
    path = written(folder)
    named = path.rename(folder / "\u5207\u7247.dcm")
    assert len(str(named)) > 600
    for each in (named, tmp_path):
        with one(each) as slide:
            assert is_whole(slide)
            assert slide.files[0].path == named


@pytest.mark.gotcha(87)
def test_a_name_that_is_no_text_is_a_name(tmp_path: Path) -> None:
    path = written(tmp_path)
    odd = Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff\xfe.dcm"))
    try:
        path.rename(odd)
    except OSError:
        pytest.skip("this file system takes only text for names")
    with one(odd) as slide:
        assert is_whole(slide)


def test_a_path_longer_than_the_system_takes_is_refused(tmp_path: Path) -> None:
    path = tmp_path.joinpath(*["x" * 200] * 30)
    assert refusal(path) == f"{'x' * 200}: the name is too long."


@pytest.mark.parametrize("kind", ["pipe", "socket", "device"])
def test_what_is_no_file_is_never_opened(
    tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)  # names of sockets are short
    path = Path("x")
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "socket":
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind("x")
    else:
        path.symlink_to(os.devnull)

    def refuse(*_arguments: object) -> int:
        raise AssertionError("it was opened")

    monkeypatch.setattr(os, "open", refuse)
    sentence = f"{path.name}: is a device or a pipe, not a file."
    with pytest.raises(SlideError) as refused:
        open_slides([path])
    assert str(refused.value) == sentence


def test_a_folder_of_folders_is_searched_to_the_bottom(tmp_path: Path) -> None:
    folders = [tmp_path / "x"]
    for _ in range(1100):  # more than Python calls itself
        folders[-1].mkdir()
        folders.append(folders[-1] / "x")
    try:
        path = written(folders[-2])
        with one(tmp_path) as slide:
            assert is_whole(slide)
            assert slide.files[0].path == path
    finally:  # pytest would call itself as often to remove them
        for each in folders[-2].iterdir():
            each.unlink()
        for folder in folders[-2::-1]:
            folder.rmdir()


def test_searching_tells_how_far_it_is_and_never_goes_back(tmp_path: Path) -> None:
    for number in range(3):
        write_slide(tmp_path / str(number), name=f"slide {number}", levels=2)
    for number in range(30):
        (tmp_path / f"{number}.txt").write_text("words")
    steps: list[tuple[int, int]] = []
    close(
        open_slides([tmp_path], OpenOptions(progress=lambda *step: steps.append(step)))
    )
    known = [step for step in steps if step[0]]
    assert known == sorted(known)
    assert known[-1] == (54, 84)


@pytest.mark.parametrize("after", [0, 5, 35])
def test_a_search_stops_when_nobody_waits(tmp_path: Path, after: int) -> None:
    write_slide(tmp_path, levels=2)
    for number in range(30):
        (tmp_path / f"{number}.txt").write_text("words")
    asked = 0

    def cancelled() -> bool:
        nonlocal asked
        asked += 1
        return asked > after

    with pytest.raises(SlideError, match="cancelled"):
        open_slides([tmp_path], OpenOptions(cancelled=cancelled))


@pytest.fixture
def slide(tmp_path: Path) -> Iterator[Slide]:
    path = written(tmp_path)
    (slide,) = open_slides([path]).slides
    yield slide
    slide.close()


def tile(slide: Slide, column: int = 0, row: int = 0) -> bytes:
    samples = slide.read_samples(TileKey(slide.serial, 0, column, row))
    assert samples is not EMPTY
    return samples.tobytes()


def refused(slide: Slide, column: int = 0, row: int = 0) -> str:
    with pytest.raises(BrokenFrame) as error:
        tile(slide, column, row)
    return str(error.value)


@pytest.mark.gotcha(23, 88)
def test_a_file_written_to_gives_no_tile_any_more(slide: Slide) -> None:
    path = slide.files[0].path
    tile(slide)
    content = path.read_bytes()
    path.write_bytes(content[:-1000] + bytes(1000))
    os.utime(path, ns=(1, 1))  # whatever the clock of the file system resolves
    sentence = f"{path.name}: {CHANGED}it was written to{AGAIN}"
    assert refused(slide) == sentence
    assert told(slide, "broken-frame") == [sentence.removeprefix(f"{path.name}: ")]


@pytest.mark.gotcha(23, 88)
@pytest.mark.parametrize("syntax", ["uncompressed", "jpeg"])
@pytest.mark.parametrize("offsets", ["basic", "none"])
def test_a_file_that_shrinks_is_a_sentence_and_retry_works_once_it_is_back(
    tmp_path: Path, syntax: str, offsets: str
) -> None:
    more: dict[str, Any] = {} if syntax == "uncompressed" else {"offsets": offsets}
    path = written(tmp_path, syntax=syntax, **more)
    (slide,) = open_slides([path]).slides
    truth = picture(slide)
    content, times = path.read_bytes(), path.stat()
    os.truncate(path, 3000)
    sentence = (
        f"{path.name}: {CHANGED}it has 3,000 bytes, expected {len(content):,}{AGAIN}"
    )
    for _ in range(2):
        assert refused(slide) == sentence
    path.write_bytes(content)
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
    slide.retry()
    assert (picture(slide) == truth).all()
    slide.close()


@pytest.mark.gotcha(88)
def test_a_file_that_is_replaced_or_removed_is_read_on(
    slide: Slide, tmp_path: Path
) -> None:
    path = slide.files[0].path
    new = tmp_path / "new.dcm"
    new.write_bytes(path.read_bytes()[:-1000])
    new.replace(path)
    assert is_whole(slide)
    path.unlink()
    assert is_whole(slide)


@pytest.mark.gotcha(23, 88)
def test_a_label_replaced_after_opening_is_not_shown(tmp_path: Path) -> None:
    files = write_slide(tmp_path, levels=1, overview=False)
    other = write_slide(tmp_path / "b", name="other", levels=1, overview=False)
    (slide,) = open_slides([files[0]]).slides
    other[1].replace(files[1])
    os.utime(files[1], ns=(1, 1))
    with pytest.raises(SlideError, match=f"^{files[1].name}: {CHANGED}it "):
        slide.associated["label"].read()
    slide.close()


@pytest.mark.gotcha(88)
def test_a_share_that_went_away_is_a_sentence_until_it_is_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read_at, used, dead = os.pread, set[int](), set[int]()

    def read(number: int, length: int, offset: int) -> bytes:
        used.add(number)
        if number in dead:
            raise OSError(errno.ESTALE, "Stale file handle")
        return read_at(number, length, offset)

    monkeypatch.setattr(os, "pread", read)
    path = written(tmp_path)
    (slide,) = open_slides([path]).slides
    truth = tile(slide)
    gone = path.rename(tmp_path / "gone")
    dead |= used  # no descriptor of a share that went away comes back to life
    for _ in range(2):
        assert refused(slide) == f"{path.name}: the share it lies on has gone."
    gone.rename(path)
    assert tile(slide) == truth
    slide.close()


@pytest.mark.gotcha(89)
def test_threads_share_one_file_and_each_gets_its_own_tiles(slide: Slide) -> None:
    from concurrent.futures import ThreadPoolExecutor

    places = [(column, row) for column in range(3) for row in range(2)] * 50
    truth = {place: tile(slide, *place) for place in set(places)}
    with ThreadPoolExecutor(8) as pool:
        found = pool.map(lambda place: (place, tile(slide, *place)), places)
        assert all(data == truth[place] for place, data in found)


def test_permission_denied_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(tmp_path)
    (other := tmp_path / "closed.dcm").write_bytes(path.read_bytes())
    plain = os.open

    def refusing(name: str | os.PathLike[str], flags: int) -> int:
        if Path(name) == other:  # a test run as root is refused nothing
            raise PermissionError(13, "Permission denied", str(name))
        return plain(name, flags)

    monkeypatch.setattr(os, "open", refusing)
    found = open_slides([tmp_path])
    close(found)
    reason = "closed.dcm: there is no permission to read it."
    assert found.ignored == (Ignored(other, reason),)
    assert refusal(other) == reason


def test_read_only_media_are_read(tmp_path: Path) -> None:
    path = written(tmp_path)
    path.chmod(0o400)
    tmp_path.chmod(0o500)
    with one(path) as slide:
        assert is_whole(slide)
    tmp_path.chmod(0o700)
