"""Messages: how they are left, in their turn."""

from pathlib import Path

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from viewer.panels.metadata_panel import MetadataPanel
from viewer.window.main_window import MainWindow


def test_escape_closes_a_message_before_it_leaves_full_screen(
    window: MainWindow, qtbot: QtBot
) -> None:
    qtbot.keyClick(window, Qt.Key.Key_F11)
    window.message.show_error("Nothing was found.")
    qtbot.keyClick(window, Qt.Key.Key_Escape)
    assert not window.message.isVisible()
    assert window.isFullScreen()
    qtbot.keyClick(window, Qt.Key.Key_Escape)
    assert not window.isFullScreen()
    assert not window.commands["leave"].isEnabled()


def test_closing_a_message_by_its_button_leaves_nothing_for_escape(
    window: MainWindow,
) -> None:
    window.message.show_note("2 files were left out.", ["a.txt", "b.txt"])
    assert window.commands["leave"].isEnabled()
    window.message.hide()
    assert not window.commands["leave"].isEnabled()


def test_a_search_is_emptied_before_a_message_is_closed(
    window: MainWindow, qtbot: QtBot, slide_folder: Path
) -> None:
    with qtbot.waitSignal(window.session.opened):
        window.open([slide_folder])
    field = window.docks.panel(MetadataPanel).finder.bar.field
    field.setFocus()
    qtbot.keyClicks(field, "pixel")
    window.message.show_note("2 files were left out.")
    qtbot.keyClick(field, Qt.Key.Key_Escape)
    assert not field.text()
    assert window.message.isVisible()
    qtbot.keyClick(window, Qt.Key.Key_Escape)
    assert not window.message.isVisible()
