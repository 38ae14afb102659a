"""Oddities that a slide was shown in spite of, as values: a code and a sentence."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

CODES: Final[Mapping[str, str]] = MappingProxyType(
    {
        # how a slide is put together
        "no-volume": "no VOLUME image; the largest image stands in for it",
        "same-size-levels": "two different images claim the same level",
        "level-shape": "an image's shape does not fit the pyramid",
        "level-origin": "a level lies elsewhere on the slide than the base level",
        "duplicate-uid": "one SOP Instance UID, two different files",
        "image-type": "Image Type is missing or unusual",
        "frame-of-reference": "levels with different Frame of Reference UIDs",
        "concatenation": "a concatenation is incomplete or inconsistent",
        "level-refused": "a level cannot be opened and is missing",
        "image-refused": "a label, overview or thumbnail cannot be shown",
        # scale
        "no-spacing": "no Pixel Spacing: the scale is unknown",
        "spacing-ratio": "Pixel Spacing of a level does not follow from its size",
        "spacing-range": "Pixel Spacing is outside what a microscope does",
        "spacing-anisotropic": "Pixel Spacing differs between x and y",
        "objective": "the objective contradicts the Pixel Spacing",
        # frames
        "frame-count": "Number of Frames does not fit the tiling",
        "offset-table": "an offset table was wrong; the items were walked instead",
        "fragments-guessed": "frames cut into fragments without a table",
        "fragment-count": "fewer fragments than frames",
        "truncated": "the file ends before its pixel data does",
        "tile-position": "a frame lies off the tile grid or outside the matrix",
        "slow-header": "per-frame items of an unusual form, read slowly",
        # color and pixels
        "color-label": "Photometric Interpretation and codestream disagree",
        "color-guessed": "the color of the samples had to be guessed",
        "broken-frame": "a frame cannot be shown",
        "damaged-frame": "a frame was decoded in spite of damage",
        "transfer-syntax": "the codestream is not what the Transfer Syntax says",
        "pixel-format": "the codestream's precision differs from the attributes",
        # the file around it
        "tiff-side": "the TIFF side of a dual-personality file is stale or damaged",
        "preamble": "the preamble starts like another kind of file",
        "metadata": "an attribute could not be read",
    }
)


@dataclass(frozen=True, slots=True)
class SlideWarning:
    """One oddity: `code` is a key of CODES, `message` a whole sentence."""

    code: str
    message: str
    file: Path | None = None

    def __post_init__(self) -> None:
        """Refuse a code that the table does not know."""
        if self.code not in CODES:
            raise ValueError(f"unknown warning code {self.code!r}")
