"""DicomImage: one stored level, from its instances to pixels.

A level is one instance, or several that form a concatenation (PS3.3 C.7.6.16.2.2.4).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from viewer.codecs import Decoded, decoder_for
from viewer.formats.dicom.frame_format import frame_bytes
from viewer.formats.dicom.frames import FrameTable
from viewer.formats.dicom.header import open_body
from viewer.formats.dicom.instance import Instance
from viewer.formats.dicom.positions import Positions, read_positions
from viewer.formats.dicom.tiling import FullTiling, SparseTiling, Tiling
from viewer.formats.files import ReadableFile
from viewer.formats.notes import Notes
from viewer.formats.reduction import shrunk
from viewer.slide.errors import BrokenFile, BrokenFrame
from viewer.slide.geometry import Scale, Size
from viewer.slide.model import (
    EMPTY,
    ColorReading,
    Empty,
    EncodedFrame,
    FramePlace,
    Level,
    OpticalPath,
    Samples,
    TileKey,
)

_EXAMPLES = 8  # frames looked at where headers cannot tell the color


@dataclass(frozen=True, slots=True)
class _Part:
    """One instance of a level: its file, its frames, the first one's number."""

    instance: Instance
    file: ReadableFile
    frames: FrameTable
    first: int


class DicomImage:
    """One stored level; immutable once opened, read from any thread."""

    def __init__(
        self,
        instances: Sequence[Instance],
        base: Size,
        optical_paths: Sequence[OpticalPath],
        notes: Notes,
    ) -> None:
        """Open the files of one level; raises SlideError.

        `base` is the size of level 0. `optical_paths` are those of the slide, by whose
        numbers tiles are asked for.
        """
        first = instances[0]
        self._notes = notes
        self._instance = first
        self._parts: list[_Part] = []
        try:
            self._decoder = decoder_for(first.format, self._examples)
            for instance in instances:
                self._parts.append(_open_part(instance))
            self.focal_planes = first.planes
            self._tiling = self._open_tiling()
        except BaseException:
            self.close()
            raise
        self._path_numbers = _path_numbers(first, optical_paths)
        self._one_part = self._parts[0] if len(self._parts) == 1 else None
        self.level = Level(
            size=first.size,
            tile_size=first.tile_size,
            downsample=Scale(
                base.width / first.size.width, base.height / first.size.height
            ),
            spacing=first.spacing,
            frames=sum(instance.frames for instance in instances),
            transfer_syntax=first.header.transfer_syntax,
            photometric=first.format.photometric,
            file=first.path,
        )

    def read(self, key: TileKey, color: ColorReading, shrink: int) -> Samples | Empty:
        """Read one tile; see viewer.formats.pyramid.StoredImage."""
        try:
            return self._read(key, color, shrink)
        except BrokenFrame as error:
            self._notes.warn("broken-frame", str(error), self._instance.path)
            raise

    def _read(self, key: TileKey, color: ColorReading, shrink: int) -> Samples | Empty:
        frame = self._frame_at(key)
        if frame is None:
            return EMPTY
        part, number = self._part_of(frame)
        try:
            data = part.frames.read(number)
        finally:  # also what a frame that cannot be read says of the whole file
            self._pass_on_warnings(part)
        if data is None:
            return EMPTY
        extent = self.level.tile_extent(key.column, key.row)
        # At an edge the decoder's squares would mix in what lies beyond the matrix.
        whole = extent.width % shrink == 0 and extent.height % shrink == 0
        try:
            decoded = self._decoder.decode(
                data, extent=extent, color=color, shrink=shrink if whole else 1
            )
        except BrokenFrame as error:
            raise BrokenFrame(
                f"{part.instance.path.name}: frame {number + 1}: {error}.", number + 1
            ) from error
        if decoded.damage is not None or decoded.finding is not None:
            self._note(decoded, key, part.instance, number)
        if whole:
            return _cut(decoded.samples, extent, shrink)
        return shrunk(_cut(decoded.samples, extent, 1), shrink.bit_length() - 1)

    def read_frame(self, key: TileKey) -> EncodedFrame | Empty:
        """Return the codestream of one tile and where it lies."""
        frame = self._frame_at(key)
        if frame is None:
            return EMPTY
        part, number = self._part_of(frame)
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

    def frame_at(self, key: TileKey) -> FramePlace | None:
        """Return which frame a tile is; None where there is none, or it is missing."""
        try:
            frame = self._frame_at(key)
            if frame is None:
                return None
            part, number = self._part_of(frame)
        except BrokenFrame:
            return None
        return FramePlace(part.instance.path, number + 1)

    def icc_profile(self, optical_path: int) -> bytes | None:
        """Return this instance's own profile of one of the slide's optical paths."""
        number = self._path_numbers.get(optical_path)
        paths = self._instance.optical_paths
        return None if number is None else paths[number].icc_profile

    def close(self) -> None:
        """Close the files; readers inside finish first."""
        for part in self._parts:
            part.file.close()

    def _open_tiling(self) -> Tiling:
        first = self._instance
        grid = Size(
            -(-first.size.width // first.tile_size.width),
            -(-first.size.height // first.tile_size.height),
        )
        positions = None if first.layout == "TILED_FULL" else self._positions()
        if positions is None:
            return self._full_tiling(grid)
        sparse = SparseTiling(
            positions,
            grid=grid,
            tile_size=first.tile_size,
            size=first.size,
            optical_paths=[path.identifier for path in first.optical_paths],
        )
        for finding in sparse.findings:
            self._warn(finding.code, f"{finding.message}.")
        self.focal_planes = sparse.focal_planes
        return sparse

    def _full_tiling(self, grid: Size) -> FullTiling:
        planes = len(self._instance.planes)
        paths = len(self._instance.optical_paths)
        frames = max(part.first + part.instance.frames for part in self._parts)
        expected = grid.width * grid.height * planes * paths
        if frames != expected:
            self._warn(
                "frame-count",
                f"Number of Frames is {frames}, expected {expected} ({grid.width} x "
                f"{grid.height} tiles, {planes} focal planes, {paths} optical paths).",
            )
        return FullTiling(grid, planes, paths, frames)

    def _positions(self) -> Positions | None:
        found: list[Positions] = []
        for part in self._parts:
            positions, slow = read_positions(
                part.file, part.instance.header, part.instance.frames
            )
            if slow:
                self._warn("slow-header", slow)
            if positions is None:
                return self._no_positions()
            found.append(positions)
        return found[0] if len(found) == 1 else _joined(found)

    def _no_positions(self) -> None:
        if self._instance.layout == "TILED_SPARSE":
            raise BrokenFile(
                f"{self._instance.path.name}: the tiling is TILED_SPARSE, but the "
                "frames have no positions (Plane Position Slide Sequence is missing)."
            )

    def _frame_at(self, key: TileKey) -> int | None:
        path = self._path_numbers.get(key.optical_path)
        if path is None:
            return None
        try:
            return self._tiling.frame_at(key.column, key.row, key.focal_plane, path)
        except BrokenFrame as error:
            name = self._instance.path.name
            raise BrokenFrame(f"{name}: {error}", error.frame) from error

    def _part_of(self, frame: int) -> tuple[_Part, int]:
        if self._one_part is not None:
            return self._one_part, frame
        for part in self._parts:
            if part.first <= frame < part.first + part.instance.frames:
                return part, frame - part.first
        raise BrokenFrame(
            f"{self._instance.path.name}: frame {frame + 1} of the concatenation is in "
            "a file that was not found.",
            frame + 1,
        )

    def _examples(self) -> Iterable[bytes]:
        for part in self._parts:
            frames = part.instance.frames
            for number in range(0, frames, max(1, frames // _EXAMPLES)):
                data = part.frames.read(number)
                if data is not None:
                    yield data

    def _note(
        self, decoded: Decoded, key: TileKey, instance: Instance, number: int
    ) -> None:
        name = instance.path.name
        if decoded.finding is not None:
            self._notes.warn(
                decoded.finding.code,
                f"{name}: {decoded.finding.message}.",
                instance.path,
            )
        if decoded.damage is not None:
            sentence = f"{name}: frame {number + 1}: {decoded.damage}."
            self._notes.damage(key, sentence)
            self._notes.warn("damaged-frame", sentence, instance.path)

    def _pass_on_warnings(self, part: _Part) -> None:
        if part.frames.warnings:
            for code, sentence in tuple(part.frames.warnings):
                self._notes.warn(code, sentence, part.instance.path)

    def _warn(self, code: str, sentence: str) -> None:
        path = self._instance.path
        named = sentence if path.name in sentence else f"{path.name}: {sentence}"
        self._notes.warn(code, named, path)


def _open_part(instance: Instance) -> _Part:
    file = open_body(instance.header)
    try:
        table = FrameTable(
            file, instance.header, instance.frames, frame_bytes(instance.format)
        )
    except BaseException:
        file.close()
        raise
    return _Part(instance, file, table, instance.concatenation_offset)


def _path_numbers(
    instance: Instance, optical_paths: Sequence[OpticalPath]
) -> dict[int, int]:
    """Map the slide's path numbers to the instance's: by identifier, else by place."""
    own = [path.identifier for path in instance.optical_paths]
    if len(own) == len(optical_paths):
        return {number: number for number in range(len(own))}
    return {
        number: own.index(path.identifier)
        for number, path in enumerate(optical_paths)
        if path.identifier in own
    }


def _joined(parts: Sequence[Positions]) -> Positions:
    z = [part.z for part in parts if part.z is not None]
    paths = [part.optical_paths for part in parts if part.optical_paths is not None]
    whole = len(parts)
    return Positions(
        np.concatenate([part.columns for part in parts]),
        np.concatenate([part.rows for part in parts]),
        np.concatenate(z) if len(z) == whole else None,
        [name for names in paths for name in names] if len(paths) == whole else None,
    )


def _cut(samples: Samples, extent: Size, shrink: int) -> Samples:
    rows, columns = -(-extent.height // shrink), -(-extent.width // shrink)
    if samples.shape[0] == rows and samples.shape[1] == columns:
        return samples
    return samples[:rows, :columns]
