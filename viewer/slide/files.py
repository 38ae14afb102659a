"""The files of a slide and the frames in them, as values."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from viewer.slide.geometry import Size

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Places: TypeAlias = NDArray[np.int64]
else:  # numpy would be in the way of the window's first paint
    Places = Any
"""Places of bytes, one a frame."""


@dataclass(frozen=True, slots=True)
class FileRole:
    """Which part of a slide a file is ("level 0", "label", "not used"), and why.

    `size` is the whole picture in pixels, `transfer_syntax` a UID; both may be unknown.
    """

    path: Path
    role: str
    reason: str
    size: Size | None = None
    transfer_syntax: str = ""


class EncodedFrame(NamedTuple):
    """A frame as it lies in its file: `frame` counts from 1, `offset` is in bytes.

    `tables` is what an abbreviated JPEG codestream is decoded with: a TIFF file keeps
    it once for all frames (tag 347).
    """

    data: bytes
    file: Path
    frame: int
    offset: int
    transfer_syntax: str
    photometric: str
    tables: bytes = b""


class FrameRun(NamedTuple):
    """Frames that lie one behind another, in bytes that were read at once.

    Frame number i, from 0, is `data[starts[i]:ends[i]]`; all else that is known is that
    of the first frame, as in EncodedFrame. `offset` is that of `data`.
    """

    data: bytes
    starts: Places
    ends: Places
    file: Path
    frame: int
    offset: int
    transfer_syntax: str
    photometric: str
    tables: bytes = b""

    def at(self, number: int) -> EncodedFrame:
        """Return one of the frames, counted from 0."""
        start, end = int(self.starts[number]), int(self.ends[number])
        return EncodedFrame(
            self.data[start:end],
            self.file,
            self.frame + number,
            self.offset + start,
            self.transfer_syntax,
            self.photometric,
            self.tables,
        )


class FramePlace(NamedTuple):
    """Which frame of which file a stored tile is; `frame` counts from 1."""

    file: Path
    frame: int
