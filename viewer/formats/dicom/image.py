"""DicomImage: one picture of a level, from its files to pixels.

An image is one instance, or several that form a concatenation (PS3.3 C.7.6.16.2.2.4).
"""

from collections.abc import Sequence
from typing import NamedTuple

from viewer.codecs import Decoded
from viewer.formats.dicom.instance import Instance
from viewer.formats.dicom.layout import read_layout
from viewer.formats.dicom.parts import Part, Parts
from viewer.formats.dicom.tiling import FullTiling
from viewer.formats.notes import Notes
from viewer.formats.reduction import shrunk
from viewer.slide.errors import BrokenFrame
from viewer.slide.files import EncodedFrame, FramePlace, FrameRun
from viewer.slide.geometry import Size
from viewer.slide.model import (
    EMPTY,
    ColorReading,
    Empty,
    Samples,
    TileKey,
)


class Layer(NamedTuple):
    """One focal plane of one optical path, by the numbers of an image of its own."""

    focal_plane: int = 0
    optical_path: int = 0


class DicomImage:
    """One picture of a level; immutable once opened, read from any thread.

    `focal_planes` are its heights in micrometers, `frames` how many its files hold.
    """

    def __init__(self, instances: Sequence[Instance], notes: Notes) -> None:
        """Open the files of one image; raises SlideError."""
        self.instance = instances[0]
        self._notes = notes
        self._parts = Parts(instances, self._warn)
        try:
            self._tiling, self.focal_planes = read_layout(self._parts, self._warn)
        except BaseException:
            self.close()
            raise
        self.frames = sum(part.instance.frames for part in self._parts)
        self._size, self._tile_size = self.instance.size, self.instance.tile_size

    @property
    def size(self) -> Size:
        """The total pixel matrix."""
        return self._size

    @property
    def files(self) -> Sequence[Instance]:
        """Every file of the image."""
        return [part.instance for part in self._parts]

    def read(
        self, key: TileKey, layer: Layer, color: ColorReading, shrink: int
    ) -> Samples | Empty:
        """Return a tile; see viewer.formats.image_pyramid.StoredImage.

        Column and row are those of `key`, under which damage is noted.
        """
        try:
            return self._read(key, layer, color, shrink)
        except BrokenFrame as error:
            self._notes.warn("broken-frame", str(error), self.instance.path)
            raise

    def _read(
        self, key: TileKey, layer: Layer, color: ColorReading, shrink: int
    ) -> Samples | Empty:
        frame = self._frame_at(key, layer)
        if frame is None:
            return EMPTY
        part, number = self._parts.with_frame(frame)
        try:
            data = part.frames.read(number)
        finally:  # also what a frame that cannot be read says of the whole file
            self._pass_on_warnings(part)
        if data is None:
            return EMPTY
        extent = self._extent(key.column, key.row)
        # At an edge the decoder's squares would mix in what lies beyond the matrix.
        whole = extent.width % shrink == 0 and extent.height % shrink == 0
        try:
            decoded = part.decoder.decode(
                data, extent=extent, color=color, shrink=shrink if whole else 1
            )
        except BrokenFrame as error:
            raise BrokenFrame(
                f"{part.instance.path.name}: frame {number + 1}: {error}.", number + 1
            ) from error
        if decoded.damage is not None or decoded.findings:
            self._note(decoded, key, part.instance, number)
        if whole:
            return _cut(decoded.samples, extent, shrink)
        return shrunk(_cut(decoded.samples, extent, 1), shrink.bit_length() - 1)

    def read_frame(self, key: TileKey, layer: Layer) -> EncodedFrame | Empty:
        """Return the codestream of one tile and where it lies."""
        frame = self._frame_at(key, layer)
        if frame is None:
            return EMPTY
        part, number = self._parts.with_frame(frame)
        data, place = part.frames.read(number), part.frames.locate(number)
        if data is None or place is None:
            return EMPTY
        return EncodedFrame(
            data,
            part.instance.path,
            number + 1,
            place.offset,
            part.instance.header.transfer_syntax,
            part.instance.format.photometric,
        )

    def read_run(self, key: TileKey, layer: Layer, count: int) -> FrameRun | None:
        """Return the codestreams of some tiles at once; see Slide.read_run."""
        try:
            first = self._run_at(key, layer, count)
            if first is None:
                return None
            part, number = self._parts.with_frame(first)
        except BrokenFrame:
            return None
        found = part.frames.read_run(number, count)
        if found is None:
            return None
        return FrameRun(
            found.data,
            found.starts,
            found.ends,
            part.instance.path,
            number + 1,
            found.offset,
            part.instance.header.transfer_syntax,
            part.instance.format.photometric,
        )

    def frame_at(self, key: TileKey, layer: Layer) -> FramePlace | None:
        """Return which frame a tile is; None where there is none, or it is missing."""
        try:
            frame = self._frame_at(key, layer)
            if frame is None:
                return None
            part, number = self._parts.with_frame(frame)
        except BrokenFrame:
            return None
        return FramePlace(part.instance.path, number + 1)

    def icc_profile(self, optical_path: int) -> bytes | None:
        """Return this instance's own profile of one of its own optical paths."""
        return self.instance.optical_paths[optical_path].icc_profile

    def close(self) -> None:
        """Close the files; readers inside finish first."""
        self._parts.close()

    def _extent(self, column: int, row: int) -> Size:
        (width, height), tile = self._size, self._tile_size
        return Size(
            min(tile.width, width - column * tile.width),
            min(tile.height, height - row * tile.height),
        )

    def _frame_at(self, key: TileKey, layer: Layer) -> int | None:
        column, row = key.column, key.row
        try:
            frame = self._tiling.frame_at(column, row, *layer)
            if frame is None and self._parts.missing:
                self._check_not_missing(column, row)
        except BrokenFrame as error:
            name = self.instance.path.name
            raise BrokenFrame(f"{name}: {error}", error.frame) from error
        return frame

    def _run_at(self, key: TileKey, layer: Layer, count: int) -> int | None:
        """Return the frame of a tile if those of the next ones follow it in turn."""
        columns, rows = self.instance.grid
        start = key.row * columns + key.column
        if not 0 <= start < start + count <= columns * rows:
            return None
        steps = range(count)
        if isinstance(self._tiling, FullTiling):
            steps = (0, count - 1)  # what lies between them is in turn
        frames = [
            self._tiling.frame_at(place % columns, place // columns, *layer)
            for place in (start + step for step in steps)
        ]
        first = frames[0]
        if first is None or frames != [first + step for step in steps]:
            return None
        return first

    def _check_not_missing(self, column: int, row: int) -> None:
        """Raise BrokenFrame for a place whose frame may be in a part not found."""
        columns, rows = self.instance.grid
        if 0 <= column < columns and 0 <= row < rows:
            raise BrokenFrame(
                f"no frame found lies at tile {column}, {row}, and "
                f"{self._parts.missing} from the concatenation."
            )

    def _note(
        self, decoded: Decoded, key: TileKey, instance: Instance, number: int
    ) -> None:
        name = instance.path.name
        for finding in decoded.findings:
            self._notes.warn(finding.code, f"{name}: {finding.message}.", instance.path)
        if decoded.damage is not None:
            sentence = f"{name}: frame {number + 1}: {decoded.damage}."
            self._notes.damage(key, sentence)
            self._notes.warn("damaged-frame", sentence, instance.path)

    def _pass_on_warnings(self, part: Part) -> None:
        if part.frames.warnings:
            for code, sentence in tuple(part.frames.warnings):
                self._notes.warn(code, sentence, part.instance.path)

    def _warn(self, code: str, sentence: str) -> None:
        path = self.instance.path
        named = sentence if path.name in sentence else f"{path.name}: {sentence}"
        self._notes.warn(code, named, path)


def _cut(samples: Samples, extent: Size, shrink: int) -> Samples:
    rows, columns = -(-extent.height // shrink), -(-extent.width // shrink)
    if samples.shape[0] == rows and samples.shape[1] == columns:
        return samples
    return samples[:rows, :columns]
