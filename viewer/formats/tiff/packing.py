"""Packed bytes to samples: the compressions of TIFF that know no picture.

Each is told how many bytes must come out, and gives no more than that.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final, TypeAlias, cast

import numpy as np
from numpy.typing import NDArray

from viewer.codecs.complaint import with_complaint
from viewer.slide.errors import BrokenFrame, UnsupportedCodec
from viewer.slide.geometry import Size

Unpack: TypeAlias = Callable[[bytes, Size, int], bytes]
"""Takes what is stored, the size in pixels and the bytes expected; any thread.

Raises BrokenFrame, whose sentence leaves out file and frame.
"""

NO_PREDICTOR: Final = 1
HORIZONTAL: Final = 2


def plain(data: bytes, _size: Size, length: int) -> bytes:
    """Return uncompressed bytes; some writers pad the last strip."""
    return data[:length]


def lzw(data: bytes, _size: Size, length: int) -> bytes:
    """Decompress LZW (TIFF 6.0 section 13)."""
    return _decompressed("lzw_decode", "LZW", data, length)


def deflate(data: bytes, _size: Size, length: int) -> bytes:
    """Decompress a zlib stream (TIFF Technical Note 2)."""
    return _decompressed("zlib_decode", "Deflate", data, length)


def pack_bits(data: bytes, _size: Size, length: int) -> bytes:
    """Decompress PackBits (TIFF 6.0 section 9)."""
    return _decompressed("packbits_decode", "PackBits", data, length)


def zstandard(data: bytes, _size: Size, length: int) -> bytes:
    """Decompress a Zstandard frame (RFC 8878)."""
    return _decompressed("zstd_decode", "Zstandard", data, length)


def lzma(data: bytes, _size: Size, length: int) -> bytes:
    """Decompress an xz stream."""
    return _decompressed("lzma_decode", "LZMA", data, length)


def webp(data: bytes, size: Size, length: int) -> bytes:
    """Decode WebP to RGB samples; what its header says is checked before."""
    found = _webp_size(data)
    if found != size:
        words = (
            "no WebP picture" if found is None else f"{found.width} x {found.height}"
        )
        raise BrokenFrame(
            f"the WebP data is {words}, expected {size.width} x {size.height}"
        )
    try:
        rgb = _codec("webp_decode")(data, hasalpha=False)
    except Exception as error:
        raise BrokenFrame(
            with_complaint("the WebP data cannot be decoded", error)
        ) from error
    return cast("NDArray[np.uint8]", rgb).tobytes()[:length]


def check_available(name: str) -> None:
    """Raise UnsupportedCodec where imagecodecs or this part of it is not there."""
    _codec(name)


def summed(data: bytes, kind: np.dtype[Any], shape: tuple[int, int, int]) -> bytes:
    """Undo the predictor that stores differences along rows (TIFF 6.0 section 14).

    `shape` is rows, columns and samples that lie together. The answer has the byte
    order of `kind`, as the data has.
    """
    native = kind.newbyteorder("=")
    differences = np.frombuffer(data, kind).reshape(shape).astype(native, copy=False)
    sums = np.cumsum(differences, axis=1, dtype=native)
    return sums.astype(kind, copy=False).tobytes()


NEEDED: Final[Mapping[Unpack, str]] = MappingProxyType(
    {
        lzw: "lzw_decode",
        deflate: "zlib_decode",
        pack_bits: "packbits_decode",
        zstandard: "zstd_decode",
        lzma: "lzma_decode",
        webp: "webp_decode",
    }
)
"""Which function of imagecodecs each needs."""


def _decompressed(function: str, name: str, data: bytes, length: int) -> bytes:
    try:
        unpacked = _codec(function)(data, out=length)
    except Exception as error:
        raise BrokenFrame(
            with_complaint(f"the {name} data cannot be decompressed", error)
        ) from error
    if len(unpacked) < length:
        raise BrokenFrame(
            f"the {name} data ends after {len(unpacked)} bytes of the picture, "
            f"expected {length}"
        )
    return bytes(unpacked)


def _codec(name: str) -> Callable[..., Any]:
    try:
        import imagecodecs

        library = getattr(imagecodecs, name.removesuffix("_decode").upper())
        if library.available:
            return cast("Callable[..., Any]", getattr(imagecodecs, name))
    except (ImportError, AttributeError):
        pass
    raise UnsupportedCodec(
        f"this needs the package imagecodecs with {name.removesuffix('_decode')}"
    )


def _webp_size(data: bytes) -> Size | None:
    """Return what the first chunk says (RFC 9649); None where there is none."""
    if data[:4] != b"RIFF" or data[8:12] != b"WEBP" or len(data) < 30:
        return None
    chunk = data[12:16]
    if chunk == b"VP8X":
        return Size(
            int.from_bytes(data[24:27], "little") + 1,
            int.from_bytes(data[27:30], "little") + 1,
        )
    if chunk == b"VP8L":
        bits = int.from_bytes(data[21:25], "little")
        return Size((bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1)
    if chunk == b"VP8 " and data[23:26] == b"\x9d\x01\x2a":
        return Size(
            int.from_bytes(data[26:28], "little") & 0x3FFF,
            int.from_bytes(data[28:30], "little") & 0x3FFF,
        )
    return None
