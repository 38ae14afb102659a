"""Whole numbers that a picture needs, out of values that are not as they should be.

Converters write them with another VR, another length, as decimals or twice. What is
meant can often be told; then the data set gets the number, and the user a sentence.
"""

from typing import Any, Final

from pydicom.datadict import dictionary_VR
from pydicom.dataset import Dataset
from pydicom.tag import Tag

from viewer.formats.dicom.facts import raw_of, text, value_of
from viewer.formats.dicom.lexicon import name_of

NEEDED: Final = (
    "Rows",
    "Columns",
    "TotalPixelMatrixColumns",
    "TotalPixelMatrixRows",
    "NumberOfFrames",
    "SamplesPerPixel",
    "BitsAllocated",
    "BitsStored",
    "HighBit",
    "PixelRepresentation",
    "PlanarConfiguration",
    "TotalPixelMatrixFocalPlanes",
    "InConcatenationNumber",
    "ConcatenationFrameOffsetNumber",
)
"""Keywords of what is looked at."""


def set_right(dataset: Dataset) -> list[str]:
    """Replace odd values in the data set by the numbers meant; return a clause on each.

    What is no number at all is taken out, so that it counts as missing. Never raises.
    """
    clauses: list[str] = []
    for keyword in NEEDED:
        if keyword not in dataset or _is_number(text(dataset, keyword)):
            continue
        found, meant = _shown(dataset, keyword), _meant(dataset, keyword)
        name = name_of(Tag(keyword), "")
        if meant is None:
            if found:
                clauses.append(f"{name} is {found}, expected a number")
            del dataset[Tag(keyword)]
        else:
            clauses.append(f"{name} is {found}, taken for {meant}")
            dataset.add_new(Tag(keyword), dictionary_VR(keyword), meant)
    return clauses


_LONGEST: Final = 8  # bytes of a binary number
_NUMBER_VRS: Final = frozenset(
    ("FD", "FL", "OB", "OW", "SL", "SS", "SV", "UL", "UN", "US", "UV")
)


def _is_number(found: str) -> bool:
    return found.removeprefix("-").isdecimal() and found.isascii()


def _meant(dataset: Dataset, keyword: str) -> int | None:
    value = value_of(dataset, keyword)
    if value is None or isinstance(value, bytes):
        return _from_bytes(dataset, keyword)
    values = [value] if isinstance(value, str | int | float) else list(value)
    numbers = (
        {_whole(each) for each in values} - {0}
        if len(values) > 1
        else {_whole(each) for each in values}
    )
    return numbers.pop() if len(numbers) == 1 else None


def _whole(value: Any) -> int | None:
    """Return a number like 256 or 256.0, whichever way it is written."""
    try:
        number = float(str(value).strip(" \0"))
        return int(number) if number == int(number) and abs(number) < 2**31 else None
    except (ValueError, OverflowError):
        return None


def _from_bytes(dataset: Dataset, keyword: str) -> int | None:
    """Read what pydicom could not convert: text, or a number of another length."""
    raw = raw_of(dataset, keyword)
    if raw is None:
        return None
    data, vr, little = raw
    number = _whole(data.decode("latin-1")) if data.isascii() else None
    if number is not None or vr not in _NUMBER_VRS:
        return number
    if not 1 <= len(data) <= _LONGEST:
        return None
    number = int.from_bytes(data, "little" if little else "big")
    return number if number < 2**31 else None


def _shown(dataset: Dataset, keyword: str) -> str:
    raw = raw_of(dataset, keyword)
    if raw is None or (value_of(dataset, keyword) is not None and raw.vr != "UN"):
        found = text(dataset, keyword)
    elif raw.value.isascii() and raw.value.decode().isprintable():
        found = raw.value.decode().strip()
    else:
        found = f"{raw.value[:_LONGEST].hex(' ')} ({raw.vr} of {len(raw.value)} bytes)"
    return found if len(found) <= 40 else f"{found[:39]}…"
