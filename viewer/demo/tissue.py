"""The demo's tissue: where everything lies, and the stain that all but cells take.

Each place has an amount of hematoxylin (blue), eosin (pink) and blood.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from viewer.demo.block import EVERYWHERE, Block
from viewer.demo.cells import place_cells
from viewer.demo.layout import COARSE, lay_ground
from viewer.demo.structures import place_glands, place_vessels
from viewer.demo.texture import Field, broad_noise, enlarge, noise, ramp

SEED: Final = 20250601
TEXTURE: Final = 1024
TILED: Final = 2 * TEXTURE + 128
"""How far a texture is repeated, so that a block's part of it is one piece."""

FAT_CELL: Final = 118.0
GLAND_REACH: Final = 190.0
VESSEL_REACH: Final = 260.0
MARGIN: Final = 30.0
"""How far outside its border tissue can still be, in half micrometers."""


class Tissue:
    """The plan of the picture; immutable once made, the same for the same seed."""

    def __init__(self, seed: int = SEED) -> None:
        """Lay out the tissue: about a second."""
        random = np.random.default_rng(seed)
        self.ground = lay_ground(random)
        self.glands = place_glands(random, self.ground)
        self.vessels = place_vessels(random, self.ground)
        self.cells = place_cells(random, self.ground, self.glands, self.vessels)
        square = (TEXTURE, TEXTURE)
        fibers = np.float32(0.7) * noise(random, square, 5, 70)
        fibers += np.float32(0.5) * noise(random, square, 3, 22)
        # Each sample and the one below it, so that both are found at once.
        self._fibers = (fibers + 1j * np.roll(fibers, -1, axis=0)).astype(np.complex64)
        self._grain = _tiled(noise(random, square, 4))
        self._patches = _tiled(noise(random, square, 26))
        shape = self.ground.inside.shape
        self._stain = 1 + np.float32(0.05) * broad_noise(random, shape, 140)

    def is_bare(self, block: Block) -> bool:
        """Return whether a block is glass only."""
        rows, columns = (
            slice(max(0, first // COARSE), (first + count * block.step) // COARSE + 1)
            for first, count in (
                (block.y, block.size.height),
                (block.x, block.size.width),
            )
        )
        return float(self.ground.inside[rows, columns].max()) < -MARGIN

    def stain(self, block: Block) -> None:
        """Stain a block, but for what is stamped on it. Any thread."""
        self._draw_fibers(block)
        self._draw_fat(block)
        self._draw_surface(block)
        self._draw_glands(block)
        self._draw_vessels(block)

    def finish(self, block: Block) -> None:
        """Cut a stained block at the tissue's border, and stain it unevenly."""
        inside = self._field(block, self.ground.inside)
        inside += 5 * self._tile(block, self._patches)
        inside += 3 * self._tile(block, self._grain)
        strength = self._field(block, self._stain)
        fold = self._field(block, self.ground.fold)
        if fold.any():
            strength *= 1 + np.float32(0.7) * fold
        # Nothing outside; the border takes more stain.
        if float(inside.min()) < 22:
            strength *= ramp(inside, -2, 3)
            strength *= 1 + np.float32(0.22) * ramp(inside, 22, 4)
        block.hematoxylin *= strength
        block.eosin *= strength
        block.blood *= strength

    def _field(self, block: Block, field: Field) -> Field:
        factor = COARSE // block.step
        x, y = block.x // block.step, block.y // block.step
        return enlarge(field, factor, x, y, block.size)

    def _tile(self, block: Block, texture: Field) -> Field:
        """Return a block's part of a repeated texture, not to be changed."""
        rows, columns = (
            slice(first % TEXTURE, first % TEXTURE + count * block.step, block.step)
            for first, count in (
                (block.y, block.size.height),
                (block.x, block.size.width),
            )
        )
        return texture[rows, columns]

    def _bent(self, block: Block, bend: Field, stretch: float) -> Field:
        """Return the fiber texture, bent out of its straight lines."""
        v = block.rows[:, None] + bend
        row = np.floor(v)
        v -= row
        index = row.astype(np.int32)
        index &= TEXTURE - 1
        index *= TEXTURE
        u = block.columns * np.float32(stretch) + np.float32(0.4) * bend
        index += u.astype(np.int32) & (TEXTURE - 1)
        pairs = self._fibers.take(index)
        return pairs.real + v * (pairs.imag - pairs.real)

    def _draw_fibers(self, block: Block) -> None:
        """Draw what lies between the structures: fibers, more or less close."""
        patches = self._tile(block, self._patches)
        bend = self._field(block, self.ground.bend)
        loose = self._field(block, self.ground.loose)
        mucosa = self._field(block, self.ground.mucosa)
        muscle = (1 - loose) * (1 - mucosa)
        fibers = self._bent(block, bend + 13 * mucosa * patches, 1.0)
        kept = np.ones_like(fibers)
        if loose.any():
            # Loose tissue: wide gaps between bundles.
            bundles = self._bent(block, 1.7 * bend + 14 * patches, 0.8)
            bundles += np.float32(0.25) * patches
            kept -= np.float32(0.87) * loose * (1 - ramp(bundles, -0.75, 0.5))
        if mucosa.any():
            kept *= 1 - 0.7 * mucosa * ramp(patches + 0.5 * fibers, 0.9, 1.7)
        if muscle.any():
            # Thin clefts.
            kept *= 1 - 0.85 * muscle * ramp(fibers + 0.5 * patches, -1.35, -1.75)
        eosin = self._field(block, self.ground.eosin) * kept
        eosin *= 1 + 0.17 * fibers + 0.05 * self._tile(block, self._grain)
        np.maximum(eosin, np.float32(0.01), out=block.eosin)
        block.hematoxylin[:] = (0.03 + 0.07 * mucosa + 0.02 * muscle) * kept
        block.hematoxylin += 0.16 * self._field(block, self.ground.immune)

    def _draw_fat(self, block: Block) -> None:
        """Draw fat: large clear cells with thin walls."""
        patches = self._tile(block, self._patches)
        fat = self._field(block, self.ground.fat)
        if float(fat.max()) < 0.05:
            return
        fat = ramp(fat + np.float32(0.1) * patches, 0.35, 0.6)
        factor = max(1, 2 // block.step)
        few = _cell_walls(block, factor, 7 * patches)
        membrane = ramp(enlarge(few, factor, 0, 0, block.size), 4.4, 1.2)
        block.mix(EVERYWHERE, fat, 0.012 + 0.5 * membrane, 0.002 + 0.05 * membrane)

    def _draw_surface(self, block: Block) -> None:
        """Draw the cells that cover the mucosa."""
        depth = self._field(block, self.ground.depth)
        if float(depth.min()) < 50:
            pink = 0.36 + 0.14 * ramp(depth, 10, 3)
            blue = np.full_like(pink, 0.15)
            block.mix(EVERYWHERE, ramp(depth, 50, 46), pink, blue)

    def _draw_glands(self, block: Block) -> None:
        """Draw glands: a ring of cells, clear inside, with a cleft around."""
        grain = self._tile(block, self._grain)
        patches = self._tile(block, self._patches)
        for gland in block.near(self.glands, GLAND_REACH):
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
        for vessel in block.near(self.vessels, VESSEL_REACH):
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


def _tiled(texture: Field) -> Field:
    times = -(-TILED // TEXTURE)
    return np.tile(texture, (times, times))[:TILED, :TILED]


def _cell_walls(block: Block, factor: int, warp: Field) -> Field:
    """Return the distance to the nearest wall between cells, every `factor` samples.

    The cells are those around jittered places of a lattice (Worley's cellular noise);
    the jitter is a hash of the place, so that blocks agree. `warp` is how far each
    place is moved, so that walls bend.
    """
    middle = np.float32((factor - 1) / 2 * block.step)
    warp = warp[::factor, ::factor]
    x = (block.columns[::factor] + middle + warp) / np.float32(FAT_CELL)
    y = (block.rows[::factor, None] + middle - warp) / np.float32(FAT_CELL)
    nearest: Field = np.full(x.shape, 9, np.float32)
    second = nearest.copy()
    column, row = np.floor(x).astype(np.int64), np.floor(y).astype(np.int64)
    for below in (-1, 0, 1):
        for right in (-1, 0, 1):
            off_x, off_y = _jitter(column + right, row + below)
            distance = np.hypot(
                (column + right + off_x - x).astype(np.float32),
                (row + below + off_y - y).astype(np.float32),
            )
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
