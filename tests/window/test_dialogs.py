"""The file dialogs: where they start, and what they leave behind."""

from pathlib import Path

import pytest
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QDialog, QFileDialog
from pytestqt.qtbot import QtBot

from viewer.window.dialogs import resize_to_text
from viewer.window.main_window import MainWindow


def qt_notes() -> QSettings:
    """What Qt itself remembers of file dialogs, for all programs of the user."""
    return QSettings(QSettings.Scope.UserScope, "QtProject")


def choose(window: MainWindow, qtbot: QtBot, path: Path) -> None:
    window.commands["open_files"].trigger()
    dialog = window.findChild(QFileDialog)
    assert isinstance(dialog, QFileDialog)
    dialog.setDirectory(str(path.parent))
    with qtbot.waitSignal(window.session.opened):
        dialog.filesSelected.emit([str(path)])
    close(window, qtbot, dialog)


def close(window: MainWindow, qtbot: QtBot, dialog: QFileDialog) -> None:
    dialog.close()
    qtbot.waitUntil(lambda: window.findChild(QFileDialog) is None)


@pytest.mark.parametrize("before", [None, "file:///elsewhere"])
def test_no_folder_is_left_in_the_notes_of_qt(
    window: MainWindow, qtbot: QtBot, slide_folder: Path, before: str | None
) -> None:
    keys = ("FileDialog/history", "FileDialog/lastVisited")
    for key in keys:
        qt_notes().remove(key)
        if before is not None:
            qt_notes().setValue(key, before)
    choose(window, qtbot, next(slide_folder.glob("*.dcm")))
    assert [qt_notes().value(key) for key in keys] == [before, before]
    assert str(slide_folder) not in Path(qt_notes().fileName()).read_text()


def test_the_next_dialog_starts_where_the_last_file_was(
    window: MainWindow, qtbot: QtBot, slide_folder: Path
) -> None:
    choose(window, qtbot, next(slide_folder.glob("*.dcm")))
    window.commands["open_files"].trigger()
    dialog = window.findChild(QFileDialog)
    assert isinstance(dialog, QFileDialog)
    assert Path(dialog.directory().path()) == slide_folder
    close(window, qtbot, dialog)


def test_no_folder_is_remembered_while_recent_files_are_switched_off(
    window: MainWindow, qtbot: QtBot, slide_folder: Path
) -> None:
    file = next(slide_folder.glob("*.dcm"))
    ini = window._settings.path
    choose(window, qtbot, file)
    assert str(slide_folder) in ini.read_text()
    window.opening.recent.set_remembers(remembers=False)
    assert str(slide_folder) not in ini.read_text()
    choose(window, qtbot, file)
    window.close()
    assert str(slide_folder) not in ini.read_text()


def test_a_dialog_is_as_large_as_its_text_while_the_screen_has_room(
    window: MainWindow, qtbot: QtBot
) -> None:
    dialog = QDialog(window)
    qtbot.addWidget(dialog)
    room = dialog.screen().availableSize()
    metrics = dialog.fontMetrics()
    resize_to_text(dialog, dialog, 40, 10)
    assert dialog.width() == 40 * metrics.averageCharWidth()
    assert dialog.height() == 10 * metrics.lineSpacing()
    font = dialog.font()
    font.setPointSize(100)
    dialog.setFont(font)
    resize_to_text(dialog, dialog, 40, 10)
    assert dialog.width() < room.width()
    assert dialog.height() < room.height()
