"""One TIFF directory (a page, IFD) as plain values, checked against its file.

Tag numbers are those of TIFF 6.0; 347 is of its Technical Note 2, 34675 of the ICC.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import inf
from types import MappingProxyType
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from viewer.formats.tiff.tags import Tags
from viewer.slide.geometry import Size, Spacing

UNCOMPRESSED: Final = 1
OLD_JPEG: Final = 6
JPEG: Final = 7
APERIO_YCBCR: Final = 33003

WHITE_IS_ZERO: Final = 0
BLACK_IS_ZERO: Final = 1
RGB: Final = 2
PALETTE: Final = 3
YCBCR: Final = 6

UPRIGHT: Final = 1

REDUCED: Final = 1
"""The bit of NewSubfileType that says "a smaller copy of another image"."""

MOST_SEGMENTS: Final = 1 << 22
"""Tiles or strips of one directory; more is no slide."""


@dataclass(frozen=True, slots=True, eq=False)
class Directory:
    """What a directory says of its picture; sizes are in pixels.

    A *segment* is a tile or a strip: `segment` is the size of a tile, or the width and
    Rows per Strip. `offsets` and `counts` say where segments lie in the file, uint64,
    row by row, and with `planar` 2 plane by plane. `spacing` is from the resolution
    tags, None where they name no length. `alpha` of the `samples` say how much of a
    pixel there is. `orientation` is 1 where rows go down and columns to the right.
    `number` counts from 0 in the chain, `level` among the directories below one of them
    (SubIFDs), -1 in the chain itself.
    """

    number: int
    level: int
    size: Size
    segment: Size
    is_tiled: bool
    offsets: NDArray[np.uint64]
    counts: NDArray[np.uint64]
    big_endian: bool
    compression: int = UNCOMPRESSED
    photometric: int = BLACK_IS_ZERO
    samples: int = 1
    alpha: int = 0
    bits: int = 8
    sample_format: int = 1
    planar: int = 1
    predictor: int = 1
    fill_order: int = 1
    orientation: int = UPRIGHT
    subsampling: tuple[int, int] = (1, 1)
    tables: bytes = b""
    icc_profile: bytes | None = None
    color_map: NDArray[np.uint16] | None = None
    subfile: int = 0
    description: str = ""
    maker: str = ""
    software: str = ""
    spacing: Spacing | None = None
    below: tuple["Directory", ...] = ()

    @property
    def name(self) -> str:
        """What sentences call it."""
        return _name(self.number, self.level)

    @property
    def across(self) -> int:
        """Segments in a row of them."""
        return -(-self.size.width // self.segment.width)

    @property
    def down(self) -> int:
        """Segments in a column of them."""
        return -(-self.size.height // self.segment.height)

    @property
    def is_reduced(self) -> bool:
        """Whether it calls itself a smaller copy of another picture."""
        return bool(self.subfile & REDUCED)

    @property
    def pixels(self) -> int:
        """The area of the picture."""
        return self.size.width * self.size.height


def directory_from(
    tags: Any,
    place: tuple[int, int],
    *,
    big_endian: bool,
    below: tuple[Directory, ...] = (),
) -> Directory:
    """Read a directory from tifffile's tags; `place` is its number and level.

    Raises BrokenFile or UnsupportedFile, whose sentence leaves the file out, where what
    it says cannot be a picture.
    """
    of = Tags(tags, _name(*place))
    size = Size(of.number(256, most=_MOST_SIDE), of.number(257, most=_MOST_SIDE))
    is_tiled = of.has(322)
    samples = of.number(277, 1, most=_MOST_SAMPLES)
    planar = of.number(284, 1, most=2)
    segment = _segment(of, size, is_tiled=is_tiled)
    expected = -(-size.width // segment.width) * -(-size.height // segment.height)
    expected *= samples if planar == 2 else 1
    offsets, counts = _places(of, expected, is_tiled=is_tiled)
    photometric = of.number(262, 1, least=0)
    return Directory(
        number=place[0],
        level=place[1],
        size=size,
        segment=segment,
        is_tiled=is_tiled,
        offsets=offsets,
        counts=counts,
        big_endian=big_endian,
        compression=of.number(259, UNCOMPRESSED),
        photometric=photometric,
        samples=samples,
        alpha=_alpha(of, samples),
        bits=_same(of, 258, 1, "Bits per Sample"),
        sample_format=_same(of, 339, 1, "Sample Format"),
        planar=planar,
        predictor=of.number(317, 1),
        fill_order=of.number(266, 1),
        orientation=_orientation(of),
        subsampling=_subsampling(of, photometric),
        tables=of.data(347) or b"",
        icc_profile=of.data(34675),
        color_map=_color_map(of),
        subfile=_subfile(of),
        description=of.text(270),
        maker=" ".join(filter(None, (of.text(271), of.text(272)))),
        software=of.text(305),
        spacing=_spacing(of),
        below=below,
    )


_MOST_SIDE: Final = 2**31 - 1
_MOST_SAMPLES: Final = 1024
_MM_BY_UNIT: Final[Mapping[int, float]] = MappingProxyType({2: 25.4, 3: 10.0})


def _name(number: int, level: int) -> str:
    below = "" if level < 0 else f", level {level + 1} below it"
    return f"TIFF directory {number}{below}"


def _segment(of: Tags, size: Size, *, is_tiled: bool) -> Size:
    if is_tiled:
        return Size(of.number(322, most=_MOST_SIDE), of.number(323, most=_MOST_SIDE))
    rows = of.number(278, size.height, most=2**32 - 1)
    return Size(size.width, min(rows, size.height))


def _places(
    of: Tags, expected: int, *, is_tiled: bool
) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    """Return offsets and byte counts of all segments, as many as there must be."""
    noun = "tiles" if is_tiled else "strips"
    if expected > MOST_SEGMENTS:
        raise of.broken(f"{expected} {noun}, expected at most {MOST_SEGMENTS}")
    offsets = of.vector(324 if is_tiled else 273)
    counts = of.vector(325 if is_tiled else 279)
    if offsets is None and is_tiled:  # strips of tiles: some writers mix the tags up
        offsets, counts = of.vector(273), of.vector(279)
    if offsets is None or counts is None:
        missing = "offsets" if offsets is None else "byte counts"
        raise of.broken(f"the {missing} of its {noun} are missing")
    if offsets.size != expected or counts.size != expected:
        raise of.broken(
            f"{offsets.size} offsets and {counts.size} byte counts of {noun}, expected "
            f"{expected}"
        )
    return offsets, counts


def _same(of: Tags, code: int, default: int, words: str) -> int:
    """Return what must be one number for all samples."""
    found = of.vector(code)
    if found is None or not found.size:
        return default
    if int(found.min()) != int(found.max()):
        numbers = ", ".join(str(int(each)) for each in found[:8])
        raise of.unsupported(f"{words} is {numbers}, which is not read: expected one")
    return int(found[0])


def _alpha(of: Tags, samples: int) -> int:
    """Count the extra samples that are alpha, associated or not (TIFF 6.0, 18)."""
    found = of.vector(338)
    count = 0 if found is None else int(((found == 1) | (found == 2)).sum())
    return min(count, samples - 1)


def _orientation(of: Tags) -> int:
    """Return how the picture is to be turned; what cannot be read says nothing."""
    found = of.vector(274)
    return UPRIGHT if found is None or not found.size else int(found[0]) or UPRIGHT


def _subsampling(of: Tags, photometric: int) -> tuple[int, int]:
    found = of.vector(530)
    if photometric != YCBCR:
        return (1, 1)
    if found is None or found.size != 2:
        return (2, 2)  # what stands for a tag that is not there (TIFF 6.0, 21)
    return (int(found[0]), int(found[1]))


def _color_map(of: Tags) -> NDArray[np.uint16] | None:
    """Return (entries, 3) of 16 bits."""
    found = of.value(320)
    if found is None or isinstance(found, str | bytes):
        return None
    line = np.asarray(found).ravel()
    if line.size % 3 or not line.size:
        return None
    entries = line.astype(np.uint16).reshape(3, -1).T
    # Some writers forget that entries have 16 bits.
    return entries * np.uint16(257) if entries.max() < 256 else entries


def _subfile(of: Tags) -> int:
    if of.has(254):
        return of.number(254, 0, least=0, most=2**32 - 1)
    old = of.number(255, 1, most=3) if of.has(255) else 1
    return REDUCED if old == 2 else 0


def _spacing(of: Tags) -> Spacing | None:
    unit = of.vector(296)
    length = _MM_BY_UNIT.get(2 if unit is None or not unit.size else int(unit[0]))
    x, y = _ratio(of, 282), _ratio(of, 283)
    if length is None or x is None or y is None:
        return None
    return Spacing(length / x, length / y)


def _ratio(of: Tags, code: int) -> float | None:
    found = of.vector(code)
    if found is None or found.size != 2 or not found[1] or not found[0]:
        return None
    value = int(found[0]) / int(found[1])
    return value if 0 < value < inf else None
