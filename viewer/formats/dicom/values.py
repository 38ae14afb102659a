"""The values of one attribute, from its bytes (PS3.5 6.2)."""

import re
import struct
from collections.abc import Iterable, Sequence
from typing import Final, TypeAlias

from pydicom.charset import decode_bytes, python_encoding

BINARY: Final = frozenset({"OB", "OD", "OF", "OL", "OV", "OW", "UN"})
"""VRs whose value is bytes."""

Value: TypeAlias = str | int | float
Values: TypeAlias = bytes | list[Value]
"""Bytes for the VRs in BINARY, else a list, empty where the attribute is empty.

Text is without padding; decimal and integer strings are text as written; tags (AT) are
numbers. An empty value among others is "".
"""

WIDTHS: Final = {
    "AT": 4, "FD": 8, "FL": 4, "SL": 4, "SS": 2, "SV": 8, "UL": 4, "US": 2, "UV": 8,
}  # fmt: skip
"""Bytes of one value of the VRs that are numbers."""

ASCII: Final = ("ascii",)
"""The encodings of a data set without Specific Character Set."""


def values_of(data: bytes, vr: str, order: str, encodings: Sequence[str]) -> Values:
    """Return the values in `data`; never raises, what is odd becomes text.

    `order` is "<" or ">", `encodings` as `encodings_of` returns them.
    """
    if vr in BINARY:
        return data
    if vr == "AT":
        pairs = struct.iter_unpack(f"{order}HH", data[: len(data) // 4 * 4])
        return [group << 16 | number for group, number in pairs]
    if vr in WIDTHS:
        return [*_unpacked(data, _CODES[vr], WIDTHS[vr], order)]
    if vr not in _WITH_CHARACTER_SET:
        encodings = ASCII
    text = decoded(data, encodings, vr).rstrip(" \0")
    if vr in _SINGLE:
        return [text] if text else []
    values = [value.strip(" \0") for value in text.split("\\")]
    return [*values] if text.strip() else []


def decoded(data: bytes, encodings: Sequence[str], vr: str = "LO") -> str:
    """Return text; what is not of the encoding is shown as replacement signs."""
    if b"\x1b" not in data:
        return _plain(data, encodings[0])
    delimiters = _DELIMITERS | _NAME_DELIMITERS if vr == "PN" else _DELIMITERS
    try:
        return decode_bytes(data, list(encodings), set(delimiters))
    except Exception:  # noqa: BLE001  pydicom warns, which may be an error, or fails
        return _plain(data, encodings[0])


def encodings_of(terms: Iterable[Value]) -> tuple[str, ...]:
    """Return the Python encodings of Specific Character Set (0008,0005)."""
    found = [_encoding(str(term)) for term in terms]
    return tuple(found) or ASCII


_ISO_TERM: Final = re.compile(r"ISO[ _-]?(2022[ _-]?)?IR[ _-]?([0-9]{1,3})")
_CODES: Final = {
    "FD": "d", "FL": "f", "SL": "i", "SS": "h", "SV": "q", "UL": "I", "US": "H",
    "UV": "Q",
}  # fmt: skip
_SINGLE: Final = frozenset({"LT", "ST", "UR", "UT"})
_WITH_CHARACTER_SET: Final = frozenset(["LO", "LT", "PN", "SH", "ST", "UC", "UT"])
_DELIMITERS: Final = frozenset(b"\\\r\n\t\f")
_NAME_DELIMITERS: Final = frozenset(b"^=")


def _unpacked(
    data: bytes, code: str, width: int, order: str
) -> tuple[int, ...] | tuple[float, ...]:
    count = len(data) // width
    return struct.unpack_from(f"{order}{count}{code}", data)


def _plain(data: bytes, encoding: str) -> str:
    """Decode text without escape sequences."""
    if encoding != "ascii":
        return data.decode(encoding, "replace")
    try:
        return data.decode()  # undeclared, and most often UTF-8 where it is no ASCII
    except UnicodeDecodeError:
        return data.decode("latin-1")


def _encoding(term: str) -> str:
    """Return the encoding of a defined term (PS3.3 C.12.1.1.2), however it is spelt."""
    name = term.strip().upper()
    spelt = _ISO_TERM.fullmatch(name)
    if spelt is not None:
        name = f"{'ISO 2022 IR ' if spelt[1] else 'ISO_IR '}{spelt[2]}"
    if not name:
        return "ascii"
    return python_encoding.get(name, "utf-8" if "UTF" in name else "latin-1")
