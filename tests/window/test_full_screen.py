"""Full screen: only the slide, and afterwards everything as it was."""

from pathlib import Path

import pytest
from PySide6.QtCore import QRect, Qt
from pytestqt.qtbot import QtBot

from viewer.window.main_window import MainWindow
from viewer.window.settings import Settings


def opened(window: MainWindow, qtbot: QtBot, path: Path) -> None:
    with qtbot.waitSignal(window.session.opened):
        window.open([path])
    qtbot.waitUntil(window.is_settled, timeout=10_000)


def docks(window: MainWindow) -> dict[str, QRect | None]:
    return {
        name: window.docks[name].geometry() if window.docks[name].isVisible() else None
        for name in window.docks.panels
    }


def bars(window: MainWindow) -> tuple[bool, bool]:
    return window.menuBar().isVisible(), window.statusBar().isVisible()


def test_only_the_slide_is_left_and_everything_comes_back(
    window: MainWindow, qtbot: QtBot, slide_folder: Path
) -> None:
    opened(window, qtbot, slide_folder)
    qtbot.keyClick(window.view, Qt.Key.Key_I)
    qtbot.wait(50)  # for the layout
    before, size = docks(window), window.size()
    qtbot.keyClick(window.view, Qt.Key.Key_F)
    assert window.isFullScreen()
    assert set(docks(window).values()) == {None}
    assert bars(window) == (False, False)
    qtbot.waitUntil(lambda: window.view.size() == window.size())
    qtbot.keyClick(window, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: window.size() == size)
    assert bars(window) == (True, True)
    qtbot.waitUntil(lambda: docks(window) == before)
    assert window.view.hasFocus()


def test_panel_keys_work_there_and_change_nothing_for_afterwards(
    window: MainWindow, qtbot: QtBot, slide_folder: Path
) -> None:
    opened(window, qtbot, slide_folder)
    qtbot.keyClick(window.view, Qt.Key.Key_I)
    qtbot.wait(50)  # for the layout
    before = docks(window)
    qtbot.keyClick(window, Qt.Key.Key_F11)
    qtbot.keyClick(window.view, Qt.Key.Key_I)
    assert window.docks["metadata"].isVisible()
    qtbot.keyClick(window.view, Qt.Key.Key_L)
    assert window.docks["images"].isVisible()
    qtbot.keyClick(window, Qt.Key.Key_F11)
    qtbot.waitUntil(lambda: docks(window) == before)


def test_a_state_the_desktop_gives_is_followed(
    window: MainWindow, qtbot: QtBot, slide_folder: Path
) -> None:
    opened(window, qtbot, slide_folder)
    window.showFullScreen()
    assert bars(window) == (False, False)
    assert set(docks(window).values()) == {None}
    window.showNormal()
    assert bars(window) == (True, True)
    assert window.docks["images"].isVisible()


@pytest.mark.parametrize("leaves_first", [False, True])
def test_quitting_in_full_screen_leaves_the_next_start_as_before(
    window: MainWindow,
    qtbot: QtBot,
    slide_folder: Path,
    tmp_path: Path,
    *,
    leaves_first: bool,
) -> None:
    opened(window, qtbot, slide_folder)
    window.resize(650, 520)
    qtbot.keyClick(window.view, Qt.Key.Key_I)
    qtbot.keyClick(window, Qt.Key.Key_F11)
    if leaves_first:
        qtbot.keyClick(window, Qt.Key.Key_F11)
    window.close()
    again = MainWindow(Settings(tmp_path / "settings" / "coverslip.ini"))
    qtbot.addWidget(again)
    again.show()
    assert not again.isFullScreen()
    assert again.width() == 650
    assert bars(again) == (True, True)
    opened(again, qtbot, slide_folder)
    assert again.docks["images"].isVisible()
    assert not again.docks["metadata"].isVisible()
    again.close()


def test_a_slide_opened_in_full_screen_brings_the_docks_only_afterwards(
    window: MainWindow, qtbot: QtBot, slide_folder: Path
) -> None:
    qtbot.keyClick(window, Qt.Key.Key_F11)
    opened(window, qtbot, slide_folder)
    assert set(docks(window).values()) == {None}
    qtbot.keyClick(window.view, Qt.Key.Key_L)
    assert window.docks["images"].isVisible()
    qtbot.keyClick(window, Qt.Key.Key_F11)
    assert window.docks["images"].isVisible()
    assert window.docks["metadata"].isVisible()


def test_a_slide_closed_in_full_screen_leaves_no_docks_behind(
    window: MainWindow, qtbot: QtBot, slide_folder: Path
) -> None:
    opened(window, qtbot, slide_folder)
    qtbot.keyClick(window, Qt.Key.Key_F11)
    window.commands["close_slide"].trigger()
    qtbot.keyClick(window, Qt.Key.Key_F11)
    assert set(docks(window).values()) == {None}
    opened(window, qtbot, slide_folder)
    assert window.docks["images"].isVisible()
    assert window.docks["metadata"].isVisible()
