"""Frames without a table: found by a walk that goes only as far as it must."""

import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.formats.dicom.raw_files import (
    DELIMITER,
    codestream,
    element,
    encapsulated,
    items,
    opened,
)
from viewer.formats.dicom import shared_walk
from viewer.formats.dicom.frames import FrameTable
from viewer.formats.dicom.header import read_header
from viewer.formats.files import RandomAccessFile
from viewer.slide.errors import BrokenFile, BrokenFrame

COUNT = 10_000
PADDING = element(0xFFFCFFFC, b"OB", bytes(4))


class Watched(RandomAccessFile):
    """Tells how far items were walked over, and may wait or fail there."""

    farthest = 0

    def reader(self) -> Callable[[int, int], bytes]:
        read = super().reader()

        def watched(length: int, offset: int) -> bytes:
            self.farthest = max(self.farthest, offset)
            self.at(offset)
            return read(length, offset)

        return watched

    def at(self, offset: int) -> None:
        """Called before each item is read."""


def written(folder: Path, fragments: Sequence[bytes], *behind: bytes) -> Path:
    path = folder / "x.dcm"
    content = [encapsulated(b"", items(fragments)), DELIMITER, *behind]
    path.write_bytes(b"".join(content))
    return path


def frames(count: int = COUNT) -> list[bytes]:
    return [codestream(number, 20 + number % 7 * 2) for number in range(count)]


def test_a_frame_costs_a_walk_up_to_it_and_each_later_one_a_little(
    tmp_path: Path,
) -> None:
    file = Watched(written(tmp_path, frames()))
    table = FrameTable(file, read_header(file), COUNT, None)
    assert table.read(5) == frames(6)[5]
    assert 0 < file.farthest < file.size // 3
    reads = 0
    while file.farthest < file.size - 40:
        assert table.read(reads) == frames(reads + 1)[reads]
        reads += 1
    assert 1 < reads < 10
    assert [table.read(number) for number in range(COUNT)] == frames()
    assert table.source == "walk"
    assert list(table.warnings) == []
    file.close()


def test_a_file_that_does_not_end_with_the_delimiter_is_walked_at_once(
    tmp_path: Path,
) -> None:
    content = written(tmp_path, frames()).read_bytes()[:-30]
    (tmp_path / "x.dcm").write_bytes(content)
    with opened(tmp_path / "x.dcm", COUNT) as (table, _):
        assert table.read(0) == codestream(0)
        codes = [code for code, _ in table.warnings]
        assert codes == ["truncated", "fragment-count"]


def test_what_is_wrong_with_later_items_is_said_when_the_walk_gets_there(
    tmp_path: Path,
) -> None:
    path = written(tmp_path, frames()[:-1])
    with opened(path, COUNT) as (table, _):
        for number in range(20):
            assert table.read(number) == frames(20)[number]
        assert list(table.warnings) == [
            ("fragment-count", "x.dcm: 9999 fragments for 10000 frames.")
        ]
        with pytest.raises(BrokenFrame, match="frame 10000 is missing: 9999 fragments"):
            table.read(COUNT - 1)


KINDS = st.lists(st.sampled_from("cccccccfe"), min_size=1, max_size=12)


@settings(max_examples=150, deadline=None)
@given(kinds=KINDS, frame_count=st.integers(1, 14), order=st.randoms())
@example(kinds=list("ccccfcc"), frame_count=7, order=None)
@example(kinds=list("cccfccc"), frame_count=8, order=None)
@example(kinds=list("ccec"), frame_count=4, order=None)
def test_what_was_shown_of_part_of_the_items_is_what_all_of_them_tell(
    kinds: list[str], frame_count: int, order: object
) -> None:
    """c: a codestream, f: a further fragment, e: an empty item."""
    made = [
        {"c": codestream(number), "f": b"more%4d" % number, "e": b""}[kind]
        for number, kind in enumerate(kinds)
    ]
    numbers = list(range(frame_count))
    if order is not None:
        order.shuffle(numbers)  # type: ignore[attr-defined]
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(shared_walk, "_ITEMS", 1)
        early = outcomes(written(Path(folder), made), frame_count, numbers)
        whole = outcomes(written(Path(folder), made, PADDING), frame_count, numbers)
    assert early == whole


def outcomes(
    path: Path, count: int, numbers: Sequence[int]
) -> tuple[list[bytes | str | None], list[object]]:
    """Read frames in an order, then one that is not there; return warnings too."""
    found: list[bytes | str | None] = []
    with opened(path, count) as (table, _):
        for number in (*numbers, count):
            try:
                found.append(table.read(number))
            except BrokenFrame as error:
                found.append(str(error))
        return found, list(table.warnings)


def test_who_needs_little_does_not_wait_for_who_needs_much(tmp_path: Path) -> None:
    class Waiting(Watched):
        def at(self, offset: int) -> None:
            if offset > self.size // 2:
                halfway.set()
                assert go_on.wait(30)

    halfway, go_on = threading.Event(), threading.Event()
    file = Waiting(written(tmp_path, frames()))
    table = FrameTable(file, read_header(file), COUNT, None)
    last: list[bytes | None] = []
    walker = threading.Thread(target=lambda: last.append(table.read(COUNT - 1)))
    walker.start()
    assert halfway.wait(30)
    for number in (0, 17, COUNT // 3):
        assert table.read(number) == frames(number + 1)[number]
        assert table.locate(number) is not None
    assert last == []
    go_on.set()
    walker.join(30)
    assert last == [frames()[-1]]
    file.close()


def test_a_reader_that_waits_goes_on_as_soon_as_its_frame_is_found(
    tmp_path: Path,
) -> None:
    class Waiting(Watched):
        def at(self, offset: int) -> None:
            if offset > self.size // 10:
                begun.set()
                assert first_part.wait(30)
            if offset > self.size // 2:
                assert rest.wait(30)

    begun, first_part, rest = (threading.Event() for _ in range(3))
    file = Waiting(written(tmp_path, frames()))
    table = FrameTable(file, read_header(file), COUNT, None)
    found: dict[int, bytes | None] = {}

    def read(number: int) -> None:
        found[number] = table.read(number)

    needs = (COUNT - 1, COUNT // 5)
    much, little = (threading.Thread(target=read, args=(each,)) for each in needs)
    much.start()
    assert begun.wait(30)
    little.start()
    first_part.set()
    little.join(30)
    assert found == {COUNT // 5: frames()[COUNT // 5]}
    rest.set()
    much.join(30)
    assert found[COUNT - 1] == frames()[-1]
    file.close()


def test_a_walk_that_failed_is_taken_up_by_the_next_reader(tmp_path: Path) -> None:
    class Failing(Watched):
        failing = True

        def at(self, offset: int) -> None:
            if self.failing and offset > self.size // 2:
                raise OSError(5, "Input/output error")

    file = Failing(written(tmp_path, frames()))
    table = FrameTable(file, read_header(file), COUNT, None)
    with pytest.raises(BrokenFrame, match=r"^x\.dcm: cannot be read"):
        table.read(COUNT - 1)
    for number in range(20):  # what is known already shows
        assert table.read(number) == frames(20)[number]
    file.failing = False
    assert table.read(COUNT - 1) == frames()[-1]
    assert list(table.warnings) == []
    file.close()


def test_closing_the_file_ends_the_wait_of_everyone(tmp_path: Path) -> None:
    class Closing(Watched):
        def at(self, offset: int) -> None:
            if offset > self.size // 2:
                self.close()

    file = Closing(written(tmp_path, frames()))
    table = FrameTable(file, read_header(file), COUNT, None)
    together, found = threading.Barrier(4), list[str]()

    def read() -> None:
        together.wait()
        try:
            table.read(COUNT - 1)
        except BrokenFrame as error:
            found.append(str(error))

    threads = [threading.Thread(target=read) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert found == ["x.dcm: is closed."] * 4


def test_a_file_that_is_written_to_while_it_is_walked_shows_nothing_more(
    tmp_path: Path,
) -> None:
    path = written(tmp_path, frames())
    with opened(path, COUNT) as (table, file):
        assert table.read(5) == frames(6)[5]
        with path.open("ab") as growing:
            growing.write(b"more")
        for number in (5, COUNT - 1):
            with pytest.raises(BrokenFrame, match="was changed after it was opened"):
                table.read(number)
        with pytest.raises(BrokenFile):
            file.read(0, 1)
