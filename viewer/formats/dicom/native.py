"""Frames of uncompressed Pixel Data: arithmetic, within what is really there."""

from typing import Final

import numpy as np

from viewer.formats.dicom.element_headers import Element
from viewer.formats.dicom.frame_source import (
    LARGEST_FRAME,
    LARGEST_RUN,
    FrameFindings,
    FrameRef,
    RawRun,
    Source,
)
from viewer.formats.files import ReadableFile
from viewer.slide.errors import BrokenFile, BrokenFrame


class NativeFrames:
    """Frames of one size, one behind the other (PS3.5 8.1.1, A.1 to A.3)."""

    def __init__(
        self,
        file: ReadableFile,
        pixel_data: Element,
        frames: int,
        frame_bytes: int,
        findings: FrameFindings,
    ) -> None:
        """Compare the sizes of frames, Pixel Data and file; raises BrokenFile."""
        name = file.path.name
        if pixel_data.length is None:
            raise BrokenFile(
                f"{name}: the Transfer Syntax is uncompressed but Pixel Data has no"
                f" length, expected {frames * frame_bytes} bytes."
            )
        if not 0 < frame_bytes <= LARGEST_FRAME:
            raise BrokenFile(
                f"{name}: a frame has {frame_bytes} bytes, expected 1 to"
                f" {LARGEST_FRAME}."
            )
        self.source: Source = "native"
        self._file: Final = file
        self._frames: Final = frames
        self._start: Final = pixel_data.offset
        self._frame_bytes: Final = frame_bytes
        needed = frames * frame_bytes
        self._length: Final = _true_length(pixel_data.length, needed)
        if not needed <= self._length <= needed + 1:
            findings.add(
                "frame-count",
                f"{name}: Pixel Data has {self._length} bytes, expected {needed} for"
                f" {frames} frames of {frame_bytes} bytes.",
            )
        if self._start + min(self._length, needed) > file.size:
            findings.add(
                "truncated",
                f"{name}: ends at byte {file.size}, expected Pixel Data to end at"
                f" {self._start + self._length}.",
            )
        self._warn_of_tail(findings)

    def read(self, frame: int) -> bytes | None:
        """Return a frame's bytes; raises BrokenFrame. Any thread."""
        offset, length = self.locate(frame)
        try:
            return self._file.read(offset, length)
        except BrokenFile as error:
            raise BrokenFrame(str(error), frame + 1) from error

    def read_run(self, first: int, count: int) -> RawRun | None:
        """Return the bytes of some frames at once; None where not all are there."""
        length = count * self._frame_bytes
        if length > LARGEST_RUN:
            return None
        try:
            offset = self.locate(first).offset
            self.locate(first + count - 1)
            data = self._file.read(offset, length)
        except (BrokenFrame, BrokenFile):
            return None
        starts = np.arange(count, dtype=np.int64) * self._frame_bytes
        return RawRun(data, starts, starts + self._frame_bytes, offset)

    def locate(self, frame: int) -> FrameRef:
        """Return a frame's place; raises BrokenFrame where it is not in the file."""
        begin = frame * self._frame_bytes
        end = begin + self._frame_bytes
        if 0 <= frame < self._frames and end <= self._length:
            if self._start + end <= self._file.size:
                return FrameRef(self._start + begin, self._frame_bytes)
            reason = f"the file ends at byte {self._file.size}"
            expected = f"the frame to end at {self._start + end}"
        else:
            reason = f"Pixel Data has {self._length} bytes"
            expected = f"{end} for it and {self._frames} frames in all"
        raise BrokenFrame(
            f"{self._file.path.name}: frame {frame + 1} is missing: {reason}, expected"
            f" {expected}.",
            frame + 1,
        )

    def _warn_of_tail(self, findings: FrameFindings) -> None:
        """Say where bytes that are no attribute follow: some may be inserted before."""
        end = self._start + self._length + self._length % 2  # with a pad byte
        tail = self._file.read_some(end, 8)
        if not tail or tail[:4] in _BEHIND:
            return
        if _PIXEL_GROUPS.intersection((tail[:2], tail[1::-1])):
            return
        findings.add(
            "trailing-bytes",
            f"{self._file.path.name}: {tail.hex(' ')} follows Pixel Data at byte {end},"
            f" expected an attribute or the end of the file at {self._file.size}.",
        )


_BEHIND: Final = frozenset(
    {b"\xfc\xff\xfc\xff", b"\xff\xfc\xff\xfc", b"\xfa\xff\xfa\xff", b"\xff\xfa\xff\xfa"}
)
"""Data Set Trailing Padding and Digital Signatures Sequence, in either byte order."""
_PIXEL_GROUPS: Final = frozenset(bytes([low, 0x7F]) for low in range(0xE0, 0x100))
"""Groups of Pixel Data's kind, also private ones, as little endian has them."""


def _true_length(declared: int, needed: int) -> int:
    """Undo the wrap of a length above 32 bits (pydicom#1274, openslide#526)."""
    wraps = needed > declared and (needed - declared) % (1 << 32) in {0, (1 << 32) - 1}
    return needed if wraps else declared
