"""Aperio SVS: what its descriptions say, and which of its pages is what."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import isfinite
from pathlib import Path
from typing import Final

from viewer.formats.tiff.directory import Directory
from viewer.formats.tiff.layout import (
    Channel,
    Layout,
    generic_layout,
    misfit,
)
from viewer.slide.geometry import Spacing

_LABEL: Final = 1
_MACRO: Final = 9
"""New Subfile Type of the pages that are no part of the scan."""

_NAMED: Final = re.compile(r"^\s*(label|macro)\b", re.IGNORECASE | re.MULTILINE)


def is_aperio(directories: Sequence[Directory]) -> bool:
    """Whether the first page says who wrote it."""
    return directories[0].description.startswith("Aperio")


def aperio_layout(path: Path, directories: Sequence[Directory]) -> Layout:
    """Lay out a file of Aperio's kind: tiled pages are levels, striped ones are not.

    A page is the label or the overview ("macro") by the second line of its description
    or by its subfile type, else the thumbnail.
    """
    scan: list[Directory] = []
    associated: dict[str, Channel] = {}
    notes: list[tuple[str, str]] = []
    for each in directories:
        role = _role(each, directories[0])
        if not role:
            scan.append(each)
        elif role in associated:
            notes.append(("level-shape", f"{each.name} is not used: another {role}"))
        else:
            associated[role] = Channel(path, each)
    layout = generic_layout(path, scan)
    facts = properties(directories[0].description)
    power = _positive(facts, "AppMag")
    mpp = _positive(facts, "MPP")
    return replace(
        layout,
        associated={**layout.associated, **associated},
        paths=tuple(replace(each, objective_power=power) for each in layout.paths),
        spacing=Spacing(mpp / 1000, mpp / 1000) if mpp else layout.spacing,
        scanner=_scanner(facts),
        notes=(*layout.notes, *notes),
    )


def properties(description: str) -> Mapping[str, str]:
    """Return what follows the first bar as names and values: "AppMag = 20"."""
    found: dict[str, str] = {}
    for part in description.split("|")[1:]:
        name, equals, value = part.partition("=")
        if equals:
            found.setdefault(name.strip(), value.strip())
    return found


def _role(each: Directory, base: Directory) -> str:
    if each is base:
        return ""
    named = _NAMED.search(each.description)
    if named and (not each.is_tiled or misfit(each, base)):
        return "label" if named[1].lower() == "label" else "overview"
    if each.is_tiled:
        return ""
    return {_LABEL: "label", _MACRO: "overview"}.get(each.subfile, "thumbnail")


def _positive(facts: Mapping[str, str], name: str) -> float | None:
    try:
        value = float(facts.get(name, "").replace(",", "."))  # of some countries
    except ValueError:
        return None
    return value if isfinite(value) and value > 0 else None


def _scanner(facts: Mapping[str, str]) -> str:
    model = facts.get("ScannerType") or facts.get("ScanScope ID", "")
    return f"Aperio {model}".strip()
