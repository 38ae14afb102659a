"""Are the packets of a JPEG 2000 codestream what a coder may write."""

import re
from collections.abc import Iterator
from typing import Final


def packet_damage(data: bytes) -> str | None:
    """Say where the packets of a bare codestream hold what no coder writes.

    Coders stuff bits so that no two bytes in the packets are a marker from FF90 on
    (ITU-T T.800 B.10.1 and C.2.1, T.814 7.1), but for those of a packet's start and end
    of header (SOP, EPH). Where there is one, bytes are not what they were. Time is
    linear in the length; the main header has been read before.
    """
    for start, end in _packets(data):
        found = _STRAY.search(data, start, end)
        if found is not None:
            return (
                f"the JPEG 2000 packets hold marker {found[0].hex().upper()} at byte"
                f" {found.start()}, where none can be"
            )
    return None


_STRAY: Final = re.compile(rb"\xff[\x90\x93-\xff]")
_START_OF_TILE: Final = b"\xff\x90"
_START_OF_DATA: Final = b"\xff\x93"
_END: Final = b"\xff\xd9"


def _packets(data: bytes) -> Iterator[tuple[int, int]]:
    """Yield where the packets of each tile-part begin and end (A.4.2)."""
    at = 2
    while at + 4 <= len(data) and data[at : at + 2] != _START_OF_TILE:
        at += 2 + max(2, int.from_bytes(data[at + 2 : at + 4], "big"))
    while data[at : at + 2] == _START_OF_TILE:
        length = int.from_bytes(data[at + 6 : at + 10], "big")
        end = at + length if length else _last(data)
        begin = data.find(_START_OF_DATA, at + 12, end)
        if begin < 0 or end <= at:
            return
        yield begin + 2, end
        at = end


def _last(data: bytes) -> int:
    """Return where a tile-part of no told length ends: at the end marker."""
    end = data.rfind(_END)
    return len(data) if end < 0 else end
