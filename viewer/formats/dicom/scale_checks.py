"""Whether the scale of a planned slide can be believed."""

from dataclasses import replace
from math import sqrt
from typing import Final

from viewer.formats.dicom.instance import Instance
from viewer.formats.dicom.slide_plan import SlidePlan
from viewer.slide.geometry import Spacing

_PLAUSIBLE_MM: Final = (1e-5, 0.1)  # of the base level: 0.01 to 100 micrometers
_MICROMETERS_AT_1X: Final = 10.0
_OBJECTIVE_APART: Final = 1.3  # cameras differ by so much at one lens


def check_scale(plan: SlidePlan) -> None:
    """Warn of a scale that is missing, absurd, or contradicted; drop an absurd one."""
    base = plan.base
    if base.spacing is None:
        plan.warn(
            "no-spacing",
            f"{base.path.name}: Pixel Spacing is missing; the scale is unknown.",
            base,
        )
        return
    low, high = _PLAUSIBLE_MM
    if not all(low <= value <= high for value in base.spacing):
        plan.warn(
            "spacing-range",
            f"{base.path.name}: Pixel Spacing is {base.spacing.y:g} x "
            f"{base.spacing.x:g} mm, expected {low:g} to {high:g} mm; the scale is "
            "taken as unknown.",
            base,
        )
        plan.levels = [
            [replace(part, spacing=None) for part in image] for image in plan.levels
        ]
        return
    if abs(base.spacing.x / base.spacing.y - 1) > 0.01:
        plan.warn(
            "spacing-anisotropic",
            f"{base.path.name}: Pixel Spacing is {base.spacing.x * 1000:g} um along x "
            f"and {base.spacing.y * 1000:g} um along y, expected the same.",
            base,
        )
    _check_objective(plan, base.spacing)
    for image in plan.levels[1:]:
        _check_level_scale(plan, image[0], base.spacing.x)
        _check_frame_of_reference(plan, image[0])


def _check_objective(plan: SlidePlan, spacing: Spacing) -> None:
    """Compare the lens with the pixel that has come to go with it: 0.25 um at 40x."""
    powers = (path.objective_power for path in plan.base.optical_paths)
    power = next((power for power in powers if power is not None), None)
    found = sqrt(spacing.x * spacing.y) * 1000
    if power is None or found <= 0:
        return
    usual = _MICROMETERS_AT_1X / power
    if max(found / usual, usual / found) > _OBJECTIVE_APART:
        plan.warn(
            "objective",
            f"{plan.base.path.name}: Objective Lens Power is {power:g}, which goes "
            f"with about {usual:.3g} um, but Pixel Spacing is {found:.3g} um; Pixel "
            "Spacing is followed.",
            plan.base,
        )


def _check_level_scale(plan: SlidePlan, level: Instance, base_spacing: float) -> None:
    if level.spacing is None:
        return
    expected = base_spacing * plan.base.size.width / level.size.width
    if abs(level.spacing.x / expected - 1) > 0.02 + 1 / level.size.width:
        plan.warn(
            "spacing-ratio",
            f"{level.path.name}: Pixel Spacing is {level.spacing.x * 1000:g} um, "
            f"expected {expected * 1000:g} um from the size of the level; the size is "
            "followed.",
            level,
        )


def _check_frame_of_reference(plan: SlidePlan, level: Instance) -> None:
    if level.frame_of_reference != plan.base.frame_of_reference:
        plan.warn(
            "frame-of-reference",
            f"{level.path.name}: the Frame of Reference UID is "
            f"{level.frame_of_reference or 'missing'}, expected that of "
            f"{plan.base.path.name} ({plan.base.frame_of_reference or 'missing'}).",
            level,
        )
