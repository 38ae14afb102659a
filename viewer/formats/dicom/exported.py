"""What the standard's models of a data set hold of it, and what is left out."""

from typing import Final

from viewer.formats.dicom.data_set import DataSet, Field
from viewer.formats.dicom.fields import fields_of
from viewer.formats.dicom.values import Values

LARGEST: Final = 4 << 20
"""Bytes of one value that is written into a model."""


def exported(data_set: DataSet) -> list[Field]:
    """Return the attributes that belong into a model, by tag, each tag once.

    Without group lengths, pixels and the tables of their places (PS3.18 F.2.2). Where
    a tag is there twice the last is taken. Raises BrokenFile from reading.
    """
    found = {each.tag: each for each in fields_of(data_set) if each.tag & 0xFFFF}
    return [found[tag] for tag in sorted(found) if tag not in _BULK]


def exported_values(field: Field, notes: list[str]) -> Values:
    """Return all values; none, and a note, where they are too long or not whole."""
    problem = field.problem
    if field.length > LARGEST:
        problem = f"{field.length} bytes, more than {LARGEST}"
    if not problem:
        return field.values(field.length)
    _note(field, f"is left out: {problem}", notes)
    return []


def note_damage(field: Field, notes: list[str]) -> None:
    """Note that of a sequence only a part is in a model, if it is so."""
    if field.problem:
        _note(field, f"is there in part only: {field.problem}", notes)


def _note(field: Field, what: str, notes: list[str]) -> None:
    """Note what is left out of a model, up to a hundred such things."""
    if len(notes) < _MOST_NOTES:
        tag = f"({field.tag >> 16:04X},{field.tag & 0xFFFF:04X})"
        notes.append(f"the value of {tag} {what}")


_BULK: Final = frozenset({0x7FE00001, 0x7FE00002, 0x7FE00008, 0x7FE00009, 0x7FE00010})
_MOST_NOTES: Final = 100
