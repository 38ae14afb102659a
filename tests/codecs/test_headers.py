"""Header readers on any bytes at all: a header or a sentence, nothing else."""

from contextlib import suppress

import hypothesis.strategies as st
import pytest
from hypothesis import example, given

from tests.codecs.codestreams import (
    BASELINE,
    EXTENDED,
    JPEG_2000,
    JPEG_LS,
    LOSSLESS,
    NATIVE,
    frame_format,
    jpeg,
    jpeg2000,
    picture,
    rgb_jpeg,
    segments,
    with_adobe,
)
from viewer.codecs import decoder_for
from viewer.codecs.jpeg2000_header import read_jpeg2000_header
from viewer.codecs.jpeg_header import read_jpeg_header, with_transform
from viewer.slide.errors import BrokenFrame
from viewer.slide.geometry import Size

JPEG = jpeg(picture(), "420")
J2K = jpeg2000(picture())
READERS = {"JPEG": read_jpeg_header, "JPEG 2000": read_jpeg2000_header}


@st.composite
def mutated(draw: st.DrawFn, whole: bytes) -> bytes:
    """Draw a codestream with bytes changed, cut out, put in, or cut off."""
    data = bytearray(whole)
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, min(len(data), 700)))
        kind = draw(st.sampled_from(["change", "remove", "insert", "cut"]))
        some = draw(st.binary(min_size=1, max_size=6))
        if kind == "change":
            data[at : at + len(some)] = some
        elif kind == "remove":
            del data[at : at + len(some)]
        elif kind == "insert":
            data[at:at] = some
        else:
            del data[at:]
    return bytes(data)


@given(st.binary(max_size=200) | mutated(JPEG) | mutated(J2K))
@example(b"")
@example(b"\xff\xd8")
@example(b"\xff\xd8\xff")
@example(b"\xff\xd8\xff\xda\x00\x02")
@example(b"\xff\xd8\xff\xc0\x00\x02\xff\xda\x00\x02")
@example(b"\xff\x4f\xff\x51")
@example(b"\xff\x4f\xff\x51\x00\x02")
def test_readers_answer_or_refuse_with_a_sentence(data):
    for read in READERS.values():
        with suppress(BrokenFrame):
            assert read(data).size.width >= 0


@given(mutated(JPEG) | mutated(J2K))
def test_decoders_answer_or_refuse_whatever_the_damage(data):
    for syntax in (BASELINE, JPEG_2000, JPEG_LS, LOSSLESS, EXTENDED, NATIVE):
        decoder = decoder_for(frame_format(syntax))
        with suppress(BrokenFrame):
            assert decoder.decode(data).samples.shape == (40, 48, 4)


@given(st.integers(1, 65535), st.integers(1, 65535))
def test_size_is_read_from_the_start_of_frame(width, height):
    data = bytearray(JPEG)
    at = data.index(b"\xff\xc0")
    data[at + 5 : at + 9] = height.to_bytes(2, "big") + width.to_bytes(2, "big")
    assert read_jpeg_header(bytes(data)).size == Size(width, height)


def test_jpeg_header_says_what_the_encoder_was_told():
    header = read_jpeg_header(JPEG)
    assert header.size == Size(48, 40)
    assert (header.process, header.precision, header.scanned) == (0xC0, 8, 3)
    assert [component[:3] for component in header.components] == [
        (1, 2, 2),
        (2, 1, 1),
        (3, 1, 1),
    ]
    assert (header.jfif, header.adobe, header.stray) == (True, None, 0)
    assert JPEG[: header.length].endswith(segments(JPEG)[-1][1][:14])
    untransformed = read_jpeg_header(rgb_jpeg(picture()))
    assert (untransformed.jfif, untransformed.adobe) == (False, 0)
    assert untransformed.identifiers == b"RGB"


@pytest.mark.parametrize(
    ("subsampling", "lopsided"),
    [("444", 1), ("420", 1), ("422", 2), ("440", 2), ("411", 4)],
)
def test_uneven_subsampling_is_measured(subsampling, lopsided):
    assert read_jpeg_header(jpeg(picture(), subsampling)).lopsided == lopsided


@pytest.mark.parametrize("name", [b"JFIF", b"JFIF\x00", b"JFXX\x00" + bytes(9)])
def test_marker_too_short_or_of_another_name_is_no_jfif(name):
    length = (len(name) + 2).to_bytes(2, "big")
    plain = segments(JPEG)[1:]
    data = b"\xff\xd8\xff\xe0" + length + name + b"".join(part for _, part in plain)
    assert not read_jpeg_header(data).jfif


@given(st.sampled_from([JPEG, with_adobe(JPEG, 0), rgb_jpeg(picture())]), st.booleans())
def test_rewritten_header_says_only_the_transform(data, ycbcr):
    header = read_jpeg_header(data)
    rewritten = with_transform(data, header, int(ycbcr)) + data[header.length :]
    again = read_jpeg_header(rewritten)
    assert (again.adobe, again.jfif) == (int(ycbcr), False)
    assert again.components == header.components
    assert rewritten[again.length :] == data[header.length :]


@pytest.mark.parametrize("transform", [False, True])
def test_jpeg2000_header_says_what_the_encoder_was_told(transform):
    lossless = read_jpeg2000_header(jpeg2000(picture(), transform=transform))
    assert lossless.size == Size(48, 40)
    assert (lossless.precision, lossless.signed, lossless.tiles) == (8, False, 1)
    assert lossless.sampling == ((1, 1), (1, 1), (1, 1))
    assert (lossless.transformed, lossless.reversible) == (transform, True)
    lossy = read_jpeg2000_header(
        jpeg2000(picture(), transform=transform, level=60, resolutions=3)
    )
    assert (lossy.transformed, lossy.reversible) == (transform, False)
    assert lossy.decompositions == 2
