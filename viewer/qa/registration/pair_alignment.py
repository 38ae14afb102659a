"""Whether a level of the result shows what that of the source shows, and where."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from viewer.qa.comparing import Comparing, LevelPair
from viewer.qa.finding import Finding, Rule, Severity
from viewer.qa.registration.displacement import (
    Blank,
    Unlike,
    direction,
    displacement,
    in_micrometers,
)
from viewer.qa.registration.level_alignment import EDGE, Outcome
from viewer.qa.registration.patches import Area, Layer, luma, read_patch
from viewer.qa.registration.places import Spot, area_at, spots
from viewer.qa.registration.shift import Shift, shift
from viewer.qa.registration.small_picture import small_luma
from viewer.qa.sides import called, counted
from viewer.slide.errors import Cancelled, SlideError

QA13: Final = Rule(
    id="QA13",
    severity=Severity.ERROR,
    title="contents of the result lie where those of the source do",
    why="Annotations and coordinates taken on the source point to other cells on the "
    "result.",
    clause="PS3.3 C.8.12.4",
    evidence="dicom_wsi#20, slim#97",
    number=13,
)


@dataclass(frozen=True, slots=True)
class Seen:
    """Both slides as small pictures (rows, columns), and the layers they are of."""

    a_layer: Layer
    b_layer: Layer
    a: NDArray[np.float32]
    b: NDArray[np.float32]

    @classmethod
    def of(cls, comparing: Comparing) -> "Seen":
        """Take the middle one of the focal planes that both have; blocks."""
        planes, paths = comparing.pairing.focal_planes, comparing.pairing.optical_paths
        plane = planes[len(planes) // 2] if planes else (0, 0)
        path = paths[0] if paths else (0, 0)
        one, other = Layer(plane[0], path[0]), Layer(plane[1], path[1])
        return cls(
            one,
            other,
            small_luma(comparing.a, one, comparing.run),
            small_luma(comparing.b, other, comparing.run),
        )


class PairShift(NamedTuple):
    """What was measured of a level of the result against that of the source."""

    pair: LevelPair
    outcome: Outcome


def pair_shift(comparing: Comparing, pair: LevelPair, seen: Seen) -> PairShift:
    """Measure one pair of levels at places with tissue; blocks. Raises Cancelled.

    Where nothing fits near by, larger regions are looked through.
    """
    looked = spots(seen.a)
    outcome = _measured(comparing, pair, seen, looked, EDGE)
    if isinstance(outcome, Unlike):
        far = _measured(comparing, pair, seen, looked[:_FAR_PLACES], _FAR_EDGE)
        outcome = outcome if isinstance(far, Blank) else far
    return PairShift(pair, outcome)


def about_pair(comparing: Comparing, found: PairShift) -> Iterator[Finding]:
    """Yield an error where contents are elsewhere, or others."""
    pair, outcome = found
    level = comparing.b.levels[pair.b]
    where: dict[str, Any] = {"side": "b", "file": level.file, "level": pair.b}
    who, source = called(comparing.b, "b"), called(comparing.a, "a")
    if isinstance(outcome, Unlike):
        yield QA13.finding(
            f"Level {pair.b} of {who} does not show what level {pair.a} of {source} "
            f"shows: at {counted(outcome.looked, 'place')} the contents correlate by "
            f"{outcome.likeness:.2f} at best, expected 1.",
            found=f"correlation {outcome.likeness:.2f}",
            expected="correlation 1",
            **where,
        )
        return
    most = _MOST_BASE if pair == comparing.pairing.levels[0] else _MOST
    if isinstance(outcome, Blank) or outcome.length <= most:
        return
    moved = direction(outcome.x, outcome.y)
    micrometers = in_micrometers(comparing.a, pair.a, outcome.length)
    yield QA13.finding(
        f"Level {pair.b} of {who} shows its contents {moved} of where {source} has "
        f"them{f' ({micrometers})' if micrometers else ''}; the median of "
        f"{counted(outcome.measured, 'place')}, expected the same place.",
        found=moved,
        expected="0 px",
        **where,
    )


_FAR_EDGE: Final = 1024
_FAR_PLACES: Final = 3
_MOST_BASE: Final = 0.5  # pixels; nothing moves what is only encoded anew
_MOST: Final = 1.0  # a level that was made anew may be sampled elsewhere


def _measured(
    comparing: Comparing,
    pair: LevelPair,
    seen: Seen,
    looked: Sequence[Spot],
    edge: int,
) -> Outcome:
    size = comparing.a.levels[pair.a].size
    areas = [area_at(each, pair.a, size, edge) for each in looked]
    areas = list(dict.fromkeys(areas))
    found = comparing.run.each(
        lambda area: _shift(comparing, area, pair, seen),
        areas,
        f"Registering level {pair.b}",
        len(areas),
    )
    return displacement(list(found))


def _shift(
    comparing: Comparing, area: Area, pair: LevelPair, seen: Seen
) -> Shift | None:
    try:
        one = luma(read_patch(comparing.a, area, seen.a_layer))
        there = area._replace(level=pair.b)
        other = luma(read_patch(comparing.b, there, seen.b_layer))
    except Cancelled:
        raise
    except SlideError:  # what cannot be read, others report
        return None
    return shift(one, other)
