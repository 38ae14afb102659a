"""The state of a file is what it is, with the reason, whatever the file holds."""

import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.dual_side import add_tiff_side
from tests.encapsulation import encode_frame
from tests.pictures import LOUD
from tests.profiles import of_class
from tests.qa.checkup.defects_dual import (
    add_hidden_level,
    append_page,
    directory_at,
    entry_at,
    patch,
    values_at,
)
from tests.synthetic import write_instance, write_slide
from viewer.formats.dicom.tiff_writing import write_tiff_side
from viewer.qa.dual import DualState, State, dual_state
from viewer.qa.finding import Severity
from viewer.slide.errors import SlideError

SMALL: dict[str, Any] = {
    "levels": 1,
    "size": (300, 200),
    "tile": (64, 64),
    "label": False,
    "overview": False,
}


def plain_file(folder: Path, **description: Any) -> Path:
    return write_slide(folder, **{**SMALL, "syntax": "jpeg", **description})[0]


def dual_file(folder: Path, **description: Any) -> Path:
    path = plain_file(folder, **description)
    add_tiff_side(path)
    return path


def rules(found: DualState) -> set[str]:
    return {each.rule.id for each in found.findings}


def put(path: Path, tag: int, value: int) -> None:
    """Give a tag of one number another one."""
    patch(path, entry_at(path, tag) + 8, struct.pack("<I", value))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "an empty file"),
        (b"hello", "neither DICOM nor TIFF"),
        (b"II*\0" + bytes(500), "a TIFF file without a DICOM side"),
        (b"%PDF-1.4" + bytes(500), "PDF"),
    ],
)
def test_what_is_no_dicom_has_no_second_side(
    content: bytes, words: str, tmp_path: Path
) -> None:
    path = tmp_path / "file"
    path.write_bytes(content)
    found = dual_state(path)
    assert (found.state, found.findings) == (State.NONE, ())
    assert words in found.section.lines[0]


@pytest.mark.parametrize("syntax", ["jpeg", "uncompressed", "jpeg2000"])
def test_a_plain_file_has_none_and_a_whole_one_is_valid(
    syntax: str, tmp_path: Path
) -> None:
    path = plain_file(tmp_path, syntax=syntax)
    assert (dual_state(path).state, dual_state(path).findings) == (State.NONE, ())
    target = tmp_path / "dual"
    write_tiff_side(path, target)
    assert (dual_state(target).state, dual_state(target).findings) == (State.VALID, ())


@pytest.mark.parametrize("syntax", ["uncompressed", "jpeg"])
def test_the_sides_of_another_writer_are_valid(syntax: str, tmp_path: Path) -> None:
    found = dual_state(dual_file(tmp_path, syntax=syntax))
    assert found.state is State.VALID
    assert rules(found) <= {"DU2"}  # it leaves tag 530 out


def test_planes_of_colors_in_strips_are_valid(tmp_path: Path) -> None:
    """A picture in one frame whose sides are no multiples of 16, all red first."""
    source = plain_file(tmp_path, syntax="uncompressed", size=(33, 21), tile=(33, 21))
    dataset = pydicom.dcmread(source)
    dataset.PlanarConfiguration = 1
    dataset.save_as(source)
    path = tmp_path / "dual"
    write_tiff_side(source, path)
    found = dual_state(path)
    assert (found.state, found.findings) == (State.VALID, ())


@pytest.mark.parametrize(
    ("tag", "value", "words"),
    [(274, 3, "Orientation is 3"), (339, 2, "Sample format is signed")],
)
def test_other_tags_that_change_the_picture_are_compared(
    tag: int, value: int, words: str, tmp_path: Path
) -> None:
    path = dual_file(tmp_path)
    patch(path, entry_at(path, 296), struct.pack("<HHII", tag, 3, 1, value))
    found = dual_state(path)
    assert found.state is State.BROKEN
    assert words in found.reason


def test_pages_of_planes_are_valid(tmp_path: Path) -> None:
    path = plain_file(
        tmp_path, syntax="uncompressed", photometric="MONOCHROME2", focal_planes=3
    )
    target = tmp_path / "dual"
    write_tiff_side(path, target)
    found = dual_state(target)
    assert (found.state, found.findings) == (State.VALID, ())
    assert found.section.facts["directories"] == 3


def altered_offset(path: Path) -> None:
    place = values_at(path, 324) + 4 * 5
    (offset,) = struct.unpack_from("<I", path.read_bytes(), place)
    patch(path, place, struct.pack("<I", offset + 2))


def swapped_offsets(path: Path) -> None:
    place = values_at(path, 324)
    first, second = struct.unpack_from("<II", path.read_bytes(), place)
    patch(path, place, struct.pack("<II", second, first))


def longer_tile(path: Path) -> None:
    place = values_at(path, 325) + 4 * 3
    (length,) = struct.unpack_from("<I", path.read_bytes(), place)
    patch(path, place, struct.pack("<I", length + 10))


def half_the_tiles(path: Path) -> None:
    for tag in (324, 325):
        patch(path, entry_at(path, tag) + 4, struct.pack("<I", 10))


def fewer_places(path: Path) -> None:
    patch(path, entry_at(path, 324) + 4, struct.pack("<I", 10))


def table_outside(path: Path) -> None:
    patch(path, entry_at(path, 324) + 8, struct.pack("<I", 0xFFFFFF00))


def placeholder(path: Path) -> None:
    patch(path, 4, b"\xff\xff\xff\xff")


def next_is_nowhere(path: Path) -> None:
    start = directory_at(path)
    (count,) = struct.unpack_from("<H", path.read_bytes(), start)
    patch(path, start + 2 + 12 * count, struct.pack("<I", 0x7FFFFFFF))


BROKEN: dict[str, tuple[Callable[[Path], None], str, str]] = {
    "offset": (altered_offset, "DU1", "tile 6 (column 0, row 1)"),
    "swapped": (swapped_offsets, "DU1", "shows frame 2"),
    "length": (longer_tile, "DU1", "another length than the frame"),
    "half": (half_the_tiles, "DU1", "has 10 tiles in 1 directory, expected 20"),
    "places": (fewer_places, "DU1", "not as many of them as lengths"),
    "outside": (table_outside, "DU1", "expected the file's"),
    "placeholder": (placeholder, "QA28", "did not finish it"),
    "next": (next_is_nowhere, "QA28", "directory 1 should be at byte 2147483647"),
    "width": (lambda path: put(path, 256, 299), "DU2", "Width is 299"),
    "tile": (lambda path: put(path, 322, 48), "DU2", "Tile width is 48"),
    "compression": (lambda path: put(path, 259, 1), "DU2", "Compression is none"),
    "color": (lambda path: put(path, 262, 2), "DU2", "the samples are YCbCr"),
    "samples": (lambda path: put(path, 277, 1), "DU2", "Samples per pixel is 1"),
    "planar": (lambda path: put(path, 284, 2), "DU2", "Planar configuration is 2"),
    "unit": (lambda path: put(path, 296, 2), "DU2", "Pixel width is 1.27 um"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_side_that_readers_cannot_use_is_broken(case: str, tmp_path: Path) -> None:
    damage, rule, words = BROKEN[case]
    path = dual_file(tmp_path)
    damage(path)
    found = dual_state(path)
    assert found.state is State.BROKEN
    errors = [each for each in found.findings if each.severity is Severity.ERROR]
    assert {each.rule.id for each in errors} == {rule}
    assert words in " ".join(each.message for each in errors)


def test_another_icc_profile_on_one_side_is_broken(tmp_path: Path) -> None:
    path = dual_file(tmp_path, icc_profile=of_class("scnr"))
    assert rules(dual_state(path)) <= {"DU2"}
    assert dual_state(path).state is State.VALID
    patch(path, values_at(path, 34675) + 200, b"other")
    found = dual_state(path)
    assert found.state is State.BROKEN
    assert "ICC profile" in found.reason


def test_an_icc_profile_on_one_side_only_is_a_warning(tmp_path: Path) -> None:
    path = dual_file(tmp_path, syntax="uncompressed", icc_profile=of_class("scnr"))
    patch(path, entry_at(path, 34675), struct.pack("<H", 65000))
    found = dual_state(path)
    (finding,) = found.findings
    assert (found.state, finding.severity) == (State.VALID, Severity.WARNING)
    assert "ICC profile is none on the TIFF side" in finding.message


def test_a_frame_in_another_color_than_the_tag_says_is_broken(tmp_path: Path) -> None:
    """PixelMed fills missing tiles of RGB slides with a frame in YCbCr."""
    path = plain_file(tmp_path, photometric="RGB")
    dataset = pydicom.dcmread(path)
    del dataset.PixelData
    grey = np.full((64, 64, 3), 99, np.uint8)
    frames = [encode_frame(grey, "jpeg", "RGB")] * 20
    frames[7] = encode_frame(grey, "jpeg", "YBR_FULL_422")
    write_instance(path, dataset, frames)
    add_tiff_side(path)
    found = dual_state(path)
    assert (found.state, rules(found)) == (State.BROKEN, {"DU2"})
    assert "Color of frame 8 is RGB" in found.reason


def test_chroma_that_no_tag_tells_is_a_warning(tmp_path: Path) -> None:
    found = dual_state(dual_file(tmp_path, photometric="YBR_FULL"))
    (finding,) = found.findings
    assert found.state is State.VALID
    assert finding.tag == "TIFF 530 YCbCrSubSampling"
    assert (finding.found, finding.expected) == (
        "not told (hence 2 x 2)",
        "1 x 1 (in the codestream)",
    )


def test_a_big_endian_file_is_followed(tmp_path: Path) -> None:
    path = dual_file(tmp_path, syntax="uncompressed", encoding="big-endian")
    start = directory_at(path)
    (length,) = struct.unpack_from("<I", path.read_bytes(), start - 4)
    patch(path, start - 12, b"\xff\xfc\xff\xfcOB\0\0" + struct.pack(">I", length))
    found = dual_state(path)
    assert (found.state, found.findings) == (State.VALID, ())


def test_directories_that_nothing_points_to_are_a_note(tmp_path: Path) -> None:
    path = dual_file(tmp_path)
    patch(path, 0, bytes(128))
    found = dual_state(path)
    (finding,) = found.findings
    assert (found.state, finding.rule.id) == (State.NONE, "DU4")
    assert finding.severity is Severity.NOTE


def test_a_file_without_a_preamble_has_no_second_side(tmp_path: Path) -> None:
    path = plain_file(tmp_path)
    path.write_bytes(path.read_bytes()[132:])
    found = dual_state(path)
    assert found.state is State.NONE
    assert "without a preamble" in found.section.lines[0]


def test_one_altered_offset_names_tile_found_and_expected(tmp_path: Path) -> None:
    path = dual_file(tmp_path)
    altered_offset(path)
    (finding,) = (each for each in dual_state(path).findings if each.rule.id == "DU1")
    assert finding.tile == (0, 1)
    assert int(finding.found) == int(finding.expected) + 2
    assert finding.file == path


def test_tiles_of_all_colors_in_one_configuration_are_broken(tmp_path: Path) -> None:
    """PixelMed wrote three tiles a frame of planar sources, and configuration 1."""
    path = dual_file(tmp_path, syntax="uncompressed", size=(64, 64))
    offset = entry_at(path, 324)
    (place,) = struct.unpack_from("<I", path.read_bytes(), offset + 8)
    end = path.stat().st_size
    with path.open("ab") as file:
        file.write(
            struct.pack("<6I", *(place + 4096 * n for n in range(3)), *[4096] * 3)
        )
    patch(path, offset + 4, struct.pack("<II", 3, end))
    patch(path, entry_at(path, 325) + 4, struct.pack("<II", 3, end + 12))
    found = dual_state(path)
    assert found.state is State.BROKEN
    assert "has 3 tiles in 1 directory, expected 1" in found.reason


def test_a_side_moved_in_implicit_vr_names_what_may_have_moved_it(
    tmp_path: Path,
) -> None:
    """PixelMed's AddTIFF counts four bytes too many for each element."""
    source = plain_file(tmp_path, syntax="uncompressed", encoding="implicit")
    path = tmp_path / "dual"
    write_tiff_side(source, path)
    patch(path, 4, struct.pack("<I", directory_at(path) + 90))
    found = dual_state(path)
    assert (found.state, rules(found)) == (State.STALE, {"QA32"})
    assert "element headers of Implicit VR" in found.reason


def test_a_directory_four_bytes_too_high_is_known(tmp_path: Path) -> None:
    """PixelMed's AddTIFF takes Implicit VR for explicit."""
    source = plain_file(tmp_path, syntax="uncompressed", encoding="implicit")
    path = tmp_path / "dual"
    write_tiff_side(source, path)
    patch(path, 4, struct.pack("<I", directory_at(path) + 4))
    found = dual_state(path)
    assert (found.state, rules(found)) == (State.BROKEN, {"QA28"})
    assert "4 too high" in found.reason


def test_an_edited_file_is_stale_and_names_its_writer(tmp_path: Path) -> None:
    path = dual_file(tmp_path)
    dataset = pydicom.dcmread(path)
    dataset.PatientComments = "moves everything behind it"
    dataset.file_meta.ImplementationVersionName = "EDITOR 7"
    dataset.save_as(path)
    found = dual_state(path)
    assert (found.state, rules(found)) == (State.STALE, {"QA32"})
    assert "EDITOR 7" in found.reason


def test_a_file_cut_short_is_broken_on_both_sides(tmp_path: Path) -> None:
    path = dual_file(tmp_path)
    path.write_bytes(path.read_bytes()[: directory_at(path) - 200])
    found = dual_state(path)
    assert (found.state, rules(found)) == (State.BROKEN, {"QA28"})
    assert f"cut short at byte {path.stat().st_size}" in found.reason
    assert found.section.lines == (
        f"{path.name}: Pixel Data have no end; readers of DICOM are affected too.",
    )


def test_a_header_left_without_a_directory_is_stale(tmp_path: Path) -> None:
    path = dual_file(tmp_path)
    dataset = pydicom.dcmread(path)
    del dataset[0xFFFCFFFC]
    dataset.save_as(path)
    found = dual_state(path)
    assert (found.state, rules(found)) == (State.STALE, {"QA32"})


def test_a_tool_that_kept_directory_and_place_but_not_the_frames_is_stale(
    tmp_path: Path,
) -> None:
    path = dual_file(tmp_path)
    dataset = pydicom.dcmread(path)
    start = directory_at(path)
    removed = bytes(dataset.PixelData)
    at = path.read_bytes().index(removed[8:64]) + 40
    content = bytearray(path.read_bytes())
    # The header grew by 40 bytes at the cost of the last frame's.
    content[at - 40 : start - 12] = bytes(40) + content[at - 40 : start - 52]
    path.write_bytes(content)
    assert dual_state(path).state in {State.STALE, State.BROKEN}


@pytest.mark.parametrize(
    ("head", "words"),
    [
        (b"MZ\x90\0", "Windows program"),
        (b"\x7fELF", "Linux program"),
        (b"\xcf\xfa\xed\xfe", "macOS program"),
        (b"#!/bin/sh\n", "script"),
        (b"PK\x03\x04", "zip archive"),
        (b"%PDF-1.4", "PDF document"),
        (b"<html>", "HTML"),
    ],
)
def test_a_program_or_archive_in_the_preamble_is_suspicious(
    head: bytes, words: str, tmp_path: Path
) -> None:
    path = plain_file(tmp_path)
    patch(path, 0, head)
    found = dual_state(path)
    assert (found.state, rules(found)) == (State.SUSPICIOUS, {"QA27"})
    assert words in found.reason


def test_bytes_behind_the_tiff_header_are_suspicious(tmp_path: Path) -> None:
    path = dual_file(tmp_path)
    patch(path, 64, b"payload")
    found = dual_state(path)
    assert found.state is State.SUSPICIOUS
    assert "7 bytes behind its TIFF header" in found.reason


def test_another_preamble_is_a_note(tmp_path: Path) -> None:
    path = plain_file(tmp_path)
    patch(path, 0, b"made by my scanner")
    found = dual_state(path)
    (finding,) = found.findings
    assert (found.state, finding.severity) == (State.NONE, Severity.NOTE)


def test_a_ring_of_directories_is_suspicious(tmp_path: Path) -> None:
    path = dual_file(tmp_path)
    start = directory_at(path)
    (count,) = struct.unpack_from("<H", path.read_bytes(), start)
    patch(path, start + 2 + 12 * count, struct.pack("<I", start))
    found = dual_state(path)
    assert (found.state, "QA28" in rules(found)) == (State.SUSPICIOUS, True)
    assert "ring" in found.reason


def test_two_pictures_in_one_file_are_suspicious(tmp_path: Path) -> None:
    """Readers of TIFF are shown frames of another slide behind this one's."""
    path = dual_file(tmp_path)
    place = values_at(path, 324)
    other = encode_frame(np.full((64, 64, 3), LOUD, np.uint8), "jpeg", "YBR_FULL_422")
    end = path.stat().st_size
    with path.open("ab") as file:
        file.write(other)
    patch(path, place, struct.pack("<I", end) * 20)
    patch(path, values_at(path, 325), struct.pack("<I", len(other)) * 20)
    found = dual_state(path)
    assert found.state is State.SUSPICIOUS
    assert "readers of TIFF and readers of DICOM see different images" in found.reason


def test_one_tile_of_another_picture_is_suspicious_too(tmp_path: Path) -> None:
    path = dual_file(tmp_path)
    other = encode_frame(np.full((64, 64, 3), LOUD, np.uint8), "jpeg", "YBR_FULL_422")
    end = path.stat().st_size
    with path.open("ab") as file:
        file.write(other)
    patch(path, values_at(path, 324) + 4 * 7, struct.pack("<I", end))
    found = dual_state(path)
    assert found.state is State.SUSPICIOUS


def test_a_zip_archive_at_the_end_is_suspicious(tmp_path: Path) -> None:
    path = plain_file(tmp_path)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("payload", "x" * 100)
    found = dual_state(path)
    assert (found.state, rules(found)) == (State.SUSPICIOUS, {"DU4"})


@pytest.mark.parametrize("head", [b"MZ", b"\x7fELF", b"PK\3\4", b"7z\xbc\xaf\x27\x1c"])
def test_a_program_or_archive_in_a_private_attribute_is_suspicious(
    head: bytes, tmp_path: Path
) -> None:
    path = plain_file(tmp_path)
    dataset = pydicom.dcmread(path)
    block = dataset.private_block(0x0011, "A VENDOR", create=True)
    block.add_new(1, "OB", head + bytes(200))
    dataset.save_as(path)
    found = dual_state(path)
    assert (found.state, rules(found)) == (State.SUSPICIOUS, {"DU4"})
    assert "private attribute (0011,1001) begins like" in found.reason


def test_texts_in_private_attributes_are_none_of_that(tmp_path: Path) -> None:
    path = plain_file(tmp_path)
    dataset = pydicom.dcmread(path)
    block = dataset.private_block(0x0011, "A VENDOR", create=True)
    block.add_new(1, "LO", "MZ")
    block.add_new(2, "UT", "<?xml version='1.0'?>" + "<a/>" * 40)
    dataset.save_as(path)
    assert dual_state(path).findings == ()


def test_a_large_private_attribute_is_a_note(tmp_path: Path) -> None:
    path = plain_file(tmp_path)
    dataset = pydicom.dcmread(path)
    block = dataset.private_block(0x0011, "A VENDOR", create=True)
    block.add_new(1, "OB", bytes(2 << 20))
    dataset.save_as(path)
    (finding,) = dual_state(path).findings
    assert (finding.rule.id, finding.severity) == ("DU4", Severity.NOTE)


def test_bytes_behind_the_data_set_are_a_warning(tmp_path: Path) -> None:
    path = plain_file(tmp_path)
    with path.open("ab") as file:
        file.write(b"left over" * 9)
    found = dual_state(path)
    assert (found.state, rules(found)) == (State.NONE, {"DU4"})


def test_hidden_levels_are_a_note(tmp_path: Path) -> None:
    path = dual_file(tmp_path, syntax="uncompressed")
    add_hidden_level(path)
    found = dual_state(path)
    (finding,) = found.findings
    assert (found.state, finding.rule.id) == (State.VALID, "DU3")
    assert finding.severity is Severity.NOTE
    assert "16 x 16" in finding.message
    assert "(7FDF,1001)" in finding.message


def test_a_page_that_shows_other_bytes_is_suspicious(tmp_path: Path) -> None:
    path = dual_file(tmp_path, syntax="uncompressed")
    append_page(path, 200)  # attributes, as a picture
    found = dual_state(path)
    assert found.state is State.SUSPICIOUS
    assert "neither a frame nor part of a private attribute" in found.reason


def test_directories_below_others_are_told_of_and_not_followed(tmp_path: Path) -> None:
    path = dual_file(tmp_path, syntax="uncompressed")
    patch(path, entry_at(path, 284), struct.pack("<H", 330))
    found = dual_state(path)
    (finding,) = found.findings
    assert (found.state, finding.rule.id) == (State.VALID, "DU3")
    assert "SubIFDs" in finding.message


def test_frames_in_another_order_make_the_side_broken(tmp_path: Path) -> None:
    """Tile i is frame i, which is right for rows and columns only."""
    path = dual_file(tmp_path, layout="TILED_SPARSE", shuffled=True)
    found = dual_state(path)
    assert found.state is State.BROKEN
    assert "shows the frames at other places" in found.reason


def test_several_fragments_a_frame_make_the_side_broken(tmp_path: Path) -> None:
    path = plain_file(tmp_path, fragments_per_frame=2)
    add_tiff_side(path)
    found = dual_state(path)
    assert found.state is State.BROKEN
    assert "40 fragments for 20 frames" in found.reason


def test_the_facts_stand_side_by_side(tmp_path: Path) -> None:
    path = dual_file(tmp_path)
    put(path, 256, 299)
    found = dual_state(path)
    facts = {each.name: each for each in found.facts}
    assert (facts["Width"].tiff, facts["Width"].dicom) == ("299", "300")
    assert (facts["Width"].agrees, facts["Height"].agrees) == (False, True)
    (table,) = found.section.tables
    assert ("Width", "299", "300", "differs") in table.rows
    assert len(table.rows) == len(found.facts) >= 12


def test_a_file_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SlideError, match="no such file"):
        dual_state(tmp_path / "nothing")


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    damage=st.lists(
        st.tuples(st.integers(0, 700), st.binary(min_size=1, max_size=8)),
        min_size=1,
        max_size=6,
    ),
    at_end=st.booleans(),
)
def test_no_damage_does_more_than_change_the_state(
    damage: list[tuple[int, bytes]], at_end: bool, tmp_path: Path
) -> None:
    path = tmp_path / "damaged.dcm"
    original = tmp_path / "original.dcm"
    if not original.exists():
        dual_file(tmp_path / "slide").rename(original)
    content = bytearray(original.read_bytes())
    start = directory_at(original) if at_end else 0
    for at, data in damage:
        place = min(start + at, len(content) - len(data))
        content[place : place + len(data)] = data
    path.write_bytes(content)
    try:
        found = dual_state(path)
    except SlideError:
        return
    assert found.state in State
    for finding in found.findings:
        assert finding.message.endswith(".")
