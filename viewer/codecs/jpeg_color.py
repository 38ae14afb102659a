"""Which color a JPEG frame is in: its own markers first, then the label."""

from typing import NamedTuple

from viewer.codecs.frame import Finding, FrameFormat
from viewer.codecs.jpeg_header import JpegHeader
from viewer.slide.model import ColorReading


class JpegColor(NamedTuple):
    """Whether the samples are YCbCr, and what contradicts the label."""

    ycbcr: bool
    finding: Finding | None


def jpeg_color(
    header: JpegHeader, declared: FrameFormat, reading: ColorReading
) -> JpegColor:
    """Decide by markers, then by the shape of the components, then by the label.

    Three converters get the label wrong in three ways, so that it comes last: an Adobe
    marker (T.872 6.5.3), JFIF (T.871), components called R, G and B, subsampled chroma.
    """
    if not declared.is_color:
        return JpegColor(ycbcr=False, finding=None)
    said = declared.declares_ycbcr
    encoded, reason = _encoded(header) or (said, "")
    if encoded == said:
        return JpegColor(said, None)
    as_declared = reading is ColorReading.AS_DECLARED
    shown = said if as_declared else encoded
    message = (
        f"Photometric Interpretation is {declared.photometric}, but the codestream is"
        f" {_name(encoded)} ({reason}); shown as {_name(shown)}"
        f"{', as declared' if as_declared else ''}"
    )
    return JpegColor(shown, Finding("color-label", message))


def libjpeg_reads_ycbcr(header: JpegHeader) -> bool | None:
    """Return what libjpeg takes the color for by itself; None if it would complain."""
    if header.jfif:
        return True
    if header.adobe is not None:
        return {0: False, 1: True}.get(header.adobe)
    return header.identifiers != b"RGB"


def _encoded(header: JpegHeader) -> tuple[bool, str] | None:
    """Return whether the codestream is YCbCr and why; None where it does not say."""
    if header.adobe in {0, 1}:
        return header.adobe == 1, f"Adobe transform {header.adobe}"
    if header.jfif:
        return True, "JFIF"
    if header.identifiers == b"RGB":
        return False, "components R, G, B"
    if header.is_subsampled:
        return True, "subsampled chroma"
    return None


def _name(ycbcr: bool) -> str:
    return "YCbCr" if ycbcr else "RGB"
