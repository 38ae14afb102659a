"""The zoom presets: what can be shown, by mouse and by key."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from tests.window.conftest import fake_slide
from viewer.formats import Opened
from viewer.window.main_window import MainWindow
from viewer.window.scale_button import ScaleButton


@pytest.fixture
def shown(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> MainWindow:
    """A window with a slide of 2000 x 1500 pixels, 0.25 micrometers each."""
    answer = Opened((fake_slide(),), ())
    monkeypatch.setattr("viewer.window.slide_opening.open_slides", lambda *_: answer)
    with qtbot.waitSignal(window.session.opened):
        window.open([Path("folder")])
    return window


def presets(window: MainWindow) -> dict[str, QAction]:
    menu = window.status.scale.menu()
    menu.aboutToShow.emit()
    actions = [each for each in menu.actions() if not each.isSeparator()]
    return {each.text().split("\t")[0]: each for each in actions}


def test_presets_show_their_keys_and_the_limits(shown: MainWindow) -> None:
    found = presets(shown)
    keys = [each.text().split("\t")[1] for each in found.values()]
    assert keys == ["1", "2", "3", "4", "5", "6", "7", "9", "0"]
    assert list(found)[-2:] == ["Native pixels (40x)", "Whole slide"]
    assert found["80x"].isEnabled()
    # 1.25x is 32 level-0 pixels for one: 2000 pixels would be 63 wide.
    assert not found["1.25x"].isEnabled()
    assert found["1.25x"].toolTip() == "The slide would be too small to see."


def test_a_preset_moves_the_view_and_is_marked(shown: MainWindow) -> None:
    presets(shown)["20x"].trigger()
    assert shown.view.viewport_state().pixel_size == pytest.approx(2.0)
    assert presets(shown)["20x"].isChecked()
    assert not presets(shown)["10x"].isChecked()
    presets(shown)["Native pixels (40x)"].trigger()
    assert shown.view.viewport_state().pixel_size == 1.0
    assert presets(shown)["40x"].isChecked()


@pytest.mark.qt_log_ignore("raise|grabbing")  # which the offscreen platform cannot
@pytest.mark.parametrize("key", [Qt.Key.Key_Space, Qt.Key.Key_Down])
def test_the_presets_open_by_key(shown: MainWindow, qtbot: QtBot, key: Qt.Key) -> None:
    opened: list[str] = []

    def close() -> None:
        popup = QApplication.activePopupWidget()
        assert isinstance(popup, QMenu)
        opened.extend(each.text() for each in popup.actions())
        popup.close()

    button = shown.status.scale
    qtbot.waitUntil(button.isVisible)
    button.setFocus()
    QTimer.singleShot(50, close)
    qtbot.keyClick(button, key)
    qtbot.waitUntil(lambda: bool(opened))
    assert "20x\t5" in opened


def test_without_a_scale_only_native_and_whole_can_be_chosen(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    slide = fake_slide()
    slide.levels = [
        type(level)(level.size, level.tile_size, level.downsample)
        for level in slide.levels
    ]
    answer = Opened((slide,), ())
    monkeypatch.setattr("viewer.window.slide_opening.open_slides", lambda *_: answer)
    with qtbot.waitSignal(window.session.opened):
        window.open([Path("folder")])
    found = presets(window)
    enabled = [text for text, action in found.items() if action.isEnabled()]
    assert enabled == ["Native pixels", "Whole slide"]
    assert found["40x"].toolTip() == "The scale of this slide is unknown."


def test_the_arrow_stands_behind_the_text(qtbot: QtBot) -> None:
    button = ScaleButton()
    qtbot.addWidget(button)
    button.setText("14.2x   0.705 µm/px")
    button.resize(button.sizeHint())
    drawn = button.grab().toImage()
    ground = drawn.pixel(drawn.width() - 2, drawn.height() // 2)
    inked = {
        (x, y)
        for x in range(drawn.width())
        for y in range(drawn.height())
        if drawn.pixel(x, y) != ground
    }
    width = button.fontMetrics().horizontalAdvance(button.text())
    arrow = [y for x, y in inked if x > drawn.width() - button.fontMetrics().height()]
    assert arrow, "none is painted"
    assert abs((min(arrow) + max(arrow)) / 2 - drawn.height() / 2) < 3
    assert drawn.width() > width + max(arrow) - min(arrow)
