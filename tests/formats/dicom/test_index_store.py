"""Indexes kept in the user's cache folder: used when right, harmless when not."""

import os
import stat
import sys
from array import array
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import pytest

from tests.formats.dicom.raw_files import (
    DELIMITER,
    codestream,
    encapsulated,
    item,
    items,
    opened,
)
from viewer.formats.dicom import index_store as module
from viewer.formats.dicom.frames import FrameTable
from viewer.formats.dicom.header import read_header
from viewer.formats.dicom.index_store import IndexStore
from viewer.formats.files import RandomAccessFile

COUNT = 1500
FRAMES = [codestream(number, 20 + number % 7 * 2) for number in range(COUNT)]
FIRST = len(encapsulated(b"", b""))


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache folder of each test's own."""
    folder = tmp_path / "cache"
    monkeypatch.setattr(module, "_user_folder", lambda: folder)
    return folder


def written(folder: Path, frames: list[bytes] = FRAMES, name: str = "x.dcm") -> Path:
    path = folder / name
    path.write_bytes(encapsulated(b"", items(frames) + DELIMITER))
    return path


def source_of(path: Path, frame: int = 700, frames: int = COUNT) -> str:
    """Read a frame, which must be right, and say where its place came from."""
    with opened(path, frames) as (table, _):
        assert table.read(frame) == FRAMES[frame]
        assert table.warnings == []
        return table.source


def kept(cache: Path) -> list[Path]:
    return sorted(cache.iterdir()) if cache.exists() else []


def test_the_second_opening_walks_no_more(tmp_path: Path) -> None:
    path = written(tmp_path)
    assert source_of(path) == "walk"
    with opened(path, COUNT) as (table, _):
        assert [table.read(frame) for frame in range(COUNT)] == FRAMES
        assert table.source == "kept"


def test_the_same_file_under_another_name_is_the_same(tmp_path: Path) -> None:
    path = written(tmp_path)
    assert source_of(path) == "walk"
    assert source_of(path.rename(tmp_path / "y.dcm")) == "kept"


def test_a_copy_of_another_time_is_another_file(tmp_path: Path) -> None:
    path = written(tmp_path)
    assert source_of(path) == "walk"
    os.utime(path, ns=(1, 10**18))
    assert source_of(path) == "walk"


def test_another_start_or_end_is_another_file(tmp_path: Path) -> None:
    path = written(tmp_path)
    assert source_of(path) == "walk"
    times = path.stat()
    for place in (5, -3):
        content = bytearray(path.read_bytes())
        content[place] ^= 1
        path.write_bytes(bytes(content))
        os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
        with opened(path, COUNT) as (table, _):
            assert table.read(700) == FRAMES[700]
            assert table.source == "walk"


def test_what_is_kept_names_nothing(tmp_path: Path, cache: Path) -> None:
    folder = tmp_path / "Miller Jane"
    folder.mkdir()
    source_of(written(folder, name="Miller.dcm"))
    (index,) = kept(cache)
    for word in ("Miller", "Jane", "dcm"):
        assert word not in index.name
        assert word.encode() not in index.read_bytes()


@pytest.mark.skipif(sys.platform == "win32", reason="there are no modes")
def test_nobody_else_can_read_it(tmp_path: Path, cache: Path) -> None:
    source_of(written(tmp_path))
    (index,) = kept(cache)
    assert stat.S_IMODE(index.stat().st_mode) == 0o600
    assert stat.S_IMODE(cache.stat().st_mode) == 0o700


def test_a_damaged_index_is_as_if_there_were_none(tmp_path: Path, cache: Path) -> None:
    path = written(tmp_path)
    source_of(path)
    (index,) = kept(cache)
    whole = index.read_bytes()
    random = Random(2)  # noqa: S311  damage, not secrecy
    damages = [b"", whole[:-1], whole + b"\0", bytes(len(whole)), b"PNG", whole[:60]]
    for _ in range(30):
        flipped = bytearray(whole)
        flipped[random.randrange(len(whole))] ^= 1 << random.randrange(8)
        damages.append(bytes(flipped))
    for damage in damages:
        index.write_bytes(damage)
        assert source_of(path) == "walk"
        assert index.read_bytes() == whole  # and is made good


def test_a_folder_in_its_place_is_as_if_there_were_none(
    tmp_path: Path, cache: Path
) -> None:
    path = written(tmp_path)
    source_of(path)
    (index,) = kept(cache)
    index.unlink()
    index.mkdir()
    assert source_of(path) == "walk"
    assert kept(cache) == [index]


def test_a_stale_index_shows_no_false_frame(tmp_path: Path) -> None:
    """Bytes in the middle were exchanged by someone who kept the time."""
    path = written(tmp_path)
    source_of(path)
    times = path.stat()
    content = path.read_bytes()
    at = FIRST + sum(8 + len(each) for each in FRAMES[:1000])
    both = item(codestream(1000, 30)) + item(codestream(1001, 20))
    long = 16 + len(FRAMES[1000]) + len(FRAMES[1001])
    both = item(codestream(1000, 30)) + item(codestream(1001, long - 16 - 30))
    assert len(both) == long
    path.write_bytes(content[:at] + both + content[at + long :])
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
    with opened(path, COUNT) as (table, _):
        assert table.read(5) == FRAMES[5]
        assert table.source == "kept"
        assert table.read(1001) == codestream(1001, long - 16 - 30)
        assert table.read(1000) == codestream(1000, 30)
        assert table.source == "walk"
        assert table.warnings == []


def test_few_frames_are_not_worth_a_file(tmp_path: Path, cache: Path) -> None:
    path = written(tmp_path, FRAMES[:900])
    assert source_of(path, 5, 900) == "walk"
    assert kept(cache) == []


def test_a_walk_that_left_questions_is_not_kept(tmp_path: Path, cache: Path) -> None:
    path = written(tmp_path, FRAMES[:-1])
    with opened(path, COUNT) as (table, _):
        assert table.read(5) == FRAMES[5]
        assert [code for code, _ in table.warnings] == ["fragment-count"]
    assert kept(cache) == []


def test_a_folder_that_cannot_be_written_is_done_without(
    tmp_path: Path, cache: Path
) -> None:
    cache.write_bytes(b"a file where the folder would be")
    path = written(tmp_path)
    assert source_of(path) == "walk"
    assert source_of(path) == "walk"


def test_an_error_while_writing_leaves_nothing(
    tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    assert source_of(written(tmp_path)) == "walk"
    assert kept(cache) == []


def starts_of(size: int) -> "array[int]":
    return array("Q", range(FIRST, FIRST + size * (COUNT + 1), size))


def test_the_oldest_go_where_there_are_too_many(
    tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST_FILES", 3)
    store = IndexStore()
    files = [written(tmp_path, name=f"{each}.dcm") for each in range(5)]
    opened_files: list[RandomAccessFile] = []
    for number, path in enumerate(files):
        os.utime(path, ns=(1, 10**18 + number))
        file = RandomAccessFile(path)
        opened_files.append(file)
        store.save(file, starts_of(20))
        for age, each in enumerate(sorted(kept(cache), key=os.path.getmtime)):
            os.utime(each, (10**9 + age, 10**9 + age))
    there = [store.load(each, FIRST, COUNT) is not None for each in opened_files]
    for file in opened_files:
        file.close()
    assert len(kept(cache)) == 3
    assert there == [False, False, True, True, True]


def test_the_oldest_go_where_there_are_too_many_bytes(
    tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST_BYTES", 4 * COUNT * 2 + 200)
    for number in range(4):
        path = written(tmp_path, name=f"{number}.dcm")
        os.utime(path, ns=(1, 10**18 + number))
        assert source_of(path) == "walk"
    assert len(kept(cache)) == 2


def test_the_users_cache_folder_is_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from platformdirs import user_cache_path

    monkeypatch.undo()
    expected = user_cache_path("coverslip", appauthor=False)
    assert module._user_folder().is_relative_to(expected)
    if sys.platform == "linux":
        monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
        assert module._user_folder() == tmp_path / "coverslip" / "frames"


MANY = 10_000


def many() -> list[bytes]:
    return [codestream(number, 20 + number % 7 * 2) for number in range(MANY)]


def test_a_walk_that_was_not_whole_is_kept_too(tmp_path: Path) -> None:
    class Counting(RandomAccessFile):
        items = 0

        def reader(self) -> Callable[[int, int], bytes]:
            read = super().reader()

            def counting(length: int, offset: int) -> bytes:
                self.items += 1
                return read(length, offset)

            return counting

    path, frames = written(tmp_path, many()), many()
    walked: list[int] = []
    for _ in range(2):
        file = Counting(path)
        table = FrameTable(file, read_header(file), MANY, None)
        assert table.read(5000) == frames[5000]
        walked.append(file.items)
        file.close()
    assert walked[0] > 5000
    assert walked[1] < 5  # the first frame is looked at closely
    with opened(path, MANY) as (table, _):
        assert [table.read(number) for number in range(MANY)] == frames
        assert table.source == "kept"
        assert list(table.warnings) == []
    file = Counting(path)
    table = FrameTable(file, read_header(file), MANY, None)
    assert table.read(MANY - 1) == frames[-1]
    assert file.items < 5
    file.close()


def test_a_stale_part_shows_no_false_frame(tmp_path: Path) -> None:
    path, frames = written(tmp_path, many()), many()
    with opened(path, MANY) as (table, _):
        assert table.read(5000) == frames[5000]
    times, content = path.stat(), path.read_bytes()
    at = FIRST + sum(8 + len(each) for each in frames[:1000])
    long = len(frames[1000]) + len(frames[1001])
    new = [codestream(1000, 24), codestream(1001, long - 24)]
    assert [len(each) for each in new] != [len(each) for each in frames[1000:1002]]
    path.write_bytes(content[:at] + items(new) + content[at + 16 + long :])
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
    expected = [*frames[:1000], *new, *frames[1002:]]
    for order in (range(MANY), range(MANY - 1, -1, -1)):
        with opened(path, MANY) as (table, _):
            for number in order:
                assert table.read(number) == expected[number]
            assert list(table.warnings) == []


def test_a_part_hides_nothing_that_is_wrong_behind_it(
    tmp_path: Path, cache: Path
) -> None:
    """All frames are certain, but more items follow than there are frames."""
    path, frames = written(tmp_path, many()), many()
    with opened(path, 5000) as (table, _):
        assert table.read(4500) == frames[4500]
    assert kept(cache) != []
    with opened(path, 5000) as (table, _):
        assert [table.read(number) for number in range(5000)] == frames[:5000]
        assert [code for code, _ in table.warnings] == ["fragment-count"]


def test_a_cache_that_is_read_only_is_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: Any) -> None:
        raise OSError(30, "Read-only file system")

    path = written(tmp_path)
    assert source_of(path) == "walk"
    monkeypatch.setattr(os, "utime", refused)
    assert source_of(path) == "kept"
