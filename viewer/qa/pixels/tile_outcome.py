"""What became of one tile: compared, lost, filled, broken."""

from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from viewer.qa.pixels.difference import Difference, difference
from viewer.qa.pixels.flat_color import FILLERS, flat_color, is_flat
from viewer.qa.pixels.sampling import TilePlace
from viewer.qa.pixels.tile_pairs import TilePairs, kind
from viewer.slide.errors import Cancelled, SlideError
from viewer.slide.model import Empty, Samples

Color = tuple[int, int, int]
"""Red, green and blue."""

Marks = NDArray[Any]
"""Samples picked from a tile, few enough to be kept and to know it again by."""


class Fate(IntEnum):
    """What became of a tile of the source in the result."""

    UNSEEN = 0  # not looked at
    NOTHING = 1  # neither slide stores it
    SAME = 2
    CHANGED = 3
    BLANK = 4  # of one color, where the source shows something else
    LOST = 5  # not stored, where the source shows something
    LEFT_OUT = 6  # not stored, where the source has the color of what is not stored
    FILLED = 7  # of one color, where the source stores nothing
    INVENTED = 8  # shows something, where the source stores nothing
    UNLIKE = 9  # another kind of samples
    BROKEN_A = 10  # the source cannot be decoded
    BROKEN_B = 11  # the result cannot be decoded


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one tile.

    `difference` is there wherever both have pixels of one kind. `words` are a color or
    the sentence of what failed. `marks` are those of source and result where the two
    have little in common.
    """

    place: TilePlace
    fate: Fate
    difference: Difference | None = None
    words: str = ""
    marks: tuple[Marks, Marks] | None = None


def compare_tile(pairs: TilePairs, place: TilePlace, peak: int | None) -> Outcome:
    """Read a tile of the result and the source's pixels there, and compare. Any thread.

    `peak` is what grey samples can hold. Raises Cancelled only.
    """
    a = _read(pairs.read_a, place)
    b = _read(pairs.read_b, place)
    if isinstance(a, str):  # then the result is not to blame, whatever it has
        return Outcome(place, Fate.BROKEN_A, words=a)
    if not isinstance(b, str):
        b = pairs.damage(place) or b
    if isinstance(b, str):
        return Outcome(place, Fate.BROKEN_B, words=b)
    if isinstance(a, Empty) or isinstance(b, Empty):
        return _one_sided(place, a, b, pairs.absent)
    return _subtracted(place, a, b, peak)


_GLASS: Final = 16  # variance: bare glass with its noise has less
_FAR: Final = 8  # of 255: more than smoothing does to glass
_LITTLE: Final = 0.8  # similarity below which a tile may be another one
_MARKS: Final = 16  # samples along each edge


def _read(read: Any, place: TilePlace) -> Samples | Empty | str:
    try:
        return read(place)
    except Cancelled:
        raise
    except SlideError as error:
        return str(error)


def _subtracted(place: TilePlace, a: Samples, b: Samples, peak: int | None) -> Outcome:
    if kind(a) != kind(b) or a.shape != b.shape:
        return Outcome(place, Fate.UNLIKE, words=f"{kind(b)} instead of {kind(a)}")
    found = difference(a, b, peak)
    if found.is_none:
        return Outcome(place, Fate.SAME, found)
    blank = flat_color(b)
    if blank and (_is_filler(blank, found) or not is_flat(a, _GLASS)):
        return Outcome(place, Fate.BLANK, found, blank)
    marks = None
    if found.similarity < _LITTLE or found.mean > _FAR:
        marks = _marks(a), _marks(b)
    return Outcome(place, Fate.CHANGED, found, marks=marks)


def _is_filler(color: str, found: Difference) -> bool:
    """Whether it is no color of glass that only came out otherwise."""
    return color in FILLERS and found.mean > _FAR


def _one_sided(
    place: TilePlace, a: Samples | Empty, b: Samples | Empty, absent: Color
) -> Outcome:
    """`absent` is what the result shows of tiles that it does not store."""
    if not isinstance(a, Empty):
        left_out = _has_only(a, absent)
        return Outcome(place, Fate.LEFT_OUT if left_out else Fate.LOST)
    if not isinstance(b, Empty):
        flat = flat_color(b)
        return Outcome(place, Fate.FILLED if flat else Fate.INVENTED, words=flat)
    return Outcome(place, Fate.NOTHING)


def _has_only(samples: Samples, color: Color) -> bool:
    red, green, blue = color
    if samples.ndim == 3:
        return bool(np.all(samples[..., :3] == (blue, green, red)))
    return bool(np.all(samples == green * (1 if samples.itemsize == 1 else 257)))


def _marks(samples: Samples) -> Marks:
    """Pick samples from the middles of 16 x 16 parts, in 16 bits for subtracting."""
    rows, columns = (
        (np.arange(_MARKS) * 2 + 1) * edge // (2 * _MARKS) for edge in samples.shape[:2]
    )
    picked = samples[np.ix_(rows, columns)]
    color = picked[..., :3] if samples.ndim == 3 else picked
    return color.reshape(-1).astype(np.int32)
