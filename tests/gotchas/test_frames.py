"""Frames and how they are found: one small slide for each oddity of real files."""

from collections.abc import Sequence
from pathlib import Path
from struct import pack, unpack_from
from typing import Any

import numpy as np
import pytest

from tests.dual_side import add_tiff_side
from tests.formats.dicom.raw_files import DELIMITER, ITEM_END, UNDEFINED, item
from tests.formats.dicom.test_frames import NEEDS_HOLES
from tests.gotchas.one_slide import codes, is_whole, one, told, written
from tests.tiff_files import chain, header
from viewer.formats.files import RandomAccessFile
from viewer.slide.errors import BrokenFrame
from viewer.slide.files import EncodedFrame
from viewer.slide.model import (
    EMPTY,
    Slide,
    TileKey,
)

EXACT: dict[str, Any] = {"syntax": "jpeg2000-lossless"}
BARE: dict[str, Any] = {**EXACT, "offsets": "none"}
PIXEL_DATA = b"\xe0\x7f\x10\0OB\0\0\xff\xff\xff\xff"
FRAMES = 6


def pixel_data(path: Path) -> tuple[bytes, bytes, list[bytes]]:
    """Return what lies before the items, the Basic Offset Table, and the frames."""
    content = path.read_bytes()
    at = content.index(PIXEL_DATA) + len(PIXEL_DATA)
    before, payloads = content[:at], list[bytes]()
    while content[at : at + 4] == b"\xfe\xff\x00\xe0":
        (length,) = unpack_from("<I", content, at + 4)
        payloads.append(content[at + 8 : at + 8 + length])
        at += 8 + length
    return before, payloads[0], payloads[1:]


def with_items(
    path: Path, items: Sequence[bytes], table: bytes = b"", end: bytes = DELIMITER
) -> Path:
    """Put other items and another table into a file."""
    before, _, _ = pixel_data(path)
    path.write_bytes(before + item(table) + b"".join(map(item, items)) + end)
    return path


def with_offsets(path: Path, offsets: Sequence[int]) -> Path:
    """Put another Basic Offset Table into a file."""
    _, _, frames = pixel_data(path)
    return with_items(path, frames, pack(f"<{len(offsets)}I", *offsets))


def offsets_of(path: Path) -> list[int]:
    """Return the true offsets of a file's frames."""
    _, _, frames = pixel_data(path)
    return [sum(8 + len(each) for each in frames[:number]) for number in range(FRAMES)]


def sources(slide: Slide) -> set[str]:
    """Return where the places of the finest level's frames came from."""
    image: Any = slide
    found: set[str] = set()
    pending, seen = [image], set[int]()
    while pending:
        each = pending.pop()
        if id(each) in seen or len(seen) > 5000:
            continue
        seen.add(id(each))
        if type(each).__name__ == "FrameTable":
            found.add(each.source)
        elif isinstance(each, list | tuple):
            pending.extend(each)
        elif isinstance(each, dict):
            pending.extend(each.values())
        elif type(each).__module__.startswith("viewer."):
            slots = getattr(type(each), "__slots__", ())
            pending.extend(getattr(each, name, None) for name in slots)
            pending.extend(vars(each).values() if hasattr(each, "__dict__") else ())
    return found


def tile(slide: Slide, number: int) -> Any:
    """Return the samples of one of the 3 x 2 tiles."""
    return slide.read_samples(TileKey(slide.serial, 0, number % 3, number // 3))


def true_tiles(folder: Path, **more: Any) -> list[Any]:
    """Return the tiles of the same slide without a defect."""
    with one(written(folder / "true", **{**EXACT, **more})) as slide:
        return [tile(slide, number) for number in range(FRAMES)]


def same(found: Any, expected: Any) -> bool:
    return found is not EMPTY and bool(np.array_equal(found, expected))


@pytest.mark.gotcha(1)
def test_frames_without_any_table_are_found_by_their_items(tmp_path: Path) -> None:
    with one(written(tmp_path, **BARE)) as slide:
        assert is_whole(slide, **EXACT)
        assert sources(slide) == {"walk"}
        assert not slide.warnings


@pytest.mark.gotcha(1, 2)
def test_the_tiff_side_tells_where_frames_lie(tmp_path: Path) -> None:
    path = written(tmp_path, **BARE)
    add_tiff_side(path)
    with one(path) as slide:
        assert is_whole(slide, **EXACT)
        assert sources(slide) == {"tiff"}
        assert not slide.warnings
        assert slide.personalities() == ("dicom", "tiff")


@pytest.mark.gotcha(2)
def test_a_tiff_side_of_one_page_a_plane_tells_of_every_plane(tmp_path: Path) -> None:
    planes: dict[str, Any] = {**BARE, "focal_planes": 2}
    path = written(tmp_path, **planes)
    before, table, frames = pixel_data(path)
    places, at = list[int](), len(before) + 8 + len(table) + 8
    for frame in frames:
        places.append(at)
        at += len(frame) + 8
    lengths = [len(each) for each in frames]
    pages = [
        {324: (4, places[part]), 325: (4, lengths[part])}
        for part in (slice(0, FRAMES), slice(FRAMES, 2 * FRAMES))
    ]
    content = path.read_bytes()
    side = chain(pages, len(content) + 12, order=">")
    content += b"\xfc\xff\xfc\xffOB\0\0" + pack("<I", len(side)) + side
    preamble = header(len(content) - len(side), order=">").ljust(128, b"\0")
    path.write_bytes(preamble + content[128:])
    with one(path) as slide:
        assert sources(slide) == {"tiff"}
        for plane in range(2):
            for number in range(FRAMES):
                column, row = number % 3, number // 3
                found = slide.read_frame(
                    TileKey(slide.serial, 0, column, row, focal_plane=plane)
                )
                assert isinstance(found, EncodedFrame)
                assert found.data == frames[plane * FRAMES + number]


@pytest.mark.gotcha(2)
def test_a_tiff_side_that_was_left_behind_is_not_followed(tmp_path: Path) -> None:
    path = written(tmp_path, **BARE)
    add_tiff_side(path)
    before, rest = path.read_bytes().split(PIXEL_DATA)
    comment = b"\x20\x00\x00\x40LT\x04\x00edit"  # (0020,4000), two bytes too early
    path.write_bytes(before + comment + PIXEL_DATA + rest)
    with one(path) as slide:
        assert is_whole(slide, **EXACT)
        assert sources(slide) == {"walk"}
        assert slide.personalities() == ("dicom",)
        (sentence,) = told(slide, "tiff-side")
        assert sentence.startswith("the TIFF side is stale or broken: ")


@pytest.mark.gotcha(3)
def test_an_extended_table_behind_per_frame_groups_is_reached(tmp_path: Path) -> None:
    sparse: dict[str, Any] = {**EXACT, "layout": "TILED_SPARSE", "shuffled": True}
    with one(written(tmp_path, **sparse, offsets="extended")) as slide:
        assert is_whole(slide, **sparse)
        assert sources(slide) == {"extended"}
        assert not slide.warnings


@pytest.mark.gotcha(4)
def test_an_extended_table_that_a_store_dropped_is_done_without(tmp_path: Path) -> None:
    path = written(tmp_path, **EXACT, offsets="extended")
    content = path.read_bytes()
    start = content.index(b"\xe0\x7f\x01\x00OV")
    path.write_bytes(content[:start] + content[content.index(PIXEL_DATA) :])
    with one(path) as slide:
        assert is_whole(slide, **EXACT)
        assert sources(slide) == {"walk"}
        assert not slide.warnings


@NEEDS_HOLES
@pytest.mark.gotcha(5)
def test_offsets_that_wrapped_above_four_gigabytes_are_not_followed(
    tmp_path: Path,
) -> None:
    huge = ((1, (1 << 32) - (1 << 20)), (2, 1 << 21))
    path = written(tmp_path, **EXACT, swollen=huge)
    assert path.stat().st_size > 1 << 32
    expected = true_tiles(tmp_path)
    with one(path) as slide:
        for number in (0, 3, 4, 5):
            assert same(tile(slide, number), expected[number])
        with pytest.raises(BrokenFrame, match="expected at most 1073741824"):
            tile(slide, 1)
        (sentence,) = told(slide, "offset-table")
        assert "says that frame 4 is at" in sentence
        assert sentence.endswith("the items were walked instead.")


@pytest.mark.gotcha(6)
def test_an_offset_for_the_end_does_no_harm(tmp_path: Path) -> None:
    path = written(tmp_path, **EXACT)
    with_offsets(path, [*offsets_of(path), offsets_of(path)[-1] + 1000])
    with one(path) as slide:
        assert is_whole(slide, **EXACT)
        assert sources(slide) == {"basic"}
        assert not slide.warnings


@pytest.mark.gotcha(6)
@pytest.mark.parametrize("wrong", [2, -2, 40])
def test_an_offset_that_is_no_item_is_not_followed(tmp_path: Path, wrong: int) -> None:
    path = written(tmp_path, **EXACT)
    offsets = offsets_of(path)
    with_offsets(path, [*offsets[:3], offsets[3] + wrong, *offsets[4:]])
    with one(path) as slide:
        assert is_whole(slide, **EXACT)
        assert sources(slide) == {"walk"}
        (sentence,) = told(slide, "offset-table")
        assert sentence.startswith("the Basic Offset Table says frame ")
        assert sentence.endswith("the items were walked instead.")


@pytest.mark.gotcha(7)
@pytest.mark.parametrize("name", ["decreasing", "equal"])
def test_offsets_that_do_not_rise_are_not_followed(tmp_path: Path, name: str) -> None:
    path = written(tmp_path, **EXACT)
    offsets = offsets_of(path)
    third = offsets[1] if name == "equal" else offsets[1] - 8
    with_offsets(path, [*offsets[:2], third, *offsets[3:]])
    with one(path) as slide:
        assert is_whole(slide, **EXACT)
        assert told(slide, "offset-table") == [
            f"the Basic Offset Table says that frame 3 is at {third}, expected more"
            f" than {offsets[1]}; the items were walked instead."
        ]


@pytest.mark.gotcha(8, 9)
@pytest.mark.parametrize("syntax", ["jpeg", "jpeg2000-lossless"])
def test_fragments_without_a_table_are_joined_by_their_codestreams(
    tmp_path: Path, syntax: str
) -> None:
    path = written(tmp_path, syntax=syntax, offsets="none", fragments_per_frame=3)
    expected = true_tiles(tmp_path, syntax=syntax)
    with one(path) as slide:
        assert all(same(tile(slide, each), expected[each]) for each in range(FRAMES))
        assert told(slide, "fragments-guessed") == [
            "18 fragments for 6 frames and no table to tell them by; a frame was taken"
            " to begin where a codestream begins."
        ]


@pytest.mark.gotcha(10)
def test_frames_that_are_not_there_are_missing_and_said(tmp_path: Path) -> None:
    path = written(tmp_path, **BARE)
    with_items(path, pixel_data(path)[2][:4])
    expected = true_tiles(tmp_path)
    with one(path) as slide:
        assert all(same(tile(slide, each), expected[each]) for each in range(4))
        for number in (4, 5):
            with pytest.raises(BrokenFrame, match=f"frame {number + 1} is missing"):
                tile(slide, number)
        assert told(slide, "fragment-count") == ["4 fragments for 6 frames."]


@pytest.mark.gotcha(10)
def test_more_items_than_frames_are_said(tmp_path: Path) -> None:
    path = written(tmp_path, **BARE)
    frames = pixel_data(path)[2]
    with_items(path, [*frames, frames[0]])
    with one(path) as slide:
        assert is_whole(slide, **EXACT)
        assert told(slide, "fragment-count") == ["7 fragments for 6 frames."]


@pytest.mark.gotcha(11)
@pytest.mark.parametrize("source", ["walk", "basic", "tiff"])
def test_an_empty_frame_shifts_no_other(tmp_path: Path, source: str) -> None:
    path = written(tmp_path, **BARE)
    frames = pixel_data(path)[2]
    frames[2] = b""
    with_items(path, frames)
    if source == "basic":
        with_offsets(path, offsets_of(path))
    if source == "tiff":
        add_tiff_side(path)
    expected = true_tiles(tmp_path)
    with one(path) as slide:
        for number in range(FRAMES):
            found = tile(slide, number)
            if number == 2:
                assert found is EMPTY
            else:
                assert same(found, expected[number])
        assert sources(slide) == {source}


@pytest.mark.gotcha(12)
def test_an_empty_fragment_behind_the_last_is_ignored(tmp_path: Path) -> None:
    path = written(tmp_path, **BARE)
    with_items(path, [*pixel_data(path)[2], b""])
    with one(path) as slide:
        assert is_whole(slide, **EXACT)
        assert not slide.warnings


@pytest.mark.gotcha(13)
@pytest.mark.parametrize("padded", [True, False])
def test_an_odd_number_of_samples_needs_no_pad_byte(
    tmp_path: Path, padded: bool
) -> None:
    odd: dict[str, Any] = {"size": (5, 5), "tile": (5, 5), "syntax": "uncompressed"}
    path = written(tmp_path, **odd)
    content = path.read_bytes()
    even = b"\xe0\x7f\x10\0OB\0\0" + pack("<I", 76)
    assert content.count(even) == 1
    if not padded:
        path.write_bytes(content.replace(even, even[:-4] + pack("<I", 75))[:-1])
    with one(path) as slide:
        assert is_whole(slide, **odd)
        assert not codes(slide) & {"frame-count", "truncated", "trailing-bytes"}


@pytest.mark.gotcha(14)
def test_the_bytes_of_delimiters_inside_a_frame_end_nothing(tmp_path: Path) -> None:
    path = written(tmp_path, syntax="jpeg", offsets="none")
    expected = true_tiles(tmp_path, syntax="jpeg")
    comment = DELIMITER + item(b"") + ITEM_END + DELIMITER
    segment = b"\xff\xfe" + pack(">H", 2 + len(comment)) + comment
    frames = [each[:2] + segment + each[2:] for each in pixel_data(path)[2]]
    with_items(path, frames)
    with one(path) as slide:
        assert all(same(tile(slide, each), expected[each]) for each in range(FRAMES))
        assert not codes(slide) & {"fragment-count", "trailing-bytes", "damaged-frame"}


@pytest.mark.gotcha(15)
@pytest.mark.parametrize("end", [b"", bytes(8), bytes(200)])
def test_a_missing_delimiter_is_no_defect(tmp_path: Path, end: bytes) -> None:
    path = written(tmp_path, **BARE)
    with_items(path, pixel_data(path)[2], end=end)
    with one(path) as slide:
        assert is_whole(slide, **EXACT)
        assert not slide.warnings


@pytest.mark.gotcha(16)
def test_a_delimiter_of_undefined_length_is_a_delimiter(tmp_path: Path) -> None:
    path = written(tmp_path, **BARE)
    end = DELIMITER[:4] + pack("<I", UNDEFINED)
    with_items(path, pixel_data(path)[2], end=end)
    with one(path) as slide:
        assert is_whole(slide, **EXACT)
        assert not slide.warnings


@pytest.mark.gotcha(17)
def test_either_delimiter_ends_pixel_data_and_items(tmp_path: Path) -> None:
    path = written(tmp_path, **BARE)
    inner = b"\x08\x00\x00\x01SH\x02\x00x "
    begun = b"\xfe\xff\x00\xe0" + pack("<I", UNDEFINED)
    sequence = b"\x09\x00\x01\x10SQ\0\0" + pack("<I", UNDEFINED)
    private = sequence + begun + inner + DELIMITER + DELIMITER  # E0DD for E00D
    with_items(path, pixel_data(path)[2], end=ITEM_END)  # and the reverse
    content = path.read_bytes()
    path.write_bytes(content.replace(PIXEL_DATA, private + PIXEL_DATA))
    with one(path) as slide:
        assert is_whole(slide, **EXACT)
        assert sources(slide) == {"walk"}


@pytest.mark.gotcha(18)
def test_nuls_behind_a_codestream_are_padding(tmp_path: Path) -> None:
    path = written(tmp_path, syntax="jpeg", offsets="none")
    expected = true_tiles(tmp_path, syntax="jpeg")
    with_items(path, [each + bytes(64) for each in pixel_data(path)[2]])
    with one(path) as slide:
        assert all(same(tile(slide, each), expected[each]) for each in range(FRAMES))
        assert not slide.damaged


@NEEDS_HOLES
@pytest.mark.gotcha(19, 21, 22)
@pytest.mark.parametrize("offsets", ["extended", "none"])
def test_five_gigabytes_are_opened_by_reading_kilobytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, offsets: str
) -> None:
    tail = 900 << 20
    swollen = tuple((number, tail) for number in range(FRAMES))
    path = written(tmp_path, **EXACT, offsets=offsets, swollen=swollen)
    assert path.stat().st_size > 5 << 30
    read = list[int]()
    read_some = RandomAccessFile.read_some

    def counting(self: RandomAccessFile, offset: int, length: int) -> bytes:
        data = read_some(self, offset, length)
        read.append(len(data))
        return data

    monkeypatch.setattr(RandomAccessFile, "read_some", counting)
    with one(path) as slide:
        frame = slide.frame_at(TileKey(slide.serial, 0, 2, 1))
        assert frame is not None
        assert frame.frame == FRAMES
    assert sum(read) < 1 << 20


@pytest.mark.gotcha(23)
def test_a_file_that_is_written_anew_while_open_shows_nothing_of_it(
    tmp_path: Path,
) -> None:
    path = written(tmp_path, **EXACT)
    other = written(tmp_path / "other", **BARE)
    with one(path) as slide:
        assert tile(slide, 0) is not EMPTY
        path.write_bytes(other.read_bytes() + bytes(2))
        with pytest.raises(BrokenFrame, match="was changed after it was opened"):
            tile(slide, 1)


@pytest.mark.gotcha(24)
def test_positions_of_thousands_of_frames_are_not_left_to_pydicom(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from viewer.formats.dicom import positions as module

    monkeypatch.delattr(module, "parsed_positions")
    many: dict[str, Any] = {
        "size": (64 * 4, 40 * 4),
        "tile": (4, 4),
        "syntax": "uncompressed",
        "layout": "TILED_SPARSE",
        "shuffled": True,
    }
    with one(written(tmp_path, **many)) as slide:
        assert slide.levels[0].frames == 64 * 40
        assert is_whole(slide, **many)
        assert not codes(slide) & {"slow-header", "tile-position"}


@pytest.mark.gotcha(25)
def test_pixel_data_within_an_icon_are_not_the_slides(tmp_path: Path) -> None:
    path = written(tmp_path, **BARE)
    before, _, frames = pixel_data(path)
    nested = PIXEL_DATA + item(b"") + item(frames[5]) + DELIMITER
    icon = b"\x88\x00\x00\x02SQ\0\0" + pack("<I", 8 + len(nested)) + item(nested)
    content = path.read_bytes()
    at = len(before) - len(PIXEL_DATA)
    path.write_bytes(content[:at] + icon + content[at:])
    with one(path) as slide:
        assert is_whole(slide, **EXACT)
        frame = slide.read_frame(TileKey(slide.serial, 0, 0, 0))
        assert isinstance(frame, EncodedFrame)
        assert frame.data.rstrip(b"\0") == frames[0].rstrip(b"\0")


@pytest.mark.parametrize("offsets", ["basic", "none"])
def test_a_file_that_was_cut_shows_all_tiles_that_are_whole(
    tmp_path: Path, offsets: str
) -> None:
    path = written(tmp_path, **EXACT, offsets=offsets)
    expected = true_tiles(tmp_path)
    before, table, frames = pixel_data(path)
    whole = sum(8 + len(each) for each in frames[:4])
    path.write_bytes(path.read_bytes()[: len(before) + 8 + len(table) + whole + 50])
    with one(path) as slide:
        assert all(same(tile(slide, each), expected[each]) for each in range(4))
        for number in (4, 5):
            with pytest.raises(BrokenFrame):
                tile(slide, number)
        assert "truncated" in codes(slide)


def test_an_extended_table_left_in_an_uncompressed_file_is_not_looked_at(
    tmp_path: Path,
) -> None:
    native: dict[str, Any] = {"syntax": "uncompressed"}
    path = written(tmp_path, **native)
    content = path.read_bytes()
    at = content.index(b"\xe0\x7f\x10\x00OB")
    table = b"\xe0\x7f\x01\x00OV\0\0" + pack("<I6Q", 48, *range(0, 600, 100))
    path.write_bytes(content[:at] + table + content[at:])
    with one(path) as slide:
        assert is_whole(slide, **native)
        assert sources(slide) == {"native"}
