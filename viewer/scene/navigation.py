"""Navigation: wheel, pinch, mouse and keys, as movements of the view; no tiles."""

import sys
from collections.abc import Callable, Mapping
from math import sqrt
from typing import Final, Protocol

from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import (
    QInputDevice,
    QKeyEvent,
    QNativeGestureEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QGestureEvent, QPinchGesture

from viewer.scene.pointing import Pointed, Pointing
from viewer.scene.rubber_band import RubberBand
from viewer.slide.model import Slide
from viewer.slide.scale import ANY_MICROMETERS

ZOOM_STEP: Final = 1.25
"""Of one notch of the wheel, and of the keys."""

MAGNIFICATIONS: Final[Mapping[int, float]] = {
    number: 1.25 * 2 ** (number - 1) for number in range(1, 8)
}
"""What the digits 1 to 7 show: 1.25x to 80x."""

MICROMETERS_AT_1X: Final = 10.0
"""Of a pixel: one of 0.25 um is what 40x has come to mean."""

_NOTCH: Final = 120.0  # eighths of a degree, one notch of a wheel
_WHEEL_PAN: Final = 80.0  # pixels that a notch pans by
_PAN_PART: Final = 1 / 8  # of the view, an arrow key
_PAGE_PART: Final = 0.9  # of the view, Shift and an arrow key


def micrometers_per_pixel(slide: Slide) -> tuple[float, float] | None:
    """Return the level-0 spacing along x and y; None if unknown or beyond reason."""
    spacing = slide.levels[0].spacing
    if spacing is None:
        return None
    low, high = ANY_MICROMETERS
    x, y = spacing.x * 1000, spacing.y * 1000
    return (x, y) if low <= x <= high and low <= y <= high else None


def magnification(slide: Slide, pixel_size: float) -> float | None:
    """Return the magnification of a view: 40 where a device pixel shows 0.25 um.

    `pixel_size` is level-0 pixels per device pixel; None where the scale is unknown.
    Where x and y differ it is that of equal area.
    """
    scale = micrometers_per_pixel(slide)
    if scale is None:
        return None
    return MICROMETERS_AT_1X / (sqrt(scale[0] * scale[1]) * pixel_size)


def pixel_size_at(slide: Slide, magnified: float) -> float | None:
    """Return the pixel size that shows a magnification; None without a scale."""
    at_native = magnification(slide, 1.0)
    return None if at_native is None else at_native / magnified


class Movable(Pointed, Protocol):
    """What navigation moves: a view, in its own pixels from its top left corner."""

    def zoom_by(self, factor: float, anchor: QPoint | None = None) -> None:
        """Magnify by a factor; the tissue at the anchor stays."""
        ...

    def pan_to_edge(self, key: Qt.Key) -> None:
        """Go to the edge of the slide that an arrow key points to."""
        ...

    def ease_by(self, factor: float, anchor: QPoint | None = None) -> None:
        """Magnify by a factor in a short movement; the tissue at the anchor stays."""
        ...

    def ease(self, move: Callable[[], object]) -> None:
        """Do what `move` does to the view in a short movement."""
        ...

    def finish(self) -> None:
        """Be at the end of a movement at once."""
        ...

    def fit(self) -> None:
        """Show the whole slide."""
        ...

    def reset(self) -> None:
        """Show the whole slide as it is at first."""
        ...

    def show_native(self) -> None:
        """Show one level-0 pixel on one device pixel."""
        ...

    def show_magnification(self, magnified: float) -> None:
        """Show a magnification."""
        ...

    def step_focus(self, steps: int) -> bool:
        """Go up by so many focal planes; whether there are several."""
        ...


class Navigation:
    """Turns input into movements of one view; GUI thread."""

    def __init__(self, view: Movable) -> None:
        self._view = view
        self._pointing = Pointing(view)
        self._on_event: dict[QEvent.Type, Callable[..., bool]] = {
            QEvent.Type.Wheel: self._wheel,
            QEvent.Type.NativeGesture: self._native_gesture,
            QEvent.Type.Gesture: self._gesture,
        }
        if sys.platform != "darwin":
            # There the same pinch comes as a native gesture already.
            view.viewport().grabGesture(Qt.GestureType.PinchGesture)

    @property
    def band(self) -> RubberBand:
        """The rectangle that is being drawn with the mouse."""
        return self._pointing.band

    def take(self, event: QEvent) -> bool:
        """Act on an event of the viewport; whether it was one that moves the view."""
        act = self._on_event.get(event.type(), self._pointing.take)
        return act(event)

    def holds(self, event: QKeyEvent) -> bool:
        """Whether a key is needed here, though it also stands for an action."""
        return event.key() == Qt.Key.Key_Escape and self.band.is_shown

    def take_key(self, event: QKeyEvent) -> bool:
        """Act on a pressed key; whether it is one that moves the view."""
        key = Qt.Key(event.key())
        modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if key in _ARROWS:
            return self._arrow(key, modifiers)
        commands = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
        if modifiers & (commands | Qt.KeyboardModifier.MetaModifier):
            return False
        if key == Qt.Key.Key_Space:
            self._pointing.hold_space(held=True)
            return True
        if key == Qt.Key.Key_Escape:
            return self._pointing.cancel()
        act = _KEYS.get(key)
        if act is not None:
            act(self._view)
        return act is not None

    def take_key_release(self, event: QKeyEvent) -> bool:
        """Act on a released key; whether it was one of navigation's."""
        if event.key() != Qt.Key.Key_Space:
            return False
        if not event.isAutoRepeat():
            self._pointing.hold_space(held=False)
        return True

    def stop(self) -> None:
        """Forget a drag that is under way and keys that are held."""
        self._pointing.stop()

    def _arrow(self, key: Qt.Key, modifiers: Qt.KeyboardModifier) -> bool:
        self._view.finish()  # at the scale that a key has just asked for
        if modifiers == Qt.KeyboardModifier.ControlModifier:
            self._view.pan_to_edge(key)
            return True
        part = {
            Qt.KeyboardModifier.NoModifier: _PAN_PART,
            Qt.KeyboardModifier.ShiftModifier: _PAGE_PART,
        }.get(modifiers)
        if part is None:
            return False
        size = self._view.viewport().size()
        right, down = _ARROWS[key]
        self._view.pan_by(right * size.width() * part, down * size.height() * part)
        return True

    def _wheel(self, event: QWheelEvent) -> bool:
        modifiers, turned = event.modifiers(), event.angleDelta()
        event.accept()
        if modifiers & Qt.KeyboardModifier.ControlModifier:
            self._focus_by_wheel(event)
        elif _is_trackpad(event):
            moved = event.pixelDelta()
            self._view.pan_by(-moved.x(), -moved.y())
        elif modifiers & Qt.KeyboardModifier.ShiftModifier:
            self._view.pan_by(-_WHEEL_PAN * (turned.x() or turned.y()) / _NOTCH, 0)
        elif abs(turned.x()) > abs(turned.y()):
            self._view.pan_by(-_WHEEL_PAN * turned.x() / _NOTCH, 0)
        else:
            self._zoom_by_wheel(event)
        return True

    def _focus_by_wheel(self, event: QWheelEvent) -> None:
        notches = event.angleDelta().y() / _NOTCH
        # Parts of notches are a pinch, on trackpads of Windows.
        if not (notches.is_integer() and self._view.step_focus(int(notches))):
            self._zoom_by_wheel(event)

    def _zoom_by_wheel(self, event: QWheelEvent) -> None:
        notches = event.angleDelta().y() / _NOTCH
        # Parts of notches come from a pinch or a finely cut wheel: smooth by itself.
        zoom = self._view.ease_by if notches.is_integer() else self._view.zoom_by
        if notches:
            zoom(ZOOM_STEP**notches, event.position().toPoint())

    def _native_gesture(self, event: QNativeGestureEvent) -> bool:
        if event.gestureType() != Qt.NativeGestureType.ZoomNativeGesture:
            return False
        self._view.zoom_by(max(0.1, 1 + event.value()), event.position().toPoint())
        event.accept()
        return True

    def _gesture(self, event: QGestureEvent) -> bool:
        pinch = event.gesture(Qt.GestureType.PinchGesture)
        if not isinstance(pinch, QPinchGesture):
            return False
        viewport = self._view.viewport()
        center = viewport.mapFromGlobal(pinch.centerPoint())
        self._view.zoom_by(max(0.1, pinch.scaleFactor()), center.toPoint())
        moved = pinch.centerPoint() - pinch.lastCenterPoint()
        self._view.pan_by(-moved.x(), -moved.y())
        event.accept(pinch)
        return True


_ARROWS: Final[Mapping[Qt.Key, tuple[int, int]]] = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}


def _magnifier(magnified: float) -> Callable[[Movable], None]:
    return lambda view: view.ease(lambda: view.show_magnification(magnified))


_KEYS: Final[Mapping[Qt.Key, Callable[[Movable], None]]] = {
    Qt.Key.Key_Plus: lambda view: view.ease_by(ZOOM_STEP),
    Qt.Key.Key_Equal: lambda view: view.ease_by(ZOOM_STEP),
    Qt.Key.Key_Minus: lambda view: view.ease_by(1 / ZOOM_STEP),
    Qt.Key.Key_0: lambda view: view.ease(view.fit),
    Qt.Key.Key_Home: lambda view: view.reset(),
    Qt.Key.Key_9: lambda view: view.ease(view.show_native),
    **{
        Qt.Key(Qt.Key.Key_0 + number): _magnifier(magnified)
        for number, magnified in MAGNIFICATIONS.items()
    },
}


def _is_trackpad(event: QWheelEvent) -> bool:
    """Whether two fingers moved, rather than a wheel that happens to be finely cut."""
    if event.pixelDelta().isNull():
        return False
    touchpad = event.device().type() == QInputDevice.DeviceType.TouchPad
    return touchpad or event.phase() != Qt.ScrollPhase.NoScrollPhase
