"""PyramidItem: one graphics item that paints a whole slide from the tiles there are."""

from collections.abc import Callable
from math import floor
from typing import Final, NamedTuple

from PySide6.QtCore import QRect, QRectF
from PySide6.QtGui import QColor, QImage, QPainter, QTransform
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from viewer.qt.images import Picture
from viewer.scene.device_pixels import in_device_pixels
from viewer.scene.placeholders import Placeholders
from viewer.scene.shrunken import ShrunkenTiles
from viewer.scene.slide_tiles import Shown, SlideTiles
from viewer.slide.geometry import Rect
from viewer.tiles.plan import Place, patches

_HALF_UP: Final = 0.5 + 1e-3
"""Added before the floor. The bit more makes edges that lie on a half by arithmetic,
and beside it by rounding errors, all go the same way."""

_GRAIN: Final = 65536.0  # tiles.plan rounds edges to this part of a pixel


class PyramidItem(QGraphicsItem):
    """Paints the finest picture there is in each place; item space is level-0 pixels.

    Everything is painted in whole device pixels: a tile's edges are rounded, neighbors
    share them, and the pixels between are a function of the tile's own rectangle alone.
    So there are no seams, and repainting a part gives what repainting the whole does.
    The item never asks for tiles. GUI thread.
    """

    def __init__(
        self, tiles: SlideTiles, placeholders: Placeholders, shrunken: ShrunkenTiles
    ) -> None:
        super().__init__()
        self.tiles = tiles
        self.placeholders = placeholders
        self.shrunken = shrunken
        # Otherwise the exposed rectangle would always be the whole slide.
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemUsesExtendedStyleOption)

    def boundingRect(self) -> QRectF:
        """Return the slide's area."""
        return QRectF(*self.tiles.area)

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionGraphicsItem,
        widget: QWidget | None = None,  # noqa: ARG002 - Qt passes it by name
    ) -> None:
        """Paint what is exposed."""
        exposed = option.exposedRect  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType, reportUnknownVariableType] - missing in the stubs
        device = painter.deviceTransform()
        margin = 1 / device.m11()  # a rounded edge may reach half a pixel further
        area = Rect(exposed.x(), exposed.y(), exposed.width(), exposed.height())
        self.shrunken.begin()
        with in_device_pixels(painter):
            _Painting(self, painter, device).paint(area.grown(margin, margin))


class _Drawn(NamedTuple):
    place: Place
    shown: Shown
    tile: QRect  # the whole tile, in device pixels
    target: QRect  # the part to paint of it


class _Painting:
    """One call of paint: each tile is looked up once, so it stays what it is."""

    def __init__(
        self, item: PyramidItem, painter: QPainter, device: QTransform
    ) -> None:
        self._tiles = item.tiles
        self._placeholders = item.placeholders
        self._shrunken = item.shrunken
        self._painter = painter
        self._device = device
        self._level = item.tiles.target_level
        self._known: dict[Place, Shown | None] = {}
        red, green, blue = item.tiles.absent
        self._absent_color = QColor(red, green, blue)

    def paint(self, area: Rect) -> None:
        """Cover an area of level-0 pixels."""
        self._cover(area, self._is_usable)

    def _cover(self, area: Rect, has: Callable[[Place], bool]) -> None:
        levels, viewport = self._tiles.levels, self._tiles.viewport
        for patch in patches(levels, viewport, area, has):
            target = self._snapped(patch.target)
            if target.isEmpty():
                continue
            shown = None if patch.place is None else self._shown_at(patch.place)
            if patch.place is None or shown is None:
                self._placeholders.paint_loading(self._painter, target)
                continue
            tile = self._snapped(self._tiles.area_of(patch.place))
            if not _is_solid(shown):
                self._cover(patch.target, self._is_solid_at)
            self._draw(_Drawn(patch.place, shown, tile, target))

    def _draw(self, drawn: _Drawn) -> None:
        if not isinstance(drawn.shown, Picture):
            self._placeholders.paint_failed(self._painter, drawn.tile, drawn.target)
            return
        if drawn.shown.image is None:
            self._painter.fillRect(drawn.target, self._absent_color)
        else:
            self._draw_image(drawn, drawn.shown.image)
        if drawn.shown.damage is not None:
            self._placeholders.paint_damaged(self._painter, drawn.tile, drawn.target)

    def _draw_image(self, drawn: _Drawn, image: QImage) -> None:
        tile, target = drawn.tile, drawn.target
        width, height = image.width(), image.height()
        is_smaller = tile.width() <= width and tile.height() <= height
        fitting = self._fitting(drawn, image) if is_smaller else None
        if fitting is not None:
            self._painter.drawImage(
                target.topLeft(), fitting, target.translated(-tile.topLeft())
            )
            return
        scale_x, scale_y = width / tile.width(), height / tile.height()
        source = QRectF(
            (target.x() - tile.x()) * scale_x,
            (target.y() - tile.y()) * scale_y,
            target.width() * scale_x,
            target.height() * scale_y,
        )
        # Pixels of the slide itself are shown as they are; a stand-in may look soft.
        self._painter.setRenderHint(
            QPainter.RenderHint.SmoothPixmapTransform,
            is_smaller or drawn.place.level != 0,
        )
        self._painter.drawImage(QRectF(target), image, source)

    def _fitting(self, drawn: _Drawn, image: QImage) -> QImage | None:
        """Return a tile's image at the size it is painted at, if it is at hand."""
        if drawn.tile.size() == image.size():
            return image
        if not _is_solid(drawn.shown):
            return None  # it will be another one in a moment
        return self._shrunken.at_size(
            drawn.place, image, drawn.tile.width(), drawn.tile.height()
        )

    def _snapped(self, area: Rect) -> QRect:
        """Return the device pixels of an area, each edge rounded by itself."""
        device = self._device
        left = _rounded(area.x, device.m11(), device.dx())
        top = _rounded(area.y, device.m22(), device.dy())
        right = _rounded(area.right, device.m11(), device.dx())
        bottom = _rounded(area.bottom, device.m22(), device.dy())
        return QRect(left, top, right - left, bottom - top)

    def _shown_at(self, place: Place) -> Shown | None:
        if place not in self._known:
            self._known[place] = self._tiles.shown_at(place)
        return self._known[place]

    def _is_usable(self, place: Place) -> bool:
        """Whether there is anything to paint; coarser failures do not stand in."""
        shown = self._shown_at(place)
        return isinstance(shown, Picture) or (
            shown is not None and place.level == self._level
        )

    def _is_solid_at(self, place: Place) -> bool:
        shown = self._shown_at(place)
        return shown is not None and _is_solid(shown)


def _is_solid(shown: Shown) -> bool:
    """Whether nothing shines through: neither a growing picture nor hatching."""
    return isinstance(shown, Picture) and shown.complete


def _rounded(edge: float, scale: float, offset: float) -> int:
    grained = floor(edge * _GRAIN + 0.5) / _GRAIN
    return floor(grained * scale + offset + _HALF_UP)
