"""Ways to damage the files of a slide, each decided by random numbers alone.

A mutator takes a `Subject`, changes one of its files and returns the damage in words,
or None where the seed has nothing for it to damage. GOTCHAS of real files and of other
readers' crashes say what is worth damaging.
"""

import re
from collections.abc import Callable, Mapping
from struct import pack, unpack_from
from types import MappingProxyType
from typing import Final, NamedTuple

from tests.fuzz.anatomy import Span, anatomy_of
from tests.fuzz.containers import (
    damage_directory,
    damage_tiff,
    damage_zip,
    is_container,
)
from tests.fuzz.frame_damage import (
    change_dimensions,
    damage_basic_table,
    damage_extended_table,
    damage_frame,
    damage_item,
    damage_marker,
    has_items,
    has_sizes,
)
from tests.fuzz.semantic import edit_attribute
from tests.fuzz.subject import Subject


class Mutator(NamedTuple):
    """A way to damage, and which files it can be tried on."""

    damage: Callable[[Subject], str | None]
    applies: Callable[[bytes], bool]


def flip_bits(subject: Subject) -> str | None:
    """Flip one to eight bits anywhere."""
    random, places = subject.random, []
    for _ in range(random.choice([1, 1, 2, 4, 8])):
        at = subject.place(Span(0, len(subject.data)))
        subject.overwrite(at, bytes([subject.data[at] ^ 1 << random.randrange(8)]))
        places.append(at)
    return f"bits flipped at {places}"


def damage_header(subject: Subject) -> str | None:
    """Overwrite bytes before the pixel data."""
    header = subject.anatomy.header
    at, octets = subject.place(header), subject.octets(4)
    subject.overwrite(at, octets[: max(1, header.stop - at)])
    return f"{octets.hex(' ')} at {at}"


def truncate(subject: Subject) -> str | None:
    """Cut the file off."""
    end = subject.random.choice(
        [
            subject.place(Span(0, len(subject.data))),
            subject.place(subject.anatomy.header),
            len(subject.data) - subject.random.randint(1, 16),
        ]
    )
    subject.replace(Span(max(0, end), len(subject.data)), b"")
    return f"cut off at {end}"


def make_hole(subject: Subject) -> str | None:
    """Zero a run of bytes, as a copy that went wrong does."""
    at = subject.place(Span(0, len(subject.data)))
    length = min(2 ** subject.random.randrange(1, 13), len(subject.data) - at)
    subject.overwrite(at, bytes(length))
    return f"{length} zeros at {at}"


def change_element_length(subject: Subject) -> str | None:
    """Let an element of explicit VR claim another length."""
    header = subject.anatomy.header
    found = list(_ELEMENT.finditer(subject.data, header.start, header.stop))
    if not found:
        return None
    element = subject.random.choice(found)
    long = element["vr"] in _LONG
    at, form = (element.start() + 8, "<I") if long else (element.start() + 6, "<H")
    told = unpack_from(form, subject.data, at)[0]
    limit = 2**32 if long else 2**16
    lies = [0, told + 1, told - 1, told + 2, told * 2, limit - 1, limit // 2, limit - 2]
    lie = subject.random.choice(lies) % limit
    subject.overwrite(at, pack(form, lie))
    return f"length of element at {element.start()}: {told} -> {lie}"


def insert(subject: Subject) -> str | None:
    """Put bytes in between."""
    at, octets = _anywhere(subject), subject.octets(64)
    subject.replace(Span(at, at), octets)
    return f"{len(octets)} bytes inserted at {at}"


def delete(subject: Subject) -> str | None:
    """Take bytes out."""
    at, count = _anywhere(subject), subject.random.randint(1, 64)
    subject.replace(Span(at, at + count), b"")
    return f"{count} bytes deleted at {at}"


def change_attribute(subject: Subject) -> str | None:
    """Leave out one attribute or give it an absurd value."""
    edited = edit_attribute(subject.data, subject.random)
    if edited is None:
        return None
    words, new = edited
    subject.replace(Span(0, len(subject.data)), new)
    return words


def change_container(subject: Subject) -> str | None:
    """Damage a TIFF directory, a zip directory or the records of a DICOMDIR."""
    for damage in (damage_tiff, damage_zip, damage_directory):
        edited = damage(subject.data, subject.random)
        if edited is not None:
            words, new = edited
            subject.replace(Span(0, len(subject.data)), new)
            return words
    return None


def _always(data: bytes) -> bool:
    return True


def _has_elements(data: bytes) -> bool:
    header = anatomy_of(data).header
    return _ELEMENT.search(data, header.start, header.stop) is not None


MUTATORS: Final[Mapping[str, Mutator]] = MappingProxyType(
    {
        "bits": Mutator(flip_bits, _always),
        "header": Mutator(damage_header, _always),
        "truncation": Mutator(truncate, _always),
        "hole": Mutator(make_hole, _always),
        "element-length": Mutator(change_element_length, _has_elements),
        "insertion": Mutator(insert, _always),
        "deletion": Mutator(delete, _always),
        "basic-table": Mutator(
            damage_basic_table, lambda data: anatomy_of(data).basic.length > 0
        ),
        "extended-table": Mutator(
            damage_extended_table, lambda data: anatomy_of(data).extended.length > 0
        ),
        "item": Mutator(damage_item, has_items),
        "frame": Mutator(damage_frame, has_items),
        "marker": Mutator(damage_marker, has_items),
        "dimensions": Mutator(change_dimensions, has_sizes),
        "attribute": Mutator(change_attribute, lambda data: data[128:132] == b"DICM"),
        "container": Mutator(change_container, is_container),
    }
)
"""By the name that tables and the command line call them."""

_LONG: Final = frozenset({b"OB", b"OV", b"OW", b"SQ", b"UN", b"UT", b"UC"})
_ELEMENT: Final = re.compile(
    rb"..(?:..)(?P<vr>AE|AS|CS|DA|DS|DT|FD|FL|IS|LO|LT|OB|OV|OW|PN|SH|SQ|SS|ST|TM|UC|UI"
    rb"|UL|UN|US|UT)(?=..)",
    re.DOTALL,
)


def _anywhere(subject: Subject) -> int:
    whole = Span(0, len(subject.data))
    return subject.place(subject.random.choice([whole, subject.anatomy.header]))
