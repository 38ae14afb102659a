"""Boxes around a codestream, cut away: JP2 (T.800 annex I) and JPEG XL (18181-2)."""

from collections.abc import Iterator
from typing import Final, NamedTuple

from viewer.codecs.frame import Finding
from viewer.slide.errors import BrokenFrame

JP2_SIGNATURE: Final = b"\x00\x00\x00\x0cjP  "  # T.800 I.5.1
JPEG_XL_SIGNATURE: Final = b"\x00\x00\x00\x0cJXL "

_MOST: Final = 1000
_HEADER, _PALETTE, _CODESTREAM = b"jp2h", b"pclr", b"jp2c"
_WHOLE, _PART = b"jxlc", b"jxlp"


class _Box(NamedTuple):
    """The kind of a box, and where its contents begin and end."""

    kind: bytes
    start: int
    end: int


def unboxed_jpeg2000(data: bytes) -> tuple[bytes, Finding | None]:
    """Return the bare codestream of a frame, and what to say of boxes around it.

    What the boxes say (palette, color space, order of channels) is left out: the
    attributes say it too, and decoders have crashed on palettes. Raises BrokenFrame.
    """
    if not data.startswith(JP2_SIGNATURE):
        return data, None
    palette = False
    for box in _boxes(data, 0, len(data)):
        if box.kind == _HEADER:
            palette = any(
                inner.kind == _PALETTE for inner in _boxes(data, box.start, box.end)
            )
        elif box.kind == _CODESTREAM:
            words = "the frame is a JP2 file, expected a bare JPEG 2000 codestream"
            more = "; its palette is ignored" if palette else ""
            return data[box.start : box.end], Finding("boxed-codestream", words + more)
    raise BrokenFrame("the frame is a JP2 file without a codestream")


def unboxed_jpegxl(data: bytes) -> bytes:
    """Return the bare codestream of a frame; raises BrokenFrame.

    The standard allows boxes here: only they can bring back a recompressed JPEG.
    """
    if not data.startswith(JPEG_XL_SIGNATURE):
        return data
    parts: list[bytes] = []
    for box in _boxes(data, 0, len(data)):
        if box.kind == _WHOLE:
            return data[box.start : box.end]
        if box.kind == _PART:
            parts.append(data[box.start + 4 : box.end])  # a number comes first
    if not parts:
        raise BrokenFrame("the JPEG XL file has no codestream")
    return b"".join(parts)


def _boxes(data: bytes, start: int, end: int) -> Iterator[_Box]:
    """Yield the boxes of a part of the data; the last may be cut off."""
    for _ in range(_MOST):
        if start + 8 > end:
            return
        length = int.from_bytes(data[start : start + 4], "big")
        kind, head = data[start + 4 : start + 8], 8
        if length == 1:  # in eight bytes more
            length, head = int.from_bytes(data[start + 8 : start + 16], "big"), 16
        if length == 0:  # up to the end
            length = end - start
        if length < head:
            raise BrokenFrame(
                f"the box at byte {start} is {length} bytes long, expected {head} or"
                " more"
            )
        yield _Box(kind, start + head, min(start + length, end))
        start += length
    raise BrokenFrame(f"the frame has more than {_MOST} boxes")
