"""All frames are found where pydicom finds them, and out of order is told as such."""

from pathlib import Path
from typing import Any

import pydicom
import pytest
from pydicom.encaps import generate_frames

from tests.synthetic import write_slide
from viewer.formats.dicom.examination import examine
from viewer.formats.dicom.frame_places import (
    FramePlaces,
    frame_places,
    raster_problem,
)
from viewer.formats.dicom.picture_facts import picture_facts
from viewer.formats.files import RandomAccessFile

SMALL: dict[str, Any] = {
    "levels": 1,
    "size": (300, 200),
    "tile": (64, 64),
    "label": False,
    "overview": False,
}


def places_of(path: Path) -> FramePlaces:
    examined = examine(path)
    facts = picture_facts(examined)
    assert facts is not None
    return frame_places(RandomAccessFile(path), examined.header, facts)


def problem_of(path: Path) -> str:
    instance = examine(path).instance
    assert instance is not None
    return raster_problem(RandomAccessFile(path), instance)


@pytest.mark.parametrize("offsets", ["basic", "extended", "none"])
def test_codestreams_are_where_pydicom_finds_them(offsets: str, tmp_path: Path) -> None:
    path = write_slide(tmp_path, **SMALL, syntax="jpeg", offsets=offsets)[0]
    places, content = places_of(path), path.read_bytes()
    found = [
        content[int(offset) : int(offset) + int(length)]
        for offset, length in zip(places.offsets, places.lengths, strict=True)
    ]
    dataset = pydicom.dcmread(path)
    assert found == list(generate_frames(dataset.PixelData, number_of_frames=20))
    assert (places.end, places.problem) == (len(content), "")


@pytest.mark.parametrize("encoding", ["explicit", "implicit", "big-endian"])
def test_uncompressed_frames_follow_one_another(encoding: str, tmp_path: Path) -> None:
    path = write_slide(tmp_path, **SMALL, encoding=encoding)[0]
    places, content = places_of(path), path.read_bytes()
    first = content.index(pydicom.dcmread(path).PixelData)
    assert places.offsets.tolist() == [first + n * 64 * 64 * 3 for n in range(20)]
    assert set(places.lengths.tolist()) == {64 * 64 * 3}
    assert places.end == len(content)


@pytest.mark.parametrize(
    ("description", "problem"),
    [
        ({"syntax": "jpeg", "fragments_per_frame": 2}, "40 fragments for 20 frames"),
        ({"encoding": "deflated"}, "deflated"),
    ],
)
def test_frames_without_a_place_each_are_told(
    description: dict[str, Any], problem: str, tmp_path: Path
) -> None:
    places = places_of(write_slide(tmp_path, **SMALL, **description)[0])
    assert problem in places.problem
    assert not places.offsets.size


def test_a_file_that_ends_early_has_no_places(tmp_path: Path) -> None:
    path = write_slide(tmp_path, **SMALL)[0]
    path.write_bytes(path.read_bytes()[:-5000])
    places = places_of(path)
    assert "expected 245760" in places.problem
    assert places.end is None


@pytest.mark.parametrize(
    ("description", "problem"),
    [
        ({}, ""),
        ({"layout": "TILED_SPARSE"}, ""),
        ({"layout": "POSITIONS"}, ""),
        ({"focal_planes": 2, "layout": "TILED_SPARSE"}, ""),
        ({"layout": "TILED_SPARSE", "shuffled": True}, "not in the order of rows"),
        ({"layout": "TILED_SPARSE", "holes": frozenset({(2, 1)})}, "sparse"),
    ],
)
def test_rows_of_tiles_are_known_by_their_positions(
    description: dict[str, Any], problem: str, tmp_path: Path
) -> None:
    found = problem_of(write_slide(tmp_path, **SMALL, **description)[0])
    assert problem in found
    assert bool(found) == bool(problem)
