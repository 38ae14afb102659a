"""Which stored level of the source is which of the result, by size and by scale."""

from math import ceil
from typing import Final, NamedTuple

from viewer.qa.comparing import LevelPair
from viewer.slide.geometry import Size, Spacing
from viewer.slide.model import Level, Slide, stored_levels
from viewer.slide.scale import MOST_APART


class LevelMatches(NamedTuple):
    """Pairs, the finest first, and the stored levels that have no partner."""

    pairs: tuple[LevelPair, ...]
    only_a: tuple[int, ...]
    only_b: tuple[int, ...]


def match_levels(a: Slide, b: Slide) -> LevelMatches:
    """Pair stored levels, each at most once; never raises.

    The likest pairs are made first: those of one size, then those a pixel apart
    (halving may round up or down), then those of which one is padded to whole tiles,
    then those of one Pixel Spacing that differ by less than a tile. Among levels of
    equal sizes, scale and tile size decide, then their order.
    """
    ours, theirs = stored_levels(a), stored_levels(b)
    candidates = sorted(
        (likeness, LevelPair(i, j))
        for i in ours
        for j in theirs
        if (likeness := _likeness(a.levels[i], b.levels[j])) is not None
    )
    pairs: list[LevelPair] = []
    for _, candidate in candidates:
        if all(candidate.a != each.a and candidate.b != each.b for each in pairs):
            pairs.append(candidate)
    paired_a, paired_b = ({pair[side] for pair in pairs} for side in (0, 1))
    return LevelMatches(
        tuple(sorted(pairs)),
        tuple(each for each in ours if each not in paired_a),
        tuple(each for each in theirs if each not in paired_b),
    )


def is_padding(one: Level, other: Level) -> bool:
    """Whether the sizes differ by nothing but tiles that one of them counts whole."""
    return _is_padded(one, other) or _is_padded(other, one)


def is_near(one: Size, other: Size) -> bool:
    """Whether two sizes differ by a pixel at most, along either axis."""
    return all(abs(x - y) <= 1 for x, y in zip(one, other, strict=True))


_EXACT: Final = 0
_ROUNDED: Final = 1
_PADDED: Final = 2
_SCALED: Final = 3


def _likeness(a: Level, b: Level) -> tuple[int, float, bool] | None:
    """Return what is smaller the likelier they are one; None where they are not."""
    kind = _kind(a, b)
    if kind is None:
        return None
    return kind, _scale_apart(a.spacing, b.spacing), a.tile_size != b.tile_size


def _kind(a: Level, b: Level) -> int | None:
    if a.size == b.size:
        return _EXACT
    if is_near(a.size, b.size):
        return _ROUNDED
    if is_padding(a, b):
        return _PADDED
    return _SCALED if _is_scaled(a, b) else None


def _is_padded(padded: Level, real: Level) -> bool:
    """Whether one has the size of all the tiles that the other needs.

    Of a single tile that says nothing: any smaller picture would fit in.
    """
    tile = padded.tile_size
    if padded.size in (real.size, tile) or tile.width % 16 or tile.height % 16:
        return False
    return all(
        whole in (part, ceil(part / edge) * edge)
        for whole, part, edge in zip(padded.size, real.size, tile, strict=True)
    )


def _is_scaled(a: Level, b: Level) -> bool:
    """Whether both say the same scale and their sizes differ by less than a tile."""
    if a.spacing is None or b.spacing is None:
        return False
    near = all(
        abs(ours - theirs) < max(sides)
        for ours, theirs, *sides in zip(
            a.size, b.size, a.tile_size, b.tile_size, strict=True
        )
    )
    return near and _scale_apart(a.spacing, b.spacing) <= MOST_APART


def _scale_apart(a: Spacing | None, b: Spacing | None) -> float:
    """Return by what share the scales differ; 0 where one of them is not told."""
    if a is None or b is None:
        return 0.0
    return max(abs(b.x / a.x - 1), abs(b.y / a.y - 1))
