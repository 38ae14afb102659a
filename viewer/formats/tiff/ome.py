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
    main = images[0]
    pages = main.pages(len(directories))
    base = _page(directories, pages, (0, 0), path)
    count = channels_of(base)
    planes: dict[tuple[int, int], Channel] = {}
    notes: list[tuple[str, str]] = []
    for (plane, channel), number in pages.items():
        if not 0 <= number < len(directories):
            continue
        page = directories[number]
        if page.size != base.size or channels_of(page) != count:
            notes.append(("level-shape", f"{page.name} is not used: of another kind"))
            continue
        for part in range(count or 1):
            planes[plane, channel * (count or 1) + part] = Channel(path, page, part)
    missing = main.planes * main.channel_count - len(pages)
    if missing > 0:
        clause = f"{missing} planes of the image are in other files or missing"
        notes.append(("planes-missing", clause))
    if main.moments > 1:
        clause = f"the first of {main.moments} moments is shown"
        notes.append(("planes-missing", clause))
    levels, below = _levels(path, planes, directories, set(pages.values()))
    return Layout(
        path=path,
        levels=levels,
        associated=_associated(path, images[1:], directories),
        paths=_paths(main, base, count),
        focal_planes=tuple(main.step * plane for plane in range(main.planes)),
        spacing=main.spacing or base.spacing,
        scanner=main.scanner or base.maker,
        notes=(*notes, *below),
    )


def _page(
    directories: Sequence[Directory],
    pages: Mapping[tuple[int, int], int],
    place: tuple[int, int],
    path: Path,
) -> Directory:
    number = pages.get(place, min(pages.values(), default=-1))
    if not 0 <= number < len(directories):
        raise BrokenFile(
            f"{path.name}: the OME-XML puts the first plane into TIFF directory "
            f"{number}, expected 0 to {len(directories) - 1}."
        )
    return directories[number]


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
    path: Path, images: Sequence[OmeImage], directories: Sequence[Directory]
) -> Mapping[str, Channel]:
    found: dict[str, Channel] = {}
    for image in images:
        words = image.name.lower()
        role = next((ROLES[each] for each in ROLES if each in words), "")
        number = image.pages(len(directories)).get((0, 0), -1)
        if role and 0 <= number < len(directories):
            found.setdefault(role, Channel(path, directories[number]))
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
