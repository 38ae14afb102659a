"""What coded values mean in plain words: dates, UIDs, tags and enumerated terms."""

import re
from collections.abc import Callable
from typing import Final

from pydicom.uid import UID

from viewer.formats.dicom.lexicon import keyword_of
from viewer.formats.dicom.values import Value


def meaning_of(value: Value, vr: str, keyword: str) -> str:
    """Return what a value means; empty where it says so itself. Never raises."""
    text = str(value)
    term = _TERMS.get(keyword, {}).get(text, "")
    kind = _KINDS.get(vr)
    return term or (kind(text) if kind else "")


def _date(text: str) -> str:
    found = _DATE.fullmatch(text)
    return "-".join(found.groups()) if found else ""


def _time(text: str) -> str:
    found = _TIME.fullmatch(text)
    if not found:
        return ""
    return ":".join(each for each in found.groups()[:3] if each) + (found[4] or "")


def _date_time(text: str) -> str:
    found = _DATE_TIME.fullmatch(text)
    if not found:
        return ""
    time = _time(found[2]) if found[2] else ""
    zone = f"{found[3][:3]}:{found[3][3:]}" if found[3] else ""
    return " ".join(part for part in (_date(found[1]), time, zone) if part)


def _uid(text: str) -> str:
    try:
        name = str(UID(text, 0).name)
    except Exception:  # noqa: BLE001  pydicom raises what an odd UID made it meet
        return ""
    return "" if name == text else name


def _tag(text: str) -> str:
    return keyword_of(int(text))


_DATE: Final = re.compile(r"(\d{4})\.?(\d\d)\.?(\d\d)", re.ASCII)
_TIME: Final = re.compile(r"(\d\d):?(\d\d):?(\d\d)?(\.\d{1,6})?", re.ASCII)
_DATE_TIME: Final = re.compile(
    r"(\d{8})(\d{4}(?:\d\d(?:\.\d{1,6})?)?)?([+-]\d{4})?", re.ASCII
)
_KINDS: Final[dict[str, Callable[[str], str]]] = {
    "AT": _tag,
    "DA": _date,
    "DT": _date_time,
    "TM": _time,
    "UI": _uid,
}
_COMPRESSIONS: Final = {
    "ISO_10918_1": "JPEG",
    "ISO_14495_1": "JPEG-LS near-lossless",
    "ISO_15444_1": "JPEG 2000",
    "ISO_15444_15": "High-Throughput JPEG 2000",
    "ISO_18181_1": "JPEG XL",
}
_TERMS: Final[dict[str, dict[str, str]]] = {
    "DimensionOrganizationType": {
        "TILED_FULL": "every tile is there, in order",
        "TILED_SPARSE": "each tile says where it lies",
    },
    "LossyImageCompression": {"00": "never", "01": "at least once"},
    "LossyImageCompressionMethod": _COMPRESSIONS,
    "Modality": {
        "ANN": "Annotation",
        "CT": "Computed Tomography",
        "M3D": "Model for 3D Manufacturing",
        "MR": "Magnetic Resonance",
        "OT": "Other",
        "PR": "Presentation State",
        "SEG": "Segmentation",
        "SM": "Slide Microscopy",
        "SR": "Structured Report",
        "US": "Ultrasound",
        "XC": "External-camera Photography",
    },
    "PatientSex": {"F": "female", "M": "male", "O": "other"},
    "PhotometricInterpretation": {
        "MONOCHROME1": "grey, low values are bright",
        "MONOCHROME2": "grey, high values are bright",
        "PALETTE COLOR": "colors of a table",
        "RGB": "red, green and blue",
        "YBR_FULL": "luminance and color differences",
        "YBR_FULL_422": "luminance and color differences, at half width",
        "YBR_ICT": "luminance and color differences of lossy JPEG 2000",
        "YBR_PARTIAL_420": "luminance and color differences of video",
        "YBR_RCT": "luminance and color differences of lossless JPEG 2000",
    },
    "PixelRepresentation": {"0": "unsigned", "1": "signed"},
    "PlanarConfiguration": {"0": "color by pixel", "1": "color by plane"},
}
