"""Axis: the tiles of a level in one direction, and where their edges are."""

from itertools import pairwise
from math import floor
from typing import NamedTuple

_GRAIN = 65536.0


def snapped(position: float) -> float:
    """Return the nearest whole multiple of 1/65536 of a level-0 pixel."""
    return floor(position * _GRAIN + 0.5) / _GRAIN


class Span(NamedTuple):
    """Tiles along one axis, and the edges between them cut to what was asked for."""

    tiles: range
    edges: list[float]


class Piece(NamedTuple):
    """A part of one tile along one axis.

    `target` and `length` are in level-0 pixels, the source in pixels of the tile.
    """

    tile: int
    target: float
    length: float
    source: float
    source_length: float


class Axis(NamedTuple):
    """One direction of one level: `tiles` of `tile` pixels each, `size` pixels in all.

    The last tile ends where the slide does, whatever its own last pixel stands for.
    """

    tile: int
    tiles: int
    size: int
    downsample: float

    def edge(self, tile: int) -> float:
        """Return where a tile starts, in level-0 pixels."""
        return snapped(tile * self.tile * self.downsample)

    def span(self, low: float, high: float) -> Span:
        """Return the tiles between two positions on the slide, `low` < `high`."""
        # The division only guesses; which side of an edge a position lies on is decided
        # by the same floats that are drawn.
        first = min(int(low / (self.tile * self.downsample)), self.tiles - 1)
        while first > 0 and self.edge(first) > low:
            first -= 1
        while first + 1 < self.tiles and self.edge(first + 1) <= low:
            first += 1
        edges = [low]
        end = first + 1
        while end < self.tiles and (edge := self.edge(end)) < high:
            edges.append(edge)
            end += 1
        edges.append(high)
        return Span(range(first, end), edges)

    def pieces(self, low: float, high: float) -> list[Piece]:
        """Return the parts of tiles between two positions, with their pixels."""
        tiles, edges = self.span(low, high)
        return [
            self._piece(tile, start, end)
            for tile, (start, end) in zip(tiles, pairwise(edges), strict=True)
        ]

    def _piece(self, tile: int, start: float, end: float) -> Piece:
        origin = self.edge(tile)
        extent = min(self.tile, self.size - tile * self.tile)
        source = min(max(0.0, (start - origin) / self.downsample), extent)
        source_end = min((end - origin) / self.downsample, extent)
        if extent - source_end < 1e-3:  # what the rounding of edges left over
            source_end = float(extent)
        return Piece(tile, start, end - start, source, source_end - source)
