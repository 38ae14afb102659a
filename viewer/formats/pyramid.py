"""TiledSlide: the Slide that every format makes from its stored images."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from types import MappingProxyType
from typing import Final, Protocol

from viewer.formats.notes import Notes
from viewer.formats.virtual import ComputedLevels, with_computed_levels
from viewer.slide.errors import SlideError
from viewer.slide.metadata import Attribute
from viewer.slide.model import (
    EMPTY,
    AssociatedImage,
    ColorReading,
    Empty,
    EncodedFrame,
    FileRole,
    FormatName,
    FramePlace,
    Level,
    OpticalPath,
    Personality,
    Progress,
    Samples,
    TileKey,
)
from viewer.slide.placement import Placement
from viewer.slide.warnings import SlideWarning

_serials: Final = count(1)


class StoredImage(Protocol):
    """One stored level as a format reads it. Everything on any thread."""

    @property
    def level(self) -> Level:
        """What the file says of it; `downsample` is set by the slide."""
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

    def frame_at(self, key: TileKey) -> FramePlace | None:
        """Return which frame a tile is, without reading; None where it is absent."""
        ...

    def icc_profile(self, optical_path: int) -> bytes | None:
        """Return the profile of this image's samples of an optical path."""
        ...

    def close(self) -> None:
        """Close the files behind it."""
        ...


@dataclass(frozen=True)
class SlideFacts:
    """All that a slide says of itself besides its pixels, gathered at opening."""

    name: str
    format: FormatName
    optical_paths: tuple[OpticalPath, ...]
    focal_planes: tuple[float, ...]
    associated: Mapping[str, AssociatedImage]
    files: tuple[FileRole, ...]
    read_metadata: Callable[[Path], Attribute]
    find_personalities: Callable[[], Sequence[Personality]]
    scanner: str = ""
    label_texts: tuple[tuple[str, str], ...] = ()
    placement: Placement | None = None


class TiledSlide:
    """A slide over stored images, finest first, with the levels between computed.

    Immutable but for its notes. The contract is that of `viewer.slide.model.Slide`.
    """

    def __init__(
        self, images: Sequence[StoredImage], facts: SlideFacts, notes: Notes
    ) -> None:
        """Take over the images, which are closed with the slide."""
        self.serial = next(_serials)
        self._facts = facts
        self._notes = notes
        self._own_images = tuple(images)
        self.levels: Sequence[Level] = tuple(
            with_computed_levels([image.level for image in images])
        )
        stored = iter(images)
        self._images = [next(stored) if level.stored else None for level in self.levels]
        self._computed = {color: self._computed_levels(color) for color in ColorReading}

    @property
    def name(self) -> str:
        """Container Identifier or file stem."""
        return self._facts.name

    @property
    def format(self) -> FormatName:
        """The door it was opened through."""
        return self._facts.format

    @property
    def optical_paths(self) -> Sequence[OpticalPath]:
        """Numbered over the slide."""
        return self._facts.optical_paths

    @property
    def focal_planes(self) -> Sequence[float]:
        """Micrometers from the slide up."""
        return self._facts.focal_planes

    @property
    def associated(self) -> Mapping[str, AssociatedImage]:
        """Label, overview and thumbnail, as far as there are any."""
        return MappingProxyType(dict(self._facts.associated))

    @property
    def objective_power(self) -> float | None:
        """The first lens that an optical path names."""
        powers = (path.objective_power for path in self.optical_paths)
        return next((power for power in powers if power is not None), None)

    @property
    def scanner(self) -> str:
        """Manufacturer and model, as far as they are known."""
        return self._facts.scanner

    @property
    def label_texts(self) -> Sequence[tuple[str, str]]:
        """What the label says in attributes."""
        return self._facts.label_texts

    @property
    def placement(self) -> Placement | None:
        """Where level 0 lies on the glass."""
        return self._facts.placement

    @property
    def files(self) -> Sequence[FileRole]:
        """Every file of the slide with its role."""
        return self._facts.files

    @property
    def warnings(self) -> Sequence[SlideWarning]:
        """What opening and reading tolerated so far."""
        return self._notes.warnings

    @property
    def damaged(self) -> Mapping[TileKey, str]:
        """Tiles shown in spite of damage."""
        return self._notes.damaged

    @property
    def failed(self) -> Mapping[TileKey, str]:
        """Stored tiles that computed levels lack, and why."""
        read = [each.failures for each in self._computed.values() if each.failures]
        return (
            read[0]
            if len(read) == 1
            else {k: v for each in read for k, v in each.items()}
        )

    def retry(self) -> None:
        """Make anew what was computed without its failed tiles."""
        for computed in self._computed.values():
            computed.retry()

    def personalities(self) -> Sequence[Personality]:
        """Return what else the base file can be opened as."""
        return self._facts.find_personalities()

    def metadata(self, file: Path) -> Attribute:
        """Return the metadata tree of one of the slide's files."""
        return self._facts.read_metadata(file)

    def icc_profile(self, level: int, optical_path: int) -> bytes | None:
        """Return the profile of a level's samples; a computed one has its source's."""
        sources = (image for image in self._images[level::-1] if image is not None)
        source = next(sources, None)
        return None if source is None else source.icc_profile(optical_path)

    def frame_at(self, key: TileKey) -> FramePlace | None:
        """Return which frame a tile is; None for a computed or an absent one."""
        image = self._image(key)
        return None if image is None else image.frame_at(key)

    def read_samples(
        self, key: TileKey, color: ColorReading = ColorReading.AS_ENCODED
    ) -> Samples | Empty:
        """Read one tile; see Slide.read_samples."""
        image = self._image(key)
        if image is None:
            return self._computed[color].read(key)
        return image.read(key, color, 1)

    def read_progress(
        self,
        key: TileKey,
        seconds: float,
        color: ColorReading = ColorReading.AS_ENCODED,
    ) -> Progress | Empty:
        """Work on one tile for about `seconds`; see Slide.read_progress."""
        image = self._image(key)
        if image is None:
            return self._computed[color].refine(key, seconds)
        samples = image.read(key, color, 1)
        return EMPTY if samples is EMPTY else Progress(samples, None)

    def read_frame(self, key: TileKey) -> EncodedFrame | Empty:
        """Return the codestream of a stored tile."""
        image = self._image(key)
        if image is None:
            raise SlideError(
                f"{self.name}: level {key.level} is computed, it has no frames."
            )
        return image.read_frame(key)

    def close(self) -> None:
        """Close every file of the slide."""
        for image in self._own_images:
            image.close()

    def _image(self, key: TileKey) -> StoredImage | None:
        if not 0 <= key.level < len(self._images):
            raise SlideError(
                f"{self.name}: level {key.level} was asked for, "
                f"expected 0 to {len(self._images) - 1}."
            )
        return self._images[key.level]

    def _computed_levels(self, color: ColorReading) -> ComputedLevels:
        def read_stored(key: TileKey, shrink: int) -> Samples | Empty:
            image = self._images[key.level]
            assert image is not None, "computed levels are read from stored ones"  # noqa: S101
            return image.read(key, color, shrink)

        absent = self._facts.optical_paths[0].absent
        return ComputedLevels(self.levels, read_stored, absent=absent)
