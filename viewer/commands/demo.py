"""`coverslip demo`: open the slide that the program draws itself, or write it."""

from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import Final

SUMMARY: Final = "open, or write, a slide that the program draws itself"


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument(
        "--write", metavar="FOLDER", help="write the slide there, open no window"
    )


def run(arguments: Namespace) -> int:
    """Write the demo slide; opening it is the program's entry's part."""
    from viewer.demo import demo_slide

    folder = demo_slide(Path(arguments.write))
    print(folder)
    return 0
