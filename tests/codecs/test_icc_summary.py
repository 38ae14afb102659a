"""What ICC profiles say about themselves, against Little CMS."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import ImageCms

from viewer.codecs.icc_summary import profile_facts, profile_line


def srgb() -> bytes:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def test_facts_are_those_of_little_cms() -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))
    data = profile.tobytes()
    core: Any = profile.profile
    facts = dict(profile_facts(data))
    assert facts["Description"] == ImageCms.getProfileDescription(profile).strip()
    assert facts["Device class"] == f"display device ({core.device_class})"
    assert facts["Color space"] == core.xcolor_space.strip()
    assert facts["Connection space"] == core.connection_space.strip()
    assert facts["Version"] == f"{core.version:.1f}.0"
    assert facts["Size"] == f"{len(data)} bytes"
    assert facts["Rendering intent"] == "perceptual"
    assert "rXYZ" in facts["Tags"].split()
    assert profile_line(profile_facts(data)) == (
        f"{facts['Description']}, display device (mntr), RGB to XYZ, "
        f"version {facts['Version']}"
    )


def test_padding_to_even_is_no_other_size_but_a_cut_is() -> None:
    data = srgb()
    assert dict(profile_facts(data + b"\0"))["Size"] == f"{len(data)} bytes"
    assert dict(profile_facts(data[:-10]))["Size"] == (
        f"{len(data)} bytes by its header, but there are {len(data) - 10}"
    )


def test_only_the_head_of_a_long_profile_has_no_description() -> None:
    facts = dict(profile_facts(srgb()[:200], 10**9))
    assert facts["Description"] == "not read, too long"
    assert facts["Color space"] == "RGB"


def test_what_is_no_profile_has_no_facts() -> None:
    assert profile_facts(b"") == []
    assert profile_facts(bytes(500)) == []


@given(st.binary(max_size=300), st.integers(0, 300))
def test_damaged_profiles_never_raise(noise: bytes, place: int) -> None:
    data = bytearray(srgb())
    data[place : place + len(noise)] = noise
    for _, words in profile_facts(bytes(data)):
        assert words.isprintable()


@pytest.mark.slides
def test_real_profiles_are_described(slides_folder: Path) -> None:
    facts = dict(profile_facts((slides_folder / "icc" / "displayp3.icc").read_bytes()))
    assert facts["Description"] == "Display P3"
    assert facts["Manufacturer"] == "APPL"
