"""The window that a file wants grey samples drawn with (PS3.3 C.11.2)."""

from math import isfinite

from pydicom.dataset import Dataset

from viewer.codecs import FrameFormat
from viewer.formats.dicom.facts import floats, items, text

Window = tuple[float, float]


def window_of(dataset: Dataset, frame: FrameFormat) -> Window | None:
    """Return the samples that are black and brightest; None where there is no window.

    Samples are as decoders return them: from 0 up, MONOCHROME1 turned round. The
    window of the whole image, or the one that all frames share. Any thread.
    """
    for holder in (dataset, *_shared(dataset, "FrameVOILUTSequence")):
        window = _window(holder)
        if window is not None:
            return _of_samples(_unscaled(window, dataset), frame)
    return None


def _window(holder: Dataset) -> Window | None:
    center, width = floats(holder, "WindowCenter"), floats(holder, "WindowWidth")
    if not (center and width and isfinite(center[0]) and 0 < width[0] < 1e9):
        return None
    half = width[0] / 2
    if text(holder, "VOILUTFunction").upper() == "LINEAR_EXACT":
        return center[0] - half, center[0] + half
    # LINEAR counts whole samples (C.11.2.1.2.1); SIGMOID is about as wide.
    low = center[0] - half
    return low, max(center[0] + half - 1, low + 0.5)


def _unscaled(window: Window, dataset: Dataset) -> Window:
    """Undo the modality's rescaling, to values as stored (C.11.1)."""
    scales = (dataset, *_shared(dataset, "PixelValueTransformationSequence"))
    for scale in scales:
        slope, shift = floats(scale, "RescaleSlope"), floats(scale, "RescaleIntercept")
        if slope and shift and 0 < slope[0] < 1e9 and isfinite(shift[0]):
            low, high = ((value - shift[0]) / slope[0] for value in window)
            return low, high
    return window


def _of_samples(window: Window, frame: FrameFormat) -> Window:
    moved = 1 << (frame.bits_stored - 1) if frame.signed else 0
    low, high = window[0] + moved, window[1] + moved
    if frame.photometric == "MONOCHROME1":
        most = (1 << frame.bits_stored) - 1
        low, high = most - high, most - low
    return low, high


def _shared(dataset: Dataset, sequence: str) -> list[Dataset]:
    shared = items(dataset, "SharedFunctionalGroupsSequence")
    return [item for groups in shared for item in items(groups, sequence)]
