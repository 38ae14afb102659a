"""ICC profiles: from the color space of a scanner to sRGB, or to a monitor's.

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

LARGEST_TARGET: Final = 16 << 20
"""Bytes of a monitor's profile that are read; the largest tables take a tenth."""


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


def target_problem(icc: bytes) -> str:
    """Return why colors cannot be converted to a profile; empty where they can.

    It has to be that of an RGB display (ICC.1 7.2.5, 7.2.6). Any thread.
    """
    if len(icc) < 128 or icc[36:40] != b"acsp":
        return "it is no ICC profile"
    if icc[12:16] != b"mntr":
        return (
            f"it is a profile of class {profile_class(icc) or 'unknown'}, expected "
            "mntr (a display)"
        )
    if icc[16:20] != b"RGB ":
        space = icc[16:20].decode("ascii", "replace").strip()
        return f"it is for {space or 'unknown'} colors, expected RGB"
    try:
        _transform(_srgb(), icc)
    except BrokenProfile as error:
        return str(error)
    return ""


class DirectCorrection:
    """Corrects each pixel by Little CMS: exact, at once, slow. Any thread.

    To the display of a `target` profile, by default sRGB. Raises BrokenProfile where a
    profile is damaged or not for RGB.
    """

    def __init__(self, icc: bytes, target: bytes | None = None) -> None:
        digest = hashlib.sha256(icc)
        if target is not None:
            digest.update(hashlib.sha256(target).digest())
        self._digest = digest.hexdigest()
        self._transform = _transform(icc, target)

    @property
    def digest(self) -> str:
        """A SHA-256 of the profile, and of the target where it is not sRGB."""
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

    def __init__(self, icc: bytes, target: bytes | None = None) -> None:
        self._direct = DirectCorrection(icc, target)
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
        """That of the direct way."""
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


def _srgb() -> bytes:
    from PIL import ImageCms

    # Pillow's hints leave its compiled part, and so this result, unknown.
    srgb = ImageCms.createProfile("sRGB")  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
    return ImageCms.ImageCmsProfile(srgb).tobytes()  # pyright: ignore[reportUnknownArgumentType]


def _transform(icc: bytes, target: bytes | None = None) -> "ImageCmsTransform":
    from PIL import ImageCms

    profile = _opened(icc)
    space = icc[16:20]  # data colour space (ICC.1 7.2.6)
    if space != b"RGB ":
        found = space.decode("ascii", "replace").strip()
        raise BrokenProfile(f"the ICC profile is for {found} colors, expected RGB")
    display = _opened(_srgb() if target is None else target)
    try:
        return ImageCms.ImageCmsTransform(
            profile, display, "RGB", "RGB", ImageCms.Intent.PERCEPTUAL
        )
    except Exception as error:
        named = "sRGB" if target is None else "the monitor's profile"
        raise BrokenProfile(
            with_complaint(f"the ICC profile cannot be joined to {named}", error)
        ) from error
