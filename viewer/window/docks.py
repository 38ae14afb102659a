"""The side panels in their docks, and the way around the window by keyboard."""

from collections.abc import Callable, Sequence
from typing import Final, NamedTuple, TypeVar

from PySide6.QtCore import QByteArray, Qt
from PySide6.QtWidgets import QApplication, QDockWidget, QMainWindow, QWidget

from viewer.panels.images_panel import ImagesPanel
from viewer.panels.metadata_panel import MetadataPanel
from viewer.panels.panel import Panel
from viewer.panels.slides_panel import SlidesPanel
from viewer.window import actions
from viewer.window.settings import DOCKS_VERSION

P = TypeVar("P", bound=Panel)


class PanelRow(NamedTuple):
    """One panel: `key` shows and hides its dock; it works in the picture only."""

    name: str
    make: Callable[[], Panel]
    area: Qt.DockWidgetArea
    key: str


PANELS: Final[Sequence[PanelRow]] = (
    PanelRow("slides", SlidesPanel, Qt.DockWidgetArea.LeftDockWidgetArea, ""),
    PanelRow("images", ImagesPanel, Qt.DockWidgetArea.RightDockWidgetArea, "L"),
    PanelRow("metadata", MetadataPanel, Qt.DockWidgetArea.RightDockWidgetArea, "I"),
)
"""The panels, those of one area from top to bottom."""

WIDTH: Final = 440
"""Pixels that the docks at the right take at first."""


class Docks:
    """One dock a panel; all are hidden while no slide is open.

    `_arrangement` is set exactly while they are hidden: what to come back to.
    """

    def __init__(self, window: QMainWindow) -> None:
        """Make the panels of PANELS and dock them."""
        self._window = window
        self._docks: dict[str, QDockWidget] = {}
        self._arrangement: QByteArray | None = None
        self.panels: dict[str, Panel] = {}
        for row in PANELS:
            self._add(row)
        right = [
            self._docks[row.name]
            for row in PANELS
            if row.area == Qt.DockWidgetArea.RightDockWidgetArea
        ]
        window.resizeDocks(right, [WIDTH] * len(right), Qt.Orientation.Horizontal)
        self._docks["slides"].hide()

    def __getitem__(self, name: str) -> QDockWidget:
        """Return the dock of a panel by its name in PANELS."""
        return self._docks[name]

    def offer(self, commands: actions.Commands, picture: QWidget) -> None:
        """Put the panels into their menu, with their keys."""
        for row in PANELS:
            action = self._docks[row.name].toggleViewAction()
            commands.add(actions.PANELS, action)
            action.setToolTip(f"Show or hide {action.text()}")
            if row.key:
                actions.bind_to_picture(action, picture, row.key)
                action.setToolTip(f"{action.toolTip()} ({row.key})")

    def panel(self, kind: type[P]) -> P:
        """Return the panel of a class."""
        return next(each for each in self.panels.values() if isinstance(each, kind))

    def conceal(self) -> None:
        """Hide all docks; `reveal` brings back those that were visible."""
        if self._arrangement is None:
            self._arrangement = self._window.saveState(DOCKS_VERSION)
        for dock in self._docks.values():
            dock.hide()
            dock.toggleViewAction().setEnabled(False)

    def reveal(self) -> None:
        """Undo `conceal`."""
        for dock in self._docks.values():
            dock.toggleViewAction().setEnabled(True)
        if self._arrangement is not None:
            self._window.restoreState(self._arrangement, DOCKS_VERSION)
            self._arrangement = None

    def arrangement(self) -> QByteArray:
        """Return what is to be remembered."""
        return self._arrangement or self._window.saveState(DOCKS_VERSION)

    def arrange(self, arrangement: QByteArray) -> None:
        """Take up an arrangement remembered; one of another version is ignored."""
        self._window.restoreState(arrangement, DOCKS_VERSION)

    def focus_next(self, picture: QWidget, step: int) -> None:
        """Move the focus to the next (or previous) of the picture and the docks."""
        regions = [picture, *(d for d in self._docks.values() if d.isVisible())]
        focused = QApplication.focusWidget()
        inside = (i for i, each in enumerate(regions) if _holds(each, focused))
        current = next(inside, 0 if step > 0 else 1)
        _focus(regions[(current + step) % len(regions)])

    def _add(self, row: PanelRow) -> None:
        panel = row.make()
        dock = QDockWidget(panel.title, self._window)
        dock.setObjectName(row.name)
        dock.setWidget(panel)
        dock.setAccessibleName(panel.title)
        self._window.addDockWidget(row.area, dock)
        self._docks[row.name] = dock
        self.panels[row.name] = panel


def _holds(region: QWidget, focused: QWidget | None) -> bool:
    return focused is not None and (region is focused or region.isAncestorOf(focused))


def _focus(region: QWidget) -> None:
    """Focus a region itself, or the first thing in it that takes the focus."""
    reason = Qt.FocusReason.ShortcutFocusReason
    if not isinstance(region, QDockWidget):
        region.setFocus(reason)
        return
    inside = (child for child in region.widget().findChildren(QWidget))
    takers = (child for child in inside if child.isVisible() and _takes_focus(child))
    next(takers, region).setFocus(reason)


def _takes_focus(widget: QWidget) -> bool:
    return bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus)
