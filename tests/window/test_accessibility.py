"""Every control of the real window: names, tips with keys, focus, a way by keyboard."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QHeaderView,
    QLineEdit,
    QMenu,
    QPlainTextEdit,
    QScrollBar,
    QTabBar,
    QTextEdit,
    QWidget,
)
from pytestqt.qtbot import QtBot

from viewer.qt.palettes import VISIBLE, contrast
from viewer.window.about import AboutDialog
from viewer.window.dialogs import FaultDialog
from viewer.window.faults import Fault
from viewer.window.keys_dialog import KeysDialog
from viewer.window.main_window import MainWindow

CONTROLS = (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QTextEdit,
)
PARTS = (QScrollBar, QHeaderView)
OF_QT = ("qt_menubar", "qt_spinbox", "ScrollLeftButton", "ScrollRightButton")
"""Parts of other controls, with which Qt makes them; the last by their names."""


@pytest.fixture
def full_window(
    window: MainWindow, qtbot: QtBot, two_slides_folder: Path
) -> MainWindow:
    """A window with slides, every panel shown."""
    with qtbot.waitSignal(window.session.opened):
        window.open([two_slides_folder])
    for name in window.docks.panels:
        window.docks[name].show()
    window.message.show_note("A sentence.", ["A reason."])
    qtbot.waitUntil(window.is_settled, timeout=20_000)
    return window


def controls(top: QWidget) -> Iterator[QWidget]:
    for widget in top.findChildren(QWidget):
        is_control = isinstance(widget, CONTROLS) and not isinstance(widget, PARTS)
        of_qt = widget.objectName().startswith(OF_QT) or _is_in_combo_box(widget)
        if is_control and not of_qt:
            yield widget


def _is_in_combo_box(widget: QWidget) -> bool:
    above = widget.parentWidget()
    while above is not None and not isinstance(above, QComboBox):
        above = above.parentWidget()
    return above is not None


def named(widget: QWidget) -> str:
    chain, each = [], widget
    while each is not None and len(chain) < 4:
        chain.append(f"{type(each).__name__}({each.objectName()})")
        each = each.parentWidget()
    text = widget.text() if isinstance(widget, QAbstractButton) else ""
    return " in ".join(chain) + f" {text!r}"


def without_name(top: QWidget) -> list[str]:
    def has_name(widget: QWidget) -> bool:
        text = widget.text() if isinstance(widget, QAbstractButton) else ""
        is_word = any(letter.isalpha() for letter in text)
        return bool(widget.accessibleName() or is_word)

    return [named(each) for each in controls(top) if not has_name(each)]


def without_tip(top: QWidget) -> list[str]:
    """Controls that do something; of lists and texts to read the rows have tips."""
    return [
        named(each)
        for each in controls(top)
        if not each.toolTip() and not _is_to_read(each)
    ]


def _is_to_read(widget: QWidget) -> bool:
    if isinstance(widget, QLineEdit | QPlainTextEdit | QTextEdit):
        return widget.isReadOnly()
    return isinstance(widget, QAbstractItemView)


def test_every_control_has_a_name_and_a_tool_tip(full_window: MainWindow) -> None:
    assert len([*controls(full_window)]) > 10  # or this would prove nothing
    assert without_name(full_window) == []
    assert without_tip(full_window) == []


def test_so_has_every_control_of_the_dialogs(window: MainWindow, qtbot: QtBot) -> None:
    fault = Fault("A sentence.", "A report.", None)
    for dialog in (KeysDialog(window), AboutDialog(window), FaultDialog(fault, window)):
        qtbot.addWidget(dialog)
        assert [*controls(dialog)]
        assert without_name(dialog) == []
        assert without_tip(dialog) == []


def menus_of(window: MainWindow) -> list[QMenu]:
    menus = [each.menu() for each in window.menuBar().actions()]
    found = [menu for menu in menus if isinstance(menu, QMenu)]
    for menu in found:  # which grows
        inner = [action.menu() for action in menu.actions()]
        found += [each for each in inner if isinstance(each, QMenu)]
    return found


def menu_actions(window: MainWindow) -> Iterator[QAction]:
    for menu in menus_of(window):
        for action in menu.actions():
            if action.menu() is None and not action.isSeparator():
                yield action


def test_every_menu_entry_tells_its_key_in_its_tip(full_window: MainWindow) -> None:
    entries = [*menu_actions(full_window)]
    assert len(entries) > 25
    for action in entries:
        assert action.text()
        assert action.toolTip()
        assert "&" not in action.toolTip()
        keys = [each.toString() for each in action.shortcuts()]
        keys += action.text().split("\t")[1:]
        if keys:
            assert any(f"({key})" in action.toolTip() for key in keys), action.text()


def test_the_menus_show_tips_that_say_more_than_the_entry(
    full_window: MainWindow,
) -> None:
    assert all(menu.toolTipsVisible() for menu in menus_of(full_window))
    for action in menu_actions(full_window):
        said = action.text().partition("\t")[0].replace("&", "").removesuffix(" …")
        assert action.toolTip().partition(" (")[0] != said


def test_no_two_entries_of_a_menu_share_a_letter(full_window: MainWindow) -> None:
    def letter(text: str) -> str:
        at = text.replace("&&", "").find("&")
        return text.replace("&&", "")[at + 1].lower() if at >= 0 else ""

    bar = full_window.menuBar()
    for menu in (bar, *menus_of(full_window)):
        letters = [letter(each.text()) for each in menu.actions() if each.isVisible()]
        used = [each for each in letters if each]
        assert sorted(used) == sorted(set(used)), [e.text() for e in menu.actions()]


def test_the_start_page_takes_no_letter_from_the_menus(window: MainWindow) -> None:
    bar = {each.text().partition("&")[2][:1] for each in window.menuBar().actions()}
    for button in window.start_page.findChildren(QAbstractButton):
        assert button.text().partition("&")[2][:1].upper() not in bar


def test_keys_are_not_bound_twice(full_window: MainWindow) -> None:
    bound: dict[str, list[str]] = {}
    for action in full_window.findChildren(QAction):
        if action.shortcutContext() == Qt.ShortcutContext.WindowShortcut:
            for key in action.shortcuts():
                bound.setdefault(key.toString(), []).append(action.text())
    assert {key: texts for key, texts in bound.items() if len(texts) > 1} == {}


def test_every_control_in_sight_can_be_reached_by_tab(full_window: MainWindow) -> None:
    reached: set[QWidget] = set()
    each: QWidget | None = full_window
    while each is not None and each not in reached:
        reached.add(each)
        each = each.nextInFocusChain()
    missed = [
        named(each)
        for each in controls(full_window)
        if each.isVisible()
        and each.isEnabled()
        and not each.focusPolicy() & Qt.FocusPolicy.TabFocus
        and not each.objectName().startswith("qt_")  # of docks: in the Panels menu
    ]
    assert missed == []
    assert all(each in reached for each in controls(full_window) if each.isVisible())


def test_f6_brings_a_panel_behind_another_to_the_front(
    window: MainWindow, qtbot: QtBot, two_slides_folder: Path
) -> None:
    with qtbot.waitSignal(window.session.opened):
        window.open([two_slides_folder])
    behind, front = window.docks["files"], window.docks["problems"]
    window.docks.open("files")
    window.docks.open("problems")
    qtbot.waitUntil(lambda: behind.visibleRegion().isEmpty())
    window.activateWindow()
    window.view.setFocus()
    for _ in range(len(window.docks.panels)):
        window.commands["next_region"].trigger()
        if behind.isAncestorOf(window.focusWidget()):
            break
    qtbot.waitUntil(lambda: not behind.visibleRegion().isEmpty())
    assert front.visibleRegion().isEmpty()


@pytest.mark.parametrize("shown", [("files",), ("files", "problems"), ()])
def test_tab_stops_only_at_what_can_be_seen(
    window: MainWindow, qtbot: QtBot, two_slides_folder: Path, shown: tuple[str, ...]
) -> None:
    with qtbot.waitSignal(window.session.opened):
        window.open([two_slides_folder])
    for name in shown:
        window.docks.open(name)
    qtbot.waitUntil(window.is_settled, timeout=20_000)
    window.activateWindow()
    window.view.setFocus()
    stops: list[QWidget] = []
    while (stop := window.focusWidget()) not in stops:
        assert stop is not None
        QApplication.processEvents()
        place = QRect(stop.mapTo(window, QPoint(0, 0)), stop.size())
        assert window.rect().intersects(place), named(stop)
        stops.append(stop)
        qtbot.keyClick(stop, Qt.Key.Key_Tab)
    assert len(stops) > 5
    assert any(isinstance(each, QTabBar) for each in stops) == (len(shown) > 1)


def test_escape_comes_back_to_the_picture_from_every_panel(
    full_window: MainWindow, qtbot: QtBot
) -> None:
    full_window.message.hide()  # or else the key would close it first
    for name in full_window.docks.panels:
        full_window.docks[name].raise_()  # two of them are tabs
        inside = next(
            (
                each
                for each in controls(full_window.docks[name])
                if each.isVisible() and each.focusPolicy() & Qt.FocusPolicy.TabFocus
            ),
            None,
        )
        if inside is None:
            assert name == "problems"  # there are none
            continue
        inside.setFocus()
        assert full_window.focusWidget() is inside
        qtbot.keyClick(inside, Qt.Key.Key_Escape)
        assert full_window.focusWidget() is full_window.view, name


def test_the_focus_can_be_seen_after_a_key_and_not_after_a_click(
    window: MainWindow, qtbot: QtBot
) -> None:
    page = window.start_page
    page.files.setFocus(Qt.FocusReason.TabFocusReason)
    without = page.folder.grab().toImage()
    qtbot.keyClick(page.files, Qt.Key.Key_Tab)
    assert window.focusWidget() is page.folder
    ring = page.folder.grab().toImage()
    edge = ring.pixelColor(ring.width() // 2, 0)
    assert contrast(edge, page.palette().window().color()) >= VISIBLE
    assert edge != without.pixelColor(ring.width() // 2, 0)
    page.files.setFocus(Qt.FocusReason.TabFocusReason)
    assert page.folder.grab().toImage() == without
    with held_mouse():
        page.folder.setFocus(Qt.FocusReason.MouseFocusReason)
    clicked = page.folder.grab().toImage()
    assert clicked.pixelColor(ring.width() // 2, 0) != edge


@contextmanager
def held_mouse() -> Iterator[None]:
    """Let Qt believe that a mouse button is down, as it is while a click focuses."""
    with pytest.MonkeyPatch.context() as patch:
        held = Qt.MouseButton.LeftButton
        patch.setattr(
            "viewer.window.focus_ring.QGuiApplication.mouseButtons", lambda: held
        )
        yield


def test_a_widget_with_the_focus_may_go(window: MainWindow, qtbot: QtBot) -> None:
    field = QLineEdit(window.start_page)
    field.show()
    field.setFocus(Qt.FocusReason.TabFocusReason)
    field.deleteLater()
    qtbot.wait(10)
    window.start_page.demo.setFocus(Qt.FocusReason.TabFocusReason)
    assert window.focusWidget() is window.start_page.demo


def test_the_window_fits_a_small_screen_at_double_text(
    window: MainWindow, qtbot: QtBot, two_slides_folder: Path
) -> None:
    font = QApplication.font()
    double = QApplication.font()
    double.setPointSizeF(font.pointSizeF() * 2)
    try:
        QApplication.setFont(double)
        with qtbot.waitSignal(window.session.opened):
            window.open([two_slides_folder])
        for name in window.docks.panels:
            window.docks[name].show()
        qtbot.waitUntil(window.is_settled, timeout=20_000)
        QApplication.processEvents()
        smallest = window.minimumSizeHint()
        assert smallest.width() <= 1366
        assert smallest.height() <= 768 - 40  # a frame, and a panel of the desktop
    finally:
        QApplication.setFont(font)
