"""Palettes: samples that stand for colors (PS3.3 C.7.6.3.1.5)."""

import numpy as np
from numpy.typing import NDArray

from viewer.codecs.agreement import check_output
from viewer.codecs.frame import Decoded, Decoder, FrameFormat, Palette
from viewer.codecs.raw import shrunk
from viewer.slide.geometry import Size
from viewer.slide.model import ColorReading, Samples


class PaletteDecoder:
    """Looks up the colors of what another decoder returns; immutable."""

    def __init__(
        self, declared: FrameFormat, palette: Palette, samples: Decoder
    ) -> None:
        """Take a decoder of the samples as if they were MONOCHROME2."""
        self._declared = declared
        self._samples = samples
        # Signed samples come moved up to begin at 0, see `raw.unsigned`.
        moved = 1 << (declared.bits_stored - 1) if declared.signed else 0
        self._table = _table(palette, 1 << declared.bits_stored, moved)

    def decode(
        self,
        data: bytes,
        *,
        extent: Size | None = None,
        color: ColorReading = ColorReading.AS_ENCODED,
        shrink: int = 1,
    ) -> Decoded:
        """Decode one frame; see Decoder. Colors are averaged, never the samples."""
        check_output(self._declared)
        decoded = self._samples.decode(data, extent=extent, color=color)
        return decoded._replace(samples=shrunk(self._colored(decoded.samples), shrink))

    def _colored(self, samples: Samples) -> NDArray[np.uint8]:
        colors = np.take(self._table, samples, mode="clip")
        return colors.view(np.uint8).reshape(*samples.shape, 4)


def _table(palette: Palette, count: int, moved: int) -> NDArray[np.uint32]:
    """Return the color, four bytes in one, of each of `count` samples."""
    colors = np.frombuffer(palette.colors, np.uint32)
    places = np.arange(count) - moved - palette.first
    return colors[np.clip(places, 0, len(colors) - 1)]
