"""The channels panel: what it shows, and what it asks for."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QPalette
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractSlider, QDoubleSpinBox, QPushButton
from pytestqt.qtbot import QtBot

from viewer.panels.channels_panel import ChannelsPanel
from viewer.qt.palettes import VISIBLE, contrast, dark, light
from viewer.slide.channel_set import ChannelSet
from viewer.slide.channels import Channel
from viewer.slide.model import OpticalPath


def grey(name: str) -> OpticalPath:
    return OpticalPath(name, grey_range=(0, 65535))


def three() -> ChannelSet:
    return ChannelSet.of([grey("a"), grey("b"), grey("c")])


@pytest.fixture
def panel(qtbot: QtBot) -> ChannelsPanel:
    panel = ChannelsPanel()
    qtbot.addWidget(panel)
    panel.resize(400, 500)
    panel.show()
    return panel


def checks(panel: ChannelsPanel) -> list[bool]:
    items = [panel.list.item(row) for row in range(panel.list.count())]
    return [item.checkState() == Qt.CheckState.Checked for item in items]


def test_each_path_has_a_row_with_name_and_range(panel: ChannelsPanel) -> None:
    panel.show_channels(three().toggled(1).with_auto({2: (10.0, 2000.0)}))
    assert checks(panel) == [True, False, True]
    assert panel.list.item(0).text() == "a\n0 to 65,535 (all that samples can hold)"
    assert panel.list.item(2).text() == "c\n10 to 2,000 (auto)"


def test_what_is_shown_is_not_sent(panel: ChannelsPanel, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(panel.toggled), qtbot.assertNotEmitted(panel.drawn):
        panel.show_channels(three())
        panel.show_channels(three().with_auto({0: (5.0, 6.0)}))
        panel.show_channels(None)
    assert panel.list.count() == 0


def test_space_switches_the_chosen_channel(panel: ChannelsPanel, qtbot: QtBot) -> None:
    panel.show_channels(three())
    panel.list.setFocus()
    QTest.keyClick(panel.list, Qt.Key.Key_Down)
    with qtbot.waitSignal(panel.toggled) as sent:
        QTest.keyClick(panel.list, Qt.Key.Key_Space)
    assert sent.args == [1]
    # Nobody listens here: what is shown stays what it was.
    assert checks(panel) == [True, True, True]


def test_alt_and_a_click_asks_for_one_channel_alone(
    panel: ChannelsPanel, qtbot: QtBot
) -> None:
    panel.show_channels(three())
    place = panel.list.visualItemRect(panel.list.item(2)).center()
    with qtbot.waitSignal(panel.alone_wanted) as sent:
        QTest.mouseClick(
            panel.list.viewport(),
            Qt.MouseButton.LeftButton,
            Qt.KeyboardModifier.AltModifier,
            place,
        )
    assert sent.args == [2]
    assert checks(panel) == [True, True, True]


def test_numbers_and_sliders_draw_the_chosen_channel(panel: ChannelsPanel) -> None:
    channels = three().with_auto({1: (100.0, 4000.0)})
    sent: list[Channel] = []
    panel.drawn.connect(sent.append)
    panel.show_channels(channels)
    panel.list.setCurrentRow(1)
    assert panel.controls.low[1].value() == 100
    panel.controls.low[1].setValue(250)
    channel = replace(channels.states[1].channel, low=250.0)
    assert sent == [channel]
    panel.controls.gamma[1].setValue(2.0)
    assert sent[-1] == replace(channel, gamma=2.0)
    panel.controls.high[0].setValue(500)  # the middle of the slider: a quarter
    assert sent[-1].high == round(65535 / 4)
    assert all(each.optical_path == 1 for each in sent)


def test_black_and_brightest_never_cross(panel: ChannelsPanel) -> None:
    sent: list[Channel] = []
    panel.drawn.connect(sent.append)
    panel.show_channels(three().with_auto({0: (100.0, 4000.0)}))
    panel.controls.low[1].setValue(9000)
    assert (sent[-1].low, sent[-1].high) == (3999, 4000)
    panel.controls.high[0].setValue(0)
    assert (sent[-1].low, sent[-1].high) == (3999, 4000)


def test_another_row_leaves_fractions_of_a_range_alone(panel: ChannelsPanel) -> None:
    sent: list[Channel] = []
    panel.drawn.connect(sent.append)
    panel.show_channels(three().with_auto({0: (10.4, 99.6)}))
    panel.list.setCurrentRow(1)
    panel.list.setCurrentRow(0)
    assert not sent
    panel.controls.gamma[1].setValue(1.5)
    assert (sent[-1].low, sent[-1].high, sent[-1].gamma) == (10.4, 99.6, 1.5)


def test_buttons_say_what_is_wanted(panel: ChannelsPanel, qtbot: QtBot) -> None:
    panel.show_channels(three())
    panel.list.setCurrentRow(2)
    with qtbot.waitSignal(panel.range_wanted) as sent:
        panel.auto.click()
    assert sent.args == [2]
    for button, signal in (
        (panel.all, panel.all_wanted),
        (panel.reset, panel.reset_wanted),
    ):
        with qtbot.waitSignal(signal):
            button.click()


def test_paths_of_colors_have_no_range_to_change(panel: ChannelsPanel) -> None:
    panel.show_channels(ChannelSet.of([OpticalPath("H&E"), OpticalPath("IHC")]))
    assert panel.list.item(1).text() == "IHC\ncolors"
    assert not panel.controls.isEnabled()
    assert not panel.auto.isEnabled()
    assert not panel.color.isEnabled()
    assert not panel.all.isEnabled()


def test_forty_channels_can_be_scrolled(panel: ChannelsPanel, qtbot: QtBot) -> None:
    panel.show_channels(ChannelSet.of([grey(str(n)) for n in range(40)]))
    assert panel.list.count() == 40
    assert panel.list.verticalScrollBar().maximum() > 0
    panel.list.setCurrentRow(39)
    with qtbot.waitSignal(panel.toggled) as sent:
        panel.list.item(39).setCheckState(Qt.CheckState.Checked)
    assert sent.args == [39]


def test_six_of_forty_channels_are_seen_without_scrolling(
    panel: ChannelsPanel, qtbot: QtBot
) -> None:
    panel.show_channels(ChannelSet.of([grey(str(n)) for n in range(40)]))
    panel.resize(panel.sizeHint())
    channels = panel.list
    sixth = channels.visualItemRect(channels.item(5))
    qtbot.waitUntil(lambda: channels.viewport().height() > sixth.bottom())


@pytest.mark.parametrize("palette", [light(), dark()], ids=["light", "dark"])
def test_the_box_of_a_hidden_channel_can_be_seen(
    panel: ChannelsPanel, qtbot: QtBot, palette: QPalette
) -> None:
    panel.setPalette(palette)
    panel.show_channels(three().toggled(1))
    row = panel.list.visualItemRect(panel.list.item(1))
    qtbot.waitUntil(lambda: panel.list.viewport().height() > row.bottom())
    picture = panel.list.viewport().grab().toImage()
    ground = palette.base().color()
    height = row.center().y()
    box = [picture.pixelColor(x, height) for x in range(panel.fontMetrics().height())]
    assert max(contrast(color, ground) for color in box) >= VISIBLE


def test_every_control_is_named_and_can_be_reached(panel: ChannelsPanel) -> None:
    panel.show_channels(three())
    kinds = (QPushButton, QAbstractSlider, QDoubleSpinBox)
    controls = [each for kind in kinds for each in panel.controls.findChildren(kind)]
    controls += [panel.list, panel.color, panel.auto, panel.all, panel.reset]
    for control in controls:
        assert control.accessibleName()
        assert control.toolTip()
        assert control.focusPolicy() & Qt.FocusPolicy.TabFocus
