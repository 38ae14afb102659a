"""A view, a slide in memory and a loader without threads, to be looked at in tests."""

import time
from math import ceil

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPoint
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication, QWidget

from tests.scene.fake_slide import Decoded, FakeSlide, decoded
from viewer.qt.images import Picture, picture_of
from viewer.scene.slide_view import SlideView
from viewer.slide.look import DisplayTile, Look
from viewer.tiles.cache import TileCache
from viewer.tiles.loader import TileLoader

BUDGET = 64 << 20


class ScreenView(SlideView):
    """A view on a screen of any pixel ratio."""

    screen_ratio = 1.0

    def devicePixelRatioF(self) -> float:  # noqa: N802 - Qt's own name
        return self.screen_ratio


class Stage:
    """Shows a slide and tells the colors on screen; nothing loads by itself."""

    def __init__(
        self,
        slide: FakeSlide,
        width: int = 640,
        height: int = 480,
        ratio: float = 1.0,
        look: Look | None = None,
    ) -> None:
        self.slide = slide
        self.loaded: list[DisplayTile] = []
        self.loader: TileLoader[DisplayTile, Picture] = TileLoader(
            lambda tile: picture_of(self.slide, tile),
            TileCache[DisplayTile, Picture](BUDGET),
            self.loaded.append,
            threads=0,
            is_final=lambda picture: picture.complete,
        )
        self.ratio = ratio
        self.view = ScreenView(self.loader)
        self.view.screen_ratio = ratio
        self.view.resize(width, height)
        self.view.show()
        self.view.show_slide(slide, look)
        self.turn()

    def turn(self) -> None:
        """Let the event loop run once over."""
        QApplication.processEvents()

    def load(self, count: int | None = None) -> list[DisplayTile]:
        """Load so many tiles, or all that are wanted, and show them."""
        self.turn()
        number = 0
        while (count is None or number < count) and number < 5000:
            if not self.loader.load_next():
                break
            number += 1
            if count is None and self.view.is_complete() and self.growing():
                break
        tiles = list(self.loaded)
        self.loaded.clear()
        self.view.tiles_loaded(tiles)
        self.turn()
        return tiles

    def growing(self) -> bool:
        """Whether some tile is never done, so that loading would not end."""
        return bool(self.slide.covered)

    def pixels(self) -> NDArray[np.uint8]:
        """Return the viewport's device pixels: (rows, columns, 3) BGR.

        What a painting had no time for is caught up with first.
        """
        viewport = self.view.viewport()
        image = self._grabbed(viewport)
        for _ in range(1000):
            if not self.view.is_catching_up():
                break
            time.sleep(0.001)
            self.turn()
            image = self._grabbed(viewport)
        return bgr(image)

    def _grabbed(self, viewport: QWidget) -> QImage:
        width = ceil(viewport.width() * self.ratio)
        height = ceil(viewport.height() * self.ratio)
        image = QImage(width, height, QImage.Format.Format_RGB32)
        image.setDevicePixelRatio(self.ratio)
        image.fill(QColor(1, 2, 3))  # what nothing paints over shows as this
        viewport.render(image, QPoint())
        return image

    def tile_at(self, x: int, y: int) -> Decoded:
        """Return which tile a device pixel was drawn from."""
        blue, green, red = (int(value) for value in self.pixels()[y, x])
        return decoded(blue, green, red)

    def close(self) -> None:
        """Take everything down."""
        self.view.close()
        self.loader.close()
        self.view.deleteLater()


def bgr(image: QImage) -> NDArray[np.uint8]:
    """Return an image's pixels as (rows, columns, 3) BGR, copied."""
    flat = image.convertToFormat(QImage.Format.Format_RGB32)
    lines = np.frombuffer(flat.constBits(), np.uint8)
    pixels = lines.reshape(flat.height(), flat.bytesPerLine() // 4, 4)
    return pixels[:, : flat.width(), :3].copy()
