"""What a codestream says of itself, where the attributes around it say nothing."""

from itertools import pairwise
from typing import Final, NamedTuple

from viewer.codecs.boxes import unboxed_jpeg2000, unboxed_jpegxl
from viewer.codecs.jpeg2000_header import read_jpeg2000_header
from viewer.codecs.jpeg_header import JPEG_LS, LOSSLESS, read_jpeg_header
from viewer.codecs.jpegxl_header import read_jpegxl_header
from viewer.slide.errors import BrokenFrame
from viewer.slide.geometry import Size


class Codestream(NamedTuple):
    """The header of one frame; `size` is None where the codestream has none (RLE).

    `transfer_syntax` is the UID that would name it, `photometric` the label that would
    be right, `samples` the components and `bits` those of a sample; 0 where unknown.
    """

    transfer_syntax: str
    size: Size | None = None
    samples: int = 0
    bits: int = 0
    photometric: str = ""


def codestream_of(data: bytes) -> Codestream | None:
    """Read the header in the first bytes of a frame; None where it is none. Any thread.

    `data` may end behind the header. Never raises.
    """
    for magic, read in _READERS:
        if data.startswith(magic):
            try:
                return read(data)
            except BrokenFrame:
                return None
    return _rle(data)


_ROOT: Final = "1.2.840.10008.1.2.4"
_JPEG_SYNTAX: Final = {0xC0: ".50", 0xC1: ".51", LOSSLESS: ".57", JPEG_LS: ".80"}
_RLE: Final = "1.2.840.10008.1.2.5"
_RLE_HEADER: Final = 64


def _jpeg(data: bytes) -> Codestream:
    header = read_jpeg_header(data)
    samples = len(header.components)
    lossy = header.process not in {LOSSLESS, JPEG_LS}
    plain = not lossy or header.adobe == 0 or header.identifiers == b"RGB"
    return Codestream(
        _ROOT + _JPEG_SYNTAX.get(header.process, ".50"),
        header.size,
        samples,
        header.precision,
        _label(samples, "RGB" if plain else "YBR_FULL_422"),
    )


def _jpeg2000(data: bytes) -> Codestream:
    header = read_jpeg2000_header(unboxed_jpeg2000(data)[0])
    samples = len(header.sampling)
    if header.high_throughput:
        syntax = ".201" if header.reversible else ".203"
    else:
        syntax = ".90" if header.reversible else ".91"
    transformed = "YBR_RCT" if header.reversible else "YBR_ICT"
    color = transformed if header.transformed else "RGB"
    return Codestream(
        _ROOT + syntax, header.size, samples, header.precision, _label(samples, color)
    )


def _jpegxl(data: bytes) -> Codestream:
    header = read_jpegxl_header(unboxed_jpegxl(data))
    color = "RGB" if header.xyb else "YBR_FULL"
    return Codestream(
        f"{_ROOT}.112",
        header.size,
        header.components,
        header.precision,
        _label(header.components, color),
    )


def _rle(data: bytes) -> Codestream | None:
    """Know an RLE header by its offsets (PS3.5 G.5): there is nothing else in it."""
    if len(data) < _RLE_HEADER:
        return None
    numbers = [int.from_bytes(data[at : at + 4], "little") for at in range(0, 64, 4)]
    count, offsets = numbers[0], numbers[1:]
    used, unused = offsets[:count], offsets[count:]
    rising = all(one < other for one, other in pairwise(used))
    if not 1 <= count <= 15 or used[0] != _RLE_HEADER or any(unused) or not rising:
        return None
    return Codestream(_RLE)


def _label(samples: int, color: str) -> str:
    return color if samples == 3 else "MONOCHROME2"


_READERS: Final = (
    (b"\xff\xd8", _jpeg),
    (b"\xff\x4f\xff\x51", _jpeg2000),
    (b"\0\0\0\x0cjP  ", _jpeg2000),
    (b"\xff\x0a", _jpegxl),
    (b"\0\0\0\x0cJXL ", _jpegxl),
)
