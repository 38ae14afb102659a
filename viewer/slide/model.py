"""The nouns of a slide: levels, tiles, optical paths, associated images, the slide.

A *tile* is a place in a level; a *frame* is an item in a file. Levels are numbered from
the finest (0) to the coarsest. A slide may have computed levels between and above its
stored ones (`Level.stored` is False); the command line counts stored levels only.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple, Protocol, TypeAlias

from viewer.slide.files import EncodedFrame, FileRole, FramePlace, FrameRun
from viewer.slide.geometry import Rect, Scale, Size, Spacing
from viewer.slide.grey_palette import GreyPalette
from viewer.slide.metadata import Attribute
from viewer.slide.placement import Placement
from viewer.slide.warnings import SlideWarning

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Samples: TypeAlias = NDArray[np.uint8] | NDArray[np.uint16]
else:  # numpy would be in the way of the window's first paint
    Samples = Any
"""Pixels as stored, before any profile.

Color: (rows, columns, 4) uint8, BGRX, the fourth byte 255; in computed levels it is
less where part of a pixel was not scanned, and 0 where nothing of it was: the pixel has
the absent color then. Grey: (rows, columns), uint8 or uint16.
"""


class Empty(Enum):
    """The answer where a slide stores nothing (sparse tiling): no pixels, no error."""

    EMPTY = "empty"


EMPTY: Final = Empty.EMPTY


class ColorReading(Enum):
    """Which of two contradicting statements about color is believed."""

    AS_ENCODED = "as encoded"  # the codestream's markers first, then the attributes
    AS_DECLARED = "as declared"  # Photometric Interpretation alone


class TileKey(NamedTuple):
    """One tile of one optical path: integers only, so equality is exact."""

    slide: int
    level: int
    column: int
    row: int
    focal_plane: int = 0
    optical_path: int = 0


@dataclass(frozen=True, slots=True)
class Level:
    """One resolution of a slide.

    `size` is the total pixel matrix: what is real; frames may stick out beyond it.
    `downsample` is level-0 size / this size, never rounded, x and y apart. `spacing` is
    what the file says for this level, or None. `frames`, `transfer_syntax` (a UID in
    DICOM), `photometric` and `file` are those of the stored image; empty on a computed
    level.
    """

    size: Size
    tile_size: Size
    downsample: Scale
    spacing: Spacing | None = None
    stored: bool = True
    frames: int = 0
    transfer_syntax: str = ""
    photometric: str = ""
    file: Path | None = None

    @property
    def columns(self) -> int:
        """Tiles across."""
        return ceil(self.size.width / self.tile_size.width)

    @property
    def rows(self) -> int:
        """Tiles down."""
        return ceil(self.size.height / self.tile_size.height)

    def tile_area(self, column: int, row: int) -> Rect:
        """Return the part of a tile inside the level, in level-0 pixels."""
        extent = self.tile_extent(column, row)
        return Rect(
            column * self.tile_size.width * self.downsample.x,
            row * self.tile_size.height * self.downsample.y,
            extent.width * self.downsample.x,
            extent.height * self.downsample.y,
        )

    def tile_extent(self, column: int, row: int) -> Size:
        """Return the size of a tile's part inside the level, in this level's pixels."""
        return Size(
            min(self.tile_size.width, self.size.width - column * self.tile_size.width),
            min(self.tile_size.height, self.size.height - row * self.tile_size.height),
        )


@dataclass(frozen=True, slots=True)
class OpticalPath:
    """One optical path; numbered over the slide by its place in `Slide.optical_paths`.

    `absent` is the RGB color of what was not scanned: white in brightfield, black in
    fluorescence. `grey_range` is what grey samples can hold, the darkest and the
    brightest; None on a path of colors. `wavelength` is that of the light in
    nanometers and `color` the RGB in which the file wants grey samples drawn (a
    palette's brightest, an illumination color), where it says so. `window` are the
    grey samples that it wants black and brightest, `palette` are the colors of all of
    them where those are no mere shades of one.
    """

    identifier: str
    description: str = ""
    icc_profile: bytes | None = None
    objective_power: float | None = None
    absent: tuple[int, int, int] = (255, 255, 255)
    grey_range: tuple[int, int] | None = None
    wavelength: float | None = None
    color: tuple[int, int, int] | None = None
    window: tuple[float, float] | None = None
    palette: GreyPalette | None = None


@dataclass(frozen=True, slots=True)
class AssociatedImage:
    """A label, overview or thumbnail; `read` decodes it on any thread.

    `read` may raise SlideError. `placement` is None where the file does not say, or
    says nonsense; `placement_problem` is then the sentence for the screen. `grey_range`
    is what grey samples can hold, as on an OpticalPath. `read_declared` reads it in the
    color that its attributes declare; None where that is the same. `read_frames`
    returns what is stored of it, row by row, and may raise SlideError; None where its
    format gives pixels alone.
    """

    size: Size
    file: Path
    read: Callable[[], Samples]
    icc_profile: bytes | None = None
    placement: Placement | None = None
    placement_problem: str = ""
    grey_range: tuple[int, int] | None = None
    read_declared: Callable[[], Samples] | None = None
    read_frames: Callable[[], Sequence[EncodedFrame]] | None = None


class Progress(NamedTuple):
    """A tile on its way: what is known of it so far.

    `covered` is a boolean mask (rows, columns), None where the tile is complete.
    """

    samples: Samples
    covered: "NDArray[np.bool_] | None"

    @property
    def complete(self) -> bool:
        """Whether nothing is missing any more."""
        return self.covered is None


FormatName: TypeAlias = Literal["dicom", "tiff", "openslide"]
Personality: TypeAlias = Literal["dicom", "tiff"]
"""Which of the two sides of a dual-personality file (Clunie 2019)."""


class Slide(Protocol):
    """A pyramid of numbered tiles with what belongs to it; immutable once opened.

    Everything may be called from any thread. Reading may add warnings and damage.
    """

    @property
    def serial(self) -> int:
        """A number of this opening, unlike that of any other in this process."""
        ...

    @property
    def name(self) -> str:
        """Container Identifier or file stem; never a person's name."""
        ...

    @property
    def identity(self) -> str:
        """A hash that is the same whenever it is opened, for what is remembered of it.

        Never of a name or a path; empty where the file has nothing to tell it by.
        """
        ...

    @property
    def format(self) -> FormatName:
        """The door it was opened through."""
        ...

    @property
    def levels(self) -> Sequence[Level]:
        """From the finest to the coarsest, stored and computed."""
        ...

    @property
    def optical_paths(self) -> Sequence[OpticalPath]:
        """At least one."""
        ...

    @property
    def focal_planes(self) -> Sequence[float]:
        """Micrometers from the slide up; at least one."""
        ...

    @property
    def associated(self) -> Mapping[str, AssociatedImage]:
        """By "label", "overview", "thumbnail"."""
        ...

    @property
    def objective_power(self) -> float | None:
        """What the file says of the lens; a fact apart from the scale."""
        ...

    @property
    def scanner(self) -> str:
        """Manufacturer and model, for what is remembered per scanner; may be empty."""
        ...

    @property
    def label_texts(self) -> Sequence[tuple[str, str]]:
        """What the label says in attributes, such as ("Barcode", "S26-1")."""
        ...

    @property
    def placement(self) -> Placement | None:
        """Where level 0 lies on the glass; None where the file does not say."""
        ...

    @property
    def files(self) -> Sequence[FileRole]:
        """Every file of the slide, with its role and the reason."""
        ...

    @property
    def warnings(self) -> Sequence[SlideWarning]:
        """What opening and reading tolerated so far."""
        ...

    @property
    def damaged(self) -> Mapping[TileKey, str]:
        """Tiles shown in spite of damage, with the sentence that says so."""
        ...

    @property
    def failed(self) -> Mapping[TileKey, str]:
        """Stored tiles that computed ones were made without, and why; a live view."""
        ...

    def retry(self) -> None:
        """Forget `failed`: what was computed without them is made anew when read."""
        ...

    def personalities(self) -> Sequence[Personality]:
        """Return "dicom", "tiff": what else the base file can be opened as."""
        ...

    def metadata(self, file: Path) -> Attribute:
        """Return the metadata tree of one of `files`; raises SlideError."""
        ...

    def icc_profile(self, level: int, optical_path: int) -> bytes | None:
        """Return the profile of a level's samples; a computed one has its source's."""
        ...

    def frame_at(self, key: TileKey) -> FramePlace | None:
        """Return which frame a tile is, without reading; None where there is none."""
        ...

    def read_samples(
        self, key: TileKey, color: ColorReading = ColorReading.AS_ENCODED
    ) -> Samples | Empty:
        """Read one tile, cut to the level's size; raises SlideError.

        The shape is `Level.tile_extent`. A tile of a computed level is made whole,
        which may mean thousands of frames: `read_progress` is for the screen.
        """
        ...

    def read_progress(
        self,
        key: TileKey,
        seconds: float,
        color: ColorReading = ColorReading.AS_ENCODED,
    ) -> Progress | Empty:
        """Work on a tile for about so long and return what there is; raises SlideError.

        A stored tile is always complete. Calling again goes on where it stopped.
        """
        ...

    def read_frame(self, key: TileKey) -> EncodedFrame | Empty:
        """Return a stored tile's codestream and where it lies; raises SlideError."""
        ...

    def read_run(self, key: TileKey, count: int) -> FrameRun | None:
        """Return the codestreams of `count` tiles, from `key` on row by row, at once.

        They are as sure as those of `read_frame`, which is the way where this is None:
        where some are not stored, in another order or with much between them.
        """
        ...

    def close(self) -> None:
        """Close the files; reading afterwards raises SlideError."""
        ...


def stored_levels(slide: Slide) -> list[int]:
    """Return the numbers, in `slide.levels`, of the levels that files hold."""
    return [number for number, level in enumerate(slide.levels) if level.stored]
