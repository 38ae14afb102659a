"""Where every frame of a file lies, all at once, as a TIFF directory has to tell it."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from viewer.formats.dicom.element_headers import Element
from viewer.formats.dicom.frame_source import LARGEST_FRAME
from viewer.formats.dicom.header import Header
from viewer.formats.dicom.instance import Instance
from viewer.formats.dicom.items import Ending, walk_items
from viewer.formats.dicom.picture_facts import PictureFacts
from viewer.formats.dicom.positions import read_positions
from viewer.formats.files import ReadableFile


@dataclass(frozen=True, slots=True, eq=False)
class FramePlaces:
    """Frames in the order of the file.

    `offsets` and `lengths` (bytes in the file, uint64) have one entry a frame, padding
    included; they are empty where `problem` says why frames have no place each. `end`
    is where what follows Pixel Data begins, None where that is not known, as where its
    sequence delimiter is missing.
    """

    offsets: NDArray[np.uint64]
    lengths: NDArray[np.uint64]
    end: int | None
    problem: str = ""


def frame_places(
    file: ReadableFile, header: Header, facts: PictureFacts
) -> FramePlaces:
    """Find all frames, by a walk over the items where they are encapsulated.

    No offset table is believed. Raises BrokenFile where reading fails. Any thread.
    """
    pixel_data = header.pixel_data
    if pixel_data is None:
        return _unknown("Pixel Data (7FE0,0010) is missing")
    if header.deflated:
        return _unknown("the data set is deflated, so that no frame lies in the file")
    if facts.is_encapsulated:
        return _encapsulated(file, pixel_data, facts.frames)
    return _native(file, pixel_data, facts)


def raster_problem(file: ReadableFile, instance: Instance) -> str:
    """Return why frames are no rows of tiles, one picture behind the other; "" if so.

    TIFF has its tiles in that order; that of TILED_FULL is the same (PS3.3
    C.7.6.17.3). Raises BrokenFile where positions cannot be read.
    """
    tiles = instance.grid.width * instance.grid.height
    if instance.layout == "TILED_FULL" or instance.frames == tiles == 1:
        if instance.frames == instance.tiles:
            return ""
        return (
            f"there are {instance.frames} frames, expected {instance.tiles} (one a "
            "tile, focal plane and optical path)"
        )
    positions, _ = read_positions(file, instance.header, instance.frames)
    if positions is None:
        return "the frames do not say where they lie"
    if instance.frames % tiles:
        return (
            f"the tiles are sparse: there are {instance.frames} frames for "
            f"{instance.grid.width} x {instance.grid.height} places"
        )
    numbers = np.arange(instance.frames) % tiles
    columns = numbers % instance.grid.width * instance.tile_size.width + 1
    rows = numbers // instance.grid.width * instance.tile_size.height + 1
    wrong = np.flatnonzero((positions.columns != columns) | (positions.rows != rows))
    if not wrong.size:
        return ""
    first = int(wrong[0])
    return (
        f"the frames are not in the order of rows and columns: frame {first + 1} lies "
        f"at column {positions.columns[first]}, row {positions.rows[first]}, expected "
        f"column {columns[first]}, row {rows[first]}"
    )


_NONE: Final = np.zeros(0, np.uint64)


def _unknown(problem: str, end: int | None = None) -> FramePlaces:
    return FramePlaces(_NONE, _NONE, end, problem)


def _encapsulated(file: ReadableFile, pixel_data: Element, frames: int) -> FramePlaces:
    items = walk_items(file, pixel_data.offset)
    starts = np.frombuffer(items.starts, np.uint64)
    if not items.whole or not items.count:
        last, found = items.starts[-1], items.found.hex(" ") or "the end of the file"
        what = f"{found} at byte {last}"
        if last > file.size:
            what = f"an item ends at byte {last}, the file at {file.size}"
        return _unknown(f"Pixel Data cannot be followed: {what}")
    end = items.starts[-1] + 8 if items.ending is Ending.DELIMITED else None
    table = 0 if items.codestreams[0] else 1  # the Basic Offset Table, empty or not
    count = items.count - table
    if count != frames:
        return _unknown(f"there are {count} fragments for {frames} frames", end)
    eight = np.uint64(8)
    return FramePlaces(
        starts[table:-1] + eight, starts[table + 1 :] - starts[table:-1] - eight, end
    )


def _native(
    file: ReadableFile, pixel_data: Element, facts: PictureFacts
) -> FramePlaces:
    length = facts.frame_bytes or 0
    if pixel_data.length is None or not 0 < length <= LARGEST_FRAME:
        return _unknown("the length of Pixel Data is not known")
    needed, end = facts.frames * length, pixel_data.offset + pixel_data.length
    if pixel_data.length < needed or end > file.size:
        there = min(end, file.size) - pixel_data.offset
        problem = f"Pixel Data has {there} bytes, expected {needed}"
        return _unknown(problem, end if end <= file.size else None)
    numbers = np.arange(facts.frames, dtype=np.uint64)
    offsets = numbers * np.uint64(length) + np.uint64(pixel_data.offset)
    return FramePlaces(offsets, np.full(facts.frames, length, np.uint64), end)
