"""What a JPEG XL codestream says of itself, read without decoding it.

The layout is that of ISO/IEC 18181-1 annex D: the size header and the image metadata.
"""

from typing import Final, NamedTuple

from viewer.slide.errors import BrokenFrame
from viewer.slide.geometry import Size

_SIGNATURE: Final = b"\xff\x0a"
_LONGEST: Final = 64  # bytes that all that is read here may take

# U32 fields: for each two-bit selector, what is added to how many bits.
_EDGE: Final = ((1, 9), (1, 13), (1, 18), (1, 30))
_INTEGER_BITS: Final = ((8, 0), (10, 0), (12, 0), (1, 6))
_FLOAT_BITS: Final = ((32, 0), (16, 0), (24, 0), (1, 6))
_EXTRA_CHANNELS: Final = ((0, 0), (1, 0), (2, 4), (1, 12))
_ENUM: Final = ((0, 0), (1, 0), (2, 4), (18, 6))
_RATIOS: Final = ((1, 1), (12, 10), (4, 3), (3, 2), (16, 9), (5, 4), (2, 1))
_GREY: Final = 1


class JpegXlHeader(NamedTuple):
    """Size and samples; `xyb` says that a decoder turns the samples into RGB itself."""

    size: Size
    precision: int
    components: int
    xyb: bool


def read_jpegxl_header(data: bytes) -> JpegXlHeader:
    """Read the header of a bare codestream; raises BrokenFrame.

    Pictures of floating point, with extra channels (alpha), previews or animation are
    refused: no slide has a use for them. Reads a few bytes, whatever they say.
    """
    if not data.startswith(_SIGNATURE):
        raise BrokenFrame(
            f"the JPEG XL data starts with {data[:2].hex(' ').upper() or 'nothing'},"
            " expected FF 0A"
        )
    bits = _Bits(data[2:_LONGEST])
    size = _read_size(bits)
    if bits.flag():  # all is as by default
        return JpegXlHeader(size, 8, 3, xyb=True)
    if bits.flag():
        _check_extras(bits)
    floating = bits.flag()
    precision = bits.number(_FLOAT_BITS if floating else _INTEGER_BITS)
    if floating:
        raise BrokenFrame("the JPEG XL samples are floating point, expected integers")
    bits.flag()  # 16 bits suffice inside the decoder
    extra = bits.number(_EXTRA_CHANNELS)
    if extra:
        raise BrokenFrame(f"the JPEG XL data has {extra} extra channels, expected none")
    xyb = bits.flag()
    grey = False
    if not bits.flag():  # the color space is not sRGB
        bits.flag()  # an ICC profile follows
        grey = bits.number(_ENUM) == _GREY
    return JpegXlHeader(size, precision, 1 if grey else 3, xyb)


class _Bits:
    """Bits from the lowest of the first byte upwards."""

    def __init__(self, data: bytes) -> None:
        self._value = int.from_bytes(data, "little")
        self._left = 8 * len(data)

    def take(self, count: int) -> int:
        """Return the next bits as a number."""
        if count > self._left:
            raise BrokenFrame("the JPEG XL data ends within its header")
        taken = self._value & (1 << count) - 1
        self._value >>= count
        self._left -= count
        return taken

    def flag(self) -> bool:
        """Return the next bit."""
        return bool(self.take(1))

    def number(self, choices: tuple[tuple[int, int], ...]) -> int:
        """Return a U32: two bits choose what is added to how many bits."""
        offset, count = choices[self.take(2)]
        return offset + self.take(count)


def _read_size(bits: _Bits) -> Size:
    small = bits.flag()

    def edge() -> int:
        return 8 * (1 + bits.take(5)) if small else bits.number(_EDGE)

    height = edge()
    ratio = bits.take(3)
    if ratio == 0:
        return Size(edge(), height)
    numerator, denominator = _RATIOS[ratio - 1]
    return Size(height * numerator // denominator, height)


def _check_extras(bits: _Bits) -> None:
    """Pass over the orientation and the intrinsic size; refuse the rest."""
    bits.take(3)  # the attributes say how a slide lies
    if bits.flag():
        _read_size(bits)
    for what in ("a preview", "an animation"):
        if bits.flag():
            raise BrokenFrame(f"the JPEG XL data has {what}, expected one still image")
