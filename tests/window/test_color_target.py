"""Convert to: sRGB, or a monitor's profile that can be used as one."""

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtWidgets import QMenu, QWidget
from pytestqt.qtbot import QtBot

from tests.profiles import LAB, SRGB, of_class, swapped
from tests.window.test_coloring import RedSlide, Theatre
from viewer.codecs.icc import DirectCorrection, target_problem
from viewer.window.color_target import TARGET, ColorTarget
from viewer.window.settings import Settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(tmp_path / "coverslip.ini")


@pytest.fixture
def target(settings: Settings, qtbot: QtBot) -> ColorTarget:
    window = QWidget()
    qtbot.addWidget(window)
    made = ColorTarget(window, settings)
    qtbot.addWidget(window)
    return made


def profile(folder: Path, icc: bytes) -> Path:
    path = folder / "monitor.icc"
    path.write_bytes(icc)
    return path


def test_a_target_that_swaps_red_and_blue_swaps_them() -> None:
    pixels = np.random.default_rng(1).integers(0, 256, (20, 20, 4), np.uint8)
    correction = DirectCorrection(SRGB, swapped())
    found = correction.apply(pixels).astype(int)
    assert np.abs(found[..., :3] - pixels[..., 2::-1]).max() <= 2
    assert correction.digest != DirectCorrection(SRGB).digest
    assert DirectCorrection(SRGB, SRGB).digest != DirectCorrection(SRGB).digest


@pytest.mark.parametrize(
    ("icc", "words"),
    [
        (SRGB, ""),
        (b"", "it is no ICC profile"),
        (b"junk" * 60, "it is no ICC profile"),
        (of_class("scnr"), "it is a profile of class scnr, expected mntr (a display)"),
        (of_class("mntr", LAB), "it is for Lab colors, expected RGB"),
        (SRGB[:200], "the ICC profile of 200 bytes cannot be read"),
    ],
)
def test_only_profiles_of_rgb_displays_are_targets(icc: bytes, words: str) -> None:
    problem = target_problem(icc)
    assert problem.startswith(words)
    assert bool(problem) == bool(words)


def test_a_monitor_profile_is_used_and_remembered(
    target: ColorTarget, settings: Settings, tmp_path: Path, qtbot: QtBot
) -> None:
    menu = QMenu()
    below = menu.addAction("below")
    target.offer(menu, below)
    assert [each.text() for each in menu.actions()] == ["&Convert to", "below"]
    assert (target.icc, target.name) == (None, "sRGB")
    assert target.to_srgb.isChecked()
    path = profile(tmp_path, swapped())
    with qtbot.waitSignal(target.changed):
        target.use(path)
    assert target.icc == swapped()
    assert target.name == "sRGB built-in"
    assert target.to_monitor.isChecked()
    assert settings.text(TARGET) == str(path)
    with qtbot.waitSignal(target.changed):
        target.to_srgb.trigger()
    assert target.icc is None
    assert settings.text(TARGET) == ""


def test_what_was_used_last_is_used_again(
    settings: Settings, tmp_path: Path, qtbot: QtBot
) -> None:
    settings.set_text(TARGET, str(profile(tmp_path, SRGB)))
    window = QWidget()
    qtbot.addWidget(window)
    again = ColorTarget(window, settings)
    with qtbot.waitSignal(again.changed):
        again.restore()
    assert again.icc == SRGB


@pytest.mark.parametrize("icc", [of_class("scnr"), None])
def test_a_file_that_cannot_be_used_leaves_the_target_and_says_why(
    target: ColorTarget, tmp_path: Path, qtbot: QtBot, icc: bytes | None
) -> None:
    path = tmp_path / "monitor.icc"
    if icc is not None:
        path.write_bytes(icc)
    with qtbot.waitSignal(target.refused) as told:
        target.use(path)
    assert told.args is not None
    assert "monitor.icc" in told.args[0]
    assert told.args[0].endswith(" Colors are converted to sRGB.")
    assert target.to_srgb.isChecked()


def test_the_view_is_converted_to_the_monitor_and_the_chip_names_it(
    settings: Settings, tmp_path: Path, qtbot: QtBot
) -> None:
    theatre = Theatre(settings, qtbot)
    theatre.show(RedSlide(SRGB))
    red = theatre.color()
    target = theatre.coloring.target
    with qtbot.waitSignal(target.changed):
        target.use(profile(tmp_path, swapped()))
    qtbot.waitUntil(lambda: theatre.coloring.is_idle)
    theatre.load()
    assert np.abs(np.array(theatre.color()) - red[::-1]).max() <= 2
    assert theatre.chips[-1][0].endswith("\N{RIGHTWARDS ARROW} sRGB built-in")
    theatre.close()
