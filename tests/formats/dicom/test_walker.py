"""One walk over the top-level elements."""

from pathlib import Path
from struct import pack

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydicom.dataset import Dataset
from pydicom.filebase import DicomBytesIO
from pydicom.filewriter import write_dataset

from tests.formats.dicom.raw_files import (
    BIG_ENDIAN,
    DELIMITER,
    EXPLICIT,
    IMPLICIT,
    ITEM_END,
    UNDEFINED,
    element,
    item,
)
from viewer.formats.dicom import element_headers, walker
from viewer.formats.dicom.element_headers import Element
from viewer.formats.dicom.walker import PER_FRAME, walk
from viewer.formats.files import BytesFile


def walked(data: bytes, encoding: str = EXPLICIT) -> list[Element]:
    file = BytesFile(Path("x.dcm"), data)
    return list(
        walk(file, 0, implicit=encoding == IMPLICIT, big_endian=encoding == BIG_ENDIAN)
    )


def tags(data: bytes, encoding: str = EXPLICIT) -> list[int]:
    return [each.tag for each in walked(data, encoding)]


def undefined(tag: int, vr: bytes, content: bytes, encoding: str = EXPLICIT) -> bytes:
    return element(tag, vr, content, length=UNDEFINED, encoding=encoding) + DELIMITER


def undefined_item(content: bytes) -> bytes:
    return item(content, length=UNDEFINED) + ITEM_END


BEHIND = element(0x7FE00008, b"OB", b"..")

plain = st.fixed_dictionaries(
    {
        "PatientID": st.text("ABC 123", max_size=20),
        "Rows": st.integers(0, 65535),
        "ICCProfile": st.binary(max_size=40).map(lambda data: data + data),
        "ColumnPositionInTotalImagePixelMatrix": st.integers(-(2**31), 2**31 - 1),
    }
)
nested = st.recursive(
    plain, lambda inner: st.lists(inner, max_size=3).map(lambda items: {"of": items})
)


def dataset_of(values: dict, undefined_lengths: bool) -> Dataset:
    dataset = Dataset()
    for keyword, value in values.items():
        if keyword == "of":
            dataset.SharedFunctionalGroupsSequence = [
                dataset_of(each, undefined_lengths) for each in value
            ]
            sequence = dataset["SharedFunctionalGroupsSequence"]
            sequence.is_undefined_length = undefined_lengths
            for each in sequence.value:
                each.is_undefined_length_sequence_item = undefined_lengths
        else:
            setattr(dataset, keyword, value)
    return dataset


@settings(deadline=None)
@given(
    contents=st.lists(nested, min_size=1, max_size=5),
    undefined_lengths=st.booleans(),
    encoding=st.sampled_from([EXPLICIT, IMPLICIT, BIG_ENDIAN]),
)
def test_walk_finds_the_elements_that_pydicom_wrote(
    contents: list[dict], undefined_lengths: bool, encoding: str
) -> None:
    expected: list[tuple[int, int]] = []
    data = b""
    for number, values in enumerate(contents):
        dataset = Dataset()
        dataset.add_new(
            (0x0009 + 2 * number, 0x1001),
            "SQ",
            [dataset_of(values, undefined_lengths)],
        )
        sequence = dataset[0x0009 + 2 * number, 0x1001]
        sequence.is_undefined_length = undefined_lengths
        buffer = DicomBytesIO()
        buffer.is_implicit_VR = encoding == IMPLICIT
        buffer.is_little_endian = encoding != BIG_ENDIAN
        write_dataset(buffer, dataset)
        expected.append(((0x0009 + 2 * number) << 16 | 0x1001, len(data)))
        data += buffer.getvalue()
    found = [(each.tag, each.start) for each in walked(data, encoding)]
    assert found == expected


def test_an_element_is_where_its_value_is() -> None:
    data = element(0x00080060, b"CS", b"SM") + element(0x00282000, b"OB", b"profile ")
    modality, profile = walked(data)
    assert modality == Element(0x00080060, "CS", 8, 2, 0)
    assert profile == Element(0x00282000, "OB", 22, 8, 10)


@pytest.mark.parametrize("encoding", [EXPLICIT, IMPLICIT, BIG_ENDIAN])
def test_every_encoding_is_walked(encoding: str) -> None:
    data = b"".join(
        element(tag, vr, b"ab", encoding=encoding)
        for tag, vr in [(0x00080060, b"CS"), (0x00282000, b"OB"), (0x00480006, b"SL")]
    )
    assert tags(data, encoding) == [0x00080060, 0x00282000, 0x00480006]


def test_nested_pixel_data_is_not_the_slides() -> None:
    icon = undefined(0x7FE00010, b"OB", item(b"") + item(b"nested"))
    private = undefined(0x7FDF1001, b"SQ", item(icon) + undefined_item(icon))
    own = element(0x7FE00010, b"OB", item(b"") + item(b"own"), length=UNDEFINED)
    found = walked(private + own)
    assert [each.tag for each in found] == [0x7FDF1001, 0x7FE00010]
    assert found[1].start == len(private)


def test_pixel_data_of_undefined_length_ends_the_walk() -> None:
    data = element(0x7FE00010, b"OB", item(b""), length=UNDEFINED) + DELIMITER
    assert tags(data + element(0xFFFCFFFC, b"OB", b"..")) == [0x7FE00010]


def test_elements_behind_pixel_data_of_known_length_are_found() -> None:
    data = element(0x7FE00010, b"OB", b"pixels") + element(0xFFFCFFFC, b"OB", b"..")
    assert tags(data) == [0x7FE00010, 0xFFFCFFFC]


def test_unknown_vr_of_undefined_length_holds_implicit_vr() -> None:
    inner = element(0x00081111, b"", b"implicit", encoding=IMPLICIT)
    private = undefined(0x00091001, b"UN", undefined_item(inner))
    assert tags(private + BEHIND) == [0x00091001, 0x7FE00008]


def test_delimiters_of_items_and_sequences_may_be_mixed_up() -> None:
    inner = item(element(0x00080060, b"CS", b"SM"), length=UNDEFINED) + DELIMITER
    swapped = element(0x00091001, b"SQ", inner, length=UNDEFINED) + ITEM_END
    assert tags(swapped + BEHIND) == [0x00091001, 0x7FE00008]


def test_a_delimiter_with_a_length_has_none() -> None:
    sequence = element(0x00091001, b"SQ", item(b""), length=UNDEFINED)
    delimiter = b"\xfe\xff\xdd\xe0" + pack("<I", UNDEFINED)
    assert tags(sequence + delimiter + BEHIND) == [0x00091001, 0x7FE00008]


def test_delimiter_bytes_inside_a_value_do_no_harm() -> None:
    inner = item(element(0x00091002, b"OB", DELIMITER + ITEM_END))
    sequence = undefined(0x00091001, b"SQ", inner)
    assert tags(sequence + BEHIND) == [0x00091001, 0x7FE00008]


@pytest.mark.parametrize(
    ("rest", "found"),
    [
        (b"", []),
        (b"\x08\x00\x60", []),
        (b"\0" * 64, []),
        (DELIMITER, []),
        (b"\x28\x00\x00\x20OB\0\0\x05", []),  # ends inside a header
    ],
)
def test_what_is_no_element_ends_the_walk(rest: bytes, found: list[int]) -> None:
    first = element(0x00080060, b"CS", b"SM")
    assert tags(first + rest) == [0x00080060, *found]


def test_a_length_beyond_the_end_is_reported_and_ends_the_walk() -> None:
    data = element(0x00282000, b"OB", b"cut", length=UNDEFINED - 1)
    (cut,) = walked(data)
    assert cut.length == UNDEFINED - 1


def test_a_sequence_without_its_delimiter_ends_the_walk() -> None:
    data = element(0x00091001, b"SQ", item(b"content"), length=UNDEFINED)
    assert tags(data) == [0x00091001]


def test_a_stray_implicit_element_is_stepped_over() -> None:
    stray = element(0x00091001, b"", b"\x01\x02\x03\x04", encoding=IMPLICIT)
    assert tags(stray + BEHIND) == [0x00091001, 0x7FE00008]


def test_deep_nesting_is_walked_without_recursion() -> None:
    sequence = b""
    for _ in range(300):
        sequence = undefined(0x00091001, b"SQ", undefined_item(sequence))
    assert tags(sequence + BEHIND) == [0x00091001, 0x7FE00008]


def test_endless_nesting_ends_the_walk() -> None:
    opening = element(0x00091001, b"SQ", b"", length=UNDEFINED)
    opening += item(b"", length=UNDEFINED)
    assert tags(opening * 100_000) == [0x00091001]


def test_endless_elements_end_the_walk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(walker, "MOST_ELEMENTS", 50)
    assert len(tags(element(0x00091001, b"OB", b"") * 1000)) == 50


def test_endless_items_end_the_walk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(element_headers, "MOST_NESTED", 50)
    data = undefined(0x00091001, b"SQ", item(b"") * 1000)
    assert tags(data + BEHIND) == [0x00091001]


def test_items_of_frames_are_not_stepped_over_header_by_header(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(element_headers, "MOST_NESTED", 50)
    frames = undefined_item(element(0x00480106, b"SH", b"1 ")) * 1000
    data = undefined(PER_FRAME, b"SQ", frames)
    assert tags(data + BEHIND) == [PER_FRAME, 0x7FE00008]


@settings(deadline=None)
@given(
    odd=st.sampled_from(
        [
            item(element(0x00480106, b"SH", b"1 "), length=UNDEFINED) + DELIMITER,
            item(b""),
            undefined_item(element(0x00091001, b"OB", ITEM_END + DELIMITER)),
            undefined_item(element(0x00091001, b"OB", DELIMITER)),
            undefined_item(undefined(0x00091001, b"SQ", undefined_item(b""))),
            undefined_item(element(0x00091001, b"OB", item(b"", length=UNDEFINED))),
        ]
    ),
    before=st.integers(0, 600),
    behind=st.integers(0, 600),
)
def test_an_odd_item_among_those_of_frames_does_no_harm(
    odd: bytes, before: int, behind: int
) -> None:
    plain_item = undefined_item(element(0x00480106, b"SH", b"1 "))
    frames = plain_item * before + odd + plain_item * behind
    data = undefined(PER_FRAME, b"SQ", frames)
    found = walked(data + BEHIND)
    assert [each.tag for each in found] == [PER_FRAME, 0x7FE00008]
    assert found[1].start == len(data)


def test_values_are_not_read() -> None:
    class Counting(BytesFile):
        read_bytes = 0

        def read_some(self, offset: int, length: int) -> bytes:
            self.read_bytes += length
            return super().read_some(offset, length)

    values = [element(0x00091000 + each, b"OB", bytes(1 << 20)) for each in range(8)]
    file = Counting(Path("x.dcm"), b"".join(values))
    found = list(walk(file, 0, implicit=False, big_endian=False))
    assert len(found) == 8
    assert file.read_bytes < 4096


@settings(deadline=None)
@given(data=st.binary(max_size=400), encoding=st.sampled_from([EXPLICIT, IMPLICIT]))
def test_no_bytes_make_it_raise_or_go_back(data: bytes, encoding: str) -> None:
    found = walked(data, encoding)
    places = [each.start for each in found]
    assert places == sorted(set(places))
