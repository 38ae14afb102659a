"""Markers in packets are damage, all that a coder writes is not."""

import imagecodecs
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.codecs.codestreams import JPEG_2000, frame_format, jpeg2000, picture
from viewer.codecs import decoder_for
from viewer.codecs.jpeg2000_packets import packet_damage


@given(st.integers(0, 2**32 - 1), st.sampled_from([0, 20, 45]), st.booleans())
def test_what_openjpeg_writes_is_sound(seed, level, transform):
    noise = np.random.default_rng(seed).integers(0, 256, (40, 48, 3), np.uint8)
    assert packet_damage(jpeg2000(noise, transform=transform, level=level)) is None


@given(st.integers(0, 2**32 - 1), st.booleans())
def test_what_openjph_writes_is_sound(seed, reversible):
    noise = np.random.default_rng(seed).integers(0, 256, (40, 48, 3), np.uint8)
    data = imagecodecs.htj2k_encode(noise, reversible=reversible)
    assert packet_damage(bytes(data)) is None


@pytest.mark.parametrize("marker", [b"\xff\x90", b"\xff\x93", b"\xff\xd9", b"\xff\xff"])
def test_a_marker_in_the_packets_is_damage_of_the_tile(marker):
    data = jpeg2000(picture())
    at = data.index(b"\xff\x93") + 40
    broken = data[:at] + marker + data[at + 2 :]
    sentence = (
        f"the JPEG 2000 packets hold marker {marker.hex().upper()} at byte {at}, where "
        "none can be"
    )
    assert packet_damage(broken) == sentence
    declared = frame_format(JPEG_2000, "YBR_RCT")
    assert decoder_for(declared).decode(broken).damage is not None


@pytest.mark.parametrize("marker", [b"\xff\x91", b"\xff\x92", b"\xff\x8f"])
def test_markers_of_packets_are_none(marker):
    data = jpeg2000(picture())
    at = data.index(b"\xff\x93") + 40
    assert packet_damage(data[:at] + marker + data[at + 2 :]) is None


@given(st.binary(max_size=80))
def test_anything_else_ends(tail):
    packet_damage(b"\xff\x4f\xff\x51" + tail)
    packet_damage(b"\xff\x4f\xff\x90\x00\x0a\x00\x00" + tail)
