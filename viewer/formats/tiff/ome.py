"""OME-TIFF: which page is which plane and channel, by the XML in the first one."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from viewer.formats.tiff.directory import Directory
from viewer.formats.tiff.layout import (
    ROLES,
    Channel,
    Layout,
    Picture,
    grey_path,
    misfit,
    plain_paths,
)
from viewer.formats.tiff.ome_xml import OmeImage, read_images
from viewer.formats.tiff.segment_format import channels_of
from viewer.slide.errors import BrokenFile
from viewer.slide.model import OpticalPath


def is_ome(directories: Sequence[Directory]) -> bool:
    """Whether the first page's description is OME-XML, as far as its head tells."""
    return re.search(r"<(\w+:)?OME[\s>]", directories[0].description[:4096]) is not None


def ome_layout(path: Path, directories: Sequence[Directory]) -> Layout:
    """Lay out an OME-TIFF by its XML; raises BrokenFile where that makes no image.

    The first image is the slide; others are the label, the overview or the thumbnail
    where they are called so. Of a time series the first moment is shown.
    """
    images = read_images(directories[0].description, path)
    by_number = {each.number: each for each in directories}  # some cannot be read
    many = max(by_number) + 1
    base = _base(by_number, images[0].pages(many), path)
    count = channels_of(base)
    main = images[0].fitted(base.samples)
    pages = main.pages(many)
    planes: dict[tuple[int, int], Channel] = {}
    notes = _doubts(images, main, base)
    for (plane, channel), number in pages.items():
        page = by_number.get(number)
        if page is None:
            continue
        if page.size != base.size or channels_of(page) != count:
            notes.append(("level-shape", f"{page.name} is not used: of another kind"))
            continue
        for part in range(count or 1):
            planes[plane, channel * (count or 1) + part] = Channel(path, page, part)
    found = sum(number in by_number for number in pages.values())
    missing = main.planes * main.channel_count - found
    if missing > 0:
        clause = f"{missing} planes of the image are in other files or missing"
        notes.append(("planes-missing", clause))
    if main.moments > 1:
        clause = f"the first of {main.moments} moments is shown"
        notes.append(("planes-missing", clause))
    used = set(pages.values())
    levels, below = _levels(path, planes, directories, used)
    associated = _associated(path, images[1:], by_number)
    spare = _spare(directories, used, levels, associated)
    if spare and len(images) == 1 and main.moments == 1:
        clause = f"{spare} pages are in no image of the OME-XML and are not shown"
        notes.append(("planes-missing", clause))
    return Layout(
        path=path,
        levels=levels,
        associated=associated,
        paths=_paths(main, base, count),
        focal_planes=tuple(main.step * plane for plane in range(main.planes)),
        spacing=main.spacing or base.spacing,
        scanner=main.scanner or base.maker,
        notes=(*notes, *below),
    )


def _base(
    by_number: Mapping[int, Directory],
    pages: Mapping[tuple[int, int], int],
    path: Path,
) -> Directory:
    number = pages.get((0, 0), min(pages.values(), default=-1))
    if number not in by_number:
        raise BrokenFile(
            f"{path.name}: the OME-XML puts the first plane into TIFF directory "
            f"{number}, expected one that can be read up to {max(by_number)}."
        )
    return by_number[number]


def _doubts(
    images: Sequence[OmeImage], main: OmeImage, base: Directory
) -> list[tuple[str, str]]:
    """Say where XML and pages differ, and what one picture cannot show."""
    notes: list[tuple[str, str]] = []
    if all(images[0].size) and images[0].size != base.size:
        across, down = images[0].size
        clause = (
            f"the OME-XML is of {across} x {down} pixels, but {base.name} has "
            f"{base.size.width} x {base.size.height}; what it says may be of another "
            "picture"
        )
        notes.append(("metadata", clause))
    if not channels_of(base) and main.channel_count > 1:
        clause = f"the first of {main.channel_count} pictures in color is shown"
        notes.append(("planes-missing", clause))
    return notes


def _spare(
    directories: Sequence[Directory],
    used: set[int],
    levels: Sequence[Picture],
    associated: Mapping[str, Channel],
) -> int:
    """Count the pages that are shown nowhere, smaller copies aside."""
    shown = {each.first.directory.number for each in levels} | used
    shown.update(each.directory.number for each in associated.values())
    return sum(each.number not in shown and not each.is_reduced for each in directories)


def _levels(
    path: Path,
    planes: Mapping[tuple[int, int], Channel],
    directories: Sequence[Directory],
    used: set[int],
) -> tuple[tuple[Picture, ...], list[tuple[str, str]]]:
    """Return the planes and, below each of them, its smaller copies."""
    base = next(iter(planes.values())).directory
    notes: list[tuple[str, str]] = []
    levels = [Picture(planes)]
    for number, below in enumerate(base.below):
        reason = misfit(below, base)
        channels = {
            place: Channel(path, each.directory.below[number], each.channel)
            for place, each in planes.items()
            if len(each.directory.below) > number
            and each.directory.below[number].size == below.size
        }
        if reason is None and len(channels) < len(planes):
            reason = f"{len(channels)} planes of {len(planes)}"
        if reason is None:
            levels.append(Picture(channels))
        else:
            notes.append(("level-shape", f"{below.name} is not used: {reason}"))
    reduced = [
        each
        for each in directories
        if each.number not in used and each.is_reduced and misfit(each, base) is None
    ]
    if len(planes) == 1 and not base.below:  # the way before SubIFDs
        levels += [Picture({(0, 0): Channel(path, each)}) for each in reduced]
    return tuple(sorted(levels, key=lambda each: -each.first.directory.pixels)), notes


def _associated(
    path: Path, images: Sequence[OmeImage], by_number: Mapping[int, Directory]
) -> Mapping[str, Channel]:
    found: dict[str, Channel] = {}
    for image in images:
        words = image.name.lower()
        role = next((ROLES[each] for each in ROLES if each in words), "")
        if not role or role in found:
            continue
        page = by_number.get(image.first_page(max(by_number) + 1))
        if page is not None:
            found[role] = Channel(path, page)
    return found


def _paths(image: OmeImage, base: Directory, count: int) -> tuple[OpticalPath, ...]:
    if not count:
        plain = plain_paths(base)[0]
        return (replace(plain, objective_power=image.power),)
    names = [each.name for each in image.channels]
    paths: list[OpticalPath] = []
    for number in range(image.channel_count * count):
        channel = image.channels[number // count]
        unique = count == 1 and channel.name and names.count(channel.name) == 1
        identifier = channel.name if unique else str(number + 1)
        paths.append(
            replace(
                grey_path(identifier, base),
                description=channel.name,
                objective_power=image.power,
                wavelength=channel.wavelength,
                color=channel.color,
            )
        )
    return tuple(paths)
