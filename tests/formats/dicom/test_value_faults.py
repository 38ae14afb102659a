"""Values that are not what their VR asks for, and those that are."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydicom.valuerep import validate_value

from tests.synthetic import write_slide
from viewer.formats.dicom.value_faults import value_fault
from viewer.formats.dicom.values import ASCII
from viewer.formats.dicom.written_values import WrittenValue, written_values

TAGS = {
    "AS": 0x00101010,
    "CS": 0x00080060,
    "DA": 0x00080020,
    "DS": 0x00180050,
    "DT": 0x0008002A,
    "IS": 0x00200013,
    "LO": 0x00080070,
    "PN": 0x00100010,
    "SH": 0x00080050,
    "TM": 0x00080030,
    "UI": 0x00080018,
}


def value(vr: str, text: str, encodings: tuple[str, ...] = ASCII) -> WrittenValue:
    data = text.encode(encodings[0], "surrogateescape")
    data += b" " * (len(data) % 2)
    return WrittenValue("It", TAGS[vr], vr, data, len(data), encodings)


@pytest.mark.parametrize(
    ("vr", "text"),
    [
        ("AS", "042Y"),
        ("CS", "SLIDE_CORNER"),
        ("DA", "20240229"),
        ("DS", "4.99E-4"),
        ("DS", " -.5 "),
        ("DT", "20240102030405.123456+0100"),
        ("IS", "-12"),
        ("LO", "a" * 64),
        ("PN", "Made^Up=" + "b" * 64),
        ("TM", "030405.5"),
        ("TM", "03"),
        ("UI", "1.2.0.3"),
        ("DA", ""),
    ],
)
def test_what_is_well_formed_has_no_fault(vr: str, text: str) -> None:
    assert value_fault(value(vr, text)) == ("", "")


@pytest.mark.parametrize(
    ("vr", "text", "said"),
    [
        ("AS", "77Y", "form of AS"),
        ("CS", "small", "form of CS"),
        ("CS", "A" * 17, "17 signs"),
        ("DA", "20230229", "form of DA"),
        ("DA", "2024.01.02", "10 signs"),
        ("DS", "0.00049900000000001", "19 signs"),
        ("DS", "four", "form of DS"),
        ("DS", "nan", "form of DS"),
        ("IS", "1.5", "form of IS"),
        ("LO", "a" * 65, "65 signs"),
        ("PN", "c" * 65, "65 signs"),
        ("TM", "03:04:05", "form of TM"),
        ("UI", "1.02.3", "form of UI"),
        ("UI", "1." * 33 + "1", "67 signs"),
        ("CS", "SM\\MR", "2 values"),
    ],
)
def test_what_is_wrong_is_said_without_the_value(vr: str, text: str, said: str) -> None:
    fault, expected = value_fault(value(vr, text))
    assert said in fault
    assert text not in fault + expected


def test_signs_that_no_character_set_declares_are_a_fault() -> None:
    data = "Müller^Jörg ".encode()
    undeclared = WrittenValue("PatientName", 0x00100010, "PN", data, len(data), ASCII)
    assert "not declared" in value_fault(undeclared)[0]
    assert value_fault(undeclared._replace(encodings=("utf-8",))) == ("", "")


def test_numbers_of_a_broken_length_are_a_fault() -> None:
    rows = WrittenValue("Rows", 0x00280010, "US", b"\0\1\0", 3, ASCII)
    assert value_fault(rows)[0] == "has 3 bytes"


@given(
    st.sampled_from(["AS", "DA", "DS", "DT", "IS", "TM"]),
    st.text("0123456789.+-EY ", max_size=20),
)
def test_what_pydicom_refuses_has_a_fault(vr: str, text: str) -> None:
    text = text.strip(" ")
    if vr in ("DS", "IS") and not text.strip(".+-E "):
        return
    try:
        validate_value(vr, text, 2)  # 2 raises
    except ValueError:
        assert value_fault(value(vr, text)) != ("", "")


def test_the_attributes_of_a_slide_come_with_their_paths(tmp_path: Path) -> None:
    path = write_slide(tmp_path, layout="TILED_SPARSE", icc_profile=b"x" * 200)[0]
    found = {each.path: each for each in written_values(path)}
    assert found["StudyDate"].data == b"20240102"
    assert found["OpticalPathSequence[0].ICCProfile"].length == 200
    assert not any(path.startswith("PerFrame") for path in found)
    assert "PixelData" not in found
    assert [value_fault(each)[0] for each in found.values() if each] == [""] * len(
        found
    )
