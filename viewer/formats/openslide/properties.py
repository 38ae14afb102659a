"""OpenSlide's properties as a tree of Attributes."""

from collections.abc import Mapping
from functools import partial
from typing import Final

from viewer.slide.metadata import Attribute


def properties_tree(properties: Mapping[str, str], more: Attribute | None) -> Attribute:
    """Return a root with a node for each vendor's properties, then `more`.

    Names are parted at the first point: "hamamatsu.SourceLens" is SourceLens below
    hamamatsu. What has no point stands at the top.
    """
    groups: dict[str, dict[str, str]] = {}
    for name, value in sorted(properties.items()):
        group, point, rest = name.partition(".")
        groups.setdefault(group if point else "", {})[rest or name] = value
    return _node("OpenSlide", "", partial(_groups, groups, more))


_LONGEST: Final = 200
"""Characters of a value's line."""


def _groups(
    groups: Mapping[str, Mapping[str, str]], more: Attribute | None
) -> list[Attribute]:
    nodes = [_value(name, name, text) for name, text in groups.get("", {}).items()]
    nodes += [
        _node(group, group, partial(_values, group, values))
        for group, values in groups.items()
        if group
    ]
    return [*nodes, more] if more is not None else nodes


def _values(group: str, values: Mapping[str, str]) -> list[Attribute]:
    return [_value(name, f"{group}.{name}", text) for name, text in values.items()]


def _node(name: str, path: str, expand: partial[list[Attribute]]) -> Attribute:
    return Attribute("", "", name, "", 0, "", expand, path)


def _value(name: str, path: str, text: str) -> Attribute:
    line = " ".join(text.split())
    short = line if len(line) <= _LONGEST else f"{line[: _LONGEST - 3]}..."
    return Attribute(
        tag="",
        keyword="",
        name=name,
        vr="",
        vm=1,
        value=short,
        path=path,
        full=lambda: text,
        as_json=lambda: text,
    )
