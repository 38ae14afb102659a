"""Finding in the metadata by the window's keys and menus."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.synthetic import write_slide
from viewer.panels.metadata_panel import MetadataPanel
from viewer.window.main_window import MainWindow

PATIENCE = 20_000


@pytest.fixture
def opened(window: MainWindow, qtbot: QtBot, slide_folder: Path) -> MetadataPanel:
    """The metadata panel of a window with a slide in it."""
    with qtbot.waitSignal(window.session.opened):
        window.open([slide_folder])
    qtbot.waitUntil(window.is_settled, timeout=PATIENCE)
    return window.docks.panel(MetadataPanel)


def test_there_is_nothing_to_find_without_a_slide(window: MainWindow) -> None:
    assert not window.commands["find"].isEnabled()
    assert not window.commands["find_next"].isEnabled()


def test_control_f_finds_from_anywhere_and_escape_returns(
    window: MainWindow, opened: MetadataPanel, qtbot: QtBot
) -> None:
    field = opened.finder.bar.field
    control = Qt.KeyboardModifier.ControlModifier
    window.docks["metadata"].hide()
    qtbot.keyClick(window, Qt.Key.Key_F, control)
    assert window.docks["metadata"].isVisible()
    assert field.hasFocus()
    qtbot.keyClicks(field, "opticalpathdesc")
    qtbot.waitUntil(lambda: field.text() != "" and opened.is_ready(), timeout=PATIENCE)
    assert opened.finder.bar.count.text() == "1 match"
    assert opened.value.value.toPlainText() == "path 0"
    qtbot.keyClick(field, Qt.Key.Key_Escape)
    assert window.view.hasFocus()
    assert field.text() == ""
    qtbot.waitUntil(opened.is_ready, timeout=PATIENCE)
    current = opened.tree.current()
    assert current is not None
    assert current.path == "OpticalPathSequence[0].OpticalPathDescription"


def test_a_slash_finds_from_the_picture_and_can_be_searched_itself(
    window: MainWindow, opened: MetadataPanel, qtbot: QtBot
) -> None:
    field = opened.finder.bar.field
    qtbot.keyClick(window.view, Qt.Key.Key_Slash)
    assert field.hasFocus()
    assert field.text() == ""
    qtbot.keyClick(field, Qt.Key.Key_Slash)
    assert field.text() == "/"


def test_f3_steps_from_the_picture_too(
    window: MainWindow, opened: MetadataPanel, qtbot: QtBot
) -> None:
    opened.finder.bar.field.setText("specimen")
    qtbot.waitUntil(opened.is_ready, timeout=PATIENCE)
    window.view.setFocus()
    first = opened.finder.bar.count.text()
    qtbot.keyClick(window, Qt.Key.Key_F3)
    second = opened.finder.bar.count.text()
    qtbot.keyClick(window, Qt.Key.Key_F3, Qt.KeyboardModifier.ShiftModifier)
    assert (first[:4], second[:4]) == ("1 of", "2 of")
    assert opened.finder.bar.count.text() == first
    assert window.view.hasFocus()


def test_a_picked_tile_leads_to_its_frames_attributes(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    write_slide(tmp_path, name="sparse", layout="TILED_SPARSE")
    with qtbot.waitSignal(window.session.opened):
        window.open([tmp_path])
    qtbot.waitUntil(window.is_settled, timeout=PATIENCE)
    panel = window.docks.panel(MetadataPanel)
    qtbot.keyClick(window.view, Qt.Key.Key_9)  # a stored level, never a computed one
    qtbot.waitUntil(window.is_settled, timeout=PATIENCE)
    picture = window.view.viewport()
    middle = picture.rect().center()
    qtbot.mouseClick(picture, Qt.MouseButton.LeftButton, pos=middle)
    qtbot.waitUntil(lambda: panel.note.text() != "", timeout=PATIENCE)
    qtbot.waitUntil(panel.is_ready, timeout=PATIENCE)
    number = int(panel.note.text().split()[1])
    current = panel.tree.current()
    assert current is not None
    assert current.path == f"PerFrameFunctionalGroupsSequence[{number - 1}]"
