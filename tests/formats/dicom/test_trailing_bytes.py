"""What follows Pixel Data tells of bytes that were put in or taken out before."""

from pathlib import Path

import pytest

from tests.formats.dicom.raw_files import (
    DELIMITER,
    EXPLICIT,
    basic,
    codestream,
    element,
    encapsulated,
    frame_table,
    items,
    start,
    starts,
)
from viewer.slide.errors import BrokenFrame

FRAMES = [codestream(number) for number in range(3)]
OFFSETS = starts([[frame] for frame in FRAMES])
SAMPLES = bytes(range(1, 25))  # four frames of six bytes


def warned_natively(folder: Path, tail: bytes, samples: bytes = SAMPLES) -> list[str]:
    """Return the codes that uncompressed frames with something behind them give."""
    content = start(EXPLICIT) + element(0x7FE00010, b"OB", samples) + tail
    with frame_table(folder, content, 4, 6) as table:
        assert table.read(0) == SAMPLES[:6]
        return [code for code, _ in table.warnings]


def test_uncompressed_frames_may_end_with_the_file(tmp_path: Path) -> None:
    assert warned_natively(tmp_path, b"") == []


@pytest.mark.parametrize(
    "tag",
    [0xFFFCFFFC, 0xFFFAFFFA, 0x7FE11001],
    ids=["padding", "signatures", "private"],
)
def test_attributes_may_follow_uncompressed_frames(tmp_path: Path, tag: int) -> None:
    assert warned_natively(tmp_path, element(tag, b"OB", bytes(8))) == []


@pytest.mark.parametrize("tail", [b"\1", b"\x16\x17\x18\x19", bytes(40), b"\1" * 9])
def test_bytes_too_many_are_said_of_uncompressed_frames(
    tmp_path: Path, tail: bytes
) -> None:
    assert warned_natively(tmp_path, tail) == ["trailing-bytes"]


def test_the_sentence_names_what_was_found_and_where(tmp_path: Path) -> None:
    content = start(EXPLICIT) + element(0x7FE00010, b"OB", SAMPLES)
    with frame_table(tmp_path, content + b"\x16\x17\x18\x19", 4, 6) as table:
        assert list(table.warnings) == [
            (
                "trailing-bytes",
                f"x.dcm: 16 17 18 19 follows Pixel Data at byte {len(content)}, "
                f"expected an attribute or the end of the file at {len(content) + 4}.",
            )
        ]


@pytest.mark.parametrize(
    ("table", "code"), [(b"", "fragment-count"), (basic(OFFSETS), "trailing-bytes")]
)
def test_bytes_too_many_are_said_of_the_last_item(
    tmp_path: Path, table: bytes, code: str
) -> None:
    whole = items(FRAMES)
    content = encapsulated(table, whole[:-4] + b"\1\2" + whole[-4:] + DELIMITER)
    with frame_table(tmp_path, content, 3) as frames:
        assert frames.read(0) == FRAMES[0]
        assert frames.read(2) is not None
        assert [code for code, _ in frames.warnings] == [code]


@pytest.mark.parametrize("missing", [2, 4, 8])
@pytest.mark.parametrize("table", [b"", basic(OFFSETS)], ids=["walked", "with a table"])
def test_an_item_that_reaches_into_the_delimiter_is_said(
    tmp_path: Path, table: bytes, missing: int
) -> None:
    whole = items(FRAMES)
    cut = whole[: -4 - missing] + whole[-4:]
    with frame_table(tmp_path, encapsulated(table, cut + DELIMITER), 3) as frames:
        assert frames.read(0) == FRAMES[0]
        try:
            frames.read(2)
        except BrokenFrame:
            pytest.fail("the frame is to be shown, with the warning")
        assert [code for code, _ in frames.warnings] == ["trailing-bytes"]


def test_a_last_frame_of_several_items_is_said_where_the_first_has_one(
    tmp_path: Path,
) -> None:
    raw = [
        bytes([number]) * 20 for number in range(3)
    ]  # nothing tells where one begins
    offsets = starts([[frame] for frame in raw])
    doubled = items([raw[0], raw[1], raw[1], raw[2]])
    content = encapsulated(basic(offsets), doubled + DELIMITER)
    with frame_table(tmp_path, content, 3) as frames:
        assert frames.read(1) == raw[1]
        frames.read(2)
        assert [code for code, _ in frames.warnings] == ["trailing-bytes"]


@pytest.mark.gotcha(15)
@pytest.mark.parametrize("tail", [bytes(8), bytes(400)])
def test_nuls_may_stand_for_the_delimiter(tmp_path: Path, tail: bytes) -> None:
    content = encapsulated(basic(OFFSETS), items(FRAMES) + tail)
    with frame_table(tmp_path, content, 3) as frames:
        assert frames.read(2) == FRAMES[2]
        assert not frames.warnings


def test_nuls_with_other_bytes_behind_them_are_said(tmp_path: Path) -> None:
    content = encapsulated(basic(OFFSETS), items(FRAMES) + bytes(32) + b"\1\2\3\4")
    with frame_table(tmp_path, content, 3) as frames:
        assert frames.read(2) == FRAMES[2]
        assert [code for code, _ in frames.warnings] == ["trailing-bytes"]
