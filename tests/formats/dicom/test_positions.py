"""Where frames lie, read from Per-Frame Functional Groups."""

from collections.abc import Callable
from pathlib import Path
from struct import pack

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydicom import dcmread

from tests.formats.dicom.raw_files import (
    BIG_ENDIAN,
    EXPLICIT,
    IMPLICIT,
    UNDEFINED,
    element,
    item,
    start,
)
from viewer.formats.dicom import positions as module
from viewer.formats.dicom.frame_positions import NO_POSITION, Positions
from viewer.formats.dicom.header import open_body, read_header
from viewer.formats.dicom.positions import read_positions
from viewer.formats.files import RandomAccessFile
from viewer.slide.errors import BrokenFile

Place = tuple[int, int, str | None, str | None]
PLACES: list[Place] = [
    (1 + 256 * number, 1 + 512 * number, f"{number / 2}", f"path {number % 2}")
    for number in range(6)
]


class Writer:
    """Writes Per-Frame Functional Groups, with lengths or delimiters."""

    def __init__(self, encoding: str = EXPLICIT, delimited: str = "nothing") -> None:
        self.encoding = encoding
        self.order = ">" if encoding == BIG_ENDIAN else "<"
        self.delimited = delimited  # "nothing", "items", or "everything"

    def element(self, tag: int, vr: bytes, value: bytes) -> bytes:
        return element(tag, vr, value, encoding=self.encoding)

    def sequence(self, tag: int, *contents: bytes) -> bytes:
        value = b"".join(map(self.item, contents))
        if self.delimited != "everything":
            return self.element(tag, b"SQ", value)
        opened = element(tag, b"SQ", value, length=UNDEFINED, encoding=self.encoding)
        return opened + pack(self.order + "HHI", 0xFFFE, 0xE0DD, 0)

    def item(self, content: bytes) -> bytes:
        if self.delimited == "nothing":
            return item(content, order=self.order)
        end = pack(self.order + "HHI", 0xFFFE, 0xE00D, 0)
        return item(content, length=UNDEFINED, order=self.order) + end

    def integer(self, tag: int, value: int) -> bytes:
        return self.element(tag, b"SL", pack(self.order + "i", value))

    def text(self, tag: int, vr: bytes, value: str) -> bytes:
        return self.element(tag, vr, (value + " " * (len(value) % 2)).encode())

    def group(self, place: Place) -> bytes:
        column, row, z, path = place
        position = self.text(0x0040072A, b"DS", "1.5")
        position += b"" if z is None else self.text(0x0040074A, b"DS", z)
        position += self.integer(0x0048021E, column) + self.integer(0x0048021F, row)
        identifier = b"" if path is None else self.text(0x00480106, b"SH", path)
        return (
            self.sequence(0x00209111, self.element(0x00209157, b"UL", bytes(8)))
            + (self.sequence(0x00480207, identifier) if identifier else b"")
            + self.sequence(0x0048021A, position)
        )

    def file(self, groups: list[bytes]) -> bytes:
        syntax = self.encoding
        behind = self.element(0x7FE00010, b"OB", b"pixels")
        return start(syntax) + self.sequence(0x52009230, *groups) + behind


def read(folder: Path, content: bytes, frames: int) -> tuple[Positions | None, str]:
    path = folder / "x.dcm"
    path.write_bytes(content)
    file = RandomAccessFile(path)
    try:
        positions, slow = read_positions(file, read_header(file), frames)
    finally:
        file.close()
    return positions, slow or ""


def as_places(positions: Positions | None) -> list[Place]:
    assert positions is not None
    count = len(positions.columns)
    return [
        (
            int(positions.columns[frame]),
            int(positions.rows[frame]),
            None if positions.z is None else str(positions.z[frame]),
            None if positions.optical_paths is None else positions.optical_paths[frame],
        )
        for frame in range(count)
    ]


places = st.lists(
    st.tuples(
        st.integers(-(2**31) + 1, 2**31 - 1), st.integers(-(2**31) + 1, 2**31 - 1)
    ),
    min_size=1,
    max_size=12,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    corners=places,
    heights=st.sampled_from([None, "0.0", "varied"]),
    paths=st.sampled_from([None, "1", "varied"]),
    encoding=st.sampled_from([EXPLICIT, IMPLICIT, BIG_ENDIAN]),
    delimited=st.sampled_from(["nothing", "items", "everything"]),
)
def test_positions_are_what_was_written_in_every_form(
    tmp_path: Path,
    corners: list[tuple[int, int]],
    heights: str | None,
    paths: str | None,
    encoding: str,
    delimited: str,
) -> None:
    expected: list[Place] = [
        (
            column,
            row,
            f"{number * 1.5}" if heights == "varied" else heights,
            f"path {number}" if paths == "varied" else paths,
        )
        for number, (column, row) in enumerate(corners)
    ]
    writer = Writer(encoding, delimited)
    content = writer.file([writer.group(place) for place in expected])
    found, slow = read(tmp_path, content, len(expected))
    assert as_places(found) == expected
    assert slow == ""


def test_a_file_without_groups_has_no_positions(tmp_path: Path) -> None:
    content = start(EXPLICIT) + element(0x7FE00010, b"OB", b"pixels")
    assert read(tmp_path, content, 4) == (None, "")


def test_groups_without_positions_have_none(tmp_path: Path) -> None:
    writer = Writer()
    group = writer.sequence(0x00209111, writer.element(0x00209157, b"UL", bytes(8)))
    assert read(tmp_path, writer.file([group] * 4), 4) == (None, "")


def test_a_height_that_is_no_number_is_unknown(tmp_path: Path) -> None:
    writer = Writer()
    content = writer.file(
        [writer.group((1, 1, text, None)) for text in ("2.5", "high")]
    )
    found, _ = read(tmp_path, content, 2)
    assert found is not None
    assert found.z is not None
    np.testing.assert_array_equal(found.z, [2.5, np.nan])


def private(writer: Writer, content: bytes) -> bytes:
    return writer.element(0x00211001, b"OB", content)


def without(groups: list[bytes], number: int) -> list[bytes]:
    empty = Writer().sequence(0x00209111, b"")
    return [*groups[:number], empty, *groups[number + 1 :]]


UNUSUAL: dict[str, tuple[Callable[[list[bytes]], list[bytes]], str, int | None]] = {
    "a frame without position": (
        lambda groups: without(groups, 2),
        "5 column positions for 6 frames",
        2,
    ),
    "a position in a private value": (
        lambda groups: [
            private(Writer(), Writer().integer(0x0048021E, 7)) + groups[0],
            *groups[1:],
        ],
        "7 column positions for 6 frames",
        None,
    ),
    "a position in a private value instead": (
        lambda groups: [
            private(
                Writer(),
                Writer().integer(0x0048021E, 7) + Writer().integer(0x0048021F, 7),
            )
            + groups[0],
            *without(groups, 3)[1:],
        ],
        "items without a position",
        3,
    ),
    "an item too few": (
        lambda groups: groups[:-1],
        "5 column positions for 6 frames",
        5,
    ),
}


@pytest.mark.parametrize("name", UNUSUAL)
def test_unusual_groups_are_read_slowly_and_right(tmp_path: Path, name: str) -> None:
    change, reason, missing = UNUSUAL[name]
    writer = Writer()
    groups = change([writer.group((*place[:2], None, None)) for place in PLACES])
    found, slow = read(tmp_path, writer.file(groups), len(PLACES))
    assert slow == (
        f"x.dcm: Per-Frame Functional Groups of an unusual form ({reason})"
        " were read slowly."
    )
    expected = [(*place[:2], None, None) for place in PLACES]
    if missing is not None:
        expected[missing] = (NO_POSITION, NO_POSITION, None, None)
    assert as_places(found) == expected


def test_heights_of_some_frames_are_read_slowly_and_right(tmp_path: Path) -> None:
    writer = Writer()
    groups = [writer.group((1, 1, "2.5", "a")), writer.group((257, 1, None, "b"))]
    found, slow = read(tmp_path, writer.file(groups), 2)
    assert "1 focal depths for 2 frames" in slow
    assert as_places(found) == [(1, 1, "2.5", "a"), (257, 1, "nan", "b")]


def test_groups_with_the_wrong_vr_are_read_slowly_and_right(tmp_path: Path) -> None:
    writer = Writer()
    group = writer.sequence(
        0x0048021A,
        writer.element(0x0048021E, b"UL", pack("<I", 257))
        + writer.element(0x0048021F, b"UL", pack("<I", 513)),
    )
    found, slow = read(tmp_path, writer.file([group]), 1)
    assert "0 column positions for 1 frames" in slow
    assert as_places(found) == [(257, 513, None, None)]


def test_groups_that_are_too_large_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_MOST_BYTES", 100)
    writer = Writer()
    content = writer.file([writer.group(place) for place in PLACES])
    with pytest.raises(
        BrokenFile, match=r"^x\.dcm: Per-Frame Functional Groups has \d+ "
    ):
        read(tmp_path, content, 6)


def test_a_number_of_frames_out_of_all_proportion_is_refused(tmp_path: Path) -> None:
    writer = Writer()
    content = writer.file([writer.group(place) for place in PLACES])
    with pytest.raises(BrokenFile, match="has 6 items, expected 2147483647"):
        read(tmp_path, content, 2**31 - 1)


def test_groups_that_nobody_can_read_are_refused(tmp_path: Path) -> None:
    junk = element(0x0048021E, b"XX", b"junk")
    endless = item(element(0x0048021A, b"SQ", junk, length=UNDEFINED))
    for value, sentence in [
        (endless, r"cannot be read\.$"),
        (junk, r"has positions that cannot be read\.$"),
    ]:
        groups = element(0x52009230, b"SQ", value)
        content = start(EXPLICIT) + groups + element(0x7FE00010, b"OB", b"pixels")
        with pytest.raises(
            BrokenFile, match=rf"^x\.dcm: Per-Frame Functional Groups {sentence}"
        ):
            read(tmp_path, content, 3)


def test_a_hundred_thousand_frames_are_read_whole(tmp_path: Path) -> None:
    count = 100_000
    writer = Writer()
    groups = [
        writer.group((1 + 256 * (each % 400), 1 + 256 * (each // 400), "0", "1"))
        for each in range(count)
    ]
    found, slow = read(tmp_path, writer.file(groups), count)
    assert slow == ""
    assert found is not None
    numbers = np.arange(count)
    np.testing.assert_array_equal(found.columns, 1 + 256 * (numbers % 400))
    np.testing.assert_array_equal(found.rows, 1 + 256 * (numbers // 400))
    assert found.optical_paths == ["1"] * count


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    at=st.integers(0, 3000),
    value=st.integers(1, 255),
    delimited=st.sampled_from(["nothing", "everything"]),
)
def test_damage_is_an_error_or_at_most_one_wrong_number(
    tmp_path: Path, at: int, value: int, delimited: str
) -> None:
    writer = Writer(EXPLICIT, delimited)
    before = len(start(EXPLICIT))
    content = bytearray(writer.file([writer.group(place) for place in PLACES]))
    content[before + at % (len(content) - before)] ^= value
    try:
        found, slow = read(tmp_path, bytes(content), len(PLACES))
    except BrokenFile:
        return
    if found is None or slow:
        return
    corners = zip(found.columns.tolist(), found.rows.tolist(), strict=True)
    wrong = [corner != place[:2] for corner, place in zip(corners, PLACES, strict=True)]
    assert sum(wrong) <= 1


@pytest.mark.slides
@pytest.mark.parametrize(
    "name",
    [
        "orthanc/pyramid/wsi-000000.dcm",
        "orthanc/tiff-transcode/wsi-000000.dcm",
        "highdicom/seg_image_sm_control.dcm",
        "highdicom/seg_image_sm_control_labelmap.dcm",
    ],
)
def test_real_positions_equal_pydicoms(slides_folder: Path, name: str) -> None:
    truth = dcmread(slides_folder / name)
    file = RandomAccessFile(slides_folder / name)
    header = read_header(file)
    body = open_body(header)
    found, slow = read_positions(body, header, int(truth.NumberOfFrames))
    body.close()
    file.close()
    assert slow is None
    assert found is not None
    positions = [
        group.PlanePositionSlideSequence[0]
        for group in truth.PerFrameFunctionalGroupsSequence
    ]
    assert list(zip(found.columns.tolist(), found.rows.tolist(), strict=True)) == [
        (
            each.ColumnPositionInTotalImagePixelMatrix,
            each.RowPositionInTotalImagePixelMatrix,
        )
        for each in positions
    ]
    assert found.z is not None
    assert found.z.tolist() == [
        float(each.ZOffsetInSlideCoordinateSystem) for each in positions
    ]
