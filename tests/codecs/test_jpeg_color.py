"""The color rule for JPEG, branch by branch, against decoders told the color."""

import imagecodecs
import numpy as np
import pytest

from tests.codecs.codestreams import (
    APP0,
    APP14,
    difference,
    frame_format,
    jpeg,
    picture,
    rgb_jpeg,
    with_adobe,
    with_identifiers,
    without,
)
from viewer.codecs import decoder_for
from viewer.slide.model import ColorReading


def _as(space: str, data: bytes) -> np.ndarray:
    return imagecodecs.jpeg8_decode(data, colorspace=space, outcolorspace="rgb")


def _bare(data: bytes) -> bytes:
    return with_identifiers(without(data, APP0, APP14), b"\x01\x02\x03")


YCBCR = jpeg(picture())
RGB = rgb_jpeg(picture())
CASES = {
    "Adobe transform 0": (with_adobe(_bare(RGB), 0), False),
    "Adobe transform 0 beats JFIF": (with_adobe(YCBCR, 0), False),
    "Adobe transform 1": (with_adobe(_bare(YCBCR), 1), True),
    "Adobe transform 1 beats R, G, B": (
        with_adobe(with_identifiers(YCBCR, b"RGB"), 1),
        True,
    ),
    "JFIF": (YCBCR, True),
    "JFIF beats R, G, B": (with_identifiers(YCBCR, b"RGB"), True),
    "JFIF beats an unknown Adobe transform": (with_adobe(YCBCR, 7), True),
    "components R, G, B": (without(RGB, APP14), False),
    "subsampled 4:2:0": (_bare(jpeg(picture(), "420")), True),
    "subsampled 4:2:2 with odd names": (
        with_identifiers(without(jpeg(picture(), "422"), APP0), b"\x00\x07\x09"),
        True,
    ),
}


@pytest.mark.parametrize("label", ["RGB", "YBR_FULL_422", "YBR_FULL", "YBR_ICT"])
@pytest.mark.parametrize("case", CASES)
def test_markers_decide_whatever_the_label(case, label):
    data, ycbcr = CASES[case]
    decoded = decoder_for(frame_format(photometric=label)).decode(data)
    expected = _as("ycbcr" if ycbcr else "rgb", data)
    assert difference(decoded.samples, expected) <= 1
    assert decoded.damage is None
    assert (decoded.finding is None) == (ycbcr == label.startswith("YBR"))


@pytest.mark.parametrize(("label", "space"), [("RGB", "rgb"), ("YBR_FULL", "ycbcr")])
@pytest.mark.parametrize("identifiers", [b"\x01\x02\x03", b"\x00\x01\x02", b"BGR"])
def test_label_decides_where_the_codestream_does_not_say(label, space, identifiers):
    data = with_identifiers(_bare(YCBCR), identifiers)
    decoded = decoder_for(frame_format(photometric=label)).decode(data)
    assert difference(decoded.samples, _as(space, data)) <= 1
    assert decoded.finding is None


def test_passed_on_rgb_frame_without_markers_has_the_colors_of_its_source():
    decoded = decoder_for(frame_format(photometric="RGB")).decode(_bare(RGB))
    assert difference(decoded.samples, picture()) <= 12


@pytest.mark.parametrize("label", ["RGB", "YBR_FULL_422"])
@pytest.mark.parametrize("case", CASES)
def test_label_alone_decides_when_told_so(case, label):
    data, _ = CASES[case]
    decoder = decoder_for(frame_format(photometric=label))
    samples = decoder.decode(data, color=ColorReading.AS_DECLARED).samples
    expected = _as("rgb" if label == "RGB" else "ycbcr", data)
    assert difference(samples, expected) <= 1


def test_both_readings_alternate_on_one_decoder():
    decoder = decoder_for(frame_format(photometric="RGB"))
    for _ in range(2):
        encoded = decoder.decode(YCBCR)
        declared = decoder.decode(YCBCR, color=ColorReading.AS_DECLARED)
        assert difference(encoded.samples, _as("ycbcr", YCBCR)) <= 1
        assert difference(declared.samples, _as("rgb", YCBCR)) <= 1


@pytest.mark.parametrize(
    ("case", "label", "sentence"),
    [
        (
            "JFIF",
            "RGB",
            "Photometric Interpretation is RGB, but the codestream is YCbCr (JFIF);"
            " shown as YCbCr",
        ),
        (
            "Adobe transform 0",
            "YBR_FULL_422",
            "Photometric Interpretation is YBR_FULL_422, but the codestream is RGB"
            " (Adobe transform 0); shown as RGB",
        ),
        (
            "components R, G, B",
            "YBR_FULL",
            "Photometric Interpretation is YBR_FULL, but the codestream is RGB"
            " (components R, G, B); shown as RGB",
        ),
        (
            "subsampled 4:2:0",
            "RGB",
            "Photometric Interpretation is RGB, but the codestream is YCbCr"
            " (subsampled chroma); shown as YCbCr",
        ),
    ],
)
def test_contradiction_is_told_with_both_facts(case, label, sentence):
    decoder = decoder_for(frame_format(photometric=label))
    data = CASES[case][0]
    assert decoder.decode(data).finding == ("color-label", sentence)
    told = decoder.decode(data, color=ColorReading.AS_DECLARED).finding
    shown = "RGB" if label == "RGB" else "YCbCr"
    both_facts = sentence.rpartition("; ")[0]
    assert told is not None
    assert told.message == f"{both_facts}; shown as {shown}, as declared"


def test_header_is_not_rewritten_where_libjpeg_agrees():
    decoder = decoder_for(frame_format())
    shrunk = decoder.decode(YCBCR, shrink=2).samples
    assert shrunk.shape == (20, 24, 4)
    rewritten = decoder.decode(with_adobe(YCBCR, 0), shrink=2)
    expected = _as("rgb", with_adobe(YCBCR, 0)).reshape(20, 2, 24, 2, 3).mean((1, 3))
    assert np.abs(rewritten.samples[..., 2::-1] - expected).mean() < 1.5
