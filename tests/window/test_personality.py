"""Going over to the other side of a dual-personality slide, in the real window."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.dual_side import add_tiff_side
from tests.synthetic import write_slide
from viewer.slide.model import Slide
from viewer.window.main_window import MainWindow


@pytest.fixture(scope="module")
def dual_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with two slides, each file DICOM and TIFF."""
    folder = tmp_path_factory.mktemp("dual")
    for name in ("first", "second"):
        for path in write_slide(folder, name=name, label=False, overview=False):
            add_tiff_side(path)
    return folder


def shown(window: MainWindow) -> Slide:
    slide = window.view.slide
    assert slide is not None
    return slide


def opened(window: MainWindow, qtbot: QtBot, path: Path) -> None:
    with qtbot.waitSignal(window.session.opened):
        window.open([path])


def other_side_is_there(window: MainWindow) -> bool:
    return window.commands["other_side"].isEnabled()


def test_a_plain_slide_has_no_other_side(
    window: MainWindow, qtbot: QtBot, slide_folder: Path
) -> None:
    assert not other_side_is_there(window)
    with qtbot.waitSignals([window.personality.changed] * 2):
        opened(window, qtbot, slide_folder)
    assert not other_side_is_there(window)


def test_the_key_shows_the_other_side_at_the_same_place_and_back(
    window: MainWindow, qtbot: QtBot, dual_folder: Path
) -> None:
    opened(window, qtbot, dual_folder)
    action = window.commands["other_side"]
    second = window.session.slides[1]
    window.show_slide(second)
    qtbot.waitUntil(lambda: other_side_is_there(window))
    assert action.text() == "As &TIFF"
    window.view.set_pixel_size(0.5)
    window.view.center_on(400, 300)
    area = window.view.goal_state().area
    for format_, text in (("tiff", "As &DICOM"), ("dicom", "As &TIFF")):
        with qtbot.waitSignal(window.session.opened):
            qtbot.keyClick(window, Qt.Key.Key_T, Qt.KeyboardModifier.ControlModifier)
        slide = shown(window)
        assert slide.format == format_
        assert slide.files[0].path == second.files[0].path
        assert window.view.goal_state().area == pytest.approx(area)
        assert action.text() == text
        assert len(window.session.slides) == 2
        qtbot.waitUntil(lambda: other_side_is_there(window))


def test_the_name_on_screen_says_which_side_it_is(
    window: MainWindow, qtbot: QtBot, dual_folder: Path
) -> None:
    opened(window, qtbot, dual_folder)
    qtbot.waitUntil(lambda: other_side_is_there(window))
    with qtbot.waitSignal(window.session.opened):
        window.commands["other_side"].trigger()
    assert shown(window).name.endswith("(TIFF side)")
    assert "(TIFF side)" in window.windowTitle()


def test_another_opening_goes_to_its_own_place(
    window: MainWindow, qtbot: QtBot, dual_folder: Path, slide_folder: Path
) -> None:
    opened(window, qtbot, dual_folder)
    qtbot.waitUntil(lambda: other_side_is_there(window))
    window.view.set_pixel_size(0.5)
    window.view.center_on(10, 10)
    window.commands["other_side"].trigger()
    opened(window, qtbot, slide_folder)  # the newer wish wins
    area = window.view.goal_state().area
    size = shown(window).levels[0].size
    assert area.width >= size.width or area.height >= size.height  # the whole slide
