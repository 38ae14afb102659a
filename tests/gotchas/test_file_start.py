"""What stands before the data set: preamble, File Meta Information, encoding."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pydicom import dcmread

from tests.formats.dicom.raw_files import DELIMITER, EXPLICIT, UNDEFINED, element
from tests.gotchas.one_slide import codes, is_whole, one, refusal, told, written
from viewer.formats import read_metadata

FLAT: dict[str, Any] = {"size": (256, 256)}
JPEG: dict[str, Any] = {"syntax": "jpeg", **FLAT}
RUN = "; the file is read as DICOM and should not be run or opened otherwise."
ZEROS = ", expected zeros or a TIFF header"


def begun(path: Path, preamble: bytes) -> Path:
    content = path.read_bytes()
    path.write_bytes(preamble.ljust(128, b"\0") + content[128:])
    return path


def body_of(path: Path) -> bytes:
    """Return what follows File Meta Information."""
    content = path.read_bytes()
    length = int.from_bytes(content[140:144], "little")
    return content[144 + length :]


@pytest.mark.parametrize(
    ("start", "kind"),
    [
        (b"MZ\x90\0", "a Windows program (MZ)"),
        (b"\x7fELF\x02", "a Linux program (ELF)"),
        (b"\xcf\xfa\xed\xfe", "a macOS program (Mach-O)"),
        (b"\xfe\xed\xfa\xce", "a macOS program (Mach-O)"),
        (b"\xca\xfe\xba\xbe", "a macOS or Java program"),
        (b"#!/bin/sh\n", "a script (#!)"),
        (b"PK\x03\x04", "a zip archive (PK)"),
        (b"%PDF-1.7", "a PDF document"),
        (b"<!DOCTYPE html>", "an HTML or XML document"),
        (b"GIF89a", "a GIF picture"),
        (b"\x89PNG\r\n", "a PNG picture"),
    ],
)
def test_a_preamble_of_another_kind_of_file_is_told(
    tmp_path: Path, start: bytes, kind: str
) -> None:
    with one(begun(written(tmp_path), start)) as slide:
        assert told(slide, "preamble") == [
            f"the preamble begins like {kind}{ZEROS}{RUN}"
        ]
        assert codes(slide) == {"preamble"}
        assert is_whole(slide)


def test_an_unknown_preamble_is_told_with_its_bytes(tmp_path: Path) -> None:
    with one(begun(written(tmp_path), b"Hello")) as slide:
        assert told(slide, "preamble") == [
            f"the preamble begins with 48 65 6C 6C{ZEROS}."
        ]


@pytest.mark.parametrize(
    ("header", "count"),
    [(b"II*\0\x10\0\0\0", 8), (b"MM\0*\0\0\0\x10", 8), (b"II+\0\x08\0\0\0", 16)],
)
def test_bytes_behind_a_tiff_header_are_told(
    tmp_path: Path, header: bytes, count: int
) -> None:
    plain = begun(written(tmp_path / "plain"), header)
    with one(plain) as slide:
        assert told(slide, "preamble") == []
    hidden = begun(written(tmp_path / "hidden"), header.ljust(count, b"\0") + b"MZ")
    with one(hidden) as slide:
        assert told(slide, "preamble") == [
            "the preamble has 2 bytes behind its TIFF header, expected zeros."
        ]
        assert is_whole(slide)


@pytest.mark.gotcha(81)
@pytest.mark.parametrize("more", [{}, {"encoding": "implicit"}, JPEG])
def test_a_file_without_preamble_is_shown(tmp_path: Path, more: dict[str, Any]) -> None:
    path = written(tmp_path, **more)
    path.write_bytes(path.read_bytes()[132:])
    with one(path) as slide:
        assert told(slide, "preamble") == ["has no preamble, expected 128 bytes."]
        assert codes(slide) == {"preamble"}
        assert is_whole(slide, apart=3, **more)


@pytest.mark.gotcha(81, 82)
@pytest.mark.parametrize(
    ("encoding", "syntax"),
    [
        ("explicit", EXPLICIT),
        ("implicit", "1.2.840.10008.1.2"),
        ("big-endian", "1.2.840.10008.1.2.2"),
    ],
)
def test_the_data_tell_their_encoding_without_meta_information(
    tmp_path: Path, encoding: str, syntax: str
) -> None:
    path = written(tmp_path, encoding=encoding)
    path.write_bytes(bytes(128) + b"DICM" + body_of(path))
    with one(path) as slide:
        assert told(slide, "file-meta") == [
            f"File Meta Information is missing; the data are read as {syntax}."
        ]
        assert codes(slide) == {"file-meta"}
        assert is_whole(slide)


@pytest.mark.gotcha(82)
@pytest.mark.parametrize("encoding", ["implicit", "big-endian", "deflated"])
def test_every_encoding_of_the_data_set_is_shown(tmp_path: Path, encoding: str) -> None:
    with one(written(tmp_path, encoding=encoding)) as slide:
        assert codes(slide) == set()
        assert is_whole(slide)


@pytest.mark.gotcha(81)
@pytest.mark.parametrize(
    ("more", "named"),
    [
        (JPEG, "JPEG Baseline"),
        ({"syntax": "jpeg2000-lossless"}, "JPEG 2000 Lossless"),
    ],
)
def test_frames_tell_what_they_are_without_meta_information(
    tmp_path: Path, more: dict[str, Any], named: str
) -> None:
    path = written(tmp_path, **more)
    path.write_bytes(bytes(128) + b"DICM" + body_of(path))
    with one(path) as slide:
        (sentence,) = told(slide, "transfer-syntax")
        assert sentence == (
            f"Transfer Syntax UID is {EXPLICIT}, but the frames are encapsulated; "
            f"taken for {named} as the first of them is."
        )
        assert is_whole(slide, apart=3, **more)


def meta(*elements: bytes) -> bytes:
    return bytes(128) + b"DICM" + b"".join(elements)


def syntax(uid: bytes) -> bytes:
    return element(0x00020010, b"UI", uid)


NATIVE = EXPLICIT.encode()


@pytest.mark.gotcha(81)
@pytest.mark.parametrize(
    ("start", "clause"),
    [
        (meta(syntax(NATIVE + b"\0")),
         "File Meta Information has no Group Length (0002,0000)"),
        (meta(element(0x00020000, b"UL", b"\xff\xff\0\0"), syntax(NATIVE + b"\0")),
         "Group Length (0002,0000) of File Meta Information is 65535, expected 28"),
        (meta(element(0x00020000, b"UL", b"\x1c\0\0\0"), syntax(NATIVE + b" ")),
         "Transfer Syntax UID has spaces around it, expected at most a NUL behind it"),
        (meta(element(0x00020000, b"UL", b"\x08\0\0\0"), syntax(b"")),
         f"Transfer Syntax UID is missing, taken for {EXPLICIT}"),
    ],
)  # fmt: skip
def test_meta_information_that_is_not_as_it_should_be_is_told(
    tmp_path: Path, start: bytes, clause: str
) -> None:
    path = written(tmp_path)
    path.write_bytes(start + body_of(path))
    with one(path) as slide:
        assert told(slide, "file-meta") == [f"{clause}."]
        assert codes(slide) == {"file-meta"}
        assert is_whole(slide)


@pytest.mark.gotcha(36)
@pytest.mark.parametrize("uid", [b"1.2.3.4.5.6.7", EXPLICIT.encode()])
def test_a_codestream_under_an_unknown_syntax_is_read(
    tmp_path: Path, uid: bytes
) -> None:
    path = written(tmp_path, **JPEG)
    data = body_of(path)
    padded = uid + b"\0" * (len(uid) % 2)
    length = (8 + len(padded)).to_bytes(4, "little")
    path.write_bytes(meta(element(0x00020000, b"UL", length), syntax(padded)) + data)
    with one(path) as slide:
        assert told(slide, "transfer-syntax") == [
            f"Transfer Syntax UID is {uid.decode()}, but the frames are encapsulated; "
            "taken for JPEG Baseline as the first of them is."
        ]
        assert is_whole(slide, apart=3, **JPEG)


@pytest.mark.gotcha(36)
def test_uncompressed_frames_under_a_syntax_of_compressed_ones_are_read(
    tmp_path: Path,
) -> None:
    path = written(tmp_path)
    content = path.read_bytes()
    wrong = b"1.2.840.10008.1.2.4.50"
    start = meta(element(0x00020000, b"UL", b"\x1e\0\0\0"), syntax(wrong))
    path.write_bytes(start + body_of(path))
    assert content != path.read_bytes()
    with one(path) as slide:
        assert told(slide, "transfer-syntax") == [
            "Transfer Syntax UID is 1.2.840.10008.1.2.4.50, but Pixel Data has the "
            "length of uncompressed frames; taken for Explicit VR Little Endian."
        ]
        assert is_whole(slide)


@pytest.mark.gotcha(83)
@pytest.mark.parametrize(
    ("cut", "sentence"),
    [
        (lambda data: 140, "x.dcm: File Meta Information (0002,0000) has 4 bytes, "
         "expected the file's 140 to hold it."),
        (lambda data: 144 + data[140], "x.dcm: holds no attributes that can be read."),
        (lambda data: data.index(b"\x28\0\x10\0") + 3, "x.dcm: Columns is missing, "
         "expected 1 to 65535."),
        (lambda data: data.index(b"\xe0\x7f\x10\0"), "x.dcm: Pixel Data (7FE0,0010) is "
         "missing."),
    ],
)  # fmt: skip
def test_a_file_cut_in_its_header_is_refused_and_read_as_far_as_it_goes(
    tmp_path: Path, cut: Callable[[bytes], int], sentence: str
) -> None:
    data = written(tmp_path / "whole").read_bytes()
    path = tmp_path / "x.dcm"
    path.write_bytes(data[: cut(data)])
    assert refusal(path) == sentence
    assert read_metadata(path).expand is not None


def _native(frames: bytes) -> bytes:
    return element(0x7FE00010, b"OB", frames[:3000])


def _fragments(frames: bytes) -> bytes:
    inside = _item(b"") + _item(frames[:3000]) + DELIMITER
    return element(0x7FE00010, b"OB", inside, length=UNDEFINED)


@pytest.mark.gotcha(25, 83)
@pytest.mark.parametrize("nested", [_native, _fragments])
def test_pixel_data_of_others_is_never_the_slides(
    tmp_path: Path, nested: Callable[[bytes], bytes]
) -> None:
    path = written(tmp_path, **JPEG)
    foreign = _item(nested(dcmread(path).PixelData))
    icon = element(0x00880200, b"SQ", foreign)
    private = element(0x00090010, b"LO", b"SOMEBODY") + element(
        0x00091001, b"SQ", foreign
    )
    content = path.read_bytes()
    early, late = (content.index(each) for each in (PATIENT, PIXELS))
    path.write_bytes(
        content[:early] + private + content[early:late] + icon + content[late:]
    )
    with one(path) as slide:
        assert codes(slide) == set()
        assert is_whole(slide, apart=3, **JPEG)
        shown = {each.tag: each for each in slide.metadata(path).children()}
        assert {"(0009,1001)", "(0088,0200)", "(7FE0,0010)"} <= set(shown)


PATIENT = b"\x10\0\x10\0PN"
PIXELS = b"\xe0\x7f\x10\0OB"


def _item(content: bytes) -> bytes:
    return b"\xfe\xff\0\xe0" + len(content).to_bytes(4, "little") + content
