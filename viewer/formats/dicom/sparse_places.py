"""Where the frames of an image say that they lie, apart from showing it."""

from collections.abc import Sequence

import numpy as np

from viewer.formats.dicom.frame_positions import Positions
from viewer.formats.dicom.header import open_body
from viewer.formats.dicom.instance import Instance
from viewer.formats.dicom.layout import joined_positions
from viewer.formats.dicom.positions import read_positions
from viewer.formats.dicom.tiling import SparseTiling


def positions_of(parts: Sequence[Instance]) -> Positions | None:
    """Read the positions of all frames of an image, its files in their order.

    None where any of them has none. Any thread; raises BrokenFile.
    """
    found: list[Positions] = []
    for part in parts:
        if part.header.per_frame is None:
            return None
        file = open_body(part.header)
        try:
            positions, _ = read_positions(file, part.header, part.frames)
        finally:
            file.close()
        if positions is None:
            return None
        found.append(positions)
    return found[0] if len(found) == 1 else joined_positions(found)


def sparse_tiling(parts: Sequence[Instance], positions: Positions) -> SparseTiling:
    """Place frames on the grid of their image; see SparseTiling.findings."""
    first = parts[0]
    return SparseTiling(
        positions,
        grid=first.grid,
        tile_size=first.tile_size,
        size=first.size,
        optical_paths=[path.identifier for path in first.optical_paths],
    )


def first_out_of_order(instance: Instance, positions: Positions) -> int | None:
    """Return the first frame that does not lie where TILED_FULL has it; from 0.

    Columns first, then rows (PS3.3 C.7.6.17.3); planes and paths are not looked at.
    """
    tiles = instance.grid.width * instance.grid.height
    numbers = (
        np.arange(len(positions.columns)) + instance.concatenation_offset
    ) % tiles
    columns = numbers % instance.grid.width * instance.tile_size.width + 1
    rows = numbers // instance.grid.width * instance.tile_size.height + 1
    wrong = (positions.columns != columns) | (positions.rows != rows)
    return int(np.argmax(wrong)) if wrong.any() else None
