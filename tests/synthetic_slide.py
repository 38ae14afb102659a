"""What a synthetic slide is: a frozen description, and the frames it leads to."""

from collections.abc import Callable
from dataclasses import dataclass, field
from math import ceil
from random import Random
from typing import Literal, NamedTuple

from pydicom import Dataset
from pydicom.uid import UID, generate_uid

from tests.encapsulation import Offsets
from tests.pictures import LOUD, Color, Texture

Layout = Literal["TILED_FULL", "TILED_SPARSE", "POSITIONS"]
Syntax = Literal["uncompressed", "jpeg", "jpeg2000", "jpeg2000-lossless"]
Encoding = Literal["explicit", "implicit", "big-endian", "deflated"]

PHOTOMETRIC = {
    "uncompressed": "RGB",
    "jpeg": "YBR_FULL_422",
    "jpeg2000": "YBR_ICT",
    "jpeg2000-lossless": "YBR_RCT",
}
SYNTAX_UID = {
    "jpeg": "1.2.840.10008.1.2.4.50",
    "jpeg2000": "1.2.840.10008.1.2.4.91",
    "jpeg2000-lossless": "1.2.840.10008.1.2.4.90",
    "explicit": "1.2.840.10008.1.2.1",
    "implicit": "1.2.840.10008.1.2",
    "big-endian": "1.2.840.10008.1.2.2",
    "deflated": "1.2.840.10008.1.2.1.99",
}


class Frame(NamedTuple):
    """Which tile of which plane and path one frame holds; all count from 0."""

    column: int
    row: int
    focal_plane: int
    optical_path: int


@dataclass(frozen=True)
class SyntheticSlide:
    """One slide to be written; sizes are (width, height) in pixels.

    `spacing` is level 0's Pixel Spacing as DICOM has it: row, then column, in mm.
    `photometric` is how the codestream really is; to make the label lie, change it in
    `mutate`, which gets each instance's data set before its pixel data is added.
    `holes` are the (column, row) of level 0 without a frame; they and `shuffled` need a
    layout with positions. POSITIONS is TILED_SPARSE without Dimension Organization
    Type. `padding` fills what frames have beyond the total pixel matrix. `parts` cuts
    level 0 into that many files of one concatenation. `swollen` holds (frame, count)
    pairs: level 0 frames with a tail of zero bytes, for sparse files above 4 GB.
    """

    name: str = "synthetic"
    size: tuple[int, int] = (1000, 700)
    tile: tuple[int, int] = (256, 256)
    levels: int = 3
    factor: float = 2
    layout: Layout = "TILED_FULL"
    syntax: Syntax = "uncompressed"
    photometric: str | None = None
    quality: int = 95
    bits: Literal[8, 16] = 8
    encoding: Encoding = "explicit"
    offsets: Offsets = "basic"
    fragments_per_frame: int = 1
    focal_planes: int = 1
    focal_distance: float = 1.5
    optical_paths: int = 1
    label: bool = True
    overview: bool = True
    thumbnail: bool = False
    spacing: tuple[float, float] = (0.0005, 0.0005)
    objective_power: float | None = 20
    icc_profile: bytes | None = None
    holes: frozenset[tuple[int, int]] = frozenset()
    shuffled: bool = False
    parts: int = 1
    swollen: tuple[tuple[int, int], ...] = ()
    texture: Texture | None = None
    padding: Color = LOUD
    study_uid: str = ""
    series_uid: str = ""
    pyramid_uid: str = ""
    mutate: Callable[[Dataset], None] | None = field(default=None, compare=False)

    def __post_init__(self) -> None:
        """Refuse descriptions that would not mean what they say."""
        if self.layout == "TILED_FULL" and (self.holes or self.shuffled):
            raise ValueError("holes and shuffled frames need a layout with positions")
        if self.syntax != "uncompressed" and self.encoding != "explicit":
            raise ValueError("encapsulated pixel data is explicit little endian")
        if self.bits == 16 and (not self.grey or self.syntax == "jpeg"):
            raise ValueError("16 bits are for grey, uncompressed or JPEG 2000")
        crowded = max(self.grid(0)) > 32
        if crowded and max(self.focal_planes, self.optical_paths) > 1:
            raise ValueError("planes and paths share their colors with tile 32 and up")

    @property
    def grey(self) -> bool:
        """Whether frames have one sample a pixel."""
        return self.color_encoding.startswith("MONOCHROME")

    @property
    def color_encoding(self) -> str:
        """What the samples in the frames are: a photometric interpretation."""
        return self.photometric or PHOTOMETRIC[self.syntax]

    @property
    def transfer_syntax(self) -> UID:
        """The UID that the file meta information names."""
        coded = self.syntax != "uncompressed"
        return UID(SYNTAX_UID[self.syntax if coded else self.encoding])

    def level_size(self, level: int) -> tuple[int, int]:
        """Return the total pixel matrix, rounded down as most scanners do."""
        width, height = (int(edge / self.factor**level) for edge in self.size)
        return max(1, width), max(1, height)

    def grid(self, level: int) -> tuple[int, int]:
        """Return the number of tiles across and down."""
        width, height = self.level_size(level)
        return ceil(width / self.tile[0]), ceil(height / self.tile[1])

    def frames(self, level: int) -> list[Frame]:
        """Return what each frame holds, in the order of the file.

        Columns fastest, then rows, focal planes and optical paths (PS3.3 C.7.6.17.3).
        """
        columns, rows = self.grid(level)
        holes = self.holes if level == 0 else frozenset()
        frames = [
            Frame(column, row, plane, path)
            for path in range(self.optical_paths)
            for plane in range(self.focal_planes)
            for row in range(rows)
            for column in range(columns)
            if (column, row) not in holes
        ]
        if self.shuffled:
            Random(level).shuffle(frames)  # noqa: S311 - order, not secrecy
        return frames

    def uid(self, role: str) -> UID:
        """Return the UID of something of this slide, the same every time."""
        return generate_uid(entropy_srcs=["coverslip tests", self.name, role])
