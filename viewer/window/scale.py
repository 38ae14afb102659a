"""Where the scale of a slide comes from, and what speaks against it."""

from collections.abc import Iterator
from math import sqrt
from typing import Final, NamedTuple

from viewer.scene.navigation import magnification, micrometers_per_pixel
from viewer.slide.model import Slide, stored_levels
from viewer.slide.scale import MOST_APART, SCAN_MICROMETERS
from viewer.window.tints import Tint

OBJECTIVE_APART: Final = 1.3
"""By this factor the lens may differ from what Pixel Spacing means; cameras differ."""

_UNKNOWN: Final = frozenset(
    {"no-spacing", "spacing-range", "spacing-axes", "spacing-stand-in"}
)
_REPEATED: Final = "spacing-repeated"
_DOUBTED: Final = frozenset({"imaged-volume", _REPEATED})
"""Codes whose sentences belong to the scale, when it is unknown and when it is not."""


class ScaleReport(NamedTuple):
    """What the status line says of the scale besides the numbers.

    `objective` is the lens where it contradicts, else empty.
    """

    tip: str
    tint: Tint = Tint.NONE
    objective: str = ""
    objective_tip: str = ""


def scale_report(slide: Slide) -> ScaleReport:
    """Return where the scale comes from, with all doubts; any thread, no reading."""
    spacing = slide.levels[0].spacing
    if spacing is None or micrometers_per_pixel(slide) is None:
        return ScaleReport(_why_unknown(slide), Tint.AMBER)
    x, y = spacing.x * 1000, spacing.y * 1000
    origin = (
        f"From Pixel Spacing of {_file(slide, 0)}: {x:.4g} x {y:.4g} µm for a pixel "
        "of level 0. 40x is 0.25 µm/px."
    )
    doubts = list(_doubts(slide, x, y))
    tint = Tint.AMBER if doubts else Tint.NONE
    objective, objective_tip = _objective(slide)
    tip = " ".join([origin, *doubts, *([objective_tip] if objective else [])])
    return ScaleReport(tip, tint, objective, objective_tip)


def _why_unknown(slide: Slide) -> str:
    spacing = slide.levels[0].spacing
    if spacing is not None:
        x, y = spacing.x * 1000, spacing.y * 1000
        return (
            f"Pixel Spacing of {_file(slide, 0)} is {x:.4g} x {y:.4g} µm, which no "
            "microscope has: the scale is taken as unknown."
        )
    told = [each.message for each in slide.warnings if each.code in _UNKNOWN]
    return " ".join(told) or f"{_file(slide, 0)} has no Pixel Spacing."


def _doubts(slide: Slide, x: float, y: float) -> Iterator[str]:
    low, high = SCAN_MICROMETERS
    if not (low <= x <= high and low <= y <= high):
        yield (
            f"A scan has {low:g} to {high:g} µm: this is an overview, a reduced image, "
            "or wrong."
        )
    if abs(x / y - 1) > MOST_APART:
        yield (
            f"x and y differ by {abs(x / y - 1):.1%}, expected at most "
            f"{MOST_APART:.0%}."
        )
    told = {each.code: each.message for each in slide.warnings}
    yield from (told[code] for code in sorted(_DOUBTED & told.keys()))
    if _REPEATED not in told:
        yield from _levels_apart(slide, x)


def _levels_apart(slide: Slide, x: float) -> Iterator[str]:
    for number, index in enumerate(stored_levels(slide)):
        level = slide.levels[index]
        if index == 0 or level.spacing is None:
            continue
        found, expected = level.spacing.x * 1000, x * level.downsample.x
        if abs(found / expected - 1) > MOST_APART + 1 / level.size.width:
            yield (
                f"Pixel Spacing of level {number} ({_file(slide, index)}) is "
                f"{found:.4g} µm, expected {expected:.4g} µm from its size."
            )


def _objective(slide: Slide) -> tuple[str, str]:
    """Return the lens and a sentence where it contradicts Pixel Spacing."""
    power, native = slide.objective_power, magnification(slide, 1.0)
    if power is None or native is None:
        return "", ""
    ratio = power / native
    if max(ratio, 1 / ratio) <= OBJECTIVE_APART:
        return "", ""
    spacing = slide.levels[0].spacing
    assert spacing is not None, "a magnification comes from it"  # noqa: S101
    found, usual = sqrt(spacing.x * spacing.y) * 1000, 10 / power
    sentence = (
        f"The objective is given as {power:g}x, which is about {usual:.3g} µm/px, but "
        f"Pixel Spacing is {found:.3g} µm/px; Pixel Spacing is followed."
    )
    return f"objective {power:g}x", sentence


def _file(slide: Slide, level: int) -> str:
    file = slide.levels[level].file
    return slide.name if file is None else file.name
