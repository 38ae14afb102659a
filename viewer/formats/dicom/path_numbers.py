"""The optical paths of a slide, numbered over all of its images.

Identifiers are unique only within an instance (PS3.3 C.8.12.5): files of several
channels may all call theirs "0", and levels may call one path by several names.
"""

from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from dataclasses import replace
from typing import NamedTuple

from viewer.formats.dicom.image import DicomImage
from viewer.slide.model import OpticalPath


class PathNumbers(NamedTuple):
    """The optical paths of a slide, and for each image the numbers of its own ones."""

    paths: tuple[OpticalPath, ...]
    numbers: dict[DicomImage, tuple[int, ...]]


def number_paths(levels: Sequence[Sequence[DicomImage]]) -> PathNumbers:
    """Find the optical paths of images, given by level, finest first.

    Paths are one where identifier and nature agree, else where the identifier is that
    of no other path of the level, else where a level just calls its paths otherwise.
    The nature is what a path says of itself: description, light, color or grey.
    """
    known: list[_Known] = []
    numbers: dict[DicomImage, tuple[int, ...]] = {}
    for level in levels:
        found = _Level(level, known)
        found.match(lambda path, other: path == other)
        found.match(_same_name)
        if found.is_renamed:
            found.match(_may_be_one)
        found.add_others()
        numbers |= found.numbers()
    return PathNumbers(_named(known), numbers)


_Fits = Callable[["_Path", "_Path"], bool]


class _Path(NamedTuple):
    """What tells optical paths apart."""

    identifier: str
    description: str
    light: Hashable
    is_color: bool


class _Known(NamedTuple):
    path: _Path
    value: OpticalPath
    file: str


class _Level:
    """The paths of the images of one level, on their way to their numbers."""

    def __init__(self, images: Sequence[DicomImage], known: list[_Known]) -> None:
        self._images = images
        self._known = known
        self._own = [
            (image, place, _told(path))
            for image in images
            for place, path in enumerate(image.instance.optical_paths)
        ]
        self._found: dict[tuple[DicomImage, int], int] = {}

    @property
    def is_renamed(self) -> bool:
        """Whether no path is known, but as many as there are."""
        count = len(self._own)
        return not self._found and count == len(self._known)

    def match(self, fits: _Fits) -> None:
        """Give each path without a number that of a known one that fits it."""
        taken = {(image, number) for (image, _), number in self._found.items()}
        claimed = set(self._found.values())
        for image, place, path in self._own:
            if (image, place) in self._found:
                continue
            for number, other in enumerate(self._known):
                # One image has a path once; a guess needs one that nobody has here.
                free = (image, number) not in taken and number not in claimed
                if free and fits(path, other.path):
                    self._found[image, place] = number
                    taken.add((image, number))
                    break

    def add_others(self) -> None:
        """Give numbers of their own to the paths that are left."""
        taken = {(image, number) for (image, _), number in self._found.items()}
        alike: dict[_Path, list[int]] = {}
        for image, place, path in self._own:
            if (image, place) in self._found:
                continue
            same = alike.setdefault(path, [])
            number = next((n for n in same if (image, n) not in taken), None)
            if number is None:
                number = len(self._known)
                same.append(number)
                value = image.instance.optical_paths[place]
                self._known.append(_Known(path, value, image.instance.path.stem))
            self._found[image, place] = number
            taken.add((image, number))

    def numbers(self) -> dict[DicomImage, tuple[int, ...]]:
        """Return the numbers of each image's paths, in its order."""
        return {
            image: tuple(
                self._found[image, place]
                for place in range(len(image.instance.optical_paths))
            )
            for image in self._images
        }


def _told(path: OpticalPath) -> _Path:
    light = path.wavelength, path.color
    return _Path(
        path.identifier, path.description, light, is_color=path.grey_range is None
    )


def _same_name(path: _Path, other: _Path) -> bool:
    return path.identifier == other.identifier and path.is_color == other.is_color


def _may_be_one(path: _Path, other: _Path) -> bool:
    """Whether nothing but the identifier speaks against it."""
    descriptions = {path.description, other.description} - {""}
    lights = {path.light, other.light} - {(None, None)}
    alike = len(descriptions) <= 1 and len(lights) <= 1
    return alike and path.is_color == other.is_color


def _named(known: Sequence[_Known]) -> tuple[OpticalPath, ...]:
    """Return the paths, with the file behind identifiers that several have."""
    count = Counter(each.path.identifier for each in known)
    return tuple(
        replace(each.value, identifier=f"{each.path.identifier}@{each.file}")
        if count[each.path.identifier] > 1
        else each.value
        for each in known
    )
