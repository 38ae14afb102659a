"""OpenSlideImage: one level of a slide, in tiles of our choosing."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

import numpy as np

from viewer.formats.notes import Notes
from viewer.formats.openslide.handle import Handle
from viewer.formats.reduction import shrunk
from viewer.slide.errors import BrokenFrame, SlideError
from viewer.slide.files import EncodedFrame, FramePlace, FrameRun
from viewer.slide.geometry import Scale, Size, Spacing
from viewer.slide.model import (
    EMPTY,
    ColorReading,
    Empty,
    Level,
    OpticalPath,
    Samples,
    TileKey,
)

if TYPE_CHECKING:
    from PIL.Image import Image

Color = tuple[int, int, int]


class OpenSlideImage:
    """One stored level; immutable, read from any thread.

    The handle belongs to all levels of a slide and is closed with any of them.
    """

    def __init__(
        self,
        handle: Handle,
        number: int,
        notes: Notes,
        path: OpticalPath,
        *,
        spacing: Spacing | None = None,
        made: Sequence[int] = (),
    ) -> None:
        """Describe the level that OpenSlide calls `number`.

        `made` are OpenSlide's numbers of the levels that it makes up: where one is 2, 4
        or 8 times smaller, decoders have made it, and it serves what is computed.
        """
        self._handle: Final = handle
        self._number: Final = number
        self._notes: Final = notes
        self._path: Final = path
        size, base = handle.sizes[number], handle.sizes[0]
        self._smaller: Final = _smaller(handle.sizes, number, made)
        self.level: Final = Level(
            size=size,
            tile_size=_tile_size(handle.properties, number),
            downsample=Scale(base.width / size.width, base.height / size.height),
            spacing=spacing,
            photometric="RGB",
            file=handle.path,
        )

    def read(self, key: TileKey, color: ColorReading, shrink: int) -> Samples | Empty:
        """Read one tile; see viewer.formats.image_pyramid.StoredImage."""
        del color  # the library has converted it
        extent = self.level.tile_extent(key.column, key.row)
        fits = extent.width % shrink == 0 and extent.height % shrink == 0
        made = self._smaller.get(shrink) if fits else None
        try:
            if made is not None:
                size = Size(extent.width // shrink, extent.height // shrink)
                return self._samples(key, made, size)
            samples = self._samples(key, self._number, extent)
        except BrokenFrame as error:
            self._notes.warn("broken-frame", str(error), self._handle.path)
            raise
        if samples is EMPTY or shrink == 1:
            return samples
        return shrunk(samples, shrink.bit_length() - 1)

    def read_frame(self, key: TileKey) -> EncodedFrame | Empty:
        """Raise SlideError: the library gives pixels alone."""
        raise SlideError(
            f"{self._handle.path.name}: was opened by OpenSlide, which gives pixels"
            f" and no codestreams; asked for that of tile {key.column}, {key.row}."
        )

    def read_run(self, key: TileKey, count: int) -> FrameRun | None:
        """Return None: the library gives pixels alone."""
        del key, count

    def frame_at(self, key: TileKey) -> FramePlace | None:
        """Return None: which frames a tile is made of is not known."""
        del key

    def icc_profile(self, optical_path: int) -> bytes | None:
        """Return the profile, which all levels share."""
        del optical_path
        return self._path.icc_profile

    def close(self) -> None:
        """Close the file, for all levels."""
        self._handle.close()

    def _samples(self, key: TileKey, number: int, size: Size) -> Samples | Empty:
        downsample = self._handle.downsamples[self._number]
        left = round(key.column * self.level.tile_size.width * downsample)
        top = round(key.row * self.level.tile_size.height * downsample)
        image = self._handle.read_region(number, left, top, size)
        return samples_of(image, self._path.absent)


def samples_of(image: "Image", absent: Color) -> Samples | Empty:
    """Return an RGBA picture laid over the absent color; EMPTY where all is absent."""
    lowest, highest = image.getchannel("A").getextrema()
    if highest == 0:
        return EMPTY
    width, height = image.size
    packed = bytearray(image.tobytes("raw", "BGRA"))
    samples = np.frombuffer(packed, np.uint8).reshape(height, width, 4)
    if lowest != 255:
        _lay_over(samples, absent)
    return samples


_TILE: Final = Size(512, 512)
_SENSIBLE: Final = range(128, 1025)
"""Widths and heights of tiles; NDPI files have rows of 3,968 x 8 pixels."""

_SHRINKS: Final = (2, 4, 8)


def _lay_over(samples: Samples, absent: Color) -> None:
    """Fill what was not scanned, as much of each pixel as the fourth byte says."""
    alpha = samples[..., 3:].astype(np.uint16)
    behind = np.array(absent[::-1], np.uint16) * (255 - alpha)
    samples[..., :3] = (samples[..., :3] * alpha + behind + 127) // 255


def _tile_size(properties: Mapping[str, str], number: int) -> Size:
    """Return the size of the file's own tiles, where it has some."""
    try:
        width, height = (
            int(properties[f"openslide.level[{number}].tile-{side}"])
            for side in ("width", "height")
        )
    except (KeyError, ValueError):
        return _TILE
    sensible = width in _SENSIBLE and height in _SENSIBLE
    return Size(width, height) if sensible else _TILE


def _smaller(sizes: Sequence[Size], number: int, made: Sequence[int]) -> dict[int, int]:
    """Return those of `made` that are exactly 2, 4 and 8 times smaller than a level."""
    width, height = sizes[number]
    return {
        shrink: each
        for shrink in _SHRINKS
        for each in made
        if (width, height) == (sizes[each].width * shrink, sizes[each].height * shrink)
    }
