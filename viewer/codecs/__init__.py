"""Bytes to pixels: one decoder for the frames of one instance.

No Qt and no files: what is decoded comes as bytes, what is said of it as values.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from viewer.codecs.deflated import DeflatedDecoder
from viewer.codecs.encapsulated import EncapsulatedDecoder, Family
from viewer.codecs.frame import (
    COLOR_LABELS,
    GREY_LABELS,
    PALETTE_LABEL,
    Decoded,
    Decoder,
    Examples,
    Finding,
    FrameFormat,
    Palette,
)
from viewer.codecs.jpeg import JpegDecoder
from viewer.codecs.jpeg2000 import Jpeg2000Decoder
from viewer.codecs.jpegxl import JpegXlDecoder
from viewer.codecs.native import NativeDecoder
from viewer.codecs.palette import PaletteDecoder
from viewer.codecs.rle import RleDecoder
from viewer.slide.errors import UnsupportedCodec

__all__ = [
    "CODECS",
    "PALETTE_LABEL",
    "Codec",
    "Decoded",
    "Decoder",
    "Examples",
    "Finding",
    "FrameFormat",
    "Palette",
    "decoder_for",
    "is_encapsulated",
    "syntax_name",
]


class Codec(NamedTuple):
    """One transfer syntax: its name in words, and what decodes it (None: nothing)."""

    name: str
    decoder: Family | None


_ROOT: Final = "1.2.840.10008.1.2"

CODECS: Final[Mapping[str, Codec]] = MappingProxyType(
    {
        # Samples as they are (PS3.5 A.1 to A.3, A.5). A deflated data set is inflated
        # before its frames are found, so that they are native by then.
        f"{_ROOT}": Codec("Implicit VR Little Endian", NativeDecoder),
        f"{_ROOT}.1": Codec("Explicit VR Little Endian", NativeDecoder),
        f"{_ROOT}.1.99": Codec("Deflated Explicit VR Little Endian", NativeDecoder),
        f"{_ROOT}.2": Codec("Explicit VR Big Endian", NativeDecoder),
        # A codestream in items (PS3.5 A.4).
        f"{_ROOT}.1.98": Codec("Encapsulated Uncompressed", NativeDecoder),
        f"{_ROOT}.4.50": Codec("JPEG Baseline", JpegDecoder),
        f"{_ROOT}.4.51": Codec("JPEG Extended", JpegDecoder),
        f"{_ROOT}.4.57": Codec("JPEG Lossless", JpegDecoder),
        f"{_ROOT}.4.70": Codec("JPEG Lossless, First-Order Prediction", JpegDecoder),
        f"{_ROOT}.4.80": Codec("JPEG-LS Lossless", JpegDecoder),
        f"{_ROOT}.4.81": Codec("JPEG-LS Near-Lossless", JpegDecoder),
        f"{_ROOT}.4.90": Codec("JPEG 2000 Lossless", Jpeg2000Decoder),
        f"{_ROOT}.4.91": Codec("JPEG 2000", Jpeg2000Decoder),
        f"{_ROOT}.4.201": Codec("High-Throughput JPEG 2000 Lossless", Jpeg2000Decoder),
        f"{_ROOT}.4.202": Codec("High-Throughput JPEG 2000 RPCL", Jpeg2000Decoder),
        f"{_ROOT}.4.203": Codec("High-Throughput JPEG 2000", Jpeg2000Decoder),
        f"{_ROOT}.4.110": Codec("JPEG XL Lossless", JpegXlDecoder),
        f"{_ROOT}.4.111": Codec("JPEG XL JPEG Recompression", JpegXlDecoder),
        f"{_ROOT}.4.112": Codec("JPEG XL", JpegXlDecoder),
        f"{_ROOT}.5": Codec("RLE Lossless", RleDecoder),
        f"{_ROOT}.8.1": Codec("Deflated Image Frame", DeflatedDecoder),
        # Known by name only, so that a refusal can say what it refuses.
        f"{_ROOT}.4.92": Codec("JPEG 2000 Part 2 Lossless", None),
        f"{_ROOT}.4.93": Codec("JPEG 2000 Part 2", None),
    }
)
"""By transfer syntax UID; a row is a line, in the order of the families."""

_NATIVE: Final = frozenset({_ROOT, f"{_ROOT}.1", f"{_ROOT}.1.99", f"{_ROOT}.2"})


def syntax_name(uid: str) -> str:
    """Return a transfer syntax in words, or its UID where it has none here."""
    codec = CODECS.get(uid)
    return uid if codec is None else codec.name


def is_encapsulated(uid: str) -> bool:
    """Whether Pixel Data holds items; all syntaxes but the four native ones (A.4)."""
    return uid not in _NATIVE


def no_examples() -> tuple[bytes, ...]:
    """Return no frames: what stands where nobody offers examples."""
    return ()


def decoder_for(format: FrameFormat, examples: Examples = no_examples) -> Decoder:  # noqa: A002
    """Return what decodes frames of this format; raises UnsupportedCodec.

    `examples` yields a few encoded frames spread over the image. It is called at most
    once, on the thread of a decode, and only where headers cannot tell the color.
    """
    codec = CODECS.get(format.transfer_syntax)
    if codec is None or codec.decoder is None:
        raise UnsupportedCodec(f"{_words(format)} is not read")
    if not _is_readable(format):
        raise UnsupportedCodec(f"{_words(format)} is not read{_details(format)}")
    if format.palette is not None:
        grey = format._replace(photometric=GREY_LABELS[0], palette=None)
        return PaletteDecoder(format, format.palette, decoder_for(grey, examples))
    if codec.decoder is NativeDecoder:
        return NativeDecoder(format, examples)
    return EncapsulatedDecoder(format, codec.decoder, examples)


def _is_readable(declared: FrameFormat) -> bool:
    """Whether label, samples and bits are a combination that is read."""
    labels = {1: GREY_LABELS, 3: COLOR_LABELS}.get(declared.samples_per_pixel, ())
    if declared.palette is not None:
        labels = (PALETTE_LABEL,) * (declared.samples_per_pixel == 1)
    return (
        declared.photometric in labels
        and declared.bits_allocated in {8, 16}
        and 1 <= declared.bits_stored <= declared.bits_allocated
        and 0 <= declared.bits_below <= declared.bits_allocated - declared.bits_stored
        and declared.planar in {0, 1}
        and min(declared.size) > 0
    )


def _words(declared: FrameFormat) -> str:
    name = syntax_name(declared.transfer_syntax) or "an unnamed transfer syntax"
    label = declared.photometric or "(none)"
    return f"{name} with Photometric Interpretation {label}"


def _details(declared: FrameFormat) -> str:
    return (
        f" (Samples per Pixel {declared.samples_per_pixel},"
        f" Bits Allocated {declared.bits_allocated},"
        f" Bits Stored {declared.bits_stored},"
        f" Planar Configuration {declared.planar},"
        f" {declared.size.width} x {declared.size.height})"
    )
