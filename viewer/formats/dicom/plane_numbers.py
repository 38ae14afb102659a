"""The focal planes of a slide: heights of several images merged into one stack."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from itertools import pairwise

_EXACT = 0.0005  # micrometers: heights nearer than that are one


def merged_planes(stacks: Iterable[Sequence[float]]) -> tuple[float, ...]:
    """Return the heights of a slide in micrometers, lowest first; at least one.

    `stacks` are the heights of each level and optical path, finest level first. Only
    stacks of several planes count: an image of one plane tells where that happened to
    be in focus. Heights of two stacks are one plane where they are nearer than half
    the smallest step of the planes known.
    """
    found = [sorted(set(stack)) for stack in stacks]
    several = [stack for stack in found if len(_apart(stack)) > 1]
    if not several:
        return (found[0][0] if found and found[0] else 0.0,)
    planes = _apart(several[0])
    for stack in several[1:]:
        reach = half_step(planes)
        heights = _apart(stack)
        near = nearest_to_all(planes, heights)
        more = [
            z
            for z, number in zip(heights, near, strict=True)
            if abs(z - planes[number]) >= reach
        ]
        planes = sorted([*planes, *more])
    return tuple(planes)


def nearest(planes: Sequence[float], height: float) -> int:
    """Return the number of the plane nearest to a height; the lower of two.

    `planes` rise.
    """
    above = bisect_left(planes, height)
    if above == 0:
        return 0
    if above == len(planes):
        return above - 1
    below = above - 1
    return below if height - planes[below] <= planes[above] - height else above


def nearest_to_all(planes: Sequence[float], heights: Sequence[float]) -> list[int]:
    """Return for each height the number of the plane nearest to it.

    Neither need rise: an image has its planes in the order of its frames. Ten thousand
    of both, which a damaged header may claim, take a moment.
    """
    order = sorted(range(len(planes)), key=planes.__getitem__)
    rising = [planes[number] for number in order]
    return [order[nearest(rising, height)] for height in heights]


def half_step(planes: Sequence[float]) -> float:
    """Return half of the smallest distance of two neighbors; infinite for one plane."""
    return min((b - a for a, b in pairwise(planes)), default=float("inf")) / 2


def _apart(stack: Sequence[float]) -> list[float]:
    planes: list[float] = []
    for height in stack:
        if not planes or height - planes[-1] > _EXACT:
            planes.append(height)
    return planes
