"""How a slide is put together from its files: one small slide for each oddity."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from pydicom import Dataset, dcmread
from pydicom.dataset import Dataset as Item
from pydicom.uid import UID

from tests.encapsulation import encode_frame
from tests.synthetic import expected_level, waves, write, write_instance
from tests.synthetic_slide import SyntheticSlide
from viewer.formats import open_slides
from viewer.slide.errors import BrokenFrame, SlideError
from viewer.slide.look import Look
from viewer.slide.model import (
    EMPTY,
    ColorReading,
    Slide,
    TileKey,
    stored_levels,
)
from viewer.slide.region import Place, read_region

UIDS = {"study_uid": "1.2.3", "series_uid": "1.2.3.4", "pyramid_uid": "1.2.3.5"}
BARE: dict[str, Any] = {"label": False, "overview": False}


def ripples(x: NDArray[Any], y: NDArray[Any]) -> NDArray[Any]:
    """Another texture than `waves`: what a second optical path shows."""
    red = 120 + 100 * np.sin(y / 31)
    green = 40 + 150 * (y / (y + 500)) + 0 * x
    blue = 128 + 90 * np.cos(x / 53 + y / 300)
    return np.stack(np.broadcast_arrays(red, green, blue), axis=-1)


def common(*edits: Callable[[Dataset], None]) -> Callable[[Dataset], None]:
    """Make files of several descriptions files of one slide."""

    def mutate(dataset: Dataset) -> None:
        dataset.ContainerIdentifier = "C"
        dataset.FrameOfReferenceUID = "1.2.3.6"
        for edit in edits:
            edit(dataset)

    return mutate


def path_of(identifier: str, description: str = "") -> Callable[[Dataset], None]:
    """Make a file one of an optical path of its own."""

    def mutate(dataset: Dataset) -> None:
        dataset.OpticalPathSequence[0].OpticalPathIdentifier = identifier
        dataset.OpticalPathSequence[0].OpticalPathDescription = description
        shared = dataset.SharedFunctionalGroupsSequence[0]
        shared.OpticalPathIdentificationSequence[0].OpticalPathIdentifier = identifier

    return mutate


def at_height(micrometers: float) -> Callable[[Dataset], None]:
    """Put all frames of a file into one focal plane."""

    def mutate(dataset: Dataset) -> None:
        position = Item()
        position.ZOffsetInSlideCoordinateSystem = f"{micrometers:g}"
        shared = dataset.SharedFunctionalGroupsSequence[0]
        shared.PlanePositionSlideSequence = [position]

    return mutate


def setting(**attributes: object) -> Callable[[Dataset], None]:
    """Set attributes of every file."""

    def mutate(dataset: Dataset) -> None:
        for keyword, value in attributes.items():
            if value is None:
                delattr(dataset, keyword)
            else:
                setattr(dataset, keyword, value)

    return mutate


def edit(path: Path, *edits: Callable[[Dataset], None]) -> None:
    dataset = dcmread(path)
    for change in edits:
        change(dataset)
    dataset.save_as(path)


def described(name: str, *edits: Callable[[Dataset], None], **how: Any) -> Any:
    return SyntheticSlide(name=name, mutate=common(*edits), **{**UIDS, **BARE, **how})


@contextmanager
def opened(*paths: Path) -> Iterator[list[Slide]]:
    found = open_slides(paths)
    try:
        yield list(found.slides)
    finally:
        for slide in found.slides:
            slide.close()


def shown(slide: Slide, level: int, plane: int = 0, path: int = 0) -> NDArray[Any]:
    place = Place(level, 0, 0, slide.levels[level].size, plane)
    region = read_region(slide, place, Look((path,)))
    assert region.failures == ()
    return region.pixels


def said(slide: Slide, code: str) -> list[str]:
    return [each.message for each in slide.warnings if each.code == code]


def codes(slide: Slide) -> set[str]:
    return {each.code for each in slide.warnings}


def roles(slide: Slide) -> dict[str, str]:
    return {each.path.name: each.role for each in slide.files}


def sizes(slide: Slide) -> list[tuple[int, ...]]:
    return [tuple(slide.levels[number].size) for number in stored_levels(slide)]


# ---- optical paths ----


def test_optical_paths_in_files_of_their_own_are_one_slide(tmp_path: Path) -> None:
    one = described("a", path_of("DAPI"), texture=waves)
    two = described("b", path_of("FITC"), texture=ripples)
    write(tmp_path, one)
    write(tmp_path, two)
    with opened(tmp_path) as [slide]:
        assert [each.identifier for each in slide.optical_paths] == ["DAPI", "FITC"]
        assert sizes(slide) == [(1000, 700), (500, 350), (250, 175)]
        for level, number in enumerate(stored_levels(slide)):
            for path, truth in enumerate((one, two)):
                pixels = shown(slide, number, path=path)
                np.testing.assert_array_equal(pixels, expected_level(truth, level))
        assert codes(slide) == set()
        assert roles(slide)["b-level0.dcm"] == "level 0"
        assert (
            next(
                each.reason for each in slide.files if each.path.name == "b-level0.dcm"
            )
            == "VOLUME, 1000 x 700 pixels, optical path FITC"
        )
        key = TileKey(slide.serial, 0, 1, 1, 0, 1)
        place = slide.frame_at(key)
        assert place is not None
        assert (place.file.name, place.frame) == ("b-level0.dcm", 6)
        frame = slide.read_frame(key)
        assert frame is not EMPTY
        assert frame.file.name == "b-level0.dcm"


def test_files_that_call_different_paths_alike_are_told_apart(tmp_path: Path) -> None:
    one = described("a", path_of("0", "DAPI"), texture=waves, levels=2)
    two = described("b", path_of("0", "FITC"), texture=ripples, levels=2)
    write(tmp_path, one)
    write(tmp_path, two)
    with opened(tmp_path) as [slide]:
        names = [each.identifier for each in slide.optical_paths]
        assert names == ["0@a-level0", "0@b-level0"]
        for level, number in enumerate(stored_levels(slide)):
            for path, truth in enumerate((one, two)):
                pixels = shown(slide, number, path=path)
                np.testing.assert_array_equal(pixels, expected_level(truth, level))


def test_a_level_that_calls_its_path_otherwise_is_of_the_same_path(
    tmp_path: Path,
) -> None:
    truth = described("a", levels=2)
    files = write(tmp_path, truth)
    edit(files[1], path_of("renamed", "path 0"))
    with opened(tmp_path) as [slide]:
        assert len(slide.optical_paths) == 1
        np.testing.assert_array_equal(shown(slide, 1), expected_level(truth, 1))


def test_each_path_has_the_profile_of_its_own_file(tmp_path: Path) -> None:
    def profile(content: bytes) -> Callable[[Dataset], None]:
        return lambda dataset: setattr(
            dataset.OpticalPathSequence[0], "ICCProfile", content
        )

    write(tmp_path, described("a", path_of("1"), profile(b"one " * 32), levels=1))
    write(tmp_path, described("b", path_of("2"), profile(b"two " * 32), levels=1))
    with opened(tmp_path) as [slide]:
        assert slide.icc_profile(0, 0) == b"one " * 32
        assert slide.icc_profile(0, 1) == b"two " * 32


@pytest.mark.gotcha(69)
def test_a_path_without_a_level_is_made_from_its_finer_one(tmp_path: Path) -> None:
    one = described("a", path_of("DAPI"), texture=waves)
    two = described("b", path_of("FITC"), texture=ripples, levels=1)
    write(tmp_path, one)
    write(tmp_path, two)
    with opened(tmp_path) as [slide]:
        assert sizes(slide) == [(1000, 700), (500, 350), (250, 175)]
        base = expected_level(two, 0).astype(int)
        for number, factor in ((1, 2), (2, 4)):
            height, width = 700 // factor, 1000 // factor
            blocks = base[: height * factor].reshape(height, factor, width, factor, 3)
            difference = shown(slide, number, path=1) - blocks.mean(axis=(1, 3))
            assert np.abs(difference).max() <= 1
        assert said(slide, "optical-paths") == [
            "b-level0.dcm: optical path FITC is not stored in 500 x 350, 250 x 175 "
            "pixels; it is made there from its nearest finer level."
        ]
        key = TileKey(slide.serial, 1, 0, 0, 0, 1)
        assert slide.frame_at(key) is None
        with pytest.raises(SlideError, match="has no frames"):
            slide.read_frame(key)


@pytest.mark.gotcha(69)
@pytest.mark.gotcha(66)
def test_paths_with_other_sizes_and_other_tiles_are_laid_over_each_other(
    tmp_path: Path,
) -> None:
    one = described("a", path_of("1"), texture=waves, levels=2)
    two = described(
        "b", path_of("2"), texture=ripples, levels=3, factor=3, tile=(200, 120)
    )
    write(tmp_path, one)
    write(tmp_path, two)
    with opened(tmp_path) as [slide]:
        assert sizes(slide) == [(1000, 700), (500, 350), (333, 233), (111, 77)]
        for path, truth in enumerate((one, two)):
            np.testing.assert_array_equal(
                shown(slide, 0, path=path), expected_level(truth, 0)
            )
        np.testing.assert_array_equal(shown(slide, 2, path=1), expected_level(two, 1))
        last = stored_levels(slide)[3]
        # Textures are functions of level-0 pixels: every level is near its truth.
        truth = expected_level(replace(two, factor=2), 1).astype(int)
        assert np.abs(shown(slide, 1, path=1) - truth).max() <= 3
        truth = expected_level(replace(one, factor=3, levels=3), 2).astype(int)
        assert np.abs(shown(slide, last)[:-1, :-1] - truth[:-1, :-1]).max() <= 8


def test_a_path_of_a_coarser_scan_is_enlarged_not_blank(tmp_path: Path) -> None:
    one = described("a", path_of("1"), texture=waves, levels=2)
    coarse = described("b", path_of("2"), texture=ripples, size=(500, 350), levels=1)
    write(tmp_path, one)
    write(tmp_path, coarse)
    with opened(tmp_path) as [slide]:
        truth = expected_level(coarse, 0).repeat(2, 0).repeat(2, 1)
        np.testing.assert_array_equal(shown(slide, 0, path=1), truth)
        assert said(slide, "optical-paths") == [
            "b-level0.dcm: optical path 2 is not stored in 1000 x 700 pixels; it is "
            "enlarged there from its nearest finer level."
        ]


def test_a_broken_frame_of_a_path_that_is_made_breaks_its_tiles(
    tmp_path: Path,
) -> None:
    write(tmp_path, described("a", path_of("1"), levels=1))
    files = write(
        tmp_path,
        described("b", path_of("2"), levels=1, tile=(250, 250), syntax="jpeg"),
    )
    data = bytearray(files[0].read_bytes())
    first = data.index(b"\xff\xd8\xff")
    data[first : first + 4] = b"junk"
    files[0].write_bytes(data)
    with opened(tmp_path) as [slide]:
        with pytest.raises(BrokenFrame, match=r"b-level0\.dcm: frame 1: "):
            slide.read_samples(TileKey(slide.serial, 0, 0, 0, 0, 1))
        slide.read_samples(TileKey(slide.serial, 0, 2, 2, 0, 1))
        assert "broken-frame" in codes(slide)


@pytest.mark.parametrize("tile", [(256, 256), (200, 120)])
def test_damage_is_noted_of_the_right_path_file_and_tile(
    tile: tuple[int, int], tmp_path: Path
) -> None:
    write(tmp_path, described("a", path_of("1"), levels=1))
    (path,) = write(
        tmp_path,
        described("b", path_of("2"), levels=1, tile=tile, syntax="jpeg", texture=waves),
    )
    data = bytearray(path.read_bytes())
    starts = [n for n in range(len(data)) if data[n : n + 3] == b"\xff\xd8\xff"]
    columns = -(-1000 // tile[0])
    middle = starts[columns + 1] + 700  # of the frame at column 1, row 1
    data[middle : middle + 60] = b"\xff\x01" * 30
    path.write_bytes(data)
    with opened(tmp_path) as [slide]:
        for row in range(slide.levels[0].rows):
            for column in range(slide.levels[0].columns):
                slide.read_samples(TileKey(slide.serial, 0, column, row, 0, 1))
        column = (tile[0] * 3 // 2) // 256
        row = (tile[1] * 3 // 2) // 256
        (key,) = slide.damaged
        assert key == TileKey(slide.serial, 0, column, row, 0, 1)
        (warning,) = (each for each in slide.warnings if each.code == "damaged-frame")
        assert warning.file == path
        assert warning.message.startswith(f"b-level0.dcm: frame {columns + 2}: ")


def test_a_long_made_level_shows_progress_and_ends(tmp_path: Path) -> None:
    one = described("a", path_of("1"), size=(8000, 6000), factor=16, levels=2)
    two = described("b", path_of("2"), size=(8000, 6000), levels=1)
    for each in (one, two):
        write(tmp_path, replace(each, tile=(512, 512)))
    with opened(tmp_path) as [slide]:
        number = stored_levels(slide)[1]
        key = TileKey(slide.serial, number, 0, 0, 0, 1)
        progress = slide.read_progress(key, 0.0)
        rounds = 0
        while progress is not EMPTY and not progress.complete:
            covered = progress.covered
            assert covered is not None
            assert covered.shape == progress.samples.shape[:2]
            progress, rounds = slide.read_progress(key, 0.0), rounds + 1
            assert rounds < 50
        whole = slide.read_samples(key)
        assert progress is not EMPTY
        assert whole is not EMPTY
        np.testing.assert_array_equal(progress.samples, whole)


# ---- focal planes ----


@pytest.mark.gotcha(68)
def test_focal_planes_in_files_of_their_own_are_one_stack(tmp_path: Path) -> None:
    low = described("a", at_height(-1.5), texture=waves, levels=2)
    high = described("b", at_height(2.0), texture=ripples, levels=2)
    write(tmp_path, high)
    write(tmp_path, low)
    with opened(tmp_path) as [slide]:
        assert slide.focal_planes == (-1.5, 2.0)
        assert len(slide.optical_paths) == 1
        for plane, truth in enumerate((low, high)):
            for level, number in enumerate(stored_levels(slide)):
                pixels = shown(slide, number, plane)
                np.testing.assert_array_equal(pixels, expected_level(truth, level))
        assert codes(slide) == set()


@pytest.mark.gotcha(68)
@pytest.mark.parametrize("layout", ["TILED_FULL", "TILED_SPARSE"])
def test_a_level_with_fewer_planes_shows_the_nearest_and_says_so(
    layout: str, tmp_path: Path
) -> None:
    stack = described("a", focal_planes=3, layout=layout, levels=1)
    files = write(tmp_path, stack)
    below = described("b", at_height(1.4), levels=2)
    edited = write(tmp_path, below)
    edited[0].unlink()
    assert files
    with opened(tmp_path) as [slide]:
        assert slide.focal_planes == pytest.approx((0, 1.5, 3))
        for plane in range(3):
            np.testing.assert_array_equal(
                shown(slide, 0, plane), expected_level(stack, 0, plane)
            )
            np.testing.assert_array_equal(
                shown(slide, 1, plane), expected_level(below, 1)
            )
        assert said(slide, "focal-planes") == [
            "b-level1.dcm: the level of 500 x 350 pixels has 1 focal plane, the slide "
            "has 3; the nearest is shown for the others."
        ]


def test_heights_of_single_planes_that_differ_between_levels_make_no_stack(
    tmp_path: Path,
) -> None:
    files = write(tmp_path, described("a", levels=2))
    edit(files[0], at_height(12.31))
    edit(files[1], at_height(12.25))
    with opened(tmp_path) as [slide]:
        assert slide.focal_planes == (12.31,)
        assert codes(slide) == set()


def test_planes_without_a_distance_are_counted_and_said(tmp_path: Path) -> None:
    def forget(dataset: Dataset) -> None:
        measures = dataset.SharedFunctionalGroupsSequence[0].PixelMeasuresSequence
        del measures[0].SpacingBetweenSlices

    truth = described("a", forget, focal_planes=3, levels=1)
    write(tmp_path, truth)
    with opened(tmp_path) as [slide]:
        assert slide.focal_planes == (0, 1, 2)
        for plane in range(3):
            np.testing.assert_array_equal(
                shown(slide, 0, plane), expected_level(truth, 0, plane)
            )
        assert said(slide, "focal-planes") == [
            "a-level0.dcm: Spacing Between Slices is missing, so the distance of the 3 "
            "focal planes is unknown; they are counted as 1 um apart."
        ]


@pytest.mark.gotcha(53)
def test_frames_of_planes_that_no_attribute_tells_of_are_all_shown(
    tmp_path: Path,
) -> None:
    truth = described(
        "a",
        setting(TotalPixelMatrixFocalPlanes=1),
        focal_planes=2,
        optical_paths=2,
        levels=1,
    )
    write(tmp_path, truth)
    with opened(tmp_path) as [slide]:
        assert len(slide.focal_planes) == 2
        for plane in range(2):
            for path in range(2):
                np.testing.assert_array_equal(
                    shown(slide, 0, plane, path), expected_level(truth, 0, plane, path)
                )
        assert said(slide, "frame-count") == [
            "a-level0.dcm: Number of Frames is 48, expected 24 (4 x 3 tiles, 1 focal "
            "planes, 2 optical paths); taken for 2 focal planes and 2 optical paths."
        ]


@pytest.mark.gotcha(52)
@pytest.mark.parametrize("syntax", ["uncompressed", "jpeg2000-lossless"])
def test_number_of_frames_of_one_plane_shows_all_planes(
    syntax: str, tmp_path: Path
) -> None:
    truth = described(
        "a", setting(NumberOfFrames=12), focal_planes=3, levels=1, syntax=syntax,
        offsets="none",
    )  # fmt: skip
    write(tmp_path, truth)
    with opened(tmp_path) as [slide]:
        for plane in range(3):
            np.testing.assert_array_equal(
                shown(slide, 0, plane), expected_level(truth, 0, plane)
            )
        assert said(slide, "frame-count") == [
            "a-level0.dcm: Number of Frames is 12, which is that of one focal plane; "
            "36 frames are there."
        ]


# ---- extended depth of field, several pyramids ----


@pytest.mark.gotcha(67)
def test_extended_depth_of_field_is_a_slide_beside_its_stack(tmp_path: Path) -> None:
    stack = described("a", focal_planes=2, levels=1)
    flat = described("b", setting(ExtendedDepthOfField="YES"), texture=waves, levels=2)
    write(tmp_path, stack)
    write(tmp_path, flat)
    with opened(tmp_path) as [one, two]:
        assert one.name == "C"
        assert two.name == "C (extended depth of field)"
        assert sizes(one) == [(1000, 700)]
        assert sizes(two) == [(1000, 700), (500, 350)]
        np.testing.assert_array_equal(shown(one, 0, 1), expected_level(stack, 0, 1))
        np.testing.assert_array_equal(shown(two, 1), expected_level(flat, 1))
        assert codes(one) == codes(two) == set()


@pytest.mark.gotcha(67)
def test_pyramids_of_one_series_have_their_labels_in_their_names(
    tmp_path: Path,
) -> None:
    for name, label in (("a", "Region 1"), ("b", "Region 2")):
        slide = described(name, setting(PyramidLabel=label), levels=2)
        write(tmp_path, replace(slide, pyramid_uid=f"1.2.3.5.{ord(name)}"))
    with opened(tmp_path) as slides:
        assert [each.name for each in slides] == ["C (Region 1)", "C (Region 2)"]
        assert all(sizes(each) == [(1000, 700), (500, 350)] for each in slides)


def test_areas_of_a_glass_without_pyramid_uids_are_slides(tmp_path: Path) -> None:
    def elsewhere(dataset: Dataset) -> None:
        dataset.TotalPixelMatrixOriginSequence[0].XOffsetInSlideCoordinateSystem = 5

    bare = setting(PyramidUID=None)
    one = described("a", bare, levels=2, texture=waves)
    two = described("b", bare, elsewhere, levels=2, texture=ripples)
    write(tmp_path, one)
    write(tmp_path, two)
    with opened(tmp_path) as slides:
        assert [each.name for each in slides] == ["C (pyramid 1)", "C (pyramid 2)"]
        for slide, truth in zip(slides, (one, two), strict=True):
            for level in range(2):
                np.testing.assert_array_equal(
                    shown(slide, level), expected_level(truth, level)
                )


# ---- concatenations ----


def concatenation(folder: Path, **how: Any) -> tuple[SyntheticSlide, list[Path]]:
    """Write a level in three parts of four frames."""
    truth = described("s", **{"levels": 1, "parts": 3, **how})
    return truth, write(folder, truth)


@pytest.mark.gotcha(49)
@pytest.mark.parametrize("layout", ["TILED_FULL", "TILED_SPARSE", "POSITIONS"])
def test_a_level_over_several_files_is_whole(layout: str, tmp_path: Path) -> None:
    truth, _ = concatenation(tmp_path, layout=layout)
    with opened(tmp_path) as [slide]:
        np.testing.assert_array_equal(shown(slide, 0), expected_level(truth, 0))
        assert codes(slide) == set()


@pytest.mark.gotcha(50)
@pytest.mark.parametrize("layout", ["TILED_FULL", "TILED_SPARSE"])
@pytest.mark.parametrize("gone", [0, 1, 2])
def test_frames_of_a_missing_part_fail_with_the_reason(
    layout: str, gone: int, tmp_path: Path
) -> None:
    truth, files = concatenation(tmp_path, layout=layout)
    files[gone].unlink()
    first = min(each for each in range(3) if each != gone) + 1
    picture = expected_level(truth, 0)
    with opened(tmp_path) as [slide]:
        assert said(slide, "concatenation") == [
            f"s-level0-part{first}.dcm: part {gone + 1} of 3 is missing from the "
            "concatenation; those tiles cannot be shown."
        ]
        for row in range(3):
            for column in range(4):
                key = TileKey(slide.serial, 0, column, row)
                if row == gone:
                    with pytest.raises(BrokenFrame) as error:
                        slide.read_samples(key)
                    assert f"part {gone + 1} of 3 is missing" in str(error.value)
                    continue
                samples = slide.read_samples(key)
                assert samples is not EMPTY
                extent = slide.levels[0].tile_extent(column, row)
                top, left = row * 256, column * 256
                place = np.s_[top : top + extent.height, left : left + extent.width]
                np.testing.assert_array_equal(samples[..., 2::-1], picture[place])


@pytest.mark.gotcha(50)
def test_a_second_part_of_one_number_is_left_out(tmp_path: Path) -> None:
    truth, files = concatenation(tmp_path)
    edit(files[2], setting(InConcatenationNumber=2))
    with opened(tmp_path) as [slide]:
        assert said(slide, "concatenation") == [
            "s-level0-part3.dcm: not used, another part 2 of the concatenation; "
            "s-level0-part2.dcm is used.",
            "s-level0-part1.dcm: part 3 of 3 is missing from the concatenation; those "
            "tiles cannot be shown.",
        ]
        assert roles(slide)["s-level0-part3.dcm"] == "not used"
        samples = slide.read_samples(TileKey(slide.serial, 0, 1, 1))
        assert samples is not EMPTY
        np.testing.assert_array_equal(
            samples[..., 2::-1], expected_level(truth, 0)[256:512, 256:512]
        )


@pytest.mark.gotcha(50)
@pytest.mark.parametrize(
    ("totals", "sentence"),
    [
        (
            (2, 3, 3),
            "the parts of the concatenation give different totals (2, 3); 3 is taken",
        ),
        ((2, 2, 2), "In-concatenation Total Number is 2, but there is a part 3"),
        (
            (4, 4, 4),
            "In-concatenation Total Number is 4, but the 3 parts there have all 12 "
            "frames",
        ),
    ],
)
def test_wrong_totals_are_said_and_every_part_is_shown(
    totals: tuple[int, int, int], sentence: str, tmp_path: Path
) -> None:
    truth, files = concatenation(tmp_path)
    for path, total in zip(files, totals, strict=True):
        edit(path, setting(InConcatenationTotalNumber=total))
    with opened(tmp_path) as [slide]:
        assert said(slide, "concatenation") == [f"s-level0-part1.dcm: {sentence}."]
        np.testing.assert_array_equal(shown(slide, 0), expected_level(truth, 0))


@pytest.mark.gotcha(50)
@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"PatientID": "another"}, "its Patient ID is not that of s-level0-part1.dcm"),
        (
            {"ContainerIdentifier": "D"},
            "its Container Identifier is not that of s-level0-part1.dcm",
        ),
        (
            {"Columns": 128},
            "its tile size: 128 x 256, that of s-level0-part1.dcm: 256 x 256",
        ),
        (
            {"TotalPixelMatrixRows": 699},
            "its total pixel matrix: 1000 x 699, that of s-level0-part1.dcm: "
            "1000 x 700",
        ),
        (
            {"SamplesPerPixel": 1, "PhotometricInterpretation": "MONOCHROME2"},
            "its samples: 1 of 8 bits, that of s-level0-part1.dcm: 3 of 8 bits",
        ),
    ],
)
def test_a_part_of_another_picture_is_left_out(
    change: dict[str, object], reason: str, tmp_path: Path
) -> None:
    _, files = concatenation(tmp_path)
    edit(files[1], setting(**change))
    with opened(tmp_path) as [slide]:
        assert said(slide, "concatenation") == [
            f"s-level0-part2.dcm: this part of a concatenation is not used: {reason}.",
            "s-level0-part1.dcm: part 2 of 3 is missing from the concatenation; those "
            "tiles cannot be shown.",
        ]
        found = {each.path.name: (each.role, each.reason) for each in slide.files}
        assert found["s-level0-part2.dcm"] == ("not used", reason)
        with pytest.raises(BrokenFrame, match="part 2 of 3 is missing"):
            slide.read_samples(TileKey(slide.serial, 0, 0, 1))


@pytest.mark.gotcha(50)
def test_a_part_of_another_syntax_is_read_as_it_says(tmp_path: Path) -> None:
    truth, files = concatenation(tmp_path)
    whole = expected_level(truth, 0)
    dataset = dcmread(files[1])
    dataset.file_meta.TransferSyntaxUID = UID("1.2.840.10008.1.2.4.90")
    del dataset.PixelData
    frames: list[bytes] = []
    for column in range(4):
        tile = np.zeros((256, 256, 3), np.uint8)
        part = whole[256:512, column * 256 : (column + 1) * 256]
        tile[:, : part.shape[1]] = part
        frames.append(encode_frame(tile, "jpeg2000-lossless", "YBR_RCT"))
    dataset.PhotometricInterpretation = "YBR_RCT"
    write_instance(files[1], dataset, frames)
    with opened(tmp_path) as [slide]:
        np.testing.assert_array_equal(shown(slide, 0), whole)
        assert said(slide, "concatenation") == [
            "s-level0-part2.dcm: the Transfer Syntax of part 2 is "
            "1.2.840.10008.1.2.4.90, that of the others 1.2.840.10008.1.2.1; each is "
            "read as it says.",
            "s-level0-part2.dcm: the Photometric of part 2 is YBR_RCT, that of the "
            "others RGB; each is read as it says.",
        ]


@pytest.mark.gotcha(50)
@pytest.mark.parametrize("uid", [None, "1.2.3.99"])
def test_a_part_with_no_or_another_uid_is_used_where_it_is_the_missing_one(
    uid: str | None, tmp_path: Path
) -> None:
    truth, files = concatenation(tmp_path)
    edit(files[1], setting(ConcatenationUID=uid))
    with opened(tmp_path) as [slide]:
        assert said(slide, "concatenation") == [
            f"s-level0-part2.dcm: its Concatenation UID is {uid or 'missing'}, not "
            "that of s-level0-part1.dcm, but it is part 2 that lacks there; it is "
            "used as that."
        ]
        np.testing.assert_array_equal(shown(slide, 0), expected_level(truth, 0))


@pytest.mark.gotcha(50)
def test_a_wrong_frame_offset_is_corrected_by_the_order_of_the_parts(
    tmp_path: Path,
) -> None:
    truth, files = concatenation(tmp_path)
    edit(files[1], setting(ConcatenationFrameOffsetNumber=1))
    with opened(tmp_path) as [slide]:
        assert said(slide, "concatenation") == [
            "s-level0-part2.dcm: Concatenation Frame Offset Number is 1, expected 4; "
            "the frames are counted in the order of the parts."
        ]
        np.testing.assert_array_equal(shown(slide, 0), expected_level(truth, 0))


def test_a_concatenation_uid_alone_is_a_whole_image(tmp_path: Path) -> None:
    truth = described("s", levels=2)
    for number, path in enumerate(write(tmp_path, truth)):
        edit(path, setting(ConcatenationUID=f"1.2.3.9.{number}"))
    with opened(tmp_path) as [slide]:
        assert said(slide, "concatenation") == [
            "s-level0.dcm: Concatenation UID without In-concatenation Total Number; "
            "taken for a whole image, as 1 more of its slide."
        ]
        np.testing.assert_array_equal(shown(slide, 0), expected_level(truth, 0))


@pytest.mark.gotcha(51)
def test_extended_offset_tables_count_from_each_part(tmp_path: Path) -> None:
    truth, _ = concatenation(tmp_path, syntax="jpeg2000-lossless", offsets="extended")
    with opened(tmp_path) as [slide]:
        np.testing.assert_array_equal(shown(slide, 0), expected_level(truth, 0))
        assert codes(slide) == set()


@pytest.mark.gotcha(51)
def test_an_extended_offset_table_of_the_whole_concatenation_is_not_believed(
    tmp_path: Path,
) -> None:
    truth, files = concatenation(
        tmp_path, syntax="jpeg2000-lossless", offsets="extended"
    )
    tables = [np.frombuffer(dcmread(path).ExtendedOffsetTable, "<u8") for path in files]
    step = 10_000
    whole = np.concatenate([table + step * n for n, table in enumerate(tables)])
    for path in files:
        edit(path, setting(ExtendedOffsetTable=whole.tobytes()))
    with opened(tmp_path) as [slide]:
        np.testing.assert_array_equal(shown(slide, 0), expected_level(truth, 0))
        sentences = said(slide, "offset-table")
        assert len(sentences) == 3
        assert all("12 entries, expected 4" in each for each in sentences)


@pytest.mark.gotcha(52)
def test_number_of_frames_of_the_whole_concatenation_is_understood(
    tmp_path: Path,
) -> None:
    truth, files = concatenation(tmp_path, syntax="jpeg2000-lossless")
    for path in files:
        edit(path, setting(NumberOfFrames=12))
    with opened(tmp_path) as [slide]:
        np.testing.assert_array_equal(shown(slide, 0), expected_level(truth, 0))
        assert said(slide, "concatenation") == [
            "s-level0-part1.dcm: Number of Frames is 12 in every part, which is that "
            "of the whole concatenation."
        ]
        assert slide.levels[0].frames == 12


# ---- levels ----


@pytest.mark.gotcha(54)
def test_holes_of_a_sparse_slide_are_empty_neither_black_nor_broken(
    tmp_path: Path,
) -> None:
    holes = frozenset({(0, 0), (2, 1)})
    truth = described("a", layout="TILED_SPARSE", holes=holes, shuffled=True, levels=1)
    write(tmp_path, truth)
    with opened(tmp_path) as [slide]:
        for column, row in holes:
            key = TileKey(slide.serial, 0, column, row)
            assert slide.read_samples(key) is EMPTY
            assert slide.frame_at(key) is None
        np.testing.assert_array_equal(shown(slide, 0), expected_level(truth, 0))
        assert codes(slide) == set()


@pytest.mark.gotcha(55)
@pytest.mark.parametrize("layout", ["TILED_SPARSE", "POSITIONS", "3D"])
def test_whatever_the_layout_is_called_positions_are_followed(
    layout: str, tmp_path: Path
) -> None:
    kind = "POSITIONS" if layout == "3D" else layout
    truth = described("a", layout=kind, shuffled=True, levels=2)
    files = write(tmp_path, truth)
    if layout == "3D":
        for path in files:
            edit(path, setting(DimensionOrganizationType="3D"))
    with opened(tmp_path) as [slide]:
        for level in range(2):
            np.testing.assert_array_equal(
                shown(slide, level), expected_level(truth, level)
            )
        assert codes(slide) == set()


@pytest.mark.gotcha(54)
@pytest.mark.parametrize(
    ("column", "sentence"),
    [
        (
            100,
            "1 of 12 frames lie off the grid of 256 x 256 tiles; the first is frame 2 "
            "at column 100, row 1",
        ),
        (
            2049,
            "1 of 12 frames lie outside the total pixel matrix of 1000 x 700; the "
            "first is frame 2 at column 2049, row 1",
        ),
        (
            1,
            "1 of 12 frames lie where an earlier one does, which is shown; the first "
            "is frame 2 at column 1, row 1",
        ),
    ],
)
def test_a_frame_in_a_wrong_place_is_told_and_the_others_are_shown(
    column: int, sentence: str, tmp_path: Path
) -> None:
    def misplace(dataset: Dataset) -> None:
        item = dataset.PerFrameFunctionalGroupsSequence[1]
        position = item.PlanePositionSlideSequence[0]
        position.ColumnPositionInTotalImagePixelMatrix = column

    truth = described("a", misplace, layout="TILED_SPARSE", levels=1)
    write(tmp_path, truth)
    with opened(tmp_path) as [slide]:
        assert said(slide, "tile-position") == [f"a-level0.dcm: {sentence}."]
        assert slide.read_samples(TileKey(slide.serial, 0, 1, 0)) is EMPTY
        picture = expected_level(truth, 0)
        picture[:256, 256:512] = 255
        np.testing.assert_array_equal(shown(slide, 0), picture)


def test_a_full_slide_of_too_few_frames_follows_positions_if_it_has_them(
    tmp_path: Path,
) -> None:
    truth = described("a", layout="TILED_SPARSE", holes=frozenset({(0, 0)}), levels=1)
    files = write(tmp_path, truth)
    edit(files[0], setting(DimensionOrganizationType="TILED_FULL"))
    with opened(tmp_path) as [slide]:
        np.testing.assert_array_equal(shown(slide, 0), expected_level(truth, 0))
        assert said(slide, "frame-count") == [
            "a-level0.dcm: Number of Frames is 11, expected 12 (4 x 3 tiles, 1 focal "
            "planes, 1 optical paths); their positions are followed."
        ]


def test_a_full_slide_of_too_few_frames_fails_where_they_are_missing(
    tmp_path: Path,
) -> None:
    truth = described("a", setting(NumberOfFrames=11), levels=1)
    write(tmp_path, truth)
    with opened(tmp_path) as [slide]:
        with pytest.raises(BrokenFrame) as error:
            slide.read_samples(TileKey(slide.serial, 0, 3, 2))
        assert str(error.value) == (
            "a-level0.dcm: frame 12 is missing: Number of Frames is 11, expected 12."
        )
        assert "frame-count" in codes(slide)


@pytest.mark.gotcha(60)
def test_a_level_padded_to_whole_tiles_is_cut_to_what_its_spacing_says(
    tmp_path: Path,
) -> None:
    truth = described("a", texture=waves, size=(2000, 1400))
    files = write(tmp_path, truth)
    for path, padded in ((files[1], (1024, 768)), (files[2], (512, 512))):
        edit(
            path,
            setting(TotalPixelMatrixColumns=padded[0], TotalPixelMatrixRows=padded[1]),
        )
    with opened(tmp_path) as [slide]:
        assert sizes(slide) == [(2000, 1400), (1000, 700), (500, 350)]
        assert slide.levels[1].downsample == (2, 2)
        for level in range(3):
            np.testing.assert_array_equal(
                shown(slide, level), expected_level(truth, level)
            )
        assert said(slide, "level-padded") == [
            "a-level1.dcm: the level of 1024 x 768 pixels is padded to whole tiles; by "
            "its Pixel Spacing 1000 x 700 pixels of it are the picture.",
            "a-level2.dcm: the level of 512 x 512 pixels is padded to whole tiles; by "
            "its Pixel Spacing 500 x 350 pixels of it are the picture.",
        ]


@pytest.mark.gotcha(61)
@pytest.mark.parametrize(
    ("size", "factor"), [((4003, 1999), 4.0001), ((4001, 2001), 3.9998)]
)
def test_factors_that_are_not_whole_are_not_rounded(
    size: tuple[int, int], factor: float, tmp_path: Path
) -> None:
    truth = described("a", size=size, factor=factor, levels=2)
    write(tmp_path, truth)
    with opened(tmp_path) as [slide]:
        level = slide.levels[stored_levels(slide)[1]]
        width, height = truth.level_size(1)
        assert tuple(level.size) == (width, height)
        assert level.downsample == (size[0] / width, size[1] / height)


@pytest.mark.gotcha(62)
def test_a_cloned_level_is_left_out_and_said(tmp_path: Path) -> None:
    truth = described("a", levels=2)
    files = write(tmp_path, truth)
    clone = tmp_path / "z-clone.dcm"
    clone.write_bytes(files[1].read_bytes())
    edit(clone, setting(SOPInstanceUID="1.2.3.77"))
    with opened(tmp_path) as [slide]:
        assert sizes(slide) == [(1000, 700), (500, 350)]
        assert said(slide, "same-size-levels") == [
            "z-clone.dcm is not used: a-level1.dcm already is the level of 500 x 350 "
            "pixels."
        ]
        assert roles(slide)["z-clone.dcm"] == "not used"
        assert slide.levels[1].frames == 4
    with opened(clone) as [slide]:
        assert roles(slide)["z-clone.dcm"] == "level 1"  # who names it wants it


@pytest.mark.gotcha(63)
def test_levels_may_be_any_factor_apart_and_missing(tmp_path: Path) -> None:
    truth = described("a", size=(3000, 2100), factor=2.7, levels=4)
    files = write(tmp_path, truth)
    files[1].unlink()
    with opened(tmp_path) as [slide]:
        assert sizes(slide) == [truth.level_size(n) for n in (0, 2, 3)]
        for level, number in zip((0, 2, 3), stored_levels(slide), strict=True):
            np.testing.assert_array_equal(
                shown(slide, number), expected_level(truth, level)
            )
        finer = slide.levels[1]
        assert not finer.stored
        assert finer.downsample == (2, 2)


@pytest.mark.gotcha(65, 66)
def test_levels_may_differ_in_tiles_color_and_syntax(tmp_path: Path) -> None:
    one = described("a", levels=1)
    two = described(
        "b", levels=2, tile=(200, 120), syntax="jpeg2000-lossless",
        photometric="YBR_RCT",
    )  # fmt: skip
    write(tmp_path, one)
    write(tmp_path, two)[0].unlink()
    with opened(tmp_path) as [slide]:
        np.testing.assert_array_equal(shown(slide, 0), expected_level(one, 0))
        np.testing.assert_array_equal(shown(slide, 1), expected_level(two, 1))
        assert [slide.levels[n].photometric for n in (0, 1)] == ["RGB", "YBR_RCT"]
        assert slide.levels[1].tile_size == (200, 120)


@pytest.mark.gotcha(77)
def test_what_frames_hold_beyond_the_matrix_is_never_shown(tmp_path: Path) -> None:
    truth = described("a", levels=1)  # its padding is magenta
    write(tmp_path, truth)
    with opened(tmp_path) as [slide]:
        place = Place(0, 900, 600, slide.levels[0].size)
        pixels = read_region(slide, place).pixels
        np.testing.assert_array_equal(
            pixels[:100, :100], expected_level(truth, 0)[600:, 900:]
        )
        assert (pixels[100:] == 255).all()
        assert (pixels[:, 100:] == 255).all()


@pytest.mark.gotcha(78)
def test_label_and_overview_may_be_absent(tmp_path: Path) -> None:
    write(tmp_path, described("a", levels=1))
    with opened(tmp_path) as [slide]:
        assert dict(slide.associated) == {}
        assert codes(slide) == set()


@pytest.mark.parametrize(
    ("size", "tile"),
    [((1, 1), (256, 256)), ((100, 30), (256, 256)), ((300, 1), (64, 64))],
)
def test_tiny_levels_and_frames_larger_than_the_matrix(
    size: tuple[int, int], tile: tuple[int, int], tmp_path: Path
) -> None:
    truth = described("a", size=size, tile=tile, levels=1)
    write(tmp_path, truth)
    with opened(tmp_path) as [slide]:
        np.testing.assert_array_equal(shown(slide, 0), expected_level(truth, 0))


def cropped_frames(truth: SyntheticSlide, syntax: str) -> list[bytes]:
    whole = expected_level(truth, 0)
    columns, rows = truth.grid(0)
    width, height = truth.tile
    photometric = {"jpeg": "RGB", "jpeg2000-lossless": "YBR_RCT"}[syntax]
    return [
        encode_frame(
            whole[y : y + height, x : x + width], syntax, photometric, quality=100
        )
        for y in range(0, rows * height, height)
        for x in range(0, columns * width, width)
    ]


@pytest.mark.gotcha(34)
@pytest.mark.parametrize("syntax", ["jpeg", "jpeg2000-lossless"])
def test_edge_frames_that_are_cut_instead_of_padded_are_shown(
    syntax: str, tmp_path: Path
) -> None:
    photometric = {"jpeg": "RGB", "jpeg2000-lossless": "YBR_RCT"}[syntax]
    truth = described("a", levels=1, syntax=syntax, photometric=photometric)
    (path,) = write(tmp_path, truth)
    dataset = dcmread(path)
    del dataset.PixelData
    write_instance(path, dataset, cropped_frames(truth, syntax))
    with opened(tmp_path) as [slide]:
        difference = shown(slide, 0) - expected_level(truth, 0).astype(int)
        assert np.abs(difference).max() <= (3 if syntax == "jpeg" else 0)


@pytest.mark.gotcha(34)
@pytest.mark.parametrize("planes", [1, 2])
@pytest.mark.parametrize("photometric", ["RGB", "MONOCHROME2"])
def test_uncompressed_edge_frames_that_are_cut_are_shown(
    photometric: str, planes: int, tmp_path: Path
) -> None:
    truth = described(
        "a",
        levels=1,
        photometric=photometric,
        focal_planes=planes,
        bits=8 if photometric == "RGB" else 16,
    )
    (path,) = write(tmp_path, truth)
    wholes = [expected_level(truth, 0, plane) for plane in range(planes)]
    dataset = dcmread(path)
    del dataset.PixelData
    frames = [
        whole[y : y + 256, x : x + 256].tobytes()
        for whole in wholes
        for y in range(0, 700, 256)
        for x in range(0, 1000, 256)
    ]
    write_instance(path, dataset, frames)
    with opened(tmp_path) as [slide]:
        for plane, whole in enumerate(wholes):
            for row in range(3):
                for column in range(4):
                    key = TileKey(slide.serial, 0, column, row, plane)
                    samples = slide.read_samples(key)
                    assert samples is not EMPTY
                    found = samples[..., 2::-1] if samples.ndim == 3 else samples
                    top, left = row * 256, column * 256
                    place = np.s_[top : top + 256, left : left + 256]
                    np.testing.assert_array_equal(found, whole[place])
        frame = slide.read_frame(TileKey(slide.serial, 0, 3, 2))
        assert frame is not EMPTY
        assert said(slide, "frame-count") == [
            "a-level0.dcm: the frames of the last column and row are cut to the total "
            "pixel matrix, expected all of 256 x 256 pixels."
        ]


def test_a_frame_of_no_bytes_is_an_absent_tile(tmp_path: Path) -> None:
    truth = described("a", levels=1, syntax="jpeg2000-lossless")
    (path,) = write(tmp_path, truth)
    dataset = dcmread(path)
    del dataset.PixelData
    tiles = expected_level(truth, 0)
    frames = [
        encode_frame(
            np.pad(
                tiles[y : y + 256, x : x + 256],
                (
                    (0, max(0, y + 256 - 700)),
                    (0, max(0, x + 256 - 1000)),
                    (0, 0),
                ),
            ),
            "jpeg2000-lossless",
            "YBR_RCT",
        )
        for y in range(0, 700, 256)
        for x in range(0, 1000, 256)
    ]
    frames[5] = b""
    write_instance(path, dataset, frames)
    with opened(tmp_path) as [slide]:
        assert slide.read_samples(TileKey(slide.serial, 0, 1, 1)) is EMPTY
        tiles[256:512, 256:512] = 255
        np.testing.assert_array_equal(shown(slide, 0), tiles)


# ---- which picture is the slide ----


def as_overview(dataset: Dataset) -> None:
    dataset.ImageType[2] = "OVERVIEW"


def test_levels_that_are_all_called_overview_are_levels(tmp_path: Path) -> None:
    truth = described("a", as_overview, size=(2000, 1400), levels=4)
    write(tmp_path, truth)
    with opened(tmp_path) as [slide]:
        assert sizes(slide) == [(2000, 1400), (1000, 700), (500, 350), (250, 175)]
        for level, number in enumerate(stored_levels(slide)):
            np.testing.assert_array_equal(
                shown(slide, number), expected_level(truth, level)
            )
        assert said(slide, "no-volume") == [
            "a-level0.dcm: the series has no VOLUME image; its largest image "
            "(OVERVIEW, 2000 x 1400 pixels) stands in."
        ]


def test_of_two_overviews_the_one_of_many_frames_is_the_slide(tmp_path: Path) -> None:
    truth = described("a", levels=1, overview=True)
    files = write(tmp_path, truth)
    edit(files[0], as_overview)
    with opened(tmp_path) as [slide]:
        assert sizes(slide) == [(1000, 700)]
        assert list(slide.associated) == ["overview"]
        assert slide.associated["overview"].size == (300, 110)
        assert "no-volume" in codes(slide)


@pytest.mark.gotcha(74)
@pytest.mark.parametrize(
    ("orientation", "is_mirrored"),
    [
        ([0, -1, 0, -1, 0, 0], False),
        ([0, 1, 0, 1, 0, 0], False),
        ([1, 0, 0, 0, -1, 0], False),
        ([1, 0, 0, 0, 1, 0], True),
        ([0, 1, 0, -1, 0, 0], True),
    ],
)
def test_a_mirrored_orientation_is_told_a_turned_one_is_placed(
    orientation: list[int], is_mirrored: bool, tmp_path: Path
) -> None:
    truth = described("a", setting(ImageOrientationSlide=orientation), levels=1)
    write(tmp_path, truth)
    with opened(tmp_path) as [slide]:
        shown_as = ", ".join(map(str, orientation))
        assert said(slide, "orientation") == (
            [
                f"a-level0.dcm: by Image Orientation (Slide) {shown_as} the picture is "
                "a mirror image of the slide; it is shown as stored."
            ]
            if is_mirrored
            else []
        )
        placement = slide.placement
        assert placement is not None
        # The center of the pixel 10 columns and 4 rows from the first, at 0.5 um.
        x, y = placement.to_slide(10.5, 4.5)
        assert x == pytest.approx(20 + 0.005 * orientation[0] + 0.002 * orientation[3])
        assert y == pytest.approx(40 + 0.005 * orientation[1] + 0.002 * orientation[4])
        np.testing.assert_array_equal(shown(slide, 0), expected_level(truth, 0))


@pytest.mark.gotcha(74)
def test_a_level_turned_against_the_base_is_told(tmp_path: Path) -> None:
    files = write(tmp_path, described("a", levels=2))
    edit(files[1], setting(ImageOrientationSlide=[0, 1, 0, 1, 0, 0]))
    with opened(tmp_path) as [slide]:
        assert said(slide, "orientation") == [
            "a-level1.dcm: Image Orientation (Slide) is 0, 1, 0, 1, 0, 0, expected "
            "that of a-level0.dcm (0, -1, 0, -1, 0, 0); shown as stored."
        ]


# ---- conversions with the same UIDs ----


def test_two_conversions_with_the_same_uids_are_two_slides(tmp_path: Path) -> None:
    one = described("s", texture=waves, levels=2, label=True)
    two = replace(one, texture=ripples)
    write(tmp_path / "first", one)
    write(tmp_path / "second", two)
    with opened(tmp_path / "first", tmp_path / "second") as slides:
        assert [each.name for each in slides] == ["C (first)", "C (second)"]
        for slide, truth in zip(slides, (one, two), strict=True):
            for level in range(2):
                np.testing.assert_array_equal(
                    shown(slide, level), expected_level(truth, level)
                )
            assert list(slide.associated) == ["label"]
            (sentence, *_) = said(slide, "duplicate-uid")
            assert "first and second are shown as two slides" in sentence


def test_a_copy_of_the_second_conversion_is_no_third_slide(tmp_path: Path) -> None:
    one = described("s", texture=waves, levels=2)
    write(tmp_path / "first", one)
    write(tmp_path / "second", replace(one, texture=ripples))
    write(tmp_path / "third", replace(one, texture=ripples))
    found = open_slides([tmp_path])
    for slide in found.slides:
        slide.close()
    assert [each.name for each in found.slides] == ["C (first)", "C (second)"]
    second = tmp_path / "second" / "s-level0.dcm"
    reasons = {each.path: each.reason for each in found.ignored}
    assert reasons[tmp_path / "third" / "s-level0.dcm"] == f"a copy of {second}"


def test_the_same_bytes_in_another_folder_are_a_copy(tmp_path: Path) -> None:
    truth = described("s", levels=2)
    write(tmp_path / "first", truth)
    write(tmp_path / "second", truth)
    found = open_slides([tmp_path])
    for slide in found.slides:
        slide.close()
    assert len(found.slides) == 1
    assert {each.reason.split(" of ")[0] for each in found.ignored} == {"a copy"}


def test_computed_levels_of_every_path_have_its_own_absent_color(
    tmp_path: Path,
) -> None:
    def black(dataset: Dataset) -> None:
        light = dataset.OpticalPathSequence[0].IlluminationTypeCodeSequence[0]
        light.CodeValue = "111743"
        dataset.OpticalPathSequence[0].IlluminationColorCodeSequence = []

    holes = frozenset({(0, 0), (1, 0), (0, 1), (1, 1)})
    how: dict[str, Any] = {
        "layout": "TILED_SPARSE", "levels": 1, "size": (2000, 1500), "holes": holes,
    }  # fmt: skip
    write(tmp_path, described("a", path_of("1"), **how))
    write(tmp_path, described("b", path_of("2"), black, **how))
    with opened(tmp_path) as [slide]:
        for path, each in enumerate(slide.optical_paths):
            samples = slide.read_samples(
                TileKey(slide.serial, 1, 0, 0, 0, path), ColorReading.AS_ENCODED
            )
            assert samples is EMPTY or (samples[0, 0, 2::-1] == each.absent).all()
