"""What stands for a slide in a list: a small picture of all of it, soon made."""

import time
from typing import Final, NamedTuple

from viewer.qt.stored_picture import StoredPicture, read_associated
from viewer.slide.errors import SlideError
from viewer.slide.look import Look
from viewer.slide.model import EMPTY, Empty, Level, Progress, Slide, TileKey

_MOST_PIXELS: Final = 1 << 24
"""Of an associated image or a level worth reading for a thumbnail."""

_SOON: Final = 1.5  # seconds for what nobody waits for
_SLICE: Final = 0.05  # seconds of work on a computed tile before looking at the clock


class Thumbnail(NamedTuple):
    """A picture of a slide; unless it is `whole`, more of it can be had in more time.

    Once whole, what is missing could not be read.
    """

    picture: StoredPicture
    whole: bool


def read_thumbnail(slide: Slide, edge: int, seconds: float) -> Thumbnail:
    """Return a picture of the slide, `edge` to twice as many pixels across, or less.

    From the thumbnail image, else from the coarsest level that is fine enough. Where
    the level takes longer than `seconds`, from the overview, else what is known by then
    stands on the absent color. Worker threads; raises SlideError.
    """
    picture = _from_associated(slide, "thumbnail", edge)
    if picture is not None:
        return Thumbnail(picture, whole=True)
    found = _from_level(slide, edge, seconds)
    if found is not None and found.whole:
        return found
    picture = _from_associated(slide, "overview", edge)
    if picture is not None:
        return Thumbnail(picture, whole=True)
    if found is None:
        raise SlideError(f"{slide.name}: no picture of the slide can be read.")
    return found


def read_scan(slide: Slide, edge: int) -> StoredPicture | None:
    """Return what was scanned, as `read_thumbnail` does, where that is soon done.

    None where files hold neither a thumbnail nor a level so small. Worker threads.
    """
    picture = _from_associated(slide, "thumbnail", edge)
    if picture is not None or not slide.levels[_fitting_level(slide, edge)].stored:
        return picture
    found = _from_level(slide, edge, _SOON)
    return found.picture if found is not None and found.whole else None


def _from_associated(slide: Slide, key: str, edge: int) -> StoredPicture | None:
    image = slide.associated.get(key)
    if image is None or image.size.width * image.size.height > _MOST_PIXELS:
        return None
    try:
        return _fitted(read_associated(image), edge)
    except SlideError:  # its own pane says why
        return None


def _from_level(slide: Slide, edge: int, seconds: float) -> Thumbnail | None:
    """Return what a level shows; None where that is nothing and never will be."""
    number = _fitting_level(slide, edge)
    level = slide.levels[number]
    if level.size.width * level.size.height > _MOST_PIXELS:
        return None
    canvas = _Canvas(level, slide.optical_paths[0].absent)
    look, deadline = Look.natural(slide.optical_paths[0]), time.monotonic() + seconds
    for row in range(level.rows):
        for column in range(level.columns):
            key = TileKey(slide.serial, number, column, row)
            canvas.take(key, slide, look, deadline)
    if canvas.is_whole and not canvas.is_begun:
        return None
    picture = StoredPicture(canvas.bgrx, slide.icc_profile(number, 0))
    return Thumbnail(_fitted(picture, edge), canvas.is_whole)


def _fitting_level(slide: Slide, edge: int) -> int:
    """Return the coarsest level that is not smaller than the thumbnail."""
    fine = (n for n, level in enumerate(slide.levels) if max(level.size) >= edge)
    return max(fine, default=0)


class _Canvas:
    """A level's pixels, put together tile by tile on the absent color.

    They are samples still: the fourth byte says what was scanned.
    """

    def __init__(self, level: Level, absent: tuple[int, int, int]) -> None:
        import numpy as np

        self.bgrx = np.zeros((level.size.height, level.size.width, 4), np.uint8)
        self.bgrx[..., :3] = absent[::-1]
        self.is_begun = False
        self.is_whole = True
        self._tile_size = level.tile_size

    def take(self, key: TileKey, slide: Slide, look: Look, deadline: float) -> None:
        """Read one tile as far as time allows; one that fails is left out."""
        try:
            progress = _progress(slide, key, deadline)
        except SlideError:
            return
        if progress is EMPTY:
            return
        self.is_whole = self.is_whole and progress is not None and progress.complete
        if progress is None:
            return
        self.is_begun = True
        is_color = progress.samples.ndim == 3
        pixels = progress.samples if is_color else look.render([progress.samples])
        top, left = key.row * self._tile_size.height, key.column * self._tile_size.width
        place = self.bgrx[top : top + pixels.shape[0], left : left + pixels.shape[1]]
        known = slice(None) if progress.covered is None else progress.covered
        place[known] = pixels[known]


def _progress(slide: Slide, key: TileKey, deadline: float) -> Progress | Empty | None:
    """Work on a tile until it is complete; None where there is no time at all."""
    progress = None
    while time.monotonic() < deadline:
        progress = slide.read_progress(key, _SLICE)
        if progress is EMPTY or progress.complete:
            break
    return progress


def _fitted(picture: StoredPicture, edge: int) -> StoredPicture:
    """Make a picture smaller by area mean, by as much as is needed."""
    rows, columns = picture.bgrx.shape[:2]
    halvings = max(0, (max(rows, columns) // edge).bit_length() - 1)
    if not halvings:
        return picture
    from viewer.formats.reduction import shrunk

    return StoredPicture(
        shrunk(picture.bgrx, halvings).astype("uint8", copy=False), picture.profile
    )
