"""Whether optical paths and focal planes of the result are those of the source."""

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from viewer.qa.comparing import Comparing, LayerPair
from viewer.qa.finding import Finding, Rule
from viewer.qa.pairing.slides import PATHS, PLANES
from viewer.qa.registration.patches import Area, Layer, luma, read_patch
from viewer.qa.registration.places import area_at, spots
from viewer.qa.registration.shrinking import shrunk
from viewer.qa.sides import called
from viewer.slide.errors import Cancelled, SlideError
from viewer.slide.model import Slide


def misplaced_layers(
    comparing: Comparing, picture: NDArray[np.float32]
) -> Iterator[Finding]:
    """Yield an error for each path or plane that shows what another one should.

    `picture` is small and shows the source, luma; it tells where there is something to
    see. Small regions of each path and plane are read, one after the other: of paths in
    the first plane, of planes in the first path. Blocks; raises Cancelled.
    """
    if not comparing.pairing.levels:
        return
    level = comparing.pairing.levels[0]
    size = comparing.a.levels[level.a].size
    areas = [area_at(each, level.a, size, _EDGE) for each in spots(picture)[:_PLACES]]
    for axis in _axes(comparing):
        if len(axis.pairs) < 2:
            continue
        there = [area._replace(level=level.b) for area in areas]
        ours = [_seen(comparing.a, areas, each) for each, _ in axis.layers]
        theirs = [_seen(comparing.b, there, each) for _, each in axis.layers]
        yield from _about(comparing, axis, _origins(ours, theirs))


_EDGE: Final = 256
_PLACES: Final = 3
_MOST: Final = 64  # paths or planes
_BLOCK: Final = 8  # so that encoding does not matter
_LEAST: Final = 3.0  # of 255: what codecs do to means of blocks is less
_MUCH_BETTER: Final = 0.5

_Shown = NDArray[np.float32] | None


class _Axis(NamedTuple):
    """Paths or planes: their pairs, how they are named, and the layers of each pair."""

    rule: Rule
    pairs: Sequence[LayerPair]
    noun: str
    name: Callable[[Slide, int], str]
    layers: Sequence[tuple[Layer, Layer]]


def _axes(comparing: Comparing) -> Iterator[_Axis]:
    paths = comparing.pairing.optical_paths[:_MOST]
    planes = comparing.pairing.focal_planes[:_MOST]
    if paths and planes:
        path, plane = paths[0], planes[0]
        yield _Axis(
            PATHS,
            paths,
            "optical path",
            _path_name,
            [(Layer(plane.a, each.a), Layer(plane.b, each.b)) for each in paths],
        )
        yield _Axis(
            PLANES,
            planes,
            "focal plane",
            _plane_name,
            [(Layer(each.a, path.a), Layer(each.b, path.b)) for each in planes],
        )


def _path_name(slide: Slide, number: int) -> str:
    path = slide.optical_paths[number]
    named = path.description or path.identifier
    return f"{number} ({named})" if named else str(number)


def _plane_name(slide: Slide, number: int) -> str:
    return f"{number} (at {slide.focal_planes[number]:g} um)"


def _seen(slide: Slide, areas: Sequence[Area], layer: Layer) -> _Shown:
    """Return means of blocks at some places, 0 to 255; None where one is broken."""
    low, high = slide.optical_paths[layer.optical_path].grey_range or (0, 255)
    found: list[NDArray[np.float32]] = []
    for area in areas:
        try:
            patch = luma(read_patch(slide, area, layer))
        except Cancelled:
            raise
        except SlideError:  # others report it
            return None
        rows, columns = (max(1, edge // _BLOCK) for edge in patch.shape)
        found.append(shrunk(patch, rows, columns).reshape(-1))
    return (np.concatenate(found) - low) * (255 / max(1, high - low))


def _origins(ours: Sequence[_Shown], theirs: Sequence[_Shown]) -> dict[int, int]:
    """Return what the result shows at a wrong place, by that place in the pairing."""
    origins: dict[int, int] = {}
    for place, shown in enumerate(theirs):
        apart = [_apart(each, shown) for each in ours]
        best = min(range(len(apart)), key=apart.__getitem__)
        own = apart[place]
        if np.isfinite(own) and own > _LEAST and apart[best] < own * _MUCH_BETTER:
            origins[place] = best
    return origins


def _apart(one: _Shown, other: _Shown) -> float:
    """Return the root of the mean square; infinite where one cannot be read."""
    if one is None or other is None or one.shape != other.shape:
        return float("inf")
    return float(np.sqrt(np.mean((one.astype(np.float64) - other) ** 2)))


def _about(
    comparing: Comparing, axis: _Axis, origins: dict[int, int]
) -> Iterator[Finding]:
    told = {
        place: origin
        for place, origin in origins.items()
        if not (origins.get(origin) == place and origin < place)
    }
    a, b = called(comparing.a, "a"), called(comparing.b, "b")
    for place, origin in islice(told.items(), _MOST_TOLD):
        here, shown = axis.pairs[place], axis.pairs[origin]
        mine, other = axis.name(comparing.b, here.b), axis.name(comparing.b, shown.b)
        if origins.get(origin) == place:
            said = (
                f"The {axis.noun}s {mine} and {other} of {b} are swapped: each shows "
                f"what the other one shows in {a}."
            )
        else:
            said = (
                f"The {axis.noun} {mine} of {b} shows what {axis.noun} "
                f"{axis.name(comparing.a, shown.a)} shows in {a}."
            )
        yield axis.rule.finding(
            said,
            side="b",
            found=axis.name(comparing.a, shown.a),
            expected=axis.name(comparing.a, here.a),
        )


_MOST_TOLD: Final = 8
