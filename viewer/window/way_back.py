"""Esc in a panel: back to the picture, as everything else that can be left."""

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QMainWindow, QWidget

from viewer.window.docks import Docks


class WayBack(QObject):
    """Gives the picture the focus on an Esc that nobody had a use for.

    A text field that empties itself, a menu or an opening to be stopped come first:
    what arrives here has gone up through all of them.
    """

    def __init__(self, window: QMainWindow, docks: Docks, picture: QWidget) -> None:
        """Watch a window and its docks, which may float in windows of their own."""
        super().__init__(window)
        self._picture = picture
        for part in (window, *(docks[name] for name in docks.panels)):
            part.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take the key where the picture is there and has not got the focus."""
        if (
            event.type() == QEvent.Type.KeyPress
            and isinstance(event, QKeyEvent)
            and event.key() == Qt.Key.Key_Escape
            and self._picture.isVisible()
            and not self._picture.hasFocus()
        ):
            self._picture.window().activateWindow()
            self._picture.setFocus(Qt.FocusReason.ShortcutFocusReason)
            return True
        return super().eventFilter(watched, event)
