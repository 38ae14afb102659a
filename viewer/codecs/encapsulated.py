"""Encapsulated frames, each decoded by what its own first bytes say it is."""

import threading
from collections.abc import Callable, Mapping
from typing import Final, TypeAlias

from viewer.codecs.frame import Decoded, Decoder, Examples, Finding, FrameFormat
from viewer.codecs.jpeg import JpegDecoder
from viewer.codecs.jpeg2000 import Jpeg2000Decoder
from viewer.slide.errors import BrokenFrame
from viewer.slide.geometry import Size
from viewer.slide.model import ColorReading

Family: TypeAlias = Callable[[FrameFormat, Examples], Decoder]

_MAGIC: Final[Mapping[Family, bytes]] = {
    JpegDecoder: b"\xff\xd8",
    Jpeg2000Decoder: b"\xff\x4f",
}
_NAMES: Final[Mapping[Family, str]] = {
    JpegDecoder: "JPEG",
    Jpeg2000Decoder: "JPEG 2000",
}
_JP2_SIGNATURE: Final = b"\x00\x00\x00\x0cjP  "  # T.800 I.5.1


class EncapsulatedDecoder:
    """Decodes JPEG and JPEG 2000, also where the Transfer Syntax names the other.

    Invariant: `_stray` is made at most once, under the lock.
    """

    def __init__(
        self, declared: FrameFormat, family: Family, examples: Examples
    ) -> None:
        self._declared = declared
        self._examples = examples
        self._family = family
        self._magic = _MAGIC[family]
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
        if data.startswith(self._magic):
            return self._expected.decode(
                data, extent=extent, color=color, shrink=shrink
            )
        family = _family_of(data)
        decoded = self._decoder(family).decode(
            data, extent=extent, color=color, shrink=shrink
        )
        message = (
            f"the Transfer Syntax is of {_NAMES[self._family]},"
            f" but the frame is {_NAMES[family]}; decoded as what it is"
        )
        return decoded._replace(finding=Finding("transfer-syntax", message))

    def _decoder(self, family: Family) -> Decoder:
        with self._lock:
            if family not in self._stray:
                self._stray[family] = family(self._declared, self._examples)
            return self._stray[family]


def _family_of(data: bytes) -> Family:
    for family, magic in _MAGIC.items():
        if data.startswith(magic):
            return family
    if data.startswith(_JP2_SIGNATURE):
        raise BrokenFrame(
            "the frame is a JP2 file, expected a bare JPEG 2000 codestream"
        )
    found = data[:2].hex(" ").upper() or "nothing"
    raise BrokenFrame(
        f"the frame does not start with a JPEG or JPEG 2000 marker (found {found})"
    )
