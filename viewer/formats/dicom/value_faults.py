"""Whether a value is what its VR asks for (PS3.5 6.2), without quoting it."""

import re
from collections.abc import Callable, Iterator
from datetime import date
from typing import Final

from pydicom.datadict import dictionary_VM

from viewer.formats.dicom.values import ASCII, WIDTHS
from viewer.formats.dicom.written_values import LONGEST, WrittenValue

_LONGEST: Final = {
    "AE": 16, "AS": 4, "CS": 16, "DA": 8, "DS": 16, "DT": 26, "IS": 12, "LO": 64,
    "LT": 10240, "PN": 64, "SH": 16, "ST": 1024, "TM": 14, "UI": 64,
}  # fmt: skip
"""Signs of a value of each VR, of a name of each of its groups."""

_TIME: Final = r"([01]\d|2[0-3])([0-5]\d([0-5]\d|60)?)?"
_FRACTION: Final = r"(\.\d{1,6})?"
_DAY: Final = r"(0[1-9]|[12]\d|3[01])"
_MONTH: Final = r"(0[1-9]|1[0-2])"
_FORMS: Final = {
    "AS": r"\d{3}[DWMY]",
    "CS": r"[A-Z0-9 _]*",
    "DS": r" *[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)? *",
    "DT": rf"\d{{4}}({_MONTH}({_DAY}({_TIME}{_FRACTION})?)?)?([+-][01]\d[0-5]\d)? *",
    "IS": r" *[+-]?\d+ *",
    "TM": rf"{_TIME}{_FRACTION} *",
    "UI": r"(0|[1-9]\d*)(\.(0|[1-9]\d*))+",
}
_MATCHES: Final = {vr: re.compile(form).fullmatch for vr, form in _FORMS.items()}
_EXPECTED: Final = {
    "AS": "an age such as 042Y",
    "CS": "capitals, digits, spaces and underscores",
    "DA": "a date such as 20240131",
    "DS": "a decimal number",
    "DT": "a date and time such as 20240131120000",
    "IS": "a whole number",
    "TM": "a time such as 120000",
    "UI": "a UID of digits and dots",
}
_ONE: Final = frozenset(("LT", "ST", "UR", "UT"))
_CHARACTERS: Final = frozenset(("LO", "LT", "PN", "SH", "ST", "UC", "UT"))


def value_fault(value: WrittenValue) -> tuple[str, str]:
    """Return what is wrong and what is expected, as clauses; "" where nothing is.

    Looks at length, form, number of values and characters.
    """
    for look in (_wrong_length, _wrong_characters, _wrong_form, _wrong_number):
        fault, expected = look(value)
        if fault:
            return fault, expected
    return "", ""


_Fault = tuple[str, str]
_RIGHT: Final[_Fault] = ("", "")


def _wrong_length(value: WrittenValue) -> _Fault:
    width = WIDTHS.get(value.vr)
    if width and value.length % width:
        return f"has {value.length} bytes", f"a multiple of {width} for {value.vr}"
    if value.length % 2:
        return f"has {value.length} bytes", "an even number"
    return _RIGHT


def _wrong_characters(value: WrittenValue) -> _Fault:
    if value.vr not in _CHARACTERS or b"\x1b" in value.data:
        return _RIGHT
    declared = value.encodings[0]
    try:
        value.data[: LONGEST - 4].decode(declared)
    except (UnicodeDecodeError, LookupError):
        named = "ASCII" if value.encodings == ASCII else "Specific Character Set"
        return "has characters that are not declared", f"only those of {named}"
    return _RIGHT


def _wrong_form(value: WrittenValue) -> _Fault:
    for text in _texts(value):
        fault = _fault_of(text, value.vr)
        if fault[0]:
            return fault
    return _RIGHT


def _texts(value: WrittenValue) -> Iterator[str]:
    if value.vr not in _LONGEST or value.length > LONGEST or b"\x1b" in value.data:
        return
    text = value.data.decode(value.encodings[0], "replace").rstrip(" \0")
    parts = [text] if value.vr in _ONE else text.split("\\")
    groups = (group for part in parts for group in part.split("="))
    yield from groups if value.vr == "PN" else parts


def _fault_of(text: str, vr: str) -> _Fault:
    most = _LONGEST[vr]
    stripped = text.strip(" ") if vr not in _ONE else text
    if len(stripped) > most:
        return f"has {len(stripped)} signs", f"at most {most} for {vr}"
    matches: Callable[[str], object] | None = _MATCHES.get(vr)
    if not text.strip():
        return _RIGHT
    is_right = _is_date(text.strip()) if vr == "DA" else not matches or matches(text)
    return _RIGHT if is_right else (f"is not of the form of {vr}", _EXPECTED[vr])


def _is_date(text: str) -> bool:
    if not (len(text) == 8 and text.isdecimal()):
        return False
    try:
        date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        return False
    return True


def _wrong_number(value: WrittenValue) -> _Fault:
    """Compare the number of values with the dictionary's."""
    if value.is_private or not value.length or value.vr in _ONE:
        return _RIGHT
    if value.vr not in _LONGEST and value.vr not in WIDTHS:
        return _RIGHT
    try:
        allowed = dictionary_VM(value.tag)
    except KeyError:
        return _RIGHT
    width = WIDTHS.get(value.vr)
    count = value.length // width if width else value.data.count(b"\\") + 1
    if _fits(count, allowed):
        return _RIGHT
    noun = "value" if count == 1 else "values"
    return f"has {count} {noun}", f"{allowed} (the value multiplicity)"


def _fits(count: int, allowed: str) -> bool:
    """Whether a count is in a value multiplicity such as "1", "1-3", "2-2n"."""
    low, _, high = allowed.partition("-")
    if not high:
        return str(count) == low
    if count < int(low):
        return False
    if not high.endswith("n"):
        return count <= int(high)
    step = high[:-1]
    return not step or count % int(step) == 0
