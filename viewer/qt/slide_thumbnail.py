"""What stands for a slide in a list: a small picture of all of it, soon made."""

import time
from collections.abc import Sequence
from typing import Final, NamedTuple

from viewer.qt.stored_picture import StoredPicture, read_associated
from viewer.slide.auto_range import auto_ranged
from viewer.slide.channel_set import ChannelSet
from viewer.slide.errors import SlideError
from viewer.slide.focus import resting_plane
from viewer.slide.look import DisplayTile, Look
from viewer.slide.model import (
    EMPTY,
    ColorReading,
    Empty,
    Level,
    Progress,
    Samples,
    Slide,
    TileKey,
)

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


def read_thumbnail(
    slide: Slide,
    edge: int,
    seconds: float,
    color: ColorReading = ColorReading.AS_ENCODED,
) -> Thumbnail:
    """Return a picture of the slide, `edge` to twice as many pixels across, or less.

    From the thumbnail image, else from the coarsest level that is fine enough. Where
    the level takes longer than `seconds`, from the overview, else what is known by then
    stands on the absent color. Optical paths of grey samples are added up, as the view
    begins with them. Worker threads; raises SlideError.
    """
    picture = _from_associated(slide, "thumbnail", edge, color)
    if picture is not None:
        return Thumbnail(picture, whole=True)
    found = _from_level(slide, edge, seconds, color)
    if found is not None and found.whole:
        return found
    picture = _from_associated(slide, "overview", edge, color)
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


def _from_associated(
    slide: Slide, key: str, edge: int, color: ColorReading = ColorReading.AS_ENCODED
) -> StoredPicture | None:
    image = slide.associated.get(key)
    if image is None or image.size.width * image.size.height > _MOST_PIXELS:
        return None
    try:
        return _fitted(read_associated(image, color), edge)
    except SlideError:  # its own pane says why
        return None


def _from_level(
    slide: Slide,
    edge: int,
    seconds: float,
    color: ColorReading = ColorReading.AS_ENCODED,
) -> Thumbnail | None:
    """Return what a level shows; None where that is nothing and never will be."""
    number = _fitting_level(slide, edge)
    level = slide.levels[number]
    if level.size.width * level.size.height > _MOST_PIXELS:
        return None
    deadline = time.monotonic() + seconds
    channels = ChannelSet.of(slide.optical_paths)
    plane = resting_plane(slide.focal_planes)
    channels = auto_ranged(slide, channels, plane, seconds / (2 * len(channels.on)))
    look = Look(channels.on, channels=channels.channels, color=color)
    canvas = _Canvas(level, slide.optical_paths[0].absent)
    for row in range(level.rows):
        for column in range(level.columns):
            tile = DisplayTile(slide.serial, number, column, row, plane, look)
            canvas.take(slide, tile, deadline)
    if canvas.is_whole and not canvas.is_begun:
        return None
    picture = StoredPicture(canvas.bgrx, slide.icc_profile(number, channels.on[0]))
    if channels.channels:  # profiles are for colors; this is light
        picture = StoredPicture(canvas.bgrx)
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

    def take(self, slide: Slide, tile: DisplayTile, deadline: float) -> None:
        """Read one tile as far as time allows; one that fails is left out."""
        look = tile.look
        try:
            found = [
                _progress(slide, key, look.color, deadline) for key in tile.tile_keys()
            ]
        except SlideError:
            return
        if all(each is EMPTY for each in found):
            return
        layers = [each for each in found if isinstance(each, Progress)]
        self.is_whole = (
            self.is_whole
            and None not in found
            and all(layer.complete for layer in layers)
        )
        if None in found or not layers:
            return
        self.is_begun = True
        samples = [
            each.samples if isinstance(each, Progress) else EMPTY for each in found
        ]
        is_color = len(layers) == 1 and layers[0].samples.ndim == 3
        pixels = layers[0].samples if is_color else look.render(samples, tile.level)
        self._paste(pixels, tile, layers)

    def _paste(
        self, pixels: Samples, tile: DisplayTile, layers: Sequence[Progress]
    ) -> None:
        """Put in what is known of all layers."""
        import numpy as np

        height, width = self._tile_size.height, self._tile_size.width
        top, left = tile.row * height, tile.column * width
        place = self.bgrx[top : top + pixels.shape[0], left : left + pixels.shape[1]]
        known = np.ones(pixels.shape[:2], np.bool_)
        for layer in layers:
            if layer.covered is not None:
                known &= layer.covered
        place[known] = pixels[known]


def _progress(
    slide: Slide, key: TileKey, color: ColorReading, deadline: float
) -> Progress | Empty | None:
    """Work on a tile until it is complete; None where there is no time at all."""
    progress = None
    while time.monotonic() < deadline:
        progress = slide.read_progress(key, _SLICE, color)
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
