"""Damaged Pixel Data: what is said, and that no frame shows another's bytes."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from struct import pack

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.formats.dicom.raw_files import (
    DELIMITER,
    EXPLICIT,
    ITEM_END,
    UNDEFINED,
    basic,
    codestream,
    element,
    encapsulated,
    extended,
    frame_table,
    item,
    items,
    name,
    opened,
    start,
    starts,
)
from viewer.formats.dicom import items as items_module
from viewer.formats.dicom.frames import FrameTable
from viewer.slide.errors import BrokenFile, BrokenFrame

COUNT = 6
FRAMES = [codestream(number, 20 + 2 * number) for number in range(COUNT)]
OFFSETS = starts([[frame] for frame in FRAMES])
WHOLE = items(FRAMES) + DELIMITER
TABLE = basic(OFFSETS)
FIRST = len(encapsulated(TABLE, b""))
FIRST_BARE = len(encapsulated(b"", b""))


def outcome(table: FrameTable, frames: int = COUNT) -> list[bytes | str | None]:
    """Return each frame's bytes, or the sentence that says why there are none."""
    found: list[bytes | str | None] = []
    for frame in range(frames):
        try:
            found.append(table.read(frame))
        except BrokenFrame as error:
            found.append(str(error) if error.frame == frame + 1 else None)
    return found


def changed(offsets: list[int], frame: int, offset: int) -> bytes:
    return basic([*offsets[:frame], offset, *offsets[frame + 1 :]])


def with_table(table: bytes, content: bytes = WHOLE, before: bytes = b"") -> bytes:
    return encapsulated(table, content, before=before)


@dataclass(frozen=True)
class Case:
    """A defect that leaves every frame readable, and what is said of it."""

    content: bytes
    source: str
    code: str = ""
    sentence: str = ""


HARMLESS = {
    "no delimiter": Case(with_table(b"", items(FRAMES)), "walk"),
    "NULs for a delimiter": Case(with_table(b"", items(FRAMES) + bytes(40)), "walk"),
    "a cut delimiter": Case(with_table(b"", WHOLE[:-3]), "walk"),
    "a delimiter with a length": Case(
        with_table(b"", items(FRAMES) + DELIMITER[:4] + pack("<I", UNDEFINED)), "walk"
    ),
    "the delimiter of an item": Case(with_table(b"", items(FRAMES) + ITEM_END), "walk"),
    "an empty fragment at the end": Case(
        with_table(b"", items([*FRAMES, b""]) + DELIMITER), "walk"
    ),
    "no Basic Offset Table at all": Case(
        start() + element(0x7FE00010, b"OB", b"", length=UNDEFINED) + WHOLE, "walk"
    ),
    "a table with an entry for the end": Case(
        with_table(basic([*OFFSETS, len(items(FRAMES))])), "basic"
    ),
    "a table without delimiter": Case(with_table(TABLE, items(FRAMES)), "basic"),
    "an empty extended table": Case(with_table(TABLE, before=extended([])), "basic"),
    "a table that is too short": Case(
        with_table(basic(OFFSETS[:-1])),
        "walk",
        "offset-table",
        "x.dcm: the Basic Offset Table has 5 entries, expected 6;"
        " the items were walked instead.",
    ),
    "a table that does not begin with zero": Case(
        with_table(basic([8 + each for each in OFFSETS])),
        "walk",
        "offset-table",
        "x.dcm: the Basic Offset Table begins with 8, expected 0;"
        " the items were walked instead.",
    ),
    "a table that wraps": Case(
        with_table(changed(OFFSETS, 5, 60)),
        "walk",
        "offset-table",
        "x.dcm: the Basic Offset Table says that frame 6 is at 60, expected more than"
        f" {OFFSETS[4]}; the items were walked instead.",
    ),
    "an extended table that is wrong, above a good one": Case(
        with_table(TABLE, before=extended(OFFSETS[::-1])),
        "basic",
        "offset-table",
        f"x.dcm: the Extended Offset Table begins with {OFFSETS[-1]}, expected 0;"
        " the items were walked instead.",
    ),
    "an extended table that goes to the end of numbers": Case(
        with_table(b"", before=extended([0, *range(30, 70, 10), (1 << 64) - 4])),
        "walk",
        "offset-table",
        f"x.dcm: the Extended Offset Table goes up to {(1 << 64) - 4};"
        " the items were walked instead.",
    ),
    "an offset between items": Case(
        with_table(changed(OFFSETS, 3, OFFSETS[3] + 2)),
        "walk",
        "offset-table",
        "x.dcm: the Basic Offset Table says frame 3 is at"
        f" {FIRST + OFFSETS[2]}, found a second codestream in it, expected one;"
        " the items were walked instead.",
    ),
    "an offset inside an item": Case(
        with_table(changed(OFFSETS, 3, OFFSETS[3] - 2)),
        "walk",
        "offset-table",
        "x.dcm: the Basic Offset Table says frame 3 is at"
        f" {FIRST + OFFSETS[2]}, found items to {FIRST + OFFSETS[3]}, expected them to"
        f" end at {FIRST + OFFSETS[3] - 2}; the items were walked instead.",
    ),
    "an offset inside the file's end": Case(
        with_table(changed(OFFSETS, 5, OFFSETS[5] + 20)),
        "walk",
        "offset-table",
        "x.dcm: the Basic Offset Table says frame 5 is at"
        f" {FIRST + OFFSETS[4]}, found a second codestream in it, expected one;"
        " the items were walked instead.",
    ),
    "an offset behind the end": Case(
        with_table(changed(OFFSETS, 5, 1 << 30)),
        "walk",
        "offset-table",
        "x.dcm: the Basic Offset Table says a frame is at"
        f" {FIRST + (1 << 30)}, expected one before the end of the file at"
        f" {FIRST + len(WHOLE)}; the items were walked instead.",
    ),
    "lengths that are wrong": Case(
        with_table(
            b"", before=extended(OFFSETS, [999, *(len(each) for each in FRAMES[1:])])
        ),
        "extended",
        "offset-table",
        "x.dcm: Extended Offset Table Lengths says frame 1 has 999 bytes, found 20.",
    ),
    "frames cut in two": Case(
        with_table(
            b"", items([half for each in FRAMES for half in (each[:8], each[8:])])
        ),
        "walk",
        "fragments-guessed",
        "x.dcm: 12 fragments for 6 frames and no table to tell them by;"
        " a frame was taken to begin where a codestream begins.",
    ),
}


@pytest.mark.gotcha(5, 6, 8, 12, 15, 16, 17)
@pytest.mark.parametrize("name", HARMLESS)
def test_harmless_defects_leave_every_frame(tmp_path: Path, name: str) -> None:
    case = HARMLESS[name]
    with frame_table(tmp_path, case.content, COUNT) as table:
        assert outcome(table) == FRAMES
        assert table.source == case.source
        expected = [(case.code, case.sentence)] if case.code else []
        assert list(table.warnings) == expected
        places = [table.locate(frame) for frame in range(COUNT)]
        lengths = [place.length for place in places if place is not None]
        assert lengths == [len(frame) for frame in FRAMES]


def test_a_cut_file_shows_its_whole_frames_by_table(tmp_path: Path) -> None:
    content = with_table(TABLE)[: FIRST + OFFSETS[3] + 15]
    with frame_table(tmp_path, content, COUNT) as table:
        found = outcome(table)
        assert found[:3] == FRAMES[:3]
        assert found[3:] == [
            f"x.dcm: frame 4 is cut off: the file ends at byte {len(content)},"
            f" expected {FIRST + OFFSETS[4]}.",
            *(
                f"x.dcm: frame {frame + 1} at {FIRST + OFFSETS[frame]}: found the end"
                " of the file there, expected an item."
                for frame in (4, 5)
            ),
        ]
        assert [code for code, _ in table.warnings] == ["truncated"]


def test_a_cut_file_shows_its_whole_frames_by_walk(tmp_path: Path) -> None:
    content = with_table(b"")[: FIRST_BARE + OFFSETS[3] + 15]
    end = FIRST_BARE + OFFSETS[4]
    with frame_table(tmp_path, content, COUNT) as table:
        assert outcome(table) == [
            *FRAMES[:3],
            f"x.dcm: frame 4 is cut off: the file ends at byte {len(content)},"
            f" expected {end}.",
            *(
                f"x.dcm: frame {frame} is missing: 4 fragments for 6 frames, and the"
                f" file ends inside the last, expected {end} bytes."
                for frame in (5, 6)
            ),
        ]
        assert table.warnings[0] == (
            "truncated",
            f"x.dcm: ends at byte {len(content)} inside an item, expected it to end at"
            f" {end}.",
        )


def test_a_cut_file_of_fragments_shows_its_whole_frames(tmp_path: Path) -> None:
    halves = [half for each in FRAMES for half in (each[:8], each[8:])]
    content = with_table(b"", items(halves))
    content = content[: FIRST_BARE + len(items(halves[:5])) + 9]
    with frame_table(tmp_path, content, COUNT) as table:
        found = outcome(table)
        assert found[:2] == FRAMES[:2]
        assert all(isinstance(each, str) for each in found[2:])


@pytest.mark.gotcha(10)
def test_fewer_fragments_than_frames_leave_the_last_missing(tmp_path: Path) -> None:
    content = with_table(b"", items(FRAMES[:4]) + DELIMITER)
    with frame_table(tmp_path, content, COUNT) as table:
        assert outcome(table) == [
            *FRAMES[:4],
            "x.dcm: frame 5 is missing: 4 fragments for 6 frames.",
            "x.dcm: frame 6 is missing: 4 fragments for 6 frames.",
        ]
        assert list(table.warnings) == [
            ("fragment-count", "x.dcm: 4 fragments for 6 frames.")
        ]


def test_more_codestreams_than_frames_are_taken_in_order(tmp_path: Path) -> None:
    with frame_table(tmp_path, with_table(b""), COUNT - 2) as table:
        assert outcome(table, COUNT - 2) == FRAMES[:-2]
        assert list(table.warnings) == [
            ("fragment-count", "x.dcm: 6 fragments for 4 frames.")
        ]
        with pytest.raises(BrokenFrame, match="frame 5 is missing: 6 fragments for 4"):
            table.read(4)


def test_fragments_that_cannot_be_told_show_nothing(tmp_path: Path) -> None:
    unmarked = [b"no codestream " + frame for frame in FRAMES]
    with frame_table(tmp_path, with_table(b"", items(unmarked)), 4) as table:
        found = outcome(table, 4)
        assert found == [
            f"x.dcm: frame {frame + 1} is missing: 6 fragments for 4 frames."
            for frame in range(4)
        ]


def test_one_damaged_codestream_among_fragments_shows_nothing(tmp_path: Path) -> None:
    """Which frame lost its beginning cannot be told, so nothing behind it can."""
    halves = [half for each in FRAMES for half in (each[:8], each[8:])]
    halves[4] = bytes(8)
    with frame_table(tmp_path, with_table(b"", items(halves)), COUNT) as table:
        assert all(isinstance(each, str) for each in outcome(table))


def test_a_frame_beyond_the_number_of_frames_is_missing(tmp_path: Path) -> None:
    with frame_table(tmp_path, with_table(TABLE), COUNT) as table:
        for frame in (COUNT, -1):
            with pytest.raises(BrokenFrame, match="is missing: Number of Frames is 6"):
                table.read(frame)


def broken_item(frame: int, head: bytes) -> bytes:
    """Return the items, the header of one overwritten."""
    content = bytearray(WHOLE)
    content[OFFSETS[frame] : OFFSETS[frame] + len(head)] = head
    return bytes(content)


def test_a_broken_item_costs_one_frame_where_there_is_a_table(tmp_path: Path) -> None:
    content = with_table(TABLE, broken_item(2, b"JUNK"))
    place = FIRST + OFFSETS[2]
    with frame_table(tmp_path, content, COUNT) as table:
        found = outcome(table)
        assert found[:2] + found[3:] == FRAMES[:2] + FRAMES[3:]
        head = content[place : place + 8].hex(" ")
        assert found[2] == (
            f"x.dcm: frame 3 at {place}: found {head} there, expected an item."
        )
        assert list(table.warnings) == [
            (
                "offset-table",
                f"x.dcm: the Basic Offset Table says frame 3 is at {place}, found"
                f" {head} there, expected an item, and 2 fragments for 6 frames, found"
                f" {head} at byte {place}, expected an item; each frame is checked by"
                " itself.",
            )
        ]


def test_a_broken_item_costs_the_rest_without_a_table(tmp_path: Path) -> None:
    content = with_table(b"", broken_item(2, b"JUNK"))
    with frame_table(tmp_path, content, COUNT) as table:
        found = outcome(table)
        assert found[:2] == FRAMES[:2]
        assert all("is missing: 2 fragments for 6 frames" in str(x) for x in found[2:])


def test_a_wrong_item_length_costs_one_frame_where_there_is_a_table(
    tmp_path: Path,
) -> None:
    for length in (4, 25, UNDEFINED):
        content = with_table(TABLE, broken_item(2, item(b"", length=length)))
        with frame_table(tmp_path, content, COUNT) as table:
            found = outcome(table)
            assert found[:2] + found[3:] == FRAMES[:2] + FRAMES[3:]
            assert isinstance(found[2], str)


def test_a_deleted_frame_under_a_stale_table_shows_no_false_frame(
    tmp_path: Path,
) -> None:
    content = with_table(TABLE, items(FRAMES[:2] + FRAMES[3:]) + DELIMITER)
    with frame_table(tmp_path, content, COUNT) as table:
        for frame, found in enumerate(outcome(table)):
            assert isinstance(found, str) or found == FRAMES[frame]


def test_a_frame_that_is_two_items_is_told_by_the_table(tmp_path: Path) -> None:
    content = items([*FRAMES[:2], FRAMES[2][:10], FRAMES[2][10:], *FRAMES[3:]])
    halves = [[each] for each in FRAMES]
    halves[2] = [FRAMES[2][:10], FRAMES[2][10:]]
    whole = with_table(basic(starts(halves)), content + DELIMITER)
    with frame_table(tmp_path, whole, COUNT) as table:
        assert outcome(table) == FRAMES
        assert list(table.warnings) == []


def test_a_table_that_skips_an_item_does_not_join_two_frames(tmp_path: Path) -> None:
    """Seven codestreams, six frames: the third entry spans two of them."""
    seven = [*FRAMES[:3], codestream(9, 30), *FRAMES[3:]]
    offsets = starts([[each] for each in seven])
    content = with_table(basic(offsets[:3] + offsets[4:]), items(seven) + DELIMITER)
    with frame_table(tmp_path, content, COUNT) as table:
        found = outcome(table)
        assert found[:2] + found[3:] == FRAMES[:2] + FRAMES[3:]
        assert found[2] == (
            f"x.dcm: frame 3 at {FIRST + offsets[2]}: found a second codestream in"
            " it, expected one."
        )


@pytest.mark.gotcha(14)
def test_delimiter_bytes_inside_a_frame_do_no_harm(tmp_path: Path) -> None:
    tricky = [codestream(0) + DELIMITER + item(b"\xff\xd8\xff\xe0 false") + DELIMITER]
    for table_bytes in (basic([0]), b""):
        content = with_table(table_bytes, items(tricky) + DELIMITER)
        with frame_table(tmp_path, content, 1) as table:
            assert table.read(0) == tricky[0]
            assert list(table.warnings) == []


def test_pixel_data_that_is_no_item_is_refused(tmp_path: Path) -> None:
    pixel_data = element(0x7FE00010, b"OB", b"", length=UNDEFINED)
    for rest, found in [(b"JUNKJUNK", "4a 55 4e 4b 4a 55 4e 4b"), (b"", "nothing")]:
        content = start() + pixel_data + rest
        with (
            pytest.raises(
                BrokenFile, match=rf"^x\.dcm: Pixel Data begins with {found} at byte "
            ),
            frame_table(tmp_path, content, 1),
        ):
            pass


def test_a_basic_table_beyond_the_end_is_refused(tmp_path: Path) -> None:
    pixel_data = element(0x7FE00010, b"OB", b"", length=UNDEFINED)
    content = start() + pixel_data + item(b"abc", length=1 << 31)
    with (
        pytest.raises(
            BrokenFile, match=r"expected a Basic Offset Table of 2147483648 b"
        ),
        frame_table(tmp_path, content, 1),
    ):
        pass


def test_a_number_of_frames_out_of_all_proportion_costs_no_memory(
    tmp_path: Path,
) -> None:
    huge = (1 << 31) - 1
    for before in (b"", extended(OFFSETS)):
        with frame_table(tmp_path, with_table(TABLE, before=before), huge) as table:
            assert outcome(table) == FRAMES
            with pytest.raises(
                BrokenFrame, match="is missing: 6 fragments for 2147483"
            ):
                table.read(huge - 1)


def test_endless_items_end_the_walk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(items_module, "MOST_ITEMS", 50)
    content = with_table(b"", item(b"") * 1000)
    with frame_table(tmp_path, content, 60) as table:
        assert table.read(7) is None
        with pytest.raises(
            BrokenFrame, match="frame 55 is missing: 50 fragments for 60"
        ):
            table.read(54)


@pytest.mark.gotcha(23)
def test_a_file_that_shrinks_while_open_breaks_its_frames(tmp_path: Path) -> None:
    path = tmp_path / "x.dcm"
    path.write_bytes(with_table(TABLE))
    with opened(path, COUNT) as (table, _):
        assert table.read(4) == FRAMES[4]
        path.write_bytes(with_table(TABLE)[: FIRST + OFFSETS[3]])
        found = outcome(table)
    assert all(str(each).startswith("x.dcm: was changed") for each in found)


def native(length: int, content: bytes) -> bytes:
    return start(EXPLICIT) + element(0x7FE00010, b"OB", content, length=length)


def test_native_pixel_data_that_is_too_short_is_said(tmp_path: Path) -> None:
    with frame_table(tmp_path, native(20, bytes(20)), 3, 8) as table:
        assert list(table.warnings) == [
            (
                "frame-count",
                "x.dcm: Pixel Data has 20 bytes, expected 24 for 3 frames of 8 bytes.",
            )
        ]
        assert outcome(table, 3) == [
            bytes(8),
            bytes(8),
            "x.dcm: frame 3 is missing: Pixel Data has 20 bytes, expected 24 for it and"
            " 3 frames in all.",
        ]


def test_native_pixel_data_that_is_too_long_is_said(tmp_path: Path) -> None:
    with frame_table(tmp_path, native(40, bytes(40)), 3, 8) as table:
        assert [code for code, _ in table.warnings] == ["frame-count"]
        assert outcome(table, 3) == [bytes(8)] * 3


def test_a_cut_native_file_shows_its_whole_frames(tmp_path: Path) -> None:
    content = native(24, bytes(20))
    with frame_table(tmp_path, content, 3, 8) as table:
        end = len(content) + 4
        assert list(table.warnings) == [
            (
                "truncated",
                f"x.dcm: ends at byte {len(content)}, expected Pixel Data to end at"
                f" {end}.",
            )
        ]
        assert outcome(table, 3) == [
            bytes(8),
            bytes(8),
            f"x.dcm: frame 3 is missing: the file ends at byte {len(content)}, expected"
            f" the frame to end at {end}.",
        ]


def flip(data: bytes, places: list[tuple[int, int]]) -> bytes:
    damaged = bytearray(data)
    for place, value in places:
        damaged[place % len(data)] ^= value
    return bytes(damaged)


def cut(data: bytes, places: list[tuple[int, int]]) -> bytes:
    return data[: len(data) - places[0][0] % len(data)]


def blank(data: bytes, places: list[tuple[int, int]]) -> bytes:
    at, size = places[0][0] % len(data), 1 + places[0][1] % 40
    return data[:at] + bytes(len(data[at : at + size])) + data[at + size :]


def remove(data: bytes, places: list[tuple[int, int]]) -> bytes:
    at, size = places[0][0] % len(data), 1 + places[0][1] % 40
    return data[:at] + data[at + size :]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    table=st.lists(st.integers(0, 2**32 - 1) | st.sampled_from(OFFSETS), max_size=8)
    | st.integers(0, COUNT - 1).flatmap(
        lambda frame: st.integers(0, 400).map(
            lambda offset: [*OFFSETS[:frame], offset, *OFFSETS[frame + 1 :]]
        )
    )
)
def test_no_table_makes_a_frame_show_anothers_bytes(
    tmp_path: Path, table: list[int]
) -> None:
    with frame_table(tmp_path, with_table(basic(table)), COUNT) as frames:
        assert outcome(frames) == FRAMES


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    deadline=None,
    max_examples=300,
)
@given(
    damage=st.sampled_from([flip, cut, blank, remove]),
    places=st.lists(
        st.tuples(st.integers(0, 10_000), st.integers(1, 255)), min_size=1, max_size=3
    ),
    table=st.sampled_from([TABLE, b""]),
)
def test_damage_is_a_broken_frame_or_a_warning_never_another_frame_in_silence(
    tmp_path: Path,
    damage: Callable[[bytes, list[tuple[int, int]]], bytes],
    places: list[tuple[int, int]],
    table: bytes,
) -> None:
    content = with_table(table, damage(WHOLE, places))
    with frame_table(tmp_path, content, COUNT) as frames:
        for frame, found in enumerate(outcome(frames)):
            others = {name(other) for other in range(COUNT) if other != frame}
            if isinstance(found, bytes) and found[4:8] in others:
                assert frames.warnings


def test_damage_to_every_byte_of_the_headers_is_survived(tmp_path: Path) -> None:
    """One byte at a time: a frame is right, or broken, or has only its own bytes."""
    chance = random.Random(5)  # noqa: S311  damage, not secrecy
    for at in range(FIRST - 60, FIRST + 200):
        content = flip(with_table(TABLE), [(at, chance.randrange(1, 256))])
        try:
            with frame_table(tmp_path, content, COUNT) as table:
                found = outcome(table)
        except BrokenFile:
            continue
        for frame, each in enumerate(found):
            if isinstance(each, bytes) and len(each) >= 8:
                wrong = sum(a != b for a, b in zip(each, FRAMES[frame], strict=False))
                assert wrong <= 1
