"""Images of one slide -> its optical paths, focal planes and levels."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from viewer.formats.dicom.image import DicomImage, Layer
from viewer.formats.dicom.layers import LayeredLevel, Route
from viewer.formats.dicom.path_numbers import number_paths
from viewer.formats.dicom.plane_numbers import (
    half_step,
    merged_planes,
    nearest_to_all,
)
from viewer.formats.notes import Notes
from viewer.slide.geometry import Size
from viewer.slide.model import OpticalPath

Level = Sequence[DicomImage]
"""The images of one size."""


@dataclass(frozen=True)
class Layering:
    """What the images of a slide make together.

    `images` are the levels of most optical paths, `unlike` those of paths with other
    sizes or tiles, by their number; both finest first. `hidden` are images that no tile
    is read from, which whoever opened them closes.
    """

    optical_paths: tuple[OpticalPath, ...]
    focal_planes: tuple[float, ...]
    images: Sequence[LayeredLevel]
    unlike: Mapping[int, Sequence[LayeredLevel]]
    numbers: Mapping[DicomImage, Sequence[int]]
    hidden: Sequence[DicomImage]

    def of(self, image: DicomImage) -> Sequence[int]:
        """Return the numbers of an image's optical paths."""
        return self.numbers[image]

    def close(self) -> None:
        """Close every image."""
        for level in chain(self.images, *self.unlike.values()):
            level.close()


def lay_out(levels: Sequence[Level], notes: Notes) -> Layering:
    """Put images together, given by level, finest first; what is amiss is noted."""
    paths, numbers = number_paths(levels)
    stacks = [_stacks(level, numbers, notes) for level in levels]
    heights = [
        [_height(route) for route in stack]
        for by_path in stacks
        for stack in by_path.values()
    ]
    planes = merged_planes(heights)
    routed = [
        {path: _routes(stack, planes, notes) for path, stack in by_path.items()}
        for by_path in stacks
    ]
    base = levels[0][0].size
    pyramids = _pyramids(routed, base, range(len(paths)))
    _warn_of_unlike(pyramids, paths, base, notes)
    images = pyramids[0]
    unlike = {n: each for n, each in enumerate(pyramids) if each is not images}
    shown = {
        route.image
        for by_path in routed
        for stack in by_path.values()
        for route in stack
    }
    hidden = [image for image in chain(*levels) if image not in shown]
    return Layering(paths, planes, images, unlike, numbers, hidden)


def doubles(level: Sequence[DicomImage]) -> dict[DicomImage, DicomImage]:
    """Return the images of one size that show nothing new, and what has it already."""
    found: dict[DicomImage, DicomImage] = {}
    used: list[DicomImage] = []
    _, numbers = number_paths([level])
    for image in level:
        first = next((other for other in used if _covers(other, image, numbers)), None)
        if first is None:
            used.append(image)
        else:
            found[image] = first
    return found


def _covers(
    one: DicomImage, other: DicomImage, numbers: Mapping[DicomImage, Sequence[int]]
) -> bool:
    """Whether each path and plane of the other image is one of the first too."""
    near = nearest_to_all(one.focal_planes, other.focal_planes)
    return set(numbers[other]) <= set(numbers[one]) and all(
        abs(one.focal_planes[number] - z) < _SAME_HEIGHT
        for number, z in zip(near, other.focal_planes, strict=True)
    )


_SAME_HEIGHT = 0.0005  # micrometers

_Stacks = dict[int, list[Route]]
"""By optical path of the slide: every plane that the images of a level have."""


def _stacks(
    level: Level, numbers: Mapping[DicomImage, Sequence[int]], notes: Notes
) -> _Stacks:
    stacks: _Stacks = {}
    for image in level:
        for own, path in enumerate(numbers[image]):
            stack = stacks.setdefault(path, [])
            if stack and stack[0].image.instance.tile_size != image.instance.tile_size:
                _warn_of_tiles(stack[0].image, image, notes)
                continue
            stack.extend(
                Route(image, Layer(plane, own))
                for plane in range(len(image.focal_planes))
            )
    return stacks


def _height(route: Route) -> float:
    return route.image.focal_planes[route.layer.focal_plane]


def _warn_of_tiles(one: DicomImage, other: DicomImage, notes: Notes) -> None:
    width, height = other.instance.tile_size
    expected = one.instance.tile_size
    name = other.instance.path.name
    sentence = (
        f"{name}: its focal planes are not shown, as its tiles are {width} x {height}, "
        f"those of {one.instance.path.name} {expected.width} x {expected.height}."
    )
    notes.warn("level-shape", sentence, other.instance.path)


def _routes(
    stack: Sequence[Route], planes: Sequence[float], notes: Notes
) -> Sequence[Route]:
    """Return the nearest plane of a stack for each plane of the slide."""
    stack = sorted(stack, key=_height)
    heights = [_height(route) for route in stack]
    chosen = nearest_to_all(heights, planes)
    reach = half_step(planes)
    found = {
        number
        for number, plane in zip(chosen, planes, strict=True)
        if abs(heights[number] - plane) < reach
    }
    if len(planes) > 1 and len(found) < len(planes):
        instance, count = stack[0].image.instance, len(stack)
        sentence = (
            f"{instance.path.name}: the level of {instance.size.width} x "
            f"{instance.size.height} pixels has {count} focal plane"
            f"{'' if count == 1 else 's'}, the slide has {len(planes)}; the nearest is "
            "shown for the others."
        )
        notes.warn("focal-planes", sentence, instance.path)
    return [stack[number] for number in chosen]


def _pyramids(
    routed: Sequence[Mapping[int, Sequence[Route]]], base: Size, paths: Iterable[int]
) -> list[list[LayeredLevel]]:
    """Return the levels of each optical path; paths alike in sizes and tiles share."""
    alike: dict[object, list[int]] = {}
    for path in paths:
        shape = tuple(
            (each[path][0].image.size, each[path][0].image.instance.tile_size)
            for each in routed
            if path in each
        )
        alike.setdefault(shape, []).append(path)
    pyramids: dict[int, list[LayeredLevel]] = {}
    for shared in alike.values():
        levels = [
            LayeredLevel({path: each[path] for path in shared}, base)
            for each in routed
            if shared[0] in each
        ]
        pyramids |= dict.fromkeys(shared, levels)
    return [pyramids[path] for path in sorted(pyramids)]


def _warn_of_unlike(
    pyramids: Sequence[Sequence[LayeredLevel]],
    paths: Sequence[OpticalPath],
    base: Size,
    notes: Notes,
) -> None:
    sizes = {level.level.size for levels in pyramids for level in levels}
    for path, levels in zip(paths, pyramids, strict=True):
        own = {level.level.size for level in levels}
        lacking = sorted(sizes - own, reverse=True)
        if not lacking:
            continue
        shown = ", ".join(f"{size.width} x {size.height}" for size in lacking[:4])
        how = "enlarged there from" if base in lacking else "made there from"
        sentence = (
            f"{levels[0].level.file.name if levels[0].level.file else ''}: optical "
            f"path {path.identifier or '1'} is not stored in {shown} pixels; it is "
            f"{how} its nearest finer level."
        )
        notes.warn("optical-paths", sentence, levels[0].level.file)
