"""JPEG 2000 in TIFF: Photometric Interpretation says what comes out of the decoder."""

from typing import cast

import numpy as np
from numpy.typing import NDArray

from viewer.codecs import Decoded, FrameFormat, decoder_for
from viewer.codecs.color import ycbcr_to_bgrx
from viewer.codecs.jpeg2000_header import read_jpeg2000_header
from viewer.codecs.raw import shrunk
from viewer.slide.errors import BrokenFrame
from viewer.slide.geometry import Size
from viewer.slide.model import ColorReading


class TiffJpeg2000Decoder:
    """Decodes color that is RGB once the codestream's own transform is undone.

    With `ycbcr` what has no transform is YCbCr: Aperio's compression 33003 says so,
    where Photometric Interpretation alone would have to be guessed at.
    """

    def __init__(self, declared: FrameFormat, *, ycbcr: bool) -> None:
        """Take the format of the frames; raises UnsupportedCodec."""
        # Under this label samples are left as they are.
        self._decoder = decoder_for(declared._replace(photometric="RGB"))
        self._ycbcr = ycbcr

    def decode(
        self,
        data: bytes,
        *,
        extent: Size | None = None,
        color: ColorReading = ColorReading.AS_ENCODED,
        shrink: int = 1,
    ) -> Decoded:
        """Decode one frame; see viewer.codecs.Decoder."""
        decoded = self._decoder.decode(data, extent=extent, color=color)
        findings = tuple(
            each for each in decoded.findings if each.code != "color-label"
        )
        samples = cast("NDArray[np.uint8]", decoded.samples)  # of three samples
        if self._ycbcr and _is_untransformed(data):
            samples = ycbcr_to_bgrx(samples[..., 2::-1])
        return Decoded(shrunk(samples, shrink), decoded.damage, findings)


def _is_untransformed(data: bytes) -> bool:
    """Whether samples are YCbCr still: subsampled ones the decoder has converted."""
    try:
        header = read_jpeg2000_header(data)
    except BrokenFrame:  # boxes around the codestream, which say what color it is
        return False
    return not header.transformed and header.sampling[1] == (1, 1)
