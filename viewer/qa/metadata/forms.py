"""How one thing that formats write in their own ways is brought into one form."""

from typing import Final

from viewer.formats.dicom.placing import STAND_INS
from viewer.qa.metadata.tree import numbers_in


def micrometers(row_and_column: str) -> str:
    """Return Pixel Spacing, in mm, as micrometers along x."""
    numbers = numbers_in(row_and_column)
    return f"{numbers[-1] * 1000:.6g}" if numbers else ""


def ome_length(value_and_unit: str) -> str:
    """Return a length as micrometers, which is what it is in without a unit."""
    value, _, unit = value_and_unit.partition(" ")
    numbers, scale = numbers_in(value), _MICROMETERS.get(unit)
    return f"{numbers[0] * scale:.6g}" if numbers and scale else ""


def resolution(value_and_unit: str) -> str:
    """Return "20040/1 3 (centimeter)", pixels a unit, as micrometers a pixel."""
    value, _, unit = value_and_unit.partition(" ")
    above, _, below = value.partition("/")
    numbers = numbers_in(f"{above}\\{below or 1}")
    length = next((um for word, um in _UNITS.items() if word in unit), None)
    if length is None or not numbers or numbers[0] <= 0:
        return ""
    return f"{length * numbers[1] / numbers[0]:.6g}"


def yes_or_no(code: str) -> str:
    """Return what Lossy Image Compression (0028,2110) says."""
    return {"01": "yes", "00": "no"}.get(code, code)


def lens(value: str) -> str:
    """Return a magnification without its "x"."""
    return value.strip().lower().removesuffix("x").strip()


def measured(origin: str) -> str:
    """Return x and y, nothing where they are what converters write for unknown."""
    try:
        x, y = (float(each) for each in origin.split())
    except ValueError:
        return ""
    return "" if (x, y) in STAND_INS else f"{x:.9g} {y:.9g}"


_MICROMETERS: Final = {"": 1.0, "µm": 1.0, "μm": 1.0, "um": 1.0, "mm": 1e3, "nm": 1e-3}
_UNITS: Final = {"centimeter": 1e4, "inch": 25400.0}
