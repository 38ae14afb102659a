"""Two slides, compared part by part, and the verdict over them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final, Protocol, TypeVar

from viewer.qa.bits.comparison import BitsResult, compare_bits
from viewer.qa.bits.reordering import QA9
from viewer.qa.color.comparison import compare_color
from viewer.qa.comparing import CompareOptions, Comparing, Pixels, Sameness
from viewer.qa.finding import Finding, Rule, Severity
from viewer.qa.geometry.comparison import compare_geometry
from viewer.qa.metadata import compare_metadata
from viewer.qa.pairing.levels import is_near
from viewer.qa.pairing.slides import PATHS, PLANES, pair
from viewer.qa.pixels.comparison import PixelsResult, compare_pixels
from viewer.qa.registration.comparison import compare_registration
from viewer.qa.report.section import Section, Table
from viewer.qa.run import Run
from viewer.qa.sides import called, capital, counted, in_pixels
from viewer.qa.stored_levels import with_stored_levels
from viewer.qa.verdict import BitsCounted, PixelsCounted, sampled, verdict
from viewer.slide.errors import Cancelled, SlideError
from viewer.slide.geometry import Size
from viewer.slide.model import Slide, stored_levels

UNDONE: Final = Rule(
    "RUN1",
    Severity.ERROR,
    "Every part of the comparison is done",
    "What could not be compared may be different.",
)


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a comparison found; `reason` is the first reason for the verdict.

    `sampled` says in words how much of the pixels was looked at.
    """

    verdict: Sameness
    reason: str
    sections: tuple[Section, ...]
    sampled: str = ""

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Those of all sections, in their order."""
        return tuple(each for section in self.sections for each in section.findings)


def compare(a: Slide, b: Slide, options: CompareOptions, run: Run) -> Comparison:
    """Compare a source with a result; blocks, any thread.

    A part that cannot be done is a finding. Raises SlideError where nothing can be
    compared, Cancelled.
    """
    a, b = with_stored_levels(a), with_stored_levels(b)
    pairing = pair(a, b)
    if not pairing.levels and not _is_turned(a, b):
        raise SlideError(_nothing_paired(a, b))
    comparing = Comparing(a, b, pairing, options, run)
    parts = _Parts(comparing)
    parts.sections.append(_paired(comparing))
    parts.add("geometry", compare_geometry)
    bits = parts.add_result("bits", compare_bits)
    pixels = None
    if options.pixels is not Pixels.NONE:
        pixels = _pixels_counted(
            parts.add_result("pixels", lambda each: compare_pixels(each, bits))
        )
        parts.add("registration", compare_registration)
    elif bits is not None:
        _check_frames(comparing, bits)
    parts.add("color", compare_color)
    parts.add("metadata", compare_metadata)
    found = verdict(
        _causes_first(parts.sections), _bits_counted(bits), pixels, options.tolerance
    )
    return Comparison(*found, tuple(parts.sections), sampled(pixels))


class _Result(Protocol):
    @property
    def section(self) -> Section: ...


_Found = TypeVar("_Found", bound=_Result)


class _Parts:
    """Parts of a comparison, done one after the other."""

    def __init__(self, comparing: Comparing) -> None:
        self.sections: list[Section] = []
        self._comparing = comparing

    def add(self, name: str, look: Callable[[Comparing], Section]) -> None:
        """Do a part; that it could not be done is a section too."""
        self._comparing.run.report(_TITLES[name][0], 0, 1)
        try:
            self.sections.append(look(self._comparing))
        except Cancelled:
            raise
        except SlideError as error:
            self.sections.append(_undone(name, error))

    def add_result(
        self, name: str, look: Callable[[Comparing], _Found]
    ) -> _Found | None:
        """Do a part that others build on and return it; None where it cannot be."""
        kept: list[_Found] = []

        def section(comparing: Comparing) -> Section:
            kept.append(look(comparing))
            return kept[0].section

        self.add(name, section)
        return kept[0] if kept else None


_TITLES: Final = {
    "geometry": ("Geometry and scale", Severity.ERROR),
    "bits": ("Frames", Severity.ERROR),
    "pixels": ("Pixels", Severity.ERROR),
    "registration": ("Registration", Severity.WARNING),
    "color": ("Color", Severity.ERROR),
    "metadata": ("Metadata", Severity.WARNING),
}
"""Of each part its title, and how bad it is when it cannot be done."""

_CAUSES: Final = (
    "pairing",
    "geometry",
    "misplaced",
    "registration",
    "color",
    "bits",
    "pixels",
    "metadata",
)
"""Parts by how much they explain: a shift or swapped channels say why pixels differ.

Frames whose bits tell that they lie at wrong places say why there is one.
"""


def _undone(name: str, error: SlideError) -> Section:
    title, severity = _TITLES[name]
    undone = UNDONE.finding(f"{title} could not be compared: {error}", severity)
    return Section(name, title, findings=(undone,))


def _causes_first(sections: Iterable[Section]) -> list[Finding]:
    found = [
        (_CAUSES.index(_cause(section, finding)), finding)
        for section in sections
        for finding in section.findings
    ]
    return [finding for _, finding in sorted(found, key=lambda each: each[0])]


def _cause(section: Section, finding: Finding) -> str:
    """Return what a finding is ranked as: misplaced layers explain misplaced frames."""
    if finding.rule in (PATHS, PLANES):
        return "pairing"
    is_misplaced = section.name == "bits" and finding.rule is QA9
    return "misplaced" if is_misplaced else section.name


def _check_frames(comparing: Comparing, bits: BitsResult) -> None:
    """Refuse to judge bits where a slide gives no frames, as through OpenSlide.

    Where tiles are others, frames cannot be the same bits: that is a judgement.
    """
    reasons = [each.reason for each in bits.levels]
    if not reasons or not all(reasons):
        return
    a, b = comparing.a, comparing.b
    has_other_tiles = any(
        a.levels[each.a].tile_size != b.levels[each.b].tile_size
        for each in comparing.pairing.levels
    )
    if "openslide" in (a.format, b.format) or not has_other_tiles:
        raise SlideError(f"No frame can be compared as bits. {reasons[0]}")


def _bits_counted(bits: BitsResult | None) -> BitsCounted:
    if bits is None:
        return BitsCounted()
    reason = next((each.reason for each in bits.levels if each.reason), "")
    return BitsCounted(bits.places, bits.frames, bits.same, reason)


def _pixels_counted(pixels: PixelsResult | None) -> PixelsCounted:
    if pixels is None:
        return PixelsCounted()
    return PixelsCounted(pixels.places, pixels.looked, pixels.same, pixels.largest)


def _is_turned(a: Slide, b: Slide) -> bool:
    """Whether the finest level is as wide as it was high, so that others are too."""
    one, other = (slide.levels[stored_levels(slide)[0]].size for slide in (a, b))
    return is_near(one, Size(other.height, other.width))


def _nothing_paired(a: Slide, b: Slide) -> str:
    return (
        f"{capital(called(a, 'a'))} and {called(b, 'b')} have no level in common: the "
        f"finest have {_finest(a)} and {_finest(b)} pixels; nothing can be compared."
    )


def _finest(slide: Slide) -> str:
    return in_pixels(slide.levels[stored_levels(slide)[0]].size)


def _paired(comparing: Comparing) -> Section:
    """Say which level and picture of the source is which of the result."""
    a, b, pairing = comparing.a, comparing.b, comparing.pairing
    levels = [
        (
            f"level {level.a}",
            in_pixels(a.levels[level.a].size),
            f"level {level.b}",
            in_pixels(b.levels[level.b].size),
        )
        for level in pairing.levels
    ]
    pictures = [
        (
            role,
            in_pixels(a.associated[role].size),
            role,
            in_pixels(b.associated[role].size),
        )
        for role in pairing.associated
    ]
    columns = ("Source", "Its pixels", "Result", "Its pixels")
    return Section(
        name="pairing",
        title="What belongs to what",
        findings=pairing.findings,
        lines=(_paired_line(comparing),),
        facts={
            "levels": [list(each) for each in pairing.levels],
            "focal_planes": [list(each) for each in pairing.focal_planes],
            "optical_paths": [list(each) for each in pairing.optical_paths],
            "associated": list(pairing.associated),
        },
        tables=(Table("Pairs", columns, (*levels, *pictures)),),
    )


def _paired_line(comparing: Comparing) -> str:
    pairing = comparing.pairing
    stored = len(stored_levels(comparing.a))
    found = [f"{len(pairing.levels)} of {counted(stored, 'level')} of the source"]
    found += [f"the {role}" for role in pairing.associated]
    last = found.pop()
    words = f"{', '.join(found)} and {last}" if found else last
    return f"{capital(words)} {'are' if found else 'is'} in the result."
