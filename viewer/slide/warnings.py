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
        "level-padded": "a level is padded to whole tiles; the padding is cut off",
        "level-origin": "a level lies elsewhere on the slide than the base level",
        "duplicate-uid": "one SOP Instance UID, two different files",
        "image-type": "Image Type is missing or unusual",
        "frame-of-reference": "levels with different Frame of Reference UIDs",
        "focal-planes": "focal planes are missing in a level, or at unknown heights",
        "optical-paths": "an optical path is not stored in every level",
        "orientation": "a picture is mirrored, or turned against the base level",
        "concatenation": "a concatenation is incomplete or inconsistent",
        "planes-guessed": "pages of one size are taken for focal planes",
        "planes-missing": "planes of the image are not in this file or not shown",
        "level-refused": "a level cannot be opened and is missing",
        "missing-file": "a file that belongs to the slide is missing",
        "image-refused": "a label, overview or thumbnail cannot be shown",
        # scale
        "no-spacing": "no Pixel Spacing: the scale is unknown",
        "spacing-ratio": "Pixel Spacing of a level does not follow from its size",
        "spacing-range": "Pixel Spacing is outside what a microscope does",
        "spacing-anisotropic": "Pixel Spacing differs between x and y",
        "spacing-axes": "Pixel Spacing mixes up x and y: the scale is unknown",
        "spacing-repeated": "all levels repeat one Pixel Spacing",
        "spacing-stand-in": "the scale is one that converters make up",
        "imaged-volume": "the imaged volume's size contradicts the Pixel Spacing",
        "objective": "the objective contradicts the Pixel Spacing",
        # frames
        "frame-count": "Number of Frames does not fit the tiling",
        "offset-table": "an offset table was wrong; the items were walked instead",
        "fragments-guessed": "frames cut into fragments without a table",
        "fragment-count": "fewer fragments than frames",
        "truncated": "the file ends before its pixel data does",
        "trailing-bytes": "what follows the pixel data is no attribute",
        "tile-position": "a frame lies off the tile grid or outside the matrix",
        "slow-header": "per-frame items of an unusual form, read slowly",
        # color and pixels
        "color-label": "Photometric Interpretation and codestream disagree",
        "color-guessed": "the color of the samples had to be guessed",
        "icc-broken": "an ICC profile is damaged; colors may be as stored",
        "icc-class": "an ICC profile is not that of an input device",
        "broken-frame": "a frame cannot be shown",
        "damaged-frame": "a frame was decoded in spite of damage",
        "transfer-syntax": "the codestream is not what the Transfer Syntax says",
        "pixel-format": "the codestream's precision differs from the attributes",
        "boxed-codestream": "a JP2 file stands where a bare codestream is due",
        "color-depth": "color samples of more than 8 bits are shown with 8",
        # the file around it
        "tiff-side": "the TIFF side of a dual-personality file is stale or damaged",
        "preamble": "the preamble is missing or starts like another kind of file",
        "file-meta": "File Meta Information is missing or wrong",
        "missing": "an attribute that a slide must have is missing",
        "metadata": "an attribute could not be read, or is not as it should be",
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
