"""Color in the real window: keys, menu, panel, status line, settings."""

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tests.profiles import of_class, swapped
from tests.scene.stage import bgr
from tests.synthetic import write_slide
from viewer.panels.adjustment_panel import AdjustmentPanel
from viewer.window.main_window import MainWindow
from viewer.window.settings import Settings


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("profile")
    write_slide(folder, icc_profile=of_class("scnr", swapped()))
    return folder


@pytest.fixture
def shown(window: MainWindow, folder: Path, qtbot: QtBot) -> MainWindow:
    with qtbot.waitSignal(window.session.opened):
        window.open([folder])
    settle(window, qtbot)
    window.activateWindow()
    window.view.setFocus()
    qtbot.waitUntil(window.view.hasFocus)
    return window


def settle(window: MainWindow, qtbot: QtBot) -> None:
    qtbot.waitUntil(
        lambda: window.is_settled() and window.color.is_idle, timeout=10_000
    )


def middle(window: MainWindow) -> np.ndarray:
    """Return the middle of the picture, without what is laid over its edges."""
    pixels = bgr(window.view.viewport().grab().toImage())
    rows, columns = pixels.shape[0] // 2, pixels.shape[1] // 2
    return pixels[rows - 30 : rows + 30, columns - 30 : columns + 30]


def test_y_leaves_the_profile_out_and_puts_it_back(
    shown: MainWindow, qtbot: QtBot
) -> None:
    assert shown.status.color.text().startswith("ICC: sRGB built-in")
    managed = middle(shown)
    QTest.keyClick(shown.view, Qt.Key.Key_Y)
    settle(shown, qtbot)
    assert not shown.commands["color_managed"].isChecked()
    assert shown.status.color.text() == "ICC off (Y)"
    stored = middle(shown)
    assert np.abs(stored[..., ::-1].astype(int) - managed).max() <= 1
    assert (stored != managed).any()
    QTest.keyClick(shown.view, Qt.Key.Key_Y)
    settle(shown, qtbot)
    assert (middle(shown) == managed).all()


def test_the_switch_is_off_again_in_the_next_window(
    shown: MainWindow, folder: Path, qtbot: QtBot, tmp_path: Path
) -> None:
    shown.commands["color_managed"].trigger()
    shown.close()
    again = MainWindow(Settings(tmp_path / "settings" / "coverslip.ini"))
    qtbot.addWidget(again)
    assert not again.commands["color_managed"].isChecked()
    with qtbot.waitSignal(again.session.opened):
        again.open([folder])
    settle(again, qtbot)
    assert again.status.color.text() == "ICC off (Y)"
    again.close()


def test_panels_follow_the_switch(
    monkeypatch: pytest.MonkeyPatch, qtbot: QtBot, tmp_path: Path
) -> None:
    told: list[tuple[str, bool]] = []
    monkeypatch.setattr(
        AdjustmentPanel,
        "set_color_managed",
        lambda panel, managed: told.append((panel.title, managed)),
    )
    window = MainWindow(Settings(tmp_path / "coverslip.ini"))
    qtbot.addWidget(window)
    window.commands["color_managed"].trigger()
    window.commands["color_managed"].trigger()
    assert told == [("Adjustments", each) for each in (True, False, True)]
    window.close()


def test_adjustments_come_by_key_show_a_chip_and_go_by_home(
    shown: MainWindow, qtbot: QtBot
) -> None:
    dock = shown.docks["adjustments"]
    assert not dock.isVisible()
    QTest.keyClick(shown.view, Qt.Key.Key_Y, Qt.KeyboardModifier.ShiftModifier)
    assert dock.isVisible()
    settle(shown, qtbot)
    before = middle(shown)
    panel = shown.docks.panel(AdjustmentPanel)
    panel.brightness[0].setValue(-20)
    settle(shown, qtbot)
    assert "Adjusted: brightness \N{MINUS SIGN}20" in shown.status.adjusted.text()
    darker = np.maximum(before.astype(int) - 51, 0)
    assert np.abs(middle(shown).astype(int) - darker).max() <= 1
    shown.view.setFocus()
    QTest.keyClick(shown.view, Qt.Key.Key_Home)
    settle(shown, qtbot)
    assert shown.status.adjusted.text() == ""
    assert panel.brightness[1].value() == 0
    assert (middle(shown) == before).all()


def test_the_menu_resets_adjustments_where_they_are(
    shown: MainWindow, qtbot: QtBot
) -> None:
    panel = shown.docks.panel(AdjustmentPanel)
    panel.gamma[1].setValue(2.0)
    shown.view.show_native()
    size = shown.view.viewport_state().pixel_size
    shown.commands["reset_adjustment"].trigger()
    settle(shown, qtbot)
    assert panel.gamma[1].value() == 1.0
    assert shown.view.viewport_state().pixel_size == size


def test_samples_of_a_closed_slide_are_let_go(shown: MainWindow, qtbot: QtBot) -> None:
    samples = shown.session.samples
    assert 0 < samples.used <= samples.budget
    shown.commands["close_slide"].trigger()
    qtbot.waitUntil(lambda: samples.used == 0)
