"""What a codestream says where the attributes say nothing."""

import imagecodecs
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.encapsulation import encode_frame
from viewer.codecs.codestream import Codestream, codestream_of
from viewer.slide.geometry import Size

COLOR = np.random.default_rng(1).integers(0, 255, (48, 64, 3), np.uint8)
GREY = COLOR[..., 1].astype(np.uint16) * 256
ROOT = "1.2.840.10008.1.2.4"
SIZE = Size(64, 48)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (encode_frame(COLOR, "jpeg", "YBR_FULL_422"),
         Codestream(f"{ROOT}.50", SIZE, 3, 8, "YBR_FULL_422")),
        (encode_frame(COLOR, "jpeg2000-lossless", "YBR_RCT"),
         Codestream(f"{ROOT}.90", SIZE, 3, 8, "YBR_RCT")),
        (encode_frame(COLOR, "jpeg2000", "YBR_ICT"),
         Codestream(f"{ROOT}.91", SIZE, 3, 8, "YBR_ICT")),
        (encode_frame(COLOR, "jpeg2000-lossless", "RGB"),
         Codestream(f"{ROOT}.90", SIZE, 3, 8, "RGB")),
        (encode_frame(GREY, "jpeg2000-lossless", "MONOCHROME2"),
         Codestream(f"{ROOT}.90", SIZE, 1, 16, "MONOCHROME2")),
        (imagecodecs.jpegls_encode(COLOR),
         Codestream(f"{ROOT}.80", SIZE, 3, 8, "RGB")),
        (imagecodecs.ljpeg_encode(GREY),
         Codestream(f"{ROOT}.57", SIZE, 1, 16, "MONOCHROME2")),
        (imagecodecs.jpegxl_encode(COLOR, lossless=True),
         Codestream(f"{ROOT}.112", SIZE, 3, 8, "RGB")),
    ],
    ids=["jpeg", "rct", "ict", "rgb", "grey", "jpeg-ls", "lossless", "jpeg-xl"],
)  # fmt: skip
def test_each_kind_is_known_with_its_samples(data: bytes, expected: Codestream) -> None:
    found = codestream_of(bytes(data))
    assert found is not None
    if expected.transfer_syntax.endswith(".112"):  # its label is a matter of taste
        found = found._replace(photometric=expected.photometric)
    assert found == expected


def test_rle_has_no_size() -> None:
    header = (3).to_bytes(4, "little") + b"".join(
        each.to_bytes(4, "little") for each in (64, 100, 140)
    )
    assert codestream_of(header.ljust(64, b"\0") + bytes(100)) == Codestream(
        "1.2.840.10008.1.2.5"
    )


@given(st.binary(max_size=200))
def test_anything_else_is_nothing(data: bytes) -> None:
    found = codestream_of(data)
    assert found is None or found.transfer_syntax


@given(
    st.sampled_from(["jpeg", "jpeg2000"]),
    st.integers(0, 300),
    st.integers(0, 255),
    st.integers(0, 700),
)
def test_damage_never_raises(syntax: str, place: int, byte: int, cut: int) -> None:
    photometric = {"jpeg": "YBR_FULL_422", "jpeg2000": "YBR_ICT"}[syntax]
    data = bytearray(encode_frame(COLOR, syntax, photometric))
    data[place] = byte
    found = codestream_of(bytes(data[: max(2, cut)]))
    assert found is None or found.transfer_syntax
