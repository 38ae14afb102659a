"""The attributes of a data set, one after the other, without their values."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from viewer.formats.dicom.data_set import DataSet, Field, Items
from viewer.formats.dicom.element_headers import (
    ITEM,
    ITEM_END,
    PIXEL_DATA,
    SEQUENCE_END,
    Element,
    Headers,
)
from viewer.formats.dicom.header import EXTENDED_OFFSETS
from viewer.formats.dicom.item_scan import scan_items
from viewer.formats.dicom.lexicon import block_of, is_private_creator, vr_of
from viewer.formats.dicom.values import encodings_of
from viewer.formats.dicom.walker import MOST_ELEMENTS

DEEPEST_SHOWN: Final = 64
"""Sequences within sequences that are opened."""


def fields_of(data_set: DataSet) -> Iterator[Field]:
    """Yield the attributes of a data set as they lie in the file. Any thread.

    Damage ends the data set it is in and harms no other: the last is a Field of tag 0
    with a `problem` where what follows is no attribute. What lies behind encapsulated
    Pixel Data is left out where its end is not found quickly. Raises BrokenFile from
    reading.
    """
    return _Walk(data_set).fields()


_CHARACTER_SET: Final = 0x00080005
_PIXEL_REPRESENTATION: Final = 0x00280103
_NO_TAG: Final = 0xFFFE0000  # of items and delimiters; (FFFC,FFFC) is the last
_FIRST_TAG: Final = 0x00020000  # of File Meta Information; commands lie in files never
_LONGEST_TERM: Final = 1024
_PADDING: Final = 1 << 16
_MOST_FRAGMENTS: Final = 4096  # that are stepped over for what lies behind


class _Walk:
    """Steps from attribute to attribute of one data set and keeps what it learns.

    `_data_set` is the data set as the attributes so far describe it.
    """

    def __init__(self, data_set: DataSet) -> None:
        self._data_set = data_set
        self._headers = Headers(data_set.file, big_endian=data_set.order == ">")
        self._creators: dict[int, str] = {}
        self._last_frame: int | None = None

    def fields(self) -> Iterator[Field]:
        at: int | None = self._data_set.start
        for _ in range(MOST_ELEMENTS):
            if at is None or at >= self._data_set.end:
                return
            element = self._headers.element(at, implicit=self._data_set.implicit)
            if element is None or element.tag < _FIRST_TAG or element.tag >= _NO_TAG:
                if not self._is_ending(at, element):
                    yield self._lost(at, "there is no attribute")
                return
            found, at = self._field(element)
            self._learn(found)
            yield found
        if at is not None:
            yield self._lost(at, f"there are more than {MOST_ELEMENTS} attributes")

    def _field(self, element: Element) -> tuple[Field, int | None]:
        """Return an attribute and where the next begins, None where nothing tells."""
        tag, data_set = element.tag, self._data_set
        creator = self._creators.get(block_of(tag), "") if tag & 0x10000 else ""
        vr = vr_of(tag, element.vr, creator, signed=data_set.signed)
        found = Field(data_set, tag, vr, creator, element.offset, data_set.end)
        if element.length is None:
            if tag == PIXEL_DATA and data_set.depth == 0:
                return self._frames(found)
            return self._sequence(found, element)
        end = element.offset + element.length
        if end > data_set.end:
            has = max(0, data_set.end - element.offset)
            problem = f"cut off, {has} of {element.length} bytes are there"
            if vr == "SQ":
                found, _ = self._sequence(found, element)
            return replace(found, problem=problem), None
        found = Field(data_set, tag, vr, creator, element.offset, end)
        return (found, end) if vr != "SQ" else self._sequence(found, element)

    def _sequence(self, found: Field, element: Element) -> tuple[Field, int | None]:
        data_set = self._data_set
        # PS3.5 6.2.2: an unknown VR holds implicit VR, little endian.
        implicit = data_set.implicit or element.vr == "UN"
        order = "<" if element.vr == "UN" else data_set.order
        # No further than what it lies in: what is in two sequences at once, and in two
        # of their items, would be there without end.
        places = scan_items(
            data_set.file,
            element.offset,
            found.end,
            implicit=implicit,
            order=order,
            delimited=element.length is None,
        )
        problem, after = places.problem, places.end
        follows = element.length is not None or not problem
        found = replace(found, end=after, problem=problem)
        if element.tag == PIXEL_DATA:  # of an icon: fragments
            return found, after if follows else None
        depth = data_set.depth + 1
        if depth > DEEPEST_SHOWN:
            found = replace(found, vr="SQ", problem="nested too deep to show")
        else:
            inside = replace(data_set, implicit=implicit, order=order, depth=depth)
            found = replace(found, vr="SQ", items=Items(inside, places))
        return found, after if follows else None

    def _frames(self, found: Field) -> tuple[Field, int | None]:
        """Step over encapsulated Pixel Data, from its last frame on where one knows."""
        file = self._data_set.file
        head = file.read_some(found.offset, 8)
        table = int.from_bytes(head[4:8], "little")
        first = found.offset + 8 + table
        at = self._last_frame
        if at is None and 4 <= table <= self._data_set.end - first:
            at = int.from_bytes(file.read_some(first - 4, 4), "little")
        end = self._end_of_fragments(first + (at or 0))
        return replace(found, is_encapsulated=True, end=end or found.end), end

    def _end_of_fragments(self, at: int) -> int | None:
        for _ in range(_MOST_FRAGMENTS):
            element = self._headers.element(at, implicit=True)
            if element is None or element.tag not in {ITEM, SEQUENCE_END}:
                return None
            at = element.offset + (element.length or 0)
            if element.tag == SEQUENCE_END:
                return element.offset
        return None

    def _learn(self, found: Field) -> None:
        """Keep what an attribute says about those that follow."""
        if is_private_creator(found.tag):
            values = found.values(_LONGEST_TERM)
            self._creators[found.tag] = str(values[0]) if values else ""
        elif found.tag == _CHARACTER_SET:
            values = found.values(_LONGEST_TERM)
            if isinstance(values, list):
                encodings = encodings_of(values)
                self._data_set = replace(self._data_set, encodings=encodings)
        elif found.tag == _PIXEL_REPRESENTATION:
            signed = found.read(2) in {b"\1\0", b"\0\1"}
            self._data_set = replace(self._data_set, signed=signed)
        elif found.tag == EXTENDED_OFFSETS and found.length >= 8:
            last = self._data_set.file.read_some(found.end - 8, 8)
            self._last_frame = int.from_bytes(last, "little")

    def _is_ending(self, at: int, element: Element | None) -> bool:
        """Whether nothing is lost: a delimiter, or NULs as padding."""
        if element is not None and element.tag == ITEM_END and self._data_set.depth:
            return True
        most = min(self._data_set.end - at, _PADDING)
        return not any(self._data_set.file.read_some(at, most))

    def _lost(self, at: int, problem: str) -> Field:
        end = self._data_set.end
        return Field(
            self._data_set, 0, "UN", "", at, end, None, f"{problem} at byte {at}"
        )
