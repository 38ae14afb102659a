"""Whether an overview shows anything where a scan is said to lie on it."""

from collections.abc import Sequence
from math import ceil, floor
from typing import TYPE_CHECKING, Final

from viewer.qt.slide_thumbnail import read_scan
from viewer.qt.stored_picture import StoredPicture
from viewer.slide.model import Slide

if TYPE_CHECKING:  # see viewer.slide.model
    import numpy as np
    from numpy.typing import NDArray

EMPTY_GLASS: Final = (
    "The overview shows empty glass where the scan should lie by its coordinates, so "
    "the scanned area is not drawn."
)

_FEWEST: Final = 8  # pixels across and down: what is smaller tells nothing
_DARK: Final = 128  # what absent is painted in, where light is what shows
_EDGE: Final = 160
_CONTENT: Final = 50.0  # of 255: so far apart are tissue and glass in a scan at least
_PALER: Final = 5.0  # times may an overview show the same tissue


def lies_on_empty_glass(
    overview: StoredPicture, corners: Sequence[tuple[float, float]], slide: Slide
) -> bool:
    """Say whether a scan full of tissue would lie where the overview is blank.

    `corners` are those of the scan, 0 to 1 across and down the overview. False where
    that cannot be told: the area is tiny, the scan dark (fluorescence shines, its
    overview does not) or slow to read. Worker threads.
    """
    if max(slide.optical_paths[0].absent) < _DARK:
        return False
    area = _cut(overview.bgrx, corners)
    if min(area.shape[:2]) < _FEWEST:
        return False
    scan = read_scan(slide, _EDGE)
    if scan is None:
        return False
    # Made as coarse as the overview, for what it cannot resolve it need not show.
    content = _contrast(_coarsened(scan.bgrx, max(area.shape[:2])))
    return content >= _CONTENT and _contrast(area) * _PALER <= content


def _cut(
    pixels: "NDArray[np.uint8]", corners: Sequence[tuple[float, float]]
) -> "NDArray[np.uint8]":
    rows, columns = pixels.shape[:2]
    across = [x * columns for x, _ in corners]
    down = [y * rows for _, y in corners]
    left, top = max(0, ceil(min(across))), max(0, ceil(min(down)))
    right, bottom = max(0, floor(max(across))), max(0, floor(max(down)))
    return pixels[top:bottom, left:right]


def _coarsened(pixels: "NDArray[np.uint8]", edge: int) -> "NDArray[np.uint8]":
    """Return the mean of squares, as few as leave at least `edge` of them."""
    from viewer.formats.reduction import shrunk

    halvings = max(0, (max(pixels.shape[:2]) // edge).bit_length() - 1)
    return shrunk(pixels, halvings) if halvings else pixels  # type: ignore[return-value]


def _contrast(pixels: "NDArray[np.uint8]") -> float:
    """Return how far dark and bright are apart, without the extremes: 0 to 255."""
    import numpy as np

    low, high = np.percentile(pixels[..., :3], (10, 90), axis=(0, 1))
    return float(np.median(high - low))
