"""PackedDecoder: segments that are samples, compressed or not, without a codestream."""

import threading
from typing import Any, Final

import numpy as np

from viewer.codecs import Decoded, Decoder, FrameFormat, decoder_for
from viewer.formats.tiff import packing
from viewer.formats.tiff.directory import Directory
from viewer.formats.tiff.segment_format import compression_of
from viewer.slide.errors import BrokenFrame
from viewer.slide.geometry import Size
from viewer.slide.model import ColorReading


class PackedDecoder:
    """Unpacks segments and gives them to the decoder of plain samples.

    Invariant: `_native` has a decoder for each height of a segment met so far; the last
    strip of a picture may be lower than the others.
    """

    def __init__(
        self, directory: Directory, declared: FrameFormat, channel: int
    ) -> None:
        """Take the format that samples have when the other channels are left out."""
        unpack = compression_of(directory).unpack
        assert unpack is not None, "codestreams have decoders of their own"  # noqa: S101
        self._unpack: Final = unpack
        self._directory = directory
        self._declared = declared
        self._channel = channel
        self._stored = 1 if directory.planar == 2 else directory.samples
        order = ">" if directory.big_endian else "<"
        self._kind: np.dtype[Any] = np.dtype(f"{order}u{declared.bits_allocated // 8}")
        self._halved = declared.photometric == "YBR_FULL_422"
        self._lock = threading.Lock()
        self._native: dict[Size, Decoder] = {}
        self._decoder(declared.size)  # which tells now what cannot be read

    def decode(
        self,
        data: bytes,
        *,
        extent: Size | None = None,
        color: ColorReading = ColorReading.AS_ENCODED,
        shrink: int = 1,
    ) -> Decoded:
        """Decode one segment; see viewer.codecs.Decoder."""
        size = self._declared.size
        if extent is not None and not self._directory.is_tiled:
            size = Size(size.width, extent.height)
        samples = self._selected(self._samples(data, size), size)
        return self._decoder(size).decode(samples, color=color, shrink=shrink)

    def span(self, left: int, width: int, row: int) -> tuple[int, int]:
        """Return where a part of a row lies in a plain segment: offset and bytes."""
        pixel = self._stored * self._kind.itemsize
        return (row * self._directory.segment.width + left) * pixel, width * pixel

    def decode_plain(self, samples: bytes, size: Size) -> Decoded:
        """Decode samples of any size that were never packed."""
        return self._decoder(size).decode(self._selected(samples, size))

    def _samples(self, data: bytes, size: Size) -> bytes:
        """Return the samples of a segment as they were before they were packed."""
        columns = -(-size.width // 2) * 2 if self._halved else size.width
        samples = 2 if self._halved else self._stored
        length = columns * size.height * samples * self._kind.itemsize
        unpacked = self._unpack(data, size, length)
        if len(unpacked) < length:
            raise BrokenFrame(
                f"{len(unpacked)} bytes of samples, expected {length} for "
                f"{size.width} x {size.height} pixels"
            )
        if self._directory.predictor == packing.HORIZONTAL and not self._halved:
            shape = (size.height, columns, samples)
            return packing.summed(unpacked, self._kind, shape)
        return unpacked

    def _selected(self, samples: bytes, size: Size) -> bytes:
        """Leave out alpha and other channels."""
        wanted = self._declared.samples_per_pixel
        if self._stored == wanted or self._halved:
            return samples
        first = 0 if wanted == 3 else self._channel
        pixels = np.frombuffer(samples, self._kind)
        pixels = pixels.reshape(size.height, size.width, self._stored)
        return pixels[..., first : first + wanted].tobytes()

    def _decoder(self, size: Size) -> Decoder:
        with self._lock:
            if size not in self._native:
                self._native[size] = decoder_for(self._declared._replace(size=size))
            return self._native[size]
