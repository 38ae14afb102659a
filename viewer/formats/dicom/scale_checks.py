"""Whether the scale of a planned slide can be believed."""

from collections.abc import Sequence
from dataclasses import replace
from math import sqrt
from typing import Final, NamedTuple

from pydicom.dataset import Dataset

from viewer.formats.dicom.facts import items, text, written
from viewer.formats.dicom.imaged_volume import (
    APART,
    ImagedVolume,
    imaged_volume,
    implied_spacing,
    mixed_up_axes,
    volume_problem,
)
from viewer.formats.dicom.instance import Instance
from viewer.formats.dicom.slide_plan import SlidePlan
from viewer.slide.geometry import Spacing
from viewer.slide.scale import (
    ANY_MICROMETERS,
    MOST_APART,
    SCAN_MICROMETERS,
    slip_of_units,
)

_MICROMETERS_AT_1X: Final = 10.0
_OBJECTIVE_APART: Final = 1.3  # cameras differ by so much at one lens
_MOST_LOPSIDED: Final = 1.1  # x and y of a line scanner differ by a percent or two
_MOST_SCANNERS: Final = (0.1, 2.0)  # micrometers of a pixel, from 100x to 5x
_CONFOCAL: Final = frozenset(
    {"1.2.840.10008.5.1.4.1.1.77.1.8", "1.2.840.10008.5.1.4.1.1.77.1.9"}
)


def check_scale(plan: SlidePlan) -> None:
    """Warn of a scale that is missing, absurd, or contradicted.

    What cannot be right becomes unknown: no level has a spacing then. The lens alone
    never makes a scale (PS3.3 C.8.12.5: Objective Lens Power is a fact of the path).
    """
    base = plan.base
    if base.spacing is None:
        found = _written_spacing(base.header.dataset)
        said = f"is {found[:64]}, expected 2 positive numbers"
        said = said if found else "is missing"
        _warn(plan, "no-spacing", f"Pixel Spacing {said}; the scale is unknown")
        return
    facts = _Facts(base, base.spacing, imaged_volume(base), _power(base))
    reason = _absurdity(facts) or _stand_in(facts) or _mixed_up(facts)
    if reason is not None:
        _warn(plan, *reason)
        plan.levels = [
            [replace(part, spacing=None) for part in image] for image in plan.levels
        ]
        return
    for code, clause in _contradictions(facts):
        _warn(plan, code, clause)
    _check_levels(plan, base.spacing)


def _written_spacing(dataset: Dataset) -> str:
    """Return Pixel Spacing as it is written, wherever it is."""
    places = [dataset]
    for groups in items(dataset, "SharedFunctionalGroupsSequence"):
        places[:0] = items(groups, "PixelMeasuresSequence")
    found = (written(each, "PixelSpacing") for each in places)
    return next((words for words in found if words), "")


class _Facts(NamedTuple):
    """What the finest level says of its scale; `power` is the lens."""

    base: Instance
    spacing: Spacing
    volume: ImagedVolume | None
    power: float | None

    @property
    def mean(self) -> float:
        """Micrometers of a square pixel of the same area."""
        return sqrt(self.spacing.x * self.spacing.y) * 1000


def _warn(plan: SlidePlan, code: str, clause: str) -> None:
    plan.warn(code, f"{plan.base.path.name}: {clause}.", plan.base)


def _power(base: Instance) -> float | None:
    powers = (path.objective_power for path in base.optical_paths)
    return next((power for power in powers if power is not None), None)


def _limits(base: Instance) -> tuple[float, float]:
    """Return the micrometers that a pixel can have.

    What is no scan, or was reduced, may be alone: an overview, or a level without those
    that are finer.
    """
    low, high = SCAN_MICROMETERS
    if text(base.header.dataset, "SOPClassUID") in _CONFOCAL:
        low = ANY_MICROMETERS[0]
    words = text(base.header.dataset, "ImageType").upper()
    if base.role != "VOLUME" or "RESAMPLED" in words:
        high = ANY_MICROMETERS[1]
    return low, high


def _absurdity(facts: _Facts) -> tuple[str, str] | None:
    """Return code and clause where no microscope has such pixels."""
    spacing = facts.spacing
    low, high = _limits(facts.base)
    slip = _slip(facts)
    if not slip and all(low <= each * 1000 <= high for each in spacing):
        return None
    expected = f"expected {low:g} to {high:g} um"
    unit = _usual_unit(facts.mean)
    if slip:
        expected = slip
    elif spacing == Spacing(1.0, 1.0):
        expected = "which converters write where they do not know it"
    elif unit:
        expected += f", which it would be in {unit}"
    found = f"Pixel Spacing is {spacing.x * 1000:g} x {spacing.y * 1000:g} um"
    return "spacing-range", f"{found}, {expected}; the scale is taken as unknown"


def _usual_unit(micrometers: float) -> str:
    """Return the unit in which the number would be what most scanners have."""
    low, high = _MOST_SCANNERS
    units = ((1e3, "micrometers"), (1e6, "nanometers"), (1e-3, "meters"))
    return next(
        (unit for power, unit in units if low <= micrometers / power <= high), ""
    )


def _slip(facts: _Facts) -> str:
    """Name the unit that Pixel Spacing was written in, if it was not millimeters.

    Told by the imaged volume, or else the lens; where there is neither, by what would
    be usual. Where the other number is the one that no microscope has, it is wrong.
    """
    low, high = _limits(facts.base)
    if facts.volume is not None and not facts.volume.is_stand_in:
        implied = implied_spacing(facts.base, facts.volume)
        if all(low <= each * 1000 <= high for each in implied):
            slips = {
                slip_of_units(found, true, APART)
                for found, true in zip(facts.spacing, implied, strict=True)
            }
            if len(slips) == 1 and (slip := slips.pop()):
                return f"by the imaged volume {slip}"
    if facts.power is not None:
        usual = _MICROMETERS_AT_1X / facts.power
        slip = slip_of_units(facts.mean, usual, 1 - 1 / _OBJECTIVE_APART)
        if slip:
            return f"by the objective of {facts.power:g}x {slip}"
    return ""


def _stand_in(facts: _Facts) -> tuple[str, str] | None:
    """Return code and clause where Orthanc made up the size, and the scale from it."""
    lopsided = max(facts.spacing) / min(facts.spacing)
    if facts.volume is None or not facts.volume.is_stand_in:
        return None
    if lopsided <= _MOST_LOPSIDED or volume_problem(
        facts.base, facts.spacing, facts.volume
    ):
        return None
    return "spacing-stand-in", (
        "the imaged volume is 15 x 15 mm, which converters write where they do not "
        f"know it, and Pixel Spacing ({facts.spacing.x * 1000:.4g} x "
        f"{facts.spacing.y * 1000:.4g} um) follows from it; the scale is taken as "
        "unknown"
    )


def _mixed_up(facts: _Facts) -> tuple[str, str] | None:
    """Return code and clause where x and y are mixed up by more than scanners do."""
    lopsided = max(facts.spacing) / min(facts.spacing)
    if facts.volume is None or lopsided <= _MOST_LOPSIDED:
        return None
    clause = mixed_up_axes(facts.base, facts.spacing, facts.volume)
    if not clause:
        return None
    return "spacing-axes", f"{clause}; the scale is taken as unknown"


def _contradictions(facts: _Facts) -> list[tuple[str, str]]:
    """Return codes and clauses on a scale that is followed all the same."""
    found: list[tuple[str, str]] = []
    x, y = facts.spacing.x * 1000, facts.spacing.y * 1000
    if abs(x / y - 1) > MOST_APART:
        clause = f"Pixel Spacing is {x:g} um along x and {y:g} um along y"
        found.append(("spacing-anisotropic", f"{clause}, expected the same"))
    if facts.volume is not None:
        clause = volume_problem(facts.base, facts.spacing, facts.volume)
        if clause:
            found.append(("imaged-volume", f"{clause}; Pixel Spacing is followed"))
    clause = _lens_problem(facts)
    if clause:
        found.append(("objective", f"{clause}; Pixel Spacing is followed"))
    return found


def _lens_problem(facts: _Facts) -> str:
    """Compare the lens with the pixel that has come to go with it: 0.25 um at 40x."""
    if facts.power is None:
        return ""
    usual = _MICROMETERS_AT_1X / facts.power
    if max(facts.mean / usual, usual / facts.mean) <= _OBJECTIVE_APART:
        return ""
    return (
        f"Objective Lens Power is {facts.power:g}, which goes with about {usual:.3g} "
        f"um, but Pixel Spacing is {facts.mean:.3g} um"
    )


def _check_levels(plan: SlidePlan, base: Spacing) -> None:
    levels = [image[0] for image in plan.levels[1:]]
    if levels and all(_repeats(level, base) for level in levels):
        count = len(levels) + 1
        clause = f"all {count} levels have the Pixel Spacing of the finest"
        _warn(
            plan,
            "spacing-repeated",
            f"{clause}, {base.x * 1000:g} um; the sizes of the levels are followed",
        )
        return
    for level in levels:
        _check_level(plan, level, base)


def _repeats(level: Instance, base: Spacing) -> bool:
    return level.spacing is not None and _same(level.spacing, base, MOST_APART)


def _same(one: Sequence[float], other: Sequence[float], apart: float) -> bool:
    pairs = zip(one, other, strict=True)
    return all(abs(left / right - 1) <= apart for left, right in pairs)


def _check_level(plan: SlidePlan, level: Instance, base: Spacing) -> None:
    size, whole = level.size, plan.base.size
    expected = Spacing(
        base.x * whole.width / size.width, base.y * whole.height / size.height
    )
    if level.spacing is None:
        written_as = _written_spacing(level.header.dataset)
        found = f"is {written_as[:64]}" if written_as else "is missing"
        sentence = (
            f"{level.path.name}: Pixel Spacing {found}, expected {expected.x * 1000:g} "
            "um from the size of the level; the size is followed."
        )
        plan.warn("spacing-ratio", sentence, level)
        return
    if _same(level.spacing, expected, 2 * MOST_APART + 1 / min(size)):
        return
    slip = slip_of_units(level.spacing.x, expected.x, 2 * MOST_APART)
    found, due = level.spacing.x * 1000, expected.x * 1000
    if abs(found / due - 1) <= MOST_APART:
        found, due = level.spacing.y * 1000, expected.y * 1000
    named = f" ({slip})" if slip else ""
    sentence = (
        f"{level.path.name}: Pixel Spacing is {found:g} um, expected {due:g} um from "
        f"the size of the level{named}; the size is followed."
    )
    plan.warn("spacing-ratio", sentence, level)
