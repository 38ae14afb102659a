"""Rules about items, tables, numbers and places of frames, each against arithmetic."""

from itertools import accumulate
from pathlib import Path
from struct import pack
from typing import Any

import pydicom
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydicom import Dataset

from tests.formats.dicom.test_frames import NEEDS_HOLES
from tests.formats.tiff.whole import gradient
from tests.formats.tiff.whole import write as write_tiff
from tests.gotchas.test_frames import pixel_data, with_items, with_offsets
from tests.gotchas.test_tiff import TILED, overwrite, value
from tests.qa.checkup.clean import Change, at, setting
from tests.synthetic import write_slide
from viewer.qa.checkup.frames import FRAME_CHECKS
from viewer.qa.checkup.runner import check_up_paths
from viewer.qa.finding import Finding, Severity
from viewer.qa.run import Run

ONE: dict[str, Any] = {"levels": 1, "label": False, "overview": False}
BASE = (1000, 700)  # pixels; 4 x 3 tiles
HEADER_CHECKS = tuple(check for check in FRAME_CHECKS if not check.reads_frames)


def written(folder: Path, **description: Any) -> Path:
    """Write one level of 4 x 3 JPEG frames, or as described."""
    return write_slide(folder, **{**ONE, "syntax": "jpeg", **description})[0]


def found(path: Path, rule: str) -> list[Finding]:
    """Return what one of the rules about headers finds."""
    chosen = [check for check in HEADER_CHECKS if check.rule.id == rule]
    (checkup,) = check_up_paths([path], Run(), checks=chosen)
    return [each for each in checkup.findings if each.rule.id == rule]


def the_one(path: Path, rule: str) -> Finding:
    (finding,) = found(path, rule)
    return finding


def frames_of(path: Path) -> list[bytes]:
    return pixel_data(path)[2]


def true_offsets(path: Path) -> list[int]:
    return [0, *accumulate(8 + len(each) for each in frames_of(path))][:-1]


@pytest.mark.parametrize("offsets", ["basic", "extended"])
def test_true_tables_are_right(tmp_path: Path, offsets: str) -> None:
    assert found(written(tmp_path, offsets=offsets), "FR3") == []


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(st.integers(1, 11), st.integers(1, 1 << 20), min_size=1))
def test_wrong_entries_of_a_table_are_counted(
    tmp_path: Path, errors: dict[int, int]
) -> None:
    path = written(tmp_path)
    offsets = true_offsets(path)
    for frame, error in errors.items():
        offsets[frame] += error
    first = min(errors)
    with_offsets(path, offsets)
    finding = the_one(path, "FR3")
    assert finding.severity is Severity.ERROR
    assert f"{len(errors)} wrong entries of 12: frame {first + 1} " in finding.message
    assert finding.found == f"{offsets[first]} for frame {first + 1}"
    assert finding.expected == str(offsets[first] - errors[first])


def test_a_table_of_another_length_is_told_with_both(tmp_path: Path) -> None:
    path = written(tmp_path)
    with_offsets(path, true_offsets(path)[:-2])
    assert "has 10 entries, expected 12" in the_one(path, "FR3").message


@NEEDS_HOLES
def test_offsets_that_wrap_at_four_gigabytes_are_known_as_such(tmp_path: Path) -> None:
    path = written(tmp_path, swollen=((0, 3 << 30), (1, 3 << 30)))
    finding = the_one(path, "FR3")
    assert "cannot reach beyond 4 GiB" in finding.message
    assert "10 wrong entries of 12: frame 3 " in finding.message


def test_no_table_is_a_note_where_there_is_more_than_one_frame(tmp_path: Path) -> None:
    finding = the_one(written(tmp_path / "many", offsets="none"), "FR3")
    assert finding.severity is Severity.NOTE
    assert "no offset table for 12 frames" in finding.message
    alone = written(tmp_path / "one", offsets="none", size=(200, 200))
    assert found(alone, "FR3") == []


def test_two_tables_are_one_too_many(tmp_path: Path) -> None:
    path = written(tmp_path, offsets="extended")
    with_offsets(path, true_offsets(path))
    finding = the_one(path, "FR3")
    assert finding.severity is Severity.WARNING
    assert "a Basic and an Extended Offset Table" in finding.message


def test_lengths_of_frames_are_compared_with_the_items(tmp_path: Path) -> None:
    path = written(tmp_path, offsets="extended")
    lengths = [len(each) for each in frames_of(path)]
    lengths[5] += 40

    dataset = pydicom.dcmread(path)
    dataset.ExtendedOffsetTableLengths = pack("<12Q", *lengths)
    dataset.save_as(path)
    finding = the_one(path, "FR3")
    assert "1 wrong entries: frame 6 is said to have" in finding.message
    assert finding.found == f"{lengths[5]} bytes"
    assert finding.tag == "ExtendedOffsetTableLengths"


def test_a_table_beside_uncompressed_frames_is_a_warning(tmp_path: Path) -> None:
    path = written(tmp_path, syntax="uncompressed")
    dataset = pydicom.dcmread(path)
    dataset.ExtendedOffsetTable = pack("<12Q", *range(12))
    dataset.save_as(path)
    finding = the_one(path, "FR3")
    assert (finding.severity, finding.expected) == (Severity.WARNING, "none")


@pytest.mark.parametrize("offsets", ["basic", "none"])
def test_frames_of_several_fragments_that_can_be_told_are_a_note(
    tmp_path: Path, offsets: str
) -> None:
    path = written(tmp_path, fragments_per_frame=3, offsets=offsets)
    finding = the_one(path, "FR2")
    assert finding.severity is Severity.NOTE
    assert (finding.found, finding.expected) == ("36 fragments", "12 fragments")


def test_fragments_that_nobody_can_tell_apart_are_an_error(tmp_path: Path) -> None:
    path = written(tmp_path)
    frames = frames_of(path)
    with_items(path, [*frames[:3], *frames])  # all begin like frames
    finding = the_one(path, "FR2")
    assert finding.severity is Severity.ERROR
    assert "15 fragments for 12 frames; expected one a frame" in finding.message


def test_empty_fragments_are_counted(tmp_path: Path) -> None:
    path = written(tmp_path)
    frames = frames_of(path)
    with_items(path, [*frames[:4], b"", b"", *frames[6:]])
    finding = the_one(path, "FR2")
    assert "2 of 12 fragments hold nothing, the first is fragment 5" in finding.message


@pytest.mark.parametrize("lost", [1, 700])
def test_a_file_that_is_cut_off_lacks_so_many_bytes(tmp_path: Path, lost: int) -> None:
    path = written(tmp_path)
    whole = path.stat().st_size - 8  # the delimiter behind the last item
    content = path.read_bytes()
    path.write_bytes(content[: whole - lost])
    finding = the_one(path, "FR6")
    assert f"ends at byte {whole - lost:,}, {lost:,} bytes too early" in finding.message
    assert finding.expected == f"{whole} bytes"
    assert found(path, "FR2") == []


def test_a_file_that_ends_between_two_frames_is_cut_off_too(tmp_path: Path) -> None:
    path = written(tmp_path)
    before, table, frames = pixel_data(path)
    with_items(path, frames[:7], table, end=b"")
    assert "ends behind fragment 7, expected 12 frames" in the_one(path, "FR6").message
    assert before


def test_uncompressed_frames_that_are_cut_off_lack_so_many_bytes(
    tmp_path: Path,
) -> None:
    path = written(tmp_path, syntax="uncompressed")
    content = path.read_bytes()
    path.write_bytes(content[:-12345])
    assert "12,345 bytes too early" in the_one(path, "FR6").message
    assert found(path, "QA22") == []


@pytest.mark.parametrize("description", [{}, {"focal_planes": 3}, {"parts": 3}])
def test_the_right_number_of_frames_is_right(
    tmp_path: Path, description: dict[str, Any]
) -> None:
    written(tmp_path, **description)
    assert found(tmp_path, "FR1") == []


def test_a_missing_frame_is_counted_over_planes(tmp_path: Path) -> None:
    path = written(tmp_path, focal_planes=3, mutate=setting(NumberOfFrames=35))
    with_items(path, frames_of(path)[:-1])
    finding = the_one(path, "FR1")
    assert (finding.found, finding.expected) == ("35", "36")
    assert "4 x 3 tiles, 3 focal planes" in finding.message
    assert (finding.level, finding.tag) == (0, "NumberOfFrames")


def test_a_part_that_begins_elsewhere_is_told(tmp_path: Path) -> None:
    def later(dataset: Dataset) -> None:
        if dataset.get("InConcatenationNumber") == 3:
            dataset.ConcatenationFrameOffsetNumber += 5

    written(tmp_path, parts=3, mutate=later)
    finding = the_one(tmp_path, "FR1")
    assert "Concatenation Frame Offset Number is 13, expected 8" in finding.message


def moved(frame: int, column: int) -> Change:
    """Return a change of one frame's position; the frame counts from 0."""

    def change(dataset: Dataset) -> None:
        groups = dataset.PerFrameFunctionalGroupsSequence[frame]
        position = groups.PlanePositionSlideSequence[0]
        position.ColumnPositionInTotalImagePixelMatrix = column

    return at(BASE, change)


@pytest.mark.parametrize(
    ("column", "words"),
    [
        (300, "lie off the grid of 256 x 256 tiles"),
        (4097, "lie outside the total pixel matrix of 1000 x 700"),
        (1, "lie where an earlier one does"),
    ],
)
def test_a_frame_at_a_place_of_no_tile_is_an_error(
    tmp_path: Path, column: int, words: str
) -> None:
    path = written(tmp_path, layout="TILED_SPARSE", mutate=moved(1, column))
    finding = the_one(path, "FR4")
    assert finding.severity is Severity.ERROR
    assert f"1 of 12 frames {words}" in finding.message


def test_holes_are_a_note_with_their_number(tmp_path: Path) -> None:
    holes = frozenset({(0, 0), (3, 2), (1, 1)})
    path = written(tmp_path, layout="TILED_SPARSE", holes=holes, shuffled=True)
    finding = the_one(path, "FR4")
    assert finding.severity is Severity.NOTE
    assert "3 of 12 tiles are not stored" in finding.message


def with_positions(dataset: Dataset) -> None:
    """Say of a sparse tiling that it is a full one, whose positions then contradict."""
    if "PerFrameFunctionalGroupsSequence" in dataset:
        dataset.DimensionOrganizationType = "TILED_FULL"


def test_positions_may_agree_with_a_full_tiling(tmp_path: Path) -> None:
    path = written(tmp_path, layout="TILED_SPARSE", mutate=with_positions)
    assert found(path, "FR4") == []


def test_positions_that_contradict_a_full_tiling_are_an_error(tmp_path: Path) -> None:
    def change(dataset: Dataset) -> None:
        moved(6, 257)(dataset)
        with_positions(dataset)

    path = written(tmp_path, layout="TILED_SPARSE", mutate=change)
    finding = the_one(path, "FR4")
    assert "frame 7 says that it lies at column 257, row 257" in finding.message
    assert "expected column 513, row 257" in finding.message
    assert finding.tile == (2, 1)


@pytest.mark.parametrize(
    ("attributes", "tag", "expected"),
    [
        ({"HighBit": 15}, "HighBit", "7"),
        ({"BitsStored": 7, "HighBit": 6}, "BitsStored", "8"),
        ({"BitsAllocated": 12}, "BitsAllocated", "8 or 16"),
        ({"SamplesPerPixel": 1}, "SamplesPerPixel", "3"),
        ({"PixelRepresentation": 1}, "PixelRepresentation", "0"),
        ({"PlanarConfiguration": 1}, "PlanarConfiguration", "0"),
    ],
)
def test_attributes_of_samples_go_together(
    tmp_path: Path, attributes: dict[str, int], tag: str, expected: str
) -> None:
    path = written(tmp_path, syntax="jpeg", mutate=setting(**attributes))
    told = {each.tag: each for each in found(path, "QA22")}
    assert told[tag].expected == expected
    assert told[tag].found == str(attributes[tag])


def test_the_bytes_of_uncompressed_frames_are_counted(tmp_path: Path) -> None:
    path = written(tmp_path, syntax="uncompressed")
    dataset = pydicom.dcmread(path)
    dataset.PixelData = dataset.PixelData + bytes(1000)
    dataset.save_as(path)
    finding = the_one(path, "QA22")
    assert finding.found == f"{12 * 256 * 256 * 3 + 1000} bytes"
    assert finding.expected == f"{12 * 256 * 256 * 3} bytes"


def test_tiles_of_a_tiff_file_without_bytes_are_a_note(tmp_path: Path) -> None:
    path = write_tiff(tmp_path / "a.tif", gradient(192, 192), **TILED)
    counts = value(path, 325)
    counts[1] = counts[6] = 0
    overwrite(path, 325, counts)
    finding = the_one(path, "FR4")
    assert finding.severity is Severity.NOTE
    assert "2 of 9 tiles of TIFF directory 0 have no bytes" in finding.message


def test_tiles_of_a_tiff_file_behind_its_end_are_an_error(tmp_path: Path) -> None:
    path = write_tiff(tmp_path / "a.tif", gradient(192, 192), **TILED)
    offsets, size = value(path, 324), path.stat().st_size
    offsets[5] = size - 100
    overwrite(path, 324, offsets)
    finding = the_one(path, "FR6")
    assert "1 of 9 tiles of TIFF directory 0 end behind" in finding.message
    assert "the first is tile 2, 1" in finding.message
    assert finding.expected == f"at least {size - 100 + 64 * 64 * 3} bytes"
