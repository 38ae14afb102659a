"""Whether the levels of one slide show the same at the same places."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final, TypeAlias

from viewer.qa.finding import Finding, Rule, Severity, Side
from viewer.qa.registration.displacement import (
    Blank,
    Displacement,
    Unlike,
    direction,
    displacement,
    in_micrometers,
)
from viewer.qa.registration.patches import Area, Layer, luma, read_patch, read_scaled
from viewer.qa.registration.places import Spot, area_at, spots
from viewer.qa.registration.shift import SMALLEST, Shift, shift
from viewer.qa.registration.small_picture import small_luma
from viewer.qa.run import Run
from viewer.slide.errors import Cancelled, SlideError
from viewer.slide.model import Slide, stored_levels

PY4: Final = Rule(
    id="PY4",
    severity=Severity.ERROR,
    title="levels show the same at the same place",
    why="The tissue would jump when one zooms, and what is marked or measured on one "
    "level lies elsewhere on the next.",
    clause="PS3.3 C.8.12.4",
    evidence="dicom_wsi#20, libdicom#79",
    number=13,
)

Outcome: TypeAlias = Displacement | Blank | Unlike

EDGE: Final = 256
"""Pixels across and down that are compared at a place."""


@dataclass(frozen=True, slots=True)
class LevelShift:
    """What was measured of a level against the next finer stored one, in its pixels.

    `outcome` is against `finer`; `against_base` adds up those on the way to the finest,
    None where one is missing.
    """

    level: int
    finer: int
    outcome: Outcome
    against_base: tuple[float, float] | None


def level_shifts(slide: Slide, layer: Layer, run: Run) -> list[LevelShift]:
    """Measure each stored level but the finest, from fine to coarse; blocks.

    Small regions are read, at no more than nine places a level; memory is bounded.
    Raises Cancelled.
    """
    stored = stored_levels(slide)
    if len(stored) < 2:
        return []
    looked = spots(small_luma(slide, layer, run))
    found: list[LevelShift] = []
    offset: tuple[float, float] | None = (0.0, 0.0)  # in level-0 pixels
    for finer, level in pairwise(stored):
        outcome = _measured(slide, (finer, level), layer, looked, run)
        offset = _added(slide, level, offset, outcome)
        scale = slide.levels[level].downsample
        own = None if offset is None else (offset[0] / scale.x, offset[1] / scale.y)
        found.append(LevelShift(level, finer, outcome, own))
    return found


def misalignments(
    slide: Slide, shifts: Sequence[LevelShift], who: str, side: Side = ""
) -> Iterator[Finding]:
    """Yield an error for each level that is displaced by more than one of its pixels.

    `who` is what sentences call the slide.
    """
    for each in shifts:
        where: dict[str, Any] = {
            "side": side,
            "file": slide.levels[each.level].file,
            "level": each.level,
        }
        if isinstance(each.outcome, Unlike):
            yield PY4.finding(
                f"Level {each.level} of {who} does not show what level {each.finer} "
                f"shows: at {_places(each.outcome.looked)} the contents correlate by "
                f"{each.outcome.likeness:.2f} at best, expected nearly 1.",
                found=f"correlation {each.outcome.likeness:.2f}",
                expected="correlation near 1",
                **where,
            )
        elif isinstance(each.outcome, Displacement):
            yield from _displaced(slide, each, each.outcome, who, where)


def _displaced(
    slide: Slide,
    each: LevelShift,
    outcome: Displacement,
    who: str,
    where: dict[str, Any],
) -> Iterator[Finding]:
    x, y = each.against_base or (outcome.x, outcome.y)
    length = (x * x + y * y) ** 0.5
    if length <= _MOST or (length <= _MOST_IN_ALL and outcome.length <= _MOST):
        return
    against = "level 0" if each.against_base else f"level {each.finer}"
    micrometers = in_micrometers(slide, each.level, length)
    yield PY4.finding(
        f"Level {each.level} of {who} shows its contents {direction(x, y)} of where "
        f"{against} has them{f' ({micrometers})' if micrometers else ''}; measured at "
        f"{_places(outcome.measured)}, expected at most 1 px.",
        found=direction(x, y),
        expected="at most 1 px",
        **where,
    )


def _places(count: int) -> str:
    return "1 place" if count == 1 else f"{count} places"


_MOST: Final = 1.0  # pixel of the coarser level
_MOST_IN_ALL: Final = 1.5  # half a pixel a level, which a cheap filter makes, adds up
_LONGEST: Final = 4096  # pixels of the finer level across a place
_SHORTEST: Final = 32


def _measured(
    slide: Slide, pair: tuple[int, int], layer: Layer, looked: Sequence[Spot], run: Run
) -> Outcome:
    finer, level = pair
    size = slide.levels[level].size
    ratio = slide.levels[finer].size.width / size.width
    edge = min(EDGE, int(_LONGEST / ratio))
    if edge < _SHORTEST or min(size) < SMALLEST:
        return Blank(0)
    areas = list(dict.fromkeys(area_at(each, level, size, edge) for each in looked))
    what = f"Aligning level {level}"
    shifts = run.each(
        lambda area: _shift(slide, area, layer, finer), areas, what, len(areas)
    )
    return displacement(list(shifts))


def _shift(slide: Slide, area: Area, layer: Layer, finer: int) -> Shift | None:
    try:
        expected = read_scaled(slide, area, layer, finer)
        found = luma(read_patch(slide, area, layer))
    except Cancelled:
        raise
    except SlideError:  # what cannot be read, others report
        return None
    return shift(expected, found)


def _added(
    slide: Slide, level: int, offset: tuple[float, float] | None, outcome: Outcome
) -> tuple[float, float] | None:
    if offset is None or not isinstance(outcome, Displacement):
        return None
    scale = slide.levels[level].downsample
    return offset[0] + outcome.x * scale.x, offset[1] + outcome.y * scale.y
