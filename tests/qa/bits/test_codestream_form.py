"""What of a frame counts as its bits, against codestreams taken apart by hand."""

from pathlib import Path
from typing import Any

import imagecodecs
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.qa.jpeg_surgery import (
    COM,
    DHT,
    DQT,
    DRI,
    EOI,
    joined,
    jpeg,
    picture,
    segment,
    taken_apart,
)
from viewer.qa.bits.frame_match import FrameMatcher, Match
from viewer.slide.files import EncodedFrame

JPEG = "1.2.840.10008.1.2.4.50"
JPEG_2000 = "1.2.840.10008.1.2.4.90"
NATIVE = "1.2.840.10008.1.2.1"
RLE = "1.2.840.10008.1.2.5"

KINDS = [
    {"quality": 75},
    {"quality": 30, "subsampling": 0},
    {"quality": 90, "optimize": True},
    {"quality": 80, "progressive": True},
]
WHOLE = jpeg()
EXTRAS = [
    segment(COM, b"made by nobody \xff\xd9 at all"),
    segment(0xEE, b"Adobe\x00\x64\x00\x00\x00\x00\x01"),
    segment(0xE1, b"Exif\x00\x00" + bytes(20)),
    b"\xff",  # fill
]


def frame(data: bytes, syntax: str = JPEG, tables: bytes = b"") -> EncodedFrame:
    return EncodedFrame(data, Path("frame"), 1, 0, syntax, "RGB", tables)


def match(one: EncodedFrame, other: EncodedFrame) -> Match:
    found = FrameMatcher().match([one], [other])
    return Match(int(found.matches[0]))


def is_same(one: bytes, other: bytes, syntax: str = JPEG) -> bool:
    return match(frame(one, syntax), frame(other, syntax)).is_same


@given(data=st.data(), kind=st.sampled_from(KINDS))
def test_the_order_of_markers_and_what_lies_between_count_for_nothing(
    data: st.DataObject, kind: dict[str, Any]
) -> None:
    whole = jpeg(**kind)
    parts = taken_apart(whole)
    extras = data.draw(st.lists(st.sampled_from(EXTRAS)))
    own = [each.bytes for each in parts.segments if each.marker != 0xE0]  # no JFIF
    # A fill byte may stand before a marker, not behind the last one as such.
    shuffled = data.draw(st.permutations([*own, *extras]))
    padding = data.draw(st.sampled_from([b"", b"\0", b"\0\0\0", b"behind"]))
    fill = data.draw(st.sampled_from([b"", b"\xff", b"\xff\xff"]))
    other = joined(*shuffled, parts.scan.bytes) + parts.coded + fill + EOI + padding
    assert is_same(whole, other)
    assert is_same(other, whole)


@pytest.mark.parametrize("kind", KINDS)
def test_tables_may_be_kept_apart_as_in_tiff(kind: dict[str, Any]) -> None:
    whole = jpeg(**kind)
    parts = taken_apart(whole)
    tables = joined(*parts.of(DQT), *parts.of(DHT)) + EOI
    bare = [each.bytes for each in parts.segments if each.marker not in (DQT, DHT)]
    abbreviated = joined(*bare, parts.scan.bytes) + parts.coded + EOI
    assert match(frame(abbreviated, tables=tables), frame(whole)) is Match.MOVED
    assert match(frame(whole), frame(abbreviated, tables=tables)) is Match.MOVED


def test_tables_that_nothing_refers_to_do_not_count() -> None:
    whole = jpeg()
    parts = taken_apart(whole)
    unused = segment(DQT, b"\x03" + bytes(range(1, 65)))
    other = joined(unused, *(each.bytes for each in parts.segments)) + (
        parts.scan.bytes + parts.coded + EOI
    )
    assert is_same(whole, other)


def test_several_tables_in_one_segment_are_the_same_as_in_several() -> None:
    parts = taken_apart(jpeg())
    assert len(parts.of(DHT)) == 4
    merged = segment(DHT, b"".join(each[4:] for each in parts.of(DHT)))
    others = [each.bytes for each in parts.segments if each.marker != DHT]
    other = joined(*others, merged, parts.scan.bytes) + parts.coded + EOI
    assert is_same(parts.whole(), other)


@pytest.mark.parametrize("kind", KINDS)
@given(data=st.data())
def test_any_bit_of_the_coded_data_counts(
    kind: dict[str, Any], data: st.DataObject
) -> None:
    whole = jpeg(**kind)
    parts = taken_apart(whole)
    at = data.draw(st.integers(1, len(parts.coded) - 2))
    bit = 1 << data.draw(st.integers(0, 7))
    changed = bytearray(parts.coded)
    changed[at] ^= bit
    other = parts._replace(coded=bytes(changed)).whole()
    if 0xFF in (*parts.coded[at - 1 : at + 2], *changed[at - 1 : at + 2]):
        return  # it makes or breaks a marker
    assert match(frame(whole), frame(other)) is Match.RECODED


CODED = st.binary(min_size=60, max_size=68).map(
    lambda coded: coded.replace(b"\xff", b"")
)
ENDS = st.tuples(
    st.integers(0, 3).map(lambda count: count * b"\xff"),
    st.just(EOI),
    st.sampled_from([b"", b"\0", b"\0\0", b"rubbish", b"rubbish" + EOI]),
).map(b"".join)


@given(one=CODED, other=CODED, ends=st.tuples(ENDS, ENDS), tail=st.integers(0, 70))
def test_what_follows_the_coded_data_counts_for_nothing(
    one: bytes, other: bytes, ends: tuple[bytes, bytes], tail: int
) -> None:
    parts = taken_apart(WHOLE)
    head = joined(*(each.bytes for each in parts.segments), parts.scan.bytes)
    other = one[:-tail] + other[-tail:] if tail else one
    same = is_same(head + one + ends[0], head + other + ends[1])
    assert same == (one == other)


def test_a_frame_is_known_again_elsewhere_in_another_wrapping() -> None:
    one, two = jpeg(seed=1), jpeg(seed=2)
    rewrapped = joined(EXTRAS[1], two[2:]), joined(EXTRAS[2], one[2:-2]) + b"\xff\xff"
    found = FrameMatcher().match(
        [frame(one), frame(two)],
        [frame(rewrapped[0] + b"\0"), frame(rewrapped[1] + EOI)],
    )
    assert found.digests_a.tolist() == found.digests_b.tolist()[::-1]
    assert all(found.digests_a)


@pytest.mark.parametrize("marker", [DQT, DHT])
def test_other_tables_are_told_from_other_coded_data(marker: int) -> None:
    parts = taken_apart(jpeg())
    changed = list(parts.segments)
    place = next(at for at, each in enumerate(changed) if each.marker == marker)
    body = bytearray(changed[place].bytes)
    body[-1] ^= 1
    changed[place] = changed[place]._replace(bytes=bytes(body))
    other = parts._replace(segments=tuple(changed)).whole()
    assert match(frame(parts.whole()), frame(other)) is Match.TABLES


def test_a_restart_interval_counts() -> None:
    parts = taken_apart(jpeg())
    restarting = joined(segment(DRI, b"\x00\x04"), parts.whole()[2:])
    assert match(frame(parts.whole()), frame(restarting)) is Match.TABLES
    assert is_same(parts.whole(), joined(segment(DRI, bytes(2)), parts.whole()[2:]))


def test_another_quality_is_other_coded_data() -> None:
    assert match(frame(jpeg(quality=80)), frame(jpeg(quality=70))) is Match.RECODED


def test_a_later_scan_of_a_progressive_frame_counts() -> None:
    whole = jpeg(progressive=True)
    last = whole.rindex(b"\xff\xda")
    changed = bytearray(whole)
    changed[last + 14] ^= 0x10
    assert not is_same(whole, bytes(changed))


def test_a_missing_end_of_image_is_no_difference() -> None:
    whole = jpeg()
    assert is_same(whole, whole.removesuffix(EOI))
    assert is_same(whole.removesuffix(EOI) + b"\0", whole)


def test_boxes_around_jpeg_2000_do_not_count_and_its_comments_do() -> None:
    pixels = np.asarray(picture())
    bare = bytes(imagecodecs.jpeg2k_encode(pixels, level=0, codecformat="j2k"))
    boxed = bytes(imagecodecs.jpeg2k_encode(pixels, level=0, codecformat="jp2"))
    assert bare.startswith(b"\xff\x4f")
    assert b"jp2c" in boxed
    assert is_same(bare, boxed, JPEG_2000)
    assert is_same(bare + b"\0", boxed, JPEG_2000)
    behind = bare.index(b"\xff\x52")  # the coding style
    comment = segment(0x64, b"\x00\x01hello")
    other = bare[:behind] + comment + bare[behind:]
    assert not is_same(bare, other, JPEG_2000)


@pytest.mark.parametrize("syntax", [RLE, NATIVE])
def test_other_frames_are_the_same_but_for_a_byte_of_padding(syntax: str) -> None:
    data = b"\x01\x02\x03\x04\x05"
    assert is_same(data, data + b"\0", syntax)
    assert not is_same(data, data + b"\1", syntax)
    assert not is_same(data, data[:-1], syntax)


def test_samples_that_begin_like_a_jpeg_frame_are_samples() -> None:
    data = b"\xff\xd8\xff" + bytes(9)
    assert is_same(data, data, NATIVE)
    assert match(frame(data, NATIVE), frame(data[:-1] + b"\7", NATIVE)) is Match.RECODED


def test_a_damaged_head_is_unreadable_and_named() -> None:
    whole = jpeg()
    found = FrameMatcher().match([frame(whole)] * 2, [frame(whole), frame(whole[:30])])
    assert [Match(int(each)) for each in found.matches] == [
        Match.SAME,
        Match.UNREADABLE_B,
    ]
    ((place, words),) = found.broken
    assert place == 1
    assert "frame 1" in words


def test_boxes_without_a_codestream_are_unreadable() -> None:
    boxes = b"\x00\x00\x00\x0cjP  \r\n\x87\n" + b"\x00\x00\x00\x08jp2h"
    bare = bytes(imagecodecs.jpeg2k_encode(np.asarray(picture()), codecformat="j2k"))
    assert match(frame(bare, JPEG_2000), frame(boxes, JPEG_2000)) is Match.UNREADABLE_B
    assert match(frame(boxes, JPEG_2000), frame(bare, JPEG_2000)) is Match.UNREADABLE_A


@given(
    data=st.binary(max_size=200), start=st.sampled_from([b"", b"\xff\xd8\xff", b"\0"])
)
def test_no_bytes_stop_the_comparison(data: bytes, start: bytes) -> None:
    whole = start + data
    assert match(frame(WHOLE), frame(whole)) in (Match.RECODED, Match.UNREADABLE_B)
    assert match(frame(whole), frame(whole)) is Match.SAME
