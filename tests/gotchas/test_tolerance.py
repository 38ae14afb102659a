"""Attributes that are missing or not as they should be: shown, with a sentence."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from struct import pack
from typing import Any

import pytest
from pydicom import Dataset, dcmread

from tests.formats.dicom.raw_files import element
from tests.gotchas.one_slide import (
    codes,
    is_whole,
    one,
    replaced,
    told,
    without,
    written,
)
from tests.synthetic import write
from tests.synthetic_slide import SyntheticSlide

JPEG: dict[str, Any] = {
    "syntax": "jpeg",
    "size": (256, 256),
}  # flat tiles, so hardly any loss


def with_values(**values: object) -> Callable[[Dataset], None]:
    def mutate(dataset: Dataset) -> None:
        for keyword, value in values.items():
            setattr(dataset, keyword, value)

    return mutate


@pytest.mark.gotcha(86, 94)
def test_a_slide_without_optical_paths_is_shown(tmp_path: Path) -> None:
    with one(written(tmp_path, without("OpticalPathSequence"))) as slide:
        assert told(slide, "missing") == [
            "Optical Path Sequence is missing; one optical path is assumed."
        ]
        assert is_whole(slide)
        assert len(slide.optical_paths) == 1


@pytest.mark.gotcha(73)
@pytest.mark.parametrize("items", [None, []])
def test_a_slide_without_origin_is_shown(
    tmp_path: Path, items: list[Dataset] | None
) -> None:
    mutate = without("TotalPixelMatrixOriginSequence")
    if items is not None:
        mutate = with_values(TotalPixelMatrixOriginSequence=items)
    with one(written(tmp_path, mutate)) as slide:
        assert told(slide, "missing") == [
            "Total Pixel Matrix Origin is missing; where the scan lies on the slide is "
            "unknown."
        ]
        assert is_whole(slide)
        assert slide.placement is None


@pytest.mark.gotcha(86)
def test_a_slide_without_frame_of_reference_is_shown(tmp_path: Path) -> None:
    with one(written(tmp_path, without("FrameOfReferenceUID"))) as slide:
        assert told(slide, "missing") == ["Frame of Reference UID is missing."]
        assert is_whole(slide)


@pytest.mark.gotcha(93)
def test_a_full_tiling_needs_no_dimension_indices(tmp_path: Path) -> None:
    mutate = without("DimensionOrganizationSequence")
    with one(written(tmp_path, mutate)) as slide:
        assert codes(slide) == set()
        assert is_whole(slide)


@pytest.mark.gotcha(56)
def test_only_value_3_of_image_type_decides(tmp_path: Path) -> None:
    kind = ["ORIGINAL", "PRIMARY", "VOLUME", "RESAMPLED"]
    with one(written(tmp_path, with_values(ImageType=kind))) as slide:
        assert codes(slide) == set()
        assert is_whole(slide)


EXPECTED_VOLUME = "; expected VOLUME as value 3, for which it is taken."


@pytest.mark.gotcha(57, 94)
@pytest.mark.parametrize(
    ("kind", "shown"),
    [
        (["ORIGINAL", "PRIMARY", "VOLUM", "NONE"], r"ORIGINAL\PRIMARY\VOLUM\NONE"),
        (["ORIGINAL", "PRIMARY", "volume", "NONE"], r"ORIGINAL\PRIMARY\volume\NONE"),
        (["DERIVED", "VOLUME", "RESAMPLED"], r"DERIVED\VOLUME\RESAMPLED"),
        (["ORIGINAL", "PRIMARY", "NONE", "VOLUME"], r"ORIGINAL\PRIMARY\NONE\VOLUME"),
        (["ORIGINAL", "PRIMARY"], r"ORIGINAL\PRIMARY"),
        ([], "missing"),
    ],
)
@pytest.mark.filterwarnings("ignore:Invalid value for VR CS")
def test_a_misspelt_image_type_is_understood(
    tmp_path: Path, kind: list[str], shown: str
) -> None:
    with one(written(tmp_path, with_values(ImageType=kind))) as slide:
        assert told(slide, "image-type") == [f"Image Type is {shown}{EXPECTED_VOLUME}"]
        assert is_whole(slide)


@pytest.mark.gotcha(57)
def test_without_any_image_type_it_is_taken_for_a_volume(tmp_path: Path) -> None:
    def mutate(dataset: Dataset) -> None:
        del dataset.ImageType
        groups = dataset.SharedFunctionalGroupsSequence[0]
        del groups.WholeSlideMicroscopyImageFrameTypeSequence

    with one(written(tmp_path, mutate)) as slide:
        assert told(slide, "image-type") == [
            "Image Type is missing, expected four values of which the third names the "
            "role; taken for a VOLUME image."
        ]
        assert is_whole(slide)


def test_spaces_around_values_of_image_type_mean_nothing(tmp_path: Path) -> None:
    path = written(tmp_path)
    kind = rb"ORIGINAL\PRIMARY\VOLUME\NONE"
    spaced = element(0x00080008, b"CS", rb"ORIGINAL \ PRIMARY\ VOLUME \NONE ")
    replaced(path, element(0x00080008, b"CS", kind), spaced)
    with one(path) as slide:
        assert codes(slide) == set()
        assert is_whole(slide)


ROWS = element(0x00280010, b"US", pack("<H", 128))


@pytest.mark.gotcha(83, 85)
@pytest.mark.parametrize(
    ("written_as", "shown"),
    [
        (element(0x00280010, b"US", pack("<I", 128)), "[128, 0]"),
        (element(0x00280010, b"UL", pack("<H", 128)), "80 00 (UL of 2 bytes)"),
        (element(0x00280010, b"DS", b"128.0 "), "128.0"),
        (element(0x00280010, b"LO", b"128\\128 "), "128\\128"),
    ],
)
def test_a_number_written_otherwise_is_understood(
    tmp_path: Path, written_as: bytes, shown: str
) -> None:
    with one(replaced(written(tmp_path), ROWS, written_as)) as slide:
        assert told(slide, "metadata") == [f"Rows is {shown}, taken for 128."]
        assert is_whole(slide)


@pytest.mark.gotcha(83)
@pytest.mark.parametrize(
    "written_as",
    [
        element(0x00280010, b"IS", b"128 "),
        element(0x00280010, b"UN", pack("<H", 128)),
        element(0x00280010, b"SS", pack("<H", 128)),
        element(0x00280010, b"LO", b"  128 "),
    ],
)
def test_another_vr_of_the_same_number_means_the_same(
    tmp_path: Path, written_as: bytes
) -> None:
    with one(replaced(written(tmp_path), ROWS, written_as)) as slide:
        assert codes(slide) == set()
        assert is_whole(slide)


@pytest.mark.gotcha(83)
def test_attributes_twice_and_out_of_order_are_read(tmp_path: Path) -> None:
    path = replaced(written(tmp_path), ROWS, b"")
    columns = element(0x00280011, b"US", pack("<H", 128))
    with one(replaced(path, columns, columns + ROWS + columns)) as slide:
        assert is_whole(slide)


@pytest.mark.gotcha(85)
@pytest.mark.filterwarnings("ignore:The value length:UserWarning")
@pytest.mark.filterwarnings("ignore:Invalid value for VR CS:UserWarning")
def test_a_value_that_no_library_takes_harms_nothing(tmp_path: Path) -> None:
    def mutate(dataset: Dataset) -> None:
        issuer = Dataset()
        issuer.UniversalEntityID = "urn:x"
        issuer.add_new(0x00400033, "CS", "URI and more than sixteen characters")
        dataset.IssuerOfTheContainerIdentifierSequence = [issuer]
        dataset.ContainerIdentifier = "c" * 5000

    path = written(tmp_path, mutate)
    with one(path) as slide:
        assert slide.name == "c" * 5000
        assert is_whole(slide)
        names = [each.keyword for each in slide.metadata(path).children()]
        assert "IssuerOfTheContainerIdentifierSequence" in names


@pytest.mark.gotcha(58, 59)
def test_a_thumbnail_needs_no_spacing_and_is_no_level(tmp_path: Path) -> None:
    def mutate(dataset: Dataset) -> None:
        if dataset.ImageType[2] != "VOLUME":
            del dataset.SharedFunctionalGroupsSequence[0].PixelMeasuresSequence

    written(tmp_path, mutate, thumbnail=True, label=True, overview=True)
    with one(tmp_path) as slide:
        assert codes(slide) == set()
        assert set(slide.associated) == {"label", "overview", "thumbnail"}
        assert len([each for each in slide.levels if each.stored]) == 1
        assert is_whole(slide)


@pytest.mark.gotcha(95)
def test_a_frame_that_fails_is_told_by_name(tmp_path: Path) -> None:
    path = written(tmp_path, syntax="jpeg", size=(128, 128))
    content = path.read_bytes()
    at = content.index(b"\xff\xd8\xff")
    path.write_bytes(content[:at] + bytes(8) + content[at + 8 :])
    with one(path) as slide:
        with pytest.raises(Exception, match=rf"^{path.name}: frame 1: "):
            is_whole(slide, syntax="jpeg", size=(128, 128))
        assert codes(slide) == {"broken-frame"}


@pytest.mark.gotcha(96)
def test_a_slide_without_profile_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from viewer.app import main

    assert main(["info", str(written(tmp_path))]) == 0
    assert "no ICC profile" in capsys.readouterr().out.splitlines()[0]


@pytest.mark.gotcha(83)
def test_odd_lengths_and_padded_uids_do_no_harm(tmp_path: Path) -> None:
    files = write(tmp_path, SyntheticSlide(size=(256, 256), tile=(128, 128), levels=2))
    series = dcmread(files[0]).SeriesInstanceUID.encode()
    for path, pad in zip(files[:2], (b"\0\0", b"  "), strict=True):
        kept = element(0x0020000E, b"UI", series + b"\0" * (len(series) % 2))
        odd = element(0x0020000D, b"UI", b"1.2.3" + pad + pad[:1])
        replaced(path, kept, element(0x0020000E, b"UI", series + pad))
        content = path.read_bytes()
        at = content.index(b"\x20\0\x0d\0UI")
        end = at + 8 + int.from_bytes(content[at + 6 : at + 8], "little")
        path.write_bytes(content[:at] + odd[:-1] + pad[:1] + content[end:])
    with one(files[0]) as slide:
        assert [each.size.width for each in slide.levels if each.stored] == [256, 128]


@pytest.mark.gotcha(86)
def test_files_without_series_are_held_together_by_their_folder(
    tmp_path: Path,
) -> None:
    gone = without("SeriesInstanceUID")
    description = SyntheticSlide(
        size=(256, 256), tile=(128, 128), levels=2, label=False, overview=False
    )
    files = write(tmp_path, replace(description, mutate=gone))
    with one(files[1]) as slide:
        assert len([each for each in slide.levels if each.stored]) == 2
        assert told(slide, "missing") == [
            "Series Instance UID is missing; the folder holds the files together."
        ]


@pytest.mark.gotcha(64)
def test_each_level_may_have_a_frame_of_reference_of_its_own(tmp_path: Path) -> None:
    other = "1.2.3.4"

    def mutate(dataset: Dataset) -> None:
        if dataset.TotalPixelMatrixColumns == 128:
            dataset.FrameOfReferenceUID = other

    path = written(tmp_path, mutate, size=(256, 256), levels=2)
    with one(path) as slide:
        own = dcmread(path).FrameOfReferenceUID
        assert told(slide, "frame-of-reference") == [
            f"the Frame of Reference UID is {other}, expected that of {path.name} "
            f"({own})."
        ]
        assert len([each for each in slide.levels if each.stored]) == 2
        assert is_whole(slide, size=(256, 256), levels=2)
