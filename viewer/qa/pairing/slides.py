"""Which level, plane, path and picture of the source is which of the result."""

from collections.abc import Collection, Iterator
from typing import Final

from viewer.qa.checkup.identity import ID5
from viewer.qa.comparing import Pairing
from viewer.qa.finding import Finding, Rule, Severity, Side
from viewer.qa.pairing.layers import LayerMatches, match_paths, match_planes
from viewer.qa.pairing.levels import LevelMatches, is_near, match_levels
from viewer.qa.sides import called, capital, counted, file_name, in_pixels
from viewer.slide.geometry import Size
from viewer.slide.model import Slide, stored_levels

QA12: Final = Rule(
    "QA12",
    Severity.ERROR,
    "levels of the source are in the result",
    "A level that is gone has to be computed from a finer one: it is slow to show, and "
    "it is not the picture that the scanner made.",
    evidence="libdicom#79",
    number=12,
)
PLANES: Final = Rule(
    "FP2",
    Severity.ERROR,
    "focal planes of the source are in the result",
    "What is sharp in a lost plane cannot be seen any more.",
    clause="PS3.3 C.8.12.4",
)
PATHS: Final = Rule(
    "CH1",
    Severity.ERROR,
    "optical paths of the source are in the result",
    "A channel that is lost is a stain that cannot be seen any more.",
    clause="PS3.3 C.8.12.5",
)


def pair(a: Slide, b: Slide) -> Pairing:
    """Pair what two slides have: a is the source, b the result; never raises.

    Levels by size and scale, focal planes by height, optical paths by what they are
    called, other pictures by role. Computed levels do not count.
    """
    levels = match_levels(a, b)
    planes = match_planes(a.focal_planes, b.focal_planes)
    paths = match_paths(a.optical_paths, b.optical_paths)
    return Pairing(
        levels=levels.pairs,
        focal_planes=planes.pairs,
        optical_paths=paths.pairs,
        associated=tuple(role for role in a.associated if role in b.associated),
        findings=(
            *_about_base(a, b, levels),
            *_about_lost_levels(a, b, levels),
            *_about_added_levels(a, b, levels),
            *_about_pictures(a, b, levels),
            *_about_planes(a, b, planes),
            *_about_paths(a, b, paths),
        ),
    )


def _about_base(a: Slide, b: Slide, levels: LevelMatches) -> Iterator[Finding]:
    base = stored_levels(a)[0]
    if base not in levels.only_a:
        return
    ours, theirs = a.levels[base].size, b.levels[stored_levels(b)[0]].size
    words = (
        f"{capital(called(a, 'a'))} has a finest level of {in_pixels(ours)} pixels, "
        f"which {called(b, 'b')} lacks: its finest has {in_pixels(theirs)}"
    )
    if is_near(ours, Size(theirs.height, theirs.width)):
        words += ", as if it were turned by a quarter"
    elif abs(ours.width * theirs.height / (ours.height * theirs.width) - 1) < 0.01:
        words += f", smaller by {ours.width / theirs.width:.4g}"
    yield QA12.finding(
        f"{words}.",
        side="a",
        file=a.levels[base].file,
        level=base,
        found=in_pixels(theirs),
        expected=in_pixels(ours),
    )


def _about_lost_levels(a: Slide, b: Slide, levels: LevelMatches) -> Iterator[Finding]:
    smallest = b.levels[stored_levels(b)[-1]].size
    thumbnail = b.associated.get("thumbnail")
    ours, theirs = called(a, "a"), called(b, "b")
    below: list[int] = []
    for number in levels.only_a:
        size = a.levels[number].size
        if number == stored_levels(a)[0]:
            continue
        if thumbnail is not None and is_near(thumbnail.size, size):
            sentence = (
                f"{_named(a, [number])} of {ours} is not in {theirs} as a level; its "
                "thumbnail has that size."
            )
            yield _about_levels(a, "a", [number], sentence, Severity.NOTE)
        elif size.width < smallest.width and size.height < smallest.height:
            below.append(number)
        else:
            sentence = (
                f"{_named(a, [number])} of {ours} is not in {theirs}, though its "
                f"levels reach down to {in_pixels(smallest)}."
            )
            yield _about_levels(a, "a", [number], sentence, Severity.ERROR)
    if below:
        sentence = (
            f"{_named(a, below)} of {ours} {_are(below)} not in {theirs}, whose "
            f"smallest has {in_pixels(smallest)}; viewers compute what is smaller."
        )
        yield _about_levels(a, "a", below, sentence, Severity.NOTE)


def _about_added_levels(a: Slide, b: Slide, levels: LevelMatches) -> Iterator[Finding]:
    thumbnail = a.associated.get("thumbnail")
    largest = a.levels[stored_levels(a)[0]].size
    ours, theirs = called(a, "a"), called(b, "b")
    made: list[int] = []
    for number in levels.only_b:
        size = b.levels[number].size
        words = f"{_named(b, [number])} of {theirs} is"
        if thumbnail is not None and is_near(thumbnail.size, size):
            sentence = (
                f"{words} as large as the thumbnail of {ours}, which is no level."
            )
            yield _about_levels(b, "b", [number], sentence, Severity.NOTE)
        elif size.width > largest.width or size.height > largest.height:
            sentence = f"{words} larger than anything in {ours}."
            yield _about_levels(b, "b", [number], sentence, Severity.WARNING)
        else:
            made.append(number)
    if made:
        sentence = (
            f"{_named(b, made)} of {theirs} {_are(made)} not in {ours}: the converter "
            f"generated {'it' if len(made) == 1 else 'them'}."
        )
        yield _about_levels(b, "b", made, sentence, Severity.NOTE)


def _about_levels(
    slide: Slide, side: Side, numbers: list[int], sentence: str, severity: Severity
) -> Finding:
    """Return a finding at the first of some levels that have no partner."""
    level = slide.levels[numbers[0]]
    sizes = ", ".join(in_pixels(slide.levels[each].size) for each in numbers)
    return QA12.finding(
        sentence,
        severity,
        side=side,
        file=level.file,
        level=numbers[0],
        found="missing" if side == "a" else sizes,
        expected=sizes if side == "a" else "",
    )


def _named(slide: Slide, numbers: list[int]) -> str:
    """Return "Level 2 (500 x 350 pixels)", or several levels."""
    names = ", ".join(map(str, numbers))
    sizes = ", ".join(in_pixels(slide.levels[each].size) for each in numbers[:_MOST])
    sizes += ", ..." if len(numbers) > _MOST else ""
    return f"Level{'' if len(numbers) == 1 else 's'} {names} ({sizes} pixels)"


def _are(many: Collection[int]) -> str:
    return "is" if len(many) == 1 else "are"


_LOST_PICTURE: Final = {
    "label": Severity.ERROR,
    "overview": Severity.ERROR,
    "thumbnail": Severity.WARNING,
}


def _about_pictures(a: Slide, b: Slide, levels: LevelMatches) -> Iterator[Finding]:
    for role, image in a.associated.items():
        if role in b.associated:
            continue
        severity = _LOST_PICTURE.get(role, Severity.WARNING)
        size = in_pixels(image.size)
        words = (
            f"The {role} of {called(a, 'a')} ({size} pixels) is missing in "
            f"{called(b, 'b')}"
        )
        level = _level_of_size(b, image.size, levels.only_b)
        other = _picture_of_size(a, b, image.size)
        if level is not None:
            severity = Severity.NOTE
            words += f", where level {level} has its size"
        elif other:
            words += f", whose {other} has its size and may be it"
        yield ID5.finding(
            f"{words}.",
            severity,
            side="a",
            file=image.file,
            found="missing",
            expected=f"{role}, {size}",
        )
    for role, image in b.associated.items():
        if role not in a.associated:
            level = _level_of_size(a, image.size, tuple(stored_levels(a)))
            words = (
                f"{capital(called(b, 'b'))} has a picture called {role} "
                f"({in_pixels(image.size)} pixels) that {called(a, 'a')} has not: "
            )
            added = "the converter added it"
            made = added if level is None else f"it has the size of level {level} there"
            yield ID5.finding(
                f"{words}{made}.",
                Severity.NOTE,
                side="b",
                file=image.file,
                found=f"{role}, {in_pixels(image.size)}",
            )


def _level_of_size(slide: Slide, size: Size, among: tuple[int, ...]) -> int | None:
    fitting = (each for each in among if is_near(slide.levels[each].size, size))
    return next(fitting, None)


def _picture_of_size(a: Slide, b: Slide, size: Size) -> str:
    """Return the role under which a picture that the result lacks may be in it."""
    fitting = (
        role
        for role, image in b.associated.items()
        if image.size == size
        and (role not in a.associated or a.associated[role].size != size)
    )
    return next(fitting, "")


def _about_planes(a: Slide, b: Slide, planes: LayerMatches) -> Iterator[Finding]:
    for side, slide, alone in (("a", a, planes.only_a), ("b", b, planes.only_b)):
        if not alone:
            continue
        other = called(b, "b") if side == "a" else called(a, "a")
        heights = ", ".join(f"{slide.focal_planes[each]:g}" for each in alone[:_MOST])
        heights += ", ..." if len(alone) > _MOST else ""
        yield PLANES.finding(
            f"{counted(len(alone), 'focal plane')} of {file_name(slide)}, at {heights} "
            f"um, {_are(alone)} not in {other}.",
            None if side == "a" else Severity.NOTE,
            side=side,
            found=counted(len(b.focal_planes), "focal plane"),
            expected=counted(len(a.focal_planes), "focal plane"),
        )
    if planes.offset and planes.pairs:
        yield PLANES.finding(
            f"The focal planes of {called(b, 'b')} lie {planes.offset:+g} um from "
            f"where {called(a, 'a')} says; the lowest of both are taken for the same.",
            Severity.NOTE if len(a.focal_planes) == 1 else Severity.WARNING,
            side="b",
            found=f"{min(b.focal_planes):g} um",
            expected=f"{min(a.focal_planes):g} um",
        )


def _about_paths(a: Slide, b: Slide, paths: LayerMatches) -> Iterator[Finding]:
    for side, slide, alone in (("a", a, paths.only_a), ("b", b, paths.only_b)):
        if not alone:
            continue
        other = called(b, "b") if side == "a" else called(a, "a")
        names = ", ".join(
            slide.optical_paths[each].description
            or slide.optical_paths[each].identifier
            or str(each + 1)
            for each in alone[:_MOST]
        )
        names += ", ..." if len(alone) > _MOST else ""
        yield PATHS.finding(
            f"{counted(len(alone), 'optical path')} of {file_name(slide)} ({names}) "
            f"{_are(alone)} not in {other}.",
            None if side == "a" else Severity.NOTE,
            side=side,
            found=counted(len(b.optical_paths), "optical path"),
            expected=counted(len(a.optical_paths), "optical path"),
        )


_MOST: Final = 8
"""Planes and paths that a sentence names."""
