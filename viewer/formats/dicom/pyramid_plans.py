"""Images -> pyramids: which of them are levels of one picture, by size and place.

Levels are placed by the size of their total pixel matrix, never by Pixel Spacing, which
converters repeat or get wrong (Bio-Formats 7.3, Orthanc).
"""

from collections.abc import Sequence
from dataclasses import replace
from math import ceil
from typing import Final, NamedTuple

from viewer.formats.dicom.concatenations import Parts, images_of, missing_parts
from viewer.formats.dicom.instance import Instance
from viewer.formats.dicom.slide_plan import SlidePlan
from viewer.slide.geometry import Size

_SAME_PLACE_MM: Final = 0.1


def plan_pyramids(images: Sequence[Parts]) -> list[SlidePlan]:
    """Return the pyramids that images make, the one of the largest image first.

    Images of one size are one level: their optical paths or focal planes differ, or one
    of them is superfluous, which opening finds out. An image of another shape, or one
    of another place at a size that is taken, begins a pyramid of its own (several areas
    of one glass) unless its Pyramid UID says that it belongs to the first.
    """
    plans: list[SlidePlan] = []
    for image in sorted(images, key=_pixels, reverse=True):
        misfits = [_misfit(plan, image[0]) for plan in plans]
        if None in misfits:
            plan = plans[misfits.index(None)]
            _add_to_level(plan, _without_padding(plan, image))
        elif plans and not (misfits[0] and misfits[0].begins_another):
            _leave_out(plans[0], image, misfits[0])
        else:
            plans.append(SlidePlan([image]))
    for plan in plans:
        _describe(plan)
    return plans


def fits(base: Instance, image: Instance) -> bool:
    """Whether an image has the shape of a level below the base."""
    return _wrong_shape(base, image) is None


class _Misfit(NamedTuple):
    """Why an image is no level of a pyramid; whether it may begin another."""

    code: str
    reason: str
    begins_another: bool


def _pixels(image: Sequence[Instance]) -> int:
    return image[0].size.width * image[0].size.height


def _misfit(plan: SlidePlan, image: Instance) -> _Misfit | None:
    shape = _wrong_shape(plan.base, image)
    if shape is not None:
        return _Misfit("level-shape", shape, begins_another=not image.pyramid)
    apart = _millimeters_apart(plan.base, image)
    if apart > _SAME_PLACE_MM:
        is_taken = any(level[0].size == image.size for level in plan.levels)
        reason = (
            f"it lies {apart:.2f} mm from the base level on the slide, expected at "
            f"most {_SAME_PLACE_MM} mm"
        )
        another = is_taken and not image.pyramid
        return _Misfit("level-origin", reason, begins_another=another)
    return None


def _wrong_shape(base: Instance, image: Instance) -> str | None:
    if _size_by_spacing(base, image) is not None:
        return None
    (width, height), (base_width, base_height) = image.size, base.size
    if _is_about(height, base_height * width / base_width) or _is_about(
        width, base_width * height / base_height
    ):
        return None
    return (
        f"its shape ({image.size.width} x {image.size.height} pixels) does not fit the "
        f"base level's ({base.size.width} x {base.size.height} pixels)"
    )


def _is_about(edge: int, expected: float) -> bool:
    """Whether a pixel or two by rounding and 2 % by padding explain a difference."""
    return abs(edge - expected) <= 2 + 0.02 * edge


def _size_by_spacing(base: Instance, image: Instance) -> Size | None:
    """Return the real size of an image that is whole tiles, None where it is its own.

    Philips pads levels to whole tiles and counts the padding as picture (openslide#576,
    libdicom#79): sizes are to each other as 1.945, Pixel Spacing as 2.
    """
    (width, height), tile = image.size, image.tile_size
    if (
        not (base.spacing and image.spacing)
        or width % tile.width
        or (height % tile.height)
    ):
        return None
    real = Size(
        ceil(base.size.width * base.spacing.x / image.spacing.x - _ROUNDING),
        ceil(base.size.height * base.spacing.y / image.spacing.y - _ROUNDING),
    )
    is_padded = (
        width - tile.width < real.width <= width
        and height - tile.height < real.height <= height
        and (width - real.width > 1 or height - real.height > 1)
    )
    return real if is_padded else None


_ROUNDING: Final = 0.01  # of a pixel: Pixel Spacing has few digits


def _without_padding(plan: SlidePlan, image: Parts) -> Parts:
    """Return an image cut to its real size, with a warning, where it is padded."""
    real = _size_by_spacing(plan.base, image[0])
    if real is None:
        return image
    width, height = image[0].size
    plan.warn(
        "level-padded",
        f"{image[0].path.name}: the level of {width} x {height} pixels is padded to "
        f"whole tiles; by its Pixel Spacing {real.width} x {real.height} pixels of it "
        "are the picture.",
        image[0],
    )
    return [replace(part, size=real) for part in image]


def _millimeters_apart(base: Instance, image: Instance) -> float:
    if not (base.origin and image.origin):
        return 0.0
    pairs = zip(base.origin, image.origin, strict=True)
    return max(abs(one - other) for one, other in pairs)


def _add_to_level(plan: SlidePlan, image: Parts) -> None:
    for level in plan.levels:
        if level[0].size == image[0].size:
            level.extend(image)
            return
    plan.levels.append(list(image))


def _leave_out(plan: SlidePlan, image: Parts, misfit: _Misfit | None) -> None:
    if misfit is None:
        return
    for instance in image:
        plan.leave_out(instance, misfit.reason)
    name = image[0].path.name
    plan.warn(misfit.code, f"{name} is not used: {misfit.reason}.", image[0])


def _describe(plan: SlidePlan) -> None:
    """List the files of the levels, and what is odd about them."""
    for number, level in enumerate(plan.levels):
        for image in images_of(level):
            _describe_image(plan, number, image)
            if image[0] is not plan.base:
                _check_orientation(plan, image[0])
    _check_mirrored(plan)


def _describe_image(plan: SlidePlan, number: int, image: Parts) -> None:
    size, role = image[0].size, image[0].role
    total = len(image) + len(missing_parts(image))
    for place, instance in enumerate(image, 1):
        reason = f"{role}, {size.width} x {size.height} pixels"
        if total > 1:
            reason += f", part {instance.concatenation_number or place} of {total}"
        plan.add(instance, f"level {number}", reason)
        plan.warnings.extend(instance.warnings)


_TURNED: Final = 0.02  # of a unit vector


def _check_orientation(plan: SlidePlan, image: Instance) -> None:
    """Warn of a level that says it is turned against the base level."""
    expected, found = plan.base.orientation, image.orientation
    if len(expected) != 6 or len(found) != 6:
        return
    if max(abs(a - b) for a, b in zip(expected, found, strict=True)) > _TURNED:
        plan.warn(
            "orientation",
            f"{image.path.name}: Image Orientation (Slide) is {_shown(found)}, "
            f"expected that of {plan.base.path.name} ({_shown(expected)}); shown as "
            "stored.",
            image,
        )


def _check_mirrored(plan: SlidePlan) -> None:
    """Warn where rows and columns run like those of a mirror image.

    Seen as the slide is looked at, turning from x to y goes the other way round than
    turning from a row to a column of a picture (PS3.3 C.8.12.2.1).
    """
    values = plan.base.orientation
    if len(values) != 6:
        return
    if values[0] * values[4] - values[1] * values[3] > _TURNED:
        plan.warn(
            "orientation",
            f"{plan.base.path.name}: by Image Orientation (Slide) {_shown(values)} the "
            "picture is a mirror image of the slide; it is shown as stored.",
            plan.base,
        )


def _shown(values: Sequence[float]) -> str:
    return ", ".join(f"{value + 0:g}" for value in values)
