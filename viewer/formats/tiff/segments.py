"""The tiles or strips of one directory: from their number to bytes and to samples."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from viewer.codecs import Decoded, Decoder, FrameFormat, decoder_for
from viewer.codecs.agreement import check_output, depth_finding
from viewer.codecs.frame import found
from viewer.codecs.raw import finished, shrunk
from viewer.formats.files import ReadableFile
from viewer.formats.tiff.directory import (
    APERIO_YCBCR,
    UNCOMPRESSED,
    YCBCR,
    Directory,
)
from viewer.formats.tiff.jpeg2000 import TiffJpeg2000Decoder
from viewer.formats.tiff.packed import PackedDecoder
from viewer.formats.tiff.packing import NO_PREDICTOR
from viewer.formats.tiff.segment_format import (
    JPEG_2000,
    compression_of,
    segment_format,
)
from viewer.slide.errors import BrokenFile, BrokenFrame, SlideError, UnsupportedCodec
from viewer.slide.geometry import Size
from viewer.slide.model import ColorReading

MOST_ENCODED: Final = 1 << 28
"""Bytes of one stored segment; more is refused before anything is read."""

_LARGEST_RUN: Final = 64 << 20  # bytes that are read at once
_GAP: Final = 1 << 16
_EXAMPLES: Final = 8  # segments looked at where headers cannot tell the color


class Segments:
    """Reads and decodes the segments of a directory; any thread.

    Segments are numbered from 0, row by row. Of a directory with several channels in
    grey, `channel` is the one that is read. Where samples lie in planes, a segment is
    several stored ones, which `encoded` returns one after another.
    """

    def __init__(self, file: ReadableFile, directory: Directory, channel: int) -> None:
        """Prepare to decode; raises SlideError where that cannot be done."""
        self.directory: Final = directory
        self._file = file
        self._channel = channel
        self._per_plane = directory.across * directory.down
        try:
            self.format: Final = segment_format(directory)
            self.compression: Final = compression_of(directory)
            self._decoder = self._decoder_for(self._stored_format())
        except UnsupportedCodec as error:
            message = str(error)
            if directory.name not in message:
                message = f"{directory.name}: {message}"
            raise UnsupportedCodec(f"{file.path.name}: {message}.") from error

    @property
    def path(self) -> Path:
        """The file."""
        return self._file.path

    @property
    def count(self) -> int:
        """How many there are."""
        return self._per_plane

    @property
    def can_read_windows(self) -> bool:
        """Whether `window` can read a part: samples lie in plain rows."""
        directory = self.directory
        return (
            directory.compression == UNCOMPRESSED
            and directory.predictor == NO_PREDICTOR
            and directory.planar == 1
            and directory.across == 1
            and self.format.photometric != "YBR_FULL_422"
        )

    def extent(self, number: int) -> Size:
        """Return the part of a segment that lies inside the picture, in pixels."""
        row, column = divmod(number, self.directory.across)
        size, segment = self.directory.size, self.directory.segment
        return Size(
            min(segment.width, size.width - column * segment.width),
            min(segment.height, size.height - row * segment.height),
        )

    def is_stored(self, number: int) -> bool:
        """Whether there is anything; segments of no bytes are absent."""
        return all(self.directory.counts[each] for each in self._parts(number))

    def frame(self, number: int) -> int:
        """Return the number, from 1, of a segment's (first) frame in the directory."""
        return self._parts(number)[0] + 1

    def offset(self, number: int) -> int:
        """Return where the (first) frame of a segment begins in the file."""
        return int(self.directory.offsets[self._parts(number)[0]])

    def encoded(self, number: int) -> bytes | None:
        """Return what is stored, None where nothing is; raises BrokenFrame."""
        if not self.is_stored(number):
            return None
        return b"".join(self._read(each) for each in self._parts(number))

    def encoded_run(
        self, first: int, count: int
    ) -> tuple[bytes, NDArray[np.int64], NDArray[np.int64]] | None:
        """Return what is stored of segments one behind another, read at once.

        With the places where each begins and ends. None where some are not stored, or
        have planes, lie in another order or far apart. Raises nothing.
        """
        offsets = self.directory.offsets[first : first + count].astype(np.int64)
        counts = self.directory.counts[first : first + count].astype(np.int64)
        if self.directory.planar != 1 or not len(counts) or (counts <= 0).any():
            return None
        starts, ends = offsets - offsets[0], offsets - offsets[0] + counts
        rising = (starts[1:] >= ends[:-1]).all() and counts.max() <= _LARGEST_RUN
        if not rising or ends[-1] > min(_LARGEST_RUN, 2 * counts.sum() + _GAP):
            return None
        try:
            data = self._file.read(int(offsets[0]), int(ends[-1]))
        except BrokenFile:
            return None
        return data, starts, ends

    def decode(self, number: int, color: ColorReading, shrink: int) -> Decoded | None:
        """Decode a segment, None where nothing is stored; raises BrokenFrame.

        The samples may stick out beyond the picture, as tiles at its edges do.
        """
        if not self.is_stored(number):
            return None
        parts = self._parts(number)
        try:
            check_output(self.format)
            if len(parts) == 1:
                return self._decode(self._read(parts[0]), number, color, shrink)
            return self._joined(parts, number, shrink)
        except BrokenFrame as error:
            if error.frame:
                raise
            raise self._broken(parts[0], str(error)) from error

    def window(self, left: int, top: int, size: Size) -> Decoded | None:
        """Read a part of the picture where `can_read_windows` allows it.

        None where nothing of it is stored; raises BrokenFrame.
        """
        decoder = self._decoder
        assert isinstance(decoder, PackedDecoder), "there are no plain rows"  # noqa: S101
        height = self.directory.segment.height
        rows: list[bytes] = []
        for y in range(top, top + size.height):
            number, row = divmod(y, height)
            start, length = decoder.span(left, size.width, row)
            if not self.is_stored(number):
                continue
            if start + length > int(self.directory.counts[number]):
                raise self._broken(
                    number,
                    f"{int(self.directory.counts[number])} bytes long, expected at "
                    f"least {start + length}",
                )
            rows.append(self._bytes(number, start, length))
        if not rows:
            return None
        if len(rows) < size.height:
            raise self._broken(top // height, "no bytes, though other strips have some")
        return decoder.decode_plain(b"".join(rows), size)

    def _stored_format(self) -> FrameFormat:
        """Return the format of what is decoded at once: a plane is grey."""
        if not self._is_planar_color():
            return self.format
        return self.format._replace(photometric="MONOCHROME2", samples_per_pixel=1)

    def _is_planar_color(self) -> bool:
        return self.directory.planar == 2 and self.format.samples_per_pixel == 3

    def _decoder_for(self, declared: FrameFormat) -> Decoder:
        if self.compression.unpack is not None:
            return PackedDecoder(self.directory, declared, self._channel)
        ycbcr = self._is_aperio_ycbcr()
        is_jpeg_2000 = self.compression.transfer_syntax == JPEG_2000
        if is_jpeg_2000 and (ycbcr or declared.photometric == "RGB"):
            return TiffJpeg2000Decoder(declared, ycbcr=ycbcr)
        return decoder_for(declared, self._examples)

    def _is_aperio_ycbcr(self) -> bool:
        """Whether the compression alone says that samples are YCbCr.

        Bio-Formats writes 33003 for JPEG 2000 of any color, with Photometric 2.
        """
        directory = self.directory
        return directory.compression == APERIO_YCBCR and (
            directory.photometric == YCBCR or directory.description.startswith("Aperio")
        )

    def _decode(
        self, data: bytes, number: int, color: ColorReading, shrink: int
    ) -> Decoded:
        return self._decoder.decode(
            data, extent=self.extent(number), color=color, shrink=shrink
        )

    def _joined(self, parts: list[int], number: int, shrink: int) -> Decoded:
        """Decode the planes of a segment in color and put them together."""
        planes = [
            self._decode(self._read(part), number, ColorReading.AS_ENCODED, 1)
            for part in parts
        ]
        raw = np.dstack([plane.samples for plane in planes])
        samples = finished(
            raw,
            self.format._replace(signed=False),
            bits=self.format.bits_stored,
            ycbcr=self.format.declares_ycbcr,
            shrink=1,
        )
        damage = next((each.damage for each in planes if each.damage), None)
        too_deep = depth_finding(self.format.bits_stored, self.format)
        findings = planes[0].findings + found(too_deep)
        return Decoded(shrunk(samples, shrink), damage, findings)

    def _parts(self, number: int) -> list[int]:
        """Return the stored segments that make one, by their place in the tables."""
        if self.directory.planar == 1:
            return [number]
        planes = range(3) if self._is_planar_color() else (self._channel,)
        return [plane * self._per_plane + number for plane in planes]

    def _read(self, part: int) -> bytes:
        length = int(self.directory.counts[part])
        if length > MOST_ENCODED:
            raise self._broken(
                part, f"{length} bytes long, expected at most {MOST_ENCODED}"
            )
        return self._bytes(part, 0, length)

    def _bytes(self, part: int, start: int, length: int) -> bytes:
        offset = int(self.directory.offsets[part]) + start
        if offset + length > self._file.size:
            raise self._broken(
                part,
                f"{length} bytes at offset {offset}, but the file ends at byte "
                f"{self._file.size}",
            )
        try:
            return self._file.read(offset, length)
        except BrokenFile as error:
            name = f"{self._file.path.name}: "
            raise self._broken(
                part, str(error).removeprefix(name).removesuffix(".")
            ) from error

    def _broken(self, part: int, words: str) -> BrokenFrame:
        noun = "tile" if self.directory.is_tiled else "strip"
        return BrokenFrame(
            f"{self._file.path.name}: {noun} {part + 1} of {self.directory.name}: "
            f"{words}.",
            part + 1,
        )

    def _examples(self) -> Iterable[bytes]:
        return self._example_frames()

    def _example_frames(self) -> Iterator[bytes]:
        for number in range(0, self.count, max(1, self.count // _EXAMPLES)):
            try:
                data = self.encoded(number)
            except SlideError:
                continue
            if data is not None:
                yield data
