"""DICOM files that are no slides: refused by name, their attributes still shown."""

from collections.abc import Callable
from pathlib import Path

import pytest
from pydicom import Dataset, dcmread
from pydicom.uid import UID, generate_uid

from tests.gotchas.one_slide import is_whole, one, refusal, written
from viewer.formats import open_slides, read_metadata
from viewer.slide.geometry import Spacing

CLASSES = "1.2.840.10008.5.1.4.1.1."
WIDE = "300 x 200 pixels, 6 frames"


def of_class(uid: str, modality: str) -> Callable[[Dataset], None]:
    def mutate(dataset: Dataset) -> None:
        dataset.SOPClassUID = uid
        dataset.file_meta.MediaStorageSOPClassUID = UID(uid)
        dataset.Modality = modality

    return mutate


@pytest.mark.gotcha(47)
@pytest.mark.parametrize(
    ("uid", "modality", "words"),
    [
        ("2", "CT", "CT Image Storage"),
        ("6.1", "US", "Ultrasound Image Storage"),
        ("66.4", "SEG", "Segmentation Storage"),
        ("66.7", "SEG", "Label Map Segmentation Storage"),
        ("66.8", "SEG", "Height Map Segmentation Storage"),
        ("91.1", "ANN", "Microscopy Bulk Simple Annotations Storage"),
        ("88.33", "SR", "Comprehensive SR Storage"),
        ("11.1", "PR", "Grayscale Softcopy Presentation State Storage"),
        ("30", "SM", "Parametric Map Storage"),
        ("104.1", "DOC", "Encapsulated PDF Storage"),
        ("77.1.2", "SM", "VL Microscopic Image Storage"),
        ("77.1.3", "SM", "VL Slide-Coordinates Microscopic Image Storage"),
    ],
)
def test_what_is_no_slide_is_refused_by_class_modality_and_size(
    tmp_path: Path, uid: str, modality: str, words: str
) -> None:
    path = written(tmp_path, of_class(CLASSES + uid, modality))
    assert refusal(path) == (
        f"{path.name} is not a whole-slide image but: {words} (modality {modality}, "
        f"{WIDE})."
    )
    shown = {each.keyword: each.value for each in read_metadata(path).children()}
    assert shown["Modality"].startswith(modality)
    assert CLASSES + uid in shown["SOPClassUID"]


def test_an_unknown_class_is_shown_as_it_is(tmp_path: Path) -> None:
    path = written(tmp_path, of_class("1.2.3.4.5", "XX"))
    assert refusal(path) == (
        f"{path.name} is not a whole-slide image but: an object of the unknown class "
        f"1.2.3.4.5 (modality XX, {WIDE})."
    )


@pytest.mark.parametrize("micrometers", [0.01, 0.04])
def test_confocal_pixels_may_be_smaller_than_those_of_scans(
    tmp_path: Path, micrometers: float
) -> None:
    step = micrometers / 1000
    more = {"spacing": (step, step), "objective_power": None}
    confocal = of_class(f"{CLASSES}77.1.9", "SM")
    with one(written(tmp_path / "confocal", confocal, **more)) as slide:
        assert slide.levels[0].spacing == Spacing(step, step)
    with one(written(tmp_path / "scan", **more)) as slide:
        assert slide.levels[0].spacing is None


@pytest.mark.parametrize("uid", ["77.1.6", "77.1.8", "77.1.9"])
def test_the_tiled_kinds_of_microscopy_open(tmp_path: Path, uid: str) -> None:
    with one(written(tmp_path, of_class(CLASSES + uid, "SM"))) as slide:
        assert list(slide.warnings) == []
        assert is_whole(slide)


def _in_its_series(dataset: Dataset, slide: Dataset) -> None:
    dataset.SeriesInstanceUID = slide.SeriesInstanceUID


def _refers_to_it(dataset: Dataset, slide: Dataset) -> None:
    series, instance = Dataset(), Dataset()
    instance.ReferencedSOPInstanceUID = slide.SOPInstanceUID
    series.ReferencedInstanceSequence = [instance]
    dataset.ReferencedSeriesSequence = [series]


def _reports_on_it(dataset: Dataset, slide: Dataset) -> None:
    study, series, instance = Dataset(), Dataset(), Dataset()
    instance.ReferencedSOPInstanceUID = slide.SOPInstanceUID
    series.ReferencedSOPSequence = [instance]
    study.ReferencedSeriesSequence = [series]
    dataset.CurrentRequestedProcedureEvidenceSequence = [study]


def _lies_where_it_lies(dataset: Dataset, slide: Dataset) -> None:
    dataset.StudyInstanceUID = slide.StudyInstanceUID
    dataset.FrameOfReferenceUID = slide.FrameOfReferenceUID


@pytest.mark.gotcha(47)
@pytest.mark.parametrize(
    "link", [_in_its_series, _refers_to_it, _reports_on_it, _lies_where_it_lies]
)
def test_what_was_made_from_a_slide_is_left_out_beside_it(
    tmp_path: Path, link: Callable[[Dataset, Dataset], None]
) -> None:
    written(tmp_path, name="other", study_uid=generate_uid())
    path = written(tmp_path, name="mine")
    slide = dcmread(path)

    def mutate(dataset: Dataset) -> None:
        of_class(f"{CLASSES}66.4", "SEG")(dataset)
        link(dataset, slide)

    derived = written(tmp_path, mutate, name="derived")
    opened = open_slides([tmp_path])
    names = [each.name for each in opened.slides]
    for each in opened.slides:
        each.close()
    assert names == ["mine", "other"]
    (left_out,) = opened.ignored
    assert left_out.path == derived
    assert left_out.reason == (
        f"{derived.name} is not a whole-slide image but: Segmentation Storage "
        f"(modality SEG, {WIDE}). It belongs to the slide of {path.name}."
    )


def test_one_slide_is_listed_with_what_was_made_from_it_alone(tmp_path: Path) -> None:
    path = written(tmp_path, name="mine")

    def mutate(dataset: Dataset) -> None:
        of_class(f"{CLASSES}66.4", "SEG")(dataset)
        _refers_to_it(dataset, dcmread(path))

    derived = written(tmp_path, mutate, name="derived")
    written(tmp_path, of_class(f"{CLASSES}2", "CT"), name="stranger")
    opened = open_slides([path])
    for each in opened.slides:
        each.close()
    assert [each.path for each in opened.ignored] == [derived]
