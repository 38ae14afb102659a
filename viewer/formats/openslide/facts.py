"""What OpenSlide's properties say of a slide, as the viewer's plain values.

The names of properties are OpenSlide's (openslide.org/properties and the page of each
format); values are text and may be anything.
"""

import base64
import binascii
from collections.abc import Mapping
from math import isfinite
from pathlib import Path
from typing import Final

from viewer.slide.geometry import Spacing
from viewer.slide.scale import SCAN_MICROMETERS
from viewer.slide.warnings import SlideWarning

Properties = Mapping[str, str]


def spacing_of(
    properties: Properties, path: Path, warnings: list[SlideWarning]
) -> Spacing | None:
    """Return the finest level's spacing in mm; None where it is unknown or absurd."""
    found = [_number(properties, f"openslide.mpp-{axis}") for axis in "xy"]
    x, y = found
    if x is None or y is None:
        sentence = "says nothing of its scale (openslide.mpp-x and -y are missing)"
        warnings.append(SlideWarning("no-spacing", f"{path.name}: {sentence}.", path))
        return None
    low, high = SCAN_MICROMETERS
    if not low <= x <= high or not low <= y <= high:
        sentence = (
            f"{path.name}: a pixel has {x:g} x {y:g} micrometers, expected {low:g} to"
            f" {high:g}; the scale is unknown."
        )
        warnings.append(SlideWarning("spacing-range", sentence, path))
        return None
    return Spacing(x / 1000, y / 1000)


def objective_of(properties: Properties) -> float | None:
    """Return the magnification of the lens, where it is a sensible number."""
    return _number(properties, "openslide.objective-power")


def absent_color(properties: Properties) -> tuple[int, int, int]:
    """Return the RGB color of what was not scanned; white where nothing is said."""
    written = properties.get("openslide.background-color", "")
    try:
        value = bytes.fromhex(written)
    except ValueError:
        value = b""
    return (value[0], value[1], value[2]) if len(value) == 3 else (255, 255, 255)


def scanner_of(properties: Properties) -> str:
    """Return manufacturer and model, as far as they are known."""
    found = [
        next((text for text in map(properties.get, names) if text), "").strip()
        for names in (_MAKERS, _MODELS)
    ]
    maker = found[0] or vendor_name(properties)
    return " ".join(part for part in (maker, found[1]) if part)


def vendor_name(properties: Properties) -> str:
    """Return whose format it is, as the vendor writes it."""
    vendor = properties.get("openslide.vendor", "")
    return _VENDORS.get(vendor, vendor)


def label_texts(properties: Properties) -> tuple[tuple[str, str], ...]:
    """Return what the label says in properties."""
    found = ((words, properties.get(name, "").strip()) for name, words in _LABELS)
    texts = [(words, text) for words, text in found if text]
    coded = properties.get("philips.PIM_DP_UFS_BARCODE", "")
    try:  # Philips writes it in Base64
        barcode = base64.b64decode(coded, validate=True).decode("utf-8")
    except (binascii.Error, ValueError):
        barcode = coded
    return (*texts, *([("Barcode", barcode)] if barcode.strip() else []))


_MAKERS: Final = ("tiff.Make", "philips.DICOM_MANUFACTURER")
_MODELS: Final = (
    "tiff.Model",
    "leica.device-model",
    "hamamatsu.Product",
    "philips.DICOM_MANUFACTURERS_MODEL_NAME",
    "ventana.ScannerModel",
    "mirax.GENERAL.SLIDE_SCANNER_TYPE",
    "zeiss.Information.Instrument.Microscopes.Microscope.System",
)
_VENDORS: Final = {
    "hamamatsu": "Hamamatsu",
    "leica": "Leica",
    "mirax": "3DHISTECH",
    "philips": "Philips",
    "sakura": "Sakura",
    "trestle": "Trestle",
    "ventana": "Ventana",
    "zeiss": "Zeiss",
}
_LABELS: Final = (
    ("leica.barcode", "Barcode"),
    ("ventana.Barcode1D", "Barcode"),
    ("ventana.Barcode2D", "Barcode"),
    ("ventana.LabelText", "Label text"),
    ("mirax.GENERAL.SLIDE_NAME", "Slide name"),
)


def _number(properties: Properties, name: str) -> float | None:
    """Return a positive number; OpenSlide writes them with a point."""
    try:
        value = float(properties.get(name, ""))
    except ValueError:
        return None
    return value if isfinite(value) and value > 0 else None
