"""Directories of TIFF and BigTIFF files from numbers, in either byte order."""

from collections.abc import Mapping, Sequence
from struct import pack

Tags = Mapping[int, tuple[int, Sequence[int]]]
"""By tag number: the type (3 SHORT, 4 LONG, 16 LONG8, 13 IFD) and the values."""

_FORMS = {1: "B", 3: "H", 4: "I", 13: "I", 16: "Q"}


def header(first: int, *, order: str = "<", big: bool = False) -> bytes:
    """Return the start of a file whose first directory is at `first`."""
    mark = b"II" if order == "<" else b"MM"
    if big:
        return mark + pack(order + "HHHQ", 43, 8, 0, first)
    return mark + pack(order + "HI", 42, first)


def directory(
    tags: Tags, at: int, *, following: int = 0, order: str = "<", big: bool = False
) -> bytes:
    """Return a directory that lies at `at`, values behind it; `following` is next."""
    place, count = ("Q", "Q") if big else ("I", "H")
    room = 8 if big else 4
    start = len(pack(order + count, 0)) + len(tags) * (12 if room == 4 else 20) + room
    entries, behind = b"", b""
    for tag, (kind, values) in sorted(tags.items()):
        data = pack(f"{order}{len(values)}{_FORMS[kind]}", *values)
        entries += pack(f"{order}HH{place}", tag, kind, len(values))
        if len(data) <= room:
            entries += data.ljust(room, b"\0")
        else:
            entries += pack(order + place, at + start + len(behind))
            behind += data + bytes(len(data) % 2)
    count_and_entries = pack(order + count, len(tags)) + entries
    return count_and_entries + pack(order + place, following) + behind


def chain(
    directories: Sequence[Tags], at: int, *, order: str = "<", big: bool = False
) -> bytes:
    """Return directories one behind the other, the first at `at`."""
    content = b""
    for number, tags in enumerate(directories):
        here = at + len(content)
        size = len(directory(tags, here, order=order, big=big))
        last = number == len(directories) - 1
        content += directory(
            tags, here, following=0 if last else here + size, order=order, big=big
        )
    return content
