"""StoredPicture: a small picture read once, drawn with its profile or without."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from PySide6.QtGui import QImage

from viewer.qt.images import to_qimage
from viewer.slide.correction import corrected
from viewer.slide.errors import BrokenProfile
from viewer.slide.look import Look
from viewer.slide.model import AssociatedImage, ColorReading, OpticalPath, Samples

if TYPE_CHECKING:  # see viewer.slide.model
    import numpy as np
    from numpy.typing import NDArray

MOST_BYTES: Final = 64 << 20
"""Kept of one picture; a larger one is made smaller, by area mean."""


@dataclass(frozen=True, slots=True)
class DrawnPicture:
    """An image to show; `complaint` is a sentence where its profile is broken."""

    image: QImage
    complaint: str = ""


@dataclass(frozen=True, slots=True)
class StoredPicture:
    """Pixels as stored, (rows, columns, 4) BGRX uint8, and their ICC profile.

    The fourth byte is 0 where nothing was scanned, see `Samples`.
    """

    bgrx: "NDArray[np.uint8]"
    profile: bytes | None = None

    def drawn(self, *, managed: bool, target: bytes | None = None) -> DrawnPicture:
        """Return the image, by way of the profile where `managed`. Worker threads.

        `target` is the profile of the display, None that of sRGB. A broken profile
        leaves the colors as they are.
        """
        if not managed or self.profile is None:
            return DrawnPicture(to_qimage(corrected(self.bgrx, None)))
        from viewer.codecs.icc import DirectCorrection

        try:
            drawn = corrected(self.bgrx, DirectCorrection(self.profile, target))
        except BrokenProfile as error:
            sentence = f"Colors are shown as stored: {error}."
            return DrawnPicture(to_qimage(corrected(self.bgrx, None)), sentence)
        return DrawnPicture(to_qimage(drawn))


def read_associated(
    image: AssociatedImage, color: ColorReading = ColorReading.AS_ENCODED
) -> StoredPicture:
    """Read a label, overview or thumbnail. Worker threads; raises SlideError."""
    read = image.read
    if color is ColorReading.AS_DECLARED and image.read_declared is not None:
        read = image.read_declared
    grey = OpticalPath("", grey_range=image.grey_range)
    return stored(read(), Look.natural(grey), image.icc_profile)


def stored(
    samples: Samples, look: Look, profile: bytes | None, most: int = MOST_BYTES
) -> StoredPicture:
    """Keep samples as pixels, halved until they take at most so many bytes."""
    bgrx = look.render([samples])
    halvings = 0
    while bgrx.nbytes >> (2 * halvings) > most:
        halvings += 1
    if halvings:
        from viewer.formats.reduction import shrunk

        bgrx = shrunk(bgrx, halvings).astype("uint8", copy=False)
    # Profiles are for colors; grey samples are light, not color.
    return StoredPicture(bgrx, profile if samples.ndim == 3 else None)
