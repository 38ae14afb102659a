"""RLE frames: a segment for each byte of each sample (PS3.5 annex G)."""

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from itertools import pairwise
from struct import unpack_from
from typing import Any, Final, TypeAlias, cast

import numpy as np
from numpy.typing import NDArray

from viewer.codecs.agreement import check_output, depth_finding, stray_bits_finding
from viewer.codecs.frame import Decoded, Examples, FrameFormat, found
from viewer.codecs.raw import finished
from viewer.slide.errors import BrokenFrame, UnsupportedCodec
from viewer.slide.geometry import Size
from viewer.slide.model import ColorReading

Unpack: TypeAlias = Callable[[bytes, NDArray[np.uint8]], int]
"""Unpacks a segment into a plane, and no further, and returns how many bytes it filled.

It raises, whatever it likes, where the segment holds more or is cut off in a run.
"""

_HEADER: Final = 64
_LONGEST_RUN: Final = 128


class RleDecoder:
    """Unpacks the segments of a frame; immutable, so that any thread may use it."""

    def __init__(self, declared: FrameFormat, _: Examples) -> None:
        if declared.photometric not in {
            "RGB",
            "YBR_FULL",
            "MONOCHROME1",
            "MONOCHROME2",
        }:
            raise UnsupportedCodec(
                "RLE Lossless with Photometric Interpretation"
                f" {declared.photometric} is not read"
            )
        self._declared = declared
        self._findings = found(depth_finding(declared.bits_stored, declared))
        self._bytes = declared.bits_allocated // 8
        self._segments = declared.samples_per_pixel * self._bytes
        self._unpack = _unpacker()

    def decode(
        self,
        data: bytes,
        *,
        extent: Size | None = None,  # noqa: ARG002
        color: ColorReading = ColorReading.AS_ENCODED,  # noqa: ARG002
        shrink: int = 1,
    ) -> Decoded:
        """Decode one frame; see Decoder. What an early end leaves out is 0."""
        declared = self._declared
        check_output(declared)
        columns, rows = declared.size
        planes = np.zeros((self._segments, columns * rows), np.uint8)
        damage = None
        for number, (begin, end) in enumerate(pairwise(self._bounds(data))):
            wrong = _filled(planes[number], data[begin:end], self._unpack)
            if wrong is not None:
                damage = f"the RLE data is damaged: segment {number + 1} {wrong}"
        stored = self._stored(planes)
        samples = finished(
            self._arranged(stored),
            declared,
            bits=declared.bits_stored,
            ycbcr=declared.declares_ycbcr,
            shrink=shrink,
        )
        beside = stray_bits_finding(stored, declared)
        return Decoded(samples, damage, (*found(beside), *self._findings))

    def _bounds(self, data: bytes) -> list[int]:
        """Return where each segment begins, and where the last ends (PS3.5 G.5)."""
        if len(data) < _HEADER:
            raise BrokenFrame(
                f"the RLE data is {len(data)} bytes long, expected at least {_HEADER}"
            )
        count = int.from_bytes(data[:4], "little")
        if count != self._segments:
            raise BrokenFrame(
                f"the RLE data has {count} segments, expected {self._segments}"
            )
        bounds = [*cast("tuple[int, ...]", unpack_from(f"<{count}I", data, 4))]
        rising = all(one < other for one, other in pairwise(bounds))
        if bounds[0] != _HEADER or not rising:
            shown = ", ".join(map(str, bounds))
            raise BrokenFrame(
                f"the RLE segments begin at bytes {shown}, expected {_HEADER} and then"
                " rising numbers"
            )
        # Where the file was cut off, the last segments may be empty.
        return [min(each, len(data)) for each in bounds] + [len(data)]

    def _stored(self, planes: NDArray[np.uint8]) -> NDArray[np.integer[Any]]:
        """Join the bytes of samples, highest first; (1 or 3, pixels)."""
        if self._bytes == 2:
            return planes[0::2].astype(np.uint16) << 8 | planes[1::2]
        return planes

    def _arranged(self, samples: NDArray[np.integer[Any]]) -> NDArray[np.generic]:
        """Return (rows, columns[, 3])."""
        columns, rows = self._declared.size
        if self._declared.bits_below:
            samples = samples >> self._declared.bits_below
        if self._declared.signed:
            samples = samples.view(np.int16 if self._bytes == 2 else np.int8)
        if not self._declared.is_color:
            return samples.reshape(rows, columns)
        return samples.reshape(3, rows, columns).transpose(1, 2, 0)


def _filled(plane: NDArray[np.uint8], segment: bytes, unpack: Unpack) -> str | None:
    """Unpack a segment into its plane; return what is wrong with it, if anything."""
    segment = segment[: 2 * len(plane) + _LONGEST_RUN]  # more is never needed
    try:
        count = unpack(segment, plane)
    except Exception:  # noqa: BLE001 - the library's words say less than these
        with suppress(Exception):  # what is cut off within a run is 0
            unpack(segment + bytes(_LONGEST_RUN), plane)
        return "is cut off or too long"
    return None if count == len(plane) else f"has {count} bytes, expected {len(plane)}"


def _unpacker() -> Unpack:
    """Return what unpacks a segment, or raise UnsupportedCodec.

    imagecodecs lets other threads run meanwhile; pylibjpeg-rle does not, and takes its
    place only where there is no wheel.
    """
    try:
        import imagecodecs

        packbits = imagecodecs.packbits_decode
        # Its hints know of memory views only.
        return lambda segment, plane: len(packbits(segment, out=plane.data))
    except ImportError:
        pass
    try:
        # Its hints are missing.
        from rle.rle import (  # pyright: ignore[reportMissingTypeStubs]
            decode_segment,  # pyright: ignore[reportUnknownVariableType]
        )
    except ImportError as error:
        raise UnsupportedCodec(
            "RLE Lossless needs the package imagecodecs or pylibjpeg-rle"
        ) from error
    return partial(_copied, cast("Callable[[bytes], bytes]", decode_segment))


def _copied(
    decode: Callable[[bytes], bytes], segment: bytes, plane: NDArray[np.uint8]
) -> int:
    unpacked = np.frombuffer(decode(segment), np.uint8)
    surplus = len(unpacked) - len(plane)
    # The pad byte that makes a segment even may look like the start of a run.
    plane[: len(unpacked)] = unpacked[: len(plane)]
    if surplus > 1:
        raise ValueError(f"{surplus} bytes too many")
    return min(len(unpacked), len(plane))
