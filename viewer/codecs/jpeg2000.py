"""JPEG 2000 frames, classic and high throughput (ITU-T T.800, T.814)."""

import threading
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Final, TypeAlias, cast

import numpy as np
from numpy.typing import NDArray

from viewer.codecs.agreement import (
    check_components,
    check_size,
    depth_finding,
    precision_finding,
)
from viewer.codecs.boxes import unboxed_jpeg2000
from viewer.codecs.complaint import times, with_complaint
from viewer.codecs.frame import Decoded, Examples, Finding, FrameFormat, found
from viewer.codecs.jpeg2000_header import Jpeg2000Header, read_jpeg2000_header
from viewer.codecs.jpeg2000_packets import packet_damage
from viewer.codecs.plausibility import looks_like_ycbcr
from viewer.codecs.raw import eight_bits, finished
from viewer.slide.errors import BrokenFrame, SlideError, UnsupportedCodec
from viewer.slide.geometry import Size
from viewer.slide.model import ColorReading

Raw: TypeAlias = NDArray[np.generic]

_END_OF_CODESTREAM: Final = b"\xff\xd9"
_EXAMPLES: Final = 6
_CODESTREAM: Final = 0  # not a JP2 file: OpenJPEG's palettes have crashed
_SAMPLINGS: Final = frozenset(
    {
        ((1, 1),),
        ((1, 1), (1, 1), (1, 1)),
        ((1, 1), (2, 1), (2, 1)),
        ((1, 1), (2, 2), (2, 2)),
    }
)


class Jpeg2000Decoder:
    """Decodes with OpenJPEG, through imagecodecs where that is installed.

    Invariant: whether untransformed samples under a YBR label are YCbCr is settled at
    most once, under the lock, and never changes.
    """

    def __init__(self, declared: FrameFormat, examples: Examples) -> None:
        self._declared = declared
        self._examples = examples
        self._openjpeg = _openjpeg()
        self._lock = threading.Lock()
        self._untransformed_is_ycbcr: bool | None = None

    def decode(
        self,
        data: bytes,
        *,
        extent: Size | None = None,
        color: ColorReading = ColorReading.AS_ENCODED,
        shrink: int = 1,
    ) -> Decoded:
        """Decode one frame; see Decoder."""
        data, boxed = unboxed_jpeg2000(data)
        header = read_jpeg2000_header(data)
        check_size(header.size, self._declared, extent)
        odd_samples = self._checked(header)
        raw, damage = self._raw(data, header)
        damage = damage or packet_damage(data)
        ycbcr, odd_color = self._color(header, raw, color)
        samples = finished(
            raw, self._declared, bits=header.precision, ycbcr=ycbcr, shrink=shrink
        )
        too_deep = depth_finding(header.precision, self._declared)
        return Decoded(samples, damage, found(odd_color, boxed, odd_samples, too_deep))

    def _checked(self, header: Jpeg2000Header) -> Finding | None:
        """Refuse what the header must not say before anything is allocated."""
        check_components(len(header.sampling), self._declared)
        if header.sampling not in _SAMPLINGS:
            steps = ", ".join(f"{across}x{down}" for across, down in header.sampling)
            raise BrokenFrame(
                f"the JPEG 2000 components are sampled {steps}, expected 1x1 or"
                " chroma of 2x1 or 2x2"
            )
        # OpenJPEG keeps some kilobytes for each tile that the header promises.
        most = 1024 + header.size.width * header.size.height // 1024
        if header.tiles > most:
            raise BrokenFrame(
                f"the JPEG 2000 data has {header.tiles} tiles, expected at most {most}"
            )
        return precision_finding(header.precision, self._declared, signed=header.signed)

    def _raw(self, data: bytes, header: Jpeg2000Header) -> tuple[Raw, str | None]:
        """Return (rows, columns[, 3]) and the damage that was tolerated."""
        damage = None
        try:
            raw = self._openjpeg(data)
        except Exception as error:
            if data.rstrip(b"\x00").endswith(_END_OF_CODESTREAM):
                raise _undecodable(error) from error
            damage = "the JPEG 2000 data is damaged: no end of codestream marker (EOC)"
            try:
                raw = self._openjpeg(data + _END_OF_CODESTREAM)
            except Exception as again:
                raise _undecodable(again) from again
        width, height = header.size
        shape = (height, width, 3) if self._declared.is_color else (height, width)
        if raw.shape != shape:
            raise BrokenFrame(
                f"the JPEG 2000 data decodes to {times(raw.shape)},"
                f" expected {times(shape)} samples"
            )
        return raw, damage

    def _color(
        self, header: Jpeg2000Header, raw: Raw, color: ColorReading
    ) -> tuple[bool, Finding | None]:
        """Return whether samples are YCbCr still, and what contradicts the label.

        The decoder itself undoes the component transform and, since chroma of half the
        size can be nothing else, converts subsampled YCbCr.
        """
        declared = self._declared
        if not declared.is_color:
            return False, None
        label = (
            f"Photometric Interpretation is {declared.photometric}, but the codestream"
        )
        if header.sampling[1] != (1, 1):
            odd = Finding(
                "color-label", f"{label} has subsampled chroma; shown as YCbCr"
            )
            return False, None if declared.declares_ycbcr else odd
        if header.transformed:
            return self._transformed_color(label, color)
        if not declared.declares_ycbcr:
            return False, None
        if color is ColorReading.AS_DECLARED:
            words = f"{label} has no component transform; shown as YCbCr, as declared"
            return True, Finding("color-label", words)
        ycbcr = self._guessed(eight_bits(raw, header.precision))
        kind = "YCbCr" if ycbcr else "RGB"
        words = f"{label} has no component transform; the samples look like {kind}"
        return ycbcr, Finding("color-guessed", f"{words}; shown as {kind}")

    def _transformed_color(
        self, label: str, color: ColorReading
    ) -> tuple[bool, Finding | None]:
        """Return the color where the codestream's transform says that it is RGB."""
        if self._declared.photometric in {"YBR_ICT", "YBR_RCT"}:
            return False, None
        again = color is ColorReading.AS_DECLARED and self._declared.declares_ycbcr
        kind = "YCbCr, as declared" if again else "RGB"
        words = (
            f"{label} has a component transform (YBR_ICT or YBR_RCT); shown as {kind}"
        )
        return again, Finding("color-label", words)

    def _guessed(self, at_hand: NDArray[np.uint8]) -> bool:
        """Settle once whether untransformed samples are YCbCr, by a few examples.

        Without a usable example the frame at hand is the example.
        """
        if self._untransformed_is_ycbcr is None:
            with self._lock:
                if self._untransformed_is_ycbcr is None:
                    pictures = list(self._example_pictures()) or [at_hand]
                    self._untransformed_is_ycbcr = looks_like_ycbcr(pictures)
        return self._untransformed_is_ycbcr

    def _example_pictures(self) -> Iterator[NDArray[np.uint8]]:
        """Yield what decodes of the examples; the rest is not this frame's fault."""
        try:
            for frame in islice(self._examples(), _EXAMPLES):
                try:
                    data, _ = unboxed_jpeg2000(frame)
                    header = read_jpeg2000_header(data)
                    check_size(header.size, self._declared, None)
                    self._checked(header)
                    if not header.transformed:
                        yield eight_bits(self._raw(data, header)[0], header.precision)
                except BrokenFrame:
                    continue
        except SlideError:
            return


def _undecodable(error: Exception) -> BrokenFrame:
    return BrokenFrame(
        with_complaint("the JPEG 2000 data is damaged or cut off", error)
    )


def _openjpeg() -> Callable[[bytes], Raw]:
    """Return a decoder to raw samples, or raise UnsupportedCodec.

    imagecodecs lets other threads run meanwhile; pylibjpeg-openjpeg does not, and takes
    its place only where there is no wheel.
    """
    try:
        import imagecodecs

        if imagecodecs.JPEG2K.available:
            decode = imagecodecs.jpeg2k_decode
            # One thread a tile: whole tiles in parallel are faster than parts of one.
            return lambda data: decode(data, numthreads=1)
    except ImportError:
        pass
    try:
        # Its hints leave out a type argument.
        from openjpeg.utils import (
            decode as decode_pylibjpeg,  # pyright: ignore[reportUnknownVariableType]
        )
    except ImportError as error:
        raise UnsupportedCodec(
            "JPEG 2000 needs the package imagecodecs or pylibjpeg-openjpeg"
        ) from error
    plain = cast("Callable[..., Raw]", decode_pylibjpeg)
    return lambda data: plain(data, j2k_format=_CODESTREAM)
