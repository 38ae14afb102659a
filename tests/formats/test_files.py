"""Files read at random places from any thread."""

import errno
import os
import threading
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from viewer.formats import files
from viewer.formats.files import BytesFile, RandomAccessFile, ReadableFile, stamp_of
from viewer.slide.errors import BrokenFile

CONTENT = bytes(range(256)) * 4


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "x.dcm"
    path.write_bytes(CONTENT)
    return path


@pytest.fixture(params=["pread", "seek and read", "memory"])
def source(
    request: pytest.FixtureRequest, path: Path, monkeypatch: pytest.MonkeyPatch
) -> ReadableFile:
    if request.param == "memory":
        return BytesFile(path, CONTENT)
    if request.param == "seek and read":
        monkeypatch.delattr(os, "pread")
    return RandomAccessFile(path)


def test_read_returns_exactly_the_bytes_asked_for(source: ReadableFile) -> None:
    assert source.size == len(CONTENT)
    assert source.read(250, 10) == CONTENT[250:260]
    assert source.read(len(CONTENT), 0) == b""


def test_read_some_ends_with_the_file(source: ReadableFile) -> None:
    assert source.read_some(1020, 100) == CONTENT[1020:]
    assert source.read_some(5000, 100) == b""
    assert source.read_some(1 << 63, 8) == b""  # more than the system takes


def test_read_behind_the_end_names_file_and_place(source: ReadableFile) -> None:
    with pytest.raises(BrokenFile, match=r"^x\.dcm: ends at byte 1024.*, expected 20"):
        source.read(1010, 20)


def test_reading_a_closed_file_is_refused(source: ReadableFile) -> None:
    source.close()
    source.close()
    with pytest.raises(BrokenFile, match=r"^x\.dcm: is closed\.$"):
        source.read(0, 1)


@settings(deadline=None)
@given(
    steps=st.lists(
        st.tuples(
            st.sampled_from([0, 1, 2]), st.integers(-600, 1500), st.integers(0, 99)
        )
    )
)
def test_a_stream_moves_like_any_file(steps: list[tuple[int, int, int]]) -> None:
    from io import BytesIO

    stream, truth = BytesFile(Path("x"), CONTENT).stream(), BytesIO(CONTENT)
    for whence, offset, length in steps:
        origin = [0, truth.tell(), len(CONTENT)][whence]
        if origin + offset >= 0:
            stream.seek(offset, whence)
            truth.seek(origin + offset)
        assert stream.read(length) == truth.read(length)
        assert stream.tell() == truth.tell()


def test_closing_a_stream_leaves_the_file_open(path: Path) -> None:
    file = RandomAccessFile(path)
    file.stream().close()
    assert file.read(0, 4) == CONTENT[:4]


def test_a_missing_file_a_folder_and_a_pipe_are_refused(tmp_path: Path) -> None:
    with pytest.raises(BrokenFile, match=r"^no\.dcm: there is no such file\.$"):
        RandomAccessFile(tmp_path / "no.dcm")
    (tmp_path / "folder").mkdir()
    with pytest.raises(BrokenFile, match=r"^folder: is a folder, not a file\.$"):
        RandomAccessFile(tmp_path / "folder")
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe")
        with pytest.raises(BrokenFile, match=r"^pipe: is a device or a pipe, not a f"):
            RandomAccessFile(tmp_path / "pipe")


def test_a_name_that_no_system_allows_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BrokenFile, match="cannot be read"):
        RandomAccessFile(tmp_path / "a\0b")


@pytest.mark.parametrize(
    ("number", "sentence"),
    [
        (errno.EACCES, "there is no permission to read it"),
        (errno.EMFILE, "too many files are open"),
        (errno.EIO, r"cannot be read \(.+\)"),
    ],
)
def test_what_the_system_refuses_is_said_in_words(
    path: Path, monkeypatch: pytest.MonkeyPatch, number: int, sentence: str
) -> None:
    def refuse(*_: object) -> int:
        raise OSError(number, "refused")

    monkeypatch.setattr(files.os, "open", refuse)
    with pytest.raises(BrokenFile, match=rf"^x\.dcm: {sentence}\.$"):
        RandomAccessFile(path)


def test_a_share_that_goes_away_is_a_broken_file(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> bytes:
        raise OSError(errno.ESTALE, "stale")

    monkeypatch.setattr(files.os, "pread", refuse)
    file = RandomAccessFile(path)
    with pytest.raises(BrokenFile, match=r"^x\.dcm: the share it lies on has gone\.$"):
        file.read(0, 4)


def test_a_system_that_reads_in_pieces_is_read_on(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = os.pread

    def in_pieces(number: int, length: int, offset: int) -> bytes:
        return whole(number, min(length, 7), offset)

    monkeypatch.setattr(files.os, "pread", in_pieces)
    assert RandomAccessFile(path).read(100, 50) == CONTENT[100:150]


def test_a_file_that_shrinks_is_an_error_not_a_crash(path: Path) -> None:
    file = RandomAccessFile(path)
    os.truncate(path, 100)
    with pytest.raises(BrokenFile, match=r"changed.*it has 100 bytes, expected 1,024"):
        file.read(80, 50)


def test_a_file_that_grows_is_another_one(path: Path) -> None:
    file = RandomAccessFile(path)
    with path.open("ab") as target:
        target.write(b"more")
    with pytest.raises(BrokenFile, match=r"changed.*it has 1,028 bytes"):
        file.read_some(0, 4)


def test_what_is_open_is_read_on_when_it_is_replaced(path: Path) -> None:
    file = RandomAccessFile(path)
    other = path.with_name("other")
    other.write_bytes(b"another")
    other.replace(path)
    assert file.read(0, 4) == CONTENT[:4]
    path.unlink()
    assert file.read(0, 4) == CONTENT[:4]


def test_only_the_file_of_the_stamp_is_opened(path: Path) -> None:
    stamp = stamp_of(path)
    RandomAccessFile(path, stamp).close()
    os.utime(path, ns=(1, stamp.modified + 1))
    with pytest.raises(BrokenFile, match=r"^x\.dcm: was changed.*it was written to"):
        RandomAccessFile(path, stamp)


def test_a_descriptor_that_died_is_replaced_when_the_file_is_there(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, dead = os.pread, set[int]()

    def read(number: int, length: int, offset: int) -> bytes:
        if not dead:
            dead.add(number)
        if number in dead:
            raise OSError(errno.EIO, "Input/output error")
        return whole(number, length, offset)

    monkeypatch.setattr(files.os, "pread", read)
    file = RandomAccessFile(path)
    assert file.read(100, 50) == CONTENT[100:150]
    assert file.read(100, 50) == CONTENT[100:150]


def test_another_file_in_its_place_is_not_read_after_an_error(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = RandomAccessFile(path)
    path.write_bytes(CONTENT + b"more")

    def read(_number: int, _length: int, _offset: int) -> bytes:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(file._descriptor, "read_at", read)
    with pytest.raises(BrokenFile, match=r"^x\.dcm: cannot be read \(Input/output"):
        file.read(0, 4)


def test_closing_waits_for_the_reader_inside(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The number must not go to another file while a reader still uses it."""
    inside, go_on = threading.Event(), threading.Event()
    whole, results = os.pread, []

    def slow(number: int, length: int, offset: int) -> bytes:
        inside.set()
        assert go_on.wait(10)
        return whole(number, length, offset)

    monkeypatch.setattr(files.os, "pread", slow)
    file = RandomAccessFile(path)
    reader = threading.Thread(target=lambda: results.append(file.read(0, 4)))
    reader.start()
    assert inside.wait(10)
    file.close()
    intruder = path.with_name("intruder")
    intruder.write_bytes(b"INTRUDER" * 200)
    with intruder.open("rb"):
        go_on.set()
        reader.join(10)
    assert results == [CONTENT[:4]]


def test_closing_frees_the_descriptor(path: Path) -> None:
    if not Path("/proc/self/fd").is_dir():
        pytest.skip("needs /proc/self/fd to count open files")
    before = open_files()
    kept = []
    for _ in range(20):
        file = RandomAccessFile(path)
        with pytest.raises(BrokenFile) as caught:
            file.read(2000, 1)
        kept.append(caught.value)  # an exception in hand must not hold the file
        file.close()
    assert open_files() == before


def test_many_threads_read_what_they_ask_for_while_it_is_closed(path: Path) -> None:
    wrong: list[bytes] = []
    closed: list[str] = []
    file = RandomAccessFile(path)
    started = threading.Barrier(5)

    def read(seed: int) -> None:
        started.wait()
        try:
            for step in range(1_000_000):
                offset = (seed * 37 + step * 11) % 1000
                data = file.read(offset, 20)
                if data != CONTENT[offset : offset + 20]:
                    wrong.append(data)
        except BrokenFile as error:
            closed.append(str(error))

    threads = [threading.Thread(target=read, args=(seed,)) for seed in range(4)]
    for thread in threads:
        thread.start()
    started.wait()
    file.read(0, 1)
    file.close()
    others = [RandomAccessFile(Path(__file__)) for _ in range(8)]
    for thread in threads:
        thread.join(20)
    for other in others:
        other.close()
    assert wrong == []
    assert closed == ["x.dcm: is closed."] * 4
