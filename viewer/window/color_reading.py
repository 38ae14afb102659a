"""Which slides are shown with colors as declared, remembered one slide at a time."""

from typing import Final

from viewer.slide.model import ColorReading, Slide
from viewer.window.settings import Settings

DECLARED: Final = "color/as-declared"
"""The setting's name."""

MOST: Final = 200
"""Slides that are remembered, the newest of them."""

_DIGITS: Final = 24  # hexadecimal, of a hash; enough to tell any slides apart


class RememberedReadings:
    """Keeps the slides that are shown as declared, by a hash: no name and no path.

    A slide without an identity is remembered as long as it is open. GUI thread.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._open: set[int] = set()  # serials of those without an identity

    def reading(self, slide: Slide) -> ColorReading:
        """Return how the colors of a slide are to be read."""
        known = slide.serial in self._open or _key(slide) in self._kept()
        return ColorReading.AS_DECLARED if known else ColorReading.AS_ENCODED

    def remember(self, slide: Slide, reading: ColorReading) -> None:
        """Keep what the user chose for a slide."""
        declared = reading is ColorReading.AS_DECLARED
        key = _key(slide)
        if not key:
            (self._open.add if declared else self._open.discard)(slide.serial)
            return
        kept = [each for each in self._kept() if each != key]
        if declared:
            kept.append(key)
        self._settings.set_text(DECLARED, " ".join(kept[-MOST:]))

    def _kept(self) -> list[str]:
        return self._settings.text(DECLARED).split()


def _key(slide: Slide) -> str:
    return slide.identity[:_DIGITS]
