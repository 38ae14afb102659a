"""Full screen: the slide and nothing else, and the window as before afterwards."""

from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

from PySide6.QtCore import QByteArray, QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QMainWindow, QWidget

from viewer.window.docks import Docks

_SHRINKING_MILLISECONDS: Final = 500
"""So long the desktop may take to give the window its old size back."""


class _Before(NamedTuple):
    geometry: QByteArray
    docks: QByteArray
    bars: tuple[QWidget, ...]  # those that were visible


class FullScreen(QObject):
    """Hides menu, docks and status bar while a window fills the screen.

    However the window came there: by a key, the menu or the desktop. Invariant:
    `_before` is set exactly while they are hidden.
    """

    changed = Signal()
    """Full screen has begun or ended."""

    def __init__(self, window: QMainWindow, docks: Docks) -> None:
        """Watch the window, which has its bars by now."""
        super().__init__(window)
        self._window = window
        self._docks = docks
        self._before: _Before | None = None
        self._arrangement = QByteArray()
        self._shrinking = QTimer(self)
        self._shrinking.setSingleShot(True)
        self._shrinking.setInterval(_SHRINKING_MILLISECONDS)
        window.installEventFilter(self)

    def slots(self) -> Mapping[str, Callable[[], object]]:
        """Return what the actions of full screen do, by their names."""
        return {"full_screen": self.toggle, "full_screen_key": self.toggle}

    def toggle(self) -> None:
        """Begin full screen, or end it."""
        if not self._window.isFullScreen():
            self._begin()  # while everything still has its own size
        # Only this flag, so that a maximized window is maximized again afterwards.
        state = self._window.windowState() ^ Qt.WindowState.WindowFullScreen
        self._window.setWindowState(state)

    def geometry(self) -> QByteArray:
        """Return the window's place and size, as it is without full screen."""
        return (
            self._window.saveGeometry()
            if self._before is None
            else (self._before.geometry)
        )

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the window's state, and its size when full screen has ended."""
        if event.type() == QEvent.Type.WindowStateChange:
            if self._window.isFullScreen():
                self._begin()
            else:
                self._end()
            self.changed.emit()
        elif event.type() == QEvent.Type.Resize and self._shrinking.isActive():
            QTimer.singleShot(0, self._arrange)
        return super().eventFilter(watched, event)

    def _begin(self) -> None:
        if self._before is not None:
            return
        window = self._window
        bars = (window.menuBar(), window.statusBar())
        shown = tuple(bar for bar in bars if not bar.isHidden())
        arrangement = self._docks.arrangement()
        self._before = _Before(window.saveGeometry(), arrangement, shown)
        self._shrinking.stop()
        self._docks.set_aside()
        for bar in shown:
            bar.hide()

    def _end(self) -> None:
        if self._before is None:
            return
        before, self._before = self._before, None
        for bar in before.bars:
            bar.show()
        self._docks.bring_back()
        self._arrangement = before.docks
        self._shrinking.start()

    def _arrange(self) -> None:
        """Arrange the docks again, in the size for which they were arranged."""
        if self._before is None and not self._docks.are_concealed:
            self._docks.arrange(self._arrangement)
