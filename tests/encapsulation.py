"""Codes frames and puts them into Pixel Data by hand, so that damage can be made."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate
from struct import pack
from types import MappingProxyType
from typing import Any, Literal, TypeAlias

import imagecodecs
import numpy as np
import simplejpeg
from numpy.typing import NDArray
from pydicom.uid import UID

Offsets: TypeAlias = Literal["basic", "extended", "none"]

Pieces: TypeAlias = Iterator[bytes | int]
"""What a file is written from: bytes, and numbers of zero bytes to skip (sparse)."""

NOTHING: Mapping[int, int] = MappingProxyType({})

ITEM = b"\xfe\xff\x00\xe0"
DELIMITER = b"\xfe\xff\xdd\xe0" + bytes(4)


def encode_frame(
    pixels: NDArray[Any], syntax: str, photometric: str, quality: int = 95
) -> bytes:
    """Return one frame's bytes: RGB (rows, columns, 3) or grey (rows, columns).

    `photometric` says what the codestream becomes: YBR_FULL_422 is JPEG with 4:2:2 and
    JFIF; YBR_FULL the same with 4:4:4, or YCbCr samples without a component transform
    elsewhere; YBR_ICT and YBR_RCT are JPEG 2000's transforms; RGB is none at all.
    """
    if syntax == "uncompressed":
        return _components(pixels, photometric).tobytes()
    if syntax == "jpeg":
        return _jpeg(pixels, photometric, quality)
    transformed = photometric in ("YBR_ICT", "YBR_RCT")
    lossless = syntax == "jpeg2000-lossless"
    coded = imagecodecs.jpeg2k_encode(
        pixels if transformed else _components(pixels, photometric),
        level=0 if lossless else quality * 2 // 3,  # a PSNR in dB; 0 is lossless
        codecformat="j2k",
        reversible=lossless,
        mct=transformed,
    )
    return bytes(coded)


def fragments(frame: bytes, count: int = 1) -> list[bytes]:
    """Cut a frame into about equal even pieces, the last padded to even (PS3.5 A.4)."""
    frame += b"\0" * (len(frame) % 2)
    step = max(2, (len(frame) // count + 1) // 2 * 2)
    pieces = [frame[at : at + step] for at in range(0, step * (count - 1), step)]
    return [*pieces, frame[step * (count - 1) :]]


def item(content: bytes, zeros: int = 0) -> bytes:
    """Return the tag, the length and the content of an item; zeros only count."""
    return ITEM + pack("<I", len(content) + zeros) + content


def encapsulated(
    frames: Sequence[bytes],
    offsets: Offsets = "basic",
    fragments_per_frame: int = 1,
    swollen: Mapping[int, int] = NOTHING,
) -> tuple[tuple[bytes, bytes] | None, Pieces]:
    """Return the Extended Offset Table with its lengths, and Pixel Data in pieces.

    `swollen` gives frames, by number from 0, a tail of so many zero bytes (an even
    number). Offsets that 32 bits cannot hold wrap, as they do in the wild.
    """
    cut = [fragments(frame, fragments_per_frame) for frame in frames]
    sizes = [
        swollen.get(number, 0) + sum(8 + len(piece) for piece in pieces)
        for number, pieces in enumerate(cut)
    ]
    starts = [0, *accumulate(sizes)][: len(sizes)]
    tables = None
    if offsets == "extended":
        lengths = [
            len(frame) + swollen.get(number, 0) for number, frame in enumerate(frames)
        ]
        tables = pack(f"<{len(cut)}Q", *starts), pack(f"<{len(cut)}Q", *lengths)
    basic = b""
    if offsets == "basic":
        basic = pack(f"<{len(cut)}I", *(start & 0xFFFFFFFF for start in starts))
    return tables, _items(basic, cut, swollen)


def native(frames: Sequence[bytes], syntax: UID, bits: int = 8) -> Pieces:
    """Yield Pixel Data that is not encapsulated, in pieces, padded to even length."""
    order = "<" if syntax.is_little_endian else ">"
    length = sum(map(len, frames))
    padded = length + length % 2
    yield pack(order + "HH", 0x7FE0, 0x0010)
    if not syntax.is_implicit_VR:
        yield b"OB\0\0" if bits == 8 else b"OW\0\0"
    yield pack(order + "I", padded)
    yield from frames
    yield bytes(padded - length)


def _items(
    basic: bytes, cut: Sequence[Sequence[bytes]], swollen: Mapping[int, int]
) -> Pieces:
    yield b"\xe0\x7f\x10\x00OB\0\0\xff\xff\xff\xff"
    yield item(basic)
    for number, pieces in enumerate(cut):
        zeros = swollen.get(number, 0)
        yield from map(item, pieces[:-1])
        yield item(pieces[-1], zeros)
        yield zeros
    yield DELIMITER


def _jpeg(pixels: NDArray[Any], photometric: str, quality: int) -> bytes:
    pixels = np.ascontiguousarray(pixels)
    if pixels.ndim == 2:
        return simplejpeg.encode_jpeg(pixels[..., None], quality, "GRAY", "Gray")
    if photometric == "RGB":
        coded = imagecodecs.jpeg8_encode(
            pixels, level=quality, colorspace="RGB", outcolorspace="RGB"
        )
        return bytes(coded)
    sampling = "422" if photometric == "YBR_FULL_422" else "444"
    return simplejpeg.encode_jpeg(pixels, quality, "RGB", sampling)


def _components(pixels: NDArray[Any], photometric: str) -> NDArray[Any]:
    """Return YCbCr samples (PS3.3 C.7.6.3.1.2) for YBR_FULL, else the pixels."""
    if photometric != "YBR_FULL":
        return pixels
    matrix = np.array(
        [
            [0.299, 0.587, 0.114],
            [-0.168736, -0.331264, 0.5],
            [0.5, -0.418688, -0.081312],
        ]
    )
    ybr = pixels @ matrix.T + (0, 128, 128)
    return np.clip(np.rint(ybr), 0, 255).astype(np.uint8)
