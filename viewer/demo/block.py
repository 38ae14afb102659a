"""A rectangle of the demo's picture while it is drawn: the stain in each pixel."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from viewer.demo.cells import EDGE
from viewer.demo.structures import Things
from viewer.demo.texture import Field
from viewer.slide.geometry import Size

# Optical density of each stain in red, green and blue.
HEMATOXYLIN: Final = (0.92, 1.28, 0.52)
EOSIN: Final = (0.085, 0.70, 0.37)
BLOOD: Final = (0.09, 0.78, 0.62)
GLASS: Final = (244.0, 243.0, 242.0)

Window = tuple[slice, slice]


class Block:
    """Amounts of stain in a rectangle, float32 (rows, columns); never below 0.

    `columns` and `rows` are the places of its pixels in the picture.
    """

    def __init__(self, x: int, y: int, size: Size) -> None:
        """Begin with clear glass."""
        self.x, self.y, self.size = x, y, size
        shape = (size.height, size.width)
        self.columns: Field = np.arange(x, x + size.width, dtype=np.float32)
        self.rows: Field = np.arange(y, y + size.height, dtype=np.float32)
        self.hematoxylin: Field = np.zeros(shape, np.float32)
        self.eosin: Field = np.zeros(shape, np.float32)
        self.blood: Field = np.zeros(shape, np.float32)

    def near(self, things: Things, reach: float) -> Things:
        """Return the things whose middle is at most `reach` from the rectangle."""
        x, y = things["x"] - self.x, things["y"] - self.y
        found = (x > -reach) & (x < self.size.width + reach)
        found &= (y > -reach) & (y < self.size.height + reach)
        return things[found]

    def window(self, thing: np.void, reach: float) -> Window:
        """Return rows and columns of the square around a thing, cut to the block."""
        left = round(float(thing["x"]) - reach) - self.x
        top = round(float(thing["y"]) - reach) - self.y
        edge = round(2 * reach)
        return (
            slice(max(0, top), max(0, min(self.size.height, top + edge))),
            slice(max(0, left), max(0, min(self.size.width, left + edge))),
        )

    def from_middle(self, thing: np.void, window: Window) -> tuple[Field, Field]:
        """Return each pixel's distance from a thing: along its axis, and across."""
        x = self.columns[window[1]] - thing["x"]
        y = self.rows[window[0]][:, None] - thing["y"]
        cos, sin = np.cos(thing["angle"]), np.sin(thing["angle"])
        return x * cos + y * sin, y * cos - x * sin

    def mix(
        self, window: Window, part: Field, eosin: Field, hematoxylin: Field
    ) -> None:
        """Put other amounts in the place of a part of what is there."""
        self.eosin[window] += part * (eosin - self.eosin[window])
        self.hematoxylin[window] += part * (hematoxylin - self.hematoxylin[window])

    def stamp(self, stain: Field, things: Things, sprites: Field) -> None:
        """Lay sprites onto one stain, pushing eosin aside below them."""
        for thing in self.near(things, EDGE):
            window, part = self._overlap(thing)
            sprite = sprites[int(thing["sprite"])][part]
            np.maximum(stain[window], sprite, out=stain[window])
            self.eosin[window] *= 1 - np.float32(0.55) * np.minimum(sprite, 1)

    def clear(self, things: Things, sprites: Field) -> None:
        """Make drops of mucus: nearly clear, a little blue."""
        for thing in self.near(things, EDGE):
            window, part = self._overlap(thing)
            sprite = sprites[int(thing["sprite"])][part]
            blue = self.hematoxylin[window]
            self.eosin[window] *= 1 - np.float32(0.8) * sprite
            blue += sprite * (np.float32(0.085) - blue)

    def _overlap(self, thing: np.void) -> tuple[Window, Window]:
        """Return where a sprite falls in the block, and which part of it does."""
        left = round(float(thing["x"])) - EDGE // 2 - self.x
        top = round(float(thing["y"])) - EDGE // 2 - self.y
        right = max(0, min(left + EDGE, self.size.width))
        bottom = max(0, min(top + EDGE, self.size.height))
        first, above = min(max(left, 0), right), min(max(top, 0), bottom)
        return (
            (slice(above, bottom), slice(first, right)),
            (slice(above - top, bottom - top), slice(first - left, right - left)),
        )

    def seen(self, light: Field) -> NDArray[np.uint8]:
        """Return the color of light that went through, (rows, columns, 3) uint8 RGB."""
        pixels = np.empty((self.size.height, self.size.width, 3), np.uint8)
        for color in range(3):
            density = self.hematoxylin * np.float32(-HEMATOXYLIN[color])
            density -= self.eosin * np.float32(EOSIN[color])
            density -= self.blood * np.float32(BLOOD[color])
            np.exp(density, out=density)
            density *= light * np.float32(GLASS[color])
            pixels[..., color] = np.minimum(density + np.float32(0.5), 255)
        return pixels
