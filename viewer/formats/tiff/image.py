"""TiffImage: one stored level, from its directories to pixels."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from viewer.codecs import Decoded
from viewer.formats.files import ReadableFile
from viewer.formats.notes import Notes
from viewer.formats.reduction import shrunk
from viewer.formats.tiff.segments import Segments
from viewer.slide.errors import BrokenFrame, SlideError
from viewer.slide.files import EncodedFrame, FramePlace, FrameRun
from viewer.slide.geometry import Scale, Size, Spacing
from viewer.slide.model import (
    EMPTY,
    ColorReading,
    Empty,
    Level,
    Samples,
    TileKey,
)


class TileSource(Protocol):
    """The tiles of one directory, as they are shown. Any thread."""

    @property
    def segments(self) -> Segments:
        """What the tiles are read from."""
        ...

    @property
    def tile_size(self) -> Size:
        """How large tiles are shown."""
        ...

    def decode(
        self, place: tuple[int, int], color: ColorReading, shrink: int
    ) -> Decoded | None:
        """Return the tile at a column and row, at least as large as its extent."""
        ...

    def segment_at(self, column: int, row: int) -> int | None:
        """Return the number of the segment that is the tile; None where none is."""
        ...


class TiffImage:
    """One stored level; immutable once opened, read from any thread.

    `sources` are by focal plane and optical path; all have one size and tile size.
    Closing it closes its files.
    """

    def __init__(
        self,
        files: Sequence[ReadableFile],
        sources: Mapping[tuple[int, int], TileSource],
        base: Size,
        spacing: Spacing | None,
        notes: Notes,
    ) -> None:
        """Take what was opened; `base` is the size of level 0."""
        self._files = tuple(files)
        self._sources = dict(sources)
        self._notes = notes
        first = next(iter(self._sources.values()))
        segments, size = first.segments, first.segments.directory.size
        self._profile = segments.directory.icc_profile
        self.level = Level(
            size=size,
            tile_size=first.tile_size,
            downsample=Scale(base.width / size.width, base.height / size.height),
            spacing=spacing,
            frames=sum(each.segments.count for each in self._sources.values()),
            transfer_syntax=segments.compression.name,
            photometric=segments.format.photometric,
            file=segments.path,
        )

    def read(self, key: TileKey, color: ColorReading, shrink: int) -> Samples | Empty:
        """Read one tile; see viewer.formats.pyramid.StoredImage."""
        source = self._source(key)
        if source is None:
            return EMPTY
        self._check(key, source)
        extent = self.level.tile_extent(key.column, key.row)
        # At an edge the decoder's squares would mix in what lies beyond the picture.
        whole = extent.width % shrink == 0 and extent.height % shrink == 0
        try:
            decoded = source.decode(
                (key.column, key.row), color, shrink if whole else 1
            )
        except BrokenFrame as error:
            self._notes.warn("broken-frame", str(error), source.segments.path)
            raise
        if decoded is None:
            return EMPTY
        if decoded.damage is not None or decoded.findings:
            self._note(decoded, key, source)
        if whole:
            return _cut(decoded.samples, extent, shrink)
        return shrunk(_cut(decoded.samples, extent, 1), shrink.bit_length() - 1)

    def read_frame(self, key: TileKey) -> EncodedFrame | Empty:
        """Return what is stored of a tile and where; planes one after another.

        Raises SlideError where tiles are cut from strips, which are no frames of them.
        """
        source = self._source(key)
        if source is None:
            return EMPTY
        self._check(key, source)
        number = source.segment_at(key.column, key.row)
        segments = source.segments
        if number is None:
            raise SlideError(
                f"{segments.path.name}: {segments.directory.name} is stored in strips; "
                "its tiles have no frames of their own."
            )
        data = segments.encoded(number)
        if data is None:
            return EMPTY
        return EncodedFrame(
            data,
            segments.path,
            segments.frame(number),
            segments.offset(number),
            self.level.transfer_syntax,
            self.level.photometric,
            segments.format.tables,
        )

    def read_run(self, key: TileKey, count: int) -> FrameRun | None:
        """Return what is stored of some tiles at once; see Slide.read_run."""
        source = self._source(key)
        if source is None or not self._is_inside(key):
            return None
        first = source.segment_at(key.column, key.row)
        if first is None or first + count > source.segments.count:
            return None
        found = source.segments.encoded_run(first, count)
        if found is None:
            return None
        return FrameRun(
            *found,
            source.segments.path,
            source.segments.frame(first),
            source.segments.offset(first),
            self.level.transfer_syntax,
            self.level.photometric,
            source.segments.format.tables,
        )

    def frame_at(self, key: TileKey) -> FramePlace | None:
        """Return which frame of its directory a tile is; None where there is none."""
        source = self._source(key)
        if source is None or not self._is_inside(key):
            return None
        number = source.segment_at(key.column, key.row)
        if number is None or not source.segments.is_stored(number):
            return None
        return FramePlace(source.segments.path, source.segments.frame(number))

    def icc_profile(self, optical_path: int) -> bytes | None:  # noqa: ARG002
        """Return the profile of this level's own directory."""
        return self._profile

    def close(self) -> None:
        """Close the files; readers inside finish first."""
        for file in self._files:
            file.close()

    def _source(self, key: TileKey) -> TileSource | None:
        return self._sources.get((key.focal_plane, key.optical_path))

    def _is_inside(self, key: TileKey) -> bool:
        level = self.level
        return 0 <= key.column < level.columns and 0 <= key.row < level.rows

    def _check(self, key: TileKey, source: TileSource) -> None:
        if not self._is_inside(key):
            name, level = source.segments.path.name, self.level
            raise BrokenFrame(
                f"{name}: there is no tile {key.column}, {key.row}, expected less than "
                f"{level.columns}, {level.rows}."
            )

    def _note(self, decoded: Decoded, key: TileKey, source: TileSource) -> None:
        path = source.segments.path
        name = path.name
        for finding in decoded.findings:
            self._notes.warn(finding.code, f"{name}: {finding.message}.", path)
        if decoded.damage is not None:
            number = source.segment_at(key.column, key.row)
            noun = "a strip" if number is None else f"tile {number + 1}"
            where = f"{noun} of {source.segments.directory.name}"
            sentence = f"{name}: {where}: {decoded.damage}."
            self._notes.damage(key, sentence)
            self._notes.warn("damaged-frame", sentence, path)


class StoredTiles:
    """Tiles that are shown as they are stored."""

    def __init__(self, segments: Segments) -> None:
        self.segments = segments
        self.tile_size = segments.directory.segment

    def decode(
        self, place: tuple[int, int], color: ColorReading, shrink: int
    ) -> Decoded | None:
        """Decode the one tile that is stored there."""
        return self.segments.decode(self.segment_at(*place), color, shrink)

    def segment_at(self, column: int, row: int) -> int:
        """Return the number of a tile, row by row."""
        return row * self.segments.directory.across + column


def _cut(samples: Samples, extent: Size, shrink: int) -> Samples:
    rows, columns = -(-extent.height // shrink), -(-extent.width // shrink)
    if samples.shape[0] == rows and samples.shape[1] == columns:
        return samples
    return samples[:rows, :columns]
