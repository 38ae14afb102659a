"""The two sides of one file, read as far as the rules about them ask."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from viewer.formats.dicom.element_headers import Element
from viewer.formats.dicom.examination import Examined
from viewer.formats.dicom.frame_places import FramePlaces, frame_places
from viewer.formats.dicom.picture_facts import picture_facts
from viewer.formats.dicom.tiff_side import (
    Behind,
    TiffHeader,
    behind,
    private_elements,
)
from viewer.formats.files import RandomAccessFile
from viewer.formats.tiff_directory import (
    IMAGE_WIDTH,
    STRIP_BYTE_COUNTS,
    TILE_BYTE_COUNTS,
    TILE_OFFSETS,
    TiffDirectory,
    read_directories,
)
from viewer.slide.errors import BrokenFile

Shown: TypeAlias = Literal["frames", "hidden", "elsewhere", "nothing"]
"""What the tiles of a page are: frames, parts of a private attribute, other bytes."""

MOST_TAGS: Final = 200_000
"""Tags of all directories together that are looked at."""


@dataclass(frozen=True, slots=True, eq=False)
class Page:
    """One directory: where its tiles lie and how many bytes they have (uint64).

    Strips that follow one another are one tile, as frames are, or one for each color
    where each has a plane of its own. `shown` says whose bytes they are, by the first
    of them.
    """

    number: int
    directory: TiffDirectory
    offsets: NDArray[np.uint64]
    counts: NDArray[np.uint64]
    shown: Shown


class Sides:
    """A file with a TIFF header in its preamble; one thread, until the file is closed.

    Invariant: what was read stays as it is. Properties raise BrokenFile where reading
    fails.
    """

    def __init__(
        self, file: RandomAccessFile, examined: Examined, tiff: TiffHeader
    ) -> None:
        """Take an open file with its DICOM side read and its preamble's header."""
        self.file: Final = file
        self.examined: Final = examined
        self.tiff: Final = tiff
        self.facts: Final = picture_facts(examined)

    @property
    def path(self) -> Path:
        """The file."""
        return self.file.path

    @property
    def name(self) -> str:
        """What messages call it."""
        return self.file.path.name

    @cached_property
    def frames(self) -> FramePlaces:
        """Where the DICOM side has its frames."""
        if self.facts is None:
            nothing = np.zeros(0, np.uint64)
            return FramePlaces(nothing, nothing, None, "there is no picture")
        return frame_places(self.file, self.examined.header, self.facts)

    @property
    def is_damaged(self) -> bool:
        """Whether the end of Pixel Data is missing, as where a file is cut short."""
        header = self.examined.header
        looked = self.facts is not None and header.pixel_data is not None
        return looked and not header.deflated and self.frames.end is None

    @cached_property
    def behind(self) -> Behind | None:
        """What follows Pixel Data; None where its end is not known."""
        end = self.frames.end
        return None if end is None else behind(self.file, self.examined.header, end)

    @property
    def padding(self) -> Element | None:
        """Data Set Trailing Padding."""
        return None if self.behind is None else self.behind.padding

    @cached_property
    def chain(self) -> tuple[Sequence[TiffDirectory], str]:
        """The directories, and why there are no more of them ("" at the end)."""
        found: list[TiffDirectory] = []
        tags = 0
        try:
            for directory in read_directories(self.file):
                if not found and not directory.values_of(IMAGE_WIDTH):
                    return [], f"there is no picture at byte {directory.offset}"
                found.append(directory)
                tags += len(directory.tags)
                if tags > MOST_TAGS:
                    return found, "too long"
        except BrokenFile as error:
            return found, str(error)
        if found and found[-1].following:
            seen = {each.offset for each in found}
            return found, "loop" if found[-1].following in seen else "too long"
        return found, "" if found else "there is none"

    @cached_property
    def pages(self) -> Sequence[Page]:
        """All directories with their tiles.

        Raises BrokenFile where a table lies outside the file, or all of them tell of
        far more tiles than there are frames.
        """
        room = _MOST_TIMES * max(1, len(self.frames.offsets)) + _MOST_MORE
        found: list[Page] = []
        for number, directory in enumerate(self.chain[0]):
            room -= max(directory.count(), *map(directory.values_of, _COUNTS))
            if room < 0:
                raise BrokenFile(
                    f"{self.name}: the TIFF directories tell of more than "
                    f"{_MOST_TIMES} tiles a frame, expected one."
                )
            offsets, counts = _tiles(directory)
            shown = self._shown(offsets)
            found.append(Page(number, directory, offsets, counts, shown))
        return found

    @property
    def frame_pages(self) -> list[Page]:
        """The pages that show frames."""
        return [page for page in self.pages if page.shown == "frames"]

    def private_at(self, offset: int) -> Element | None:
        """Return the private attribute of the data set that a byte lies in."""
        return next(
            (
                each
                for each in self._private
                if each.start <= offset < (self._end_of(each) or 0)
            ),
            None,
        )

    @cached_property
    def _private(self) -> list[Element]:
        return private_elements(self.file, self.examined.header)

    def _end_of(self, element: Element) -> int | None:
        if element.length is not None:
            return element.offset + element.length
        return self.examined.header.end_of(element)

    def _shown(self, offsets: NDArray[np.uint64]) -> Shown:
        if not offsets.size:
            return "nothing"
        pixel_data = self.examined.header.pixel_data
        end = self.frames.end or self.file.size
        first = int(offsets[0])
        if pixel_data is not None and pixel_data.offset <= first < end:
            return "frames"
        return "hidden" if self.private_at(first) is not None else "elsewhere"


_MOST_TIMES: Final = 8  # tiles for each frame: a private pyramid has twice as many
_MOST_MORE: Final = 10_000  # beside that, for pictures of few frames
_COUNTS: Final = (STRIP_BYTE_COUNTS, TILE_BYTE_COUNTS)
_SAMPLES, _PLANAR, _SEPARATE = 277, 284, 2


def _tiles(
    directory: TiffDirectory,
) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    found = directory.segments()
    if found is None:
        nothing = np.zeros(0, np.uint64)
        return nothing, nothing
    offsets, counts = found
    planes = _planes(directory)
    if directory.values_of(TILE_OFFSETS) or offsets.size % planes:
        return offsets, counts
    begins, lengths = offsets.reshape(planes, -1), counts.reshape(planes, -1)
    if (begins[:, :-1] + lengths[:, :-1] == begins[:, 1:]).all():
        return begins[:, 0], lengths.sum(axis=1)
    return offsets, counts


def _planes(directory: TiffDirectory) -> int:
    """Return how many pictures of one color each the strips are of."""
    is_planar = directory.number(_PLANAR) == _SEPARATE
    return max(1, (directory.number(_SAMPLES) or 1) if is_planar else 1)
