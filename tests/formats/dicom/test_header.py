"""The attributes of one file, read without its frames."""

import zlib
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydicom import dcmread
from pydicom.errors import InvalidDicomError

from tests.formats.dicom.raw_files import (
    BIG_ENDIAN,
    EXPLICIT,
    IMPLICIT,
    ITEM_END,
    JPEG,
    UNDEFINED,
    element,
    encapsulated,
    item,
    start,
)
from tests.synthetic import write_slide
from viewer.formats.dicom import deflated, header
from viewer.formats.dicom.header import Header, is_dicom, open_body, read_header
from viewer.formats.files import RandomAccessFile
from viewer.slide.errors import BrokenFile, SlideError, UnsupportedFile


def read(folder: Path, content: bytes) -> Header:
    path = folder / "x.dcm"
    path.write_bytes(content)
    return read_path(path)


def read_path(path: Path) -> Header:
    file = RandomAccessFile(path)
    try:
        return read_header(file)
    finally:
        file.close()


def meta(syntax: str) -> bytes:
    return element(0x00020010, b"UI", (syntax + "\0" * (len(syntax) % 2)).encode())


def told(header: Header, code: str = "metadata") -> tuple[str, ...]:
    return tuple(each.message for each in header.warnings if each.code == code)


NOISE = Random(1)  # noqa: S311  noise, not secrecy
MODALITY = element(0x00080060, b"CS", b"SM")
SYNTAXES = {
    "explicit": EXPLICIT,
    "implicit": IMPLICIT,
    "big-endian": BIG_ENDIAN,
    "deflated": "1.2.840.10008.1.2.1.99",
}


@pytest.mark.parametrize("encoding", SYNTAXES)
def test_attributes_equal_pydicoms_in_every_encoding(
    tmp_path: Path, encoding: str
) -> None:
    (path, *_) = write_slide(
        tmp_path, encoding=encoding, layout="TILED_SPARSE", levels=1, size=(300, 300)
    )
    found, truth = read_path(path), dcmread(path)
    assert found.transfer_syntax == SYNTAXES[encoding]
    assert found.dataset.file_meta == truth.file_meta
    assert found.deflated == (encoding == "deflated")
    left_out = {each.tag for each in found.elements}
    tags = set(map(int, found.dataset.keys()))
    assert set(map(int, truth.keys())) - left_out == tags
    for tag in tags:
        assert found.dataset[tag] == truth[tag]
    body = open_body(found)
    assert found.pixel_data is not None
    assert body.read(found.pixel_data.offset, 40) == truth.PixelData[:40]
    body.close()


@pytest.mark.slides
def test_real_headers_equal_pydicoms(slides_folder: Path) -> None:
    compared = 0
    for path in sorted(slides_folder.rglob("*")):
        try:
            truth = dcmread(path) if path.is_file() else None
        except InvalidDicomError:
            with pytest.raises(UnsupportedFile):
                read_path(path)
            continue
        if truth is None:
            continue
        found = read_path(path)
        assert told(found) == ()
        tags = set(map(int, found.dataset.keys()))
        own = set(map(int, truth.keys()))
        assert {tag for tag in own if tag < 0x52009230} == tags
        for tag in tags:
            assert found.dataset[tag] == truth[tag]
        compared += 1
    assert compared > 20


@pytest.mark.slides
def test_the_hidden_pyramid_is_not_the_slides_pixel_data(slides_folder: Path) -> None:
    folder = slides_folder / "dual/pixelmed-svs-jpeg-rgb-classic-pyramid"
    found = read_path(folder / "DCM_0")
    assert [f"{each.tag:08X}" for each in found.elements] == [
        "7FDF0010",
        "7FDF1001",
        "7FE00010",
    ]
    assert found.pixel_data is not None
    assert found.pixel_data.start == 1662792


def test_a_preamble_is_kept(tmp_path: Path) -> None:
    content = b"II*\0".ljust(128, b"\0") + start()[128:]
    assert read(tmp_path, content).preamble == content[:128]


def test_a_file_without_preamble_is_read(tmp_path: Path) -> None:
    found = read(tmp_path, start()[132:])
    assert found.preamble == b""
    assert found.transfer_syntax == JPEG
    assert found.dataset.Modality == "SM"


@pytest.mark.parametrize("syntax", [EXPLICIT, IMPLICIT, BIG_ENDIAN])
def test_a_file_without_meta_information_is_read(tmp_path: Path, syntax: str) -> None:
    content = b"".join(
        element(tag, b"CS", value, encoding=syntax)
        for tag, value in [(0x00080008, b"ORIGINAL"), (0x00080060, b"SM")]
    )
    found = read(tmp_path, content)
    assert found.dataset.Modality == "SM"
    assert found.transfer_syntax == syntax
    assert told(found, "preamble") == ("x.dcm: has no preamble, expected 128 bytes.",)
    assert told(found, "file-meta") == (
        f"x.dcm: File Meta Information is missing; the data are read as {syntax}.",
    )


def test_the_bytes_decide_where_the_transfer_syntax_is_wrong(tmp_path: Path) -> None:
    modality = element(0x00080060, b"CS", b"SM", encoding=EXPLICIT)
    found = read(tmp_path, bytes(128) + b"DICM" + meta(IMPLICIT) + modality)
    assert found.dataset.Modality == "SM"
    assert not found.implicit


def test_padding_of_the_transfer_syntax_is_left_out(tmp_path: Path) -> None:
    padded = element(0x00020010, b"UI", JPEG.encode() + b" \0 \0")
    found = read(tmp_path, bytes(128) + b"DICM" + padded + MODALITY)
    assert found.transfer_syntax == JPEG


def test_a_wrong_group_length_does_no_harm(tmp_path: Path) -> None:
    wrong = element(0x00020000, b"UL", b"\xff\xff\0\0")
    found = read(tmp_path, bytes(128) + b"DICM" + wrong + meta(JPEG) + MODALITY)
    assert found.dataset.Modality == "SM"


def test_meta_information_beyond_the_end_is_refused(tmp_path: Path) -> None:
    wrong = element(0x00020001, b"OB", b"", length=1 << 30)
    with pytest.raises(BrokenFile, match=r"^x\.dcm: File Meta Information \(0002,0001"):
        read(tmp_path, bytes(128) + b"DICM" + wrong)


@pytest.mark.parametrize(
    "content", [b"", b"\0" * 500, b"II*\0" + bytes(200), b"a,b,c\n1,2,3\n", b"\x08\0"]
)
def test_what_is_no_dicom_is_refused(tmp_path: Path, content: bytes) -> None:
    assert not is_dicom(content)
    with pytest.raises(UnsupportedFile, match=r"^x\.dcm is not a DICOM file\.$"):
        read(tmp_path, content)


@settings(deadline=None)
@given(head=st.binary(max_size=300))
def test_sniffing_never_raises(head: bytes) -> None:
    assert is_dicom(head) in {True, False}


def test_a_dicom_file_without_attributes_is_broken(tmp_path: Path) -> None:
    with pytest.raises(BrokenFile, match=r"^x\.dcm: holds no attributes that can be r"):
        read(tmp_path, bytes(128) + b"DICM" + meta(JPEG))


def test_frames_are_not_read_into_attributes(tmp_path: Path) -> None:
    content = encapsulated(b"", item(b"frame"))
    found = read(tmp_path, content)
    assert 0x7FE00010 not in found.dataset
    assert found.pixel_data is not None
    assert found.pixel_data.length is None
    assert content[found.pixel_data.offset :] == item(b"") + item(b"frame")


def test_a_header_cut_inside_an_attribute_says_so(tmp_path: Path) -> None:
    cut = element(0x00282000, b"OB", b"profile", length=5000)
    found = read(tmp_path, start() + cut)
    assert found.dataset.Modality == "SM"
    assert found.pixel_data is None
    assert told(found) == (
        "x.dcm: ends at byte 201 inside attribute (0028,2000), which begins at 182.",
    )


def test_a_huge_attribute_is_left_out_and_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(header, "_LARGEST", 1000)
    huge = element(0x00091001, b"OB", bytes(2000))
    found = read(tmp_path, start() + huge + element(0x00282000, b"OB", b"profile "))
    assert 0x00091001 not in found.dataset
    assert found.dataset.ICCProfile == b"profile "
    assert [each.tag for each in found.elements] == [0x00091001]
    assert told(found) == (
        "x.dcm: attribute (0009,1001) has 2012 bytes, expected at most 1000;"
        " it was not read.",
    )


def test_attributes_together_are_bounded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(header, "_LARGEST_ALL", 3000)
    many = [element(0x00091001 + each, b"OB", bytes(900)) for each in range(5)]
    found = read(tmp_path, start() + b"".join(many))
    assert [each.tag for each in found.elements] == [0x00091004, 0x00091005]


def test_one_attribute_that_pydicom_cannot_read_leaves_the_others(
    tmp_path: Path,
) -> None:
    bottomless = b""
    for _ in range(400):
        nested = item(bottomless, length=UNDEFINED) + ITEM_END
        bottomless = element(0x00091001, b"SQ", nested, length=UNDEFINED)
        bottomless += b"\xfe\xff\xdd\xe0" + bytes(4)
    behind = element(0x00282000, b"OB", b"profile ")
    found = read(tmp_path, start() + bottomless + behind)
    assert found.dataset.Modality == "SM"
    assert found.dataset.ICCProfile == b"profile "
    assert told(found) == ("x.dcm: attribute (0009,1001) at byte 182 cannot be read.",)


def test_an_unknown_character_set_leaves_the_attributes(tmp_path: Path) -> None:
    charset = element(0x00080005, b"CS", b"ISO_2022_IR_999 ")
    found = read(tmp_path, start() + charset + element(0x00100020, b"LO", b"P1"))
    assert found.dataset.Modality == "SM"
    assert found.dataset[0x00100020].value == "P1"


def deflate(data: bytes) -> bytes:
    squeeze = zlib.compressobj(wbits=-15)
    return squeeze.compress(data) + squeeze.flush()


def deflated_file(data: bytes) -> bytes:
    return bytes(128) + b"DICM" + meta("1.2.840.10008.1.2.1.99") + data


def test_a_deflated_bomb_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deflated, "_ALWAYS", 1 << 16)
    bomb = deflate(MODALITY + element(0x00091001, b"OB", bytes(20 << 20)))
    with pytest.raises(
        BrokenFile, match=r"^x\.dcm: the deflated data set is larger th"
    ):
        read(tmp_path, deflated_file(bomb))


def test_a_deflated_data_set_that_is_cut_gives_what_it_holds(tmp_path: Path) -> None:
    noise = NOISE.randbytes(3000)
    squeezed = deflate(MODALITY + element(0x00091001, b"OB", noise))
    found = read(tmp_path, deflated_file(squeezed[:-500]))
    assert found.dataset.Modality == "SM"
    assert len(told(found)) == 1


def test_a_deflated_data_set_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BrokenFile, match=r"^x\.dcm: the deflated data set cannot be i"):
        read(tmp_path, deflated_file(b"\xff" * 100))


@given(place=st.integers(132, 178), byte=st.integers(0, 255), cut=st.integers(0, 3))
def test_damaged_meta_information_is_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, place: int, byte: int, cut: int
) -> None:
    content = bytearray(start() + element(0x00100020, b"LO", b"P1"))
    content[place] = byte
    del content[place + 1 : place + 1 + cut]
    try:
        found = read(tmp_path_factory.mktemp("meta"), bytes(content))
    except SlideError as error:
        assert str(error).startswith("x.dcm")  # noqa: PT017  either may happen
    else:
        assert {tag >> 16 for tag in found.dataset.file_meta.keys()} <= {2}  # noqa: SIM118


def test_a_stranger_inside_meta_information_is_left_out(tmp_path: Path) -> None:
    # An unknown VR: 79 bytes to us as in implicit VR, to pydicom another element.
    inner = element(0x01000002, b"LO", b"x" * 71)
    odd = b"\x02\0\x16\0" + b"O\0\0\0" + inner
    found = read(tmp_path, bytes(128) + b"DICM" + meta(EXPLICIT) + odd + MODALITY)
    assert {tag >> 16 for tag in found.dataset.file_meta.keys()} == {2}  # noqa: SIM118
