"""What decoders are told of a frame, and what they answer: values and one protocol."""

from collections.abc import Callable, Iterable, Sequence
from typing import Final, NamedTuple, Protocol, TypeAlias

from viewer.slide.geometry import Size
from viewer.slide.model import ColorReading, Samples

LARGEST_OUTPUT: Final = 1 << 30
"""Bytes that one decoded frame may take; more is refused before anything is decoded."""

COLOR_LABELS: Final = ("RGB", "YBR_FULL", "YBR_FULL_422", "YBR_ICT", "YBR_RCT")
"""Photometric Interpretations of three samples that are read (PS3.3 C.7.6.3.1.2)."""

GREY_LABELS: Final = ("MONOCHROME2", "MONOCHROME1")
"""Photometric Interpretations of one sample that are read."""


Examples: TypeAlias = Callable[[], Iterable[bytes]]
"""Yields a few encoded frames, spread over the image; may raise SlideError."""


class FrameFormat(NamedTuple):
    """What the attributes of one instance say of each of its frames.

    `transfer_syntax` is a UID, `size` is Columns and Rows, `planar` is Planar
    Configuration (0 pixel by pixel, 1 plane by plane).
    """

    transfer_syntax: str
    photometric: str
    size: Size
    samples_per_pixel: int = 3
    bits_allocated: int = 8
    bits_stored: int = 8
    signed: bool = False
    planar: int = 0

    @property
    def is_color(self) -> bool:
        """Whether the frames have three samples a pixel."""
        return self.samples_per_pixel == 3

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
    """A decoded frame; `damage` says what was tolerated, None where nothing was."""

    samples: Samples
    damage: str | None
    finding: Finding | None


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


def first_of(findings: Sequence[Finding | None]) -> Finding | None:
    """Return the first finding there is: the caller lists the gravest first."""
    return next((finding for finding in findings if finding is not None), None)
