"""`coverslip region`: a rectangle of a level as a PNG."""

from argparse import ArgumentParser, Namespace
from typing import Final

from viewer.commands.output import write_png
from viewer.commands.slides import one_slide, say, srgb_profile
from viewer.slide.correction import Corrections
from viewer.slide.errors import BrokenProfile, SlideError
from viewer.slide.geometry import Size
from viewer.slide.look import Look
from viewer.slide.model import Slide, stored_levels
from viewer.slide.region import Place, optical_path_number, read_region

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
    parser.add_argument("--plane", type=int, default=0, help="focal plane")
    parser.add_argument("--optical-path", metavar="ID", help="identifier or number")
    parser.add_argument(
        "--raw-color", action="store_true", help="leave the ICC profile out"
    )
    parser.add_argument(
        "--strict", action="store_true", help="fail if any tile cannot be read"
    )
    parser.add_argument("-o", "--output", required=True, metavar="OUT.png")


def run(arguments: Namespace) -> int:
    """Write the region; raises SlideError."""
    with one_slide(arguments.path, arguments.slide) as slide:
        number = optical_path_number(slide, arguments.optical_path)
        level = _stored_level(slide, arguments.level)
        look, profile = _look(slide, level, number, raw=arguments.raw_color)
        place = Place(
            level,
            arguments.x,
            arguments.y,
            Size(arguments.width, arguments.height),
            arguments.plane,
        )
        region = read_region(slide, place, look)
        if region.failures:
            _tell_failures(slide, region.failures, strict=arguments.strict)
    write_png(arguments.output, region.pixels, profile)
    return 0


def _stored_level(slide: Slide, wanted: int) -> int:
    levels = stored_levels(slide)
    if not 0 <= wanted < len(levels):
        raise SlideError(
            f"{slide.name}: level {wanted} was asked for, expected 0 to "
            f"{len(levels) - 1}."
        )
    return levels[wanted]


def _look(
    slide: Slide, level: int, number: int, *, raw: bool
) -> tuple[Look, bytes | None]:
    """Return the look, and the profile that the picture's colors then have."""
    path = slide.optical_paths[number]
    as_stored = Look.natural(path, number)
    source = slide.icc_profile(level, number)
    if raw:
        return as_stored, source
    if source is None:
        return as_stored, srgb_profile()
    from viewer.codecs.icc import DirectCorrection

    try:
        correction = DirectCorrection(source)
    except BrokenProfile as error:
        file = slide.levels[level].file
        name = slide.name if file is None else file.name
        say(f"{name}: {error}. Colors are as stored.")
        return as_stored, None
    corrections = Corrections({(level, number): correction})
    return Look.natural(path, number, corrections), srgb_profile()


def _tell_failures(slide: Slide, failures: tuple[str, ...], *, strict: bool) -> None:
    count = len(failures)
    tiles = "1 tile" if count == 1 else f"{count} tiles"
    sentence = f"{slide.name}: {tiles} could not be read; the first: {failures[0]}"
    if strict:
        raise SlideError(sentence)
    say(sentence)
