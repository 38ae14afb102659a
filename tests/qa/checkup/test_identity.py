"""Rules about what images are and what holds them together."""

from pathlib import Path

import pytest
from pydicom import Dataset

from tests.qa.checkup.clean import BASE, LEVEL_1, at, deleting, setting, write_clean
from tests.qa.checkup.looking import faults, findings_in, found
from tests.synthetic_headers import code, item_of
from viewer.qa.finding import Severity


def typed(*values: str) -> dict[str, object]:
    def change(dataset: Dataset) -> None:
        dataset.ImageType = list(values)

    return {"mutate": at(LEVEL_1, change)}


@pytest.mark.parametrize(
    ("values", "said"),
    [
        (("DERIVED", "PRIMARY", "VOLUME"), "expected four values"),
        (("DERIVED", "SECONDARY", "VOLUME", "RESAMPLED"), "PRIMARY, and one of"),
        (("DERIVED", "PRIMARY", "VOLUME", "OTHER"), "value 4 of Image Type is OTHER"),
        (("ORIGINAL", "PRIMARY", "VOLUME", "RESAMPLED"), "expected DERIVED"),
        (("DERIVED", "PRIMARY", "VOLUME", "NONE"), "but Frame Type"),
    ],
)
def test_an_image_type_that_is_not_right_is_told(
    values: tuple[str, ...], said: str, tmp_path: Path
) -> None:
    (finding,) = faults("ID1", tmp_path, **typed(*values))
    assert said in finding.message
    assert (finding.level, finding.tag) == (1, "ImageType")


@pytest.mark.parametrize(
    ("keyword", "value", "place"),
    [
        ("PatientID", "somebody else", LEVEL_1),
        ("FrameOfReferenceUID", "1.2.3", LEVEL_1),
        ("PyramidUID", "1.2.3", "THUMBNAIL"),
    ],
)
def test_what_differs_between_images_is_told_without_quoting_it(
    keyword: str, value: str, place: str | tuple[int, int], tmp_path: Path
) -> None:
    change = at(place, setting(**{keyword: value}))
    found = faults("ID3", tmp_path, mutate=change)
    assert len(found) == 1
    if keyword == "PatientID":
        assert value not in f"{found[0].message} {found[0].found} {found[0].expected}"


def test_label_and_overview_may_have_a_frame_of_reference_of_their_own(
    tmp_path: Path,
) -> None:
    def own(dataset: Dataset) -> None:
        if dataset.ImageType[2] in ("LABEL", "OVERVIEW"):
            dataset.FrameOfReferenceUID = "1.2.3"

    assert faults("ID3", tmp_path, mutate=own) == []


def test_levels_without_a_pyramid_uid_are_a_note(tmp_path: Path) -> None:
    def without(dataset: Dataset) -> None:
        if "PyramidUID" in dataset:
            del dataset.PyramidUID

    (note,) = found("ID3", tmp_path, mutate=without)
    assert (note.severity, note.tag) == (Severity.NOTE, "PyramidUID")


@pytest.mark.filterwarnings("ignore:Invalid value for VR UI")
def test_a_uid_with_leading_zeros_is_told(tmp_path: Path) -> None:
    path = write_clean(tmp_path)[0]
    data = path.read_bytes()
    at_ = data.index(b"\x20\x00\x52\x00UI") + 8  # Frame of Reference UID
    path.write_bytes(data[:at_] + b"1.02" + data[at_ + 4 :])
    assert any("no valid UID" in each.message for each in findings_in(tmp_path, "ID3"))


def test_one_uid_for_two_things_is_told(tmp_path: Path) -> None:
    def shared(dataset: Dataset) -> None:
        if dataset.ImageType[2] in ("VOLUME", "THUMBNAIL"):
            dataset.FrameOfReferenceUID = dataset.SeriesInstanceUID

    findings = faults("ID3", tmp_path, mutate=shared)
    assert {each.tag for each in findings} == {"FrameOfReferenceUID"}
    assert "is the same as Series Instance UID" in findings[0].message


def test_the_label_may_have_empty_texts_but_has_both(tmp_path: Path) -> None:
    assert found("ID6", tmp_path / "empty") == []
    (note,) = found("ID6", tmp_path / "a", mutate=at(BASE, setting(LabelText="S26")))
    assert note.tag == "BarcodeValue"


def test_who_converted_the_slide_is_a_note(tmp_path: Path) -> None:
    equipment = item_of(
        Manufacturer="Somebody",
        ManufacturerModelName="converter",
        SoftwareVersions="3.1",
        PurposeOfReferenceCodeSequence=[code("109103", "DCM", "Modifying Equipment")],
    )
    change = setting(ContributingEquipmentSequence=[equipment])
    (note,) = found("ID7", tmp_path, mutate=change)
    assert note.found == "Somebody, converter, 3.1"


def test_optical_paths_of_one_name_are_told(tmp_path: Path) -> None:
    def twice(dataset: Dataset) -> None:
        dataset.OpticalPathSequence.append(dataset.OpticalPathSequence[0])
        dataset.NumberOfOpticalPaths = 2

    found = faults("ID2", tmp_path, mutate=at(LEVEL_1, twice))
    assert any("2 optical paths are called '0'" in each.message for each in found)


def test_a_count_of_optical_paths_that_is_wrong_is_told(tmp_path: Path) -> None:
    change = at(LEVEL_1, setting(NumberOfOpticalPaths=2))
    (finding,) = faults("ID2", tmp_path, mutate=change)
    assert (finding.found, finding.expected) == ("2", "1")


def test_codes_that_are_retired_are_one_note(tmp_path: Path) -> None:
    def retired(dataset: Dataset) -> None:
        path = dataset.OpticalPathSequence[0]
        path.IlluminationColorCodeSequence = [code("R-102C0", "SRT", "Full Spectrum")]

    (note,) = found("ID2", tmp_path, mutate=retired)
    assert note.severity is Severity.NOTE
    assert "and 5 other files" in note.message


def test_nothing_is_missing_where_the_label_was_left_out_on_purpose(
    tmp_path: Path,
) -> None:
    (note,) = found("ID5", tmp_path, label=False)
    assert note.message.endswith("has no label.")
    assert note.severity is Severity.NOTE


def test_type_two_attributes_may_be_empty_but_not_missing(tmp_path: Path) -> None:
    assert faults("ID4", tmp_path / "a", mutate=setting(AccessionNumber="")) == []
    missing = faults("ID4", tmp_path / "b", mutate=deleting("AccessionNumber"))
    assert [each.expected for each in missing] == ["the attribute, if empty"]
