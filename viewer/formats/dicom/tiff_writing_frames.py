"""What all frames of a file have in common, as TIFF tells it once for all of them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from viewer.codecs import FrameFormat
from viewer.codecs.jpeg2000_header import read_jpeg2000_header
from viewer.codecs.jpeg_color import jpeg_color
from viewer.codecs.jpeg_header import SEQUENTIAL, JpegHeader, read_jpeg_header
from viewer.formats.dicom.frame_places import FramePlaces
from viewer.formats.files import ReadableFile
from viewer.slide.errors import BrokenFrame
from viewer.slide.geometry import Size
from viewer.slide.model import ColorReading


class Coding(NamedTuple):
    """How samples are coded: TIFF's codes of compression and color (tags 259, 262).

    `subsampling` is how many luma samples share one of chroma, across and down; None
    where tag 530 has no place.
    """

    compression: int
    photometric: int
    subsampling: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True, eq=False)
class CodedFrames:
    """The coding of all frames, and the bytes of each without its padding (uint64)."""

    coding: Coding
    lengths: NDArray[np.uint64]


def coded_frames(
    file: ReadableFile, places: FramePlaces, format_: FrameFormat
) -> CodedFrames:
    """Look at the header and the end of every frame; decodes nothing.

    The codestreams decide on color, not Photometric Interpretation. Raises BrokenFrame
    with a clause where TIFF cannot tell of a frame, or not of all by the same tags;
    BrokenFile where reading fails.
    """
    look = _LOOKS[format_.transfer_syntax]
    coding: Coding | None = None
    lengths = places.lengths.copy()
    usual = b""  # a header that was looked at; most frames have the same
    for number, frame in enumerate(_frames(file, places)):
        lengths[number] -= frame.padding
        if usual and frame.head.startswith(usual):
            continue
        try:
            found, header = look(frame, format_)
        except BrokenFrame as error:
            raise BrokenFrame(f"frame {number + 1}: {error}", number + 1) from error
        coding = coding or found
        if found != coding:
            raise BrokenFrame(
                f"frame {number + 1} is coded otherwise than frame 1 (TIFF colors "
                f"{found.photometric} and {coding.photometric}, chroma "
                f"{_words(found.subsampling)} and {_words(coding.subsampling)}), "
                "but one TIFF tag holds for all tiles",
                number + 1,
            )
        usual = header
    if coding is None:
        raise BrokenFrame("there are no frames")
    return CodedFrames(coding, lengths)


def native_coding(format_: FrameFormat) -> Coding:
    """Return how uncompressed samples are told of; raises BrokenFrame with a clause."""
    if format_.declares_ycbcr:
        raise BrokenFrame(
            f"uncompressed {format_.photometric} is read as RGB by some readers of "
            "TIFF and as YCbCr by others"
        )
    return Coding(_NONE, _GREYS.get(format_.photometric, _RGB))


class _Frame:
    """The ends of one frame; the rest of its header is read where it is asked for."""

    def __init__(self, file: ReadableFile, offset: int, length: int) -> None:
        self._file = file
        self._offset = offset
        self._length = length
        self.head = file.read(offset, min(length, _HEAD))

    @property
    def padding(self) -> int:
        """1 where a zero byte stands behind the end marker (PS3.5 A.4), else 0."""
        if self._length < len(_END):
            return 0
        last = self._file.read(self._offset + self._length - len(_END), len(_END))
        return int(last == _END)

    def whole_head(self) -> bytes:
        """Return as much as a header may have."""
        return self._file.read(self._offset, min(self._length, _LONGEST_HEAD))


def _frames(file: ReadableFile, places: FramePlaces) -> Iterator[_Frame]:
    for offset, length in zip(
        places.offsets.tolist(), places.lengths.tolist(), strict=True
    ):
        yield _Frame(file, offset, length)


def _jpeg(frame: _Frame, format_: FrameFormat) -> tuple[Coding, bytes]:
    """Return the coding and the whole header, by which like frames are known.

    Without a header where it is a very long one.
    """
    try:
        header = read_jpeg_header(frame.head)
    except BrokenFrame:
        header = read_jpeg_header(frame.whole_head())
    if header.process not in SEQUENTIAL or header.precision != 8:
        raise BrokenFrame(
            f"JPEG process {header.process:02X} with {header.precision} bits, which "
            "readers of TIFF do not decode; expected baseline with 8"
        )
    _check(header.size, len(header.components), format_)
    is_whole = header.length <= len(frame.head)
    known = frame.head[: header.length] if is_whole else b""
    return _jpeg_coding(header, format_), known


def _jpeg_coding(header: JpegHeader, format_: FrameFormat) -> Coding:
    if not format_.is_color:
        return Coding(_JPEG_CODE, _GREYS.get(format_.photometric, _BLACK_IS_ZERO))
    if not jpeg_color(header, format_, ColorReading.AS_ENCODED).ycbcr:
        if header.jfif:
            raise BrokenFrame(
                "its markers contradict each other (JFIF, but RGB), so that readers "
                "of TIFF differ in its color"
            )
        return Coding(_JPEG_CODE, _RGB)
    return Coding(_JPEG_CODE, _YCBCR, _chroma(header))


def _chroma(header: JpegHeader) -> tuple[int, int]:
    luma, blue, red = header.components
    steps = luma.across // blue.across, luma.down // blue.down
    if blue[1:3] != red[1:3] or not {*steps} <= {1, 2, 4}:
        raise BrokenFrame("its chroma is subsampled in a way that TIFF does not have")
    return steps


def _jpeg2000(frame: _Frame, format_: FrameFormat) -> tuple[Coding, bytes]:
    """Return the coding; where the header ends is not known."""
    try:
        header = read_jpeg2000_header(frame.head)
    except BrokenFrame:
        header = read_jpeg2000_header(frame.whole_head())
    if header.high_throughput:
        raise BrokenFrame("High-Throughput JPEG 2000 has no code in TIFF")
    _check(header.size, len(header.sampling), format_)
    if {*header.sampling} != {(1, 1)}:
        raise BrokenFrame("its JPEG 2000 components are subsampled")
    if not format_.is_color:
        grey = _GREYS.get(format_.photometric, _BLACK_IS_ZERO)
        return Coding(_JPEG_2000, grey), b""
    if format_.declares_ycbcr and not header.transformed:
        raise BrokenFrame(
            f"Photometric Interpretation is {format_.photometric}, but the codestream "
            "has no component transform, so that readers differ in its color"
        )
    return Coding(_JPEG_2000_RGB, _RGB), b""


def _check(size: Size, components: int, format_: FrameFormat) -> None:
    if size != format_.size:
        raise BrokenFrame(
            f"the codestream is {size.width} x {size.height}, expected "
            f"{format_.size.width} x {format_.size.height}: all TIFF tiles are of one "
            "size"
        )
    if components != format_.samples_per_pixel:
        raise BrokenFrame(
            f"the codestream has {components} components, expected "
            f"{format_.samples_per_pixel}"
        )


def _words(subsampling: tuple[int, int] | None) -> str:
    return "none" if subsampling is None else f"{subsampling[0]} x {subsampling[1]}"


_HEAD: Final = 4096
_LONGEST_HEAD: Final = 1 << 20
_END: Final = b"\xff\xd9\0"  # EOI of JPEG, EOC of JPEG 2000, and a byte of padding
_NONE, _JPEG_CODE, _JPEG_2000, _JPEG_2000_RGB = 1, 7, 34712, 33005
_BLACK_IS_ZERO, _RGB, _YCBCR = 1, 2, 6
_GREYS: Final = {"MONOCHROME1": 0, "MONOCHROME2": _BLACK_IS_ZERO}
_ROOT: Final = "1.2.840.10008.1.2.4"
_LOOKS: Final = {
    f"{_ROOT}.50": _jpeg,
    f"{_ROOT}.51": _jpeg,
    f"{_ROOT}.90": _jpeg2000,
    f"{_ROOT}.91": _jpeg2000,
}

ENCAPSULATED: Final = frozenset(_LOOKS)
"""The transfer syntaxes that TIFF has a compression for and its readers know."""
