"""Which tile each frame of an image is: full, sparse, and what files make of both."""

from collections.abc import Callable, Sequence
from math import prod
from typing import NamedTuple

import numpy as np

from viewer.formats.dicom.frame_positions import Positions
from viewer.formats.dicom.instance import Instance
from viewer.formats.dicom.parts import Parts
from viewer.formats.dicom.positions import read_positions
from viewer.formats.dicom.tiling import FullTiling, SparseTiling, Tiling
from viewer.slide.errors import BrokenFile

Warn = Callable[[str, str], None]
"""Takes a code and a sentence about the image."""


class Layout(NamedTuple):
    """The tiling of an image, and its focal planes in micrometers."""

    tiling: Tiling
    focal_planes: tuple[float, ...]


def read_layout(parts: Parts, warn: Warn) -> Layout:
    """Find out where the frames lie; raises BrokenFile.

    Positions (Plane Position Slide) are followed where Dimension Organization Type is
    not TILED_FULL, or where Number of Frames is not what that needs.
    """
    first = next(iter(parts)).instance
    is_full = first.layout == "TILED_FULL"
    fits = bool(parts.missing) or _layers(first, parts.end) is not None
    positions = None if is_full and fits else _positions(parts, warn)
    if positions is None:
        return _full(first, parts, warn)
    if is_full:
        _warn_of_frames(first, parts.end, warn, "their positions are followed")
    parts.number_in_turn()
    sparse = SparseTiling(
        positions,
        grid=first.grid,
        tile_size=first.tile_size,
        size=first.size,
        optical_paths=[path.identifier for path in first.optical_paths],
    )
    for finding in sparse.findings:
        warn(finding.code, f"{finding.message}.")
    planes = sparse.focal_planes
    if positions.z is None and len(first.planes) == 1:
        planes = first.planes
    return Layout(sparse, planes)


def _full(first: Instance, parts: Parts, warn: Warn) -> Layout:
    """Count the tiles; Number of Frames may say that there are more or fewer planes."""
    layers = None if parts.missing else _layers(first, parts.end)
    planes, paths = layers or (len(first.planes), len(first.optical_paths))
    heights = _heights(first.planes, planes)
    tiles = prod(first.grid) * planes * paths
    frames = tiles if parts.missing else parts.end
    if (planes, paths) != (len(first.planes), len(first.optical_paths)):
        _warn_of_frames(
            first,
            parts.end,
            warn,
            f"taken for {planes} focal planes and {paths} optical paths",
        )
    elif frames != tiles:
        _warn_of_frames(first, parts.end, warn)
    return Layout(FullTiling(first.grid, planes, paths, frames), heights)


def _layers(first: Instance, frames: int) -> tuple[int, int] | None:
    """Return how many focal planes and optical paths so many frames are, or None."""
    layers, rest = divmod(frames, prod(first.grid))
    planes, paths = len(first.planes), len(first.optical_paths)
    if rest or not layers:
        return None
    if layers == planes * paths:
        return planes, paths
    if planes == 1 and layers % paths == 0 and layers // paths <= _MOST_PLANES:
        return layers // paths, paths
    if paths == 1 and layers < planes:  # the first of them are all there is
        return layers, paths
    return None


_MOST_PLANES = 1000


def _heights(told: Sequence[float], planes: int) -> tuple[float, ...]:
    """Return as many heights as there are planes; unknown ones are a micrometer up."""
    if len(told) >= planes:
        return tuple(told[:planes])
    return tuple(told[0] + plane for plane in range(planes))


def _warn_of_frames(first: Instance, frames: int, warn: Warn, taken: str = "") -> None:
    planes, paths = len(first.planes), len(first.optical_paths)
    more = f"; {taken}" if taken else ""
    warn(
        "frame-count",
        f"Number of Frames is {frames}, expected {first.tiles} ({first.grid.width} x "
        f"{first.grid.height} tiles, {planes} focal planes, {paths} optical paths)"
        f"{more}.",
    )


def _positions(parts: Parts, warn: Warn) -> Positions | None:
    found: list[Positions] = []
    for part in parts:
        instance = part.instance
        positions, slow = read_positions(part.file, instance.header, instance.frames)
        if slow:
            warn("slow-header", slow)
        if positions is None:
            return _no_positions(instance)
        found.append(positions)
    return found[0] if len(found) == 1 else joined_positions(found)


def _no_positions(instance: Instance) -> None:
    if instance.layout == "TILED_SPARSE":
        raise BrokenFile(
            f"{instance.path.name}: the tiling is TILED_SPARSE, but the frames have no "
            "positions (Plane Position Slide Sequence is missing)."
        )


def joined_positions(parts: Sequence[Positions]) -> Positions:
    """Return the positions of the frames of several files, in their order."""
    z = [part.z for part in parts if part.z is not None]
    paths = [part.optical_paths for part in parts if part.optical_paths is not None]
    whole = len(parts)
    return Positions(
        np.concatenate([part.columns for part in parts]),
        np.concatenate([part.rows for part in parts]),
        np.concatenate(z) if len(z) == whole else None,
        [name for names in paths for name in names] if len(paths) == whole else None,
    )
