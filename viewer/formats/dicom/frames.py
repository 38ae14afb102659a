"""From the number of a frame to its bytes, whatever the kind of Pixel Data."""

from collections.abc import Sequence
from typing import Final

from viewer.formats.dicom.encapsulated import EncapsulatedFrames
from viewer.formats.dicom.frame_source import (
    FrameFindings,
    FrameRef,
    FrameSource,
    RawRun,
    Source,
)
from viewer.formats.dicom.header import Header
from viewer.formats.dicom.native import NativeFrames
from viewer.formats.files import ReadableFile
from viewer.slide.errors import BrokenFile


class FrameTable:
    """The frames of one file, counted from 0. Any thread.

    No bytes leave it that the items do not confirm to be the frame asked for.
    """

    def __init__(
        self, file: ReadableFile, header: Header, frames: int, frame_bytes: int | None
    ) -> None:
        """Look over what the file says of its frames; walk over nothing yet.

        `file` is `open_body(header)` and is not closed here. `frames` is Number of
        Frames. `frame_bytes` is the size of an uncompressed frame, None where frames
        are encapsulated: an Extended Offset Table that was left in a file when it was
        decompressed (dcmdjpeg) is not looked at. Raises BrokenFile.
        """
        pixel_data = header.pixel_data
        if pixel_data is None:
            raise BrokenFile(f"{file.path.name}: Pixel Data (7FE0,0010) is missing.")
        self._findings: Final = FrameFindings()
        self._frames: Final[FrameSource] = (
            EncapsulatedFrames(file, header, pixel_data, frames, self._findings)
            if frame_bytes is None
            else NativeFrames(file, pixel_data, frames, frame_bytes, self._findings)
        )

    @property
    def source(self) -> Source:
        """Where the places of the frames come from now."""
        return self._frames.source

    @property
    def warnings(self) -> Sequence[tuple[str, str]]:
        """Codes and sentences found so far, oldest first; grows while reading."""
        return self._findings.found

    def read(self, frame: int) -> bytes | None:
        """Return a frame's bytes, None where nothing is stored; raises BrokenFrame.

        Fragments are joined, headers of items and the padding that a table tells of are
        left out. Without a usable table, nor an index kept of an earlier opening, the
        items are walked over, up to this frame and with each call a little further; a
        file that does not end as it should is walked at once. Closing the file ends it.
        """
        return self._frames.read(frame)

    def read_run(self, first: int, count: int) -> RawRun | None:
        """Return the bytes of `count` frames at once; None where they lie otherwise.

        They are checked as `read` checks them. Raises nothing.
        """
        return self._frames.read_run(first, count)

    def locate(self, frame: int) -> FrameRef | None:
        """Return where a frame lies, None where nothing is stored; raises BrokenFrame.

        Checks the items like `read`, but reads only their headers.
        """
        return self._frames.locate(frame)
