"""The buttons in the titles of docks can be seen, in the dark too."""

from pathlib import Path

import pytest
from PySide6.QtGui import QAction, QColor, QPalette
from PySide6.QtWidgets import QAbstractButton, QApplication, QDockWidget, QMainWindow
from pytestqt.qtbot import QtBot

from viewer.qt.palettes import VISIBLE, contrast, dark, light
from viewer.window.dock_buttons import explain_buttons
from viewer.window.main_window import MainWindow


@pytest.fixture(params=["dark", "light", "yellow on black"])
def palette(request: pytest.FixtureRequest, qapp: QApplication) -> object:
    made = {"dark": dark, "light": light}.get(request.param, _high_contrast)()
    before = qapp.palette()
    qapp.setPalette(made)
    yield made
    qapp.setPalette(before)


def _high_contrast() -> QPalette:
    palette = QPalette(QColor("black"))
    for role in (QPalette.ColorRole.WindowText, QPalette.ColorRole.Text):
        palette.setColor(role, QColor("yellow"))
    return palette


@pytest.mark.qt_log_ignore("does not support raise", extend=True)
def test_both_buttons_stand_out_docked_and_floating(
    palette: QPalette, qtbot: QtBot
) -> None:
    window = QMainWindow()
    qtbot.addWidget(window)
    dock = QDockWidget("Panel", window)
    explain_buttons(dock)
    with qtbot.waitExposed(window):
        window.show()
    for floating in (False, True, False):
        dock.setFloating(floating)
        QApplication.processEvents()
        for button in dock.findChildren(QAbstractButton):
            assert _strongest(button) >= VISIBLE
            assert button.accessibleName().endswith(" Panel")


def test_they_do_in_the_real_window(
    window: MainWindow, qtbot: QtBot, slide_folder: Path
) -> None:
    with qtbot.waitSignal(window.session.opened):
        window.open([slide_folder])
    dock = window.docks["images"]
    qtbot.waitUntil(dock.isVisible)
    _choose(window, "dark")
    for name in ("close", "float"):
        button = dock.findChild(QAbstractButton, f"qt_dockwidget_{name}button")
        assert isinstance(button, QAbstractButton)
        assert _strongest(button) >= VISIBLE
        assert button.accessibleName().endswith(" Label and Overview")
    _choose(window, "system")


def _choose(window: MainWindow, scheme: str) -> None:
    action = window.findChild(QAction, f"appearance_{scheme}")
    assert isinstance(action, QAction)
    action.trigger()
    QApplication.processEvents()


def _strongest(button: QAbstractButton) -> float:
    """Return the contrast of the pixel that differs most from the first one."""
    image = button.grab().toImage()
    ground = image.pixelColor(0, 0)
    colors = (
        image.pixelColor(x, y)
        for x in range(image.width())
        for y in range(image.height())
    )
    return max(contrast(ground, color) for color in colors)
