"""RLE frames: those of another encoder, and damaged ones."""

import sys
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from rle.utils import encode_array

from tests.codecs.codestreams import (
    difference,
    frame_format,
    grey_format,
    picture,
    refusal,
    ycbcr_of,
)
from viewer.codecs import decoder_for
from viewer.slide.errors import UnsupportedCodec

RLE = "1.2.840.10008.1.2.5"


def encoded(pixels: NDArray[Any]) -> bytes:
    """Return one frame as pylibjpeg-rle writes it."""
    rows, columns = pixels.shape[:2]
    frames = encode_array(
        pixels,
        rows=rows,
        columns=columns,
        samples_per_pixel=3 if pixels.ndim == 3 else 1,
        bits_allocated=8 * pixels.itemsize,
        number_of_frames=1,
    )
    return next(iter(frames))


@pytest.mark.parametrize("size", [(48, 40), (1, 1), (61, 47)])
@pytest.mark.parametrize("planar", [0, 1])
def test_color_is_exact_and_planar_configuration_no_matter(size, planar):
    decoder = decoder_for(frame_format(RLE, "RGB", size, planar=planar))
    decoded = decoder.decode(encoded(picture(*size)))
    assert difference(decoded.samples, picture(*size)) == 0
    assert decoded[1:] == (None, ())


def test_ybr_full_is_converted_and_shrunk_to_the_mean():
    decoder = decoder_for(frame_format(RLE, "YBR_FULL"))
    data = encoded(ycbcr_of(picture()))
    assert difference(decoder.decode(data).samples, picture()) <= 2
    mean = picture().reshape(20, 2, 24, 2, 3).astype(float).mean((1, 3))
    assert difference(decoder.decode(data, shrink=2).samples, mean.round()) <= 3


@given(
    samples=st.lists(st.integers(0, 65535), min_size=12, max_size=12),
    bits=st.sampled_from([8, 12, 16]),
)
def test_any_grey_comes_back(samples: list[int], bits: int) -> None:
    kind = np.uint8 if bits == 8 else np.uint16
    grey = (np.array(samples) % 2**bits).astype(kind).reshape(3, 4)
    declared = grey_format(
        RLE, (4, 3), bits_allocated=8 * grey.itemsize, bits_stored=bits
    )
    assert np.array_equal(decoder_for(declared).decode(encoded(grey)).samples, grey)


@pytest.mark.parametrize("without", ["imagecodecs"])
def test_another_library_takes_the_place_of_an_absent_one(monkeypatch, without):
    monkeypatch.setitem(sys.modules, without, None)
    decoder = decoder_for(frame_format(RLE, "RGB"))
    data = encoded(picture())
    decoded = decoder.decode(data)
    assert difference(decoded.samples, picture()) == 0
    assert decoded.damage is None
    assert decoder.decode(data[:-200]).damage is not None


def test_without_any_library_a_slide_is_refused_in_words(monkeypatch):
    for name in ("imagecodecs", "rle.rle"):
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(UnsupportedCodec) as caught:
        decoder_for(frame_format(RLE, "RGB"))
    assert str(caught.value) == (
        "RLE Lossless needs the package imagecodecs or pylibjpeg-rle"
    )


@pytest.mark.parametrize("label", ["YBR_RCT", "YBR_ICT", "YBR_FULL_422", "XYB"])
def test_labels_that_rle_cannot_have_are_refused(label):
    with pytest.raises(UnsupportedCodec) as caught:
        decoder_for(frame_format(RLE, label))
    assert str(caught.value) == (
        f"RLE Lossless with Photometric Interpretation {label} is not read"
    )


def _header(count: int, *starts: int) -> bytes:
    header = np.zeros(16, "<u4")
    header[0], header[1 : len(starts) + 1] = count, starts
    return header.tobytes()


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "the RLE data is 0 bytes long, expected at least 64"),
        (bytes(63), "the RLE data is 63 bytes long, expected at least 64"),
        (bytes(64), "the RLE data has 0 segments, expected 3"),
        (_header(15, 64, 66, 68), "the RLE data has 15 segments, expected 3"),
        (
            _header(3, 64, 70, 70),
            "the RLE segments begin at bytes 64, 70, 70, expected 64 and then rising"
            " numbers",
        ),
        (
            _header(3, 0, 70, 80),
            "the RLE segments begin at bytes 0, 70, 80, expected 64 and then rising"
            " numbers",
        ),
    ],
)
def test_header_that_cannot_be_is_refused(data, sentence):
    decoder = decoder_for(frame_format(RLE, "RGB"))
    assert refusal(decoder, data) == sentence


def test_frame_that_is_cut_off_keeps_what_it_has():
    whole = encoded(picture())
    decoder = decoder_for(frame_format(RLE, "RGB"))
    third = int.from_bytes(whole[12:16], "little")
    decoded = decoder.decode(whole[: third + 40])
    assert decoded.damage is not None
    assert decoded.damage.startswith("the RLE data is damaged: segment 3 ")
    red, green, blue = (decoded.samples[..., at] for at in (2, 1, 0))
    assert np.array_equal(red, picture()[..., 0])
    assert np.array_equal(green, picture()[..., 1])
    assert np.array_equal(blue[0, :30], picture()[0, :30, 2])
    assert (blue[-1] == 0).all()


def test_segment_that_never_ends_takes_no_memory():
    grey = grey_format(RLE, (4, 3))
    bomb = _header(1, 64) + b"\x81\xff" * 1_000_000
    decoded = decoder_for(grey).decode(bomb)
    assert decoded.samples.shape == (3, 4)
    assert decoded.damage == (
        "the RLE data is damaged: segment 1 is cut off or too long"
    )


@given(st.binary(max_size=200))
def test_any_bytes_are_a_picture_or_a_sentence(data: bytes) -> None:
    declared = grey_format(RLE, (8, 5))
    decoded = decoder_for(declared).decode(_header(1, 64) + data)
    assert decoded.samples.shape == (5, 8)


def test_bits_beside_those_that_are_named_are_said() -> None:
    grey = np.full((4, 6), 0x1FFF, np.uint16)
    for stored, said in ((12, True), (13, False)):
        declared = grey_format(RLE, (6, 4), bits_allocated=16, bits_stored=stored)
        decoded = decoder_for(declared).decode(encoded(grey))
        codes = [finding.code for finding in decoded.findings]
        assert codes == (["pixel-format"] if said else [])
