"""The Native DICOM Model as XML (PS3.19 A.1)."""

import re
from base64 import b64encode
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from viewer.formats.dicom.data_set import DataSet, Field
from viewer.formats.dicom.exported import exported, exported_values, note_damage
from viewer.formats.dicom.json_model import name_groups
from viewer.formats.dicom.lexicon import keyword_of
from viewer.formats.dicom.values import Value

NAMESPACE: Final = "http://dicom.nema.org/PS3.19/models/NativeDICOM"


def xml_chunks(data_set: DataSet, notes: list[str]) -> Iterator[str]:
    """Yield a data set as pieces of one XML document, an attribute or more each.

    `notes` is told what is left out. Characters that XML has no place for become
    U+FFFD. Pure ASCII, which is right in any encoding of the output. Raises BrokenFile
    from reading.
    """
    yield '<?xml version="1.0" encoding="UTF-8"?>\n'
    yield f'<NativeDicomModel xmlns="{NAMESPACE}" xml:space="preserve">\n'
    yield from _attributes(data_set, notes)
    yield "</NativeDicomModel>\n"


def _attributes(data_set: DataSet, notes: list[str]) -> Iterator[str]:
    for field in exported(data_set):
        if field.items is None:
            yield f"{_start(field)}{_content(field, notes)}</DicomAttribute>\n"
            continue
        note_damage(field, notes)
        yield f"{_start(field)}\n"
        for number, item in enumerate(field.items, 1):
            yield f'<Item number="{number}">\n'
            yield from _attributes(item, notes)
            yield "</Item>\n"
        yield "</DicomAttribute>\n"


def _start(field: Field) -> str:
    return _start_of(field.tag, field.vr, field.creator)


@lru_cache(maxsize=4096)
def _start_of(tag: int, vr: str, creator: str) -> str:
    # A private tag is written without its block, which another writer may choose
    # anew; its creator is what tells it.
    shown = tag & 0xFFFF00FF if creator else tag
    said = {"keyword": keyword_of(tag), "tag": f"{shown:08X}", "vr": vr}
    said["privateCreator"] = creator
    pairs = (f' {name}="{_escaped(text)}"' for name, text in said.items() if text)
    return f"<DicomAttribute{''.join(pairs)}>"


def _content(field: Field, notes: list[str]) -> str:
    found = exported_values(field, notes)
    if isinstance(found, bytes):
        inline = b64encode(found).decode("ascii")
        return f"<InlineBinary>{inline}</InlineBinary>" if found else ""
    write = _WRITERS.get(field.vr, _value)
    numbered = enumerate(found, 1)
    return "".join(write(number, each) for number, each in numbered if each != "")


def _value(number: int, value: Value) -> str:
    return f'<Value number="{number}">{_escaped(str(value))}</Value>'


_NAME_PARTS: Final = (
    "FamilyName",
    "GivenName",
    "MiddleName",
    "NamePrefix",
    "NameSuffix",
)


def _name(number: int, value: Value) -> str:
    groups: list[str] = []
    for group, text in name_groups(str(value)).items():
        parts = zip(_NAME_PARTS, text.split("^"), strict=False)
        inside = "".join(
            f"<{part}>{_escaped(each)}</{part}>" for part, each in parts if each
        )
        groups.append(f"<{group}>{inside}</{group}>")
    return f'<PersonName number="{number}">{"".join(groups)}</PersonName>'


def _tag(number: int, value: Value) -> str:
    return f'<Value number="{number}">{int(value):08X}</Value>'


_WRITERS: Final = {"AT": _tag, "PN": _name}

# XML 1.0 section 2.2. A carriage return would be read as a line feed.
_NO_CHARACTER: Final = re.compile(
    "[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"
)
_ESCAPES: Final = str.maketrans(
    {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\r": "&#13;"}
)


def _escaped(text: str) -> str:
    text = _NO_CHARACTER.sub("\ufffd", text).translate(_ESCAPES)
    return text.encode("ascii", "xmlcharrefreplace").decode("ascii")
