"""Which tiles of a level are looked at where not all of them are."""

from collections.abc import Callable, Collection, Iterable, Iterator
from math import ceil, sqrt
from random import Random
from typing import Final, NamedTuple


class TilePlace(NamedTuple):
    """A tile of a level, counted from its upper left one."""

    column: int
    row: int


Length = Callable[[TilePlace], int]
"""The bytes of a tile's codestream; those of tissue are the longest."""

_DRAWN: Final = 8
"""Tiles that are drawn from each part of a level, of which the longest is taken."""


def all_tiles(columns: int, rows: int, stripe: int = 0) -> Iterator[TilePlace]:
    """Yield every tile, row by row; in stripes of so many columns where given."""
    stripe = stripe or max(1, columns)
    for left in range(0, columns, stripe):
        for row in range(rows):
            for column in range(left, min(columns, left + stripe)):
                yield TilePlace(column, row)


def sampled_tiles(
    columns: int,
    rows: int,
    count: int,
    length: Length,
    suspects: Collection[TilePlace] = (),
) -> list[TilePlace]:
    """Choose at most `count` tiles, row by row; the same ones every time.

    First come the suspects, as far as they fit in half of the sample, and the corners.
    Then the level is cut into parts of equal size, and each part gives the one with the
    longest codestream of a few tiles drawn from it; the rest are the longest of all
    that were drawn. So all of the level is looked at, and its tissue more than its
    glass.
    """
    if count >= columns * rows:
        return list(all_tiles(columns, rows))
    chosen = dict.fromkeys(_evenly(sorted(suspects), count // 2))
    chosen.update(dict.fromkeys(_corners(columns, rows)[: count - len(chosen)]))
    drawn = _drawn(columns, rows, max(1, (count - len(chosen)) // 2))
    longest = [sorted(part, key=length, reverse=True) for part in drawn]
    ranked = [part[0] for part in longest]
    ranked += sorted(
        (each for part in longest for each in part[1:]), key=length, reverse=True
    )
    for place in ranked:
        if len(chosen) >= count:
            break
        chosen[place] = None
    return sorted(chosen, key=lambda place: (place.row, place.column))


def _evenly(places: list[TilePlace], count: int) -> Iterable[TilePlace]:
    if len(places) <= count:
        return places
    return (places[number * len(places) // count] for number in range(count))


def _corners(columns: int, rows: int) -> list[TilePlace]:
    """Return the corners: lost edges and a wrong order show there first."""
    ends = TilePlace(columns - 1, rows - 1), TilePlace(0, 0)
    return list(
        dict.fromkeys(
            (*ends, TilePlace(columns - 1, 0), TilePlace(0, rows - 1)),
        )
    )


def _drawn(columns: int, rows: int, parts: int) -> Iterator[list[TilePlace]]:
    """Cut a level into about so many parts and draw a few tiles from each."""
    across = min(columns, max(1, ceil(sqrt(parts * columns / rows))))
    down = min(rows, max(1, parts // across))
    random = Random(columns * rows)  # noqa: S311 - a choice, not a secret
    for row in range(down):
        rows_here = range(row * rows // down, (row + 1) * rows // down)
        for column in range(across):
            columns_here = range(
                column * columns // across, (column + 1) * columns // across
            )
            size = len(rows_here) * len(columns_here)
            numbers = random.sample(range(size), min(_DRAWN, size))
            yield [
                TilePlace(
                    columns_here[number % len(columns_here)],
                    rows_here[number // len(columns_here)],
                )
                for number in numbers
            ]
