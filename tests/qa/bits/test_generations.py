"""What tables tell of an encoder's settings, against what Pillow was told."""

from io import BytesIO
from pathlib import Path

import imagecodecs
import numpy as np
import pytest

from tests.qa.jpeg_surgery import DQT, EOI, joined, jpeg, picture, segment, taken_apart
from viewer.qa.bits.generations import Quality, frame_encoding, generation
from viewer.slide.errors import BrokenFrame
from viewer.slide.files import EncodedFrame

JPEG = "1.2.840.10008.1.2.4.50"


def frame(data: bytes, syntax: str = JPEG, tables: bytes = b"") -> EncodedFrame:
    return EncodedFrame(data, Path("frame"), 1, 0, syntax, "RGB", tables)


@pytest.mark.parametrize("quality", [1, 10, 25, 49, 50, 51, 75, 80, 90, 95, 100])
def test_the_quality_is_read_back_from_the_tables(quality: int) -> None:
    found = frame_encoding(frame(jpeg(quality=quality)))
    assert found.quality == Quality(quality, is_exact=True)
    assert found.is_lossless is False
    assert str(found) == f"baseline JPEG 4:2:0 of quality {quality}"


def test_the_quality_of_grey_is_read_too() -> None:
    file = BytesIO()
    picture().convert("L").save(file, "JPEG", quality=63)
    found = frame_encoding(frame(file.getvalue()))
    assert found.quality == Quality(63, is_exact=True)
    assert found.chroma == ""


@pytest.mark.parametrize(
    ("subsampling", "name"), [(0, "4:4:4"), (1, "4:2:2"), (2, "4:2:0")]
)
def test_subsampling_has_its_usual_name(subsampling: int, name: str) -> None:
    assert frame_encoding(frame(jpeg(subsampling=subsampling))).chroma == name


def test_tables_kept_elsewhere_are_read_with_the_frame() -> None:
    parts = taken_apart(jpeg(quality=42))
    tables = joined(*parts.of(DQT)) + EOI
    others = (each.bytes for each in parts.segments if each.marker != DQT)
    bare = joined(*others, parts.scan.bytes) + parts.coded + EOI
    found = frame_encoding(frame(bare, tables=tables))
    assert found.quality == Quality(42, is_exact=True)


def test_tables_of_no_setting_are_said_to_be_another_encoders() -> None:
    parts = taken_apart(jpeg(quality=75))
    flat = segment(DQT, b"\x00" + bytes([7] * 64)) + segment(
        DQT, b"\x01" + bytes([7] * 64)
    )
    others = (each.bytes for each in parts.segments if each.marker != DQT)
    whole = joined(flat, *others, parts.scan.bytes) + parts.coded + EOI
    found = frame_encoding(frame(whole)).quality
    assert found is not None
    assert not found.is_exact
    assert 50 < found.setting < 100
    assert "near" in str(found)


def test_one_coefficient_off_a_setting_is_near_that_setting() -> None:
    parts = taken_apart(jpeg(quality=60))
    changed = [
        bytes([*each.bytes[:-1], each.bytes[-1] + 1])
        if each.marker == DQT and each.bytes[4] == 0
        else each.bytes
        for each in parts.segments
    ]
    whole = joined(*changed, parts.scan.bytes) + parts.coded + EOI
    assert frame_encoding(frame(whole)).quality == Quality(60, is_exact=False)


@pytest.mark.parametrize("reversible", [True, False])
def test_jpeg_2000_tells_its_wavelet(reversible: bool) -> None:
    data = imagecodecs.jpeg2k_encode(
        np.asarray(picture()), level=0, codecformat="j2k", reversible=reversible
    )
    found = frame_encoding(frame(bytes(data), "1.2.840.10008.1.2.4.91"))
    wavelet = "reversible" if reversible else "irreversible"
    assert found.coding == f"{wavelet} JPEG 2000"
    assert found.is_lossless is (None if reversible else False)


def test_samples_and_packed_samples_lose_nothing() -> None:
    for syntax in ("uncompressed", "LZW", "1.2.840.10008.1.2.1", "1.2.840.10008.1.2.5"):
        assert frame_encoding(frame(b"\1\2\3\4", syntax)).is_lossless


def test_what_was_done_is_told_by_both_encodings() -> None:
    ours = frame_encoding(frame(jpeg(quality=90)))
    other = frame_encoding(frame(jpeg(quality=60)))
    bare = frame_encoding(frame(b"\1\2", "uncompressed"))
    assert generation(ours, other) == "encoded anew"
    assert "same tables" in generation(ours, ours)
    assert "without loss" in generation(ours, bare)


def test_a_damaged_head_is_refused() -> None:
    with pytest.raises(BrokenFrame, match="JPEG"):
        frame_encoding(frame(jpeg()[:40]))
