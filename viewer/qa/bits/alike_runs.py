"""Runs of frames that begin alike: which of them go on alike, found out quickly."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from viewer.qa.bits.codestream_form import Head, JpegHead
from viewer.slide.files import FrameRun


class AlikeHeads(NamedTuple):
    """The heads of the first frames of two runs, which are of one meaning."""

    a: Head
    b: Head

    @property
    def are_identical(self) -> bool:
        """Whether they are the same byte for byte, too."""
        same_bytes = self.stored(0) == self.stored(1)
        return same_bytes and self._tables(0) == self._tables(1)

    def stored(self, side: int) -> bytes:
        """Return the bytes of a head in each frame."""
        head = self[side]
        return head.stored if isinstance(head, JpegHead) else b""

    def _tables(self, side: int) -> bytes:
        head = self[side]
        return head.tables if isinstance(head, JpegHead) else b""


def unlike_frames(ours: FrameRun, theirs: FrameRun, heads: AlikeHeads) -> list[int]:
    """Return the numbers of frames that do not begin so, or go on otherwise.

    Nothing is in this loop that it can do without: it decides how fast a slide is
    compared.
    """
    head, other_head = heads.stored(0), heads.stored(1)
    starts, other_starts = ours.starts + len(head), theirs.starts + len(other_head)
    ends, other_ends = _unpadded(ours), _unpadded(theirs)
    as_long = (ends - starts == other_ends - other_starts) & (ends > starts)
    data = theirs.data
    begins, other_begins = ours.data.startswith, data.startswith
    unlike: list[int] = []
    for number, (long, begin, start, other_begin, other_start, end) in enumerate(
        zip(
            as_long.tolist(),
            ours.starts.tolist(),
            starts.tolist(),
            theirs.starts.tolist(),
            other_starts.tolist(),
            other_ends.tolist(),
            strict=True,
        )
    ):
        if not (
            long
            and begins(head, begin)
            and other_begins(other_head, other_begin)
            and begins(data[other_start:end], start)
        ):
            unlike.append(number)
    return unlike


def _unpadded(run: FrameRun) -> NDArray[np.int64]:
    """Return where frames end, without a byte of padding behind an end of image."""
    data = np.frombuffer(run.data, np.uint8)
    if len(data) < 3:
        return run.ends
    last = np.maximum(run.ends - 1, 2)
    padded = (data[last] == 0) & (data[last - 1] == 0xD9) & (data[last - 2] == 0xFF)
    return run.ends - padded
