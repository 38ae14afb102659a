"""Pointing: what the mouse buttons do: drag the slide, draw a rectangle, click."""

from collections.abc import Callable
from typing import Final, NamedTuple, Protocol

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, QTimer
from PySide6.QtGui import QCursor, QMouseEvent
from PySide6.QtWidgets import QApplication, QWidget

from viewer.scene.rubber_band import RubberBand

CLICK_PIXELS: Final = 4
"""So far the pointer may move, in pixels of the view, and it still is a click."""

_LEFT: Final = Qt.MouseButton.LeftButton
_MIDDLE: Final = Qt.MouseButton.MiddleButton
_SHIFT: Final = Qt.KeyboardModifier.ShiftModifier


class Pointed(Protocol):
    """What the mouse acts on: a view, in its own pixels from its top left corner."""

    def pan_by(self, dx: float, dy: float) -> None:
        """Look further to the right and down, by so many pixels."""
        ...

    def zoom_at(self, position: QPointF, factor: float) -> None:
        """Bring what is at a position to the middle and magnify it by a factor."""
        ...

    def zoom_to(self, area: QRectF) -> None:
        """Show what is in a rectangle as large as it fits."""
        ...

    def pick(self, position: QPointF) -> None:
        """Take note of a click that is no part of anything else."""
        ...

    def viewport(self) -> QWidget:
        """Return the widget that gets the mouse."""
        ...


class _Grip(NamedTuple):
    """A button that is held: where it was pressed, and where the slide follows from.

    A left button drags only beyond CLICK_PIXELS, for it may be a click.
    """

    button: Qt.MouseButton
    pressed: QPointF
    last: QPointF
    drags: bool
    is_click: bool


class Pointing:
    """Turns presses, moves and releases into movements of one view.

    Invariant: at most one of a grip and a band is there, from a press to its release.
    GUI thread.
    """

    def __init__(self, view: Pointed) -> None:
        self.band = RubberBand()
        self._view = view
        self._grip: _Grip | None = None
        self._space = False
        self._clicked = QPointF()
        # A click counts once it is clear that it does not begin a double click.
        self._click = QTimer(view.viewport())
        self._click.setSingleShot(True)
        self._click.timeout.connect(self._pick)
        self._on_event: dict[QEvent.Type, Callable[[QMouseEvent], bool]] = {
            QEvent.Type.MouseButtonPress: self._press,
            QEvent.Type.MouseMove: self._move,
            QEvent.Type.MouseButtonRelease: self._release,
            QEvent.Type.MouseButtonDblClick: self._double_click,
        }

    def take(self, event: QEvent) -> bool:
        """Act on an event of the viewport; whether it was one of the mouse buttons."""
        act = self._on_event.get(event.type())
        return act is not None and isinstance(event, QMouseEvent) and act(event)

    def hold_space(self, *, held: bool) -> None:
        """Show that the left button drags, whatever else it would do."""
        self._space = held
        if self._grip is None:
            self._show_cursor()

    def cancel(self) -> bool:
        """Give up a rectangle that is being drawn; whether there was one."""
        was_drawn = self.band.is_shown
        self.band.end()
        if was_drawn:
            self._show_cursor()
            self._view.viewport().update()
        return was_drawn

    def stop(self) -> None:
        """Forget what is under way and what is held."""
        self._grip = None
        self._click.stop()
        self.cancel()
        self.hold_space(held=False)

    def _press(self, event: QMouseEvent) -> bool:
        button, position = event.button(), event.position()
        if self._grip is not None or self.band.is_shown:
            return True  # a second button changes nothing
        if button not in (_LEFT, _MIDDLE):
            return False
        self._click.stop()
        if button == _LEFT and event.modifiers() == _SHIFT and not self._space:
            self.band.begin(position)
            self._view.viewport().setCursor(Qt.CursorShape.CrossCursor)
            return True
        is_plain = event.modifiers() == Qt.KeyboardModifier.NoModifier
        may_click = button == _LEFT and not self._space
        self._grip = _Grip(
            button, position, position, not may_click, may_click and is_plain
        )
        self._view.viewport().setCursor(Qt.CursorShape.ClosedHandCursor)
        return True

    def _move(self, event: QMouseEvent) -> bool:
        position = event.position()
        if self.band.is_shown:
            self.band.drag_to(self._inside(position))
            self._view.viewport().update()
            return True
        if self._grip is None:
            return False
        far = (position - self._grip.pressed).manhattanLength() > CLICK_PIXELS
        if self._grip.drags or far:
            moved = position - self._grip.last
            self._grip = self._grip._replace(
                last=position, drags=True, is_click=self._grip.is_click and not far
            )
            self._view.pan_by(-moved.x(), -moved.y())
        return True

    def _release(self, event: QMouseEvent) -> bool:
        if self.band.is_shown:
            return self._release_band(event)
        if self._grip is None or event.button() != self._grip.button:
            return event.button() in (_LEFT, _MIDDLE)
        grip, self._grip = self._grip, None
        self._show_cursor()
        if grip.is_click:
            self._clicked = grip.pressed
            self._click.start(QApplication.doubleClickInterval())
        return True

    def _release_band(self, event: QMouseEvent) -> bool:
        if event.button() != _LEFT:
            return True
        area = self.band.end()
        self._show_cursor()
        self._view.viewport().update()
        if area is not None:
            self._view.zoom_to(area)
        return True

    def _double_click(self, event: QMouseEvent) -> bool:
        if event.button() != _LEFT:
            return False
        self._click.stop()
        factor = 0.5 if event.modifiers() & _SHIFT else 2.0
        self._view.zoom_at(event.position(), factor)
        return True

    def _pick(self) -> None:
        self._view.pick(self._clicked)

    def _inside(self, position: QPointF) -> QPointF:
        size = self._view.viewport().size()
        return QPointF(
            min(max(position.x(), 0.0), float(size.width())),
            min(max(position.y(), 0.0), float(size.height())),
        )

    def _show_cursor(self) -> None:
        viewport = self._view.viewport()
        if self._space:
            viewport.setCursor(QCursor(Qt.CursorShape.OpenHandCursor))
        else:
            viewport.unsetCursor()
