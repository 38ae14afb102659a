"""Layout: which directories of a file are levels, channels, planes, label, overview."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, NamedTuple

from viewer.formats.tiff.directory import Directory
from viewer.formats.tiff.segment_format import channels_of
from viewer.slide.geometry import Size, Spacing
from viewer.slide.model import OpticalPath

ROLES: Final[Mapping[str, str]] = {
    "label": "label",
    "macro": "overview",
    "overview": "overview",
    "thumbnail": "thumbnail",
}
"""What writers call the pictures beside the scan, and what they are called here."""

PLANES_GUESSED: Final = "planes-guessed"


class Channel(NamedTuple):
    """A picture in a directory of a file: all of it, or one of its channels in grey."""

    path: Path
    directory: Directory
    channel: int = 0


@dataclass(frozen=True, slots=True)
class Picture:
    """A level: its channels by focal plane and optical path, all of one size."""

    channels: Mapping[tuple[int, int], Channel]

    @property
    def first(self) -> Channel:
        """The channel that speaks for all."""
        return next(iter(self.channels.values()))

    @property
    def size(self) -> Size:
        """Pixels across and down."""
        return self.first.directory.size


@dataclass(frozen=True, slots=True)
class Layout:
    """What the directories of a file, or of several, make together.

    `levels` are finest first. `notes` are codes and clauses about what was left out or
    taken for something without being told.
    """

    path: Path
    levels: tuple[Picture, ...]
    associated: Mapping[str, Channel] = field(default_factory=dict[str, Channel])
    paths: tuple[OpticalPath, ...] = ()
    focal_planes: tuple[float, ...] = (0.0,)
    spacing: Spacing | None = None
    scanner: str = ""
    notes: tuple[tuple[str, str], ...] = ()

    @property
    def files(self) -> tuple[Path, ...]:
        """The files that it is made of, each once."""
        pictures = [
            channel.path
            for picture in self.levels
            for channel in picture.channels.values()
        ]
        return tuple(
            dict.fromkeys(
                [*pictures, *(each.path for each in self.associated.values())]
            )
        )


def generic_layout(path: Path, directories: Sequence[Directory]) -> Layout:
    """Lay out a file that says nothing of its pages but what they are.

    The largest page is the base, tiled ones before others; pages of its size are focal
    planes, smaller ones of its shape are levels.
    """
    named = {
        each.number: role
        for each in directories[1:]
        if (role := role_of(each.description))
    }
    rest = [each for each in directories if each.number not in named]
    base = largest(rest)
    planes = [each for each in rest if is_like(each, base)]
    others = [each for each in rest if not is_like(each, base)]
    stacks = [planes, *stacks_by_size(with_below(planes, others), base)]
    levels, notes = pyramid(path, stacks)
    associated: dict[str, Channel] = {}
    for each in directories:
        if each.number in named:
            first = associated.setdefault(named[each.number], Channel(path, each))
            if first.directory is not each:
                reason = f"{first.directory.name} already is the {named[each.number]}"
                notes.append(("level-shape", f"{each.name} is not used: {reason}"))
    for each in others:
        if each.size == base.size:
            reason = f"its samples or tiles are of another kind than {base.name}'s"
            notes.append(("level-shape", f"{each.name} is not used: {reason}"))
    if len(planes) > 1:
        clause = (
            f"{len(planes)} pages of {base.size.width} x {base.size.height} pixels are "
            "shown as focal planes; the file does not say what they are"
        )
        notes.append((PLANES_GUESSED, clause))
    return Layout(
        path=path,
        levels=levels,
        associated=associated,
        paths=plain_paths(base),
        focal_planes=(0.0,) * len(planes),
        spacing=base.spacing,
        scanner=base.maker,
        notes=tuple(notes),
    )


def largest(directories: Iterable[Directory]) -> Directory:
    """Return the finest picture: tiled before striped, reduced ones last."""
    return max(
        directories,
        key=lambda each: (not each.is_reduced, each.is_tiled, each.pixels),
    )


def is_like(one: Directory, base: Directory) -> bool:
    """Whether a page could be another plane of the same image."""
    return (
        one.size == base.size
        and one.is_tiled == base.is_tiled
        and one.segment == base.segment
        and (one.samples, one.bits, one.photometric)
        == (base.samples, base.bits, base.photometric)
    )


def with_below(
    planes: Sequence[Directory], others: Sequence[Directory]
) -> list[Directory]:
    """Return smaller pages: those below the planes, then the others."""
    return [each for plane in planes for each in plane.below] + list(others)


def stacks_by_size(
    directories: Sequence[Directory], base: Directory
) -> list[list[Directory]]:
    """Put pages of one size together, the finest first; the base's left out."""
    stacks: dict[Size, list[Directory]] = {}
    for each in directories:
        if each.size != base.size:
            stacks.setdefault(each.size, []).append(each)
    return sorted(stacks.values(), key=lambda stack: stack[0].pixels, reverse=True)


def pyramid(
    path: Path, stacks: Sequence[Sequence[Directory]]
) -> tuple[tuple[Picture, ...], list[tuple[str, str]]]:
    """Make levels of stacks of planes, the base first; notes say what does not fit."""
    base = stacks[0][0]
    levels: list[Picture] = []
    notes: list[tuple[str, str]] = []
    for stack in stacks:
        reason = misfit(stack[0], base)
        if reason is None and len(stack) < len(stacks[0]):
            reason = f"{len(stack)} focal planes of {len(stacks[0])}"
        if reason is None:
            levels.append(stacked(path, stack[: len(stacks[0])]))
            notes += [
                (
                    "level-shape",
                    f"{each.name} is not used: a level of its size is there",
                )
                for each in stack[len(stacks[0]) :]
            ]
        else:
            notes.append(("level-shape", f"{stack[0].name} is not used: {reason}"))
    return tuple(levels), notes


def misfit(directory: Directory, base: Directory) -> str | None:
    """Return why a page is no level of a base; None where it is one."""
    size, whole = directory.size, base.size
    if channels_of(directory) != channels_of(base):
        return "its samples are of another kind than the base level's"
    # A pixel more or less is rounding; beyond it 2 % may be padding.
    slack = 0.02 + 1 / min(size)
    apart = (whole.width / size.width) / (whole.height / size.height)
    if abs(apart - 1) > slack:
        return (
            f"its shape ({size.width} x {size.height} pixels) does not fit the base "
            f"level's ({whole.width} x {whole.height} pixels)"
        )
    return None


def stacked(path: Path, planes: Sequence[Directory]) -> Picture:
    """Make a level of focal planes, each with the channels that it holds."""
    count = channels_of(planes[0]) or 1
    return Picture(
        {
            (plane, channel): Channel(path, directory, channel)
            for plane, directory in enumerate(planes)
            for channel in range(count)
        }
    )


def plain_paths(base: Directory) -> tuple[OpticalPath, ...]:
    """Return optical paths without names: one of color, or one a channel."""
    channels = channels_of(base)
    if not channels:
        return (OpticalPath("", icc_profile=base.icc_profile),)
    several = channels > 1
    return tuple(
        grey_path(str(number + 1) if several else "", base)
        for number in range(channels)
    )


def grey_path(identifier: str, base: Directory) -> OpticalPath:
    """Return an optical path of grey samples; dark where nothing was scanned."""
    return OpticalPath(
        identifier,
        icc_profile=base.icc_profile,
        absent=(0, 0, 0),
        grey_range=(0, 2**base.bits - 1),
    )


_WORD: Final = re.compile(r"\b(label|macro|overview|thumbnail)\b", re.IGNORECASE)
_SHORT: Final = 256  # characters; a name of a picture is no longer


def role_of(description: str) -> str:
    """Return "label", "overview" or "thumbnail" where a short text says so, else ""."""
    found = _WORD.search(description) if len(description) <= _SHORT else None
    return ROLES[found[1].lower()] if found else ""
