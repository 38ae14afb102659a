"""Stretches of neighboring tiles, whose frames are read and compared together."""

from collections.abc import Iterator, Sequence
from itertools import product
from math import prod
from typing import Final, NamedTuple, TypeAlias

from viewer.qa.bits.codestream_form import is_compressed
from viewer.qa.comparing import Comparing, LayerPair, LevelPair
from viewer.slide.errors import BrokenFrame
from viewer.slide.files import EncodedFrame, FrameRun
from viewer.slide.model import Empty, Slide, TileKey

Stored: TypeAlias = EncodedFrame | Empty | BrokenFrame
"""What reading a frame came to."""


class Stretch(NamedTuple):
    """Tiles of one layer, row by row; `number` is that of the pair of levels.

    `start` is the first one's place in LevelBits.matches, `first` that in its layer.
    """

    number: int
    pair: LevelPair
    planes: LayerPair
    paths: LayerPair
    columns: int
    start: int
    first: int
    tiles: int

    def keys(self, side: int) -> Iterator[TileKey]:
        """Yield the tiles as one of the slides counts them."""
        level, plane, path = self.pair[side], self.planes[side], self.paths[side]
        for place in range(self.first, self.first + self.tiles):
            row, column = divmod(place, self.columns)
            yield TileKey(0, level, column, row, plane, path)


def grid_of(comparing: Comparing, pair: LevelPair) -> tuple[int, int, int, int]:
    """Return how many optical paths, focal planes, rows and columns there are."""
    pairing, level = comparing.pairing, comparing.a.levels[pair.a]
    paths, planes = len(pairing.optical_paths), len(pairing.focal_planes)
    return paths, planes, level.rows, level.columns


def stretches_of(
    comparing: Comparing, pairs: Sequence[tuple[int, LevelPair]]
) -> Iterator[Stretch]:
    """Yield the tiles of pairs of levels, with the numbers that are given with them.

    In the order of LevelBits.matches: path by path, plane by plane, row by row.
    """
    pairing = comparing.pairing
    layers = [*product(pairing.optical_paths, pairing.focal_planes)]
    for number, pair in pairs:
        *_, rows, columns = grid_of(comparing, pair)
        tiles, step = rows * columns, _stretch(comparing, pair)
        for layer, (paths, planes) in enumerate(layers):
            for first in range(0, tiles, step):
                yield Stretch(
                    number,
                    pair,
                    planes,
                    paths,
                    columns,
                    layer * tiles + first,
                    first,
                    min(step, tiles - first),
                )


def count_stretches(comparing: Comparing, pair: LevelPair) -> int:
    """Return how many stretches a pair of levels has."""
    paths, planes, rows, columns = grid_of(comparing, pair)
    return paths * planes * -(-rows * columns // _stretch(comparing, pair))


def read_stretch(slide: Slide, stretch: Stretch, side: int) -> FrameRun | list[Stored]:
    """Read frames at once, or else by themselves; what cannot be read is its error."""
    keys = stretch.keys(side)
    run = slide.read_run(next(stretch.keys(side)), stretch.tiles)
    if run is not None:
        return run
    stored: list[Stored] = []
    for key in keys:
        try:
            stored.append(slide.read_frame(key))
        except BrokenFrame as error:
            stored.append(error)
    return stored


def one_by_one(frames: FrameRun | list[Stored]) -> Sequence[Stored]:
    """Return what was read as single frames."""
    if isinstance(frames, FrameRun):
        return [frames.at(number) for number in range(len(frames.starts))]
    return frames


_STRETCH: Final = 512  # frames that are read and compared at once, at most
_STRETCH_BYTES: Final = 16 << 20  # about as many, of either slide


def _stretch(comparing: Comparing, pair: LevelPair) -> int:
    """Return how many frames are read at once, so that they take little memory."""
    levels = comparing.a.levels[pair.a], comparing.b.levels[pair.b]
    tile = 3 * prod(levels[0].tile_size)
    if all(is_compressed(level.transfer_syntax) for level in levels):
        tile //= 6  # hardly any codec for people's eyes is worse
    return max(1, min(_STRETCH, _STRETCH_BYTES // max(1, tile)))
