"""A slide in memory whose pixels say which level, column and row they belong to."""

from collections.abc import Callable, Mapping, Sequence
from itertools import count
from math import ceil
from pathlib import Path
from typing import NamedTuple

import numpy as np

from viewer.slide.errors import BrokenFrame, SlideError
from viewer.slide.files import EncodedFrame, FileRole, FramePlace, FrameRun
from viewer.slide.geometry import Scale, Size, Spacing
from viewer.slide.metadata import Attribute
from viewer.slide.model import (
    EMPTY,
    AssociatedImage,
    ColorReading,
    Empty,
    FormatName,
    Level,
    OpticalPath,
    Personality,
    Progress,
    Samples,
    TileKey,
)
from viewer.slide.placement import Placement
from viewer.slide.warnings import SlideWarning

_serials = count(1_000_000)

Draw = Callable[[Level, TileKey], Samples]


class Decoded(NamedTuple):
    """What a pixel of a self-describing tile says."""

    level: int
    column: int
    row: int


def self_describing(_level: Level, key: TileKey) -> tuple[int, int, int]:
    """Return the blue, green and red of a tile: column, row and level."""
    return 8 + 16 * (key.column % 15), 8 + 16 * (key.row % 15), 20 + 30 * key.level


def decoded(blue: int, green: int, red: int) -> Decoded:
    """Return which tile a pixel was drawn from."""
    return Decoded((red - 20) // 30, (blue - 8) // 16, (green - 8) // 16)


def flat(level: Level, key: TileKey) -> Samples:
    """Draw a tile in its self-describing color."""
    return filled(level, key, self_describing(level, key))


def filled(level: Level, key: TileKey, bgr: tuple[int, int, int]) -> Samples:
    """Draw a tile in one color."""
    extent = level.tile_extent(key.column, key.row)
    pixels = np.full((extent.height, extent.width, 4), 255, np.uint8)
    pixels[..., :3] = bgr
    return pixels


def halving_levels(
    size: Size, tile: int, count: int, spacing: float | None = 0.00025
) -> list[Level]:
    """Return levels of half the size of the one before, rounded up."""
    levels: list[Level] = []
    for number in range(count):
        width, height = ceil(size.width / 2**number), ceil(size.height / 2**number)
        levels.append(
            Level(
                Size(width, height),
                Size(tile, tile),
                Scale(size.width / width, size.height / height),
                None if spacing is None or number else Spacing(spacing, spacing),
            )
        )
    return levels


class FakeSlide:
    """A slide whose tiles are drawn by a function; some absent, broken or growing."""

    def __init__(self, levels: Sequence[Level], draw: Draw = flat) -> None:
        self.serial = next(_serials)
        self.name = "fake"
        self.identity = ""
        self.format: FormatName = "dicom"
        self.levels: Sequence[Level] = levels
        self.optical_paths: Sequence[OpticalPath] = [OpticalPath("1")]
        self.focal_planes: Sequence[float] = [0.0]
        self.associated: Mapping[str, AssociatedImage] = {}
        self.objective_power: float | None = None
        self.scanner = ""
        self.label_texts: Sequence[tuple[str, str]] = []
        self.placement: Placement | None = None
        self.files: Sequence[FileRole] = []
        self.warnings: Sequence[SlideWarning] = []
        self.damaged: dict[TileKey, str] = {}
        self.failed: dict[TileKey, str] = {}
        self.draw = draw
        self.broken: dict[tuple[int, int, int], str] = {}
        self.absent: set[tuple[int, int, int]] = set()
        self.covered: dict[tuple[int, int, int], float] = {}
        self.is_open = True

    def retry(self) -> None:
        self.failed.clear()

    def personalities(self) -> Sequence[Personality]:
        return ["dicom"]

    def metadata(self, file: Path) -> Attribute:
        raise SlideError(f"{file}: no metadata here.")

    def icc_profile(self, level: int, optical_path: int) -> bytes | None:
        return self.optical_paths[optical_path].icc_profile

    def frame_at(self, key: TileKey) -> FramePlace | None:
        return None

    def read_samples(
        self, key: TileKey, color: ColorReading = ColorReading.AS_ENCODED
    ) -> Samples | Empty:
        if not self.is_open:
            raise SlideError("The slide is closed.")
        place = (key.level, key.column, key.row)
        if place in self.broken:
            raise BrokenFrame(self.broken[place])
        if place in self.absent:
            return EMPTY
        return self.draw(self.levels[key.level], key)

    def read_progress(
        self,
        key: TileKey,
        seconds: float,
        color: ColorReading = ColorReading.AS_ENCODED,
    ) -> Progress | Empty:
        """Cover the part of the rows that `covered` says."""
        samples = self.read_samples(key, color)
        if isinstance(samples, Empty):
            return samples
        share = self.covered.get((key.level, key.column, key.row))
        if share is None:
            return Progress(samples, None)
        mask = np.zeros(samples.shape[:2], np.bool_)
        mask[: int(share * len(mask))] = True
        return Progress(samples, mask)

    def read_frame(self, key: TileKey) -> EncodedFrame | Empty:
        return EMPTY

    def read_run(self, key: TileKey, count: int) -> FrameRun | None:
        return None

    def close(self) -> None:
        self.is_open = False
