"""What single instances say wrongly of their shape, samples, planes and paths."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from pydicom import Dataset, dcmread
from pydicom.uid import UID

from tests.gotchas.one_slide import SMALL, is_whole, one, refusal, told, written
from tests.synthetic import expected_level, write
from tests.synthetic_headers import item_of
from tests.synthetic_slide import SyntheticSlide
from viewer.slide.model import EMPTY, TileKey

_CONFOCAL = "1.2.840.10008.5.1.4.1.1.77.1."
_TILED = (
    "TotalPixelMatrixColumns",
    "TotalPixelMatrixRows",
    "TotalPixelMatrixFocalPlanes",
    "DimensionOrganizationType",
)


def confocal(folder: Path, kind: str) -> Path:
    """Write a confocal file of two frames that tells no total pixel matrix."""

    def mutate(dataset: Dataset) -> None:
        dataset.SOPClassUID = UID(_CONFOCAL + kind)
        for keyword in _TILED:
            del dataset[keyword]

    return written(folder, mutate, size=(256, 128))


def test_frames_of_a_confocal_image_that_is_not_tiled_are_its_planes(
    tmp_path: Path,
) -> None:
    truth = expected_level(SyntheticSlide(**{**SMALL, "size": (256, 128)}), 0)

    with one(confocal(tmp_path, "8")) as slide:
        assert slide.levels[0].size == (128, 128)
        assert len(slide.focal_planes) == 2
        (sentence,) = told(slide, "frame-count")
        for plane in range(2):
            samples = slide.read_samples(TileKey(slide.serial, 0, 0, 0, plane))
            assert samples is not EMPTY
            left = plane * 128
            np.testing.assert_array_equal(
                samples[..., 2::-1], truth[:, left : left + 128]
            )

    assert sentence.endswith("taken for 2 focal planes and 1 optical paths.")


def test_frames_of_a_tiled_confocal_image_need_a_matrix(tmp_path: Path) -> None:
    path = confocal(tmp_path, "9")

    assert refusal(path) == (
        f"{path.name}: TotalPixelMatrixColumns is missing, expected 1 to 2147483647."
    )


@pytest.mark.parametrize("syntax", ["uncompressed", "jpeg2000-lossless"])
def test_colors_are_never_below_zero(syntax: str, tmp_path: Path) -> None:
    def mutate(dataset: Dataset) -> None:
        dataset.PixelRepresentation = 1

    with one(written(tmp_path, mutate, syntax=syntax)) as slide:
        assert is_whole(slide)


def test_more_optical_paths_than_are_shown_are_told(tmp_path: Path) -> None:
    def mutate(dataset: Dataset) -> None:
        dataset.OpticalPathSequence = [
            item_of(OpticalPathIdentifier=str(number)) for number in range(1100)
        ]
        del dataset.SharedFunctionalGroupsSequence[0].OpticalPathIdentificationSequence

    with one(written(tmp_path, mutate)) as slide:
        assert told(slide, "optical-paths") == [
            "Optical Path Sequence has 1100 items, expected at most 1000; the others "
            "are not shown."
        ]


def test_a_level_of_one_row_is_no_level_of_a_slide_of_many(tmp_path: Path) -> None:
    files = write(
        tmp_path, SyntheticSlide(**{**SMALL, "levels": 2, "size": (150, 100)})
    )
    dataset = dcmread(files[1])
    dataset.TotalPixelMatrixRows = 1
    dataset.save_as(files[1])

    with one(files[0]) as slide:
        assert [level.size for level in slide.levels if level.stored] == [(150, 100)]
        (sentence,) = told(slide, "level-shape")

    assert "its shape (75 x 1 pixels) does not fit" in sentence


def test_a_full_slide_of_fewer_planes_than_it_says_has_those_that_are_there(
    tmp_path: Path,
) -> None:
    def mutate(dataset: Dataset) -> None:
        dataset.TotalPixelMatrixFocalPlanes = 2**32 - 1

    with one(written(tmp_path, mutate, focal_planes=2)) as slide:
        assert slide.focal_planes == (0.0, 1.5)
        assert is_whole(slide, focal_planes=2)
        (sentence,) = told(slide, "frame-count")

    assert sentence.endswith("taken for 2 focal planes and 1 optical paths.")


def test_a_level_without_container_is_of_the_slide_of_its_series(
    tmp_path: Path,
) -> None:
    files = write(tmp_path, SyntheticSlide(**{**SMALL, "levels": 2}))
    dataset = dcmread(files[1])
    del dataset.ContainerIdentifier
    dataset.save_as(files[1])

    with one(tmp_path) as slide:
        assert len([level for level in slide.levels if level.stored]) == 2
        assert told(slide, "missing") == [
            "Container Identifier is missing; taken for that of the other files of "
            "its series."
        ]


@pytest.mark.gotcha(59)
@pytest.mark.parametrize(
    ("spacing", "found"), [(None, "missing"), (["0", "0.001"], "0\\0.001")]
)
def test_a_level_without_spacing_is_told_and_follows_its_size(
    spacing: list[str] | None, found: str, tmp_path: Path
) -> None:
    files = write(tmp_path, SyntheticSlide(**{**SMALL, "levels": 2}))
    dataset = dcmread(files[1])
    measures = dataset.SharedFunctionalGroupsSequence[0].PixelMeasuresSequence[0]
    if spacing is None:
        del measures.PixelSpacing
    else:
        measures.PixelSpacing = spacing
    dataset.save_as(files[1])

    with one(tmp_path) as slide:
        assert told(slide, "spacing-ratio") == [
            f"Pixel Spacing is {found}, expected 1 um from the size of the level; the "
            "size is followed."
        ]


def test_planes_in_other_tiles_are_not_used_and_their_files_closed(
    tmp_path: Path,
) -> None:
    def at(height: float) -> Callable[[Dataset], None]:
        def mutate(dataset: Dataset) -> None:
            dataset.ContainerIdentifier = "C"
            dataset.FrameOfReferenceUID = "1.2.3.6"
            position = item_of(ZOffsetInSlideCoordinateSystem=str(height))
            shared = dataset.SharedFunctionalGroupsSequence[0]
            shared.PlanePositionSlideSequence = [position]

        return mutate

    for name, height, tile in (("a", 0, 128), ("b", 1.5, 64)):
        more = {"name": name, "tile": (tile, tile), "mutate": at(height)}
        uids = {"study_uid": "1.2", "series_uid": "1.2.3", "pyramid_uid": "1.2.4"}
        write(tmp_path, SyntheticSlide(**{**SMALL, **more, **uids}))

    with one(tmp_path) as slide:
        roles = {each.path.name: each for each in slide.files}
        assert roles["a-level0.dcm"].role == "level 0"
        assert roles["b-level0.dcm"].role == "not used"
        assert roles["b-level0.dcm"].reason == (
            "its tiles are not those of the other focal planes"
        )
        assert told(slide, "level-shape")

    open_files = Path("/proc/self/fd")
    if open_files.is_dir():
        held = [str(each.readlink()) for each in open_files.iterdir() if each.exists()]
        assert not [each for each in held if each.startswith(str(tmp_path))]


def test_the_last_levels_of_a_long_slide_are_levels(tmp_path: Path) -> None:
    """Each is halved and rounded down, to one pixel at least."""
    whole = SyntheticSlide(**{**SMALL, "levels": 8, "size": (1000, 10)})
    write(tmp_path, whole)

    with one(tmp_path) as slide:
        stored = [level.size for level in slide.levels if level.stored]

    assert stored == [whole.level_size(level) for level in range(8)]
