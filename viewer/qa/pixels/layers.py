"""The tiles of one layer, compared: counts, sums, the worst, and where they are."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from viewer.qa.comparing import Comparing
from viewer.qa.pixels.difference import Difference
from viewer.qa.pixels.sampling import TilePlace, all_tiles, sampled_tiles
from viewer.qa.pixels.tile_outcome import Fate, Marks, Outcome, compare_tile
from viewer.qa.pixels.tile_pairs import CommonGrid, Layer, TilePairs
from viewer.slide.errors import SlideError
from viewer.slide.model import Empty, Slide, TileKey

WORST: Final = 20
"""Tiles of a layer that are listed."""

FIRST: Final = 5
"""Places of each fate that are kept."""

_MOST_MARKED: Final = 500
_BATCH_PIXELS: Final = 1 << 19


_LOSSLESS: Final = (
    Fate.NOTHING,
    Fate.SAME,
    Fate.LEFT_OUT,
    Fate.FILLED,
    Fate.INVENTED,
)


class WorstTile(NamedTuple):
    """A tile that differs, and how much."""

    place: TilePlace
    difference: Difference


class Swap(NamedTuple):
    """The result shows at `place` what the source shows at `origin`."""

    place: TilePlace
    origin: TilePlace


@dataclass(frozen=True, slots=True)
class LayerPixels:
    """What the pixels of one level, focal plane and optical path are to each other.

    `difference` is that of all tiles of which both slides have pixels. `fates` is a
    `Fate` a tile, `largest` the largest difference in it, both (rows, columns).
    `firsts` are the first outcomes of each fate, `worst` begins with the worst tile.
    `recolored` counts tiles whose bits are the same and whose pixels are not, `first`
    of which is that place.
    """

    layer: Layer
    grid: CommonGrid
    difference: Difference
    fates: NDArray[np.uint8]
    largest: NDArray[np.float32]
    firsts: dict[Fate, tuple[Outcome, ...]]
    worst: tuple[WorstTile, ...]
    swaps: tuple[Swap, ...]
    recolored: int = 0
    first_recolored: TilePlace | None = None

    def count(self, *fates: Fate) -> int:
        """Return how many tiles have one of these fates."""
        return int(np.isin(self.fates, fates).sum())

    @property
    def places(self) -> int:
        """How many tiles there are."""
        return self.fates.size

    @property
    def looked(self) -> int:
        """How many of them were compared: the source can be decoded there."""
        return self.places - self.count(Fate.UNSEEN, Fate.BROKEN_A)

    @property
    def same(self) -> int:
        """How many show the same, or what the source stores nothing of."""
        return self.count(*_LOSSLESS)


def compare_layer(
    comparing: Comparing,
    layer: Layer,
    sample: int | None,
    same_bits: NDArray[np.bool_] | None = None,
) -> LayerPixels:
    """Compare the tiles of a layer, `sample` of them or all; blocks.

    `same_bits`, (rows, columns), says of which tiles the frames are the same bits. Of
    tiles whose frames are not, up to half of the sample is made. Memory: eight bytes a
    tile, the tiles that are worked on, and `tile_pairs.BUDGET`. Raises Cancelled, and
    SlideError for more tiles than any slide has.
    """
    pairs = TilePairs(comparing.a, comparing.b, layer)
    grid = pairs.grid
    if grid.columns * grid.rows > _MOST:
        raise SlideError(
            f"level {layer.level.b} has {grid.columns * grid.rows:,} tiles, expected "
            f"at most {_MOST:,}."
        )
    tally = _Tally(grid.rows, grid.columns, same_bits)
    peak = _peak(comparing, layer)
    count = grid.columns * grid.rows
    if sample is None or sample >= count:
        places = all_tiles(grid.columns, grid.rows, grid.stripe)
    else:
        suspects = _suspects(same_bits, grid)
        length = _Lengths(comparing, pairs)
        chosen = sampled_tiles(grid.columns, grid.rows, sample, length, suspects)
        places, count = iter(chosen), len(chosen)
    batch = max(1, _BATCH_PIXELS // (grid.b.tile_size.width * grid.b.tile_size.height))

    def compare_batch(batch: tuple[TilePlace, ...]) -> list[Outcome]:
        return [compare_tile(pairs, place, peak) for place in batch]

    what = f"comparing pixels of level {layer.level.b}"
    batches = -(-count // batch)
    for outcomes in comparing.run.each(
        compare_batch, _batches(places, batch), what, batches
    ):
        for outcome in outcomes:
            tally.add(outcome)
    return tally.result(layer, grid)


_MOST: Final = 1 << 26  # tiles of a layer


class _Tally:
    """What is known of a layer so far; on the thread of the run."""

    def __init__(
        self, rows: int, columns: int, same_bits: NDArray[np.bool_] | None
    ) -> None:
        self._same_bits = same_bits
        self._fates = np.zeros((rows, columns), np.uint8)
        self._largest = np.zeros((rows, columns), np.float32)
        self._difference = Difference()
        self._firsts: dict[Fate, list[Outcome]] = {}
        self._worst: list[WorstTile] = []
        self._marks: list[tuple[TilePlace, Marks, Marks]] = []
        self._recolored = 0
        self._first_recolored: TilePlace | None = None

    def add(self, outcome: Outcome) -> None:
        column, row = outcome.place
        self._fates[row, column] = outcome.fate
        firsts = self._firsts.setdefault(outcome.fate, [])
        if len(firsts) < FIRST:
            firsts.append(outcome)
        found = outcome.difference
        if found is None:
            return
        self._difference = self._difference.joined(found)
        if found.is_none:
            return
        self._largest[row, column] = found.largest
        self._rank(WorstTile(outcome.place, found))
        if self._same_bits is not None and self._same_bits[row, column]:
            self._recolored += 1
            self._first_recolored = self._first_recolored or outcome.place
        if outcome.marks is not None and len(self._marks) < _MOST_MARKED:
            self._marks.append((outcome.place, *outcome.marks))

    def result(self, layer: Layer, grid: CommonGrid) -> LayerPixels:
        return LayerPixels(
            layer,
            grid,
            self._difference,
            self._fates,
            self._largest,
            {fate: tuple(outcomes) for fate, outcomes in self._firsts.items()},
            tuple(self._worst),
            tuple(_swaps(self._marks)),
            self._recolored,
            self._first_recolored,
        )

    def _rank(self, tile: WorstTile) -> None:
        """Keep the worst, the one with the most noise first."""
        worst = self._worst
        if len(worst) == WORST and _noise(tile) <= _noise(worst[-1]):
            return
        worst.append(tile)
        worst.sort(key=_noise, reverse=True)
        del worst[WORST:]


def _noise(tile: WorstTile) -> float:
    return tile.difference.squares / tile.difference.samples


class _Lengths:
    """How long the codestreams of tiles are; each is read once."""

    def __init__(self, comparing: Comparing, pairs: TilePairs) -> None:
        self._known: dict[TilePlace, int] = {}
        # The result's frames tell where tissue is as well as the source's.
        self._slide: Slide = comparing.b
        self._pairs = pairs

    def __call__(self, place: TilePlace) -> int:
        if place not in self._known:
            self._known[place] = self._length(self._pairs.key_b(place))
        return self._known[place]

    def _length(self, key: TileKey) -> int:
        try:
            frame = self._slide.read_frame(key)
        except SlideError:
            return 0
        return 0 if isinstance(frame, Empty) else len(frame.data)


def _suspects(same_bits: NDArray[np.bool_] | None, grid: CommonGrid) -> list[TilePlace]:
    if same_bits is None:
        return []
    rows, columns = np.nonzero(~same_bits[: grid.rows, : grid.columns])
    places = zip(columns.tolist(), rows.tolist(), strict=True)
    return [TilePlace(*each) for each in places]


def _peak(comparing: Comparing, layer: Layer) -> int | None:
    """Return what grey samples can hold; None for colors."""
    paths = (
        comparing.a.optical_paths[layer.optical_path.a],
        comparing.b.optical_paths[layer.optical_path.b],
    )
    ranges = [path.grey_range for path in paths if path.grey_range is not None]
    return max((brightest for _, brightest in ranges), default=None)


def _batches(places: Iterable[TilePlace], size: int) -> Iterator[tuple[TilePlace, ...]]:
    source = iter(places)
    while batch := tuple(islice(source, size)):
        yield batch


def _swaps(marked: list[tuple[TilePlace, Any, Any]]) -> Iterator[Swap]:
    """Find tiles of the result that show what another tile of the source does."""
    if len(marked) < 2:
        return
    shape = marked[0][1].shape
    marked = [each for each in marked if each[1].shape == each[2].shape == shape]
    ours = np.stack([each[1] for each in marked])
    for place, own, shown in marked:
        apart = np.abs(ours - shown).mean(axis=1)
        nearest = int(apart.argmin())
        origin = marked[nearest][0]
        distinct = np.abs(own - shown).mean() > _CLEARLY * max(1, apart[nearest])
        if origin != place and distinct and shown.std() > _SHOWS:
            yield Swap(place, origin)


_CLEARLY: Final = 5  # times as far from its own place as from the one it shows
_SHOWS: Final = 8  # standard deviation of samples that are worth telling apart
