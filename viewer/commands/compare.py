"""`coverslip compare`: whether a conversion is right, with a verdict and its proof."""

from argparse import ArgumentParser, Namespace, RawDescriptionHelpFormatter
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from viewer.commands.progress import shown_progress
from viewer.commands.reports import (
    add_report_arguments,
    check_report_arguments,
    write_report,
)
from viewer.commands.slides import opened
from viewer.qa.comparing import CompareOptions, Pixels, Sameness, Tolerance
from viewer.qa.run import Run
from viewer.slide.errors import SlideError
from viewer.slide.model import Personality, Slide

if TYPE_CHECKING:
    from viewer.qa.report.report import Report

SUMMARY: Final = "say whether a converted slide is the same as its source"

_HELP: Final = """\
A is the source, B the result. The verdict is one of

  identical bits                    every frame is the same codestream
  identical pixels                  in the tiles looked at; the codestreams differ
  same within the tolerance given   --tolerance says what is near enough
  different                         something is lost or wrong in B, and what

Exit code: 0 same, in whichever sense; 1 different; 2 could not compare. What B has in
addition, such as levels or a profile, is told and makes no difference.

--tolerance is the largest difference of a sample, of 255, or a list of limits:

  max=N        the largest difference of any sample
  mean=N       the mean difference
  psnr=N       decibels, at least
  ssim=N       structural similarity of each tile, at least, 0 to 1
  identical=N  share of pixels that are identical, at least, 0 to 1

With --batch A and B are folders. Their slides are paired by the names of their files
or folders, then by Container Identifier; one without a partner makes a difference.

JSON is {"verdict", "reason", "findings": [{rule, severity, message, why, file, level,
tile, tag, found, expected, ...}], "sections": {...}, "evidence": {...}}, of a batch
with "pairs", a list of such objects. Keys may come with later versions.
"""


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.formatter_class = RawDescriptionHelpFormatter
    parser.epilog = _HELP
    parser.add_argument("a", metavar="A", help="the source: a file or folder")
    parser.add_argument("b", metavar="B", help="the result: a file or folder")
    parser.add_argument(
        "--batch", action="store_true", help="compare all slides of two folders"
    )
    how = parser.add_mutually_exclusive_group()
    how.add_argument(
        "--bits-only", action="store_true", help="decode nothing: are the bits the same"
    )
    how.add_argument(
        "--pixels",
        choices=("sample", "all"),
        default="sample",
        help="how many tiles to decode (default: sample)",
    )
    parser.add_argument(
        "--sample",
        type=int,
        default=CompareOptions().sample,
        metavar="N",
        help="tiles of a level that a sample has at most (default: %(default)s)",
    )
    parser.add_argument(
        "--tolerance", default="", metavar="LIMITS", help="what may differ, see below"
    )
    for side in ("a", "b"):
        name = side.upper()
        parser.add_argument(
            f"--slide-{side}", type=int, metavar="K", help=f"which slide of {name}"
        )
    for side in ("a", "b"):
        name = side.upper()
        parser.add_argument(
            f"--personality-{side}",
            choices=("dicom", "tiff"),
            help=f"which side of {name} where it is DICOM and TIFF at once",
        )
    add_report_arguments(parser)


def run(arguments: Namespace) -> int:
    """Compare and write; 0 same, 1 different. Raises SlideError."""
    options = _options(arguments)
    check_report_arguments(arguments)
    if arguments.batch:
        from viewer.commands.batch import compared_folders

        report = compared_folders(arguments, options, _given(arguments))
    else:
        report = _compared(arguments, options)
    write_report(report, arguments)
    return 0 if report.verdict in _SAME else 1


_SAME: Final = {each.value for each in Sameness if each is not Sameness.DIFFERENT}


def _options(arguments: Namespace) -> CompareOptions:
    chosen = {"--slide-a": arguments.slide_a, "--slide-b": arguments.slide_b}
    for name, number in chosen.items():
        if arguments.batch and number is not None:
            raise SlideError(f"{name} {number}: --batch compares all slides.")
    if arguments.sample < 1:
        raise SlideError(f"--sample {arguments.sample}: expected 1 or more.")
    pixels = Pixels.NONE if arguments.bits_only else Pixels(arguments.pixels)
    text = arguments.tolerance
    tolerance = Tolerance.parsed(text) if text else Tolerance()
    if tolerance.is_given and pixels is Pixels.NONE:
        raise SlideError(
            f"--tolerance {text}: it is about pixels, which --bits-only leaves out."
        )
    return CompareOptions(pixels, tolerance, arguments.sample)


def _compared(arguments: Namespace, options: CompareOptions) -> "Report":
    from viewer.qa.comparison_report import comparison_report

    with ExitStack() as stack:
        a = stack.enter_context(
            _one(arguments.a, "a", arguments.slide_a, arguments.personality_a)
        )
        b = stack.enter_context(
            _one(arguments.b, "b", arguments.slide_b, arguments.personality_b)
        )
        progress = stack.enter_context(shown_progress())
        run = Run(None if progress is None else progress.show)
        return comparison_report(a, b, options, run, _given(arguments))


def _given(arguments: Namespace) -> dict[str, Any]:
    """Return the options as given, for the evidence."""
    named = vars(arguments)
    shown = {name: named[name] for name in _TOLD if named[name] not in (None, "")}
    if arguments.bits_only:
        return {**shown, "pixels": "none"}
    return shown


_TOLD: Final = (
    "pixels",
    "sample",
    "tolerance",
    "slide_a",
    "slide_b",
    "personality_a",
    "personality_b",
)


@contextmanager
def _one(
    path: str, side: str, number: int | None, personality: Personality | None
) -> Generator[Slide]:
    with opened([path], personality) as found:
        slides = found.slides
        if number is None and len(slides) > 1:
            raise SlideError(_several(path, side, slides))
        number = number or 0
        if not 0 <= number < len(slides):
            raise SlideError(
                f"{Path(path).name}: slide {number} was asked for, expected 0 to "
                f"{len(slides) - 1}."
            )
        yield slides[number]


def _several(path: str, side: str, slides: tuple[Slide, ...]) -> str:
    shown = [f"{number}: {slide.name}" for number, slide in enumerate(slides[:20])]
    more = f"; and {len(slides) - 20} more" if len(slides) > 20 else ""
    return (
        f"{Path(path).name or path} holds {len(slides)} slides; --slide-{side} K "
        f"chooses one of them: {'; '.join(shown)}{more}."
    )
