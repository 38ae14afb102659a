"""CameraView: a graphics view that is moved by a Camera instead of scroll bars."""

from typing import Final

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QResizeEvent, QTransform
from PySide6.QtWidgets import QFrame, QGraphicsScene, QGraphicsView, QWidget

from viewer.qt.camera import Camera
from viewer.slide.geometry import Rect
from viewer.tiles.plan import Viewport

_EVERYWHERE: Final = QRectF(-1e12, -1e12, 2e12, 2e12)


class CameraView(QGraphicsView):
    """A view onto one picture; scene coordinates are its pixels.

    The transform is made from the camera, translation and all. Scroll bars have no part
    in it: they count whole pixels, which would let the tissue creep away from the
    pointer. Invariant: the transform follows from the camera and the pixel ratio.
    Pixels are square: where the spacing differs between x and y, they are drawn as they
    are stored. GUI thread.
    """

    viewport_changed = Signal(object)
    """The Viewport, at most once per turn of the event loop."""

    _camera_moved = Signal()
    """At once, for each movement."""

    _to_be_told = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._camera = Camera(1, 1, 1, 1)
        self._is_fitted = True
        self._ratio = self.devicePixelRatioF()
        self._rest = QPointF()  # parts of device pixels that panning has not yet moved
        self._is_telling = False
        self._to_be_told.connect(self._tell, Qt.ConnectionType.QueuedConnection)
        self._set_up()

    def viewport_state(self) -> Viewport:
        """Return what is in view."""
        return Viewport(self._camera.area, self._camera.pixel_size)

    def fit(self) -> None:
        """Show the whole picture, and go on doing so while the view is resized."""
        self._look_through(self._camera.fitted())
        self._is_fitted = True

    def show_native(self) -> None:
        """Show each level-0 pixel on exactly one device pixel."""
        self.set_pixel_size(1.0)

    def zoom_by(self, factor: float, anchor: QPoint | None = None) -> None:
        """Magnify by a factor; the tissue under `anchor` (the middle) stays there."""
        self.set_pixel_size(self._camera.pixel_size / factor, anchor)

    def set_pixel_size(self, pixel_size: float, anchor: QPoint | None = None) -> None:
        """Show so many level-0 pixels on a device pixel, as far as zooming goes."""
        ratio = self.devicePixelRatioF()
        point = None if anchor is None else (anchor.x() * ratio, anchor.y() * ratio)
        self._look_through(self._camera.with_pixel_size(pixel_size, point))

    def center_on(self, x: float, y: float) -> None:
        """Bring a level-0 position to the middle of the view."""
        self._look_through(self._camera.centered(x, y))

    def show_area(self, area: Rect) -> None:
        """Bring an area of level-0 pixels to the middle, as large as it fits."""
        self._look_through(self._camera.showing(area))

    def center_at(self, position: QPointF) -> None:
        """Bring what is at a position of the view to its middle."""
        self.center_on(*self._level_0(position))

    def pan_by(self, dx: float, dy: float) -> None:
        """Look further to the right and down, by so many pixels of the view.

        The move is one of whole device pixels, so that what is on screen stays sharp;
        the rest is kept for the next one.
        """
        ratio = self.devicePixelRatioF()
        asked = QPointF(dx * ratio, dy * ratio) + self._rest
        moved = asked.toPoint()
        self._look_through(self._camera.panned(moved.x(), moved.y()))
        self._rest = asked - moved

    def pan_to_edge(self, key: Qt.Key) -> None:
        """Go to the edge of the picture that an arrow key points to."""
        view, camera = self._camera.area, self._camera
        edges: dict[Qt.Key, tuple[float, float]] = {
            Qt.Key.Key_Left: (0, view.y),
            Qt.Key.Key_Right: (camera.picture_width - view.width, view.y),
            Qt.Key.Key_Up: (view.x, 0),
            Qt.Key.Key_Down: (view.x, camera.picture_height - view.height),
        }
        left, top = edges[key]
        self.center_on(left + view.width / 2, top + view.height / 2)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the middle where it is, or the whole picture in view."""
        super().resizeEvent(event)
        self._adapt()

    def event(self, event: QEvent) -> bool:
        """Follow the screen's pixel ratio."""
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            self._adapt()
        return super().event(event)

    def _set_up(self) -> None:
        scene = QGraphicsScene(self)
        scene.setItemIndexMethod(QGraphicsScene.ItemIndexMethod.NoIndex)
        self.setScene(scene)
        self.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTransformationAnchor(QGraphicsView.ViewportAnchor.NoAnchor)
        self.setResizeAnchor(QGraphicsView.ViewportAnchor.NoAnchor)
        self.setViewportUpdateMode(
            QGraphicsView.ViewportUpdateMode.MinimalViewportUpdate
        )
        # Wherever the camera looks is inside the scene, so Qt aligns nothing by itself.
        self.setSceneRect(_EVERYWHERE)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)

    def _show_picture(self, width: float, height: float) -> None:
        """Look at the whole of a picture of another size."""
        self._camera = Camera(width, height, *self._device_size())
        self.fit()

    def _device_size(self) -> tuple[float, float]:
        size, ratio = self.viewport().size(), self.devicePixelRatioF()
        return max(1.0, size.width() * ratio), max(1.0, size.height() * ratio)

    def _look_through(self, camera: Camera) -> None:
        self._is_fitted = False
        self._rest = QPointF()
        self._camera = camera.aligned()
        self._apply()

    def _adapt(self) -> None:
        """Take over the size of the viewport and the pixel ratio of the screen."""
        is_fitted, ratio = self._is_fitted, self.devicePixelRatioF()
        # On a finer screen the tissue stays as large as it was.
        size = self._camera.pixel_size * self._ratio / ratio
        self._ratio = ratio
        camera = self._camera.resized(*self._device_size()).with_pixel_size(size)
        self._look_through(camera.fitted() if is_fitted else camera)
        self._is_fitted = is_fitted

    def _apply(self) -> None:
        camera = self._camera
        scale = 1 / (camera.pixel_size * self.devicePixelRatioF())
        self.setTransform(
            QTransform(scale, 0, 0, scale, -camera.left * scale, -camera.top * scale)
        )
        for bar in (self.horizontalScrollBar(), self.verticalScrollBar()):
            bar.setValue(0)  # whatever moved it: the camera has the whole translation
        self.viewport().update()
        self._camera_moved.emit()
        if not self._is_telling:
            self._is_telling = True
            self._to_be_told.emit()

    def _tell(self) -> None:
        self._is_telling = False
        self.viewport_changed.emit(self.viewport_state())

    def _level_0(self, position: QPointF) -> tuple[float, float]:
        ratio = self.devicePixelRatioF()
        return self._camera.to_picture(position.x() * ratio, position.y() * ratio)
