"""What a converter stored otherwise around bits that it kept, in words."""

from collections.abc import Callable
from typing import Final

from viewer.qa.bits.codestream_form import Head, JpegHead


def rewrapping(head: Head, other: Head) -> str:
    """Say what was stored otherwise around the same bits."""
    if not (isinstance(head, JpegHead) and isinstance(other, JpegHead)):
        return "boxes around it or padding"
    changes = [words for says, words in _CHANGES if says(head, other)]
    return ", ".join(changes) or "padding, or the order of markers"


def _adobe_added(one: JpegHead, other: JpegHead) -> bool:
    return one.header.adobe is None and other.header.adobe is not None


_CHANGES: Final[tuple[tuple[Callable[[JpegHead, JpegHead], bool], str], ...]] = (
    (lambda one, other: bool(one.tables) > bool(other.tables), "tables were put in"),
    (lambda one, other: bool(one.tables) < bool(other.tables), "tables were taken out"),
    (_adobe_added, "an Adobe marker was added"),
    (lambda one, other: _adobe_added(other, one), "the Adobe marker was left out"),
    (
        lambda one, other: (
            None not in (one.header.adobe, other.header.adobe)
            and one.header.adobe != other.header.adobe
        ),
        "the Adobe marker names another color transform",
    ),
    (lambda one, other: one.header.jfif < other.header.jfif, "a JFIF marker was added"),
    (
        lambda one, other: one.header.jfif > other.header.jfif,
        "the JFIF marker was left out",
    ),
)
