"""What decoders are told of a frame, and what they answer: values and one protocol."""

from collections.abc import Callable, Iterable
from typing import Final, NamedTuple, Protocol, TypeAlias

from viewer.slide.geometry import Size
from viewer.slide.model import ColorReading, Samples

LARGEST_OUTPUT: Final = 1 << 30
"""Bytes that one decoded frame may take; more is refused before anything is decoded."""

COLOR_LABELS: Final = ("RGB", "YBR_FULL", "YBR_FULL_422", "YBR_ICT", "YBR_RCT", "XYB")
"""Photometric Interpretations of three samples that are read (PS3.3 C.7.6.3.1.2)."""

GREY_LABELS: Final = ("MONOCHROME2", "MONOCHROME1")
"""Photometric Interpretations of one sample that are read."""

PALETTE_LABEL: Final = "PALETTE COLOR"
"""One sample that stands for a color of a table (PS3.3 C.7.6.3.1.2)."""


Examples: TypeAlias = Callable[[], Iterable[bytes]]
"""Yields a few encoded frames, spread over the image; may raise SlideError."""


class Palette(NamedTuple):
    """The colors that samples stand for.

    `first` is the sample that the first color stands for, as the attributes count it: a
    signed one may be negative. Samples below take the first color, those above the last
    (PS3.3 C.7.6.3.1.5). `colors` holds BGRX, four bytes each, at least one.
    """

    first: int
    colors: bytes


class FrameFormat(NamedTuple):
    """What the attributes of one instance say of each of its frames.

    `transfer_syntax` is a UID, `size` is Columns and Rows, `planar` is Planar
    Configuration (0 pixel by pixel, 1 plane by plane). `bits_below` counts the bits
    below an uncompressed sample (High Bit + 1 - Bits Stored). `palette` goes with
    Photometric Interpretation PALETTE COLOR and with no other. `tables` is a JPEG
    codestream of tables only (SOI, DQT, DHT, EOI), which abbreviated frames are decoded
    with: what TIFF keeps in tag 347. A frame's own tables replace them.
    """

    transfer_syntax: str
    photometric: str
    size: Size
    samples_per_pixel: int = 3
    bits_allocated: int = 8
    bits_stored: int = 8
    signed: bool = False
    planar: int = 0
    bits_below: int = 0
    tables: bytes = b""
    palette: Palette | None = None

    @property
    def is_color(self) -> bool:
        """Whether frames are decoded to colors: three samples a pixel, or a palette."""
        return self.samples_per_pixel == 3 or self.photometric == PALETTE_LABEL

    @property
    def declares_ycbcr(self) -> bool:
        """Whether Photometric Interpretation is one of the YBR kinds."""
        return self.photometric.startswith("YBR")


class Finding(NamedTuple):
    """An oddity of a frame that is shown all the same.

    `code` is a key of viewer.slide.warnings.CODES; `message` leaves the file out.
    """

    code: str
    message: str


class Decoded(NamedTuple):
    """A decoded frame; `damage` says what was tolerated, None where nothing was.

    `findings` are of different codes, the gravest first.
    """

    samples: Samples
    damage: str | None = None
    findings: tuple[Finding, ...] = ()

    @property
    def finding(self) -> Finding | None:
        """The gravest finding."""
        return self.findings[0] if self.findings else None


class Decoder(Protocol):
    """Decodes the frames of one instance, on many threads at once."""

    def decode(
        self,
        data: bytes,
        *,
        extent: Size | None = None,
        color: ColorReading = ColorReading.AS_ENCODED,
        shrink: int = 1,
    ) -> Decoded:
        """Decode one frame to samples of ceil(size / shrink). Any thread.

        `extent` is the tile's part inside the total pixel matrix: a codestream may be
        as large as that instead of Columns x Rows. `shrink` is 1, 2, 4 or 8; each
        sample is then the mean of that many squared. Raises BrokenFrame, whose sentence
        leaves out file and frame.
        """
        ...


def found(*findings: Finding | None) -> tuple[Finding, ...]:
    """Return the findings that there are: the caller names the gravest first."""
    return tuple(finding for finding in findings if finding is not None)
