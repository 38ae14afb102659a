"""Opening slides, as every command does it."""

import sys
import time
from argparse import ArgumentParser
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final, TextIO, cast

from viewer.formats import Opened, OpenOptions, open_slides
from viewer.slide.errors import SlideError
from viewer.slide.model import Personality, Slide

PATIENCE_SECONDS: Final = 1.0
"""How long opening may take before a terminal is told how far it is."""


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
    progress = OpeningProgress()
    shown = progress.show if _is_watched() else None
    try:
        found = open_slides(paths, OpenOptions(shown, personality=personality))
    finally:
        progress.clear()
    try:
        yield found
    finally:
        for slide in found.slides:
            slide.close()


class OpeningProgress:
    """One line of standard error, written over as opening goes on.

    Invariant: the line is there or empty; what follows begins at its start.
    """

    def __init__(self) -> None:
        """Begin to wait; nothing is written yet."""
        self._next = time.monotonic() + PATIENCE_SECONDS
        self._length = 0

    def show(self, done: int, known: int) -> None:
        """Say which part is done, several times a second at most."""
        now = time.monotonic()
        if now < self._next:
            return
        self._next = now + 0.2
        words = f"Opening: {min(100, 100 * done // max(1, known))} %"
        self._length = max(self._length, len(words))
        print(f"\r{words:<{self._length}}", end="", file=sys.stderr, flush=True)

    def clear(self) -> None:
        """Take the line away; any number of times."""
        if self._length:
            print(f"\r{'':<{self._length}}\r", end="", file=sys.stderr, flush=True)
            self._length = 0


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


def _is_watched() -> bool:
    stream = cast("TextIO | None", sys.stderr)  # None where the caller closed it
    return stream is not None and stream.isatty()


def srgb_profile() -> bytes:
    """Return the sRGB profile that pictures for the screen carry."""
    from PIL import ImageCms

    # Pillow's hints leave its compiled part, and so this result, unknown.
    srgb = ImageCms.createProfile("sRGB")  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
    return ImageCms.ImageCmsProfile(srgb).tobytes()  # pyright: ignore[reportUnknownArgumentType]


def say(sentence: str) -> None:
    """Tell the user something that is not the result."""
    print(sentence, file=sys.stderr)
