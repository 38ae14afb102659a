"""The focal planes of frames that tell their height one by one."""

import numpy as np
from numpy.typing import NDArray


def focal_planes(
    z: NDArray[np.float64] | None, places: NDArray[np.int64]
) -> tuple[tuple[float, ...], NDArray[np.int64]]:
    """Return the planes in micrometers, lowest first, and each frame's plane.

    `z` are the frames' heights in micrometers; `places` are equal where frames show the
    same tile, and negative for frames that lie nowhere. A scanner that focuses every
    tile by itself tells a height for each, and still has one plane: heights make planes
    only where a place has more than one.
    """
    if z is None or not len(z):
        return (0.0,), np.zeros(len(places), np.int64)
    nanometers = np.round(np.nan_to_num(z, posinf=0, neginf=0) * 1000)
    heights = np.clip(nanometers, -1e15, 1e15).astype(np.int64)
    distinct, numbers = np.unique(heights, return_inverse=True)
    ranks = _ranks(places, numbers.astype(np.int64))
    most = int(ranks.max()) + 1
    if most == 1:
        return (float(np.median(heights)) / 1000,), ranks
    if len(distinct) <= 4 * most:
        return tuple((distinct / 1000).tolist()), numbers.astype(np.int64)
    means = [float(heights[ranks == rank].mean()) / 1000 for rank in range(most)]
    return tuple(means), ranks


def _ranks(places: NDArray[np.int64], heights: NDArray[np.int64]) -> NDArray[np.int64]:
    """Rank the different heights at each place, lowest 0; equal ones alike."""
    order = np.lexsort((heights, places))
    place, height = places[order], heights[order]
    new_place = np.ones(len(order), np.bool_)
    new_place[1:] = place[1:] != place[:-1]
    new_height = np.ones(len(order), np.bool_)
    new_height[1:] = new_place[1:] | (height[1:] != height[:-1])
    counted = np.cumsum(new_height)
    before = np.maximum.accumulate(np.where(new_place, counted, 0))
    ranks = np.empty(len(order), np.int64)
    ranks[order] = counted - before
    return ranks
