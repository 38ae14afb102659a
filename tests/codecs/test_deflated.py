"""Deflated image frames (PS3.5 A.4.13), against zlib."""

import zlib

import numpy as np
import pytest

from tests.codecs.codestreams import (
    difference,
    frame_format,
    grey_format,
    picture,
    refusal,
)
from viewer.codecs import decoder_for

DEFLATED = "1.2.840.10008.1.2.8.1"


def raw_deflate(data: bytes) -> bytes:
    stream = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    return stream.compress(data) + stream.flush()


@pytest.mark.parametrize("pad", [b"", b"\0"])
@pytest.mark.parametrize("planar", [0, 1])
def test_color_is_exact(planar, pad):
    stored = np.moveaxis(picture(), -1, 0) if planar else picture()
    decoder = decoder_for(frame_format(DEFLATED, "RGB", planar=planar))
    decoded = decoder.decode(raw_deflate(stored.tobytes()) + pad)
    assert difference(decoded.samples, picture()) == 0
    assert decoded[1:] == (None, ())


def test_grey_of_12_bits_is_exact():
    grey = np.arange(1920, dtype="<u2").reshape(40, 48) * 2
    declared = grey_format(DEFLATED, (48, 40), bits_allocated=16, bits_stored=12)
    samples = decoder_for(declared).decode(raw_deflate(grey.tobytes())).samples
    assert np.array_equal(samples, grey)


def test_stream_that_is_cut_off_keeps_what_it_has():
    decoder = decoder_for(frame_format(DEFLATED, "RGB"))
    whole = raw_deflate(picture().tobytes())
    decoded = decoder.decode(whole[: len(whole) // 2])
    assert decoded.damage is not None
    assert decoded.damage.startswith("the deflated data is damaged: it holds ")
    assert decoded.damage.endswith(" bytes, expected 5760")
    assert difference(decoded.samples[:5], picture()[:5]) == 0


def test_stream_of_more_than_a_frame_is_refused_after_a_few_bytes():
    decoder = decoder_for(frame_format(DEFLATED, "RGB"))
    bomb = raw_deflate(bytes(50_000_000))
    assert refusal(decoder, bomb) == (
        "the uncompressed frame is 5762 bytes long, expected 5760"
    )


def test_what_is_no_deflate_stream_is_refused():
    decoder = decoder_for(frame_format(DEFLATED, "RGB"))
    assert refusal(decoder, b"\x06" * 100) == "the deflated data is damaged"
