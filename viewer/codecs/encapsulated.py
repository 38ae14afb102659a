"""Encapsulated frames, each decoded by what its own first bytes say it is."""

import threading
from collections.abc import Callable
from typing import Final, NamedTuple, TypeAlias

from viewer.codecs.boxes import JP2_SIGNATURE, JPEG_XL_SIGNATURE
from viewer.codecs.deflated import DeflatedDecoder
from viewer.codecs.frame import Decoded, Decoder, Examples, Finding, FrameFormat
from viewer.codecs.jpeg import JpegDecoder
from viewer.codecs.jpeg2000 import Jpeg2000Decoder
from viewer.codecs.jpegxl import JpegXlDecoder
from viewer.codecs.rle import RleDecoder
from viewer.slide.errors import BrokenFrame, UnsupportedCodec
from viewer.slide.geometry import Size
from viewer.slide.model import ColorReading

Family: TypeAlias = Callable[[FrameFormat, Examples], Decoder]


class _Kind(NamedTuple):
    """A family of codestreams: its name, and how each of them begins."""

    name: str
    magic: tuple[bytes, ...]


_KINDS: Final[dict[Family, _Kind]] = {
    JpegDecoder: _Kind("JPEG", (b"\xff\xd8",)),
    Jpeg2000Decoder: _Kind("JPEG 2000", (b"\xff\x4f", JP2_SIGNATURE)),
    JpegXlDecoder: _Kind("JPEG XL", (b"\xff\x0a", JPEG_XL_SIGNATURE)),
    # These begin with no mark of their own, and never as the ones above do: RLE counts
    # up to 15 segments, and a deflate block of such a kind or length is invalid.
    RleDecoder: _Kind("RLE", ()),
    DeflatedDecoder: _Kind("Deflate", ()),
}


class EncapsulatedDecoder:
    """Decodes codestreams, also where the Transfer Syntax names another kind.

    Invariant: a decoder of `_stray` is made at most once, under the lock.
    """

    def __init__(
        self, declared: FrameFormat, family: Family, examples: Examples
    ) -> None:
        self._declared = declared
        self._examples = examples
        self._family = family
        self._magic = _KINDS[family].magic
        self._expected = family(declared, examples)
        self._lock = threading.Lock()
        self._stray: dict[Family, Decoder] = {}

    def decode(
        self,
        data: bytes,
        *,
        extent: Size | None = None,
        color: ColorReading = ColorReading.AS_ENCODED,
        shrink: int = 1,
    ) -> Decoded:
        """Decode one frame; see Decoder."""
        family = self._family
        if not data.startswith(self._magic):
            family = self._family_of(data)
        if family is self._family:
            return self._expected.decode(
                data, extent=extent, color=color, shrink=shrink
            )
        decoded = self._decoder(family).decode(
            data, extent=extent, color=color, shrink=shrink
        )
        message = (
            f"the Transfer Syntax is of {_KINDS[self._family].name},"
            f" but the frame is {_KINDS[family].name}; decoded as what it is"
        )
        others = (each for each in decoded.findings if each.code != "transfer-syntax")
        return decoded._replace(findings=(Finding("transfer-syntax", message), *others))

    def _family_of(self, data: bytes) -> Family:
        for family, kind in _KINDS.items():
            if kind.magic and data.startswith(kind.magic):
                return family
        if not self._magic:
            return self._family
        found = data[:2].hex(" ").upper() or "nothing"
        name = _KINDS[self._family].name
        raise BrokenFrame(f"the frame does not start as {name} does (found {found})")

    def _decoder(self, family: Family) -> Decoder:
        with self._lock:
            if family not in self._stray:
                try:
                    self._stray[family] = family(self._declared, self._examples)
                except UnsupportedCodec as error:
                    raise BrokenFrame(str(error)) from error
            return self._stray[family]
