"""Opening slides, as every command does it."""

import sys
from argparse import ArgumentParser
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from viewer.commands.progress import shown_progress
from viewer.formats import Opened, OpenOptions, open_slides
from viewer.slide.errors import SlideError
from viewer.slide.model import Personality, Slide


def add_personality(parser: ArgumentParser) -> None:
    """Declare the side from which files that are DICOM and TIFF are opened."""
    parser.add_argument(
        "--personality",
        choices=("dicom", "tiff"),
        help="which side of files that are DICOM and TIFF at once (default: dicom)",
    )


@contextmanager
def opened(
    paths: Sequence[str], personality: Personality | None = None
) -> Generator[Opened]:
    """Open the slides of all paths and close them again; raises SlideError.

    A terminal on standard error is told how far it is, a file or pipe is not.
    """
    with shown_progress() as progress:
        tell = None if progress is None else partial(progress.show, "Opening")
        found = open_slides(paths, OpenOptions(tell, personality=personality))
    try:
        yield found
    finally:
        for slide in found.slides:
            slide.close()


@contextmanager
def one_slide(
    path: str, number: int = 0, personality: Personality | None = None
) -> Generator[Slide]:
    """Open one of the slides of a path, counted from 0; raises SlideError."""
    with opened([path], personality) as found:
        if not 0 <= number < len(found.slides):
            raise SlideError(
                f"{Path(path).name}: slide {number} was asked for, expected 0 to "
                f"{len(found.slides) - 1}."
            )
        yield found.slides[number]


def srgb_profile() -> bytes:
    """Return the sRGB profile that pictures for the screen carry."""
    from PIL import ImageCms

    # Pillow's hints leave its compiled part, and so this result, unknown.
    srgb = ImageCms.createProfile("sRGB")  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
    return ImageCms.ImageCmsProfile(srgb).tobytes()  # pyright: ignore[reportUnknownArgumentType]


def say(sentence: str) -> None:
    """Tell the user something that is not the result."""
    print(sentence, file=sys.stderr)
