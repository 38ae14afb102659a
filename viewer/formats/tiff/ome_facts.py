"""OME-XML as names and values: what it says of a slide besides its layout."""

import re
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any, Final

from viewer.formats.tiff.ome_xml import MOST_XML

MOST_FACTS: Final = 500
"""Values that are taken; whole plates have many thousands."""


def ome_facts(description: str) -> Mapping[str, str]:
    """Return attributes and texts of the first image and its instrument, by their way.

    Such as "Image.AcquisitionDate" or "Instrument.Objective[0].LensNA"; what may be
    there several times is numbered from 0. Empty where the XML cannot be read.
    """
    if len(description) > MOST_XML:
        return {}
    from defusedxml import ElementTree

    text = re.sub(r"^\s*<\?xml[^>]*\?>", "", description)
    try:
        root = ElementTree.fromstring(text, forbid_dtd=True)
    except Exception:  # noqa: BLE001  whatever the parsers raise
        return {}
    firsts = [
        (name, element)
        for name in ("Image", "Instrument")
        if (element := _first(root, name)) is not None
    ]
    facts = (fact for name, element in firsts for fact in _facts(element, name, 0))
    return dict(islice(facts, MOST_FACTS))


_DEEPEST: Final = 8
_LEFT_OUT: Final = frozenset({"TiffData", "Plane", "BinData", "UUID", "ROIRef"})
_SINGLE: Final = frozenset({"Pixels", "AcquisitionDate", "Microscope", "Description"})
_REFERENCE: Final = "ID"


def _facts(element: Any, path: str, depth: int) -> Iterator[tuple[str, str]]:
    for name, value in element.attrib.items():
        if name != _REFERENCE and value.strip():
            yield f"{path}.{name}", value.strip()
    text = (element.text or "").strip()
    if text:
        yield path, text
    if depth == _DEEPEST:
        return
    times: dict[str, int] = {}
    for each in element:
        name = _local(each)
        if name in _LEFT_OUT:
            continue
        number = times.setdefault(name, 0)
        times[name] += 1
        own = name if name in _SINGLE or name.endswith("Settings") else ""
        yield from _facts(each, f"{path}.{own or f'{name}[{number}]'}", depth + 1)


def _first(root: Any, name: str) -> Any:
    return next((each for each in root if _local(each) == name), None)


def _local(element: Any) -> str:
    """Return an element's name without its namespace, which differs by year."""
    return str(element.tag).rpartition("}")[2]
