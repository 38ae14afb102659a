"""The panel of brightness, contrast and gamma."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from viewer.panels.adjustment_panel import AdjustmentPanel
from viewer.slide.adjustment import LEAST_GAMMA, MOST_GAMMA, NEUTRAL, Adjustment


@pytest.fixture
def panel(qtbot: QtBot) -> AdjustmentPanel:
    made = AdjustmentPanel()
    qtbot.addWidget(made)
    made.show()
    return made


@pytest.fixture
def sent(panel: AdjustmentPanel) -> list[Adjustment]:
    adjustments: list[Adjustment] = []
    panel.adjusted.connect(adjustments.append)
    return adjustments


def test_sliders_are_sent_at_once(
    panel: AdjustmentPanel, sent: list[Adjustment]
) -> None:
    panel.brightness[0].setValue(10)
    panel.contrast[0].setValue(-20)
    panel.gamma[0].setValue(50)
    assert sent == [
        Adjustment(10),
        Adjustment(10, -20),
        Adjustment(10, -20, 2.24),  # the root of 5
    ]
    assert panel.gamma[1].value() == 2.24


def test_both_ends_of_the_gamma_slider_are_the_ends_of_its_range(
    panel: AdjustmentPanel, sent: list[Adjustment]
) -> None:
    panel.gamma[0].setValue(panel.gamma[0].maximum())
    panel.gamma[0].setValue(panel.gamma[0].minimum())
    panel.gamma[0].setValue(0)
    assert [each.gamma for each in sent] == [MOST_GAMMA, LEAST_GAMMA, 1.0]


def test_numbers_move_the_sliders_when_they_are_entered(
    panel: AdjustmentPanel, sent: list[Adjustment], qtbot: QtBot
) -> None:
    number = panel.brightness[1]
    number.selectAll()
    qtbot.keyClicks(number, "35")
    assert sent == []  # not while typing: 3 would flash by
    qtbot.keyClick(number, Qt.Key.Key_Return)
    assert sent == [Adjustment(35)]
    assert panel.brightness[0].value() == 35
    panel.gamma[1].setValue(1.23)
    assert sent[-1] == Adjustment(35, 0, 1.23)
    assert panel.gamma[1].value() == 1.23  # the coarser slider does not round it


def test_what_is_shown_is_not_sent_back(
    panel: AdjustmentPanel, sent: list[Adjustment]
) -> None:
    shown = Adjustment(-5, 40, 0.5)
    panel.show_adjustment(shown)
    assert sent == []
    assert (panel.brightness[0].value(), panel.contrast[1].value()) == (-5, 40)
    assert panel.gamma[1].value() == 0.5
    panel.show_slide(None)
    assert panel.gamma[1].value() == 0.5


def test_reset_is_there_when_there_is_something_to_reset(
    panel: AdjustmentPanel, sent: list[Adjustment], qtbot: QtBot
) -> None:
    assert not panel.reset.isEnabled()
    panel.contrast[0].setValue(30)
    assert panel.reset.isEnabled()
    qtbot.mouseClick(panel.reset, Qt.MouseButton.LeftButton)
    assert sent == [Adjustment(0, 30), NEUTRAL]
    assert panel.contrast[0].value() == panel.contrast[1].value() == 0
    assert not panel.reset.isEnabled()


def test_all_of_it_is_named_explained_and_reached_by_tab(
    panel: AdjustmentPanel,
) -> None:
    controls: list[QWidget] = [
        *panel.brightness,
        *panel.contrast,
        *panel.gamma,
        panel.reset,
    ]
    assert len({each.accessibleName() for each in controls}) == len(controls)
    for each in controls:
        assert each.accessibleName()
        assert each.toolTip()
        assert each.focusPolicy() & Qt.FocusPolicy.TabFocus
