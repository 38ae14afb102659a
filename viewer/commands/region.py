"""`coverslip region`: a rectangle of a level as a PNG."""

from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from viewer.commands.output import write_png
from viewer.commands.slides import add_personality, one_slide, say, srgb_profile
from viewer.slide.auto_range import auto_ranged
from viewer.slide.channel_set import ChannelSet, Origin, path_name
from viewer.slide.correction import Corrections
from viewer.slide.errors import BrokenProfile, SlideError
from viewer.slide.focus import resting_plane
from viewer.slide.geometry import Size
from viewer.slide.grey_region import read_grey_region
from viewer.slide.look import Look
from viewer.slide.model import ColorReading, Slide, stored_levels
from viewer.slide.region import Place, optical_path_number, read_region

if TYPE_CHECKING:
    from viewer.codecs.icc import DirectCorrection

SUMMARY: Final = "write a rectangle of a level as a PNG"


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("path", metavar="PATH", help="a file or folder")
    for name, words in (
        ("level", "stored level, 0 is the finest"),
        ("x", "left edge in level-0 pixels"),
        ("y", "top edge in level-0 pixels"),
        ("width", "in pixels of the level"),
        ("height", "in pixels of the level"),
    ):
        parser.add_argument(f"--{name}", type=int, required=True, help=words)
    parser.add_argument("--slide", type=int, default=0, help="which slide of PATH")
    parser.add_argument(
        "--plane", type=int, help="focal plane, from 0 (default: the middle one)"
    )
    parser.add_argument(
        "--optical-path",
        metavar="ID[,ID...]",
        action="append",
        help="identifier or number; several add up (default: as in the window)",
    )
    parser.add_argument(
        "--raw-color",
        action="store_true",
        help="leave the ICC profile out; one grey optical path: 16 bits as stored",
    )
    parser.add_argument(
        "--as-declared",
        action="store_true",
        help="believe Photometric Interpretation where the codestream says otherwise",
    )
    parser.add_argument(
        "--strict", action="store_true", help="fail if any tile cannot be read"
    )
    add_personality(parser)
    parser.add_argument("-o", "--output", required=True, metavar="OUT.png")


def run(arguments: Namespace) -> int:
    """Write the region; raises SlideError."""
    with one_slide(arguments.path, arguments.slide, arguments.personality) as slide:
        plane = arguments.plane
        place = Place(
            _stored_level(slide, arguments.level),
            arguments.x,
            arguments.y,
            Size(arguments.width, arguments.height),
            resting_plane(slide.focal_planes) if plane is None else plane,
        )
        paths = _optical_paths(slide, arguments.optical_path)
        if arguments.raw_color and _is_one_grey(slide, paths):
            pixels, failures = read_grey_region(slide, place, paths[0])
            profile = None
        else:
            look, profile = _look(slide, place, paths, arguments)
            region = read_region(slide, place, look)
            pixels, failures = region.pixels, region.failures
        if failures:
            _tell_failures(slide, failures, strict=arguments.strict)
    write_png(arguments.output, pixels, profile)
    return 0


def _optical_paths(slide: Slide, wanted: Sequence[str] | None) -> list[int]:
    """Return the numbers of what was asked for; by default of what shows at first.

    A word may hold several identifiers or numbers with commas between.
    """
    if wanted is None:
        return list(ChannelSet.of(slide.optical_paths).on)
    identifiers = {path.identifier for path in slide.optical_paths}
    found: list[int] = []
    for word in wanted:
        whole = word in identifiers  # an identifier may hold a comma
        parts = [word] if whole else word.split(",")
        found += [optical_path_number(slide, part.strip()) for part in parts]
    return list(dict.fromkeys(found))


def _is_one_grey(slide: Slide, paths: Sequence[int]) -> bool:
    return len(paths) == 1 and slide.optical_paths[paths[0]].grey_range is not None


def _stored_level(slide: Slide, wanted: int) -> int:
    levels = stored_levels(slide)
    if not 0 <= wanted < len(levels):
        raise SlideError(
            f"{slide.name}: level {wanted} was asked for, expected 0 to "
            f"{len(levels) - 1}."
        )
    return levels[wanted]


def _look(
    slide: Slide, place: Place, paths: Sequence[int], arguments: Namespace
) -> tuple[Look, bytes | None]:
    """Return the look, and the profile that the picture's colors then have."""
    channels = ChannelSet.of(slide.optical_paths).showing(set(paths))
    channels = auto_ranged(slide, channels, place.focal_plane)
    _tell_ranges(slide, channels)
    reading = ColorReading.AS_ENCODED
    if arguments.as_declared:
        reading = ColorReading.AS_DECLARED
    look = Look(tuple(paths), channels=channels.channels, color=reading)
    sources = {
        number: icc
        for number in paths
        if slide.optical_paths[number].grey_range is None
        and (icc := slide.icc_profile(place.level, number)) is not None
    }
    if not sources:
        return look, srgb_profile()
    if arguments.raw_color:
        return look, next(iter(sources.values())) if len(paths) == 1 else None
    opened = {n: _correction(slide, place.level, icc) for n, icc in sources.items()}
    corrections = {
        (place.level, number): correction
        for number, correction in opened.items()
        if correction is not None
    }
    whole = len(corrections) == len(sources)
    look = replace(look, corrections=Corrections(corrections))
    return look, srgb_profile() if whole else None


def _correction(slide: Slide, level: int, icc: bytes) -> "DirectCorrection | None":
    """Open a profile; None where it is broken, which is said."""
    from viewer.codecs.icc import DirectCorrection

    try:
        return DirectCorrection(icc)
    except BrokenProfile as error:
        file = slide.levels[level].file
        name = slide.name if file is None else file.name
        say(f"{name}: {error}. Colors are as stored.")
        return None


def _tell_ranges(slide: Slide, channels: ChannelSet) -> None:
    """Say which samples are black and brightest, where the picture itself decided."""
    for number in channels.on:
        state = channels.states[number]
        if state.origin is Origin.AUTO:
            low, high = state.channel.low, state.channel.high
            say(
                f"{slide.name}: optical path {path_name(state.path, number)} is drawn "
                f"from {low:.0f} (black) to {high:.0f}, found in the picture."
            )


def _tell_failures(slide: Slide, failures: tuple[str, ...], *, strict: bool) -> None:
    count = len(failures)
    tiles = "1 tile" if count == 1 else f"{count} tiles"
    sentence = f"{slide.name}: {tiles} could not be read; the first: {failures[0]}"
    if strict:
        raise SlideError(sentence)
    say(sentence)
