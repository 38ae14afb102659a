"""Tissue on the overview that goes on beyond the scanned area."""

from collections.abc import Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray

from viewer.qa.finding import Finding, Rule, Severity
from viewer.qa.glass.picture import GlassPicture
from viewer.qa.registration.shrinking import shrunk
from viewer.slide.model import Slide

GE3: Final = Rule(
    id="GE3",
    severity=Severity.WARNING,
    title="tissue is not cut by the edge of the scan",
    why="What was not scanned cannot be seen, and nothing on the slide says that it is "
    "there.",
    evidence="macro images of whole slides show what scanners leave out",
)


def cut_tissue(slide: Slide, who: str) -> Iterator[Finding]:
    """Yield a warning where a piece of tissue lies partly outside the scanned area.

    Pieces that lie wholly outside are other sections, as a rule: nothing is said of
    them, nor of labels, dust and coverslips, which are not colored as tissue is and do
    not touch it. Grey overviews cannot be told anything of.
    """
    glass = GlassPicture.of(slide)
    if glass is None or glass.pixels.shape[2] != 3:
        return
    step = min(_CELL, 4 * glass.millimeters)
    rows, columns = (
        max(1, min(_MOST_CELLS, round(each * glass.millimeters / step)))
        for each in glass.pixels.shape[:2]
    )
    cell = glass.millimeters**2 * glass.pixels[..., 0].size / (rows * columns)
    tissue = colored(shrunk(glass.pixels, rows, columns))
    scanned = glass.is_scanned(rows, columns, 0)
    piece = touching(tissue, tissue & scanned)
    outside = piece & ~glass.is_scanned(rows, columns, _SLACK)
    area, whole = float(outside.sum()) * cell, float(piece.sum()) * cell
    if area < _LEAST or area < whole * _LEAST_SHARE:
        return
    yield GE3.finding(
        f"On the overview of {who}, tissue that was scanned goes on beyond the scanned "
        f"area: {area:.0f} of {whole:.0f} mm\u00b2 lie outside.",
        file=slide.associated["overview"].file,
        found=f"{area:.0f} mm\u00b2 outside",
        expected="tissue inside the scanned area",
    )


def colored(cells: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Return which cells of RGB are colored like stained tissue, not like glass.

    Glass is what most of the bright cells are like.
    """
    bright = cells.mean(axis=2)
    lit = bright >= np.percentile(bright, 95) * _LIT
    glass = np.median(cells[lit], axis=0)
    level = cells - bright[..., None]
    apart = np.abs(level - (glass - glass.mean())).max(axis=2)
    darker = bright < glass.mean() - _DARKER
    return (apart >= _COLOR) & darker & (bright > _BLACK)


def touching(mask: NDArray[np.bool_], seed: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return what of a mask is connected with a seed in it, side by side."""
    found = seed & mask
    while True:
        grown = found.copy()
        grown[1:] |= found[:-1]
        grown[:-1] |= found[1:]
        grown[:, 1:] |= found[:, :-1]
        grown[:, :-1] |= found[:, 1:]
        grown &= mask
        if np.array_equal(grown, found):
            return found
        found = grown


_CELL: Final = 0.2  # millimeters: dust and the lines of coverslips are finer
_MOST_CELLS: Final = 600
_SLACK: Final = 1.5  # millimeters by which overviews are off
_LEAST: Final = 4.0  # square millimeters
_LEAST_SHARE: Final = 0.1
_LIT: Final = 0.6
_DARKER: Final = 8.0
_COLOR: Final = 12.0
_BLACK: Final = 40.0
