"""The DICOM JSON Model (PS3.18 annex F)."""

import json
from base64 import b64encode
from collections.abc import Iterator
from math import isfinite
from typing import Any, Final, TypeAlias

from viewer.formats.dicom.data_set import DataSet, Field
from viewer.formats.dicom.exported import exported, exported_values, note_damage
from viewer.formats.dicom.values import Value

JsonObject: TypeAlias = dict[str, Any]

NAME_GROUPS: Final = ("Alphabetic", "Ideographic", "Phonetic")
"""The component groups of a person's name."""


def json_chunks(data_set: DataSet, notes: list[str]) -> Iterator[str]:
    """Yield a data set as pieces of one JSON text: an array with one object.

    Only as much is in memory as one item of a sequence of the data set holds. `notes`
    is told what is left out. Pure ASCII. Raises BrokenFile from reading.
    """
    between = "[{\n"
    for field in exported(data_set):
        yield f'{between}"{field.tag:08X}": '
        between = ",\n"
        if field.items is None or not len(field.items):
            yield _dumped(attribute_json(field, notes))
            continue
        note_damage(field, notes)
        yield '{"vr": "SQ", "Value": [\n'
        for number, item in enumerate(field.items):
            yield (",\n" if number else "") + _dumped(data_set_json(item, notes))
        yield "\n]}"
    yield "\n}]\n" if between == ",\n" else "[{}]\n"


def data_set_json(data_set: DataSet, notes: list[str]) -> JsonObject:
    """Return a data set or item as an object of its attributes, in memory."""
    return {
        f"{field.tag:08X}": attribute_json(field, notes) for field in exported(data_set)
    }


def attribute_json(field: Field, notes: list[str]) -> JsonObject:
    """Return one attribute; an empty one has a VR only (F.2.5)."""
    if field.items is not None:
        note_damage(field, notes)
        values: list[Any] = [data_set_json(item, notes) for item in field.items]
        return {"vr": "SQ", "Value": values} if values else {"vr": "SQ"}
    found = exported_values(field, notes)
    if isinstance(found, bytes):
        inline = b64encode(found).decode("ascii")
        return {"vr": field.vr, "InlineBinary": inline} if found else {"vr": field.vr}
    values = [_json_value(value, field.vr) for value in found]
    return {"vr": field.vr, "Value": values} if values else {"vr": field.vr}


def name_groups(name: str) -> dict[str, str]:
    """Return the component groups of a name that are not empty (PS3.5 6.2.1)."""
    groups = zip(NAME_GROUPS, name.split("="), strict=False)
    return {which: text for which, text in groups if text}


_EXACT: Final = 2**53  # integers up to here are the same in every reader of JSON


def _json_value(value: Value, vr: str) -> Any:
    if value == "":
        return None
    if isinstance(value, float):
        return value if isfinite(value) else _NOT_FINITE[repr(value)]
    if isinstance(value, int):
        if vr == "AT":
            return f"{value:08X}"
        return value if abs(value) < _EXACT else str(value)
    if vr == "PN":
        return name_groups(value)
    return _number(value) if vr in {"DS", "IS"} else value


_NOT_FINITE: Final = {"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity"}


def _number(text: str) -> int | float | str:
    """Return a decimal string as a number where that is what it says (F.2.3)."""
    if not text.isascii() or "_" in text or len(text) > _LONGEST_NUMBER:
        return text
    for kind in (int, float):
        try:
            number = kind(text)
        except ValueError:
            continue
        return number if isfinite(number) and abs(number) < _EXACT else text
    return text


_LONGEST_NUMBER: Final = 64


def _dumped(value: JsonObject) -> str:
    return json.dumps(value, allow_nan=False)
