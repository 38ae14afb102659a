"""Palette Color Lookup Tables (PS3.3 C.7.9), from attributes to colors."""

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset

from viewer.codecs import Palette
from viewer.formats.dicom.facts import items, value_of
from viewer.slide.errors import BrokenFile

_COLORS: Final = ("Red", "Green", "Blue")
_DISCRETE, _LINEAR, _INDIRECT = 0, 1, 2
_FULL: Final = 1 << 16
"""Entries where the descriptor says 0."""


class _Descriptor(NamedTuple):
    """How many entries, which sample the first stands for, how many bits each."""

    entries: int
    first: int
    bits: int


def read_palette(
    dataset: Dataset, name: str, *, signed: bool, big_endian: bool
) -> Palette | None:
    """Read the palette of an instance, or else that of its first optical path.

    `signed` is Pixel Representation, by which the first sample counts. `name` is the
    file's, for the sentence. None where there is no palette; raises BrokenFile where it
    is damaged. Entries of 16 bits are shown with their upper 8.
    """
    holder = _holder(dataset)
    if holder is None:
        return None
    try:
        return palette_in(holder, signed=signed, big_endian=big_endian)
    except ValueError as error:
        raise BrokenFile(f"{name}: {error}.") from error


def palette_in(holder: Dataset, *, signed: bool, big_endian: bool) -> Palette:
    """Read the palette that a data set has; ValueError says what is wrong with it."""
    tables = [
        _read_table(holder, color, signed=signed, big_endian=big_endian)
        for color in _COLORS
    ]
    first = {descriptor.first for descriptor, _ in tables}
    lengths = {len(table) for _, table in tables}
    if len(first) > 1 or len(lengths) > 1:
        raise ValueError(
            "the palettes of red, green and blue differ in their first sample or their"
            " length, expected one of each"
        )
    bgrx = np.full((lengths.pop(), 4), 255, np.uint8)
    for channel, (_, table) in zip((2, 1, 0), tables, strict=True):
        bgrx[:, channel] = table
    return Palette(first.pop(), bgrx.tobytes())


def _holder(dataset: Dataset) -> Dataset | None:
    """Return the data set that has the tables."""
    paths = items(dataset, "OpticalPathSequence")
    of_paths = (items(path, "PaletteColorLookupTableSequence") for path in paths)
    for holder in (dataset, *(item for found in of_paths for item in found)):
        if value_of(holder, "RedPaletteColorLookupTableDescriptor") is not None:
            return holder
    return None


def _read_table(
    holder: Dataset, color: str, *, signed: bool, big_endian: bool
) -> tuple[_Descriptor, NDArray[np.uint8]]:
    """Read the table of one color; ValueError says what is wrong with it."""
    keyword = f"{color}PaletteColorLookupTable"
    descriptor = _descriptor(holder, f"{keyword}Descriptor", signed=signed)
    order = ">" if big_endian else "<"
    data = value_of(holder, f"{keyword}Data")
    segmented = value_of(holder, f"Segmented{keyword}Data")
    if isinstance(data, bytes) and data:
        entries = _plain(data, descriptor, order)
    elif isinstance(segmented, bytes) and segmented:
        words = _words(segmented, descriptor.bits, order)
        entries = _expanded(words, descriptor)
    else:
        raise ValueError(f"the {color.lower()} palette has no data")
    if len(entries) != descriptor.entries:
        raise ValueError(
            f"the {color.lower()} palette has {len(entries)} entries, expected"
            f" {descriptor.entries}"
        )
    return descriptor, entries


def _descriptor(holder: Dataset, keyword: str, *, signed: bool) -> _Descriptor:
    """Read a descriptor; its numbers may be signed or not, whatever its VR says."""
    value = value_of(holder, keyword)
    try:
        count, first, bits = (int(each) for each in value)
    except (TypeError, ValueError):
        raise ValueError(f"{keyword} is not three numbers") from None
    if bits not in {8, 16}:
        raise ValueError(f"{keyword} says {bits} bits an entry, expected 8 or 16")
    first &= 0xFFFF
    if signed and first >= 0x8000:
        first -= 0x10000
    return _Descriptor(count & 0xFFFF or _FULL, first, bits)


def _plain(data: bytes, descriptor: _Descriptor, order: str) -> NDArray[np.uint8]:
    """Return the upper 8 bits of each entry.

    The length tells how entries lie: some writers give 8 bits a word each, others call
    bytes 16 bits.
    """
    count, _, bits = descriptor
    if len(data) in {count, count + 1}:
        packed = _words(data, 8, order) if len(data) % 2 == 0 else data
        return np.frombuffer(packed, np.uint8, count)
    words = np.frombuffer(data, f"{order}u2", len(data) // 2)
    return (words if bits == 8 else words >> 8).astype(np.uint8)


def _words(data: bytes, bits: int, order: str) -> NDArray[np.generic]:
    """Return entries of 8 or 16 bits; two of 8 lie in a word, the lower byte first."""
    words = np.frombuffer(data, f"{order}u2", len(data) // 2).astype("<u2")
    return words if bits == 16 else words.view(np.uint8)


def _expanded(words: NDArray[np.generic], descriptor: _Descriptor) -> NDArray[np.uint8]:
    """Expand segments (PS3.3 C.7.9.2), to no more entries than are due and one."""
    numbers = [int(word) for word in words.tolist()]
    found: list[int] = []
    for entries in _segments(numbers, descriptor.bits, found):
        found.extend(entries)
        if len(found) > descriptor.entries:
            break
    shift = descriptor.bits - 8
    return np.array([entry >> shift & 0xFF for entry in found], np.uint8)


def _segments(
    numbers: list[int], bits: int, before: list[int]
) -> Iterator[Sequence[int]]:
    """Yield the entries of each segment; `before` is what they are added to."""
    at = 0
    while at + 1 < len(numbers):  # one zero may pad the data
        opcode, length = numbers[at : at + 2]
        if opcode == _INDIRECT:
            size = 4 if bits == 8 else 2
            offset = _offset(numbers[at + 2 : at + 2 + size], bits)
            at += 2 + size
            for _ in range(length):
                entries, offset = _segment(numbers, offset, before)
                yield entries
        else:
            entries, at = _segment(numbers, at, before)
            yield entries


def _offset(numbers: Sequence[int], bits: int) -> int:
    """Return which entry a byte offset leads to; its lowest part comes first."""
    offset = sum(number << bits * place for place, number in enumerate(numbers))
    return offset // (bits // 8)


def _segment(
    numbers: list[int], at: int, before: list[int]
) -> tuple[Sequence[int], int]:
    """Return the entries of a discrete or linear segment, and where the next begins."""
    opcode, length = numbers[at : at + 2] if at + 1 < len(numbers) else (-1, 0)
    size = {_DISCRETE: length, _LINEAR: 1}.get(opcode)
    if size is None or not length or at + 2 + size > len(numbers):
        raise ValueError(f"the segmented palette is damaged at its entry {at + 1}")
    data = numbers[at + 2 : at + 2 + size]
    if opcode == _DISCRETE:
        return data, at + 2 + size
    if not before:
        raise ValueError("the segmented palette begins with a linear segment")
    steps = np.linspace(before[-1], data[0], length + 1)[1:]
    return np.rint(steps).astype(int).tolist(), at + 3
