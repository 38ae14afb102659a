"""PictureView: a small picture to look at closely: label, overview, thumbnail."""

from collections.abc import Callable, Mapping
from math import floor
from typing import Final

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QResizeEvent,
    QTransform,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from viewer.qt.camera import Camera
from viewer.qt.keyboard_focus import came_by_key, paint_focus

_ZOOM_STEP: Final = 1.25
_NOTCH: Final = 120.0  # eighths of a degree, one notch of a wheel
_TURNS: Final[Mapping[int, Callable[[float, float], tuple[float, float]]]] = {
    0: lambda x, y: (x, y),
    90: lambda x, y: (1 - y, x),
    180: lambda x, y: (1 - x, 1 - y),
    270: lambda x, y: (y, 1 - x),
}
"""Where a place of an image, 0 to 1 across and down, comes to lie clockwise."""
_MARGIN: Final = 8  # around the sentence that stands where there is no picture


class PictureView(QWidget):
    """Shows one image whole, zoomed or turned by quarters; a sentence where none is.

    Wheel and + - zoom, dragging moves, a double click or 0 shows the whole again, R
    turns. Invariant: `_turned` is the image turned as it is to be seen, and the camera
    looks at that. GUI thread.
    """

    turned = Signal(int)
    """The rotation in degrees, after the user turned the image."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._image: QImage | None = None
        self._turned: QImage | None = None
        self._shrunken: QImage | None = None  # for the scale of the last painting
        self._message = ""
        self._rotation = 0
        self._camera = Camera(1, 1, 1, 1)
        self._is_fitted = True
        self._dragged_from: QPointF | None = None
        self._shows_focus = False
        self.setAccessibleName("Picture")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(48, 48)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setSizePolicy(policy)

    @property
    def rotation(self) -> int:
        """Degrees that the image is turned by, clockwise."""
        return self._rotation

    def show_image(self, image: QImage | None, message: str = "") -> None:
        """Show another image as a whole, or say in a sentence why there is none."""
        self._image = None if image is None or image.isNull() else image
        self._message = message
        self.setAccessibleDescription("" if self._image is not None else message)
        self._turn()

    def recolor(self, image: QImage) -> None:
        """Show the same image in other colors; zoom and rotation stay."""
        if self._image is None or image.size() != self._image.size():
            self.show_image(image)
            return
        self._image = image
        self._turned = image.transformed(QTransform().rotate(self._rotation))
        self._shrunken = None
        self.update()

    def set_rotation(self, degrees: int) -> None:
        """Turn the image clockwise: 0, 90, 180 or 270 degrees from how it is stored."""
        if degrees % 90:
            raise ValueError(
                f"a picture is turned by quarters, not by {degrees} degrees"
            )
        self._rotation = degrees % 360
        self._turn()

    def turn(self) -> None:
        """Turn the image by a quarter for the user, and say so."""
        self.set_rotation(self._rotation + 90)
        self.turned.emit(self._rotation)

    def fit(self) -> None:
        """Show the whole image, and go on doing so while the widget is resized."""
        self._is_fitted = True
        self._look_through(self._camera.fitted())

    def zoom_by(self, factor: float, anchor: QPointF | None = None) -> None:
        """Magnify by a factor; what is at the anchor (the middle) stays there."""
        ratio = self.devicePixelRatioF()
        point = None if anchor is None else (anchor.x() * ratio, anchor.y() * ratio)
        self._is_fitted = False
        size = self._camera.pixel_size / factor
        self._look_through(self._camera.with_pixel_size(size, point))

    def to_widget(self, x: float, y: float) -> QPointF:
        """Return where a place of the image is seen; 0 to 1 across and down."""
        across, down = _TURNS[self._rotation](x, y)
        camera, ratio = self._camera, self.devicePixelRatioF()
        return QPointF(
            (across * camera.picture_width - camera.left) / camera.pixel_size / ratio,
            (down * camera.picture_height - camera.top) / camera.pixel_size / ratio,
        )

    def to_image(self, position: QPointF) -> tuple[float, float]:
        """Return which place of the image is seen there; outside it beyond 0 to 1."""
        camera, ratio = self._camera, self.devicePixelRatioF()
        x, y = camera.to_picture(position.x() * ratio, position.y() * ratio)
        back = _TURNS[-self._rotation % 360]
        return back(x / camera.picture_width, y / camera.picture_height)

    def sizeHint(self) -> QSize:
        """Return a size at which something can be made out; more is welcome."""
        return QSize(240, 80)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - all of it, always
        """Paint the image, or the sentence."""
        painter = QPainter(self)
        if self._turned is None:
            self._paint_message(painter)
        else:
            self._paint_image(painter, self._turned)
            painter.resetTransform()
            self.paint_marks(painter)
        if self._shows_focus:
            paint_focus(painter, self.rect(), self.palette())
        painter.end()

    def paint_marks(self, painter: QPainter) -> None:
        """Paint what lies over the image, in the widget's coordinates: nothing here."""

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the middle where it is, or the whole image in view."""
        super().resizeEvent(event)
        self._adapt()

    def event(self, event: QEvent) -> bool:
        """Follow the screen's pixel ratio."""
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            self._adapt()
        return super().event(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom at the pointer."""
        notches = event.angleDelta().y() / _NOTCH
        if self._turned is not None and notches:
            self.zoom_by(_ZOOM_STEP**notches, event.position())
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of the image."""
        if event.button() != Qt.MouseButton.LeftButton or self._turned is None:
            event.ignore()
            return
        self._dragged_from = event.position()
        self.setCursor(Qt.CursorShape.ClosedHandCursor)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Move the image with the pointer."""
        if self._dragged_from is None:
            event.ignore()
            return
        moved = (event.position() - self._dragged_from) * self.devicePixelRatioF()
        self._dragged_from = event.position()
        self._is_fitted = False
        self._look_through(self._camera.panned(-moved.x(), -moved.y()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go of the image."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._dragged_from = None
            self.unsetCursor()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Show the whole image again."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.fit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Zoom by keys; what is not for this goes to the window."""
        factor = {
            Qt.Key.Key_Plus: _ZOOM_STEP,
            Qt.Key.Key_Equal: _ZOOM_STEP,
            Qt.Key.Key_Minus: 1 / _ZOOM_STEP,
        }.get(Qt.Key(event.key()))
        if factor is not None:
            self.zoom_by(factor)
        elif event.key() == Qt.Key.Key_0:
            self.fit()
        elif event.key() == Qt.Key.Key_R and not event.modifiers():
            self.turn()
        else:
            event.ignore()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show a focus that came by a key."""
        super().focusInEvent(event)
        self._shows_focus = came_by_key(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Show it no more."""
        super().focusOutEvent(event)
        self._shows_focus = False

    def _turn(self) -> None:
        turn = QTransform().rotate(self._rotation)
        self._turned = None if self._image is None else self._image.transformed(turn)
        self._shrunken = None
        size = QSize(1, 1) if self._turned is None else self._turned.size()
        self._camera = Camera(size.width(), size.height(), *self._device_size())
        self.fit()

    def _adapt(self) -> None:
        camera = self._camera.resized(*self._device_size())
        self._look_through(camera.fitted() if self._is_fitted else camera)

    def _look_through(self, camera: Camera) -> None:
        self._camera = camera
        self.update()

    def _device_size(self) -> tuple[float, float]:
        ratio = self.devicePixelRatioF()
        return max(1.0, self.width() * ratio), max(1.0, self.height() * ratio)

    def _paint_message(self, painter: QPainter) -> None:
        painter.setPen(self.palette().color(QPalette.ColorRole.WindowText))
        place = self.rect().adjusted(_MARGIN, _MARGIN, -_MARGIN, -_MARGIN)
        flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
        painter.drawText(place, flags, self._message)

    def _paint_image(self, painter: QPainter, image: QImage) -> None:
        """Paint in device pixels: made smaller by area mean, larger by the painter."""
        device, camera = painter.deviceTransform(), self._camera
        painter.resetTransform()
        inverted, _ = painter.deviceTransform().inverted()
        painter.setWorldTransform(inverted)
        target = QRect(
            floor(device.dx() - camera.left / camera.pixel_size + 0.5),
            floor(device.dy() - camera.top / camera.pixel_size + 0.5),
            max(1, round(image.width() / camera.pixel_size)),
            max(1, round(image.height() / camera.pixel_size)),
        )
        if camera.pixel_size >= 1:
            painter.drawImage(target.topLeft(), self._at_size(image, target.size()))
            return
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(QRectF(target), image, QRectF(image.rect()))

    def _at_size(self, image: QImage, size: QSize) -> QImage:
        if image.size() == size:
            return image
        if self._shrunken is None or self._shrunken.size() != size:
            self._shrunken = image.scaled(
                size,
                Qt.AspectRatioMode.IgnoreAspectRatio,
                Qt.TransformationMode.SmoothTransformation,
            )
        return self._shrunken
