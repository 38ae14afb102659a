"""Attributes that differ, of trees that pydicom wrote."""

from pathlib import Path

import pytest
from pydicom import Dataset, dcmread

from tests.qa.two_slides import write_svs
from tests.synthetic import write_slide
from viewer.formats import read_metadata
from viewer.qa.metadata import TagDifference, tag_differences
from viewer.slide.metadata import Attribute


@pytest.fixture
def original(tmp_path: Path) -> Path:
    return write_slide(tmp_path / "a", levels=1, label=False, overview=False)[0]


def changed(original: Path, **attributes: object) -> list[TagDifference]:
    """Set attributes of a copy, None to remove them, and compare."""
    dataset = dcmread(original)
    for keyword, value in attributes.items():
        if value is None:
            delattr(dataset, keyword)
        else:
            setattr(dataset, keyword, value)
    return with_copy(original, dataset)


def with_copy(original: Path, dataset: Dataset) -> list[TagDifference]:
    copy = original.with_name("copy.dcm")
    dataset.save_as(copy, enforce_file_format=True)
    return tag_differences(read_metadata(original), read_metadata(copy))


def test_a_file_does_not_differ_from_itself(original: Path) -> None:
    tree = read_metadata(original)
    assert tag_differences(tree, read_metadata(original)) == []


def test_what_only_one_side_has_is_told_with_the_side(original: Path) -> None:
    (lost,) = changed(original, Manufacturer=None)
    assert (lost.path, lost.tag, lost.b) == ("Manufacturer", "(0008,0070)", None)
    assert lost.a
    (added,) = changed(original, ImageComments="a word")
    assert (added.path, added.a, added.b) == ("ImageComments", None, "a word")


def test_a_changed_value_in_a_nested_item_is_found_by_its_path(original: Path) -> None:
    dataset = dcmread(original)
    dataset.OpticalPathSequence[0].ObjectiveLensPower = "40"
    (found,) = with_copy(original, dataset)
    assert found.path == "OpticalPathSequence[0].ObjectiveLensPower"
    assert (found.a, found.b) == ("20.0", "40")
    assert not found.expected


def test_an_item_more_is_one_difference_of_its_sequence(original: Path) -> None:
    dataset = dcmread(original)
    dataset.OpticalPathSequence.append(Dataset())
    (found,) = with_copy(original, dataset)
    assert found.path == "OpticalPathSequence"


def test_one_number_written_in_two_ways_is_the_same(original: Path) -> None:
    dataset = dcmread(original)
    measures = dataset.SharedFunctionalGroupsSequence[0].PixelMeasuresSequence[0]
    measures.PixelSpacing = ["5.0E-4", ".00050"]
    assert with_copy(original, dataset) == []


@pytest.mark.parametrize(
    ("keyword", "value"),
    [
        ("SOPInstanceUID", "1.2.3"),
        ("SeriesInstanceUID", "1.2.3"),
        ("ContentDate", "20200101"),
        ("InstanceNumber", "77"),
    ],
)
def test_what_every_conversion_makes_anew_is_expected(
    original: Path, keyword: str, value: str
) -> None:
    found = changed(original, **{keyword: value})
    assert keyword in {each.path for each in found}
    assert all(each.expected for each in found)


def test_what_a_person_is_called_is_private(original: Path) -> None:
    found = changed(
        original, PatientName="Doe^Jane", BarcodeValue="S26-1", OperatorsName="Roe^J"
    )
    assert len(found) == 3
    assert all(each.private for each in found)
    dataset = dcmread(original)
    dataset.private_block(0x0009, "SOMEBODY", create=True).add_new(1, "LO", "Doe")
    assert all(each.private for each in with_copy(original, dataset))


@pytest.mark.parametrize(
    "keyword",
    [
        "SeriesDescription",
        "ProtocolName",
        "PerformedProcedureStepDescription",
        "ClinicalTrialSubjectID",
        "RequestedProcedureDescription",
        "RequestingService",
        "AdmissionID",
        "CurrentPatientLocation",
    ],
)
def test_what_people_fill_in_about_a_case_is_private(
    original: Path, keyword: str
) -> None:
    (found,) = changed(original, **{keyword: "words"})
    assert found.private


def test_long_values_are_told_by_length_and_hash(original: Path) -> None:
    dataset = dcmread(original)
    dataset.ImageComments = "x" * 5000
    dataset.save_as(original)
    (found,) = changed(original, ImageComments="x" * 4999 + "y")
    assert found.a is not None
    assert found.b is not None
    assert found.a != found.b
    assert "5000 characters" in found.a
    assert len(found.a) < 200


def test_items_of_frames_are_not_walked(tmp_path: Path) -> None:
    files = [
        write_slide(
            tmp_path / name,
            levels=1,
            layout="TILED_SPARSE",
            shuffled=shuffled,
            label=False,
            overview=False,
        )[0]
        for name, shuffled in (("a", False), ("b", True))
    ]
    found = tag_differences(*(read_metadata(each) for each in files))
    assert not [each for each in found if "[" in each.path and not each.expected]
    assert not [each for each in found if each.path.startswith("PerFrame")]


def items(count: int) -> Attribute:
    """Return a sequence of many items, each of which fails when it is opened late."""

    def item(number: int) -> Attribute:
        assert number < 2000, "too many items are looked at"
        return Attribute("", "", f"Item {number + 1}", "", 0, "", lambda: ())

    class Items(list[Attribute]):
        def __len__(self) -> int:
            return count

        def __getitem__(self, number: int) -> Attribute:  # pyright: ignore[reportIncompatibleMethodOverride]
            return item(number)

    many = Attribute("(0048,0001)", "", "Many", "SQ", 1, "", Items)
    return Attribute("", "", "root", "", 0, "", lambda: [many])


def test_a_hundred_thousand_items_of_any_sequence_are_not_all_made() -> None:
    assert tag_differences(items(100_000), items(100_000)) == []


def test_tiff_tags_are_compared_directory_by_directory(tmp_path: Path) -> None:
    one = write_svs(tmp_path / "a.svs", [(1000, 700), (500, 350)], pictures=())
    other = write_svs(tmp_path / "b.svs", [(1000, 700), (500, 350)], tile=128)
    found = tag_differences(read_metadata(one), read_metadata(other))
    by_path = {each.path: each for each in found}
    assert (by_path["TIFF[0].TileWidth"].a, by_path["TIFF[0].TileWidth"].b) == (
        "256",
        "128",
    )
    assert by_path["TIFF[0].TileOffsets"].expected
    assert by_path["TIFF[2]"].a is None  # the pictures beside
