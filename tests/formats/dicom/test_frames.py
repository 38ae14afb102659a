"""From the number of a frame to its bytes."""

import random
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from struct import pack

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydicom import dcmread
from pydicom.encaps import generate_frames

from tests.formats.dicom.raw_files import (
    DELIMITER,
    EXPLICIT,
    IMPLICIT,
    UNDEFINED,
    basic,
    codestream,
    element,
    encapsulated,
    extended,
    frame_table,
    items,
    opened,
    start,
    starts,
)
from viewer.formats.dicom.frames import FrameTable
from viewer.formats.dicom.header import open_body, read_header
from viewer.formats.dicom.native import NativeFrames
from viewer.formats.files import RandomAccessFile
from viewer.slide.errors import BrokenFile, BrokenFrame

ORDER = random.Random(3)  # noqa: S311  order, not secrecy

NEEDS_HOLES = pytest.mark.skipif(
    sys.platform == "win32", reason="the gigabytes in between would be written"
)
Frames = Sequence[Sequence[bytes]]


def write(folder: Path, frames: Frames, table: str) -> Path:
    """Write frames, each of several fragments, under one kind of offset table."""
    flat = [fragment for frame in frames for fragment in frame]
    offsets = starts(frames)
    lengths = [sum(map(len, frame)) for frame in frames]
    path = folder / "x.dcm"
    path.write_bytes(
        encapsulated(
            basic(offsets) if table == "basic" else b"",
            items(flat) + DELIMITER,
            before=extended(offsets, lengths) if table == "extended" else b"",
        )
    )
    return path


def read_all(table: FrameTable, frames: int) -> list[bytes | None]:
    return [table.read(frame) for frame in range(frames)]


payloads = st.binary(max_size=30).map(
    lambda data: b"\xff\xd8\xff" + data + b"\0" * ((len(data) + 1) % 2)
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(frames=st.lists(payloads, min_size=1, max_size=20), data=st.data())
def test_every_source_gives_the_same_frames(
    tmp_path: Path, frames: list[bytes], data: st.DataObject
) -> None:
    holes = data.draw(st.sets(st.integers(1, len(frames)), max_size=2))
    stored = [b"" if number in holes else frame for number, frame in enumerate(frames)]
    for source in ("extended", "basic", "walk"):
        path = write(tmp_path, [[frame] for frame in stored], source)
        with opened(path, len(stored)) as (table, file):
            assert read_all(table, len(stored)) == [frame or None for frame in stored]
            assert table.source == source
            assert list(table.warnings) == []
            for number, frame in enumerate(stored):
                place = table.locate(number)
                assert (place is None) == (not frame)
                assert place is None or file.read(*place) == frame


@pytest.mark.gotcha(8)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    frames=st.lists(
        st.tuples(
            payloads,
            st.lists(st.binary(min_size=2, max_size=9).map(lambda data: b"\1" + data)),
        ),
        min_size=1,
        max_size=8,
    )
)
def test_fragments_are_joined_whatever_tells_of_them(
    tmp_path: Path, frames: list[tuple[bytes, list[bytes]]]
) -> None:
    whole = [
        [first, *(each + b"\0" * (len(each) % 2) for each in rest)]
        for first, rest in frames
    ]
    for source in ("basic", "walk"):
        path = write(tmp_path, whole, source)
        with opened(path, len(whole)) as (table, _):
            assert read_all(table, len(whole)) == [b"".join(each) for each in whole]
            guessed = source == "walk" and any(len(each) > 1 for each in whole)
            codes = [code for code, _ in table.warnings]
            assert codes == (["fragments-guessed"] if guessed else [])


def test_the_first_fragment_is_where_a_frame_is_located(tmp_path: Path) -> None:
    frames = [[codestream(0), b"more"], [codestream(1), b"even", b"more"]]
    path = write(tmp_path, frames, "basic")
    with opened(path, 2) as (table, file):
        place = table.locate(1)
        assert place is not None
        assert place.length == len(codestream(1)) + 8
        assert file.read(place.offset, 20) == codestream(1)


def test_the_pad_byte_is_left_out_where_the_table_tells_of_it(tmp_path: Path) -> None:
    odd = [codestream(number)[:-1] for number in range(3)]
    padded = [[frame + b"\0"] for frame in odd]
    offsets = starts(padded)
    for lengths, expected in [
        ([19] * 3, odd),
        ([20] * 3, [each[0] for each in padded]),
        ((), [each[0] for each in padded]),
    ]:
        content = encapsulated(
            b"",
            items([each[0] for each in padded]) + DELIMITER,
            before=extended(offsets, lengths),
        )
        with frame_table(tmp_path, content, 3) as table:
            assert read_all(table, 3) == expected
            assert table.source == "extended"
            place = table.locate(1)
            assert place is not None
            assert place.length == len(expected[1])
            assert list(table.warnings) == []


def test_a_table_is_not_walked(tmp_path: Path) -> None:
    class Counting(RandomAccessFile):
        reads = 0

        def read_some(self, offset: int, length: int) -> bytes:
            self.reads += 1
            return super().read_some(offset, length)

    count = 20_000
    frames = [[codestream(number, 2 + 8 + number % 7 * 2)] for number in range(count)]
    file = Counting(write(tmp_path, frames, "basic"))
    table = FrameTable(file, read_header(file), count, None)
    file.reads = 0
    order = ORDER.sample(range(count - 1), 2000)
    for number in order:
        assert table.read(number) == frames[number][0]
    assert file.reads == len(order)
    file.close()


def test_twenty_thousand_frames_are_read_in_any_order_without_a_table(
    tmp_path: Path,
) -> None:
    count = 20_000
    frames = [[codestream(number, 2 + 8 + number % 7 * 2)] for number in range(count)]
    with opened(write(tmp_path, frames, "none"), count) as (table, _):
        for number in ORDER.sample(range(count), 5000):
            assert table.read(number) == frames[number][0]
        assert table.source == "walk"


class Walked(RandomAccessFile):
    """Counts the items that were walked over."""

    items = 0

    def reader(self) -> Callable[[int, int], bytes]:
        read = super().reader()

        def counting(length: int, offset: int) -> bytes:
            self.items += 1
            return read(length, offset)

        return counting


def test_the_walk_begins_at_the_first_read(tmp_path: Path) -> None:
    file = Walked(
        write(tmp_path, [[codestream(number)] for number in range(5)], "none")
    )
    table = FrameTable(file, read_header(file), 5, None)
    assert file.items == 0
    assert table.read(4) == codestream(4)
    walked = file.items
    assert walked > 0
    assert read_all(table, 5) == [codestream(number) for number in range(5)]
    assert file.items == walked
    file.close()


def test_threads_walk_once_and_read_alike(tmp_path: Path) -> None:
    count = 3000
    frames = [[codestream(number)] for number in range(count)]
    found: dict[int, list[bytes | None]] = {}
    with opened(write(tmp_path, frames, "none"), count) as (table, _):
        together = threading.Barrier(4)

        def read(worker: int) -> None:
            together.wait()
            found[worker] = [table.read(each) for each in range(worker, count, 4)]

        threads = [threading.Thread(target=read, args=(each,)) for each in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
    for worker in range(4):
        assert found[worker] == [each[0] for each in frames[worker::4]]


def test_closing_the_file_ends_a_walk(tmp_path: Path) -> None:
    class Closing(RandomAccessFile):
        left = 3

        def reader(self) -> Callable[[int, int], bytes]:
            self.left -= 1
            if not self.left:
                self.close()
            return super().reader()

    frames = [[codestream(number)] for number in range(1000)]
    file = Closing(write(tmp_path, frames, "none"))
    table = FrameTable(file, read_header(file), 1000, None)
    for _ in range(2):
        with pytest.raises(BrokenFrame, match=r"^x\.dcm: is closed\.$"):
            table.read(7)


def test_a_closed_file_breaks_frames(tmp_path: Path) -> None:
    frames = [[codestream(number)] for number in range(3)]
    with opened(write(tmp_path, frames, "basic"), 3) as (table, file):
        assert table.read(0) == codestream(0)
        file.close()
        with pytest.raises(BrokenFrame, match="is closed"):
            table.read(1)


@pytest.mark.gotcha(5, 19)
@NEEDS_HOLES
def test_frames_beyond_four_gigabytes_are_read(tmp_path: Path) -> None:
    """The file is sparse: it takes a few blocks of disk."""
    hole = (1 << 32) - 2  # the largest even length of an item that is a length
    frames = [codestream(0), hole, codestream(2), codestream(3)]
    sizes = [each if isinstance(each, int) else len(each) for each in frames]
    offsets = [0]
    for size in sizes[:-1]:
        offsets.append(offsets[-1] + 8 + size)
    assert offsets[2] > 1 << 32
    lengths = [size - 1 for size in sizes]
    for before in (extended(offsets, lengths), b""):
        path = tmp_path / "x.dcm"
        with path.open("wb") as file:
            file.write(encapsulated(b"", b"", before=before))
            first = file.tell()
            for offset, size, frame in zip(offsets, sizes, frames, strict=True):
                file.seek(first + offset)
                file.write(pack("<HHI", 0xFFFE, 0xE000, size))
                if isinstance(frame, bytes):
                    file.write(frame)
            file.write(DELIMITER)
        with opened(path, 4) as (table, _):
            trim = -1 if before else None
            assert table.read(3) == codestream(3)[:trim]
            assert table.read(2) == codestream(2)[:trim]
            place = table.locate(2)
            assert place is not None
            assert place.offset == first + offsets[2] + 8
            assert list(table.warnings) == []
            with pytest.raises(
                BrokenFrame,
                match="frame 2 has 4294967294 bytes, expected at most 10737",
            ):
                table.read(1)


@pytest.mark.parametrize("syntax", [EXPLICIT, IMPLICIT])
def test_native_frames_lie_one_behind_the_other(tmp_path: Path, syntax: str) -> None:
    frames = [bytes([number]) * 27 for number in range(5)]
    pixels = b"".join(frames) + b"\0"
    content = start(syntax) + element(0x7FE00010, b"OB", pixels, encoding=syntax)
    path = tmp_path / "x.dcm"
    path.write_bytes(content)
    with opened(path, 5, 27) as (table, file):
        assert read_all(table, 5) == frames
        assert table.source == "native"
        place = table.locate(3)
        assert place is not None
        assert file.read(*place) == frames[3]
        assert list(table.warnings) == []


def test_an_offset_table_left_in_a_native_file_is_not_looked_at(tmp_path: Path) -> None:
    content = (
        start(EXPLICIT) + extended([5, 3, 1]) + element(0x7FE00010, b"OB", b"abcd")
    )
    with frame_table(tmp_path, content, 2, 2) as table:
        assert read_all(table, 2) == [b"ab", b"cd"]
        assert list(table.warnings) == []


@pytest.mark.gotcha(20)
@NEEDS_HOLES
def test_native_frames_beyond_four_gigabytes_are_counted_in_whole_numbers(
    tmp_path: Path,
) -> None:
    """A length of 32 bits wraps; the file shows that all of it is there."""
    frame_bytes, count = 3 << 20, 1500
    needed = frame_bytes * count
    path = tmp_path / "x.dcm"
    with path.open("wb") as file:
        said = needed & 0xFFFFFFFF
        file.write(start(EXPLICIT) + element(0x7FE00010, b"OB", b"", length=said))
        first = file.tell()
        file.seek(first + needed - frame_bytes)
        file.write(b"last frame")
        file.truncate(first + needed)
    with opened(path, count, frame_bytes) as (table, _):
        data = table.read(count - 1)
        assert data is not None
        assert data[:10] == b"last frame"
        assert len(data) == frame_bytes
        assert list(table.warnings) == []


@pytest.mark.parametrize(
    ("length", "frames", "frame_bytes", "sentence"),
    [
        (None, 2, 8, r"uncompressed but Pixel Data has no length, expected 16 bytes\."),
        (16, 2, 0, r"a frame has 0 bytes, expected 1 to 1073741824\."),
        (16, 2, 1 << 31, r"a frame has 2147483648 bytes, expected 1 to 1073741824\."),
    ],
)
def test_native_frames_that_cannot_be_are_refused(
    tmp_path: Path, length: int | None, frames: int, frame_bytes: int, sentence: str
) -> None:
    said = UNDEFINED if length is None else length
    content = start(EXPLICIT) + element(0x7FE00010, b"OB", bytes(16), length=said)
    with (
        pytest.raises(BrokenFile, match=sentence),
        frame_table(tmp_path, content, frames, frame_bytes),
    ):
        pass


def test_a_file_without_pixel_data_is_refused(tmp_path: Path) -> None:
    with (
        pytest.raises(
            BrokenFile, match=r"^x\.dcm: Pixel Data \(7FE0,0010\) is missing"
        ),
        frame_table(tmp_path, start(), 1),
    ):
        pass


def test_native_frames_have_one_source(tmp_path: Path) -> None:
    content = start(EXPLICIT) + element(0x7FE00010, b"OB", b"abcd")
    path = tmp_path / "x.dcm"
    path.write_bytes(content)
    file = RandomAccessFile(path)
    frames = FrameTable(file, read_header(file), 1, 4)._frames
    assert isinstance(frames, NativeFrames)
    file.close()


@pytest.mark.slides
@pytest.mark.parametrize(
    "name",
    [
        "dcmtk/fragmented-1k.dcm",
        "camelyon/jpeg.dcm",
        "camelyon/jpeg2000.dcm",
        "dual/stale/pydicom-anon-stale.dcm",
        "orthanc/pyramid/wsi-000000.dcm",
    ],
)
def test_real_frames_equal_pydicoms(slides_folder: Path, name: str) -> None:
    path = slides_folder / name
    dataset = dcmread(path)
    count = int(dataset.NumberOfFrames)
    truth = list(generate_frames(dataset.PixelData, number_of_frames=count))
    with opened(path, count) as (table, _):
        found = read_all(table, count)
        assert list(table.warnings) == []
    for mine, frame in zip(found, truth, strict=True):
        assert mine is not None
        assert frame in (mine, mine + b"\0")  # pydicom leaves the pad byte in


@pytest.mark.gotcha(25)
@pytest.mark.slides
def test_the_hidden_pyramid_is_stepped_over(slides_folder: Path) -> None:
    path = slides_folder / "dual/pixelmed-svs-jpeg-rgb-classic-pyramid/DCM_0"
    file = RandomAccessFile(path)
    header = read_header(file)
    body = open_body(header)
    table = FrameTable(body, header, 130, None)
    place = table.locate(0)
    assert place is not None
    assert place.offset > 1662792
    body.close()
    file.close()
