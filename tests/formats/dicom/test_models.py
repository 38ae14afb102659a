"""The DICOM JSON Model and the Native DICOM Model, against pydicom and plain values."""

import base64
import json
import struct
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from math import inf, nan
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydicom import Dataset, dcmread
from pydicom.errors import InvalidDicomError

from tests.formats.dicom.raw_files import (
    DELIMITER,
    ITEM_END,
    UNDEFINED,
    element,
    encapsulated,
    extended,
    item,
    items,
    start,
    text,
)
from tests.synthetic import write_slide
from viewer.formats.metadata import dicom_json, dicom_xml

SPACE = "{http://dicom.nema.org/PS3.19/models/NativeDICOM}"
LEFT_OUT = ("7FE00001", "7FE00002", "7FE00010")


def refused(constant: str) -> None:
    raise AssertionError(f"{constant} is no JSON")


def as_json(path: Path, notes: list[str] | None = None) -> dict[str, Any]:
    found = "".join(dicom_json(path, [] if notes is None else notes))
    assert found.isascii()
    (only,) = json.loads(found, parse_constant=refused)
    return only


def as_xml(path: Path) -> ET.Element:
    written = "".join(dicom_xml(path, []))
    assert written.isascii()
    return ET.fromstring(written)  # noqa: S314  our own


def at(path: Path, tag: str) -> ET.Element:
    return next(each for each in as_xml(path) if each.attrib["tag"] == tag)


def written(folder: Path, content: bytes) -> Path:
    path = folder / "x.dcm"
    path.write_bytes(content)
    return path


def truth(path: Path) -> dict[str, Any]:
    """Return pydicom's model, with what the standard asks for otherwise put right."""
    return _amended(dcmread(path).to_json_dict())


def _amended(model: dict[str, Any]) -> dict[str, Any]:
    amended: dict[str, Any] = {}
    for tag, attribute in model.items():
        if tag in LEFT_OUT or tag.endswith("0000"):
            continue
        values = attribute.get("Value")
        if values == []:  # F.2.5: an empty attribute has no Value
            amended[tag] = {"vr": attribute["vr"]}
        elif attribute["vr"] == "SQ" and values is not None:
            amended[tag] = {"vr": "SQ", "Value": [_amended(each) for each in values]}
        else:
            amended[tag] = attribute
    return amended


@pytest.mark.parametrize("encoding", ["explicit", "implicit", "big-endian", "deflated"])
def test_json_equals_pydicoms_in_every_encoding(tmp_path: Path, encoding: str) -> None:
    (path, *_) = write_slide(
        tmp_path, encoding=encoding, layout="TILED_SPARSE", levels=1, size=(300, 300)
    )
    assert as_json(path) == truth(path)


@pytest.mark.slides
def test_json_equals_pydicoms_for_every_real_file(slides_folder: Path) -> None:
    compared = 0
    for path in sorted(slides_folder.rglob("*")):
        if not path.is_file():
            continue
        try:
            model = truth(path)
        except InvalidDicomError:
            continue
        assert as_json(path) == model, path
        assert _from_xml(as_xml(path)) == _texts(model), path
        compared += 1
    assert compared > 40


def _texts(model: dict[str, Any]) -> dict[str, Any]:
    """Return what XML says of a JSON model: tags and numbers of values."""
    return {
        _blockless(tag, model): [_texts(each) for each in attribute.get("Value", ())]
        if attribute["vr"] == "SQ"
        else len(
            [each for each in attribute.get("Value", ()) if each not in (None, {})]
        )
        + ("InlineBinary" in attribute)
        for tag, attribute in model.items()
    }


def _blockless(tag: str, model: dict[str, Any]) -> str:
    creator = f"{tag[:4]}00{tag[4:6]}"
    is_private = int(tag[3], 16) % 2 and tag[4:6] != "00"
    return f"{tag[:4]}00{tag[6:]}" if is_private and creator in model else tag


def _from_xml(node: ET.Element) -> dict[str, Any]:
    return {
        each.attrib["tag"]: [_from_xml(one) for one in each]
        if each.attrib["vr"] == "SQ"
        else len(each)
        for each in node
    }


def numbers(tag: int, vr: bytes, code: str, *values: float) -> bytes:
    return element(tag, vr, struct.pack(f"<{len(values)}{code}", *values))


VALUES: list[tuple[bytes, dict[str, Any], list[str]]] = [
    (element(0x00100020, b"LO", b"a\\\\b "), {"Value": ["a", None, "b"]}, ["a", "b"]),
    (element(0x00100020, b"LO", b""), {}, []),
    (element(0x00280030, b"DS", b"1.50\\-2e3"), {"Value": [1.5, -2e3]},
     ["1.50", "-2e3"]),
    (element(0x00280030, b"DS", b"nan\\1_0 "), {"Value": ["nan", "1_0"]},
     ["nan", "1_0"]),
    (element(0x00280008, b"IS", b"+012"), {"Value": [12]}, ["+012"]),
    (element(0x00280008, b"IS", b"many"), {"Value": ["many"]}, ["many"]),
    (numbers(0x00480001, b"FL", "f", 0.5, nan, inf, -inf),
     {"Value": [0.5, "NaN", "Infinity", "-Infinity"]}, ["0.5", "nan", "inf", "-inf"]),
    (numbers(0x00189073, b"FD", "d", 0.1), {"Value": [0.1]}, ["0.1"]),
    (numbers(0x00209165, b"AT", "H", 0x48, 0x21E), {"Value": ["0048021E"]},
     ["0048021E"]),
    (numbers(0x00280010, b"US", "H", 7, 65535), {"Value": [7, 65535]},
     ["7", "65535"]),
    (numbers(0x0048021E, b"SL", "i", -7), {"Value": [-7]}, ["-7"]),
    (element(0x00420011, b"OB", b"\0\1\2\3"), {"InlineBinary": "AAECAw=="},
     ["AAECAw=="]),
    (element(0x00204000, b"LT", b"one\\two\r\n<&>"), {"Value": ["one\\two\r\n<&>"]},
     ["one\\two\r\n<&>"]),
]  # fmt: skip


@pytest.mark.parametrize(("attribute", "model", "texts"), VALUES)
def test_each_kind_of_value_is_written_as_the_standard_says(
    tmp_path: Path, attribute: bytes, model: dict[str, Any], texts: list[str]
) -> None:
    path = written(tmp_path, start() + attribute)
    group, number = struct.unpack_from("<HH", attribute)
    tag = f"{group:04X}{number:04X}"
    found = as_json(path)[tag]
    assert {name: value for name, value in found.items() if name != "vr"} == model
    assert [each.text for each in at(path, tag)] == texts


def test_numbers_that_json_readers_would_round_are_strings(tmp_path: Path) -> None:
    long = b"UV" + bytes(2) + struct.pack("<IQQ", 16, 2**53 - 1, 2**64 - 1)
    path = written(tmp_path, start() + struct.pack("<HH", 0x0008, 0x040C) + long)
    assert as_json(path)["0008040C"] == {
        "vr": "UV",
        "Value": [2**53 - 1, str(2**64 - 1)],
    }


def test_names_have_component_groups(tmp_path: Path) -> None:
    name = "Yamada^Tarou=山田^太郎=やまだ^たろう\\^Only".encode()
    content = element(0x00080005, b"CS", text("ISO_IR 192"))
    content += element(0x00100010, b"PN", name + b" " * (len(name) % 2))
    path = written(tmp_path, start() + content)
    assert as_json(path)["00100010"]["Value"] == [
        {
            "Alphabetic": "Yamada^Tarou",
            "Ideographic": "山田^太郎",
            "Phonetic": "やまだ^たろう",
        },
        {"Alphabetic": "^Only"},
    ]
    first, second = at(path, "00100010")
    assert first.attrib == {"number": "1"}
    assert [
        (group.tag.removeprefix(SPACE), [part.text for part in group])
        for group in first
    ] == [
        ("Alphabetic", ["Yamada", "Tarou"]),
        ("Ideographic", ["山田", "太郎"]),
        ("Phonetic", ["やまだ", "たろう"]),
    ]
    assert [part.tag for part in second[0]] == [f"{SPACE}GivenName"]


def test_xml_names_tag_keyword_vr_and_private_creator(tmp_path: Path) -> None:
    private = element(0x00310011, b"LO", b'A"&B') + element(0x00311108, b"LO", b"x ")
    sequence = element(0x00081032, b"SQ", item(b"") + item(private))
    root = as_xml(written(tmp_path, start() + sequence + private))
    assert root.tag == f"{SPACE}NativeDicomModel"
    attributes = {each.attrib["tag"]: each for each in root}
    assert attributes["00081032"].attrib == {
        "tag": "00081032", "vr": "SQ", "keyword": "ProcedureCodeSequence",
    }  # fmt: skip
    assert [each.attrib for each in attributes["00081032"]] == [
        {"number": "1"}, {"number": "2"},
    ]  # fmt: skip
    assert attributes["00310008"].attrib == {
        "tag": "00310008", "vr": "LO", "privateCreator": 'A"&B',
    }  # fmt: skip
    assert attributes["00310011"].attrib == {"tag": "00310011", "vr": "LO"}


def test_pixels_and_their_tables_are_left_out_and_what_follows_is_there(
    tmp_path: Path,
) -> None:
    frames = items([b"12345678"])
    nested = item(element(0x7FE00010, b"OB", frames + DELIMITER, length=UNDEFINED))
    before = element(0x00880200, b"SQ", nested) + extended([0], [8])
    padding = element(0xFFFCFFFC, b"OB", b"pads")
    content = encapsulated(b"", frames + DELIMITER + padding, before=before)
    path = written(tmp_path, content)
    model = as_json(path)
    assert list(model) == ["00080060", "00280008", "00880200", "FFFCFFFC"]
    assert model["00880200"] == {"vr": "SQ", "Value": [{}]}
    assert model["FFFCFFFC"]["InlineBinary"] == base64.b64encode(b"pads").decode()
    assert [each.attrib["tag"] for each in as_xml(path)] == list(model)


def test_what_is_too_long_or_damaged_is_left_out_with_a_note(tmp_path: Path) -> None:
    long = element(0x00420011, b"OB", bytes((4 << 20) + 2))
    cut = element(0x00420012, b"LO", b"text", length=50)
    notes: list[str] = []
    model = as_json(written(tmp_path, start() + long + cut), notes)
    assert model["00420011"] == {"vr": "OB"}
    assert model["00420012"] == {"vr": "LO"}
    assert notes == [
        "the value of (0042,0011) is left out: 4194306 bytes, more than 4194304",
        "the value of (0042,0012) is left out: cut off, 4 of 50 bytes are there",
    ]


@pytest.mark.parametrize("write", [dicom_json, dicom_xml])
def test_a_sequence_that_is_cut_off_is_there_in_part_with_a_note(
    tmp_path: Path, write: Callable[[Path, list[str]], Iterator[str]]
) -> None:
    inside = item(element(0x00400551, b"LO", b"S1"))
    cut = element(0x00400560, b"SQ", inside, length=len(inside) + 30)
    notes: list[str] = []
    assert "S1" in "".join(write(written(tmp_path, start() + cut), notes))
    assert notes == [
        "the value of (0040,0560) is there in part only:"
        " cut off, 18 of 48 bytes are there"
    ]


def test_attributes_are_sorted_and_each_there_once(tmp_path: Path) -> None:
    content = element(0x00100020, b"LO", b"B ") + element(0x00081090, b"LO", b"A ")
    content += element(0x00100020, b"LO", b"C ") + element(0x00100000, b"UL", bytes(4))
    model = as_json(written(tmp_path, start() + content))
    assert list(model) == ["00080060", "00081090", "00100020", "00280008"]
    assert model["00100020"]["Value"] == ["C"]


def test_a_file_of_meta_information_alone_is_an_empty_model(tmp_path: Path) -> None:
    path = written(tmp_path, start()[: 128 + 4 + 8 + 22])
    assert as_json(path) == {}
    assert len(as_xml(path)) == 0


@settings(max_examples=60, deadline=None)
@given(data=st.binary(max_size=80), vr=st.sampled_from([b"LO", b"UT", b"PN", b"CS"]))
def test_any_bytes_make_sound_json_and_xml(
    tmp_path_factory: pytest.TempPathFactory, data: bytes, vr: bytes
) -> None:
    data += b" " * (len(data) % 2)
    content = element(0x00080005, b"CS", text("ISO_IR 192"))
    sequence = element(
        0x00081032,
        b"SQ",
        item(element(0x00100020, vr, data) + ITEM_END, length=UNDEFINED),
    )
    path = tmp_path_factory.getbasetemp() / "any.dcm"
    path.write_bytes(start() + content + sequence)
    assert list(as_json(path)["00081032"]["Value"][0]) == ["00100020"]
    assert at(path, "00081032")[0][0].attrib["tag"] == "00100020"


def test_pydicom_reads_the_json_back(tmp_path: Path) -> None:
    (path, *_) = write_slide(tmp_path, levels=1, size=(300, 300))
    original = dcmread(path)
    again = Dataset.from_json(as_json(path))
    for keyword in ("PatientName", "OpticalPathSequence", "ImageOrientationSlide"):
        assert again[keyword] == original[keyword]
