"""FittedPyramid: an optical path whose pyramid is unlike the slide's, laid over it.

Scanners and converters store the channels of one slide in other sizes, in other tiles,
or not in every size (slim#122). No channel is blank for that: what it lacks is made
from its nearest finer level, stored or computed, by area means.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import chain
from typing import Final, NamedTuple

import numpy as np

from viewer.formats.image_pyramid import Absent, ImagePyramid, Pyramid, StoredImage
from viewer.formats.patchwork import Kind
from viewer.formats.resampling import Stretch, covered, resampled
from viewer.formats.virtual import with_computed_levels
from viewer.slide.errors import BrokenFrame, SlideError
from viewer.slide.files import EncodedFrame, FramePlace, FrameRun
from viewer.slide.geometry import Size
from viewer.slide.model import (
    EMPTY,
    ColorReading,
    Empty,
    Level,
    Progress,
    Samples,
    TileKey,
)

_PATIENCE: Final = 60.0  # seconds between two looks at a tile that is being made
_MOST_PIXELS: Final = 1 << 26
"""Pixels of the source under one tile; a tile is some 256 to 4,096 pixels wide."""


def laid_over(
    images: Sequence[StoredImage],
    unlike: Mapping[int, Sequence[StoredImage]],
    absent: Sequence[Absent],
) -> tuple[Sequence[Level], Sequence[Pyramid]]:
    """Return the levels of a slide, and what each optical path is read from.

    `images` are those of most paths, `unlike` those of paths with other sizes or other
    tiles, `absent` the color of each path. Every size stored for some path is a level,
    in the tiles of `images` where they have it.
    """
    if not unlike:
        pyramid = ImagePyramid(images, absent)
        return pyramid.levels, [pyramid] * len(absent)
    pyramids_images = {id(each): each for each in (images, *unlike.values())}
    levels = with_computed_levels(_stored_levels(pyramids_images.values()))
    numbers = {
        level.size: number for number, level in enumerate(levels) if level.stored
    }
    pyramids = {
        number: FittedPyramid(ImagePyramid(own, absent, numbers), levels, absent)
        for number, own in pyramids_images.items()
    }
    paths = range(len(absent))
    return levels, [pyramids[id(unlike.get(path, images))] for path in paths]


class FittedPyramid:
    """The levels of a slide, read from a pyramid that has others. Immutable.

    The contract is that of `viewer.formats.image_pyramid.Pyramid`.
    """

    def __init__(
        self, own: ImagePyramid, levels: Sequence[Level], absent: Sequence[Absent]
    ) -> None:
        """Lay `own` over the `levels` of a slide."""
        self.levels: Sequence[Level] = levels
        self._own = own
        self._absent = absent
        self._sources = [_source_of(level, own.levels) for level in levels]

    @property
    def failed(self) -> Mapping[TileKey, str]:
        """Stored tiles that others were made without, by the slide's numbers."""
        return {self._above(key): why for key, why in self._own.failed.items()}

    def retry(self) -> None:
        """Make anew what was computed without its failed tiles."""
        self._own.retry()

    def read_samples(self, key: TileKey, color: ColorReading) -> Samples | Empty:
        """Read one tile, however long that takes."""
        while True:
            progress = self.read_progress(key, _PATIENCE, color)
            if progress is EMPTY:
                return EMPTY
            if progress.complete:
                return progress.samples

    def read_progress(
        self, key: TileKey, seconds: float, color: ColorReading
    ) -> Progress | Empty:
        """Work on one tile; raises SlideError where one of its sources does."""
        number, is_same = self._sources[key.level]
        if is_same:
            return self._own.read_progress(key._replace(level=number), seconds, color)
        level, source = self.levels[key.level], self._own.levels[number]
        across, down = _stretches(level, source, key)
        canvas = _Canvas(across, down, self._absent[key.optical_path])
        tiles = _tiles_under(source, across, down)
        if canvas.pixels > _MOST_PIXELS:
            raise BrokenFrame(
                f"The tile lies on {canvas.pixels} pixels of its optical path, "
                f"expected at most {_MOST_PIXELS}."
            )
        for column, row in tiles:
            part = key._replace(level=number, column=column, row=row)
            progress = self._own.read_progress(part, seconds / len(tiles), color)
            canvas.put(
                progress,
                column * source.tile_size.width,
                row * source.tile_size.height,
            )
        return canvas.finished()

    def read_frame(self, key: TileKey) -> EncodedFrame | Empty:
        """Return the codestream of a tile that is stored as it is."""
        number, is_same = self._sources[key.level]
        if not is_same:
            raise SlideError(
                f"Level {key.level} is not stored in these tiles for this optical "
                "path, it has no frames."
            )
        return self._own.read_frame(key._replace(level=number))

    def read_run(self, key: TileKey, count: int) -> FrameRun | None:
        """Return the codestreams of some tiles that are stored as they are."""
        number, is_same = self._sources[key.level]
        if not is_same:
            return None
        return self._own.read_run(key._replace(level=number), count)

    def frame_at(self, key: TileKey) -> FramePlace | None:
        """Return which frame a tile is; None for one that was made."""
        number, is_same = self._sources[key.level]
        return self._own.frame_at(key._replace(level=number)) if is_same else None

    def icc_profile(self, level: int, optical_path: int) -> bytes | None:
        """Return the profile of the level that a level is made from."""
        return self._own.icc_profile(self._sources[level].number, optical_path)

    def tile_over(self, key: TileKey) -> TileKey:
        """Return the slide's tile over the middle of a stored one."""
        return self._above(key._replace(level=self._sources[key.level].number))

    def _above(self, key: TileKey) -> TileKey:
        """Return the slide's tile over the middle of a tile of the own pyramid."""
        own = self._own.levels[key.level]
        number = next(
            (n for n, level in enumerate(self.levels) if level.size == own.size), 0
        )
        level, extent = self.levels[number], own.tile_extent(key.column, key.row)
        x = key.column * own.tile_size.width + extent.width // 2
        y = key.row * own.tile_size.height + extent.height // 2
        column = x * level.size.width // own.size.width // level.tile_size.width
        row = y * level.size.height // own.size.height // level.tile_size.height
        return key._replace(level=number, column=column, row=row)


def _stored_levels(pyramids: Iterable[Sequence[StoredImage]]) -> list[Level]:
    """Return a level for each size, finest first, as the first pyramid has it."""
    levels: dict[Size, Level] = {}
    for image in chain.from_iterable(pyramids):
        found = levels.setdefault(image.level.size, image.level)
        if found.file != image.level.file:
            frames = found.frames + image.level.frames
            levels[found.size] = replace(found, frames=frames)
    return sorted(
        levels.values(), key=lambda level: -level.size.width * level.size.height
    )


class _Source(NamedTuple):
    """Which level another is made from; `is_same`: each tile is a tile of it."""

    number: int
    is_same: bool


def _source_of(level: Level, own: Sequence[Level]) -> _Source:
    """Return the coarsest level that is as fine, the finest where none is."""
    number = 0
    for place, each in enumerate(own):
        if each.size == level.size:
            return _Source(place, each.tile_size == level.tile_size)
        if each.size.width >= level.size.width and each.size.height >= (
            level.size.height
        ):
            number = place
    return _Source(number, is_same=False)


def _stretches(level: Level, source: Level, key: TileKey) -> tuple[Stretch, Stretch]:
    if not (0 <= key.column < level.columns and 0 <= key.row < level.rows):
        raise SlideError(
            f"Level {key.level} has no tile {key.column}, {key.row}: "
            f"expected less than {level.columns}, {level.rows}."
        )
    extent = level.tile_extent(key.column, key.row)
    left = key.column * level.tile_size.width
    top = key.row * level.tile_size.height
    return (
        Stretch(left, left + extent.width, level.size.width, source.size.width),
        Stretch(top, top + extent.height, level.size.height, source.size.height),
    )


def _tiles_under(
    source: Level, across: Stretch, down: Stretch
) -> list[tuple[int, int]]:
    width, height = source.tile_size
    return [
        (column, row)
        for row in range(down.first // height, -(-down.last // height))
        for column in range(across.first // width, -(-across.last // width))
    ]


class _Canvas:
    """The source pixels under a tile, in the making."""

    def __init__(self, across: Stretch, down: Stretch, absent: Absent) -> None:
        self._across, self._down = across, down
        self._size = Size(across.last - across.first, down.last - down.first)
        self._absent = absent
        self._samples: Samples | None = None
        self._missing: list[tuple[slice, slice]] = []

    @property
    def pixels(self) -> int:
        return self._size.width * self._size.height

    def put(self, progress: Progress | Empty, x: int, y: int) -> None:
        """Put a tile of the source where it lies; EMPTY leaves the absent color."""
        if progress is EMPTY:
            return
        samples = progress.samples
        height, width = samples.shape[:2]
        left, top = max(x, self._across.first), max(y, self._down.first)
        right = min(x + width, self._across.last)
        bottom = min(y + height, self._down.last)
        cut = np.s_[top - y : bottom - y, left - x : right - x]
        place = np.s_[
            top - self._down.first : bottom - self._down.first,
            left - self._across.first : right - self._across.first,
        ]
        if self._samples is None:
            self._samples = Kind.of(samples).flat(self._size, self._absent)
        elif Kind.of(self._samples) != Kind.of(samples):
            raise BrokenFrame(
                "The samples of this tile are of several kinds (color or grey, 8 or "
                "16 bits), expected one."
            )
        self._samples[place] = samples[cut]
        if progress.covered is not None and not progress.covered[cut].all():
            self._missing.append(place)

    def finished(self) -> Progress | Empty:
        if self._samples is None:
            return EMPTY
        samples = resampled(self._samples, self._across, self._down)
        if not self._missing:
            return Progress(samples, None)
        known = np.ones((self._size.height, self._size.width), np.bool_)
        for place in self._missing:
            known[place] = False
        return Progress(samples, covered(known, self._across, self._down))
