"""Runs of frames that begin alike: which of them go on alike, found out quickly."""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from viewer.qa.bits.codestream_form import FIRST, Head, JpegHead
from viewer.slide.files import FrameRun


class FirstHeads(NamedTuple):
    """The heads of the first frames of two runs: most others begin with them, too."""

    a: Head
    b: Head

    @property
    def are_alike(self) -> bool:
        """Whether they are of one meaning."""
        return self.a.form == self.b.form

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


def unlike_frames(ours: FrameRun, theirs: FrameRun, heads: FirstHeads) -> list[int]:
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


def doubtful_frames(ours: FrameRun, theirs: FrameRun, heads: FirstHeads) -> list[int]:
    """Return the numbers of frames that may have the same coded data, or other heads.

    Of all others the first bytes behind these heads show that they were coded anew.
    """
    if not all(isinstance(head, JpegHead) for head in heads):
        return [*range(len(ours.starts))]
    one, goes_on = _first_bytes(ours, heads.stored(0))
    other, other_goes_on = _first_bytes(theirs, heads.stored(1))
    is_other = goes_on & other_goes_on & (one != other).any(axis=1)
    return np.flatnonzero(~is_other).tolist()


def _first_bytes(
    run: FrameRun, head: bytes
) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
    """Return the first bytes behind a head, and whether the image goes on there.

    It does not where a frame has another head, or ends too soon.
    """
    begins = run.data.startswith
    starts = run.starts + len(head)
    goes_on = starts + FIRST <= run.ends
    goes_on &= np.fromiter(
        (begins(head, start) for start in run.starts.tolist()), np.bool_, len(starts)
    )
    data = np.frombuffer(run.data, np.uint8)
    places = np.minimum(starts[:, None] + _STEPS, max(0, len(data) - 1))
    first = data[places] if len(data) else np.zeros(places.shape, np.uint8)
    ends = ((first[:, :-1] == 0xFF) & (first[:, 1:] == 0xD9)).any(axis=1)
    return first, goes_on & ~ends & (first[:, -1] != 0xFF)


_STEPS: Final = np.arange(FIRST)


def _unpadded(run: FrameRun) -> NDArray[np.int64]:
    """Return where frames end, without a byte of padding behind an end of image."""
    data = np.frombuffer(run.data, np.uint8)
    if len(data) < 3:
        return run.ends
    last = np.maximum(run.ends - 1, 2)
    padded = (data[last] == 0) & (data[last - 1] == 0xD9) & (data[last - 2] == 0xFF)
    return run.ends - padded
