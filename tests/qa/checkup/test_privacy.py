"""Rules about what tells who the patient is: what they find and never quote."""

from pathlib import Path

import pytest
from pydicom import Dataset

from tests.qa.checkup.clean import BASE, at, setting, write_clean
from tests.qa.checkup.looking import faults, findings_in

ANONYMOUS = {"PatientIdentityRemoved": "YES", "DeidentificationMethod": "tests"}


def anonymous(**more: object) -> dict[str, object]:
    def change(dataset: Dataset) -> None:
        for keyword, value in {**ANONYMOUS, **more}.items():
            setattr(dataset, keyword, value)

    return {"mutate": change, "label": False, "overview": False}


def test_what_is_anonymous_and_has_no_label_is_right(tmp_path: Path) -> None:
    assert faults("PH1", tmp_path, **anonymous()) == []


def test_an_overview_that_shows_the_label_is_told(tmp_path: Path) -> None:
    found = faults("PH1", tmp_path, **{**anonymous(), "overview": True})
    assert ["the OVERVIEW image shows the label" in each.message for each in found] == [
        True
    ]


def test_a_barcode_that_stayed_is_told_and_not_quoted(tmp_path: Path) -> None:
    found = faults("PH1", tmp_path, levels=1, **anonymous(BarcodeValue="S26-0815"))
    assert {each.tag for each in found} == {"BarcodeValue"}
    assert not any("S26-0815" in f"{each.message} {each.found}" for each in found)


@pytest.mark.parametrize(
    ("text", "is_told"),
    [
        ("Scanner |AppMag = 20|User = somebody|MPP = 0.5", True),
        ("taken from /archive/patients/S26-0815.svs", True),
        ("taken from D:\\slides\\S26-0815.svs", True),
        ("\\\\server\\slides\\S26-0815.svs", True),
        ("H/E, 3 um/section, see https://example.org/stain.html", False),
        ("Scanner |AppMag = 20|MPP = 0.5", False),
        ("", False),
    ],
)
def test_file_names_and_users_in_comments_are_told_and_not_quoted(
    text: str, is_told: bool, tmp_path: Path
) -> None:
    change = at(BASE, setting(ImageComments=text))
    found = faults("PH2", tmp_path, mutate=change)
    assert [each.tag for each in found] == ["ImageComments"] * is_told
    assert not any("S26-0815" in each.message for each in found)


def test_private_attributes_are_looked_at_too(tmp_path: Path) -> None:
    def private(dataset: Dataset) -> None:
        block = dataset.private_block(0x0009, "Some converter", create=True)
        block.add_new(0x01, "UT", "/archive/patients/S26-0815.svs")

    (finding,) = faults("PH2", tmp_path, mutate=private)
    assert finding.tag == "(0009,1001)"
    assert "and 5 other files" in finding.message


def test_bytes_that_are_no_text_hold_no_path(tmp_path: Path) -> None:
    def private(dataset: Dataset) -> None:
        block = dataset.private_block(0x0009, "Some scanner", create=True)
        block.add_new(0x01, "UN", b"\x01\x02C:\\\xff\xfe")
        block.add_new(0x02, "UN", b"C:\\slides\\1.svs ")

    (finding,) = faults("PH2", tmp_path, mutate=private)
    assert finding.tag == "(0009,1002)"


def test_no_finding_calls_a_slide_by_its_container_identifier(tmp_path: Path) -> None:
    """It may be a patient's number; findings name files."""
    write_clean(tmp_path / "in", name="4711", label=False, overview=False)
    for number, path in enumerate(sorted((tmp_path / "in").iterdir())):
        path.rename(tmp_path / f"im{number}.dcm")
    (tmp_path / "in").rmdir()
    (finding,) = findings_in(tmp_path, "ID5")
    assert finding.message == "im0.dcm has no label and no overview."


def test_names_where_they_belong_are_no_fault(tmp_path: Path) -> None:
    assert faults("PH2", tmp_path, mutate=setting(PatientName="Made^Up")) == []


@pytest.mark.parametrize("role", [BASE, "THUMBNAIL"])
def test_what_cannot_show_the_label_must_not_say_that_it_does(
    role: str | tuple[int, int], tmp_path: Path
) -> None:
    change = at(role, setting(SpecimenLabelInImage="YES"))
    (finding,) = faults("PH3", tmp_path, mutate=change)
    assert (finding.found, finding.expected) == ("YES", "NO")
