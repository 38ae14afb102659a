"""Minimap, scale bar, smooth zoom and clicked tiles in the real window."""

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from viewer.panels.panel import Panel
from viewer.slide.model import TileKey
from viewer.window.main_window import MainWindow
from viewer.window.settings import Settings


def opened(window: MainWindow, qtbot: QtBot, path: Path) -> None:
    with qtbot.waitSignal(window.session.opened):
        window.open([path])


def press(window: MainWindow, qtbot: QtBot, key: Qt.Key) -> None:
    qtbot.keyClick(window.view, key)


def test_keys_switch_minimap_and_scale_bar_and_it_is_remembered(
    window: MainWindow, qtbot: QtBot, slide_folder: Path, tmp_path: Path
) -> None:
    opened(window, qtbot, slide_folder)
    window.view.show_native()
    qtbot.waitUntil(window.moving.minimap.isVisible)
    assert window.commands["minimap"].isChecked()
    assert window.commands["scale_bar"].isChecked()
    press(window, qtbot, Qt.Key.Key_M)
    press(window, qtbot, Qt.Key.Key_S)
    assert not window.moving.minimap.isVisible()
    assert not window.moving.scale_bar.is_shown
    window.commands["smooth_zoom"].trigger()
    assert not window.view.is_smooth
    window.close()
    again = MainWindow(Settings(tmp_path / "settings" / "coverslip.ini"))
    qtbot.addWidget(again)
    for name in ("minimap", "scale_bar", "smooth_zoom"):
        assert not again.commands[name].isChecked()
    assert not again.moving.minimap.is_wanted
    assert not again.moving.scale_bar.is_shown
    assert not again.view.is_smooth
    again.close()


def test_the_minimap_switched_on_with_the_whole_slide_in_view_says_when_it_comes(
    window: MainWindow, qtbot: QtBot, slide_folder: Path
) -> None:
    opened(window, qtbot, slide_folder)
    press(window, qtbot, Qt.Key.Key_M)
    assert not window.message.isVisible()
    press(window, qtbot, Qt.Key.Key_M)
    assert window.message.sentence.text() == (
        "The minimap comes as soon as only a part of the slide is in view."
    )


def test_zoom_from_the_menu_glides_and_without_smooth_zoom_jumps(
    window: MainWindow, qtbot: QtBot, slide_folder: Path
) -> None:
    opened(window, qtbot, slide_folder)
    window.commands["native"].trigger()
    assert window.view.is_gliding
    qtbot.waitUntil(lambda: not window.view.is_gliding)
    assert window.view.viewport_state().pixel_size == 1.0
    window.commands["smooth_zoom"].trigger()
    window.commands["zoom_in"].trigger()
    assert window.view.viewport_state().pixel_size == pytest.approx(0.8)


def test_a_clicked_tile_is_told_to_every_panel(
    window: MainWindow,
    qtbot: QtBot,
    slide_folder: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(QApplication, "doubleClickInterval", lambda: 20)
    told: list[tuple[Panel, TileKey]] = []
    for kind in {type(panel) for panel in window.docks.panels.values()}:
        monkeypatch.setattr(
            kind, "show_tile", lambda panel, tile: told.append((panel, tile))
        )
    opened(window, qtbot, slide_folder)
    window.view.show_native()
    middle = window.view.viewport().rect().center()
    qtbot.mouseClick(window.view.viewport(), Qt.MouseButton.LeftButton, pos=middle)
    qtbot.waitUntil(lambda: bool(told))
    assert [panel for panel, _ in told] == list(window.docks.panels.values())
    assert {tile.level for _, tile in told} == {0}


def test_tiles_arrive_on_the_minimap(
    window: MainWindow, qtbot: QtBot, slide_folder: Path
) -> None:
    opened(window, qtbot, slide_folder)
    window.view.set_pixel_size(0.5)
    qtbot.waitUntil(window.is_settled, timeout=10_000)
    grabbed = window.moving.minimap.grab().toImage()
    colors = {
        grabbed.pixelColor(QPoint(x, y)).rgb()
        for x in range(0, grabbed.width(), 3)
        for y in range(0, grabbed.height(), 3)
    }
    assert len(colors) > 8  # a picture, not one ground with a frame


def test_what_was_seen_is_forgotten_with_the_slide(
    window: MainWindow, qtbot: QtBot, slide_folder: Path
) -> None:
    opened(window, qtbot, slide_folder)
    with qtbot.waitSignal(window.moving.tracking.changed):
        window.view.show_native()
    assert window.moving.tracking.seen is not None
    opened(window, qtbot, slide_folder)  # the same again is another opening
    assert window.moving.tracking.seen is None
