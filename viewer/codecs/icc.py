"""ICC profiles: from the color space of a scanner to sRGB.

Little CMS through Pillow does the arithmetic, perceptually. It is slow (a megapixel
takes tens of milliseconds), so the screen goes through a table of all 2^24 colors.
"""

import hashlib
import io
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from viewer.codecs.complaint import with_complaint
from viewer.slide.errors import BrokenProfile, Cancelled

if TYPE_CHECKING:
    from PIL.ImageCms import ImageCmsProfile, ImageCmsTransform

_COLORS: Final = 1 << 24
_CHUNK: Final = 1 << 20
_LONGEST_DESCRIPTION: Final = 200


def profile_description(icc: bytes) -> str:
    """Return what a profile calls itself, in one line; never raises. Any thread."""
    try:
        return _description(_opened(icc)) or "unnamed profile"
    except BrokenProfile:
        return "unreadable profile"


def profile_class(icc: bytes) -> str:
    """Return the device class of a profile, such as "scnr" (ICC.1 7.2.5)."""
    return icc[12:16].decode("ascii", "replace").strip()


def profile_problem(icc: bytes) -> str:
    """Return why a profile cannot be applied; empty where it can. Any thread."""
    try:
        DirectCorrection(icc)
    except BrokenProfile as error:
        return str(error)
    return ""


class DirectCorrection:
    """Corrects each pixel by Little CMS: exact, at once, slow. Any thread.

    Raises BrokenProfile where the profile is damaged or its input is not RGB.
    """

    def __init__(self, icc: bytes) -> None:
        self._digest = hashlib.sha256(icc).hexdigest()
        self._transform = _transform(icc)

    @property
    def digest(self) -> str:
        """The SHA-256 of the profile."""
        return self._digest

    def apply(self, bgrx: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Return new BGRX pixels of the same shape, (rows, columns, 4)."""
        from PIL import Image

        rows, columns = bgrx.shape[:2]
        if not bgrx.size:
            return bgrx.copy()
        picture = Image.frombytes(
            "RGB", (columns, rows), bgrx.tobytes(), "raw", "BGRX", 0, 1
        )
        self._transform.apply_in_place(picture)
        corrected = np.frombuffer(
            bytearray(picture.tobytes("raw", "BGRX")), np.uint8
        ).reshape(rows, columns, 4)
        corrected[..., 3] = 255
        return corrected


class TableCorrection:
    """Corrects by a table of all colors while it has one, else directly: equal, slower.

    Invariant: a table holds 2^24 BGRX pixels, at blue + 256 green + 65536 red, and is
    never written once built. It takes 64 MiB. Raises BrokenProfile like the direct way.
    """

    def __init__(self, icc: bytes) -> None:
        self._direct = DirectCorrection(icc)
        self._table: NDArray[np.uint32] | None = None

    @classmethod
    def build(
        cls, icc: bytes, cancelled: Callable[[], bool] = lambda: False
    ) -> "TableCorrection":
        """Return one that has its table; see `build_table`."""
        correction = cls(icc)
        correction.build_table(cancelled)
        return correction

    @property
    def digest(self) -> str:
        """The SHA-256 of the profile."""
        return self._direct.digest

    @property
    def has_table(self) -> bool:
        """Whether it is fast."""
        return self._table is not None

    def build_table(self, cancelled: Callable[[], bool] = lambda: False) -> None:
        """Fill the table, in about half a second. Any thread.

        `cancelled` is asked between its sixteen parts. Raises Cancelled.
        """
        table = np.empty(_COLORS, "<u4")
        for start in range(0, _COLORS, _CHUNK):
            if cancelled():
                raise Cancelled("the color table is no longer wanted")
            part = np.arange(start, start + _CHUNK, dtype="<u4")
            colors = part.view(np.uint8).reshape(1024, -1, 4)
            corrected = self._direct.apply(colors)
            table[start : start + _CHUNK] = corrected.view("<u4").ravel()
        self._table = table

    def drop_table(self) -> None:
        """Give the table's memory back, whoever still holds this. Any thread."""
        self._table = None

    def apply(self, bgrx: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Return new BGRX pixels of the same shape, (rows, columns, 4). Any thread."""
        table = self._table
        if table is None:
            return self._direct.apply(bgrx)
        pixels = bgrx if bgrx.strides[-1] == 1 else np.ascontiguousarray(bgrx)
        places = pixels.view("<u4")[..., 0] & np.uint32(_COLORS - 1)
        # Places are in the table anyway; "clip" spares take the check (half its time).
        return np.take(table, places, mode="clip")[..., None].view(np.uint8)


def _opened(icc: bytes) -> "ImageCmsProfile":
    from PIL import ImageCms

    try:
        return ImageCms.ImageCmsProfile(io.BytesIO(icc))
    except Exception as error:
        raise BrokenProfile(
            with_complaint(f"the ICC profile of {len(icc)} bytes cannot be read", error)
        ) from error


def _description(profile: "ImageCmsProfile") -> str:
    from PIL import ImageCms

    try:
        words = ImageCms.getProfileDescription(profile)
    except Exception as error:
        raise BrokenProfile("the ICC profile's description is damaged") from error
    printable = "".join(sign if sign.isprintable() else " " for sign in words)
    return " ".join(printable.split())[:_LONGEST_DESCRIPTION]


def _transform(icc: bytes) -> "ImageCmsTransform":
    from PIL import ImageCms

    profile = _opened(icc)
    space = icc[16:20]  # data colour space (ICC.1 7.2.6)
    if space != b"RGB ":
        found = space.decode("ascii", "replace").strip()
        raise BrokenProfile(f"the ICC profile is for {found} colors, expected RGB")
    try:
        # Pillow's hints leave its compiled part, and so this result, unknown.
        srgb = ImageCms.createProfile("sRGB")  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
        target = ImageCms.ImageCmsProfile(srgb)  # pyright: ignore[reportUnknownArgumentType]
        return ImageCms.ImageCmsTransform(
            profile, target, "RGB", "RGB", ImageCms.Intent.PERCEPTUAL
        )
    except Exception as error:
        raise BrokenProfile(
            with_complaint("the ICC profile cannot be joined to sRGB", error)
        ) from error
