"""The color chip: which profile leads to what, in words."""

import pytest

from tests.profiles import LAB, SRGB, dated, of_class
from tests.scene.fake_slide import FakeSlide
from tests.window.conftest import fake_slide
from viewer.slide.model import OpticalPath
from viewer.window import color_chip
from viewer.window.color import _opened
from viewer.window.slide_profiles import SlideProfiles, corrections_of

SCANNER = of_class("scnr")
BROKEN = b"junk" * 40


class ProfiledSlide(FakeSlide):
    """A slide of four levels, each with a profile of its own or none."""

    def __init__(self, *profiles: bytes | None, is_grey: bool = False) -> None:
        super().__init__(fake_slide().levels)
        self.name = "S26-1"
        self.profiles = profiles
        if is_grey:
            self.optical_paths = [OpticalPath("1", grey_range=(0, 255))]

    def icc_profile(self, level: int, optical_path: int) -> bytes | None:
        return self.profiles[min(level, len(self.profiles) - 1)]


def chip(*profiles: bytes | None, is_grey: bool = False) -> color_chip.Chip:
    found = SlideProfiles.of(ProfiledSlide(*profiles, is_grey=is_grey))
    return color_chip.managed(found, [_opened(each.icc) for each in found.used])


def test_one_profile_leads_to_srgb() -> None:
    text, tip = chip(SCANNER)
    assert text == "ICC: sRGB built-in \N{RIGHTWARDS ARROW} sRGB"
    assert tip == (
        "S26-1: colors are converted from sRGB built-in to sRGB.\n"
        "Y switches this off and on."
    )


def test_a_profile_of_another_class_is_noted_without_alarm() -> None:
    text, tip = chip(SRGB)
    assert text == "ICC: sRGB built-in \N{RIGHTWARDS ARROW} sRGB"
    assert "is of class mntr, where DICOM expects scnr (an input device); " in tip


def test_a_slide_without_a_profile_says_so() -> None:
    assert chip(None) == (
        "no ICC profile",
        "This slide has no ICC profile: colors are shown as stored.",
    )


@pytest.mark.parametrize("profile", [SCANNER, None])
def test_grey_samples_have_no_colors_to_convert(profile: bytes | None) -> None:
    text, tip = chip(profile, is_grey=True)
    assert text == "grey, no ICC"
    assert tip == "The samples are grey: an ICC profile does not apply to them."


def test_a_broken_profile_says_which_file_and_what_was_found() -> None:
    text, tip = chip(BROKEN)
    assert text == "ICC profile broken"
    assert tip.startswith("S26-1: the ICC profile of 160 bytes cannot be read: ")
    assert tip.endswith(". Colors are shown as stored.")
    assert chip(LAB).tip == (
        "S26-1: the ICC profile is for Lab colors, expected RGB. "
        "Colors are shown as stored."
    )


def test_several_profiles_are_told_apart_by_their_levels() -> None:
    other = dated(1999, SCANNER)
    text, tip = chip(SCANNER, other, other, SCANNER)
    assert text == "ICC: 2 profiles \N{RIGHTWARDS ARROW} sRGB"
    lines = tip.splitlines()
    assert lines[0].startswith("Levels 0, 3, S26-1: colors are converted from ")
    assert lines[1].startswith("Levels 1, 2, S26-1: colors are converted from ")
    assert lines[2] == "Y switches this off and on."


def test_levels_that_stay_as_stored_are_named() -> None:
    text, tip = chip(SCANNER, None, BROKEN, BROKEN)
    assert text == "ICC: sRGB built-in \N{RIGHTWARDS ARROW} sRGB, one broken"
    lines = tip.splitlines()
    assert lines[1].startswith("Levels 2, 3, S26-1: the ICC profile of 160 bytes ")
    assert lines[2] == "No profile in level 1: colors as stored."
    text, _ = chip(SCANNER, None)
    assert text == "ICC: sRGB built-in \N{RIGHTWARDS ARROW} sRGB, not all levels"


def test_switched_off_it_says_how_to_switch_it_on() -> None:
    found = SlideProfiles.of(ProfiledSlide(SCANNER))
    assert color_chip.unmanaged(found).text == "ICC off (Y)"
    without = SlideProfiles.of(ProfiledSlide(None))
    assert color_chip.unmanaged(without).text == "no ICC profile"


def test_every_level_gets_the_correction_of_its_own_profile() -> None:
    other = dated(1999)
    found = SlideProfiles.of(ProfiledSlide(SRGB, other, BROKEN, None))
    assert [each.levels for each in found.used] == [(0,), (1,), (2,)]
    assert found.without == (3,)
    became = [_opened(each.icc) for each in found.used]
    corrections = corrections_of(found, became)
    first, second = (corrections.at(level, 0) for level in (0, 1))
    assert first is became[0].correction
    assert second is became[1].correction
    assert first is not None
    assert second is not None
    assert first.digest != second.digest
    assert corrections.at(2, 0) is corrections.at(3, 0) is None
