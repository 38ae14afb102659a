"""Instances -> slides: which files make one slide, which role each plays, and why.

Only headers are looked at. Levels are placed by the size of their total pixel matrix,
never by Pixel Spacing, which converters repeat or get wrong (Bio-Formats 7.3, Orthanc).
"""

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Final

from viewer.formats.dicom.instance import ROLES, Instance
from viewer.formats.dicom.scale_checks import check_scale
from viewer.formats.dicom.slide_plan import SlidePlan
from viewer.formats.opening import Ignored

_SAME_PLACE_MM: Final = 0.1


def group(instances: Sequence[Instance]) -> tuple[list[SlidePlan], list[Ignored]]:
    """Return the slides in the order of their files, and the files of none.

    One series may hold several slides: those with different Container Identifiers, or
    different Pyramid UIDs (PS3.3 C.7.6.31, Multi-Resolution Pyramid).
    """
    plans: list[SlidePlan] = []
    ignored: list[Ignored] = []
    by_series: dict[tuple[str, str], list[Instance]] = {}
    for instance in instances:
        by_series.setdefault(_series_of(instance), []).append(instance)
    for members in by_series.values():
        found = _slides_of_series(members)
        plans.extend(found)
        ignored.extend(_unclaimed(members, found))
    return plans, ignored


def _series_of(instance: Instance) -> tuple[str, str]:
    # Without a Series Instance UID the folder is all that holds files together.
    return instance.study, instance.series or str(instance.path.parent)


def _slides_of_series(members: Sequence[Instance]) -> list[SlidePlan]:
    volumes = [each for each in members if each.role == "VOLUME"]
    others = [each for each in members if each.role != "VOLUME"]
    if not volumes:
        return [_without_volume(members)]
    pyramids = {each.pyramid for each in volumes if each.pyramid}
    by_slide: dict[tuple[str, str], list[Instance]] = {}
    for volume in volumes:
        pyramid = volume.pyramid or (min(pyramids) if len(pyramids) == 1 else "")
        by_slide.setdefault((volume.container, pyramid), []).append(volume)
    plans = [_pyramid(each) for each in by_slide.values()]
    for plan in plans:
        _add_others(plan, others, alone=len(plans) == 1)
    return plans


def _without_volume(members: Sequence[Instance]) -> SlidePlan:
    """Make the largest multi-frame image the slide; a lone label is a plain picture."""
    candidates = [each for each in members if each.frames > 1] or list(members)
    base = max(candidates, key=lambda each: each.size.width * each.size.height)
    plan = SlidePlan([[base]])
    plan.warnings.extend(base.warnings)
    sentence = (
        f"{base.path.name}: the series has no VOLUME image; its largest image "
        f"({base.role}, {base.size.width} x {base.size.height} pixels) stands in."
    )
    plan.warn("no-volume", sentence, base)
    plan.add(base, "level 0", f"{base.role}, no VOLUME found")
    check_scale(plan)
    _add_others(plan, [each for each in members if each is not base], alone=True)
    return plan


def _pyramid(volumes: Sequence[Instance]) -> SlidePlan:
    images = sorted(_images(volumes), key=_pixels, reverse=True)
    plan = SlidePlan([images[0]])
    for image in images[1:]:
        problem = _misfit(plan, image[0])
        if problem is None:
            plan.levels.append(image)
            continue
        code, reason = problem
        for instance in image:
            plan.leave_out(instance, reason)
        plan.warn(code, f"{image[0].path.name} is not used: {reason}.", image[0])
    for number, image in enumerate(plan.levels):
        _describe_level(plan, number, image)
    check_scale(plan)
    return plan


def _images(volumes: Sequence[Instance]) -> list[list[Instance]]:
    """Join the parts of concatenations (PS3.3 C.7.6.16.2.2.4), in their order."""
    images: dict[object, list[Instance]] = {}
    for volume in volumes:
        key: object = (volume.concatenation, volume.size)
        if not volume.concatenation or volume.concatenation_number < 1:
            key = id(volume)
        images.setdefault(key, []).append(volume)
    return [
        sorted(parts, key=lambda part: part.concatenation_offset)
        for parts in images.values()
    ]


def _pixels(image: Sequence[Instance]) -> int:
    return image[0].size.width * image[0].size.height


def _misfit(plan: SlidePlan, instance: Instance) -> tuple[str, str] | None:
    """Return why an image cannot be a level here: a warning code and the reason."""
    base = plan.base
    same = next(
        (each[0] for each in plan.levels if each[0].size == instance.size), None
    )
    size = f"{instance.size.width} x {instance.size.height} pixels"
    if same is not None:
        return _same_size(same, instance, size)
    ratio_x = base.size.width / instance.size.width
    ratio_y = base.size.height / instance.size.height
    # A pixel more or less is rounding (floor or ceil); beyond it 2 % may be padding.
    slack = 0.02 + 1 / min(instance.size)
    if abs(ratio_x / ratio_y - 1) > slack:
        reason = (
            f"its shape ({size}) does not fit the base level's "
            f"({base.size.width} x {base.size.height} pixels)"
        )
        return "level-shape", reason
    if base.origin and instance.origin:
        apart = max(
            abs(one - other)
            for one, other in zip(base.origin, instance.origin, strict=True)
        )
        if apart > _SAME_PLACE_MM:
            reason = (
                f"it lies {apart:.2f} mm from the base level on the slide, expected at "
                f"most {_SAME_PLACE_MM} mm"
            )
            return "level-origin", reason
    return None


def _same_size(one: Instance, other: Instance, size: str) -> tuple[str, str]:
    if [path.identifier for path in one.optical_paths] != [
        path.identifier for path in other.optical_paths
    ]:
        reason = (
            f"it holds another optical path at {size} in a file of its own, which is "
            "not read yet"
        )
        return "same-size-levels", reason
    return "same-size-levels", f"{one.path.name} already is the level of {size}"


def _describe_level(plan: SlidePlan, number: int, image: Sequence[Instance]) -> None:
    size = image[0].size
    reason = f"VOLUME, {size.width} x {size.height} pixels"
    for place, instance in enumerate(image, 1):
        part = f", part {place} of {len(image)} found" if len(image) > 1 else ""
        plan.add(instance, f"level {number}", reason + part)
        plan.warnings.extend(instance.warnings)
    expected = 0
    for instance in image:
        if instance.concatenation_offset != expected:
            sentence = (
                f"{instance.path.name}: its frames start at "
                f"{instance.concatenation_offset} in the concatenation, expected "
                f"{expected}; a part is missing or there twice."
            )
            plan.warn("concatenation", sentence, instance)
            break
        expected += instance.frames


def _add_others(plan: SlidePlan, others: Iterable[Instance], *, alone: bool) -> None:
    """Add label, overview and thumbnail; `alone`: no other slide could own them."""
    mine = [each for each in others if alone or each.container == plan.base.container]
    for role, same in groupby(
        sorted(mine, key=_role_order), key=lambda each: each.role
    ):
        for instance in same:
            _add_other(plan, role, instance)


def _add_other(plan: SlidePlan, role: str, instance: Instance) -> None:
    known = role.lower()
    size = f"{instance.size.width} x {instance.size.height} pixels"
    if role not in ROLES:
        reason = f"value 3 of Image Type is {role}, expected {', '.join(ROLES)}"
        plan.leave_out(instance, reason)
        plan.warn("image-type", f"{instance.path.name}: {reason}; not used.", instance)
    elif known in plan.associated:
        first = plan.associated[known].path.name
        plan.leave_out(instance, f"another {role}; {first} is shown")
    else:
        plan.associated[known] = instance
        plan.add(instance, known, f"{role}, {size}")


def _role_order(instance: Instance) -> tuple[int, str]:
    role = instance.role
    return (ROLES.index(role) if role in ROLES else len(ROLES), role)


def _unclaimed(
    members: Sequence[Instance], plans: Sequence[SlidePlan]
) -> list[Ignored]:
    claimed = frozenset(role.path for plan in plans for role in plan.roles)
    return [
        Ignored(
            each.path,
            f"a {each.role} image that fits none of the slides of its series",
            claimed,
        )
        for each in members
        if each.path not in claimed
    ]
