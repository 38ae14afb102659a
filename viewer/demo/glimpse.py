"""The demo's picture much smaller, drawn in a moment: the first view of it."""

from concurrent.futures import ThreadPoolExecutor
from typing import Final

import numpy as np
from numpy.typing import NDArray

from viewer.demo.block import EVERYWHERE, Block
from viewer.demo.cells import GOBLET, RED_CELL, SHAPES
from viewer.demo.layout import SIZE
from viewer.demo.scanner import scanned
from viewer.demo.section import FINE
from viewer.demo.stain import seen
from viewer.demo.tissue import Tissue
from viewer.slide.geometry import Size

GLIMPSE: Final = 16
"""How many pixels of level 0 one of the glimpse is wide."""

STEP: Final = GLIMPSE // FINE // 2
BLOCK: Final = 256
WORKERS: Final = 2

# What covers about as much as it should, in square half micrometers, and its stains.
GOBLET_AREA: Final = GOBLET[0] * GOBLET[1] * np.pi / 4
NUCLEUS_AREA: Final = (
    sum(long * wide for long, wide in SHAPES) / len(SHAPES) * np.pi / 4 / FINE**2
)
RED_CELL_AREA: Final = RED_CELL[0] * RED_CELL[1] * np.pi / 4
NUCLEUS: Final = (0.75, 0.4, 0.0)
RED: Final = (0.0, 0.0, 0.9)


def draw_glimpse(tissue: Tissue) -> NDArray[np.uint8]:
    """Return the whole picture GLIMPSE times smaller, (rows, columns, 3) uint8.

    Much quicker than drawing it and nearly the same: not each cell is drawn but how
    much they cover. Less than a second.
    """
    reach = BLOCK * STEP
    across, down = range(0, SIZE.width, reach), range(0, SIZE.height, reach)
    with ThreadPoolExecutor(WORKERS, "demo") as executor:
        waiting = [
            [executor.submit(_block, tissue, x, y) for x in across] for y in down
        ]
        rows = [np.concatenate([each.result() for each in row], 1) for row in waiting]
    return np.concatenate(rows)


def _block(tissue: Tissue, x: int, y: int) -> NDArray[np.uint8]:
    """Return one block, which is drawn at twice its size."""
    width, height = (SIZE.width - x) // STEP, (SIZE.height - y) // STEP
    size = Size(min(BLOCK, width), min(BLOCK, height))
    block = Block(x, y, size, STEP)
    cells = tissue.cells
    if not tissue.is_bare(block):
        tissue.stain(block)
        drops = block.cover(cells.goblets, GOBLET_AREA)
        block.mix(EVERYWHERE, drops, 0.2 * block.eosin, np.float32(0.085))
        tissue.finish(block)
    color = seen(block.hematoxylin, block.eosin, block.blood)
    for things, area, stains in (
        (cells.nuclei, NUCLEUS_AREA, NUCLEUS),
        (cells.blood, RED_CELL_AREA, RED),
    ):
        part = block.cover(things, area)[..., None]
        color += part * (seen(*np.array(stains, np.float32)[:, None, None]) - color)
    halved = color[0::2] + color[1::2]
    return scanned((halved[:, 0::2] + halved[:, 1::2]) * np.float32(0.25))
