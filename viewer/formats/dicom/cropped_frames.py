"""Uncompressed frames that are cut to the picture in the last column and row."""

from collections.abc import Sequence
from math import prod
from typing import Final

from viewer.formats.dicom.frame_source import (
    LARGEST_FRAME,
    FrameRef,
    RawRun,
    Source,
)
from viewer.formats.dicom.instance import Instance
from viewer.formats.files import ReadableFile
from viewer.slide.errors import BrokenFile, BrokenFrame
from viewer.slide.geometry import Size


def is_cropped(instance: Instance, frame_length: int | None) -> bool:
    """Whether Pixel Data has just the bytes of the picture, without any padding.

    `frame_length` is that of a whole frame, None where frames are encapsulated. Every
    frame should have Columns x Rows pixels (PS3.3 C.8.12.4.1), but then the bytes can
    only be those of frames cut to the total pixel matrix.
    """
    data = instance.header.pixel_data
    if frame_length is None or data is None or data.length is None:
        return False
    layers, rest = divmod(instance.frames, prod(instance.grid))
    pixel, uneven = divmod(frame_length, prod(instance.tile_size))
    if (
        rest
        or uneven
        or instance.layout != "TILED_FULL"
        or instance.concatenation
        or (instance.format.planar and instance.format.is_color)
    ):
        return False
    needed = prod(instance.size) * pixel * layers
    return needed != instance.frames * frame_length and data.length in (
        needed,
        needed + needed % 2,
    )


class CroppedFrames:
    """The frames of such a file, padded to whole ones with zeros. Any thread.

    Used as `viewer.formats.dicom.frames.FrameTable` is. Columns come first, then rows,
    focal planes and optical paths.
    """

    source: Source = "native"

    def __init__(self, file: ReadableFile, instance: Instance) -> None:
        """Take a file of which `is_cropped` is true; it is not closed here."""
        data = instance.header.pixel_data
        self._file: Final = file
        self._instance: Final = instance
        self._start: Final = 0 if data is None else data.offset
        samples = instance.format.samples_per_pixel
        self._pixel: Final = samples * instance.format.bits_allocated // 8
        sentence = (
            f"{file.path.name}: the frames of the last column and row are cut to the "
            f"total pixel matrix, expected all of {instance.tile_size.width} x "
            f"{instance.tile_size.height} pixels."
        )
        self.warnings: Sequence[tuple[str, str]] = [("frame-count", sentence)]

    def read(self, frame: int) -> bytes | None:
        """Return a frame's bytes with zeros for what was cut; raises BrokenFrame."""
        place, size = self.locate(frame), self._size(frame)
        whole = prod(self._instance.tile_size) * self._pixel
        if whole > LARGEST_FRAME:
            raise BrokenFrame(
                f"{self._file.path.name}: frame {frame + 1} has {whole} bytes, expected"
                f" at most {LARGEST_FRAME}.",
                frame + 1,
            )
        try:
            data = self._file.read(place.offset, place.length)
        except BrokenFile as error:
            raise BrokenFrame(str(error), frame + 1) from error
        width, height = self._instance.tile_size
        line = size.width * self._pixel
        pad = bytes((width - size.width) * self._pixel)
        lines = (data[at : at + line] for at in range(0, len(data), line))
        rest = bytes((height - size.height) * width * self._pixel)
        return b"".join(each + pad for each in lines) + rest

    def read_run(self, first: int, count: int) -> RawRun | None:
        """Return None: what was cut is not there to be read at once."""
        del first, count

    def locate(self, frame: int) -> FrameRef:
        """Return a frame's place; raises BrokenFrame for one that is not there."""
        if not 0 <= frame < self._instance.frames:
            raise BrokenFrame(
                f"{self._file.path.name}: frame {frame + 1} is missing: Number of "
                f"Frames is {self._instance.frames}.",
                frame + 1,
            )
        size, grid = self._size(frame), self._instance.grid
        (width, height), tile = self._instance.size, self._instance.tile_size
        layer, place = divmod(frame, prod(grid))
        row, column = divmod(place, grid.width)
        before = layer * width * height + row * tile.height * width
        before += column * tile.width * size.height
        return FrameRef(self._start + before * self._pixel, prod(size) * self._pixel)

    def _size(self, frame: int) -> Size:
        """Return how much of a frame lies inside the total pixel matrix."""
        (width, height), tile = self._instance.size, self._instance.tile_size
        grid = self._instance.grid
        row, column = divmod(frame % prod(grid), grid.width)
        return Size(
            min(tile.width, width - column * tile.width),
            min(tile.height, height - row * tile.height),
        )
