"""The tabs of docks that lie on each other, on the way through the window by keys."""

from collections.abc import Iterable
from typing import Final

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtWidgets import QApplication, QDockWidget, QMainWindow, QTabBar, QWidget

_DIRECT: Final = Qt.FindChildOption.FindDirectChildrenOnly


class DockTabs(QObject):
    """Lets the focus go only to what can be seen.

    Qt keeps the docks that lie behind, and rows of tabs without tabs, outside the
    window, where Tab and F6 find them all the same. Invariant: the dock that got the
    focus is in front; a row of tabs takes the focus exactly while it offers a choice.
    """

    def __init__(self, window: QMainWindow, docks: Iterable[QDockWidget]) -> None:
        """Watch the docks of a window, which owns this."""
        super().__init__(window)
        self._window = window
        self._docks = tuple(docks)
        self._later = QTimer(self)  # Qt tells of a dock before it sees to the tabs
        self._later.setSingleShot(True)
        self._later.timeout.connect(self._look)
        for dock in self._docks:
            dock.visibilityChanged.connect(self._start)
            dock.dockLocationChanged.connect(self._start)
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._follow)
        self._look()

    def _start(self, _news: object) -> None:
        self._later.start()

    def _look(self) -> None:
        for bar in self._window.findChildren(QTabBar, options=_DIRECT):
            has_choice = bar.count() > 1
            policy = Qt.FocusPolicy.TabFocus if has_choice else Qt.FocusPolicy.NoFocus
            bar.setFocusPolicy(policy)

    def _follow(self, _old: QWidget | None, now: QWidget | None) -> None:
        for dock in self._docks:
            is_inside = now is not None and dock.isAncestorOf(now)
            if is_inside and dock.visibleRegion().isEmpty():
                dock.raise_()
