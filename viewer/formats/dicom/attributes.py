"""A DICOM file as a tree of Attributes, each made when it is asked for."""

from collections.abc import Sequence
from functools import partial
from typing import Final, overload

from viewer.formats.dicom.coded_items import coded_words, items_in_words
from viewer.formats.dicom.data_set import DataSet, Field, Items
from viewer.formats.dicom.exported import exported
from viewer.formats.dicom.fields import fields_of
from viewer.formats.dicom.json_model import attribute_json, data_set_json
from viewer.formats.dicom.lexicon import keyword_of, name_of
from viewer.formats.dicom.part10 import DicomFile
from viewer.formats.dicom.words import (
    count_of,
    line_of,
    profile_of,
    whole_of,
)
from viewer.slide.errors import SlideError
from viewer.slide.metadata import Attribute

MOST_JSON: Final = 32 << 20
"""Bytes of a file whose JSON is made in memory."""


def attribute_tree(file: DicomFile, others: Sequence[Attribute] = ()) -> Attribute:
    """Return the root, whose children are File Meta Information and the data set.

    `others` are nodes that come behind them. The nodes keep the file open. Any thread.
    `children`, `full` and `as_json` raise SlideError only, where the file cannot be
    read any more or an answer would be too long; what is damaged in the file is a node
    that says so.
    """

    def expand() -> list[Attribute]:
        return [*_nodes(file.meta, ""), *_nodes(file.data_set, ""), *others]

    as_json = partial(_data_set_json, file.data_set)
    return Attribute("", "", file.path.name, "", 0, "", expand, as_json=as_json)


def _nodes(data_set: DataSet, path: str) -> list[Attribute]:
    return [_node(field, path) for field in fields_of(data_set)]


def _node(field: Field, above: str) -> Attribute:
    """Return the node of one attribute; `above` is the path of what it lies in."""
    if not field.tag:
        sentence = f"{_capital(field.problem)}, {field.length} bytes are not shown."
        return Attribute("", "", "Unreadable", "", 0, sentence, path=above)
    tag = f"({field.tag >> 16:04X},{field.tag & 0xFFFF:04X})"
    keyword = keyword_of(field.tag)
    own = keyword or tag
    path = f"{above}.{own}" if above else own
    value = line_of(field) if field.vr != "SQ" else _sequence_line(field)
    if field.problem:
        value = f"{value} ({field.problem})" if value else _capital(field.problem)
    return Attribute(
        tag=tag,
        keyword=keyword,
        name=name_of(field.tag, field.creator),
        vr=field.vr,
        vm=1 if field.vr == "SQ" else count_of(field),
        value=value,
        expand=_expansion(field, path),
        path=path,
        full=partial(_whole, field),
        as_json=partial(_attribute_json, field),
    )


def _sequence_line(field: Field) -> str:
    return "" if field.items is None else items_in_words(field.items)


def _expansion(field: Field, path: str) -> "partial[Sequence[Attribute]] | None":
    if field.items is not None and len(field.items):
        return partial(_ItemNodes, field.items, path)
    facts = profile_of(field)
    return partial(_fact_nodes, facts, path) if facts else None


class _ItemNodes(Sequence[Attribute]):
    """The items of a sequence as nodes, each made when it is looked at."""

    __slots__ = ("_items", "_path")

    def __init__(self, items: Items, path: str) -> None:
        self._items = items
        self._path = path

    def __len__(self) -> int:
        return len(self._items)

    @overload
    def __getitem__(self, index: int) -> Attribute: ...
    @overload
    def __getitem__(self, index: slice) -> list[Attribute]: ...
    def __getitem__(self, index: int | slice) -> Attribute | list[Attribute]:
        places = range(len(self._items))[index]
        if isinstance(places, range):
            return [self._node(place) for place in places]
        return self._node(places)

    def _node(self, place: int) -> Attribute:
        item, path = self._items[place], f"{self._path}[{place}]"
        return Attribute(
            tag="",
            keyword="",
            name=f"Item {place + 1}",
            vr="",
            vm=0,
            value=coded_words(item),
            expand=partial(_nodes, item, path),
            path=path,
            as_json=partial(_data_set_json, item),
        )


def _fact_nodes(facts: list[tuple[str, str]], path: str) -> list[Attribute]:
    return [Attribute("", "", name, "", 0, words, path=path) for name, words in facts]


def _whole(field: Field) -> str:
    return _sequence_line(field) if field.vr == "SQ" else whole_of(field)


def _attribute_json(field: Field) -> object:
    _check_length(field.length if field.vr == "SQ" else 0, field.within)
    return attribute_json(field, [])


def _data_set_json(data_set: DataSet) -> object:
    fields = exported(data_set)
    _check_length(sum(each.length for each in fields if each.vr == "SQ"), data_set)
    return data_set_json(data_set, [])


def _check_length(length: int, data_set: DataSet) -> None:
    if length > MOST_JSON:
        raise SlideError(
            f"{data_set.file.path.name}: the JSON of {length} bytes is too long to"
            f" show, expected at most {MOST_JSON}; the metadata command writes it."
        )


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
