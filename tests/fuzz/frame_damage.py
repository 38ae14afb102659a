"""Damage to offset tables, to items and to the codestreams in them."""

import re
from struct import pack, pack_into, unpack_from
from typing import Final

from tests.fuzz.anatomy import Span, anatomy_of, coded_start
from tests.fuzz.subject import Subject


def damage_basic_table(subject: Subject) -> str | None:
    """Change the Basic Offset Table."""
    table = subject.anatomy.basic
    if not table.length:
        return None
    words, numbers = _lie(subject, table, "<%dI")
    subject.replace(
        Span(table.start - 4, table.stop), pack("<I", len(numbers)) + numbers
    )
    return f"Basic Offset Table: {words}"


def damage_extended_table(subject: Subject) -> str | None:
    """Change the Extended Offset Table or its lengths."""
    anatomy = subject.anatomy
    table = subject.random.choice([anatomy.extended, anatomy.extended, anatomy.lengths])
    if not table.length:
        return None
    words, numbers = _lie(subject, table, "<%dQ")
    subject.replace(
        Span(table.start - 4, table.stop), pack("<I", len(numbers)) + numbers
    )
    which = "Offset Table" if table == anatomy.extended else "Lengths"
    return f"Extended {which}: {words}"


def damage_item(subject: Subject) -> str | None:
    """Split, drop, repeat, swap or mislabel items of the pixel data."""
    items = subject.anatomy.items
    if not items:
        return None
    item = subject.random.choice(items)
    content = subject.data[item.start : item.stop]
    kind = subject.random.choice(["split", "drop", "repeat", "swap", "length", "tag"])
    if kind == "split":
        half = max(2, (item.length - 8) // 4 * 2)
        new = _item(content[8 : 8 + half]) + _item(content[8 + half :])
    elif kind == "swap":
        other = items[min(items.index(item) + 1, len(items) - 1)]
        if other.length == item.length or not subject.tabled:
            return None  # as good as another picture: nothing tells of it
        item = Span(item.start, other.stop)
        new = subject.data[other.start : other.stop] + content
    elif kind in ("length", "tag"):
        at = 0 if kind == "tag" else 4
        lies = [b"\0\0\0\0", b"\xff\xff\xff\xff", subject.random.randbytes(4)]
        lies.append(pack("<I", (item.length - 8 + subject.random.choice([2, -2]))))
        lie = subject.random.choice(lies)
        new = content[:at] + lie + content[at + 4 :]
    else:
        new = content * {"drop": 0, "repeat": 2}[kind]
    subject.replace(item, new)
    return f"item at {item.start}: {kind}"


def damage_frame(subject: Subject) -> str | None:
    """Overwrite bytes at the beginning of a frame."""
    items = subject.anatomy.items
    if not items:
        return None
    item = subject.random.choice(items)
    frame = Span(item.start + 8, min(item.start + 72, item.stop))
    if not frame.length:
        return None
    at, octets = subject.place(frame), subject.octets(4)
    subject.overwrite(at, octets[: item.stop - at])
    return f"{octets.hex(' ')} at {at} in the frame at {frame.start}"


def damage_marker(subject: Subject) -> str | None:
    """Put a marker where none belongs, or break one."""
    items = subject.anatomy.items
    if not items:
        return None
    item = subject.random.choice(items)
    frame = subject.data[item.start + 8 : item.stop]
    if frame[:2] not in (b"\xff\xd8", b"\xff\x4f"):
        return None  # no markers in there
    codes = b"\xd8\xd9\xda\xc4\xdb\xc0\xc2\xd0\xdd\xfe\x4f\x51\x52\x5c\x90\x93\x64\x00"
    marker = bytes([0xFF, subject.random.choice(codes)])
    header = Span(item.start + 8, item.start + 8 + coded_start(frame))
    there = [
        at
        for at in range(header.start, header.stop - 1)
        if subject.data[at] == 0xFF and subject.data[at + 1] not in (0, 0xFF)
    ]
    if there and subject.random.random() < 0.6:
        at = subject.random.choice(there)
    else:
        at = subject.place(Span(item.start + 8, max(item.start + 9, item.stop - 2)))
    subject.overwrite(at, marker)
    return f"marker {marker.hex()} at {at}"


def change_dimensions(subject: Subject) -> str | None:
    """Let a codestream claim another size, precision or number of components."""
    found = [
        match
        for item in subject.anatomy.items
        for match in _SIZES.finditer(subject.data, item.start + 8, item.stop)
    ]
    if not found:
        return None
    size = subject.random.choice(found)
    at = subject.place(Span(size.start() + 4, size.start() + 4 + _SIZE_BYTES))
    lies = [b"\0\0", b"\xff\xff", b"\x4e\x20", b"\0\1", b"\0\x41", b"\0\x80"]
    lie = subject.random.choice(lies)
    subject.overwrite(at, lie)
    return f"dimension at {at} -> {lie.hex()}"


def has_items(data: bytes) -> bool:
    """Whether a file has frames in items."""
    return bool(anatomy_of(data).items)


def has_sizes(data: bytes) -> bool:
    """Whether a file has codestreams that say how large they are."""
    return has_items(data) and _SIZES.search(data) is not None


_SIZES: Final = re.compile(rb"\xff[\xc0-\xc3\xf7]\x00|\xff\x51\x00", re.DOTALL)
_SIZE_BYTES: Final = 12


def _item(content: bytes) -> bytes:
    return b"\xfe\xff\x00\xe0" + pack("<I", len(content)) + content


def _lie(subject: Subject, table: Span, form: str) -> tuple[str, bytes]:
    """Change the numbers of a table: in words, and anew."""
    size = {"I": 4, "Q": 8}[form[-1]]
    count = table.length // size
    numbers = list(unpack_from(form % count, subject.data, table.start))
    random, at = subject.random, subject.random.randrange(count)
    kind = random.choice(
        ["swap", "copy", "shift", "zero", "random", "high", "extra", "drop", "all"]
    )
    if kind == "swap":
        other = random.randrange(count)
        numbers[at], numbers[other] = numbers[other], numbers[at]
    elif kind == "copy":
        numbers[at] = numbers[random.randrange(count)]
    elif kind == "extra":
        numbers.insert(at, random.choice(numbers))
    elif kind == "drop":
        del numbers[at]
    elif kind == "all":
        step = random.choice([-8, 2, 8, 16])
        numbers = [number + step for number in numbers]
    else:
        lies = {
            "shift": numbers[at] + random.choice([-8, -2, -1, 1, 2, 8]),
            "zero": 0,
            "random": random.randrange(1 << 20),
            "high": (1 << 8 * size) - random.choice([1, 2, 8]),
        }
        numbers[at] = lies[kind]
    packed = bytearray(len(numbers) * size)
    limit = 1 << 8 * size
    pack_into(form % len(numbers), packed, 0, *(number % limit for number in numbers))
    return f"entry {at}: {kind}", bytes(packed)
