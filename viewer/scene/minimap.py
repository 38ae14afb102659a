"""Minimap: the whole slide small in a corner of its view, with what is in view."""

from collections.abc import Iterable
from math import ceil
from typing import Final

from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QEnterEvent,
    QImage,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QPen,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from viewer.scene.map_geometry import MapGeometry, map_geometry
from viewer.scene.map_picture import MapPicture
from viewer.scene.navigation import ZOOM_STEP
from viewer.scene.overlay import MARGIN
from viewer.scene.placeholders import outside
from viewer.scene.slide_view import SlideView
from viewer.scene.tracking import Tracking
from viewer.slide.geometry import Rect
from viewer.slide.look import DisplayTile

_NOTCH: Final = 120.0
_SEEN_ALPHA: Final = 80
_WHOLE: Final = 0.99
"""Of either side of the slide; with so much in view a map would only cover tissue."""

_CROSS: Final = 7.0  # half of its size; an area in view smaller than that gets one
_OUTLINE: Final = QColor(200, 0, 0)  # with white beside it: seen on any tissue


class Minimap(QWidget):
    """Shows where the view is, and goes where it is clicked or dragged.

    A child of the view's viewport, in its bottom right corner. Invariant: it is visible
    exactly while it is wanted, a slide is there, not all of it is in view, and the view
    has room. GUI thread.
    """

    def __init__(self, view: SlideView, tracking: Tracking) -> None:
        super().__init__(view.viewport())
        self._view = view
        self._tracking = tracking
        self._is_wanted = True
        self._geometry: MapGeometry | None = None
        self._picture: MapPicture | None = None
        self._tint: QImage | None = None
        self._offset: QPointF | None = None  # of the pointer from the view's center
        self.setAccessibleName("Minimap")
        self.setToolTip(
            "Minimap (M): click or drag to go there, turn the wheel to zoom"
        )
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.hide()
        view.slide_changed.connect(self._begin)
        view.look_changed.connect(self._draw_anew)
        view.viewport_changed.connect(self._follow)
        view.viewport().installEventFilter(self)
        tracking.changed.connect(self._tint_anew)

    @property
    def is_wanted(self) -> bool:
        """Whether it is switched on; it is not always visible then."""
        return self._is_wanted

    @is_wanted.setter
    def is_wanted(self, wanted: bool) -> None:
        self._is_wanted = wanted
        self._follow()

    @property
    def is_idle(self) -> bool:
        """Whether there is a slide, but all of it in view."""
        return self._view.slide is not None and self._shows_all()

    @property
    def area_in_view(self) -> Rect | None:
        """Where on the map the view is; None where there is no map."""
        if self._geometry is None:
            return None
        return self._geometry.to_map(self._view.viewport_state().area)

    def tiles_loaded(self, tiles: Iterable[DisplayTile]) -> None:
        """Take tiles that have come in into the picture."""
        slide = self._view.slide
        if self._picture is None or slide is None:
            return
        own = [tile for tile in tiles if tile.slide == slide.serial]
        if self._picture.tiles_loaded(own):
            self.update()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay in the corner of the viewport."""
        if event.type() == QEvent.Type.Resize:
            self._place()
        return super().eventFilter(watched, event)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - all of it, always
        """Paint slide, what was seen of it, and where the view is."""
        geometry, picture = self._geometry, self._picture
        if geometry is None or picture is None:
            return
        painter = QPainter(self)
        ratio = self.devicePixelRatioF()
        painter.fillRect(self.rect(), outside(self.palette()))
        target = QRectF(*geometry.picture)
        size = QSize(ceil(target.width() * ratio), ceil(target.height() * ratio))
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        image = picture.image(size)
        painter.drawImage(target, image, QRectF(image.rect()))
        seen = self._tracking.seen
        if seen is not None:
            if self._tint is None:
                self._tint = self._tinted(seen.mask)
            painter.drawImage(target, self._tint)
        # Of two colors, so that one of them is seen beside any tissue.
        for role, inset in (
            (QPalette.ColorRole.WindowText, 0.5),
            (QPalette.ColorRole.Window, 1.5),
        ):
            painter.setPen(self.palette().color(role))
            painter.drawRect(QRectF(self.rect()).adjusted(inset, inset, -inset, -inset))
        self._paint_area(painter, geometry)
        painter.end()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of the area in view, or bring it here first."""
        area = self.area_in_view
        if event.button() != Qt.MouseButton.LeftButton or area is None:
            return
        self._view.setFocus(Qt.FocusReason.MouseFocusReason)
        center = QPointF(area.x + area.width / 2, area.y + area.height / 2)
        inside = QRectF(*area).contains(event.position())
        self._offset = center - event.position() if inside else QPointF()
        self._go(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Move the view with the pointer."""
        if self._offset is not None:
            self._go(event.position())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._offset = None

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Take it for two clicks."""
        self.mousePressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom at the middle of the view."""
        notches = event.angleDelta().y() / _NOTCH
        if notches:
            self._view.ease_by(ZOOM_STEP**notches)
        event.accept()

    def enterEvent(self, event: QEnterEvent) -> None:
        """Say that the pointer is not on the tissue any more."""
        self._view.forget_pointer()
        super().enterEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the palette."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._draw_anew()

    def _begin(self) -> None:
        self._offset = self._tint = None
        slide = self._view.slide
        self._picture = None
        if slide is not None:
            self._picture = MapPicture(
                slide.levels, self._view.picture_at, outside(self.palette())
            )
        self._place()

    def _tint_anew(self) -> None:
        self._tint = None
        self.update()

    def _draw_anew(self) -> None:
        self._tint = None
        if self._picture is not None:
            self._picture.forget()
            self.update()

    def _place(self) -> None:
        slide, view = self._view.slide, self._view.viewport().size()
        self._geometry = None
        if slide is not None:
            self._geometry = map_geometry(
                slide.levels[0].size, view.width(), view.height()
            )
        if self._geometry is not None:
            width, height = self._geometry.width, self._geometry.height
            self.setGeometry(
                view.width() - MARGIN - width,
                view.height() - MARGIN - height,
                width,
                height,
            )
        self._follow()

    def _follow(self) -> None:
        self.setVisible(
            self._is_wanted and self._geometry is not None and not self._shows_all()
        )
        self.update()

    def _shows_all(self) -> bool:
        slide = self._view.slide
        if slide is None:
            return True
        width, height = slide.levels[0].size
        shown = self._view.viewport_state().area.intersected(Rect(0, 0, width, height))
        return shown.width >= _WHOLE * width and shown.height >= _WHOLE * height

    def _go(self, pointer: QPointF) -> None:
        if self._geometry is None or self._offset is None:
            return
        aim = pointer + self._offset
        self._view.center_on(*self._geometry.to_slide(aim.x(), aim.y()))

    def _paint_area(self, painter: QPainter, geometry: MapGeometry) -> None:
        area = geometry.to_map(self._view.viewport_state().area)
        shown = QRectF(*area).intersected(QRectF(self.rect()).adjusted(1, 1, -1, -1))
        center = QRectF(*area).center()
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for color, width in ((QColor(255, 255, 255), 4.0), (_OUTLINE, 2.0)):
            painter.setPen(QPen(color, width))
            if max(area.width, area.height) >= _CROSS:
                painter.drawRect(shown)
                continue
            across, down = QPointF(_CROSS, 0), QPointF(0, _CROSS)
            painter.drawLine(center - across, center + across)
            painter.drawLine(center - down, center + down)

    def _tinted(self, mask: QImage) -> QImage:
        tint = self.palette().color(QPalette.ColorRole.Highlight)
        tint.setAlpha(_SEEN_ALPHA)
        image = mask.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)
        painter = QPainter(image)
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceIn)
        painter.fillRect(image.rect(), tint)
        painter.end()
        return image
