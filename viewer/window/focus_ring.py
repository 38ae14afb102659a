"""A frame around what got the focus by a key, in every style and theme."""

from typing import Final

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QGuiApplication, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import (
    QApplication,
    QGraphicsView,
    QMainWindow,
    QMenu,
    QMenuBar,
    QWidget,
)
from shiboken6 import isValid

from viewer.qt.keyboard_focus import paint_focus
from viewer.qt.palettes import VISIBLE, contrast, mixed

_SHOW_IT: Final = (QGraphicsView, QMenuBar, QMenu)


class FocusRing(QObject):
    """Frames the widget with the focus, in the window and its dialogs.

    Not after a click, for then nobody has to look for it, and not around pictures and
    menus, which show it themselves. Invariant: at most one frame is there.
    """

    def __init__(self, window: QMainWindow) -> None:
        """Watch where the focus goes."""
        super().__init__(window)
        self._frame: _Frame | None = None
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._follow)

    def _follow(self, old: QWidget | None, now: QWidget | None) -> None:
        if old is None or now is None:  # the window became active, or another one did
            return
        if self._frame is not None and isValid(self._frame):
            self._frame.hide()
            self._frame.deleteLater()
        self._frame = None
        clicked = QGuiApplication.mouseButtons() != Qt.MouseButton.NoButton
        if not clicked and not isinstance(now, _SHOW_IT):
            self._frame = _Frame(now)


class _Frame(QWidget):
    """Two pixels along the inner edge of a widget, which owns it.

    Within, since what is outside is often cut off by the widget around it.
    """

    def __init__(self, framed: QWidget) -> None:
        super().__init__(framed)
        self._framed = framed
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAttribute(Qt.WidgetAttribute.WA_NoSystemBackground)
        framed.installEventFilter(self)
        self.setGeometry(framed.rect())
        self.show()
        self.raise_()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep the size of the widget."""
        if event.type() == QEvent.Type.Resize:
            self.setGeometry(self._framed.rect())
            self.raise_()
        return super().eventFilter(watched, event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint in the color of selections, or stronger where that is faint."""
        del event
        painter = QPainter(self)
        paint_focus(painter, self.rect(), _visible(self.palette()))
        painter.end()


def _visible(palette: QPalette) -> QPalette:
    ring, text = palette.highlight().color(), palette.windowText().color()
    grounds = (palette.window().color(), palette.base().color())
    for tenths in range(11):
        color = mixed(ring, text, tenths / 10)
        if all(contrast(color, ground) >= VISIBLE for ground in grounds):
            palette.setColor(QPalette.ColorRole.Highlight, color)
            break
    return palette
