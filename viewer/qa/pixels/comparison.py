"""The decoded pixels of the result beside those of the source: how far apart."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from viewer.codecs import syntax_name
from viewer.qa.bits.frame_match import Match
from viewer.qa.bits.generations import from_to
from viewer.qa.comparing import Comparing, Pixels
from viewer.qa.finding import Finding
from viewer.qa.pixels.associated import AssociatedPixels, compare_associated_pixels
from viewer.qa.pixels.difference import Difference, joined
from viewer.qa.pixels.difference_map import difference_map, worst_tile
from viewer.qa.pixels.figures import pixel_facts, pixel_tables
from viewer.qa.pixels.findings import layer_findings
from viewer.qa.pixels.layers import LayerPixels, compare_layer
from viewer.qa.pixels.tile_pairs import Layer, TilePairs
from viewer.qa.pixels.words import in_figures, looked_words
from viewer.qa.report.section import Picture, Section
from viewer.qa.sides import capital, in_pixels
from viewer.slide.errors import SlideError
from viewer.slide.geometry import Size
from viewer.slide.model import Slide

if TYPE_CHECKING:
    from viewer.qa.bits.comparison import BitsResult
    from viewer.qa.bits.levels import LevelBits


@dataclass(frozen=True, slots=True)
class PixelsResult:
    """What comparing pixels came to; `section` is what a report shows of it."""

    layers: tuple[LayerPixels, ...]
    associated: tuple[AssociatedPixels, ...]
    section: Section

    @property
    def places(self) -> int:
        """How many tiles the paired levels have."""
        return sum(each.places for each in self.layers)

    @property
    def looked(self) -> int:
        """How many of them were compared."""
        return sum(each.looked for each in self.layers)

    @property
    def same(self) -> int:
        """How many of those show the same as the source, as far as it shows any."""
        return sum(each.same for each in self.layers)

    @property
    def difference(self) -> Difference:
        """That of all tiles of which both slides have pixels."""
        return joined(each.difference for each in self.layers)

    @property
    def largest(self) -> float:
        """The largest difference met, of 255."""
        return self.difference.largest


def compare_pixels(comparing: Comparing, bits: "BitsResult | None") -> PixelsResult:
    """Compare the pixels of all pairs of levels, planes and paths; blocks.

    Each slide is decoded as it is read for the screen, before any profile: frames of
    the same coding go through the same library. `bits` tells which frames are the same
    bits: those of which they are not are looked at first. Raises Cancelled.
    """
    known = {each.pair: each for each in bits.levels} if bits is not None else {}
    sample = _sample(comparing)
    layers: list[LayerPixels] = []
    findings: list[Finding] = []
    for layer, place in _layers(comparing):
        level = known.get(layer.level)
        pixels = compare_layer(comparing, layer, sample, _same_bits(level, place))
        moved = level is not None and bool(level.reordering)
        findings += layer_findings(
            comparing, pixels, moved_known=moved, encoded=_encoded_anew(level)
        )
        layers.append(pixels)
    coded = (
        {} if bits is None else {each.role: each.is_same for each in bits.associated}
    )
    associated = compare_associated_pixels(comparing, coded)
    findings += [finding for each in associated for finding in each.findings]
    section = Section(
        name="pixels",
        title="Pixels",
        findings=tuple(findings),
        lines=tuple(_lines(comparing, layers, associated)),
        facts=pixel_facts(layers, associated),
        tables=tuple(pixel_tables(layers)),
        pictures=tuple(_pictures(comparing, layers)),
    )
    return PixelsResult(tuple(layers), associated, section)


_MOST_PICTURES: Final = 8


def _sample(comparing: Comparing) -> int | None:
    """Return how many tiles of a layer are looked at; None for all."""
    if comparing.options.pixels is Pixels.ALL:
        return None
    pairing = comparing.pairing
    layers = len(pairing.focal_planes) * len(pairing.optical_paths)
    return max(1, comparing.options.sample // max(1, layers))


def _layers(comparing: Comparing) -> Iterator[tuple[Layer, tuple[int, int]]]:
    """Yield what is compared, and its place in LevelBits.matches."""
    pairing = comparing.pairing
    for level in pairing.levels:
        for path, optical_path in enumerate(pairing.optical_paths):
            for plane, focal_plane in enumerate(pairing.focal_planes):
                yield Layer(level, focal_plane, optical_path), (path, plane)


def _same_bits(
    level: "LevelBits | None", place: tuple[int, int]
) -> NDArray[np.bool_] | None:
    if level is None or level.matches is None:
        return None
    return np.isin(level.matches[place], (Match.NONE, Match.SAME, Match.MOVED))


def _encoded_anew(level: "LevelBits | None") -> str:
    """Return "from ... to ..." of a level whose frames were; empty where none were."""
    if level is None or not level.is_encoded_anew:
        return ""
    done = level.commonest(Match.RECODED)
    return "" if done is None else from_to(done.a, done.b)


def _lines(
    comparing: Comparing,
    layers: list[LayerPixels],
    associated: tuple[AssociatedPixels, ...],
) -> Iterator[str]:
    places, looked = (
        sum(getattr(each, name) for each in layers) for name in ("places", "looked")
    )
    if not layers:
        return
    same = sum(each.same for each in layers)
    said = f"{looked_words(looked, places)} were decoded and compared"
    if same == looked:
        yield f"{capital(said)}: the pixels of all of them are identical."
    else:
        found = joined(each.difference for each in layers)
        yield (
            f"{capital(said)}: {same:,} have identical pixels; together they differ "
            f"{in_figures(found)}."
        )
    yield from _how_decoded(comparing, layers)
    yield from _unlike_grids(layers)
    yield from _associated_lines([each for each in associated if not each.findings])


def _associated_lines(images: list[AssociatedPixels]) -> Iterator[str]:
    """Say in one sentence which pictures are the same, and of others what they are."""
    same = [each for each in images if each.difference and each.difference.is_none]
    if len(same) > 1:
        *others, last = (f"the {each.role}" for each in same)
        roles = capital(f"{', '.join(others)} and {last}")
        yield f"{roles} of the result have the pixels of those of the source."
        images = [each for each in images if each not in same]
    yield from (each.line for each in images)


def _how_decoded(comparing: Comparing, layers: list[LayerPixels]) -> Iterator[str]:
    a, b = comparing.a, comparing.b
    strangers = [
        f"the {side}"
        for slide, side in ((a, "source"), (b, "result"))
        if slide.format == "openslide"
    ]
    if len(strangers) == 1:
        yield (
            f"{capital(strangers[0])} is decoded by OpenSlide, the other slide by "
            "libraries of this program: differences of single steps may come of that."
        )
    codings = {
        (_coding(a, each.layer.level.a), _coding(b, each.layer.level.b))
        for each in layers
    }
    for ours, theirs in sorted(codings):
        if not (ours.startswith(theirs) or theirs.startswith(ours)):
            yield f"The source is coded as {ours}, the result as {theirs}."


def _coding(slide: Slide, level: int) -> str:
    return syntax_name(slide.levels[level].transfer_syntax)


def _unlike_grids(layers: list[LayerPixels]) -> Iterator[str]:
    cut: dict[tuple[Size, Size], list[int]] = {}
    for each in layers:
        a, b, number = each.grid.a, each.grid.b, each.layer.level.b
        numbers = cut.setdefault((a.tile_size, b.tile_size), [])
        if number in numbers:
            continue
        numbers.append(number)
        if a.size != b.size:
            yield (
                f"Level {number} has {in_pixels(a.size)} pixels in the source and "
                f"{in_pixels(b.size)} in the result: compared is what both have, from "
                "the upper left corner."
            )
    for (ours, theirs), numbers in cut.items():
        if ours != theirs:
            levels = "Level" if len(numbers) == 1 else "Levels"
            yield (
                f"{levels} {_listed(numbers)}: the source has tiles of "
                f"{in_pixels(ours)}, the result of {in_pixels(theirs)}, so that bits "
                "cannot be compared; the pixels were, by the areas of the result's "
                "tiles."
            )


def _listed(numbers: list[int]) -> str:
    *most, last = map(str, numbers)
    return f"{', '.join(most)} and {last}" if most else last


def _pictures(comparing: Comparing, layers: list[LayerPixels]) -> Iterator[Picture]:
    """Draw the levels that differ, as far as there is room; else the finest."""
    differing = [each for each in layers if each.same < each.looked]
    for each in (differing or layers[:1])[:_MOST_PICTURES]:
        yield difference_map(each)
        if each.worst:
            picture = _worst(comparing, each)
            if picture is not None:
                yield picture


def _worst(comparing: Comparing, pixels: LayerPixels) -> Picture | None:
    place = pixels.worst[0].place
    pairs = TilePairs(comparing.a, comparing.b, pixels.layer)
    try:
        return worst_tile(pixels, place, pairs.read_a(place), pairs.read_b(place))
    except SlideError:  # it could be read a moment ago: the file is gone
        return None
