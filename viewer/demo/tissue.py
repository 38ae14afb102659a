"""The demo's picture: stained tissue on glass, drawn wherever it is asked for.

Each pixel has an amount of hematoxylin (blue), eosin (pink) and blood; light passing
through them gives the color (the law of Beer and Lambert), as in a microscope.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from viewer.demo.block import Block
from viewer.demo.cells import place_cells
from viewer.demo.layout import COARSE, lay_ground
from viewer.demo.texture import Field, enlarge, noise, ramp
from viewer.slide.geometry import Size

SEED: Final = 20250601
TEXTURE: Final = 1024
FAT_CELL: Final = 118.0
GLAND_REACH: Final = 190.0
VESSEL_REACH: Final = 260.0


class Tissue:
    """A picture of `size`; immutable once made, the same for the same size and seed."""

    def __init__(self, size: Size, seed: int = SEED) -> None:
        """Lay out the tissue: about half a second."""
        random = np.random.default_rng(seed)
        self.size = size
        self._ground = lay_ground(random, size)
        self._cells = place_cells(random, size, self._ground)
        square = (TEXTURE, TEXTURE)
        long, short = noise(random, square, 5, 70), noise(random, square, 3, 22)
        self._fibers = 0.7 * long + 0.5 * short
        self._grain = noise(random, square, 4)
        self._patches = noise(random, square, 26)
        self._stain = 1 + 0.05 * noise(random, self._ground.inside.shape, 140)

    def draw(self, x: int, y: int, size: Size) -> NDArray[np.uint8]:
        """Return a rectangle's pixels, (rows, columns, 3) uint8 RGB. Any thread."""
        block = Block(x, y, size)
        inside = self._field(block, self._ground.inside)
        if float(inside.max()) > -30:
            inside += 5 * self._tile(block, self._patches)
            inside += 3 * self._tile(block, self._grain)
            self._stain_block(block, inside)
        return block.seen(1 + 0.002 * self._tile(block, self._grain))

    def _stain_block(self, block: Block, inside: Field) -> None:
        cells = self._cells
        self._draw_fibers(block)
        self._draw_fat(block)
        self._draw_surface(block)
        self._draw_glands(block)
        self._draw_vessels(block)
        block.clear(cells.goblets, cells.goblet_sprites)
        block.stamp(block.blood, cells.blood, cells.blood_sprites)
        block.stamp(block.hematoxylin, cells.nuclei, cells.nucleus_sprites)
        strength = self._field(block, self._stain)
        strength *= 1 + 0.7 * self._field(block, self._ground.fold)
        # Nothing outside; the border takes more stain.
        strength *= ramp(inside, -2, 3) * (1 + 0.22 * ramp(inside, 22, 4))
        block.hematoxylin *= strength
        block.eosin *= strength
        block.blood *= strength

    def _field(self, block: Block, field: Field) -> Field:
        return enlarge(field, COARSE, block.columns, block.rows)

    def _tile(self, block: Block, texture: Field) -> Field:
        rows = block.rows.astype(np.intp) % TEXTURE
        columns = block.columns.astype(np.intp) % TEXTURE
        return texture[rows[:, None], columns]

    def _bent(self, block: Block, bend: Field, stretch: float) -> Field:
        """Return the fiber texture, bent out of its straight lines."""
        v = (block.rows[:, None] + bend).astype(np.int32) & (TEXTURE - 1)
        u = (block.columns * np.float32(stretch) + 0.4 * bend).astype(np.int32)
        return self._fibers.take(v * TEXTURE + (u & (TEXTURE - 1)))

    def _draw_fibers(self, block: Block) -> None:
        """Draw what lies between the structures: fibers, more or less close."""
        patches = self._tile(block, self._patches)
        bend = self._field(block, self._ground.bend)
        loose = self._field(block, self._ground.loose)
        mucosa = self._field(block, self._ground.mucosa)
        muscle = (1 - loose) * (1 - mucosa)
        fibers = self._bent(block, bend + 13 * mucosa * patches, 1.0)
        bundles = self._bent(block, 1.7 * bend + 14 * patches, 0.8) + 0.25 * patches
        # Loose tissue: wide gaps between bundles; mucosa: some; muscle: thin clefts.
        kept = 1 - 0.87 * loose * (1 - ramp(bundles, -0.75, 0.5))
        kept *= 1 - 0.7 * mucosa * ramp(patches + 0.5 * fibers, 0.9, 1.7)
        kept *= 1 - 0.85 * muscle * ramp(fibers + 0.5 * patches, -1.35, -1.75)
        eosin = self._field(block, self._ground.eosin) * kept
        eosin *= 1 + 0.17 * fibers + 0.05 * self._tile(block, self._grain)
        block.eosin[:] = np.maximum(eosin, 0.01)
        block.hematoxylin[:] = (0.03 + 0.07 * mucosa + 0.02 * muscle) * kept
        block.hematoxylin += 0.16 * self._field(block, self._ground.immune)

    def _draw_fat(self, block: Block) -> None:
        """Draw fat: large clear cells with thin walls."""
        patches = self._tile(block, self._patches)
        fat = self._field(block, self._ground.fat)
        fat = ramp(fat + 0.1 * patches, 0.35, 0.6)
        if not fat.any():
            return
        columns, rows = block.columns - block.x, block.rows - block.y
        walls = enlarge(_cell_walls(block, 2, 7 * patches), 2, columns, rows)
        membrane = ramp(walls, 4.4, 1.2)
        everywhere = (slice(None), slice(None))
        block.mix(everywhere, fat, 0.012 + 0.5 * membrane, 0.002 + 0.05 * membrane)

    def _draw_surface(self, block: Block) -> None:
        """Draw the cells that cover the mucosa."""
        depth = self._field(block, self._ground.depth)
        if float(depth.min()) < 50:
            everywhere = (slice(None), slice(None))
            pink = 0.36 + 0.14 * ramp(depth, 10, 3)
            block.mix(everywhere, ramp(depth, 50, 46), pink, np.full_like(pink, 0.15))

    def _draw_glands(self, block: Block) -> None:
        """Draw glands: a ring of cells, clear inside, with a cleft around."""
        grain = self._tile(block, self._grain)
        patches = self._tile(block, self._patches)
        for gland in block.near(self._cells.glands, GLAND_REACH):
            radius, half = float(gland["radius"]), float(gland["half"])
            lumen = float(gland["lumen"])
            window = block.window(gland, radius + half + 12)
            along, across = block.from_middle(gland, window)
            distance = np.hypot(np.maximum(np.abs(along) - half, 0), across)
            distance += 2.2 * patches[window]
            cleft = np.exp(-(((distance - radius - 4) / 2.6) ** 2))
            cleft *= ramp(patches[window], -0.6, 0.8)
            block.eosin[window] *= 1 - 0.9 * cleft
            block.hematoxylin[window] *= 1 - 0.8 * cleft
            clear = ramp(distance + 2 * grain[window], lumen + 3, lumen - 3)
            brush = np.exp(-(((distance - lumen - 5) / 4) ** 2))
            eosin = (0.31 + 0.05 * grain[window] + 0.12 * brush) * (1 - 0.93 * clear)
            blue = (0.17 + 0.03 * grain[window]) * (1 - 0.95 * clear)
            within = ramp(distance, radius + 1.5, radius - 1.5)
            block.mix(window, within, eosin, blue)

    def _draw_vessels(self, block: Block) -> None:
        """Draw vessels: a wall in layers around a clear lumen."""
        grain = self._tile(block, self._grain)
        patches = self._tile(block, self._patches)
        for vessel in block.near(self._cells.vessels, VESSEL_REACH):
            radius, stretch = float(vessel["radius"]), float(vessel["stretch"])
            inner = radius - float(vessel["wall"])
            window = block.window(vessel, radius * stretch + 16)
            along, across = block.from_middle(vessel, window)
            distance = np.hypot(along / stretch, across * stretch)
            distance += 3 * patches[window]
            wall = 1 - 0.97 * ramp(distance, inner + 2, inner - 2)
            eosin = 0.78 + 0.1 * grain[window] + 0.16 * np.sin(distance * 0.55)
            within = ramp(distance, radius + 3, radius - 3)
            block.mix(window, within, eosin * wall, 0.05 * wall)


def _cell_walls(block: Block, factor: int, warp: Field) -> Field:
    """Return the distance to the nearest wall between cells, every `factor` pixels.

    The cells are those around jittered places of a lattice (Worley's cellular noise);
    the jitter is a hash of the place, so that blocks agree. `warp` is how far each
    pixel is moved, so that walls bend.
    """
    middle = (factor - 1) / 2
    warp = warp[::factor, ::factor]
    x = (block.columns[::factor] + middle + warp) / np.float32(FAT_CELL)
    y = (block.rows[::factor, None] + middle - warp) / np.float32(FAT_CELL)
    nearest: Field = np.full(x.shape, 9, np.float32)
    second = nearest.copy()
    column, row = np.floor(x).astype(np.int64), np.floor(y).astype(np.int64)
    for below in (-1, 0, 1):
        for right in (-1, 0, 1):
            off_x, off_y = _jitter(column + right, row + below)
            distance = np.hypot(column + right + off_x - x, row + below + off_y - y)
            second = np.minimum(second, np.maximum(nearest, distance))
            nearest = np.minimum(nearest, distance)
    return (second - nearest) * np.float32(FAT_CELL / 2)


def _jitter(
    column: NDArray[np.int64], row: NDArray[np.int64]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return two numbers, 0.1 to 0.9, that depend on a place of the lattice only."""
    mixed = column * 374761393 + row * 668265263
    mixed = (mixed ^ (mixed >> 13)) * 1274126177
    first = ((mixed >> 8) & 1023).astype(np.float32)
    second = ((mixed >> 20) & 1023).astype(np.float32)
    scale, low = np.float32(0.8 / 1023), np.float32(0.1)
    return first * scale + low, second * scale + low
