"""SlideView: a slide on screen, moved by mouse and keys."""

from collections.abc import Iterable
from typing import Final

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import QToolTip, QWidget

from viewer.qt.images import Picture
from viewer.qt.keyboard_focus import came_by_key, paint_focus
from viewer.qt.tool_tip import wrapped
from viewer.scene.navigation import Navigation
from viewer.scene.overlay import Canvas, Overlays
from viewer.scene.placeholders import Placeholders
from viewer.scene.pyramid_item import PyramidItem
from viewer.scene.refinement import Refinement
from viewer.scene.slide_tiles import SlideTiles
from viewer.scene.tiled_view import TiledView
from viewer.slide.geometry import Rect
from viewer.slide.look import DisplayTile, Look
from viewer.slide.model import Slide
from viewer.tiles.loader import TileLoader

_WHOLE_VIEW: Final = 24  # so many new tiles at once are one repaint of everything
_SHRUNKEN_VIEWS: Final = 1.5  # so many views of made-smaller tiles are kept
_NO_SLIDE: Final = "Slide view"


class SlideView(TiledView):
    """Shows one slide; scene coordinates are level-0 pixels.

    Invariant: what is painted follows from the camera, and so does, a turn of the event
    loop later, what the loader is told to load: for where a movement ends. GUI thread.
    """

    pointer_moved = Signal(object)
    """The pointer's place as QPointF in level-0 pixels; None when it leaves."""

    slide_changed = Signal()
    """Another slide is on screen, or none."""

    look_changed = Signal()
    """The slide on screen is drawn otherwise from now on."""

    frame_painted = Signal()
    """After each painting, for measurement."""

    def __init__(
        self, loader: TileLoader[DisplayTile, Picture], parent: QWidget | None = None
    ) -> None:
        # Before Qt's own part, which sends events to the methods below already.
        self._item: PyramidItem | None = None
        self._pointer: QPointF | None = None
        self._shows_focus = False
        super().__init__(parent)
        self._loader = loader
        self._refinement = Refinement(self)
        self._refinement.repaint_wanted.connect(self.viewport().update)
        self.glide_began.connect(self._refinement.hold)
        self.glide_ended.connect(self._refinement.let_go)
        self._placeholders = Placeholders(self.palette(), self.devicePixelRatioF())
        self._navigation = Navigation(self)
        self.overlays = Overlays()
        self.overlays.add(self._navigation.band)
        self.focal_plane_changed.connect(self.look_changed)
        self._camera_moved.connect(self._follow_camera)
        self.viewport_changed.connect(self._want)
        self.setAccessibleName(_NO_SLIDE)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.viewport().setMouseTracking(True)

    def show_slide(
        self, slide: Slide | None, look: Look | None = None, focal_plane: int = 0
    ) -> None:
        """Show the whole of another slide and take the focus; None shows nothing."""
        self._navigation.stop()
        if self._tiles is not None:
            self._tiles.want_nothing()
        self.scene().clear()
        self._tiles = self._item = None
        if slide is None:
            self.setAccessibleName(_NO_SLIDE)
            self._show_picture(1, 1)
        else:
            self.setAccessibleName(f"Slide {slide.name}")
            self._tiles = SlideTiles(self._loader, slide, look or Look(), focal_plane)
            shrunken = self._refinement.shrunken
            self._item = PyramidItem(self._tiles, self._placeholders, shrunken)
            self.scene().addItem(self._item)
            self._show_picture(*slide.levels[0].size)
            self.setFocus(Qt.FocusReason.OtherFocusReason)
        self._refinement.begin_at_rest()
        self.slide_changed.emit()

    def set_look(self, look: Look) -> None:
        """Draw in another look; the one before stays until the new tiles are there."""
        if self._tiles is not None:
            self._tiles.look = look
            self.viewport().update()
            self.look_changed.emit()

    def tiles_loaded(self, tiles: Iterable[DisplayTile]) -> None:
        """Repaint the places of tiles that have come in, or have failed."""
        if self._tiles is None:
            return
        areas = self._tiles.repaint_areas(tiles)
        if len(areas) > _WHOLE_VIEW:
            self.viewport().update()
            return
        for area in areas:
            self.viewport().update(self._on_screen(area))

    def is_at_rest(self) -> bool:
        """Whether the view is complete and painted as finely as it will be."""
        return self.is_complete() and not self.is_catching_up()

    def is_catching_up(self) -> bool:
        """Whether some tiles are painted coarsely for now, for want of time."""
        return self._refinement.is_behind

    def forget_pointer(self) -> None:
        """Note that the pointer is over something else."""
        self._follow_pointer(None)

    def drawBackground(self, painter: QPainter, rect: QRectF | QRect) -> None:
        """Paint what is outside the slide."""
        margin = 2 * self._camera.pixel_size  # the slide's edge is painted rounded
        if self._item is not None:
            slide = self._item.boundingRect().adjusted(margin, margin, -margin, -margin)
            if slide.contains(QRectF(rect)):
                return
        painter.fillRect(rect, self._placeholders.outside)

    def drawForeground(self, painter: QPainter, rect: QRectF | QRect) -> None:  # noqa: ARG002 - Qt clips
        """Paint the overlays."""
        if self._tiles is not None:
            self.overlays.paint(painter, self._canvas(self._tiles.slide))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint, and say so."""
        super().paintEvent(event)
        if self._shows_focus:
            viewport = self.viewport()
            painter = QPainter(viewport)
            paint_focus(painter, viewport.rect(), self.palette())
            painter.end()
        self._refinement.painted()
        self.frame_painted.emit()

    def event(self, event: QEvent) -> bool:
        """Keep a key that is needed here from being taken for an action's."""
        if (
            isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.ShortcutOverride
            and self._navigation.holds(event)
        ):
            event.accept()
            return True
        return super().event(event)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the palette."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._renew_placeholders()

    def viewportEvent(self, event: QEvent) -> bool:
        """Let navigation and tool tips have what is theirs."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            self._show_reason(event)
            return True
        if event.type() == QEvent.Type.Leave:
            self._follow_pointer(None)
        elif isinstance(event, QMouseEvent):
            self._follow_pointer(event.position())
        if self._tiles is not None and self._navigation.take(event):
            return True
        return super().viewportEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move the view; what is not for it goes to the window."""
        if self._tiles is None or not self._navigation.take_key(event):
            event.ignore()

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """End what a held key did."""
        if not self._navigation.take_key_release(event):
            event.ignore()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show a focus that came by a key."""
        super().focusInEvent(event)
        self._show_focus(shown=came_by_key(event))

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Let go of drags and held keys: their ends will be told to others."""
        self._navigation.stop()
        super().focusOutEvent(event)
        self._show_focus(shown=False)

    def _canvas(self, slide: Slide) -> Canvas:
        return Canvas(
            slide,
            self.viewport_state(),
            self.viewport().size(),
            self.palette(),
            self.font(),
        )

    def _show_focus(self, *, shown: bool) -> None:
        if shown != self._shows_focus:
            self._shows_focus = shown
            self.viewport().update()

    def _follow_camera(self) -> None:
        self._refinement.follow(self._camera.pixel_size, self._shrunken_budget())
        if self._placeholders.pixel_ratio != self.devicePixelRatioF():
            self._renew_placeholders()
        if self._tiles is not None:
            self._tiles.viewport = self.viewport_state()

    def _shrunken_budget(self) -> int:
        """Return the bytes of all tiles in view, with some to spare for movement."""
        width, height = self._device_size()
        if self._tiles is not None:
            tile = self._tiles.levels[self._tiles.target_level].tile_size
            width, height = width + 2 * tile.width, height + 2 * tile.height
        return int(_SHRUNKEN_VIEWS * 4 * width * height)

    def _want(self) -> None:
        if self._tiles is not None:
            self._tiles.want(self.goal_state())
        if self._pointer is not None:
            self._follow_pointer(self._pointer)

    def _follow_pointer(self, position: QPointF | None) -> None:
        self._pointer = position
        if position is None or self._tiles is None:
            self.pointer_moved.emit(None)
        else:
            self.pointer_moved.emit(QPointF(*self._level_0(position)))

    def _show_reason(self, event: QHelpEvent) -> None:
        reason = self.failure_at(event.pos())
        if reason is None:
            QToolTip.hideText()
            return
        QToolTip.showText(event.globalPos(), wrapped(reason), self.viewport())

    def _on_screen(self, area: Rect) -> QRect:
        mapped = self.viewportTransform().mapRect(QRectF(*area))
        visible = mapped.intersected(QRectF(self.viewport().rect()))
        return visible.toAlignedRect().adjusted(-1, -1, 1, 1)

    def _renew_placeholders(self) -> None:
        self._placeholders = Placeholders(self.palette(), self.devicePixelRatioF())
        if self._item is not None:
            self._item.placeholders = self._placeholders
        self.viewport().update()
