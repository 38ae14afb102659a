"""Damage to what holds slides or leads to them: TIFF, zip, DICOMDIR."""

from random import Random
from struct import pack, unpack_from

from tests.fuzz.anatomy import TIFF

_BYTES = {3: 2, 4: 4, 5: 8, 11: 4, 12: 8, 13: 4, 16: 8, 18: 8}
"""Bytes of one value by its TIFF type."""

_ABSURD = (0, 1, 2, 7, 0xFFFF, 0x10000, 0x7FFFFFFF, 0xFFFFFFFF)


def is_container(data: bytes) -> bool:
    """Whether one of the three is meant for this file."""
    return data[:4] in TIFF or data[:4] == b"PK\x03\x04" or _is_directory(data)


def damage_tiff(data: bytes, random: Random) -> tuple[str, bytes] | None:
    """Change an entry of a directory, or the link to the next one; classic and Big."""
    order = {b"II": "<", b"MM": ">"}.get(data[:2])
    if order is None or unpack_from(order + "H", data, 2)[0] not in (42, 43):
        return None
    big = unpack_from(order + "H", data, 2)[0] == 43
    count, entry, number = ("Q", 20, "Q") if big else ("H", 12, "I")
    size = 8 if big else 4
    directories: list[int] = []
    at = unpack_from(order + number, data, 8 if big else 4)[0]
    while 0 < at < len(data) and at not in directories:
        directories.append(at)
        at = unpack_from(order + number, data, _end(data, at, order, big=big))[0]
    start = random.choice(directories)
    entries = unpack_from(order + count, data, start)[0]
    head = start + (8 if big else 2)
    chosen = head + entry * random.randrange(entries)
    kind = random.choice(["tag", "type", "count", "value", "next", "entries", "array"])
    lie = random.choice([*_ABSURD, start, len(data) - 1, random.randrange(len(data))])
    if kind == "next" and lie == 0:
        return None  # the end of a shorter file, as good as any
    where = {
        "tag": (chosen, "H"),
        "type": (chosen + 2, "H"),
        "count": (chosen + 4, number),
        "value": (chosen + 4 + size, number),
        "next": (head + entry * entries, number),
        "entries": (start, count),
    }
    if kind == "array":  # what an entry points to: offsets, byte counts, texts
        count_of = unpack_from(order + number, data, chosen + 4)[0]
        target = unpack_from(order + number, data, chosen + 4 + size)[0]
        if count_of * _BYTES.get(data[chosen + 2] + data[chosen + 3], 1) <= size:
            return None  # it lies in the entry itself
        if not 8 <= target < len(data) - 8:
            return None
        where["array"] = (target + size * random.randrange(2), number)
    place, form = where[kind]
    limit = {"H": 1 << 16, "I": 1 << 32, "Q": 1 << 64}[form]
    octets = pack(order + form, lie % limit)
    tag = unpack_from(order + "H", data, chosen)[0]
    words = f"TIFF directory at {start}, tag {tag}: {kind} = {lie}"
    return words, data[:place] + octets + data[place + len(octets) :]


def damage_zip(data: bytes, random: Random) -> tuple[str, bytes] | None:
    """Overwrite part of a header of a zip archive."""
    if data[:4] != b"PK\x03\x04":
        return None
    heads = [
        at
        for signature in (b"PK\x01\x02", b"PK\x03\x04", b"PK\x05\x06")
        for at in _all(data, signature)
    ]
    at = random.choice(heads) + random.randrange(4, 46)
    lie = random.choice([b"\0\0", b"\xff\xff", b"\xff\xff\xff\xff", b"\1\0"])
    return (
        f"zip header: {lie.hex()} at {at}",
        (data[:at] + lie + data[at + len(lie) :])[: max(len(data), 1)],
    )


def damage_directory(data: bytes, random: Random) -> tuple[str, bytes] | None:
    """Let a record of a DICOMDIR lead elsewhere."""
    if not _is_directory(data):
        return None
    at = random.choice(_all(data, b"\x04\x00\x00\x15CS"))
    length = unpack_from("<H", data, at + 6)[0]
    lies = (b"..\\..\\..\\ETC\\PASSWD", b"\\ETC\\PASSWD", b"C:\\X", b"NOWHERE", b"")
    lie = random.choice(lies)[:length].ljust(length)
    return f"DICOMDIR leads to {lie!r}", data[: at + 8] + lie + data[at + 8 + length :]


def _is_directory(data: bytes) -> bool:
    return data[128:132] == b"DICM" and b"\x04\x00\x00\x15CS" in data


def _end(data: bytes, start: int, order: str, *, big: bool) -> int:
    if big:
        return start + 8 + 20 * int(unpack_from(order + "Q", data, start)[0])
    return start + 2 + 12 * int(unpack_from(order + "H", data, start)[0])


def _all(data: bytes, what: bytes) -> list[int]:
    found, at = [], data.find(what)
    while at >= 0:
        found.append(at)
        at = data.find(what, at + 1)
    return found
