"""The list of keys, and About: nothing is missing, everything can be tried."""

import platform
import re
import tomllib
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pytest
from PIL import features
from PySide6.QtCore import Qt, qVersion
from PySide6.QtGui import QGuiApplication, QKeySequence, QPalette
from PySide6.QtWidgets import (
    QLabel,
    QLineEdit,
    QTreeWidgetItem,
    QTreeWidgetItemIterator,
)
from pytestqt.qtbot import QtBot

from tests.conftest import CHECKOUT
from viewer import __version__
from viewer.scene import navigation
from viewer.scene.gestures import GESTURES
from viewer.window.about import AboutDialog, versions
from viewer.window.actions import ACTIONS
from viewer.window.key_list import SECOND_KEY, key_rows
from viewer.window.keys_dialog import KeysDialog
from viewer.window.main_window import MainWindow


def shown_rows(dialog: KeysDialog) -> list[QTreeWidgetItem]:
    rows: list[QTreeWidgetItem] = []
    walk = QTreeWidgetItemIterator(dialog.tree)
    while (item := walk.value()) is not None:
        group = item.parent()
        if group is not None and not group.isHidden() and not item.isHidden():
            rows.append(item)
        walk += 1
    return rows


@pytest.fixture
def dialog(window: MainWindow, qtbot: QtBot) -> KeysDialog:
    qtbot.keyClick(window, Qt.Key.Key_F1)
    dialog = window.findChild(KeysDialog)
    assert isinstance(dialog, KeysDialog)
    assert dialog.isVisible()
    return dialog


def test_every_key_of_the_table_of_actions_is_listed(window: MainWindow) -> None:
    native = QKeySequence.SequenceFormat.NativeText
    listed = {key for row in key_rows(window) for key in row.keys}
    for row in ACTIONS:
        for key in row.keys:
            assert QKeySequence(key).toString(native) in listed, row.name


def test_every_row_without_a_text_is_a_second_key_of_one_with(
    window: MainWindow,
) -> None:
    texts = {row.name: row.text for row in ACTIONS}
    second = [row.name for row in ACTIONS if row.name and not row.text]
    assert second
    for name in second:
        assert name.endswith(SECOND_KEY)
        assert texts[name.removesuffix(SECOND_KEY)]
    full = next(row for row in key_rows(window) if row.words == "Full Screen")
    assert full.keys == ("F11", "F")


def test_every_key_that_navigation_answers_is_listed() -> None:
    """No second truth: the keys of its table are in a menu or among the gestures."""
    told = {key for each in GESTURES for key in each.keys}
    for row in ACTIONS:
        told |= {QKeySequence(key)[0].key() for key in row.keys}  # pyright: ignore[reportIndexIssue] - stubs
    answered = {*navigation._KEYS, *navigation._ARROWS, Qt.Key.Key_Space}
    assert answered <= told
    assert {key for each in GESTURES for key in each.keys} <= answered


def test_every_menu_entry_and_every_panels_key_is_listed(window: MainWindow) -> None:
    rows = key_rows(window)
    words = [row.words for row in rows]
    assert "Open Files" in words
    assert "Appearance: Dark" in words
    assert "Open Recent" in words
    assert {row.group for row in rows} >= {"File", "Zoom", "Panels", "Go", "Help"}
    metadata = next(row for row in rows if row.group == "Panels" and row.keys == ("I",))
    assert metadata.words == window.docks["metadata"].windowTitle()


def test_typing_narrows_the_list_to_rows_with_every_word(
    dialog: KeysDialog, qtbot: QtBot
) -> None:
    everything = len(shown_rows(dialog))
    qtbot.keyClicks(dialog.field, "SLIDE next")
    (row,) = shown_rows(dialog)
    assert row.text(0) == "Next Slide"
    assert dialog.count.text() == f"1 of {everything}"
    qtbot.keyClick(dialog.field, Qt.Key.Key_Escape)
    assert dialog.field.text() == ""
    assert dialog.isVisible()
    assert len(shown_rows(dialog)) == everything
    qtbot.keyClicks(dialog.field, "Ctrl+Shift+O")
    assert [row.text(0) for row in shown_rows(dialog)] == ["Open Folder"]
    dialog.field.setText("no such thing")
    assert shown_rows(dialog) == []
    qtbot.keyClick(dialog.field, Qt.Key.Key_Return)
    dialog.field.clear()
    qtbot.keyClick(dialog.field, Qt.Key.Key_Escape)
    assert not dialog.isVisible()


def test_enter_does_what_the_row_says(
    window: MainWindow, dialog: KeysDialog, qtbot: QtBot
) -> None:
    qtbot.keyClicks(dialog.field, "full screen f11")
    qtbot.keyClick(dialog.field, Qt.Key.Key_Down)
    assert dialog.focusWidget() is dialog.tree
    assert not window.isFullScreen()
    qtbot.keyClick(dialog.tree, Qt.Key.Key_Return)
    assert window.isFullScreen()
    assert dialog.isVisible()
    window.commands["leave"].trigger()
    assert not window.isFullScreen()


def test_enter_does_nothing_where_nothing_can_be_done(
    window: MainWindow, dialog: KeysDialog, qtbot: QtBot
) -> None:
    assert not window.commands["close_slide"].isEnabled()
    qtbot.keyClicks(dialog.field, "close slide")
    qtbot.keyClick(dialog.field, Qt.Key.Key_Return)
    qtbot.keyClicks(dialog.field, "")
    assert dialog.isVisible()


def test_what_cannot_be_done_now_is_gray(
    window: MainWindow, dialog: KeysDialog, qtbot: QtBot, slide_folder: Path
) -> None:
    row = next(row for row in shown_rows(dialog) if row.text(0) == "Close Slide")
    gray = dialog.palette().brush(QPalette.ColorGroup.Disabled, QPalette.ColorRole.Text)
    assert row.foreground(0) == row.foreground(1) == gray
    assert "not possible now" in row.toolTip(0)
    with qtbot.waitSignal(window.session.opened):
        window.open([slide_folder])
    window.activateWindow()
    dialog.activateWindow()
    qtbot.waitUntil(lambda: row.foreground(0) != gray)
    assert "not possible now" not in row.toolTip(0)
    window.commands["close_slide"].trigger()


def test_what_leads_to_another_place_goes_on_there(
    window: MainWindow, dialog: KeysDialog, qtbot: QtBot, slide_folder: Path
) -> None:
    with qtbot.waitSignal(window.session.opened):
        window.open([slide_folder])
    dialog.activateWindow()
    qtbot.waitUntil(dialog.isActiveWindow)
    qtbot.keyClicks(dialog.field, "scale bar")
    qtbot.keyClick(dialog.field, Qt.Key.Key_Return)
    assert dialog.isActiveWindow()
    dialog.field.setText("find in metadata")
    qtbot.keyClick(dialog.field, Qt.Key.Key_Return)
    qtbot.waitUntil(window.isActiveWindow)
    focused = window.focusWidget()
    assert isinstance(focused, QLineEdit)
    assert window.docks["metadata"].isAncestorOf(focused)


def test_the_window_can_be_used_meanwhile_and_there_is_one_list(
    window: MainWindow, dialog: KeysDialog, qtbot: QtBot
) -> None:
    assert not dialog.isModal()
    qtbot.keyClick(window, Qt.Key.Key_Question)
    assert window.findChildren(KeysDialog) == [dialog]


def test_about_names_what_it_is_made_of_and_what_it_is_not_for(
    window: MainWindow, qtbot: QtBot
) -> None:
    window.commands["about"].trigger()
    dialog = window.findChild(AboutDialog)
    assert isinstance(dialog, AboutDialog)
    words = " ".join(label.text() for label in dialog.findChildren(QLabel))
    assert "Not for primary diagnosis" in words
    assert "Apache License 2.0" in words
    qtbot.waitUntil(dialog.copy.isEnabled, timeout=20_000)
    dialog.copy.click()
    report = QGuiApplication.clipboard().text()
    assert report == dialog.report.toPlainText()
    assert report.startswith(f"Coverslip {__version__}\n")
    dialog.close()


def test_about_that_goes_with_its_window_is_no_error(
    window: MainWindow, qtbot: QtBot
) -> None:
    dialog = AboutDialog(window)
    task = dialog._task
    dialog.deleteLater()
    del dialog
    qtbot.waitUntil(lambda: task.is_over, timeout=20_000)


def test_about_names_every_library_that_the_program_asks_for() -> None:
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())["project"]
    names = {re.split(r"[ >=;<!]", each)[0] for each in project["dependencies"]}
    assert len(names) > 5
    assert {line.split()[0] for line in versions().splitlines()} >= names


def test_versions_are_those_of_the_libraries_themselves() -> None:
    import imagecodecs

    lines = versions().splitlines()
    assert f"numpy {np.__version__}" in lines
    assert f"pydicom {version('pydicom')}" in lines
    text = "\n".join(lines)
    assert f"Python {platform.python_version()}" in text
    assert f"Qt {qVersion()}" in text
    assert f"littlecms2 {features.version('littlecms2')}" in text
    assert imagecodecs.jpeg2k_version() in text
    assert imagecodecs.jpegls_version() in text
    turbo = next(line for line in lines if line.startswith("simplejpeg"))
    assert "libjpeg-turbo " in turbo
