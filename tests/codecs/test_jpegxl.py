"""JPEG XL frames: pixels, colors, and headers that are refused before decoding."""

import sys
from contextlib import suppress
from typing import Any

import imagecodecs
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.codecs.codestreams import (
    difference,
    frame_format,
    grey_format,
    jpeg,
    picture,
    refusal,
    rgb_of,
)
from viewer.codecs import decoder_for
from viewer.codecs.jpegxl_header import read_jpegxl_header
from viewer.slide.errors import BrokenFrame, UnsupportedCodec
from viewer.slide.geometry import Size
from viewer.slide.model import ColorReading

LOSSLESS = "1.2.840.10008.1.2.4.110"
RECOMPRESSED = "1.2.840.10008.1.2.4.111"
LOSSY = "1.2.840.10008.1.2.4.112"


def jxl(samples: Any, **how: Any) -> bytes:
    how = {"lossless": True, **how}
    return bytes(imagecodecs.jpegxl_encode(np.ascontiguousarray(samples), **how))


@pytest.mark.parametrize("container", [False, True])
@pytest.mark.parametrize("size", [(48, 40), (1, 1), (256, 256), (300, 200), (61, 47)])
def test_lossless_color_is_exact_bare_and_in_boxes(size, container):
    data = jxl(picture(*size), usecontainer=container)
    assert data.startswith(b"\0\0\0\x0cJXL " if container else b"\xff\x0a")
    decoded = decoder_for(frame_format(LOSSLESS, "RGB", size)).decode(data)
    assert difference(decoded.samples, picture(*size)) == 0
    assert decoded[1:] == (None, ())


@pytest.mark.parametrize("label", ["XYB", "RGB"])
def test_lossy_color_is_near(label):
    data = jxl(picture(), lossless=False, level=95)
    decoded = decoder_for(frame_format(LOSSY, label)).decode(data + b"\0")
    # XYB keeps blue coarsely.
    assert np.abs(rgb_of(decoded.samples) - picture()).mean() <= 3
    assert difference(decoded.samples, picture()) <= 32
    assert decoded[1:] == (None, ())


def test_recompressed_jpeg_is_the_jpeg():
    frame = jpeg(picture())
    data = bytes(imagecodecs.jpegxl_encode_jpeg(frame))
    decoded = decoder_for(frame_format(RECOMPRESSED)).decode(data)
    assert difference(decoded.samples, imagecodecs.jpeg8_decode(frame)) <= 8
    assert decoded[1:] == (None, ())


@pytest.mark.parametrize("bits", [8, 10, 12, 16])
def test_grey_is_exact(bits):
    kind = np.uint8 if bits == 8 else np.uint16
    grey = np.linspace(0, 2**bits - 1, 1920).round().astype(kind).reshape(40, 48)
    declared = grey_format(
        LOSSLESS, (48, 40), bits_allocated=8 * grey.itemsize, bits_stored=bits
    )
    decoded = decoder_for(declared).decode(jxl(grey, bitspersample=bits))
    assert np.array_equal(decoded.samples, grey)
    assert decoded[1:] == (None, ())


def test_codestream_of_rgb_under_a_label_of_ycbcr_is_told():
    decoder = decoder_for(frame_format(LOSSLESS, "YBR_FULL"))
    decoded = decoder.decode(jxl(picture()))
    assert difference(decoded.samples, picture()) == 0
    assert decoded.finding == (
        "color-label",
        "Photometric Interpretation is YBR_FULL, but the codestream is RGB; shown as"
        " RGB",
    )
    declared = decoder.decode(jxl(picture()), color=ColorReading.AS_DECLARED)
    assert difference(declared.samples, picture()) > 20
    assert declared.finding is not None
    assert declared.finding.message.endswith("shown as YCbCr, as declared")


def test_frame_may_be_cut_to_what_lies_inside_the_matrix():
    decoder = decoder_for(frame_format(LOSSLESS, "RGB", (64, 64)))
    samples = decoder.decode(jxl(picture(48, 40)), extent=Size(48, 40)).samples
    assert samples.shape == (40, 48, 4)
    assert refusal(decoder, jxl(picture(48, 40))) == (
        "the codestream is 48 x 40, expected 64 x 64"
    )


@given(width=st.integers(1, 700), height=st.integers(1, 700))
def test_header_tells_the_size(width: int, height: int) -> None:
    data = jxl(np.zeros((height, width), np.uint8), effort=1)
    header = read_jpegxl_header(data)
    assert header.size == (width, height)
    assert (header.components, header.precision) == (1, 8)


@pytest.mark.parametrize(
    ("samples", "sentence"),
    [
        (
            np.zeros((40, 48, 4), np.uint8),
            "the JPEG XL data has 1 extra channels, expected none",
        ),
        (
            np.zeros((40, 48, 3), np.float32),
            "the JPEG XL samples are floating point, expected integers",
        ),
        (
            np.zeros((40, 48), np.uint8),
            "the codestream has 1 component, expected 3",
        ),
        (
            np.zeros((40, 48, 3), np.uint16),
            "the codestream has 16 bits a sample, expected at most 8",
        ),
    ],
)
def test_other_pictures_are_refused_before_decoding(samples, sentence, monkeypatch):
    data = jxl(samples)
    monkeypatch.setattr(imagecodecs, "jpegxl_decode", _never)
    decoder = decoder_for(frame_format(LOSSLESS, "RGB"))
    assert refusal(decoder, data) == sentence


def _never(_: bytes, **__: object) -> None:
    raise AssertionError("the native decoder was asked")


def test_animation_is_refused():
    data = jxl(np.zeros((3, 40, 48, 3), np.uint8))
    assert refusal(decoder_for(frame_format(LOSSLESS, "RGB")), data) == (
        "the JPEG XL data has an animation, expected one still image"
    )


def test_frame_that_is_cut_off_is_refused():
    data = jxl(picture())
    decoder = decoder_for(frame_format(LOSSLESS, "RGB"))
    for length in (20, len(data) // 2):
        assert refusal(decoder, data[:length]).startswith(
            "the JPEG XL data is damaged or cut off"
        )
    assert refusal(decoder, data[:4]) == "the JPEG XL data ends within its header"


@given(st.binary(max_size=80))
def test_any_bytes_are_a_header_or_a_sentence(data: bytes) -> None:
    header = None
    with suppress(BrokenFrame):
        header = read_jpegxl_header(b"\xff\x0a" + data)
    if header is not None:
        assert 1 <= header.precision <= 64
        assert min(header.size) > 0


@pytest.mark.parametrize(
    ("boxes", "sentence"),
    [
        (b"\0\0\0\x08abcd" * 2000, "the frame has more than 1000 boxes"),
        (b"\0\0\0\x08abcd", "the JPEG XL file has no codestream"),
        (b"\0\0\0\x03abcd", "the box at byte 12 is 3 bytes long, expected 8 or more"),
        (
            b"\0\0\0\x01abcd\0\0\0\0\0\0\0\x0f",
            "the box at byte 12 is 15 bytes long, expected 16 or more",
        ),
    ],
)
def test_boxes_that_cannot_be_are_refused(boxes, sentence):
    decoder = decoder_for(frame_format(LOSSLESS, "RGB"))
    data = b"\0\0\0\x0cJXL \r\n\x87\n" + boxes
    assert refusal(decoder, data) == sentence


def test_without_its_library_a_slide_is_refused_in_words(monkeypatch):
    monkeypatch.setitem(sys.modules, "imagecodecs", None)
    with pytest.raises(UnsupportedCodec) as caught:
        decoder_for(frame_format(LOSSLESS, "RGB"))
    assert str(caught.value) == "JPEG XL needs the package imagecodecs"
