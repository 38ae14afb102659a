"""Rules about levels: gaps, doubles, places, sizes in millimeters."""

import shutil
from pathlib import Path

import pytest
from pydicom import Dataset

from tests.qa.checkup.clean import (
    BASE,
    LEVEL_1,
    ORIGIN,
    at,
    file_of,
    setting,
    write_clean,
)
from tests.qa.checkup.looking import faults, findings_in, found
from viewer.qa.finding import Severity


@pytest.mark.parametrize(("factor", "gaps"), [(2, 0), (4, 0), (4.5, 1), (16, 1)])
def test_a_gap_above_four_is_a_note(factor: float, gaps: int, tmp_path: Path) -> None:
    notes = found("PY1", tmp_path, levels=2, factor=factor)
    assert len(notes) == gaps
    assert all(each.file == tmp_path / "synthetic-level1.dcm" for each in notes)


def test_a_large_slide_without_coarse_levels_is_a_note(tmp_path: Path) -> None:
    (note,) = found(
        "PY1",
        tmp_path,
        size=(5000, 64),
        tile=(512, 512),
        levels=1,
        label=False,
        overview=False,
    )
    assert note.found == "5000 x 64"


def test_a_copy_of_a_level_is_a_note(tmp_path: Path) -> None:
    level = file_of(write_clean(tmp_path), "level1")
    shutil.copy(level, tmp_path / "twice.dcm")
    (note,) = findings_in(tmp_path, "PY2")
    assert note.severity is Severity.NOTE
    assert "a copy of synthetic-level1.dcm" in note.message


@pytest.mark.parametrize(("millimeters", "count"), [(0.05, 0), (0.5, 1)])
def test_a_thumbnail_lies_where_the_slide_does(
    millimeters: float, count: int, tmp_path: Path
) -> None:
    def moved(dataset: Dataset) -> None:
        origin = dataset.TotalPixelMatrixOriginSequence[0]
        origin.YOffsetInSlideCoordinateSystem = ORIGIN[1] + millimeters

    found = faults("PY3", tmp_path, mutate=at("THUMBNAIL", moved))
    assert len(found) == count
    assert all("0.5 mm" in each.message for each in found)


def test_a_level_that_is_turned_is_said_once(tmp_path: Path) -> None:
    turned = setting(ImageOrientationSlide=[0, 1, 0, 1, 0, 0])
    (finding,) = faults("PY3", tmp_path, mutate=at(LEVEL_1, turned))
    assert (finding.level, finding.severity) == (1, Severity.WARNING)


def test_a_hair_s_breadth_of_turning_is_said_too(tmp_path: Path) -> None:
    turned = setting(ImageOrientationSlide=[0.001, -1, 0, -1, -0.001, 0])
    (finding,) = faults("PY3", tmp_path, mutate=at(LEVEL_1, turned))
    assert finding.expected == "0, -1, 0, -1, 0, 0"


@pytest.mark.parametrize(
    ("orientation", "count"),
    [
        ([0, -1, 0, -1, 0, 0], 0),
        ([-0.70711, -0.70711, 0, -0.70711, 0.70711, 0], 0),
        ([0, -1, 0, 0, -1, 0], 1),  # not at right angles
        ([0, -2, 0, -1, 0, 0], 1),  # no unit vector
        ([0, 0, 1, -1, 0, 0], 1),  # out of the plane
    ],
)
def test_an_orientation_is_two_unit_vectors_in_the_plane(
    orientation: list[float], count: int, tmp_path: Path
) -> None:
    change = at("VOLUME", setting(ImageOrientationSlide=orientation))

    def all_levels(dataset: Dataset) -> None:
        if dataset.ImageType[2] == "VOLUME":
            dataset.ImageOrientationSlide = orientation
        change(dataset)

    found = faults("GE4", tmp_path, levels=1, mutate=all_levels)
    assert len(found) == count


@pytest.mark.parametrize(("factor", "count"), [(1.004, 0), (1.012, 1), (1.5, 1)])
def test_the_imaged_volume_is_the_spacing_times_the_matrix(
    factor: float, count: int, tmp_path: Path
) -> None:
    def wider(dataset: Dataset) -> None:
        dataset.ImagedVolumeHeight *= factor

    found = faults("PY5", tmp_path, levels=1, mutate=at(BASE, wider))
    assert len(found) == count


def test_a_volume_without_depth_is_a_note(tmp_path: Path) -> None:
    (note,) = found("PY5", tmp_path, mutate=setting(ImagedVolumeDepth=0.0))
    assert note.severity is Severity.NOTE


def test_a_part_that_names_no_total_is_no_error(tmp_path: Path) -> None:
    lone = at(BASE, setting(ConcatenationUID="1.2.3.4", InConcatenationNumber=1))
    (finding,) = found("FR5", tmp_path, mutate=lone)
    assert finding.severity is Severity.WARNING
