"""Opening the levels of a planned slide: those that can be, and why others cannot."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from viewer.formats.dicom.concatenations import images_of
from viewer.formats.dicom.image import DicomImage
from viewer.formats.dicom.instance import Instance
from viewer.formats.dicom.layering import Layering, doubles, lay_out
from viewer.formats.dicom.slide_plan import SlidePlan
from viewer.formats.notes import Notes
from viewer.slide.errors import BrokenFile, SlideError
from viewer.slide.files import FileRole


class NoLevel(BrokenFile):
    """No level of a slide can be opened; `reasons` has the sentence of each file."""

    def __init__(self, message: str, reasons: Mapping[Path, str]) -> None:
        """Keep the sentence of the finest level, and that of each file."""
        super().__init__(message)
        self.reasons = reasons


def open_levels(plan: SlidePlan, notes: Notes) -> tuple[SlidePlan, Layering]:
    """Open the levels of a slide; return the plan with those that are there.

    An image that cannot be opened is a file not used, and a warning; so is one that
    shows nothing new. The finest level that opens is level 0. Raises NoLevel where none
    does. The caller closes the images of the layering.
    """
    images: list[DicomImage] = []
    reasons: dict[Path, str] = {}
    try:
        levels = [_open_level(level, notes, images, reasons) for level in plan.levels]
        _check_any(plan, levels, reasons)
        _warn_of_refused(plan, levels, notes, reasons)
        levels = [_without_doubles(level, notes, reasons) for level in levels if level]
        layering = lay_out(levels, notes)
        levels = _without_hidden(levels, layering, reasons)
    except BaseException:
        for image in images:
            image.close()
        raise
    used = [[part for image in level for part in image.files] for level in levels]
    holdings = _holdings(levels, layering)
    roles = _roles(plan, used, reasons, holdings)
    return replace(plan, levels=used, roles=roles), layering


def _check_any(
    plan: SlidePlan,
    levels: Sequence[Sequence[DicomImage]],
    reasons: Mapping[Path, str],
) -> None:
    if not any(levels):
        raise NoLevel(reasons[plan.base.path], reasons)


def reason_of(path: Path, sentence: str) -> str:
    """Return a sentence about a file as it stands beside the file's name."""
    return sentence.removeprefix(f"{path.name}: ").removesuffix(".")


def _open_level(
    level: Sequence[Instance],
    notes: Notes,
    images: list[DicomImage],
    reasons: dict[Path, str],
) -> list[DicomImage]:
    """Open the images of one size; those opened and why others are not are added."""
    opened: list[DicomImage] = []
    for parts in images_of(level):
        try:
            opened.append(DicomImage(parts, notes))
        except SlideError as error:
            for part in parts:
                reasons[part.path] = _sentence(part.path, error)
    images.extend(opened)
    return opened


def _sentence(path: Path, error: SlideError) -> str:
    """Return an error with the file that it is about; codecs know no files."""
    return f"{path.name}: {reason_of(path, str(error))}."


def _warn_of_refused(
    plan: SlidePlan,
    levels: Sequence[Sequence[DicomImage]],
    notes: Notes,
    reasons: Mapping[Path, str],
) -> None:
    for number, (planned, opened) in enumerate(zip(plan.levels, levels, strict=True)):
        for parts in images_of(planned):
            first = parts[0]
            if first.path not in reasons:
                continue
            reason = reason_of(first.path, reasons[first.path])
            size = f"{first.size.width} x {first.size.height} pixels"
            missing = f"the level of {size} is missing"
            if opened:
                missing = f"its part of the level of {size} is missing"
            elif number == 0:
                missing = f"the finest level, {size}, is missing"
            sentence = f"{first.path.name} is not used: {reason}; {missing}."
            notes.warn("level-refused", sentence, first.path)


def _without_doubles(
    level: Sequence[DicomImage], notes: Notes, reasons: dict[Path, str]
) -> list[DicomImage]:
    """Close images that show nothing new; return the others in their files' order."""
    found = doubles(level)
    for image, first in found.items():
        image.close()
        path, size = image.instance.path, image.size
        reason = (
            f"{first.instance.path.name} already is the level of {size.width} x "
            f"{size.height} pixels"
        )
        for part in image.files:
            reasons[part.path] = f"{part.path.name}: {reason}."
        sentence = f"{path.name} is not used: {reason}."
        notes.warn("same-size-levels", sentence, path)
    return sorted((image for image in level if image not in found), key=_natural_order)


def _without_hidden(
    levels: Sequence[Sequence[DicomImage]],
    layering: Layering,
    reasons: dict[Path, str],
) -> list[list[DicomImage]]:
    """Close images that no tile is read from, of which was warned."""
    for image in layering.hidden:
        image.close()
        for part in image.files:
            reasons[part.path] = "its tiles are not those of the other focal planes"
    hidden = set(layering.hidden)
    return [[image for image in level if image not in hidden] for level in levels]


def _natural_order(image: DicomImage) -> list[tuple[int, str]]:
    """Order files as people count: DCM_2 comes before DCM_10."""
    pieces = re.split(r"(\d+)", str(image.instance.path))
    return [
        (int(piece), "") if number % 2 else (-1, piece)
        for number, piece in enumerate(pieces)
    ]


def _holdings(
    levels: Sequence[Sequence[DicomImage]], layering: Layering
) -> dict[Path, str]:
    """Return what files hold of levels that are several images, in words."""
    holdings: dict[Path, str] = {}
    for level in levels:
        if len(level) < 2:
            continue
        stacks = {image.focal_planes for image in level}
        for image in level:
            held = [layering.optical_paths[n].identifier for n in layering.of(image)]
            words = f"optical path {', '.join(held)}"
            if len(stacks) > 1:
                heights = ", ".join(f"{z:g}" for z in image.focal_planes)
                words += f", focal plane {heights} um"
            holdings |= {part.path: words for part in image.files}
    return holdings


def _roles(
    plan: SlidePlan,
    levels: Sequence[Sequence[Instance]],
    reasons: Mapping[Path, str],
    holdings: Mapping[Path, str],
) -> list[FileRole]:
    """Return the roles with the levels numbered anew, refused files as not used."""
    numbers = {part.path: n for n, level in enumerate(levels) for part in level}
    roles: list[FileRole] = []
    for role in plan.roles:
        if role.path in reasons:
            reason = reason_of(role.path, reasons[role.path])
            roles.append(replace(role, role="not used", reason=reason))
        elif role.path in numbers:
            held = holdings.get(role.path)
            reason = f"{role.reason}, {held}" if held else role.reason
            name = f"level {numbers[role.path]}"
            roles.append(replace(role, role=name, reason=reason))
        else:
            roles.append(role)
    return roles
