"""Instances -> slides: which files make one slide, which role each plays, and why.

Only headers are looked at.
"""

from collections.abc import Iterable, Sequence
from itertools import groupby

from viewer.formats.dicom.concatenations import Joined, Parts, join
from viewer.formats.dicom.image_role import ROLES
from viewer.formats.dicom.instance import Instance
from viewer.formats.dicom.pyramid_plans import fits, plan_pyramids
from viewer.formats.dicom.scale_checks import check_scale
from viewer.formats.dicom.slide_plan import SlidePlan
from viewer.formats.opening import Ignored


def group(instances: Sequence[Instance]) -> tuple[list[SlidePlan], list[Ignored]]:
    """Return the slides in the order of their files, and the files of none.

    One series may hold several slides: those with different Container Identifiers,
    different Pyramid UIDs (PS3.3 C.7.6.31, Multi-Resolution Pyramid), pictures of
    extended depth of field beside the planes that they are made from, and areas of a
    glass that have pyramids of their own.
    """
    plans: list[SlidePlan] = []
    ignored: list[Ignored] = []
    by_series: dict[tuple[str, ...], list[Instance]] = {}
    for instance in instances:
        by_series.setdefault(_series_of(instance), []).append(instance)
    for members in by_series.values():
        found = _slides_of_series(members)
        plans.extend(found)
        ignored.extend(_unclaimed(members, found))
    _name_editions(plans)
    return plans, ignored


def _name_editions(plans: Sequence[SlidePlan]) -> None:
    """Put the folder behind the names of conversions that have the same UIDs."""
    several = {plan.base.series for plan in plans if plan.base.edition}
    for plan in plans:
        if plan.base.series in several:
            plan.remarks.append(plan.base.path.absolute().parent.name)


def _series_of(instance: Instance) -> tuple[str, ...]:
    # Without a Series Instance UID the folder is all that holds files together.
    series = instance.series or str(instance.path.parent)
    return instance.study, series, instance.edition


def _slides_of_series(members: Sequence[Instance]) -> list[SlidePlan]:
    volumes = [each for each in members if each.role == "VOLUME"]
    others = [each for each in members if each.role != "VOLUME"]
    if not volumes:
        return [_without_volume(members)]
    joined = join(volumes)
    plans = [
        plan for images in _by_slide(joined.images) for plan in plan_pyramids(images)
    ]
    for plan in plans:
        check_scale(plan)
        _add_others(plan, others, alone=len(plans) == 1)
    _add_joined(plans, joined)
    _tell_apart(plans)
    return plans


def _by_slide(images: Sequence[Parts]) -> list[list[Parts]]:
    """Sort images by container, pyramid and kind of focus."""
    only_container = _only(image[0].container for image in images)
    only_pyramid = _only(image[0].pyramid for image in images)
    by_pyramid: dict[tuple[str, str], list[Parts]] = {}
    for image in images:
        first = image[0]
        key = first.container or only_container, first.pyramid or only_pyramid
        by_pyramid.setdefault(key, []).append(image)
    return [part for each in by_pyramid.values() for part in _by_focus(each)]


def _only(names: Iterable[str]) -> str:
    """Return the name that is all there is, for images that have none; else nothing."""
    found = set(names) - {""}
    return found.pop() if len(found) == 1 else ""


def _by_focus(images: Sequence[Parts]) -> list[list[Parts]]:
    """Part pictures of extended depth of field from those that are not (wsidicom#143).

    Images that say neither are of whichever there is.
    """
    extended = [image for image in images if image[0].extended is True]
    plain = [image for image in images if image[0].extended is False]
    if not (extended and plain):
        return [list(images)]
    return [[image for image in images if image[0].extended is not True], extended]


def _add_joined(plans: Sequence[SlidePlan], joined: Joined) -> None:
    """List parts of concatenations that are left out with the slide of the others."""
    files = {
        part.path: plan for plan in plans for level in plan.levels for part in level
    }
    by_uid = {
        part.concatenation: plan
        for plan in plans
        for level in plan.levels
        for part in level
    }
    for instance, reason in joined.left_out:
        plan = by_uid.get(instance.concatenation, plans[0])
        plan.leave_out(instance, reason)
        files[instance.path] = plan
    for warning in joined.warnings:
        plan = files.get(warning.file, plans[0]) if warning.file else plans[0]
        plan.warnings.append(warning)


def _tell_apart(plans: Sequence[SlidePlan]) -> None:
    """Say in the names of slides of one container what makes them several."""
    for plan in plans:
        same = [each for each in plans if each.base.container == plan.base.container]
        if plan.base.extended:
            plan.remarks.append("extended depth of field")
        apart = [each for each in same if each.base.extended is plan.base.extended]
        if len(apart) > 1:
            number = next(n for n, each in enumerate(apart, 1) if each is plan)
            plan.remarks.append(plan.base.pyramid_label or f"pyramid {number}")


def _without_volume(members: Sequence[Instance]) -> SlidePlan:
    """Make the largest multi-frame image the slide; a lone label is a plain picture.

    Images of its role, shape and kind are its levels: converters call all levels
    OVERVIEW (Bio-Formats), or beside them the picture of the glass.
    """
    candidates = [each for each in members if each.frames > 1] or list(members)
    base = max(candidates, key=lambda each: each.size.width * each.size.height)
    levels = [
        each
        for each in members
        if each is base or (_is_level_of(base, each) and base.role != "THUMBNAIL")
    ]
    joined = join(levels)
    plan = next(
        plan
        for plan in plan_pyramids(joined.images)
        if any(part.path == base.path for part in plan.levels[0])
    )
    sentence = (
        f"{base.path.name}: the series has no VOLUME image; its largest image "
        f"({base.role}, {base.size.width} x {base.size.height} pixels) stands in."
    )
    plan.warn("no-volume", sentence, base)
    check_scale(plan)
    used = {part.path for level in plan.levels for part in level}
    _add_others(plan, [each for each in members if each.path not in used], alone=True)
    _add_joined([plan], joined)
    return plan


def _is_level_of(base: Instance, image: Instance) -> bool:
    """Whether an image that is no VOLUME is a level, or a part, of the base."""
    is_part = bool(base.concatenation) and image.concatenation == base.concatenation
    return is_part or (
        image.role == base.role
        and base.frames > 1
        # One frame larger than a tile is a picture of the glass.
        and (image.frames > 1 or max(image.size) <= max(base.tile_size))
        and image.size != base.size
        and fits(base, image)
    )


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
