"""Which level, plane, path and picture of the source is which of the result."""

from viewer.qa.comparing import LayerPair, LevelPair, Pairing
from viewer.slide.model import Slide, stored_levels


def pair(a: Slide, b: Slide) -> Pairing:
    """Pair what two slides have by size and role; never raises."""
    theirs = {b.levels[number].size: number for number in stored_levels(b)}
    levels = [
        LevelPair(number, theirs[a.levels[number].size])
        for number in stored_levels(a)
        if a.levels[number].size in theirs
    ]
    return Pairing(
        levels=tuple(levels),
        focal_planes=_in_order(len(a.focal_planes), len(b.focal_planes)),
        optical_paths=_in_order(len(a.optical_paths), len(b.optical_paths)),
        associated=tuple(role for role in a.associated if role in b.associated),
    )


def _in_order(ours: int, theirs: int) -> tuple[LayerPair, ...]:
    return tuple(LayerPair(number, number) for number in range(min(ours, theirs)))
