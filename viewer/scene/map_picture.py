"""MapPicture: the whole slide as a small picture, from the tiles that are there."""

from collections.abc import Callable, Iterable, Sequence

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter

from viewer.qt.images import Picture
from viewer.slide.geometry import Rect
from viewer.slide.look import DisplayTile
from viewer.slide.model import Level
from viewer.tiles.plan import Place, backdrop_level, tiles_in


class MapPicture:
    """Puts together the tiles of the level that every view keeps: at most some twenty.

    A tile is drawn again only when it has changed. Invariant: `_stale` are the places
    whose tiles may look otherwise than in `_image`. GUI thread.
    """

    def __init__(
        self,
        levels: Sequence[Level],
        picture_at: Callable[[Place], Picture | None],
        absent: QColor,
    ) -> None:
        """Draw what `picture_at` knows; `absent` is where the slide has nothing."""
        self._levels = levels
        self._picture_at = picture_at
        self._absent = absent
        self._level = backdrop_level(levels)
        self._image = QImage()
        self._stale = set(self._places())

    def forget(self) -> None:
        """Have every tile drawn again, as after a change of look."""
        self._stale = set(self._places())

    def tiles_loaded(self, tiles: Iterable[DisplayTile]) -> bool:
        """Note tiles of this slide that have come in; whether one of them matters."""
        places = {Place(*tile[1:4]) for tile in tiles if tile.level == self._level}
        self._stale |= places
        return bool(places)

    def image(self, size: QSize) -> QImage:
        """Return the picture at a size in device pixels; transparent where unknown."""
        if self._image.size() != size:
            self._image = QImage(size, QImage.Format.Format_ARGB32_Premultiplied)
            self._image.fill(Qt.GlobalColor.transparent)
            self.forget()
        if self._stale:
            painter = QPainter(self._image)
            painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Source)
            for place in self._stale:
                self._draw(painter, place)
            painter.end()
            self._stale.clear()
        return self._image

    def _draw(self, painter: QPainter, place: Place) -> None:
        picture, target = self._picture_at(place), self._target(place)
        if picture is None or target.isEmpty():
            return
        if picture.image is None:
            painter.fillRect(target, self._absent)
            return
        smooth = Qt.TransformationMode.SmoothTransformation
        ignore = Qt.AspectRatioMode.IgnoreAspectRatio
        scaled = picture.image.scaled(target.size(), ignore, smooth)
        painter.drawImage(target.topLeft(), scaled)

    def _target(self, place: Place) -> QRect:
        """Return the pixels of a tile; neighbors share their rounded edges."""
        width, height = self._levels[0].size
        area = self._levels[place.level].tile_area(place.column, place.row)
        across, down = self._image.width() / width, self._image.height() / height
        left, top = round(area.x * across), round(area.y * down)
        right = min(self._image.width(), round(area.right * across))
        bottom = min(self._image.height(), round(area.bottom * down))
        return QRect(left, top, right - left, bottom - top)

    def _places(self) -> list[Place]:
        width, height = self._levels[0].size
        return tiles_in(self._level, self._levels, Rect(0, 0, width, height))
