"""TiledSlide: the Slide that every format makes from its stored images."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, count
from pathlib import Path
from types import MappingProxyType
from typing import Final

from viewer.formats.fitted_pyramid import laid_over
from viewer.formats.image_pyramid import Pyramid, StoredImage
from viewer.formats.notes import Notes
from viewer.slide.errors import SlideError
from viewer.slide.files import EncodedFrame, FileRole, FramePlace, FrameRun
from viewer.slide.metadata import Attribute
from viewer.slide.model import (
    AssociatedImage,
    ColorReading,
    Empty,
    FormatName,
    OpticalPath,
    Personality,
    Progress,
    Samples,
    TileKey,
)
from viewer.slide.placement import Placement
from viewer.slide.warnings import SlideWarning

_serials: Final = count(1)


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
    identity: str = ""


class TiledSlide:
    """A slide over stored images, finest first, with the levels between computed.

    Immutable but for its notes. The contract is that of `viewer.slide.model.Slide`.
    """

    def __init__(
        self,
        images: Sequence[StoredImage],
        facts: SlideFacts,
        notes: Notes,
        unlike: Mapping[int, Sequence[StoredImage]] = MappingProxyType({}),
    ) -> None:
        """Take over the images, finest first, which are closed with the slide.

        `unlike` has the images of each optical path whose pyramid has other sizes or
        other tiles; every size that is stored for some path is a level.
        """
        self.serial = next(_serials)
        self._facts = facts
        self._notes = notes
        own = dict.fromkeys(chain(images, *unlike.values()))
        self._own_images: Sequence[StoredImage] = tuple(own)
        absent = [path.absent for path in facts.optical_paths]
        self._has_unlike = bool(unlike)
        self.levels, self._pyramids = laid_over(images, unlike, absent)
        self._kept: list[object] = []

    @property
    def name(self) -> str:
        """Container Identifier or file stem."""
        return self._facts.name

    @property
    def identity(self) -> str:
        """A hash to remember it by; empty where there is none."""
        return self._facts.identity

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
        damaged = self._notes.damaged
        if not (self._has_unlike and damaged):
            return damaged
        return {
            self._pyramids[key.optical_path].tile_over(key): sentence
            for key, sentence in tuple(damaged.items())
        }

    @property
    def failed(self) -> Mapping[TileKey, str]:
        """Stored tiles that computed levels lack, and why."""
        read = [each.failed for each in dict.fromkeys(self._pyramids)]
        if len(read) == 1:
            return read[0]
        return dict(chain.from_iterable(each.items() for each in read))

    def retry(self) -> None:
        """Make anew what was computed without its failed tiles."""
        for pyramid in dict.fromkeys(self._pyramids):
            pyramid.retry()

    def personalities(self) -> Sequence[Personality]:
        """Return what else the base file can be opened as."""
        return self._facts.find_personalities()

    def metadata(self, file: Path) -> Attribute:
        """Return the metadata tree of one of the slide's files."""
        return self._facts.read_metadata(file)

    def icc_profile(self, level: int, optical_path: int) -> bytes | None:
        """Return the profile of a level's samples; a computed one has its source's."""
        return self._pyramids[optical_path].icc_profile(level, optical_path)

    def frame_at(self, key: TileKey) -> FramePlace | None:
        """Return which frame a tile is; None for one that was made or is absent."""
        return self._pyramid(key).frame_at(key)

    def read_samples(
        self, key: TileKey, color: ColorReading = ColorReading.AS_ENCODED
    ) -> Samples | Empty:
        """Read one tile; see Slide.read_samples."""
        return self._pyramid(key).read_samples(key, color)

    def read_progress(
        self,
        key: TileKey,
        seconds: float,
        color: ColorReading = ColorReading.AS_ENCODED,
    ) -> Progress | Empty:
        """Work on one tile for about `seconds`; see Slide.read_progress."""
        return self._pyramid(key).read_progress(key, seconds, color)

    def read_frame(self, key: TileKey) -> EncodedFrame | Empty:
        """Return the codestream of a stored tile."""
        return self._pyramid(key).read_frame(key)

    def read_run(self, key: TileKey, count: int) -> FrameRun | None:
        """Return the codestreams of some stored tiles at once; see Slide.read_run."""
        return self._pyramid(key).read_run(key, count)

    def keep(self, thing: object) -> None:
        """Hold something that the files lie in until the slide is closed."""
        self._kept.append(thing)

    def close(self) -> None:
        """Close every file of the slide."""
        for image in self._own_images:
            image.close()
        self._kept.clear()

    def _pyramid(self, key: TileKey) -> Pyramid:
        level, path = key.level, key.optical_path
        if 0 <= level < len(self.levels) and 0 <= path < len(self._pyramids):
            return self._pyramids[path]
        raise SlideError(
            f"{self.name}: level {level} of optical path {path} was asked for, expected"
            f" levels 0 to {len(self.levels) - 1} and optical paths 0 to"
            f" {len(self._pyramids) - 1}."
        )
