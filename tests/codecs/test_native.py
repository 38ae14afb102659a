"""Uncompressed frames of every layout that is read, against plain arithmetic."""

import numpy as np
import pytest

from tests.codecs.codestreams import (
    NATIVE,
    difference,
    frame_format,
    grey_format,
    picture,
    refusal,
    ycbcr_of,
)
from viewer.codecs import decoder_for

BIG_ENDIAN = "1.2.840.10008.1.2.2"
SYNTAXES = ["1.2.840.10008.1.2", NATIVE, f"{NATIVE}.99", BIG_ENDIAN]


@pytest.mark.parametrize("syntax", SYNTAXES)
@pytest.mark.parametrize("planar", [0, 1])
def test_rgb_is_exact(syntax, planar):
    stored = np.moveaxis(picture(), -1, 0) if planar else picture()
    decoder = decoder_for(frame_format(syntax, "RGB", planar=planar))
    decoded = decoder.decode(stored.tobytes())
    assert decoded.samples.shape == (40, 48, 4)
    assert difference(decoded.samples, picture()) == 0
    assert (decoded.samples[..., 3] == 255).all()
    assert decoded[1:] == (None, ())


@pytest.mark.parametrize("planar", [0, 1])
def test_ybr_full_is_converted(planar):
    ycbcr = ycbcr_of(picture())
    stored = np.moveaxis(ycbcr, -1, 0) if planar else ycbcr
    decoder = decoder_for(frame_format(NATIVE, "YBR_FULL", planar=planar))
    assert difference(decoder.decode(stored.tobytes()).samples, picture()) <= 2


@pytest.mark.parametrize("width", [48, 47])
def test_ybr_full_422_shares_chroma_between_two_pixels(width):
    columns = np.repeat(picture(24, 40), 2, axis=1)
    columns[:, 1::2] = columns[:, ::2]
    ycbcr = ycbcr_of(columns)
    quads = np.stack(
        [ycbcr[:, ::2, 0], ycbcr[:, 1::2, 0], ycbcr[:, ::2, 1], ycbcr[:, ::2, 2]], -1
    )
    decoder = decoder_for(frame_format(NATIVE, "YBR_FULL_422", (width, 40)))
    samples = decoder.decode(quads.tobytes()).samples
    assert difference(samples, columns[:, :width]) <= 2
    assert quads.nbytes == 48 * 40 * 2


@pytest.mark.parametrize(("syntax", "order"), [(NATIVE, "<u2"), (BIG_ENDIAN, ">u2")])
def test_words_are_read_in_their_byte_order(syntax, order):
    grey = np.arange(1920, dtype=np.uint16).reshape(40, 48) * 31
    declared = grey_format(syntax, (48, 40), bits_allocated=16, bits_stored=16)
    samples = decoder_for(declared).decode(grey.astype(order).tobytes()).samples
    assert samples.dtype == np.dtype(np.uint16)
    assert np.array_equal(samples, grey)
    deep = picture().astype(order) * 257
    color = frame_format(syntax, "RGB", bits_allocated=16, bits_stored=16)
    assert difference(decoder_for(color).decode(deep.tobytes()).samples, picture()) == 0


def test_bits_above_bits_stored_are_no_part_of_the_sample():
    grey = np.arange(1920, dtype=np.uint16).reshape(40, 48)
    stored = (grey | 0xA000).astype("<u2").tobytes()
    declared = grey_format(NATIVE, (48, 40), bits_allocated=16, bits_stored=12)
    assert np.array_equal(decoder_for(declared).decode(stored).samples, grey)
    inverted = declared._replace(photometric="MONOCHROME1")
    assert np.array_equal(decoder_for(inverted).decode(stored).samples, 4095 - grey)


@pytest.mark.parametrize("bits", [8, 12, 16])
def test_signed_samples_begin_at_zero(bits):
    half = 1 << (bits - 1)
    signed = np.linspace(-half, half - 1, 1920).round().astype(np.int16).reshape(40, 48)
    kind = "i1" if bits == 8 else "<i2"
    declared = grey_format(
        NATIVE,
        (48, 40),
        bits_allocated=8 if bits == 8 else 16,
        bits_stored=bits,
        signed=True,
    )
    samples = decoder_for(declared).decode(signed.astype(kind).tobytes()).samples
    assert np.array_equal(samples.astype(int), signed.astype(int) + half)


def test_one_pad_byte_is_allowed_where_the_length_is_odd():
    odd = picture(47, 41)
    decoder = decoder_for(frame_format(NATIVE, "RGB", (47, 41)))
    assert difference(decoder.decode(odd.tobytes() + b"\x00").samples, odd) == 0
    assert difference(decoder.decode(odd.tobytes()).samples, odd) == 0


@pytest.mark.parametrize("length", [0, 5759, 5761, 5762, 11520])
def test_frame_of_another_length_is_refused(length):
    decoder = decoder_for(frame_format(NATIVE, "RGB"))
    assert refusal(decoder, bytes(length)) == (
        f"the uncompressed frame is {length} bytes long, expected 5760"
    )


def test_immense_frame_is_refused():
    decoder = decoder_for(grey_format(NATIVE, (65535, 65535), bits_allocated=16))
    assert refusal(decoder, b"") == (
        "the frame is 65535 x 65535, which takes 8191 MiB, expected at most 1024 MiB"
    )


@pytest.mark.parametrize("signed", [False, True])
@pytest.mark.parametrize("syntax", [NATIVE, BIG_ENDIAN])
def test_bits_below_the_sample_are_left_out(syntax, signed):
    values = np.arange(1920).reshape(40, 48) * 2 - (2048 if signed else 0)
    kind = np.dtype(f"{'>' if syntax == BIG_ENDIAN else '<'}{'i' if signed else 'u'}2")
    stored = ((values << 4) | 9).astype(kind).tobytes()
    declared = grey_format(
        syntax,
        (48, 40),
        bits_allocated=16,
        bits_stored=12,
        bits_below=4,
        signed=signed,
    )
    samples = decoder_for(declared).decode(stored).samples
    assert np.array_equal(samples, values + (2048 if signed else 0))


def test_color_of_16_bits_is_shown_with_8_and_told():
    deep = picture().astype("<u2") * 256 + 255
    declared = frame_format(NATIVE, "RGB", bits_allocated=16, bits_stored=16)
    decoded = decoder_for(declared).decode(deep.tobytes())
    assert difference(decoded.samples, picture()) == 0
    assert decoded.finding == (
        "color-depth",
        "the color samples have 16 bits; the upper 8 of them are shown",
    )


@pytest.mark.parametrize(
    ("sample", "bits_below", "said"),
    [(0x0FFF, 0, False), (0x1000, 0, True), (0xFFF0, 4, False), (0x0008, 4, True)],
)
def test_bits_beside_those_that_are_named_are_said(sample, bits_below, said):
    declared = grey_format(
        NATIVE, (2, 2), bits_allocated=16, bits_stored=12, bits_below=bits_below
    )
    data = np.array([0, 0, 0, sample], "<u2").tobytes()
    decoded = decoder_for(declared).decode(data)
    codes = [finding.code for finding in decoded.findings]
    assert codes == (["pixel-format"] if said else [])


def test_the_sign_above_a_sample_is_not_said():
    declared = grey_format(
        NATIVE, (2, 1), bits_allocated=16, bits_stored=12, signed=True
    )
    decoded = decoder_for(declared).decode(np.array([-5, 7], "<i2").tobytes())
    assert not decoded.findings
