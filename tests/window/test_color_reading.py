"""As encoded or as declared: remembered by slide, said by the chip."""

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from tests.scene.fake_slide import FakeSlide, halving_levels
from tests.window.test_coloring import RedSlide, Theatre
from viewer.slide.geometry import Size
from viewer.slide.model import ColorReading
from viewer.slide.warnings import SlideWarning
from viewer.window.color_reading import DECLARED, MOST, RememberedReadings
from viewer.window.settings import Settings

ENCODED, AS_DECLARED = ColorReading.AS_ENCODED, ColorReading.AS_DECLARED
FACTS = "a.dcm: Photometric Interpretation is RGB, but the codestream is YCbCr (JFIF)"


def slide(identity: str) -> FakeSlide:
    made = FakeSlide(halving_levels(Size(300, 200), 256, 1))
    made.identity = identity
    return made


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(tmp_path / "coverslip.ini")


def test_a_choice_is_remembered_for_that_slide_alone(settings: Settings) -> None:
    RememberedReadings(settings).remember(slide("a" * 64), AS_DECLARED)
    settings.save()
    later = RememberedReadings(Settings(settings.path))
    assert later.reading(slide("a" * 64)) is AS_DECLARED
    assert later.reading(slide("b" * 64)) is ENCODED
    later.remember(slide("a" * 64), ENCODED)
    assert later.reading(slide("a" * 64)) is ENCODED


def test_the_newest_slides_are_remembered_and_no_more(settings: Settings) -> None:
    readings = RememberedReadings(settings)
    for number in range(MOST + 5):
        readings.remember(slide(f"{number:064}"[::-1]), AS_DECLARED)
    assert len(settings.text(DECLARED).split()) == MOST
    assert readings.reading(slide(f"{MOST + 4:064}"[::-1])) is AS_DECLARED
    assert readings.reading(slide(f"{0:064}"[::-1])) is ENCODED


def test_a_slide_without_identity_is_remembered_while_it_is_open(
    settings: Settings,
) -> None:
    readings, one, other = RememberedReadings(settings), slide(""), slide("")
    readings.remember(one, AS_DECLARED)
    assert readings.reading(one) is AS_DECLARED
    assert readings.reading(other) is ENCODED
    assert settings.text(DECLARED) == ""
    readings.remember(one, ENCODED)
    assert readings.reading(one) is ENCODED


def test_settings_hold_neither_name_nor_path(settings: Settings) -> None:
    made = slide("c" * 64)
    made.name = "Mustermann"
    RememberedReadings(settings).remember(made, AS_DECLARED)
    settings.save()
    written = settings.path.read_text()
    assert "Mustermann" not in written
    assert "c" * 25 not in written


def test_the_switch_changes_the_look_and_the_chip(
    settings: Settings, qtbot: QtBot
) -> None:
    theatre = Theatre(settings, qtbot)
    made = RedSlide(None)
    made.identity = "d" * 64
    theatre.show(made)
    assert theatre.view.look.color is ENCODED
    assert theatre.chips[-1][0] == "no ICC profile"
    made.warnings = [SlideWarning("color-label", f"{FACTS}; shown as YCbCr.")]
    theatre.view.viewport().repaint()
    text, tip = theatre.chips[-1]
    assert text == "\N{WARNING SIGN} as encoded, no ICC profile"
    assert tip.startswith(f"{FACTS}.\nColors are shown as encoded; Color > Show Colors")
    theatre.coloring.set_declared(True)
    assert theatre.view.look.color is AS_DECLARED
    text, tip = theatre.chips[-1]
    assert text == "\N{WARNING SIGN} as declared, no ICC profile"
    assert tip.startswith(f"{FACTS}.\nColors are shown as declared; ")
    theatre.show(RedSlide(None))
    assert theatre.view.look.color is ENCODED
    theatre.show(made)
    assert theatre.view.look.color is AS_DECLARED
    theatre.close()
