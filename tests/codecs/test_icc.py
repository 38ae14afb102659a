"""ICC profiles: the table equals Little CMS, and damage is a sentence."""

import hashlib
import io
from pathlib import Path

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given
from PIL import Image, ImageCms

from tests.profiles import LAB, SRGB, of_class, swapped
from viewer.codecs.icc import (
    DirectCorrection,
    TableCorrection,
    profile_class,
    profile_description,
)
from viewer.slide.errors import BrokenProfile, Cancelled

SWAPPED = swapped()


@pytest.fixture
def pixels() -> np.ndarray:
    """BGRX pixels of all kinds; the fourth byte is anything."""
    return np.random.default_rng(5).integers(0, 256, (64, 80, 4), np.uint8)


@pytest.fixture(scope="module")
def table() -> TableCorrection:
    return TableCorrection.build(SWAPPED)


def test_srgb_stays_as_it_is(pixels):
    corrected = DirectCorrection(SRGB).apply(pixels)
    assert np.abs(corrected[..., :3].astype(int) - pixels[..., :3]).max() <= 1
    assert (corrected[..., 3] == 255).all()


def test_swapped_primaries_swap_red_and_blue(pixels, table):
    corrected = table.apply(pixels)
    swapped = pixels[..., 2::-1].astype(int)
    assert np.abs(corrected[..., :3].astype(int) - swapped).max() <= 1


def test_correction_is_that_of_little_cms(pixels):
    rgb = Image.fromarray(np.ascontiguousarray(pixels[..., 2::-1]))
    expected = ImageCms.profileToProfile(
        rgb, io.BytesIO(SWAPPED), ImageCms.createProfile("sRGB")
    )
    corrected = DirectCorrection(SWAPPED).apply(pixels)
    assert np.array_equal(corrected[..., 2::-1], np.asarray(expected))


def test_table_equals_the_direct_way_for_every_color(table):
    direct = DirectCorrection(SWAPPED)
    step = 1 << 21
    for start in range(0, 1 << 24, step):
        colors = np.arange(start, start + step, dtype="<u4")
        some = colors.view(np.uint8).reshape(1024, -1, 4)
        assert np.array_equal(table.apply(some), direct.apply(some))


def test_part_of_a_picture_is_corrected_like_the_whole(pixels, table):
    part = pixels[3:50, 7:31]
    assert np.array_equal(table.apply(part), table.apply(pixels)[3:50, 7:31])
    mirrored = pixels[:, :, ::-1]
    assert np.array_equal(table.apply(mirrored), table.apply(mirrored.copy()))


def test_pixels_are_not_changed_in_place(pixels, table):
    before = pixels.copy()
    table.apply(pixels)
    DirectCorrection(SWAPPED).apply(pixels)
    assert np.array_equal(pixels, before)


def test_empty_picture_is_corrected_to_an_empty_one(table):
    empty = np.empty((0, 5, 4), np.uint8)
    assert table.apply(empty).shape == DirectCorrection(SRGB).apply(empty).shape
    assert table.apply(empty).shape == (0, 5, 4)


def test_both_ways_have_the_digest_of_the_profile(table):
    direct = DirectCorrection(SWAPPED)
    assert direct.digest == table.digest == hashlib.sha256(SWAPPED).hexdigest()
    assert DirectCorrection(SRGB).digest != table.digest


def test_without_its_table_a_correction_is_the_same_but_slow(pixels, table):
    correction = TableCorrection(SWAPPED)
    assert not correction.has_table
    assert np.array_equal(correction.apply(pixels), table.apply(pixels))
    correction.build_table()
    assert correction.has_table
    assert np.array_equal(correction.apply(pixels), table.apply(pixels))
    correction.drop_table()
    assert not correction.has_table
    assert np.array_equal(correction.apply(pixels), table.apply(pixels))


def test_device_class_is_read_as_it_stands():
    assert profile_class(SRGB) == "mntr"
    assert profile_class(of_class("scnr")) == "scnr"
    assert profile_class(b"short") == ""
    assert profile_class(SRGB[:12] + b"\xff\xff  ") == "\ufffd\ufffd"


def test_building_stops_when_nobody_waits():
    asked: list[int] = []

    def cancelled() -> bool:
        asked.append(1)
        return len(asked) > 2

    with pytest.raises(Cancelled, match="color table is no longer wanted"):
        TableCorrection.build(SWAPPED, cancelled)
    assert len(asked) == 3


@pytest.mark.parametrize(
    ("icc", "sentence"),
    [
        (b"", "the ICC profile of 0 bytes cannot be read: "),
        (b"junk" * 40, "the ICC profile of 160 bytes cannot be read: "),
        (SRGB[:200], "the ICC profile of 200 bytes cannot be read: "),
        (LAB, "the ICC profile is for Lab colors, expected RGB"),
        (
            SRGB.replace(b"rXYZ", b"rxyz"),
            "the ICC profile cannot be joined to sRGB: cannot build transform",
        ),
    ],
)
def test_unusable_profile_is_refused_with_a_sentence(icc, sentence):
    for make in (DirectCorrection, TableCorrection.build):
        with pytest.raises(BrokenProfile) as caught:
            make(icc)
        assert str(caught.value).startswith(sentence)


def test_description_is_what_the_profile_calls_itself():
    assert profile_description(SRGB) == "sRGB built-in"
    assert profile_description(b"junk") == "unreadable profile"
    assert profile_description(SRGB.replace(b"desc", b"desx", 1)) in {
        "unnamed profile",
        "unreadable profile",
    }


@given(st.integers(0, len(SRGB) - 1), st.binary(min_size=1, max_size=4))
def test_damaged_profile_never_does_worse_than_a_sentence(at, some):
    icc = SRGB[:at] + some + SRGB[at + len(some) :]
    assert profile_description(icc)
    try:
        corrected = DirectCorrection(icc).apply(np.zeros((2, 2, 4), np.uint8))
    except BrokenProfile:
        return
    assert corrected.shape == (2, 2, 4)


@pytest.mark.slides
@pytest.mark.parametrize(
    ("name", "description"),
    [
        ("displayp3.icc", "Display P3"),
        (
            "sRGB_v4_ICC_preference.icc",
            "sRGB v4 ICC preference perceptual intent beta",
        ),
    ],
)
def test_real_profiles_of_both_kinds(slides_folder: Path, pixels, name, description):
    icc = (slides_folder / "icc" / name).read_bytes()
    assert profile_description(icc) == description
    table = TableCorrection.build(icc)
    assert np.array_equal(table.apply(pixels), DirectCorrection(icc).apply(pixels))
