"""Pictures of tiles: from samples to what Qt paints, on worker threads."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from PySide6.QtGui import QImage

from viewer.qt.samples import RecentSamples, read
from viewer.slide.look import DisplayTile
from viewer.slide.model import EMPTY, Empty, Progress, Slide, TileKey

if TYPE_CHECKING:  # see viewer.slide.model
    import numpy as np
    from numpy.typing import NDArray

PICTURE_OVERHEAD: Final = 256
"""Bytes that a picture costs beside its pixels."""


@dataclass(frozen=True, slots=True)
class Picture:
    """One tile ready to paint.

    `image` is None where the slide stores nothing (an absent tile). `complete` is False
    while a computed tile still grows; its image is then transparent where nothing is
    known yet. `damage` says, in a sentence, why the pixels are not to be trusted.
    """

    image: QImage | None
    complete: bool
    damage: str | None = None

    @property
    def size_in_bytes(self) -> int:
        """What the picture takes of the cache's budget."""
        pixels = 0 if self.image is None else self.image.sizeInBytes()
        return PICTURE_OVERHEAD + pixels


def to_qimage(bgrx: "NDArray[np.uint8]") -> QImage:
    """Return an opaque image (Format_RGB32) of BGRX pixels of (rows, columns, 4).

    Contiguous pixels are not copied; the image keeps them alive and nobody may write to
    them any more. Any thread.
    """
    import numpy as np

    return _image(np.ascontiguousarray(bgrx), QImage.Format.Format_RGB32)


def picture_of(
    slide: Slide,
    tile: DisplayTile,
    seconds: float = 0.06,
    recent: RecentSamples | None = None,
) -> Picture:
    """Read and render one tile, working for about `seconds` where it is computed.

    What `recent` holds is not read again. Raises SlideError. Worker threads.
    """
    keys = tile.tile_keys()
    reader = read if recent is None else recent.read
    share = seconds / len(keys)
    layers = [reader(slide, key, tile.look.color, share) for key in keys]
    present = [layer for layer in layers if not isinstance(layer, Empty)]
    damage = _damage(slide, keys)
    if not present:
        return Picture(None, complete=True, damage=damage)
    samples = [EMPTY if isinstance(each, Empty) else each.samples for each in layers]
    bgrx = tile.look.render(samples, tile.level)
    covered = _covered(present)
    if covered is None:
        return Picture(to_qimage(bgrx), complete=True, damage=damage)
    return Picture(_growing(bgrx, covered), complete=False, damage=damage)


def _damage(slide: Slide, keys: Sequence[TileKey]) -> str | None:
    damaged = slide.damaged
    return " ".join(damaged[key] for key in keys if key in damaged) or None


def _covered(layers: Sequence[Progress]) -> "NDArray[np.bool_] | None":
    """Return where all layers are known; None where they are everywhere."""
    import numpy as np

    masks = [layer.covered for layer in layers if layer.covered is not None]
    return np.logical_and.reduce(masks) if masks else None


def _growing(bgrx: "NDArray[np.uint8]", covered: "NDArray[np.bool_]") -> QImage:
    import numpy as np

    # Premultiplied: what is transparent must be black as well.
    pixels = np.where(covered[..., None], bgrx, np.uint8(0))
    return _image(pixels, QImage.Format.Format_ARGB32_Premultiplied)


def _image(pixels: "NDArray[np.uint8]", form: QImage.Format) -> QImage:
    rows, columns = pixels.shape[:2]
    return QImage(pixels.data, columns, rows, 4 * columns, form)
