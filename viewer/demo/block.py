"""A rectangle of the demo's picture while it is drawn: the stain in each place."""

import numpy as np

from viewer.demo.cells import EDGE
from viewer.demo.structures import Things
from viewer.demo.texture import Field
from viewer.slide.geometry import Size

Window = tuple[slice, slice]

EVERYWHERE: Window = (slice(None), slice(None))


class Block:
    """Amounts of stain in a rectangle, float32 (rows, columns); never below 0.

    `x` and `y` are its place in the picture in half micrometers, of which a sample
    takes `step`; `columns` and `rows` are the places of its samples' middles. `x`, `y`
    and `size` (in samples) are such that the coarse fields' samples fill it.
    """

    def __init__(self, x: int, y: int, size: Size, step: int = 1) -> None:
        """Begin with clear glass."""
        self.x, self.y, self.size, self.step = x, y, size, step
        shape = (size.height, size.width)
        middle = np.float32(x + (step - 1) / 2), np.float32(y + (step - 1) / 2)
        self.columns: Field = np.arange(size.width, dtype=np.float32) * step + middle[0]
        self.rows: Field = np.arange(size.height, dtype=np.float32) * step + middle[1]
        self.hematoxylin: Field = np.zeros(shape, np.float32)
        self.eosin: Field = np.zeros(shape, np.float32)
        self.blood: Field = np.zeros(shape, np.float32)

    def near(self, things: Things, reach: float) -> Things:
        """Return the things whose middle is at most `reach` from the rectangle."""
        x, y = things["x"] - self.x, things["y"] - self.y
        width, height = self.size.width * self.step, self.size.height * self.step
        found = (x > -reach) & (x < width + reach)
        found &= (y > -reach) & (y < height + reach)
        return things[found]

    def window(self, thing: np.void, reach: float) -> Window:
        """Return rows and columns of the square around a thing, cut to the block."""
        return (
            self._cut(float(thing["y"]) - self.y, reach, self.size.height),
            self._cut(float(thing["x"]) - self.x, reach, self.size.width),
        )

    def from_middle(self, thing: np.void, window: Window) -> tuple[Field, Field]:
        """Return each place's distance from a thing: along its axis, and across."""
        x = self.columns[window[1]] - thing["x"]
        y = self.rows[window[0]][:, None] - thing["y"]
        cos, sin = np.cos(thing["angle"]), np.sin(thing["angle"])
        return x * cos + y * sin, y * cos - x * sin

    def mix(
        self,
        window: Window,
        part: Field,
        eosin: Field,
        hematoxylin: Field | np.float32,
    ) -> None:
        """Put other amounts in the place of a part of what is there."""
        self.eosin[window] += part * (eosin - self.eosin[window])
        self.hematoxylin[window] += part * (hematoxylin - self.hematoxylin[window])

    def bleed(self, cells: Things, sprites: Field) -> None:
        """Lay red cells, pushing eosin aside below them; only with a step of 1."""
        for cell in self.near(cells, EDGE):
            window, part = self._overlap(cell)
            sprite = sprites[int(cell["sprite"])][part]
            np.maximum(self.blood[window], sprite, out=self.blood[window])
            self.eosin[window] *= 1 - np.float32(0.55) * np.minimum(sprite, 1)

    def clear(self, drops: Things, sprites: Field) -> None:
        """Make drops of mucus: nearly clear, a little blue; only with a step of 1."""
        for drop in self.near(drops, EDGE):
            window, part = self._overlap(drop)
            sprite = sprites[int(drop["sprite"])][part]
            blue = self.hematoxylin[window]
            self.eosin[window] *= 1 - np.float32(0.8) * sprite
            blue += sprite * (np.float32(0.085) - blue)

    def cover(self, things: Things, area: float) -> Field:
        """Return which part of each sample is covered by things of this area, 0 to 1.

        As if each were a square of samples.
        """
        wide = max(1, round(area**0.5 / self.step)) | 1
        across, down = self.size.width + wide - 1, self.size.height + wide - 1
        columns, rows = (
            ((things[axis] - first) / self.step).astype(np.int32) + wide // 2
            for axis, first in (("x", self.x), ("y", self.y))
        )
        near = (columns >= 0) & (columns < across) & (rows >= 0) & (rows < down)
        places = rows[near] * across + columns[near]
        part = np.bincount(places, minlength=across * down).astype(np.float32)
        part *= np.float32(area / (wide * self.step) ** 2)
        part = part.reshape(down, across)
        rows_done = part[: self.size.height].copy()
        for row in range(1, wide):
            rows_done += part[row : row + self.size.height]
        done = rows_done[:, : self.size.width].copy()
        for column in range(1, wide):
            done += rows_done[:, column : column + self.size.width]
        return np.minimum(done, np.float32(1))

    def _cut(self, middle: float, reach: float, count: int) -> slice:
        first = int((middle - reach) // self.step)
        last = int((middle + reach) // self.step) + 1
        return slice(max(0, min(first, count)), max(0, min(last, count)))

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
