"""The color of what was not scanned."""

from collections.abc import Collection, Sequence
from typing import Final

from viewer.codecs.lab import srgb_of_stored

WHITE: Final = (255, 255, 255)
BLACK: Final = (0, 0, 0)
_LIGHTEST: Final = 65535  # L* 100; no other color is as light

_DARK: Final = frozenset(
    {
        "111743",  # Epifluorescence illumination
        "111749",  # Total internal reflection fluorescence
        "111745",  # Darkfield illumination
        "C-171C5",
    }
)
_BRIGHT: Final = frozenset(
    {
        "111741",  # Transmission illumination
        "111744",  # Brightfield illumination
    }
)


def absent_color(
    recommended: Sequence[float], light: Collection[str], *, is_color: bool
) -> tuple[int, int, int]:
    """Return the RGB color of what was not scanned, on the display.

    `recommended` is Recommended Absent Pixel CIELab Value (PS3.3 C.8.12.4), taken where
    it holds three numbers of 16 bits; `light` the Illumination Type codes of the
    optical path (CID 8123): white where it shines through, black in fluorescence. Grey
    samples without a word on the light are taken for fluorescence. What is as light as
    white is white: PixelMed writes a* and b* of zero as 0, which stands for -128.
    """
    if is_cielab(recommended):
        if recommended[0] == _LIGHTEST:
            return WHITE
        return srgb_of_stored([int(each) for each in recommended])
    if not _DARK.isdisjoint(light):
        return BLACK
    if not _BRIGHT.isdisjoint(light):
        return WHITE
    return WHITE if is_color else BLACK


def is_cielab(values: Sequence[float]) -> bool:
    """Whether numbers are a CIELab value as DICOM stores it (PS3.3 C.10.7.1.1)."""
    return len(values) == 3 and all(0 <= each <= 65535 for each in values)
