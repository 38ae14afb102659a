"""Light and dark: after the system, after the user, remembered, readable."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from viewer.qt.palettes import READABLE, contrast, dark, light
from viewer.window.actions import VIEW
from viewer.window.appearance import SCHEME
from viewer.window.main_window import MainWindow
from viewer.window.message_bar import ERROR_COLOR, NOTE_COLOR
from viewer.window.settings import Settings

VIEWER = Path(__file__).resolve().parents[2] / "viewer"


@pytest.fixture(autouse=True)
def _systems_colors_again(qapp: QApplication) -> Iterator[None]:
    yield
    qapp.styleHints().unsetColorScheme()
    qapp.setPalette(QPalette())
    qapp.processEvents()


def choose(window: MainWindow, name: str) -> None:
    menu = window.commands.menu(VIEW)
    inner = next(each for each in menu.findChildren(QMenu))
    action = next(
        each for each in inner.actions() if each.objectName() == f"appearance_{name}"
    )
    action.trigger()
    QApplication.processEvents()  # new palettes are news for the next turn
    assert [each.isChecked() for each in inner.actions()].count(True) == 1


def ground(window: MainWindow) -> QColor:
    return window.start_page.palette().window().color()


def test_dark_and_light_are_taken_up_at_once_and_remembered(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    system = ground(window)
    choose(window, "dark")
    assert ground(window).lightness() < 100
    again = MainWindow(Settings(tmp_path / "settings" / "coverslip.ini"))
    qtbot.addWidget(again)
    assert ground(again).lightness() < 100
    again.close()
    QApplication.processEvents()
    choose(window, "light")
    assert ground(window).lightness() > 200
    choose(window, "system")
    assert ground(window) == system
    assert window._settings.text(SCHEME) == "system"


def test_a_damaged_choice_is_the_systems(qtbot: QtBot, tmp_path: Path) -> None:
    settings = Settings(tmp_path / "coverslip.ini")
    settings.set_text(SCHEME, "purple")
    window = MainWindow(settings)
    qtbot.addWidget(window)
    assert window.appearance is not None
    assert ground(window) == QApplication.style().standardPalette().window().color()
    window.close()


def test_remarks_can_be_read_in_the_systems_colors_too(window: MainWindow) -> None:
    palette = window.start_page.palette()
    quiet = palette.placeholderText().color()
    assert quiet.alpha() == 255
    assert contrast(quiet, palette.window().color()) >= READABLE


@pytest.mark.parametrize("name", ["light", "dark"])
@pytest.mark.parametrize("color", [ERROR_COLOR, NOTE_COLOR], ids=["error", "note"])
def test_messages_can_be_read_on_their_tint(
    window: MainWindow, name: str, color: QColor
) -> None:
    choose(window, name)
    show = (
        window.message.show_error if color == ERROR_COLOR else window.message.show_note
    )
    show("A sentence.")
    tinted = window.message.palette().window().color()
    text = window.message.sentence.palette().windowText().color()
    assert tinted != ground(window)
    assert contrast(text, tinted) >= READABLE


@pytest.mark.parametrize("made", [light, dark])
def test_tints_of_the_status_bar_can_be_read(qapp: QApplication, made: type) -> None:
    from viewer.window.tints import Tint, color_of

    palette = made()
    for tint in Tint:
        color = color_of(tint, palette)
        assert contrast(color, palette.window().color()) >= READABLE


@pytest.mark.parametrize(
    "path",
    sorted(VIEWER.rglob("*.py")),
    ids=lambda path: str(path.relative_to(VIEWER)),
)
def test_no_style_sheet_keeps_the_systems_colors_out(path: Path) -> None:
    """High contrast is a palette: a style sheet would lie above it."""
    called = {
        node.attr
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute)
    }
    assert "setStyleSheet" not in called
