"""The light of an optical path: its wavelength, and the color grey samples stand for.

PS3.3 C.8.12.5, CID 8122 (Microscopy Illuminator and Sensor Color).
"""

from collections.abc import Mapping, Sequence
from math import isfinite
from typing import Final

from pydicom.dataset import Dataset

from viewer.codecs.lab import srgb_of_stored
from viewer.formats.dicom.absent import is_cielab
from viewer.formats.dicom.facts import floats, items, text, value_of
from viewer.slide.spectrum import spectral_color

Color = tuple[int, int, int]

_NANOMETERS: Final = (100.0, 20_000.0)
"""What a microscope may have to do with."""

_COLORS: Final[Mapping[str, Color]] = {
    "red": (255, 0, 0),
    "green": (0, 255, 0),
    "blue": (0, 0, 255),
    "ultraviolet": (0, 0, 255),
    "infrared": (255, 0, 0),
}
"""As they are seen; there is no color for full spectrum."""

_CODES: Final[Mapping[str, str]] = {
    "371240000": "red",
    "G-A11A": "red",
    "371246006": "green",
    "G-A11E": "green",
    "405738005": "blue",
    "G-A12F": "blue",
    "415770004": "ultraviolet",
    "R-102BF": "ultraviolet",
    "414497003": "infrared",
    "R-102BE": "infrared",
}
"""SNOMED CT, and the codes that were in use before."""


def wavelength_of(item: Dataset) -> float | None:
    """Return the wavelength of the illuminator in nm; None where absent or absurd."""
    return _sane(floats(item, "IlluminationWaveLength"))


def color_of(item: Dataset, *, big_endian: bool = False) -> Color | None:
    """Return the RGB that an optical path wants its grey samples drawn in.

    Its palette's brightest color, else the recommended color, else that of the sensor,
    of the filter before it, or of the illuminator. None where the file says nothing of
    it but perhaps a wavelength of the illuminator, which dyes turn into another.
    """
    found = _of_palette(item, big_endian=big_endian) or _recommended(item)
    found = found or _of_codes(items(item, "ChannelDescriptionCodeSequence"))
    nanometers = _sane(floats(item, "ImagePathFilterPassThroughWavelength"))
    if found is None and nanometers is not None:
        return spectral_color(nanometers)
    return found or _of_codes(items(item, "IlluminationColorCodeSequence"))


def _sane(values: Sequence[float]) -> float | None:
    low, high = _NANOMETERS
    return values[0] if values and low <= values[0] <= high else None


def _of_palette(item: Dataset, *, big_endian: bool) -> Color | None:
    """Return the brightest color of the path's palette (PS3.3 C.7.6.3.1.5)."""
    for palette in items(item, "PaletteColorLookupTableSequence"):
        red, green, blue = (
            _lane(palette, name, big_endian=big_endian)
            for name in ("Red", "Green", "Blue")
        )
        colors = zip(red, green, blue, strict=False)
        brightest = max(colors, key=sum, default=(0, 0, 0))
        if any(brightest):
            return brightest
    return None


def _lane(palette: Dataset, name: str, *, big_endian: bool) -> Sequence[int]:
    """Return one color's values as 8 bits; none where they cannot be read."""
    descriptor = floats(palette, f"{name}PaletteColorLookupTableDescriptor")
    data = value_of(palette, f"{name}PaletteColorLookupTableData")
    if len(descriptor) != 3 or not isinstance(data, bytes):
        return b""
    if not isfinite(descriptor[0]):
        return b""
    count = int(descriptor[0]) & 0xFFFF or 1 << 16  # 0 stands for 65,536
    if len(data) < 2 * count:
        return data[:count]
    words = data[: 2 * count]
    upper, lower = words[1 - big_endian :: 2], words[int(big_endian) :: 2]
    return upper if any(upper) else lower  # as some write values of 8 bits


def _recommended(item: Dataset) -> Color | None:
    values = floats(item, "RecommendedDisplayCIELabValue")
    if not is_cielab(values):
        return None
    color = srgb_of_stored([int(each) for each in values])
    return color if any(color) else None


def _of_codes(codes: Sequence[Dataset]) -> Color | None:
    for code in codes:
        name = _CODES.get(text(code, "CodeValue")) or text(code, "CodeMeaning").lower()
        if name in _COLORS:
            return _COLORS[name]
    return None
