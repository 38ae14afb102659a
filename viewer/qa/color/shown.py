"""Whether the result shows the colors of the source, at places with tissue."""

from collections.abc import Iterator, Sequence
from typing import Any, Final, NamedTuple

import numpy as np

from viewer.qa.color.relation import Colors, Relation, relation
from viewer.qa.comparing import Comparing, LevelPair
from viewer.qa.finding import Finding, Rule, Severity
from viewer.qa.registration.displacement import is_believable
from viewer.qa.registration.patches import Area, Layer, Patch, luma, read_patch
from viewer.qa.registration.places import area_at, spots
from viewer.qa.registration.shift import shared, shift
from viewer.qa.registration.small_picture import small_luma
from viewer.qa.sides import called
from viewer.slide.errors import Cancelled, SlideError
from viewer.slide.model import Slide

QA4: Final = Rule(
    id="QA4",
    severity=Severity.ERROR,
    title="colors mean in the result what they mean in the source",
    why="Stains are told apart by color: in false colors one is taken for another.",
    clause="PS3.3 C.7.6.3.1.2",
    evidence="libdicom#80, openslide#772, wsidicomizer#158",
    number=4,
)


class ShownColor(NamedTuple):
    """How the colors of a level of the result come from those of the source."""

    pair: LevelPair
    relation: Relation


def shown_colors(comparing: Comparing) -> list[ShownColor]:
    """Compare each pair of levels; levels that show nothing are left out.

    Small regions are read, nine a level at most; blocks. Raises Cancelled.
    """
    planes, paths = comparing.pairing.focal_planes, comparing.pairing.optical_paths
    if not planes or not paths:
        return []
    plane, path = planes[len(planes) // 2], paths[0]
    layers = Layer(plane.a, path.a), Layer(plane.b, path.b)
    looked = spots(small_luma(comparing.a, layers[0], comparing.run))
    found: list[ShownColor] = []
    for pair in comparing.pairing.levels:
        size = comparing.a.levels[pair.a].size
        areas = [area_at(each, pair.a, size, _EDGE) for each in looked]
        related = _related(comparing, pair, list(dict.fromkeys(areas)), layers)
        if related is not None:
            found.append(ShownColor(pair, related))
    return found


def about_shown(comparing: Comparing, found: Sequence[ShownColor]) -> Iterator[Finding]:
    """Yield an error for colors that mean something else, a warning for brightness."""
    for pair, related in found:
        where: dict[str, Any] = {
            "side": "b",
            "file": comparing.b.levels[pair.b].file,
            "level": pair.b,
        }
        who = f"Level {pair.b} of {called(comparing.b, 'b')}"
        if related.mistake:
            yield QA4.finding(
                f"{who} shows false colors: {related.mistake}. Its colors are "
                f"{related.as_it_is:.1f} of 255 from those of "
                f"{called(comparing.a, 'a')}, and {related.error:.1f} if that is "
                "taken back; expected the same.",
                found=related.mistake,
                expected="the colors of the source",
                **where,
            )
        elif related.is_brightness_changed:
            yield QA4.finding(
                f"{who} has another brightness or contrast than "
                f"{called(comparing.a, 'a')}: {_line(related)}; expected the same.",
                Severity.WARNING,
                found=_line(related),
                expected="gain 1, offset 0",
                **where,
            )


def shown_lines(found: Sequence[ShownColor]) -> Iterator[str]:
    """Yield the sentences for a report."""
    if not found:
        yield (
            "Colors could not be compared: no level that both have shows anything "
            "there, or can be read."
        )
        return
    good = [each for each in found if not each.relation.mistake]
    if good:
        largest = max(each.relation.as_it_is for each in good)
        yield (
            f"Channels keep their order and meaning in {len(good)} of {len(found)} "
            f"levels looked at (means of {_BLOCK} x {_BLOCK} pixels differ by "
            f"{largest:.2f} of 255 at most, root of the mean square)."
        )


def shown_facts(each: ShownColor) -> dict[str, Any]:
    """Return the figures of a level."""
    related = each.relation
    return {
        "level": each.pair.b,
        "mistake": related.mistake or None,
        "difference": round(related.as_it_is, 3),
        "gain": [round(value, 4) for value in related.gain],
        "offset": [round(value, 3) for value in related.offset],
    }


_EDGE: Final = 256
_BLOCK: Final = 8  # so that chroma subsampling and small shifts do not matter


def _related(
    comparing: Comparing,
    pair: LevelPair,
    areas: Sequence[Area],
    layers: tuple[Layer, Layer],
) -> Relation | None:
    read = comparing.run.each(
        lambda area: _both(comparing, area, pair, layers),
        areas,
        f"Comparing the colors of level {pair.b}",
        len(areas),
    )
    both = [each for each in read if each is not None]
    if not both:
        return None
    return relation(
        np.concatenate([one for one, _ in both]),
        np.concatenate([other for _, other in both]),
    )


def _both(
    comparing: Comparing, area: Area, pair: LevelPair, layers: tuple[Layer, Layer]
) -> tuple[Colors, Colors] | None:
    there = area._replace(level=pair.b)
    try:
        patches = _laid_over(
            read_patch(comparing.a, area, layers[0]),
            read_patch(comparing.b, there, layers[1]),
        )
    except Cancelled:
        raise
    except SlideError:  # what cannot be read, others report
        return None
    one = _means(comparing.a, patches[0], layers[0])
    other = _means(comparing.b, patches[1], layers[1])
    if one.shape[1] != other.shape[1]:  # grey that became color has no other order
        one, other = (each.mean(axis=1, keepdims=True) for each in (one, other))
    return one, other


def _laid_over(one: Patch, other: Patch) -> tuple[Patch, Patch]:
    """Cut two patches to what both show, where one is shifted against the other."""
    moved = shift(luma(one), luma(other))
    if moved is None or not is_believable(moved):
        return one, other
    return shared(one, other, round(moved.x), round(moved.y))


def _means(slide: Slide, patch: Patch, layer: Layer) -> Colors:
    """Return the means of blocks, (count, channels), 0 to 255."""
    rows, columns = (max(1, each // _BLOCK) for each in patch.shape[:2])
    down, across = (min(_BLOCK, each) for each in patch.shape[:2])
    cut = patch[: rows * down, : columns * across]
    blocks = cut.reshape(rows, down, columns, across, -1).mean(axis=(1, 3))
    grey = slide.optical_paths[layer.optical_path].grey_range
    scale = 1.0 if grey is None else 255 / max(1, grey[1] - grey[0])
    start = 0 if grey is None else grey[0]
    return ((blocks - start) * scale).reshape(-1, patch.shape[2]).astype(np.float32)


def _line(related: Relation) -> str:
    words = [
        f"{name}gain {gain:.2f}, offset {offset:+.1f}"
        for name, gain, offset in zip(
            _CHANNELS[len(related.gain)], related.gain, related.offset, strict=True
        )
    ]
    return "; ".join(words)


_CHANNELS: Final = {1: ("",), 3: ("red ", "green ", "blue ")}
