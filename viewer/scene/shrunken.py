"""ShrunkenTiles: tiles made smaller without aliasing, kept while they are in view.

Why not let the painter scale? It looks at 2 x 2 pixels, which turns fine texture into
moire as soon as a tile is painted at a little under its size. Averaging the area is
right, and painting the result while the slide is moved is a plain copy. But it takes
four times as long as what the painter does. So while the scale itself moves, when every
frame would need every tile anew, the painter has to do; and at rest no painting makes
more of them than it has time for.
"""

from collections import OrderedDict
from time import perf_counter
from typing import Final, NamedTuple

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage

from viewer.tiles.plan import Place

SECONDS: Final = 0.003
"""So long one painting may make new images, but for the first."""


class _Shrunken(NamedTuple):
    source: int  # the tile's cache key: the tile itself is not kept alive
    image: QImage


class ShrunkenTiles:
    """Area means of tiles at the size they are painted at, the latest used ones.

    While `is_waiting` no new ones are made. `is_behind` says that the latest painting
    had to do without some. Invariant: the images take at most `budget` bytes, or there
    is just one. GUI thread.
    """

    def __init__(self, budget: int) -> None:
        self.budget = budget
        self.is_waiting = False
        self.is_behind = False
        self._until = 0.0
        self._used = 0
        self._images: OrderedDict[Place, _Shrunken] = OrderedDict()

    def begin(self) -> None:
        """Grant the painting that begins now its time."""
        self.is_behind = False
        self._until = perf_counter() + SECONDS

    def at_size(
        self, place: Place, tile: QImage, width: int, height: int
    ) -> QImage | None:
        """Return a tile's image at width x height; not larger than it is.

        None if it would have to be made, and there is no time for that.
        """
        known = self._images.get(place)
        if known is not None and known.source == tile.cacheKey():
            size = known.image.size()
            if size.width() == width and size.height() == height:
                self._images.move_to_end(place)
                return known.image
        if self.is_waiting or perf_counter() > self._until:
            self.is_behind = True
            return None
        image = tile.scaled(
            width,
            height,
            Qt.AspectRatioMode.IgnoreAspectRatio,
            Qt.TransformationMode.SmoothTransformation,
        )
        self._keep(place, _Shrunken(tile.cacheKey(), image))
        return image

    def clear(self) -> None:
        """Forget everything."""
        self._images.clear()
        self._used = 0

    def _keep(self, place: Place, shrunken: _Shrunken) -> None:
        old = self._images.pop(place, None)
        if old is not None:
            self._used -= old.image.sizeInBytes()
        self._images[place] = shrunken
        self._used += shrunken.image.sizeInBytes()
        while self._used > self.budget and len(self._images) > 1:
            _, oldest = self._images.popitem(last=False)
            self._used -= oldest.image.sizeInBytes()
