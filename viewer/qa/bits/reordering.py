"""Frames of a source that the result holds at another place, found by their hashes."""

from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from viewer.qa.finding import Rule, Severity

QA9: Final = Rule(
    "QA9",
    Severity.ERROR,
    "tiles are where the source has them",
    "Tissue is shown at a place where it is not: what lies next to what is wrong, and "
    "so is every distance across.",
    clause="PS3.3 C.7.6.17.3",
    evidence="slim#97: a tile of no bytes shifted all later ones",
    number=9,
)

Places = NDArray[np.int64]


class Slip(NamedTuple):
    """Frames that lie so many places later (or earlier, below 0) than in the source.

    `first` and `last` are the first and the last place of the result that holds one.
    """

    by: int
    first: int
    last: int
    frames: int


@dataclass(frozen=True, slots=True)
class Reordering:
    """Which places of the result hold frames of other places of the source.

    `swaps` are pairs of places. `slips` are frames in a row that all lie later, or
    earlier. `strays` are places of the result, and of the source whose frames are
    there, that are part of no swap and no slip.
    """

    swaps: tuple[tuple[int, int], ...] = ()
    slips: tuple[Slip, ...] = ()
    strays: tuple[tuple[int, int], ...] = ()

    def __bool__(self) -> bool:
        """Whether there is any."""
        return bool(self.swaps or self.slips or self.strays)


def find_reordering(
    places: Places, ours: NDArray[np.uint64], theirs: NDArray[np.uint64]
) -> Reordering:
    """Look for the frames of the result among those of the source.

    `places` count in the order of the frames, ascending; `ours` and `theirs` are the
    hashes of what source and result hold there, 0 for nothing. Frames that the source
    holds several times, such as those of bare glass, tell no place and are left out.
    """
    values, firsts, counts = np.unique(ours, return_index=True, return_counts=True)
    unique = (counts == 1) & (values != 0)
    values, firsts = values[unique], firsts[unique]
    if not len(values):
        return Reordering()
    at = np.minimum(np.searchsorted(values, theirs), len(values) - 1)
    known = (values[at] == theirs) & (theirs != 0)
    into, origin = places[known], places[firsts[at[known]]]
    moved = into != origin
    into, origin = into[moved], origin[moved]
    swapped = _swapped(into, origin)
    pairs = swapped & (into < origin)
    rest, rest_origin = into[~swapped], origin[~swapped]
    slips, slipped = _slips(rest, rest_origin)
    return Reordering(
        _as_pairs(into[pairs], origin[pairs]),
        slips,
        _as_pairs(rest[~slipped], rest_origin[~slipped]),
    )


def held_elsewhere(
    ours: NDArray[np.uint64], theirs: NDArray[np.uint64]
) -> NDArray[np.bool_]:
    """Tell which frames of the result are some frame of the source, by their hashes."""
    return np.isin(theirs, ours) & (theirs != 0)


_FEWEST: Final = 2  # frames that make a slip


def _swapped(into: Places, origin: Places) -> NDArray[np.bool_]:
    """Tell which frames lie where that one came from that lies at their own place."""
    if not len(into):
        return np.zeros(0, np.bool_)
    at = np.minimum(np.searchsorted(into, origin), len(into) - 1)
    return (into[at] == origin) & (origin[at] == into)


def _slips(into: Places, origin: Places) -> tuple[tuple[Slip, ...], NDArray[np.bool_]]:
    """Group frames in a row that were moved by the same number of places.

    Between them there may be others of which it is not known.
    """
    slipped = np.zeros(len(into), np.bool_)
    if not len(into):
        return (), slipped
    by = into - origin
    starts = np.concatenate([[0], np.flatnonzero(np.diff(by)) + 1])
    ends = np.append(starts[1:], len(by))
    slips: list[Slip] = []
    for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
        if end - start >= _FEWEST:
            slipped[start:end] = True
            first, last = int(into[start]), int(into[end - 1])
            slips.append(Slip(int(by[start]), first, last, end - start))
    return tuple(slips), slipped


def _as_pairs(ones: Places, others: Places) -> tuple[tuple[int, int], ...]:
    return tuple(zip(ones.tolist(), others.tolist(), strict=True))
