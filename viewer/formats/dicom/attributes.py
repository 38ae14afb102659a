"""A pydicom data set as a tree of Attributes; nothing in it ever raises."""

from collections.abc import Sequence
from typing import Any, Final

from pydicom.datadict import keyword_for_tag
from pydicom.dataelem import DataElement, RawDataElement
from pydicom.dataset import Dataset

from viewer.slide.metadata import Attribute

_LONGEST: Final = 512
_BINARY: Final = frozenset({"OB", "OW", "OF", "OD", "OL", "OV", "UN"})
_DEPTH: Final = 64


def attribute_tree(dataset: Dataset, title: str) -> Attribute:
    """Return the root, named `title`, whose children are the data set's elements.

    File meta information comes first. Sequences open lazily.
    """
    meta = getattr(dataset, "file_meta", None)

    def expand() -> list[Attribute]:
        heads = _elements(meta, 0) if isinstance(meta, Dataset) else []
        return heads + _elements(dataset, 0)

    return Attribute("", "", title, "", 0, "", expand)


def _elements(dataset: Dataset, depth: int) -> list[Attribute]:
    found: list[Attribute] = []
    for tag in sorted(dataset.keys()):
        try:
            found.append(_attribute(dataset[tag], depth))
        except Exception:  # noqa: BLE001  bad bytes; the tree must go on
            # Without `keep_deferred` an element without a value is converted again.
            raw = dataset.get_item(tag, keep_deferred=True)
            found.append(_unreadable(raw))
    return found


def _attribute(element: DataElement, depth: int) -> Attribute:
    vr = str(element.VR)
    keyword = keyword_for_tag(element.tag)
    name = str(element.name).strip("[]")
    tag = f"({element.tag.group:04X},{element.tag.element:04X})"
    if vr != "SQ":
        return Attribute(tag, keyword, name, vr, element.VM, _value_text(element, vr))
    items: Sequence[Dataset] = element.value or ()
    words = f"{len(items)} item" + ("" if len(items) == 1 else "s")
    if depth >= _DEPTH:
        return Attribute(tag, keyword, name, vr, 1, f"{words}, nested too deep to show")

    def expand() -> list[Attribute]:
        return [_item(item, number, depth) for number, item in enumerate(items, 1)]

    return Attribute(tag, keyword, name, vr, 1, words, expand if items else None)


def _item(item: Dataset, number: int, depth: int) -> Attribute:
    return Attribute(
        "", "", f"Item {number}", "", 0, "", lambda: _elements(item, depth + 1)
    )


def _value_text(element: DataElement, vr: str) -> str:
    value: Any = element.value
    if isinstance(value, bytes):
        if vr in _BINARY or vr.startswith("O"):
            head = value[:16].hex(" ")
            dots = " ..." if len(value) > 16 else ""
            return f"{len(value)} bytes: {head}{dots}" if value else "0 bytes"
        text = value.decode("ascii", "replace")
    elif vr == "UI" and value:
        text = _named_uids(value)
    elif element.VM > 1 and not isinstance(value, str):
        text = "\\".join(str(each) for each in value)
    else:
        text = "" if value is None else str(value)
    text = " ".join(text.replace("\0", " ").split())
    return text if len(text) <= _LONGEST else text[: _LONGEST - 3] + "..."


def _named_uids(value: Any) -> str:
    uids = [value] if isinstance(value, str) else list(value)
    named: list[str] = []
    for uid in uids:
        name = str(getattr(uid, "name", uid))
        named.append(str(uid) if name == str(uid) else f"{uid} ({name})")
    return "\\".join(named)


def _unreadable(raw: DataElement | RawDataElement) -> Attribute:
    vr = str(raw.VR or "UN")
    value = raw.value if isinstance(raw.value, bytes) else b""
    shown = f"unreadable: {value[:16].hex(' ') or 'no bytes'}"
    tag = f"({raw.tag.group:04X},{raw.tag.element:04X})"
    keyword = keyword_for_tag(raw.tag)
    return Attribute(tag, keyword, keyword or "Unknown", vr, 1, shown)
