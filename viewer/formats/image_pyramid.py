"""ImagePyramid: stored images, finest first, with the levels between them computed."""

from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Protocol

from viewer.formats.virtual import ComputedLevels, with_computed_levels
from viewer.slide.errors import SlideError
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

Absent = tuple[int, int, int]
"""The RGB color of what was not scanned."""


class StoredImage(Protocol):
    """One stored level as a format reads it. Everything on any thread.

    Keys are the slide's: what is noted of a tile is noted under its key.
    """

    @property
    def level(self) -> Level:
        """What the file says of it; `downsample` is against level 0 of the slide."""
        ...

    def read(self, key: TileKey, color: ColorReading, shrink: int) -> Samples | Empty:
        """Return a tile cut to the level, its area mean where `shrink` is above 1.

        The shape is the tile's extent divided by `shrink` (1, 2, 4 or 8), rounded up.
        Raises SlideError.
        """
        ...

    def read_frame(self, key: TileKey) -> EncodedFrame | Empty:
        """Return the codestream of a tile; raises SlideError."""
        ...

    def read_run(self, key: TileKey, count: int) -> FrameRun | None:
        """Return the codestreams of some tiles at once; see Slide.read_run."""
        ...

    def frame_at(self, key: TileKey) -> FramePlace | None:
        """Return which frame a tile is, without reading; None where it is absent."""
        ...

    def icc_profile(self, optical_path: int) -> bytes | None:
        """Return the profile of this image's samples of an optical path."""
        ...

    def close(self) -> None:
        """Close the files behind it."""
        ...


class Pyramid(Protocol):
    """Levels that can be read, by the numbers of `levels`. Any thread."""

    @property
    def levels(self) -> Sequence[Level]:
        """From the finest to the coarsest."""
        ...

    @property
    def failed(self) -> Mapping[TileKey, str]:
        """Stored tiles that others were made without, and why."""
        ...

    def retry(self) -> None:
        """Forget `failed`, and what was made without them."""
        ...

    def read_samples(self, key: TileKey, color: ColorReading) -> Samples | Empty:
        """Read one tile whole; raises SlideError."""
        ...

    def read_progress(
        self, key: TileKey, seconds: float, color: ColorReading
    ) -> Progress | Empty:
        """Work on one tile for about `seconds`; raises SlideError."""
        ...

    def read_frame(self, key: TileKey) -> EncodedFrame | Empty:
        """Return the codestream of a stored tile; raises SlideError."""
        ...

    def read_run(self, key: TileKey, count: int) -> FrameRun | None:
        """Return the codestreams of some tiles at once; see Slide.read_run."""
        ...

    def frame_at(self, key: TileKey) -> FramePlace | None:
        """Return which frame a tile is; None for one that is none."""
        ...

    def icc_profile(self, level: int, optical_path: int) -> bytes | None:
        """Return the profile of a level's samples; a computed one has its source's."""
        ...

    def tile_over(self, key: TileKey) -> TileKey:
        """Return the tile of the slide that shows the middle of a stored one.

        `key` is what the image was asked for: it has the slide's level, but column and
        row of the image's own tiles.
        """
        ...


class ImagePyramid:
    """A pyramid over stored images; immutable but for what `failed` remembers."""

    def __init__(
        self,
        images: Sequence[StoredImage],
        absent: Sequence[Absent],
        numbers: Mapping[Size, int] | None = None,
    ) -> None:
        """Take images, finest first, which stay the caller's to close.

        `absent` has the color of each optical path of the slide. `numbers` are the
        slide's numbers of its stored levels by their size, where it has others too.
        """
        self.levels: Sequence[Level] = tuple(
            with_computed_levels([image.level for image in images])
        )
        stored = iter(images)
        self._images = [next(stored) if level.stored else None for level in self.levels]
        self._numbers = numbers
        self._computed = {
            color: self._computed_levels(color, absent) for color in ColorReading
        }

    @property
    def failed(self) -> Mapping[TileKey, str]:
        """Stored tiles that computed levels lack, by this pyramid's level numbers."""
        read = [each.failures for each in self._computed.values() if each.failures]
        if len(read) == 1:
            return read[0]
        return dict(chain.from_iterable(each.items() for each in read))

    def retry(self) -> None:
        """Make anew what was computed without its failed tiles."""
        for computed in self._computed.values():
            computed.retry()

    def read_samples(self, key: TileKey, color: ColorReading) -> Samples | Empty:
        """Read one tile, however long that takes."""
        image = self._images[key.level]
        if image is None:
            return self._computed[color].read(key)
        return image.read(self._slide_key(key), color, 1)

    def read_progress(
        self, key: TileKey, seconds: float, color: ColorReading
    ) -> Progress | Empty:
        """Work on one tile; a stored one is complete at once."""
        image = self._images[key.level]
        if image is None:
            return self._computed[color].refine(key, seconds)
        samples = image.read(self._slide_key(key), color, 1)
        return EMPTY if samples is EMPTY else Progress(samples, None)

    def read_frame(self, key: TileKey) -> EncodedFrame | Empty:
        """Return the codestream of a stored tile."""
        image = self._images[key.level]
        if image is None:
            raise SlideError(f"Level {key.level} is computed, it has no frames.")
        return image.read_frame(self._slide_key(key))

    def read_run(self, key: TileKey, count: int) -> FrameRun | None:
        """Return the codestreams of some stored tiles at once."""
        image = self._images[key.level]
        return None if image is None else image.read_run(self._slide_key(key), count)

    def frame_at(self, key: TileKey) -> FramePlace | None:
        """Return which frame a tile is; None for a computed or an absent one."""
        image = self._images[key.level]
        return None if image is None else image.frame_at(self._slide_key(key))

    def icc_profile(self, level: int, optical_path: int) -> bytes | None:
        """Return the profile of a level's samples; a computed one has its source's."""
        sources = (image for image in self._images[level::-1] if image is not None)
        source = next(sources, None)
        return None if source is None else source.icc_profile(optical_path)

    def tile_over(self, key: TileKey) -> TileKey:
        """Return the tile itself: the slide has the tiles of its images."""
        return key

    def _slide_key(self, key: TileKey) -> TileKey:
        if self._numbers is None:
            return key
        return key._replace(level=self._numbers[self.levels[key.level].size])

    def _computed_levels(
        self, color: ColorReading, absent: Sequence[Absent]
    ) -> ComputedLevels:
        def read_stored(key: TileKey, shrink: int) -> Samples | Empty:
            image = self._images[key.level]
            assert image is not None, "computed levels are read from stored ones"  # noqa: S101
            return image.read(self._slide_key(key), color, shrink)

        return ComputedLevels(self.levels, read_stored, absent)
