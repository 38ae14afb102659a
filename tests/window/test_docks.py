"""Docks in a real window: who gets how much room."""

from pathlib import Path

import pytest
from PySide6.QtCore import QSize
from PySide6.QtWidgets import QDockWidget, QWidget
from pytestqt.qtbot import QtBot

from viewer.panels.panel import Panel
from viewer.window.main_window import MainWindow


def test_docks_at_the_bottom_leave_the_right_ones_their_height(
    window: MainWindow, qtbot: QtBot, slide_folder: Path
) -> None:
    _opened(window, qtbot, slide_folder)
    metadata, files = window.docks["metadata"], window.docks["files"]
    height = metadata.height()
    window.docks.open("files")
    qtbot.waitUntil(lambda: files.height() >= files.sizeHint().height())
    assert metadata.height() == height
    assert files.geometry().right() < metadata.x()


@pytest.mark.parametrize("name", ["adjustments", "problems", "files"])
def test_a_dock_opens_as_high_as_its_panel_would_like(
    window: MainWindow, qtbot: QtBot, slide_folder: Path, name: str
) -> None:
    _opened(window, qtbot, slide_folder)
    window.docks[name].toggleViewAction().trigger()
    panel = window.docks.panels[name]
    assert panel.sizeHint().height() > 0
    qtbot.waitUntil(lambda: _room(panel).height() >= panel.sizeHint().height())


def test_the_menu_brings_a_panel_before_the_one_it_lies_on(
    window: MainWindow, qtbot: QtBot, slide_folder: Path
) -> None:
    _opened(window, qtbot, slide_folder)
    problems, files = window.docks["problems"], window.docks["files"]
    for under, over in ((problems, files), (files, problems)):
        under.hide()
        over.hide()
        under.toggleViewAction().trigger()
        qtbot.waitUntil(lambda: not _is_covered(under))  # noqa: B023 - called at once
        over.toggleViewAction().trigger()
        qtbot.waitUntil(lambda: not _is_covered(over))  # noqa: B023
        assert _is_covered(under)


@pytest.mark.parametrize("width", [1000, 1400])
def test_the_slide_has_most_of_the_width_at_first(
    window: MainWindow, qtbot: QtBot, slide_folder: Path, width: int
) -> None:
    window.resize(width, 700)
    window.docks.fit_width()
    _opened(window, qtbot, slide_folder)
    least = window.docks["metadata"].minimumSizeHint().width()
    assert window.docks["metadata"].width() <= max(least, 0.3 * width)
    assert window.view.width() > 0.6 * width


def _opened(window: MainWindow, qtbot: QtBot, folder: Path) -> None:
    with qtbot.waitSignal(window.session.opened):
        window.open([folder])
    qtbot.waitUntil(window.docks["metadata"].isVisible)


def _is_covered(dock: QDockWidget) -> bool:
    return dock.visibleRegion().isEmpty()


def _room(panel: Panel) -> QSize:
    """Return the size of what the panel scrolls in."""
    around = panel.parentWidget()
    assert isinstance(around, QWidget)
    return around.size()
