"""Deflated frames: each a raw deflate stream of uncompressed samples (PS3.5 A.4.13)."""

import zlib

from viewer.codecs.agreement import check_output
from viewer.codecs.frame import Decoded, Examples, FrameFormat
from viewer.codecs.native import NativeDecoder
from viewer.slide.errors import BrokenFrame
from viewer.slide.geometry import Size
from viewer.slide.model import ColorReading


class DeflatedDecoder:
    """Inflates a frame, never to more than its size; immutable, for any thread."""

    def __init__(self, declared: FrameFormat, examples: Examples) -> None:
        self._declared = declared
        self._samples = NativeDecoder(declared, examples)

    def decode(
        self,
        data: bytes,
        *,
        extent: Size | None = None,
        color: ColorReading = ColorReading.AS_ENCODED,
        shrink: int = 1,
    ) -> Decoded:
        """Decode one frame; see Decoder. What an early end leaves out is 0."""
        check_output(self._declared)
        expected = self._samples.length
        stream = zlib.decompressobj(-zlib.MAX_WBITS)
        try:
            samples = stream.decompress(data, expected + 2)
        except zlib.error as error:
            raise BrokenFrame("the deflated data is damaged") from error
        damage = None
        if len(samples) < expected:
            damage = (
                f"the deflated data is damaged: it holds {len(samples)} bytes,"
                f" expected {expected}"
            )
            samples += bytes(expected - len(samples))
        decoded = self._samples.decode(
            samples, extent=extent, color=color, shrink=shrink
        )
        return decoded._replace(damage=damage)
