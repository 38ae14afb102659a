"""Joining the layouts of several files, each a level, into that of one slide."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from viewer.formats.opening import Ignored
from viewer.formats.tiff.layout import ROLES, Channel, Layout, Picture, misfit
from viewer.slide.model import OpticalPath


def joined(
    layouts: Sequence[Layout], roles: Mapping[Path, str]
) -> tuple[Layout, list[Ignored]]:
    """Join the files of one slide by size; say of those that do not fit why.

    `roles` are the third values of Image Type: what is a label is no level, whatever
    its shape. Pictures in grey that are as large as the base are optical paths.
    """
    if len(layouts) == 1:
        return layouts[0], []
    scans = [each for each in layouts if not _role(each, roles)]
    others = [each for each in layouts if _role(each, roles)]
    if not scans:
        scans, others = others, []
    scans.sort(key=lambda each: -each.levels[0].first.directory.pixels)
    base, rest = scans[0], scans[1:]
    ignored: list[Ignored] = []
    for each in rest:
        reason = _reason(base, each)
        if reason is None:
            base = _added(base, each)
        else:
            ignored.append(Ignored(each.path, reason))
    associated = dict(base.associated)
    for each in others:
        role = _role(each, roles)
        if role in associated:
            first = associated[role].path.name
            ignored.append(Ignored(each.path, f"another {role}; {first} is shown"))
        else:
            associated[role] = each.levels[0].first
    return replace(base, associated=associated), ignored


def _role(layout: Layout, roles: Mapping[Path, str]) -> str:
    return ROLES.get(roles.get(layout.path, "").lower(), "")


def _reason(base: Layout, each: Layout) -> str | None:
    """Return why a file is no part of the slide; None where it is one."""
    directory, whole = each.levels[0].first.directory, base.levels[0].first.directory
    reason = misfit(directory, whole)
    if reason is not None or each.levels[0].size == base.levels[0].size:
        is_grey = base.paths[0].grey_range is not None
        if reason is None and not is_grey:
            return f"{base.path.name} already is the level of that size"
        return reason
    if len(each.focal_planes) != len(base.focal_planes):
        return f"{len(each.focal_planes)} focal planes, expected those of the base"
    return None


def _added(base: Layout, each: Layout) -> Layout:
    """Return a layout with one more file: as a level, or as another optical path."""
    levels = {picture.size: picture for picture in base.levels}
    paths = base.paths
    for picture in each.levels:
        there = levels.get(picture.size)
        if there is None:
            levels[picture.size] = picture
            continue
        number = 1 + max(path for _, path in there.channels)
        levels[picture.size] = _beside(there, picture, number)
        if number >= len(paths):
            paths = _named((*paths, each.paths[0]))
    ordered = sorted(
        levels.values(), key=lambda picture: -picture.first.directory.pixels
    )
    return replace(base, levels=tuple(ordered), paths=paths)


def _beside(there: Picture, picture: Picture, number: int) -> Picture:
    more: dict[tuple[int, int], Channel] = {
        (plane, number + path): channel
        for (plane, path), channel in picture.channels.items()
    }
    return Picture({**there.channels, **more})


def _named(paths: Sequence[OpticalPath]) -> tuple[OpticalPath, ...]:
    """Give optical paths that have no names numbers from 1."""
    return tuple(
        replace(path, identifier=str(number + 1)) for number, path in enumerate(paths)
    )
