"""Items that are codes, in words: "Hematoxylin (12710003, SCT)" (PS3.3 8.8)."""

import struct
from typing import Final

from viewer.formats.dicom.data_set import DataSet, Field, Items
from viewer.formats.dicom.fields import fields_of
from viewer.formats.dicom.words import one_line

_MOST_NAMED: Final = 4
_LONGEST: Final = 1024  # bytes of a part of a code
_LAST: Final = 0x00080122
_VALUES: Final = (0x00080100, 0x00080119, 0x00080120)
_SCHEME: Final = 0x00080102
_MEANING: Final = 0x00080104


def coded_words(item: DataSet) -> str:
    """Return the meaning, value and scheme of a code; empty for any other item.

    Reads no further than a code reaches; raises BrokenFile from reading.
    """
    # Most items are no codes, and there may be a hundred thousand of them.
    first = item.file.read_some(item.start, 4).ljust(4)
    group, number = struct.unpack(f"{item.order}HH", first)
    if group << 16 | number > _VALUES[-1]:
        return ""
    parts: dict[int, str] = {}
    for field in fields_of(item):
        if field.tag > _LAST or (not parts and field.tag > _VALUES[-1]):
            break
        parts[field.tag] = _text(field)
    value = next((parts[tag] for tag in _VALUES if parts.get(tag)), "")
    if not value:
        return ""
    scheme, meaning = parts.get(_SCHEME, ""), parts.get(_MEANING, "")
    code = f"{value}, {scheme}" if scheme else value
    return one_line(f"{meaning} ({code})" if meaning else code)


def items_in_words(items: Items) -> str:
    """Return the codes of a sequence, or how many items it has."""
    count = len(items)
    words = f"{count} item" if count == 1 else f"{count} items"
    codes: list[str] = []
    for item in items[:_MOST_NAMED]:
        code = coded_words(item)
        if not code:
            return words
        codes.append(code)
    if not codes:
        return words
    if count > len(codes):
        codes.append("...")
    named = "; ".join(codes)
    return one_line(named if count == 1 else f"{words}: {named}")


def _text(field: Field) -> str:
    if field.vr == "SQ" or field.length > _LONGEST:
        return ""
    values = field.values(_LONGEST)
    return "" if isinstance(values, bytes) or not values else str(values[0])
