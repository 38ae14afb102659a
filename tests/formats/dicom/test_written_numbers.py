"""Whole numbers out of values that are not as they should be."""

import warnings

from hypothesis import given
from hypothesis import strategies as st
from pydicom import Dataset
from pydicom.dataelem import RawDataElement
from pydicom.tag import Tag

from viewer.formats.dicom.facts import text
from viewer.formats.dicom.written_numbers import NEEDED, set_right

VRS = st.sampled_from(
    ["US", "UL", "SS", "IS", "DS", "LO", "FD", "UN", "OB", "SQ", "PN"]
)


@given(st.sampled_from(NEEDED), VRS, st.binary(max_size=12), st.booleans())
def test_whatever_is_there_a_number_or_nothing_remains(
    keyword: str, vr: str, value: bytes, little: bool
) -> None:
    dataset = Dataset()
    tag = Tag(keyword)
    dataset[tag] = RawDataElement(
        tag, vr, len(value), value, 0, is_implicit_VR=False, is_little_endian=little
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # pydicom's, of values
        clauses = set_right(dataset)
        found = text(dataset, keyword)
    assert found == "" or found.removeprefix("-").isdecimal()
    assert len(clauses) <= 1


@given(st.sampled_from(NEEDED), st.integers(0, 65535))
def test_numbers_as_they_should_be_are_left(keyword: str, number: int) -> None:
    dataset = Dataset()
    setattr(dataset, keyword, number)
    assert set_right(dataset) == []
    assert text(dataset, keyword) == str(number)
