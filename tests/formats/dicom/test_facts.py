"""Attributes as pydicom reads them, whatever bytes a file holds for them."""

from math import isfinite
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pydicom.dataelem import RawDataElement
from pydicom.dataset import Dataset
from pydicom.tag import Tag

from tests.synthetic import write_slide
from viewer import open_slide
from viewer.formats.dicom.facts import (
    floats,
    items,
    number,
    text,
    texts,
    value_of,
    written,
)

KEYWORD = "PixelSpacing"
VRS = (
    "AE AS AT CS DA DS DT FD FL IS LO LT OB OD OF OL OV OW PN SH SL SQ SS ST SV TM UC "
    "UI UL UN UR US UT UV"
)


def with_bytes(vr: str, data: bytes) -> Dataset:
    """Return a data set whose Pixel Spacing is of any VR and not looked at yet."""
    dataset = Dataset()
    tag = Tag(KEYWORD)
    raw = RawDataElement(
        tag, vr, len(data), data, 0, is_implicit_VR=False, is_little_endian=True
    )
    dataset._dict[tag] = raw
    return dataset


@pytest.mark.filterwarnings("ignore")  # as the program runs
@given(
    st.sampled_from(VRS.split()),
    st.one_of(st.binary(max_size=40), st.from_regex(rb"[-+0-9.eE\\ ]{0,40}")),
)
@example("IS", b"9" * 400)
@example("IS", b"1\\" + b"9" * 5000)
@example("DS", b"1e999\\nan")
def test_no_bytes_raise_anything(vr: str, data: bytes) -> None:
    answers = (text, floats, items, value_of)
    for answer in answers:
        answer(with_bytes(vr, data), KEYWORD)
    number(with_bytes(vr, data), KEYWORD, 1)


def test_bytes_are_no_numbers() -> None:
    assert floats(with_bytes("OB", b"\1\2"), KEYWORD) == []


def test_numbers_are_read_from_text() -> None:
    assert floats(with_bytes("IS", b"2\\3"), KEYWORD) == [2.0, 3.0]
    assert floats(with_bytes("DS", b"0.25"), KEYWORD) == [0.25]


def test_what_is_absent_is_empty() -> None:
    dataset = Dataset()
    assert text(dataset, KEYWORD) == ""
    assert floats(dataset, KEYWORD) == []
    assert items(dataset, "OpticalPathSequence") == []
    assert number(dataset, "BitsStored", 8) == 8


def test_text_is_stripped_of_padding() -> None:
    assert text(with_bytes("LO", b" 0.25 \0"), KEYWORD) == "0.25"


@pytest.mark.filterwarnings("ignore")  # as the program runs
@pytest.mark.parametrize("written", ["nan", "1e999"])
def test_an_endless_lens_or_step_is_not_believed(written: str, tmp_path: Path) -> None:
    def bend(dataset: Dataset) -> None:
        dataset.OpticalPathSequence[0].ObjectiveLensPower = written
        groups = dataset.SharedFunctionalGroupsSequence[0]
        groups.PixelMeasuresSequence[0].SpacingBetweenSlices = written

    write_slide(tmp_path, levels=1, focal_planes=2, mutate=bend)
    slide = open_slide(tmp_path)
    assert slide.optical_paths[0].objective_power is None
    assert len(slide.focal_planes) == 2
    assert all(map(isfinite, slide.focal_planes))
    slide.close()


def test_several_values_are_shown_as_in_the_file() -> None:
    assert text(with_bytes("SH", b"A\\B "), KEYWORD) == "A\\B"


@pytest.mark.filterwarnings("ignore")  # as the program runs
def test_a_sequence_is_no_text_whatever_its_items_hold() -> None:
    broken = with_bytes("US", b"\0")
    with pytest.raises(Exception, match="length"):  # what pydicom does of it
        str(broken)
    dataset = Dataset()
    dataset.OpticalPathSequence = [broken]
    assert texts(dataset, "OpticalPathSequence") == []
    assert text(dataset, "OpticalPathSequence") == ""
    assert written(dataset, "OpticalPathSequence") == ""
    assert number(dataset, "OpticalPathSequence", 8) == 8
    assert floats(dataset, "OpticalPathSequence") == []
    assert items(dataset, "OpticalPathSequence") == [broken]
