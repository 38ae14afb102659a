"""The palette of an optical path whose samples are grey (PS3.3 C.8.12.5, C.7.9)."""

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset

from viewer.codecs import FrameFormat
from viewer.formats.dicom.facts import items
from viewer.formats.dicom.palette import palette_in
from viewer.slide.grey_palette import GreyPalette


def palette_of(
    item: Dataset, frame: FrameFormat, *, big_endian: bool
) -> GreyPalette | None:
    """Return the colors of samples as they are decoded; ValueError where it is damaged.

    None where the path has none, or only shades of one color: those are drawn in any
    range, see `viewer.formats.dicom.light`.
    """
    holders = items(item, "PaletteColorLookupTableSequence")
    if not holders:
        return None
    stored = palette_in(holders[0], signed=frame.signed, big_endian=big_endian)
    bgrx = np.frombuffer(stored.colors, np.uint8).reshape(-1, 4)
    first, rgb = stored.first, bgrx[:, 2::-1]
    if frame.signed:  # see viewer.codecs.raw: they are moved up to begin at 0
        first += 1 << frame.bits_stored - 1
    if frame.photometric == "MONOCHROME1":  # and turned over, the table too
        first, rgb = (1 << frame.bits_stored) - first - len(rgb), rgb[::-1]
    if len(rgb) == 1 or _are_shades(rgb):
        return None
    return GreyPalette(first, rgb.tobytes())


def _are_shades(rgb: NDArray[np.uint8]) -> bool:
    """Whether colors go evenly from black to the last one, within a value."""
    even = np.linspace(0.0, 1.0, len(rgb))[:, None] * rgb[-1]
    return bool((np.abs(rgb - even) <= 1).all())
