"""Uncompressed frames: the samples themselves, in the order PS3.5 8 and PS3.3 give."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from viewer.codecs.agreement import check_output, depth_finding, stray_bits_finding
from viewer.codecs.frame import Decoded, Examples, FrameFormat, found
from viewer.codecs.raw import finished
from viewer.slide.errors import BrokenFrame, UnsupportedCodec
from viewer.slide.geometry import Size
from viewer.slide.model import ColorReading

BIG_ENDIAN: Final = "1.2.840.10008.1.2.2"


class NativeDecoder:
    """Arranges uncompressed samples; immutable, so that any thread may use it."""

    def __init__(self, declared: FrameFormat, _: Examples) -> None:
        if declared.photometric in {"YBR_ICT", "YBR_RCT", "XYB"}:
            raise UnsupportedCodec(
                "uncompressed samples with Photometric Interpretation"
                f" {declared.photometric} are not read"
            )
        order = ">" if declared.transfer_syntax == BIG_ENDIAN else "<"
        kind = "i" if declared.signed else "u"
        self._type = np.dtype(f"{order}{kind}{declared.bits_allocated // 8}")
        self._declared = declared
        self._findings = found(depth_finding(declared.bits_stored, declared))
        self._halved = declared.photometric == "YBR_FULL_422"
        width, height = declared.size
        pixels = (
            -(-width // 2) * 4 if self._halved else width * declared.samples_per_pixel
        )
        self.length = pixels * height * self._type.itemsize

    def decode(
        self,
        data: bytes,
        *,
        extent: Size | None = None,  # noqa: ARG002
        color: ColorReading = ColorReading.AS_ENCODED,  # noqa: ARG002
        shrink: int = 1,
    ) -> Decoded:
        """Decode one frame; see Decoder. `extent` and `color` cannot differ here."""
        check_output(self._declared)
        surplus = len(data) - self.length
        # A pad byte makes an odd length even (PS3.5 8.1.1).
        if surplus and surplus != self.length % 2:
            raise BrokenFrame(
                f"the uncompressed frame is {len(data)} bytes long,"
                f" expected {self.length}"
            )
        line = np.frombuffer(data, self._type, self.length // self._type.itemsize)
        line = line.astype(line.dtype.newbyteorder("="), copy=False)
        samples = finished(
            self._arranged(line),
            self._declared,
            bits=self._declared.bits_stored,
            ycbcr=self._declared.declares_ycbcr,
            shrink=shrink,
        )
        beside = stray_bits_finding(line, self._declared)
        return Decoded(samples, None, (*found(beside), *self._findings))

    def _arranged(self, line: NDArray[np.generic]) -> NDArray[np.generic]:
        """Return (rows, columns) or (rows, columns, 3)."""
        columns, rows = self._declared.size
        if self._declared.bits_below:
            line = np.right_shift(line, self._declared.bits_below, dtype=line.dtype)
        if not self._declared.is_color:
            return line.reshape(rows, columns)
        if self._halved:
            return _doubled(line.reshape(rows, -1, 4), columns)
        if self._declared.planar:
            return line.reshape(3, rows, columns).transpose(1, 2, 0)
        return line.reshape(rows, columns, 3)


def _doubled(quads: NDArray[np.generic], columns: int) -> NDArray[np.generic]:
    """Return (rows, columns, 3) from Y Y Cb Cr for two pixels (PS3.3 C.7.6.3.1.2)."""
    full = np.empty((quads.shape[0], quads.shape[1] * 2, 3), quads.dtype)
    full[:, 0::2, 0] = quads[..., 0]
    full[:, 1::2, 0] = quads[..., 1]
    full[..., 1] = np.repeat(quads[..., 2], 2, axis=1)
    full[..., 2] = np.repeat(quads[..., 3], 2, axis=1)
    return full[:, :columns]
