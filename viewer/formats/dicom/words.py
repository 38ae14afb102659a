"""Values of attributes as text: shortened to one line, or whole."""

import re
import struct
from typing import Final

from viewer.codecs.icc_summary import profile_facts, profile_line
from viewer.formats.dicom.data_set import Field
from viewer.formats.dicom.lexicon import keyword_of
from viewer.formats.dicom.terms import meaning_of
from viewer.formats.dicom.values import BINARY, WIDTHS, Value

LONGEST_LINE: Final = 512
"""Characters of a value on one line."""

MOST_SHOWN: Final = 1 << 20
"""Bytes of a value that is shown whole, and about the characters shown of it."""

PROFILE: Final = 0x00282000
"""ICC Profile."""


def line_of(field: Field) -> str:
    """Return the value on one line, shortened; raises BrokenFile from reading."""
    if field.tag in _BULK:
        return f"{_BULK[field.tag]}, {_length(field)}, not read"
    if field.vr in BINARY:
        facts = profile_of(field)
        return profile_line(facts) if facts else _bytes_line(field)
    keyword = keyword_of(field.tag)
    explained: list[str] = []
    for value in field.values(_HEAD):
        first, second = written(value, field.vr), meaning_of(value, field.vr, keyword)
        if field.vr == "UI" and second:  # the end of a long UID is what a panel hides
            first, second = second, first
        explained.append(f"{first} ({second})" if second else first)
    line = one_line("\\".join(explained))
    cut = field.length > _HEAD and not line.endswith("...")
    return f"{line}..." if cut else line


def whole_of(field: Field) -> str:
    """Return the whole value as stored, bytes as a dump; says what is left out."""
    if field.tag in _BULK:
        return line_of(field)
    if field.vr in BINARY:
        # A line of the dump shows 16 bytes in some 77 characters.
        data = field.read(MOST_SHOWN // 5)
        text, shown = _dump(data), len(data)
    else:
        shown = min(field.length, MOST_SHOWN)
        values = field.values(shown)
        text = "\\".join(written(each, field.vr) for each in values)
    if shown == field.length:
        return text
    return f"{text}\n... {field.length - shown} of {field.length} bytes are not shown"


def count_of(field: Field) -> int:
    """Return the value multiplicity; of a text above a megabyte that of its head."""
    if not field.length:
        return 0
    if field.vr in WIDTHS:
        return field.length // WIDTHS[field.vr]
    return 1 if field.vr in BINARY else len(field.values(MOST_SHOWN))


def profile_of(field: Field) -> list[tuple[str, str]]:
    """Return what an ICC profile says about itself; empty for anything else."""
    if field.tag != PROFILE or field.vr not in BINARY:
        return []
    return profile_facts(field.read(_LONGEST_PROFILE), field.length)


def written(value: Value, vr: str) -> str:
    """Return one value as people write it: tags in brackets, numbers without noise."""
    if vr == "AT" and isinstance(value, int):
        return f"({value >> 16:04X},{value & 0xFFFF:04X})"
    if vr == "FL" and isinstance(value, float):
        return _single(value)
    return str(value)


def one_line(text: str) -> str:
    """Return text without line breaks and control characters, shortened."""
    text = " ".join(_CONTROL.sub(" ", text).split())
    return text if len(text) <= LONGEST_LINE else text[: LONGEST_LINE - 3] + "..."


_HEAD: Final = 4096  # bytes that are read for one line
_BINARY_HEAD: Final = 16
_LONGEST_PROFILE: Final = 8 << 20
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_BULK: Final = {
    0x7FE00001: "offsets of frames",
    0x7FE00002: "lengths of frames",
    0x7FE00008: "pixels",
    0x7FE00009: "pixels",
    0x7FE00010: "pixels",
}


def _length(field: Field) -> str:
    count = "1 byte" if field.length == 1 else f"{field.length} bytes"
    if field.tag in (0x7FE00001, 0x7FE00002):
        return f"{field.length // 8} of them in {count}"
    if field.is_encapsulated:
        return f"encapsulated in {count}"
    return count


def _bytes_line(field: Field) -> str:
    count = _length(field)
    if not field.length:
        return count
    data = field.read(_BINARY_HEAD)
    dots = " ..." if field.length > len(data) else ""
    return f"{count}: {data.hex(' ')}{dots}"


def _dump(data: bytes) -> str:
    """Return bytes as lines of offset, sixteen bytes, and what is text among them."""
    lines: list[str] = []
    for at in range(0, len(data), 16):
        row = data[at : at + 16]
        shown = "".join(chr(byte) if 32 <= byte < 127 else "." for byte in row)
        lines.append(f"{at:08x}  {row.hex(' '):<47}  {shown}")
    return "\n".join(lines)


def _single(value: float) -> str:
    """Return the shortest text that is this number in single precision."""
    for digits in (6, 7, 8):
        text = f"{value:.{digits}g}"
        try:
            (again,) = struct.unpack("<f", struct.pack("<f", float(text)))
        except OverflowError:  # rounded beyond the largest
            continue
        if again == value:
            return text
    return f"{value:.9g}"
