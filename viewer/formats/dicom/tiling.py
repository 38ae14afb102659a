"""From the place of a tile to the number of a frame."""

from array import array
from collections.abc import Mapping, Sequence
from typing import Final, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from viewer.codecs.frame import Finding
from viewer.formats.dicom.focal_planes import focal_planes
from viewer.formats.dicom.frame_positions import NO_POSITION, Positions
from viewer.slide.errors import BrokenFrame
from viewer.slide.geometry import Size

_Numbers: TypeAlias = NDArray[np.int64]


class Tiling(Protocol):
    """Which frame holds a tile. Everything counts from 0; any thread."""

    def frame_at(
        self, column: int, row: int, focal_plane: int = 0, optical_path: int = 0
    ) -> int | None:
        """Return the number of the frame, None where there is no such tile.

        Raises BrokenFrame where the tile should be there but no frame is.
        """
        ...


class FullTiling:
    """Tiles in the order that the standard gives them (PS3.3 C.7.6.17.3).

    Columns first, then rows, focal planes and optical paths.
    """

    def __init__(
        self, grid: Size, focal_planes: int, optical_paths: int, frames: int
    ) -> None:
        """Take `frames` to be those of the first tiles of `grid` columns and rows."""
        self._grid: Final = grid
        self._planes: Final = focal_planes
        self._paths: Final = optical_paths
        self._frames: Final = frames

    def frame_at(
        self, column: int, row: int, focal_plane: int = 0, optical_path: int = 0
    ) -> int | None:
        """Return the number of the frame; raises BrokenFrame behind the last one."""
        columns, rows = self._grid
        if not (
            0 <= column < columns
            and 0 <= row < rows
            and 0 <= focal_plane < self._planes
            and 0 <= optical_path < self._paths
        ):
            return None
        plane = optical_path * self._planes + focal_plane
        frame = (plane * rows + row) * columns + column
        if frame >= self._frames:
            raise BrokenFrame(
                f"frame {frame + 1} is missing: Number of Frames is {self._frames},"
                f" expected {columns * rows * self._planes * self._paths}.",
                frame + 1,
            )
        return frame


class SparseTiling:
    """Tiles placed by each frame's position (PS3.3 C.8.12.6.1).

    Every place holds at most one frame: the first that claims it. `findings` are about
    the others, and about frames that lie nowhere on the grid. `focal_planes` are the
    micrometers that the frames tell, lowest first; one where they tell none. `placed`
    counts the frames that have a place, `places` those that there are for frames.
    """

    def __init__(
        self,
        positions: Positions,
        *,
        grid: Size,
        tile_size: Size,
        size: Size,
        optical_paths: Sequence[str],
    ) -> None:
        """Place the frames on a `grid` of tiles over the total pixel matrix `size`.

        `optical_paths` are the identifiers that the frames refer to, in the order in
        which paths are asked for.
        """
        self._grid: Final = grid
        self._paths: Final = max(1, len(optical_paths))
        placing = _Placing(positions, grid, tile_size, size)
        paths = placing.path_numbers(positions.optical_paths, optical_paths)
        self.focal_planes, planes = focal_planes(
            positions.z, placing.places * self._paths + paths
        )
        depth = len(self.focal_planes)
        frames = placing.placed((placing.places * self._paths + paths) * depth + planes)
        self.findings: Final = tuple(placing.findings)
        layers = (paths * depth + planes)[frames]
        self.placed: Final = len(frames)
        self.places: Final = grid.width * grid.height * self._paths * depth
        self._frame_of: Final = _lookup(
            frames,
            (layers, placing.rows[frames], placing.columns[frames]),
            (self._paths * depth, grid.height, grid.width),
        )

    def frame_at(
        self, column: int, row: int, focal_plane: int = 0, optical_path: int = 0
    ) -> int | None:
        """Return the number of the frame, None where none was stored."""
        columns, rows = self._grid
        planes = len(self.focal_planes)
        if not (
            0 <= column < columns
            and 0 <= row < rows
            and 0 <= focal_plane < planes
            and 0 <= optical_path < self._paths
        ):
            return None
        plane = optical_path * planes + focal_plane
        key = (plane * rows + row) * columns + column
        if isinstance(self._frame_of, array):
            frame = self._frame_of[key]
            return frame if frame >= 0 else None
        return self._frame_of.get(key)


class _Placing:
    """Frames on their way to their places: which are still good, and why not."""

    def __init__(
        self, positions: Positions, grid: Size, tile_size: Size, size: Size
    ) -> None:
        self.findings: list[Finding] = []
        self._positions = positions
        x = positions.columns.astype(np.int64) - 1
        y = positions.rows.astype(np.int64) - 1
        told = (positions.columns != NO_POSITION) & (positions.rows != NO_POSITION)
        x, y = self._from_one(x, y, told, tile_size)
        self.columns, self.rows = x // tile_size.width, y // tile_size.height
        on_grid = (x % tile_size.width == 0) & (y % tile_size.height == 0)
        inside = (x >= 0) & (y >= 0) & (self.columns < grid.width)
        inside &= self.rows < grid.height
        self._object(~told, "have no position")
        self._object(
            told & inside & ~on_grid,
            f"lie off the grid of {tile_size.width} x {tile_size.height} tiles",
        )
        self._object(
            told & ~inside,
            f"lie outside the total pixel matrix of {size.width} x {size.height}",
        )
        self._good = told & inside & on_grid

    def path_numbers(
        self, told: Sequence[str] | None, expected: Sequence[str]
    ) -> _Numbers:
        """Return each frame's place in `expected`; one alone needs no identifier."""
        count = len(self._positions.columns)
        if told is None or len(expected) <= 1:
            return np.zeros(count, np.int64)
        number_of = {name: number for number, name in reversed([*enumerate(expected)])}
        numbers = np.fromiter((number_of.get(name, -1) for name in told), np.int64)
        known = numbers >= 0
        self._object(
            self._good & ~known,
            "name an optical path that Optical Path Sequence does not have",
        )
        self._good &= known
        return np.maximum(numbers, 0)

    @property
    def places(self) -> _Numbers:
        """One number for every place, 0 and up; bad frames have -1, -2, ..., each own.

        They are small enough to be multiplied by paths and planes, unlike the number
        of a tile in a huge matrix.
        """
        _, places = np.unique(self.rows << 31 | self.columns, return_inverse=True)
        places = places.astype(np.int64)
        bad = ~self._good
        places[bad] = -1 - np.flatnonzero(bad)
        return places

    def placed(self, keys: _Numbers) -> _Numbers:
        """Return the frames that have a place to themselves or come first there."""
        _, firsts = np.unique(keys, return_index=True)
        first = np.zeros(len(keys), np.bool_)
        first[firsts] = True
        self._object(
            self._good & ~first, "lie where an earlier one does, which is shown"
        )
        return np.flatnonzero(self._good & first)

    def _from_one(
        self, x: _Numbers, y: _Numbers, told: NDArray[np.bool_], tile_size: Size
    ) -> tuple[_Numbers, _Numbers]:
        """Correct positions that count from 0 though the standard counts from 1."""
        width, height = tile_size
        if min(width, height) < 2 or not told.any():
            return x, y
        if (((x + 1) % width == 0) & ((y + 1) % height == 0) | ~told).all():
            self.findings.append(
                Finding(
                    "tile-position",
                    "the positions of frames count from 0, expected from 1",
                )
            )
            return x + 1, y + 1
        return x, y

    def _object(self, bad: NDArray[np.bool_], what: str) -> None:
        frames = np.flatnonzero(bad)
        if not frames.size:
            return
        first = int(frames[0])
        column, row = self._positions.columns[first], self._positions.rows[first]
        place = "" if column == NO_POSITION else f" at column {column}, row {row}"
        self.findings.append(
            Finding(
                "tile-position",
                f"{frames.size} of {len(bad)} frames {what}; the first is frame"
                f" {first + 1}{place}",
            )
        )


def _lookup(
    frames: _Numbers,
    places: tuple[_Numbers, _Numbers, _Numbers],
    shape: tuple[int, int, int],
) -> "array[int] | Mapping[int, int]":
    """Map a place, counted over layers, rows and columns, to its frame.

    A dense table where most places hold a frame, a dictionary elsewhere.
    """
    layers, rows, columns = places
    count = shape[0] * shape[1] * shape[2]
    if count > _DENSE * len(frames) + _ALWAYS_DENSE:
        exact = [each.astype(object) for each in places]  # 64 bits may be too few
        keys = (exact[0] * shape[1] + exact[1]) * shape[2] + exact[2]
        return dict(zip(keys.tolist(), frames.tolist(), strict=True))
    dense = np.full(count, -1, np.int32)
    dense[(layers * shape[1] + rows) * shape[2] + columns] = frames
    return array("i", dense.tobytes())


_DENSE: Final = 4
_ALWAYS_DENSE: Final = 1_000_000
