"""JPEG XL frames (ISO/IEC 18181), also of recompressed JPEG."""

from collections.abc import Callable
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from viewer.codecs.agreement import (
    check_components,
    check_size,
    depth_finding,
    precision_finding,
)
from viewer.codecs.boxes import unboxed_jpegxl
from viewer.codecs.complaint import times, with_complaint
from viewer.codecs.frame import Decoded, Examples, Finding, FrameFormat, found
from viewer.codecs.jpegxl_header import JpegXlHeader, read_jpegxl_header
from viewer.codecs.raw import finished
from viewer.slide.errors import BrokenFrame, UnsupportedCodec
from viewer.slide.geometry import Size
from viewer.slide.model import ColorReading

Raw: TypeAlias = NDArray[np.generic]

_RECOMPRESSION: Final = "1.2.840.10008.1.2.4.111"


class JpegXlDecoder:
    """Decodes with libjxl, through imagecodecs; immutable, for any thread."""

    def __init__(self, declared: FrameFormat, _: Examples) -> None:
        self._declared = declared
        self._libjxl = _libjxl()

    def decode(
        self,
        data: bytes,
        *,
        extent: Size | None = None,
        color: ColorReading = ColorReading.AS_ENCODED,
        shrink: int = 1,
    ) -> Decoded:
        """Decode one frame; see Decoder."""
        data = unboxed_jpegxl(data)
        header = read_jpegxl_header(data)
        declared = self._declared
        check_size(header.size, declared, extent)
        check_components(header.components, declared)
        odd_samples = precision_finding(
            header.precision, declared, signed=declared.signed
        )
        raw = self._raw(data, header)
        ycbcr, odd_color = self._color(header, color)
        samples = finished(
            raw, declared, bits=header.precision, ycbcr=ycbcr, shrink=shrink
        )
        too_deep = depth_finding(header.precision, declared)
        return Decoded(samples, None, found(odd_color, odd_samples, too_deep))

    def _raw(self, data: bytes, header: JpegXlHeader) -> Raw:
        """Return (rows, columns[, 3]); signed where the attributes say so."""
        try:
            raw = self._libjxl(data)
        except Exception as error:
            sentence = "the JPEG XL data is damaged or cut off"
            raise BrokenFrame(with_complaint(sentence, error)) from error
        width, height = header.size
        shape = (height, width, 3) if self._declared.is_color else (height, width)
        if raw.shape != shape or raw.dtype.kind != "u" or raw.dtype.itemsize > 2:
            raise BrokenFrame(
                f"the JPEG XL data decodes to {times(raw.shape)} samples of"
                f" {raw.dtype}, expected {times(shape)}"
            )
        if self._declared.signed:
            return raw.view(np.int8 if raw.dtype.itemsize == 1 else np.int16)
        return raw

    def _color(
        self, header: JpegXlHeader, color: ColorReading
    ) -> tuple[bool, Finding | None]:
        """Return whether samples are YCbCr still, and what contradicts the label.

        The decoder returns RGB where the codestream knows of another space: XYB, or the
        YCbCr of a JPEG. Only under a label of YCbCr may it be without that knowledge.
        """
        declared = self._declared
        if not declared.declares_ycbcr:
            return False, None
        if declared.transfer_syntax == _RECOMPRESSION and not header.xyb:
            return False, None
        as_declared = color is ColorReading.AS_DECLARED
        space = "XYB" if header.xyb else "RGB"
        kind = "YCbCr, as declared" if as_declared else "RGB"
        words = (
            f"Photometric Interpretation is {declared.photometric}, but the codestream"
            f" is {space}; shown as {kind}"
        )
        return as_declared, Finding("color-label", words)


def _libjxl() -> Callable[[bytes], Raw]:
    """Return a decoder to raw samples, or raise UnsupportedCodec."""
    try:
        import imagecodecs
    except ImportError as error:
        raise UnsupportedCodec("JPEG XL needs the package imagecodecs") from error
    if not imagecodecs.JPEGXL.available:
        raise UnsupportedCodec("JPEG XL needs imagecodecs built with libjxl")
    decode = imagecodecs.jpegxl_decode
    # One thread a tile: whole tiles in parallel are faster than parts of one. How the
    # slide lies is said by the attributes, not by an orientation in here.
    return lambda data: decode(data, numthreads=1, keeporientation=True)
