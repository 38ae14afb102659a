"""The table of required attributes, against that which highdicom carries."""

import json
from importlib.resources import files
from pathlib import Path

import pytest
from pydicom import Dataset

from tests.qa.checkup.clean import BASE, at, deleting, write_clean
from tests.qa.checkup.looking import findings_in
from viewer.formats.dicom.examination import examine
from viewer.qa.checkup.required import REQUIRED, Kind, Required, lacking

IOD = "vl-whole-slide-microscopy-image"
ELSEWHERE = frozenset(("ImageType",))  # what rules of their own look at
IN_SEQUENCES = {
    "TotalPixelMatrixOriginSequence",
    "DimensionOrganizationSequence",
    "SpecimenDescriptionSequence",
    "OpticalPathSequence",
}


@pytest.fixture(scope="module")
def standard() -> dict[tuple[str, str], str]:
    """Return type by sequence and keyword, of the modules that are mandatory."""
    folder = files("highdicom") / "_standard"
    modules = json.loads((folder / "iod_module_map.json").read_text())[IOD]
    attributes = json.loads((folder / "module_attribute_map.json").read_text())
    mandatory = [each["key"] for each in modules if each["usage"] == "M"]
    found: dict[tuple[str, str], str] = {}
    for key in mandatory:
        for each in attributes[key]:
            path = each["path"]
            within = path[0] if len(path) == 1 else ""
            if len(path) > 1 or (within and within not in IN_SEQUENCES):
                continue
            place = within, each["keyword"]
            # Modules may ask for more than the one before did.
            found[place] = min(found.get(place, each["type"]), each["type"])
    return found


def table() -> dict[tuple[str, str], Required]:
    return {(each.within, each.keyword): each for each in REQUIRED}


def test_what_is_required_without_condition_is_in_the_table(
    standard: dict[tuple[str, str], str],
) -> None:
    due = {place for place, kind in standard.items() if kind in ("1", "2")}
    missing = {place for place in due - table().keys() if place[1] not in ELSEWHERE}
    assert missing == set()


def test_the_table_asks_for_a_value_where_the_standard_does(
    standard: dict[tuple[str, str], str],
) -> None:
    for place, required in table().items():
        kind = standard.get(place, "1")  # Frame of Reference is conditional
        if place == ("", "PositionReferenceIndicator"):
            kind = "2"
        assert (required.kind is Kind.TYPE_1) == kind.startswith("1"), place


@pytest.mark.parametrize("syntax", ["uncompressed", "jpeg"])
def test_the_images_of_a_clean_slide_lack_nothing(syntax: str, tmp_path: Path) -> None:
    paths = write_clean(tmp_path, syntax=syntax)
    assert [list(lacking(examine(path))) for path in paths] == [[]] * len(paths)


def _without_frame_type(dataset: Dataset) -> None:
    groups = dataset.SharedFunctionalGroupsSequence[0]
    del groups.WholeSlideMicroscopyImageFrameTypeSequence


def _frame_type_by_frame(dataset: Dataset) -> None:
    shared = dataset.SharedFunctionalGroupsSequence[0]
    for each in dataset.PerFrameFunctionalGroupsSequence:
        each.WholeSlideMicroscopyImageFrameTypeSequence = (
            shared.WholeSlideMicroscopyImageFrameTypeSequence
        )
    _without_frame_type(dataset)


@pytest.mark.parametrize("layout", ["TILED_FULL", "TILED_SPARSE"])
def test_a_frame_type_is_required(layout: str, tmp_path: Path) -> None:
    write_clean(tmp_path, layout=layout, mutate=at(BASE, _without_frame_type))
    (finding,) = findings_in(tmp_path, "ID4")
    assert finding.tag == (
        "SharedFunctionalGroupsSequence[0].WholeSlideMicroscopyImageFrameTypeSequence"
    )


@pytest.mark.parametrize("encoding", ["explicit", "big-endian"])
def test_frames_may_have_types_of_their_own(encoding: str, tmp_path: Path) -> None:
    write_clean(
        tmp_path,
        layout="TILED_SPARSE",
        encoding=encoding,
        mutate=at(BASE, _frame_type_by_frame),
    )
    assert findings_in(tmp_path, "ID4") == []


def test_a_thumbnail_need_not_tell_the_imaged_volume(tmp_path: Path) -> None:
    edges = deleting("ImagedVolumeWidth", "ImagedVolumeHeight", "ImagedVolumeDepth")
    write_clean(tmp_path, mutate=at("THUMBNAIL", edges))
    assert findings_in(tmp_path, "ID4") == []
