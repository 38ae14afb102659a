"""The side panels in their docks, and the way around the window by keyboard."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Final, NamedTuple, TypeVar

from PySide6.QtCore import QByteArray, Qt
from PySide6.QtWidgets import (
    QApplication,
    QDockWidget,
    QMainWindow,
    QWidget,
)

from viewer.panels.adjustment_panel import AdjustmentPanel
from viewer.panels.channels_panel import ChannelsPanel
from viewer.panels.files_panel import FilesPanel
from viewer.panels.images_panel import ImagesPanel
from viewer.panels.metadata_panel import MetadataPanel
from viewer.panels.panel import Panel
from viewer.panels.problems_panel import ProblemsPanel
from viewer.panels.slides_panel import SlidesPanel
from viewer.window.actions import PANELS as PANELS_MENU
from viewer.window.commands import Commands, bind_to_picture
from viewer.window.dock_buttons import explain_buttons
from viewer.window.dock_tabs import DockTabs
from viewer.window.panel_scroll import PanelScroll
from viewer.window.settings import DOCKS_VERSION

P = TypeVar("P", bound=Panel)


class PanelRow(NamedTuple):
    """One panel: `key` shows and hides its dock; it works in the picture only.

    `whole` has it opened as high as it would like to be, at the cost of others.
    """

    name: str
    make: Callable[[], Panel]
    area: Qt.DockWidgetArea
    key: str
    whole: bool = False


PANELS: Final[Sequence[PanelRow]] = (
    PanelRow("slides", SlidesPanel, Qt.DockWidgetArea.LeftDockWidgetArea, ""),
    PanelRow("images", ImagesPanel, Qt.DockWidgetArea.RightDockWidgetArea, "L"),
    PanelRow("metadata", MetadataPanel, Qt.DockWidgetArea.RightDockWidgetArea, "I"),
    PanelRow(
        "adjustments",
        AdjustmentPanel,
        Qt.DockWidgetArea.RightDockWidgetArea,
        "Shift+Y",
        whole=True,
    ),
    PanelRow(
        "channels",
        ChannelsPanel,
        Qt.DockWidgetArea.RightDockWidgetArea,
        "C",
        whole=True,
    ),
    PanelRow(
        "problems",
        ProblemsPanel,
        Qt.DockWidgetArea.BottomDockWidgetArea,
        "",
        whole=True,
    ),
    PanelRow(
        "files",
        FilesPanel,
        Qt.DockWidgetArea.BottomDockWidgetArea,
        "",
        whole=True,
    ),
)
"""The panels, those of one area from top to bottom."""

WIDTH: Final = 440
"""Pixels that the docks at the right take at first."""
PART_OF_WINDOW: Final = 0.3
"""They take this much of its width at most, for the slide matters most."""


class Docks:
    """One dock a panel; all are hidden while no slide is open.

    `_arrangement` is set exactly while they are hidden: what to come back to. `_aside`
    is set during full screen: the arrangement without it.
    """

    def __init__(self, window: QMainWindow) -> None:
        """Make the panels of PANELS and dock them."""
        self._window = window
        self._docks: dict[str, QDockWidget] = {}
        self._arrangement: QByteArray | None = None
        self._aside: QByteArray | None = None
        self.panels: dict[str, Panel] = {}
        for row in PANELS:
            self._add(row)
        # Docks at the bottom leave those at the right their height: they have little.
        right, corner = Qt.DockWidgetArea.RightDockWidgetArea, Qt.Corner
        window.setCorner(corner.BottomRightCorner, right)
        window.setCorner(corner.TopRightCorner, right)
        window.tabifyDockWidget(self._docks["problems"], self._docks["files"])
        for name in ("slides", "adjustments", "channels", "problems", "files"):
            self._docks[name].hide()
        DockTabs(window, self._docks.values())

    def __getitem__(self, name: str) -> QDockWidget:
        """Return the dock of a panel by its name in PANELS."""
        return self._docks[name]

    def offer(self, commands: Commands, picture: QWidget) -> None:
        """Put the panels into their menu, with their keys."""
        for row in PANELS:
            action = self._docks[row.name].toggleViewAction()
            commands.add(PANELS_MENU, action)
            action.setToolTip(f"Show or hide {action.text()}")
            action.triggered.connect(partial(self._bring, row.name))
            if row.key:
                bind_to_picture(action, picture, row.key)
                action.setToolTip(f"{action.toolTip()} ({row.key})")

    def panel(self, kind: type[P]) -> P:
        """Return the panel of a class."""
        return next(each for each in self.panels.values() if isinstance(each, kind))

    @property
    def are_concealed(self) -> bool:
        """Whether there is no slide that they could show."""
        return self._arrangement is not None

    def open(self, name: str) -> None:
        """Bring a dock to the front, high enough to be read."""
        self._docks[name].show()
        self._bring(name)

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

    def set_aside(self) -> None:
        """Hide the docks for full screen; there their keys show single ones."""
        if self._aside is not None:
            return
        self._aside = self.arrangement()
        for dock in self._docks.values():
            dock.hide()
        if self._arrangement is not None:
            self._arrangement = self._window.saveState(DOCKS_VERSION)

    def bring_back(self) -> None:
        """Undo `set_aside`, and what was shown and hidden since."""
        aside, self._aside = self._aside, None
        if aside is None:
            return
        if self._arrangement is not None:
            self._arrangement = aside
        else:
            self.arrange(aside)

    def fit_width(self) -> None:
        """Give the docks at the right their first width, after the window's."""
        right = [
            self._docks[row.name]
            for row in PANELS
            if row.area == Qt.DockWidgetArea.RightDockWidgetArea
        ]
        width = min(WIDTH, round(PART_OF_WINDOW * self._window.width()))
        resize = self._window.resizeDocks
        resize(right, [width] * len(right), Qt.Orientation.Horizontal)

    def arrangement(self) -> QByteArray:
        """Return what is to be remembered."""
        kept = self._aside or self._arrangement
        return kept or self._window.saveState(DOCKS_VERSION)

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

    def _bring(self, name: str, _shown: object = None) -> None:
        """Bring a dock before those that it shares its place with, if it is shown."""
        if self._docks[name].isHidden():
            return
        self._docks[name].raise_()
        if any(row.whole for row in PANELS if row.name == name):
            self._heighten(name)

    def _heighten(self, name: str) -> None:
        """Give a dock that was let too little room what its panel would like."""
        dock = self._docks[name]
        layout = self._window.layout()
        if layout is not None:
            layout.activate()  # a dock just shown has no height yet
        missing = self.panels[name].sizeHint().height() - dock.widget().height()
        if dock.isVisible() and missing > 0:
            beside = self._beside(dock)
            heights = [each.height() for each in beside]
            left = max(0.0, 1 - missing / max(1, sum(heights)))
            sizes = [dock.height() + missing, *(round(h * left) for h in heights)]
            vertical = Qt.Orientation.Vertical
            self._window.resizeDocks([dock, *beside], sizes, vertical)

    def _beside(self, dock: QDockWidget) -> list[QDockWidget]:
        """Return the docks that a dock shares the height of its area with."""
        area = self._window.dockWidgetArea(dock)
        apart = (dock, *self._window.tabifiedDockWidgets(dock))
        return [
            each
            for each in self._docks.values()
            if each not in apart
            and each.isVisible()
            and self._window.dockWidgetArea(each) == area
            and not each.isFloating()
        ]

    def _add(self, row: PanelRow) -> None:
        panel = row.make()
        dock = QDockWidget(panel.title, self._window)
        dock.setObjectName(row.name)
        dock.setWidget(PanelScroll(panel))
        dock.setAccessibleName(panel.title)
        explain_buttons(dock)
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
