"""`coverslip check`: what is wrong with a slide, whoever made it."""

from argparse import ArgumentParser, Namespace, RawDescriptionHelpFormatter
from pathlib import Path
from typing import Any, Final

from viewer.commands.progress import shown_progress
from viewer.commands.reports import (
    add_report_arguments,
    check_report_arguments,
    write_report,
)
from viewer.qa.run import Run

SUMMARY: Final = "say what is wrong with a slide: attributes, scale, color, frames"

_HELP: Final = """\
The verdict is one of

  errors found      the picture, its scale or its place is wrong, or a part is lost
  warnings only     misleading, or against the standard
  nothing found     no rule found more than a note

Of each file up to 200 frames are decoded, spread over it; --all-frames decodes every
frame. Where dciodvfy of dicom3tools is installed, its messages are shown in a section
of their own; they never change the verdict. All slides of a folder are looked at, or
one of them with --slide.

Exit code: 0 no error, 1 errors found, 2 nothing there that could be looked at.

JSON is {"verdict", "reason", "findings": [{rule, severity, message, why, file, level,
tile, tag, found, expected, ...}], "sections": {...}, "evidence": {...}}, of several
slides with "slides", a list of such objects. Keys may come with later versions.
"""


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.formatter_class = RawDescriptionHelpFormatter
    parser.epilog = _HELP
    parser.add_argument("path", metavar="PATH", help="a file, folder or zip archive")
    parser.add_argument(
        "--all-frames", action="store_true", help="decode every frame, not a sample"
    )
    parser.add_argument(
        "--slide", type=int, metavar="K", help="which slide of several, from 0"
    )
    parser.add_argument(
        "--no-dciodvfy", action="store_true", help="do not ask dciodvfy, if it is there"
    )
    add_report_arguments(parser)


def run(arguments: Namespace) -> int:
    """Look and write; 1 where errors were found. Raises SlideError."""
    from viewer.qa.checkup.runner import Verdict
    from viewer.qa.checkup_report import checkup_report
    from viewer.qa.conformance import find_program

    check_report_arguments(arguments)
    with shown_progress() as progress:
        report = checkup_report(
            [Path(arguments.path)],
            Run(None if progress is None else progress.show),
            _given(arguments),
            all_frames=arguments.all_frames,
            only=arguments.slide,
            dciodvfy=None if arguments.no_dciodvfy else find_program(),
        )
    write_report(report, arguments)
    return 1 if report.verdict == Verdict.ERRORS.value else 0


def _given(arguments: Namespace) -> dict[str, Any]:
    """Return the options as given, for the evidence."""
    shown: dict[str, Any] = {
        "all_frames": arguments.all_frames,
        "dciodvfy": not arguments.no_dciodvfy,
    }
    if arguments.slide is not None:
        shown["slide"] = arguments.slide
    return shown
