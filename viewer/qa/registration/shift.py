"""How far one picture is shifted against another: phase correlation, no more than FFT.

After Kuglin and Hines (1975): the phases of two spectra differ by the shift alone. Here
amplitudes are flattened only by half, which keeps the noise of codecs out, the pictures
are cut to what they share before parts of a pixel are looked for, and the correlation
of what is then left says whether it is to be believed.
"""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from viewer.qa.registration.likeness import correlation, is_blank

Luma = NDArray[np.float32]
"""A picture of one channel, (rows, columns)."""

SMALLEST: Final = 16
"""Pixels across and down below which nothing is measured."""


class Shift(NamedTuple):
    """What a picture shows lies `x` pixels to the right and `y` down of where it was.

    "b is shifted by (3, 0) against a" means b[row, column + 3] == a[row, column].
    `confidence`: how far the peak stands out of all other shifts, 0 (not) to 1.
    `likeness`: the correlation of what both show, once shifted back, -1 to 1.
    """

    x: float
    y: float
    confidence: float
    likeness: float


def shift(a: Luma, b: Luma) -> Shift | None:
    """Measure how `b` is shifted against `a` to a tenth of a pixel; any thread.

    Two pictures of one shape, finds shifts of up to half of it. None where a picture is
    too small or blank: there is nothing to measure. Raises ValueError for two shapes.
    """
    if a.shape != b.shape:
        raise ValueError(f"pictures of {a.shape} and {b.shape}, expected one shape")
    if min(a.shape) < SMALLEST or is_blank(a) or is_blank(b):
        return None
    if np.array_equal(a, b):
        return Shift(0.0, 0.0, 1.0, 1.0)
    whole = max(_candidates(a, b), key=lambda each: _likeness(a, b, each))
    found = _refined(a, b, whole)
    for _ in range(_ROUNDS):
        if found is None or (round(found.x), round(found.y)) == whole:
            break
        whole = _Whole(round(found.x), round(found.y))
        found = _refined(a, b, whole)
    return found


def shared(
    a: NDArray[np.float32], b: NDArray[np.float32], x: int, y: int
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return the parts of (rows, columns, ...) that show the same, as views.

    `b` is shifted against `a` by `x` and `y` whole pixels.
    """
    rows, columns = a.shape[:2]
    return (
        a[max(0, -y) : rows - max(0, y), max(0, -x) : columns - max(0, x)],
        b[max(0, y) : rows - max(0, -y), max(0, x) : columns - max(0, -x)],
    )


class _Whole(NamedTuple):
    """A shift in whole pixels."""

    x: int
    y: int


_ROUNDS: Final = 3
_CANDIDATES: Final = 4
_PASSED: Final = 0.25  # cycles a pixel: what lies above is mostly the codec's
_NEAR: Final = 4  # pixels around a peak that are part of it
_BLUR: Final = 0.08  # cycles a pixel, which is a blur over two pixels
_BORDER: Final = 8
_ILL: Final = 1e6  # of the normal equations: lines without ends, all in one direction


def _refined(a: Luma, b: Luma, whole: _Whole) -> Shift | None:
    """Measure anew what both share, if `b` is shifted by that; None: too little."""
    one, other = shared(a, b, *whole)
    if min(one.shape) < SMALLEST or is_blank(one) or is_blank(other):
        return None
    spectrum = _spectrum(one, other)
    step = _peak(spectrum)
    near = max(abs(step.x), abs(step.y)) <= 1
    x, y = _fraction(one, other) if near else (float(step.x), float(step.y))
    return Shift(
        whole.x + x, whole.y + y, _confidence(spectrum), correlation(one, other)
    )


def _candidates(a: Luma, b: Luma) -> list[_Whole]:
    """Return the shifts of the highest peaks, and none at all."""
    surface = _back(_spectrum(a, b))
    found = [_Whole(0, 0)]
    for _ in range(_CANDIDATES):
        row, column = np.unravel_index(int(surface.argmax()), surface.shape)
        found.append(
            _Whole(
                _signed(int(column), surface.shape[1]),
                _signed(int(row), surface.shape[0]),
            )
        )
        _blot(surface, int(row), int(column))
    return found


def _spectrum(a: Luma, b: Luma) -> NDArray[np.complex128]:
    """Return the weighted cross power spectrum, (rows, columns)."""
    window = _hann(a.shape[0])[:, None] * _hann(a.shape[1])[None, :]
    one, other = (np.fft.fft2((each - each.mean()) * window) for each in (a, b))
    cross = np.conj(one) * other
    strength = np.sqrt(np.abs(cross))
    down, across = (np.fft.fftfreq(length) for length in a.shape)
    low = np.exp(-(down[:, None] ** 2 + across[None, :] ** 2) / (2 * _PASSED**2))
    return cross / np.maximum(strength, strength.max() * 1e-9) * low


def _hann(length: int) -> NDArray[np.float64]:
    return 0.5 - 0.5 * np.cos(2 * np.pi * (np.arange(length) + 0.5) / length)


def _back(spectrum: NDArray[np.complex128]) -> NDArray[np.float64]:
    return np.fft.ifft2(spectrum).real


def _signed(at: int, length: int) -> int:
    return at - length if at > length // 2 else at


def _blot(surface: NDArray[np.float64], row: int, column: int) -> None:
    """Take a peak out of a correlation, which is a ring in both directions."""
    rows, columns = (
        np.arange(at - _NEAR, at + _NEAR + 1) % length
        for at, length in zip((row, column), surface.shape, strict=True)
    )
    surface[np.ix_(rows, columns)] = surface.min()


def _likeness(a: Luma, b: Luma, whole: _Whole) -> float:
    one, other = shared(a, b, *whole)
    if min(one.shape) < SMALLEST:
        return -1.0
    # What two large pictures share tells more than what two slivers do.
    return correlation(one, other) * (one.size / a.size) ** 0.1


def _peak(spectrum: NDArray[np.complex128]) -> _Whole:
    """Return where the correlation is highest."""
    surface = _back(spectrum)
    row, column = np.unravel_index(int(surface.argmax()), surface.shape)
    return _Whole(
        _signed(int(column), surface.shape[1]), _signed(int(row), surface.shape[0])
    )


def _fraction(a: Luma, b: Luma) -> tuple[float, float]:
    """Return the rest of a shift of less than a pixel or two (Lucas and Kanade 1981).

    Phases would be pulled to no shift at all by the blocks of JPEG; here strong edges
    count most. Smoothed, so that a straight line between pixels is near enough.
    """
    window = np.outer(_hann(a.shape[0]), _hann(a.shape[1]))
    one, other = (_of_one_contrast(_smoothed(each), window) for each in (a, b))
    down, across = (np.fft.fftfreq(length) for length in a.shape)
    spectrum = np.fft.fft2(other)
    x, y = 0.0, 0.0
    for _ in range(_ROUNDS):
        turn = np.exp(2j * np.pi * (down[:, None] * y + across[None, :] * x))
        moved = _back(spectrum * turn)
        slope_y, slope_x = np.gradient((one + moved) / 2)
        slopes = np.stack([slope_x.ravel(), slope_y.ravel()])
        weighted = slopes * window.ravel()
        normal = weighted @ slopes.T
        if np.linalg.cond(normal) > _ILL:
            break
        step = np.linalg.solve(normal, weighted @ (one - moved).ravel())
        x, y = x + float(step[0]), y + float(step[1])
    return x, y


def _of_one_contrast(
    picture: NDArray[np.float64], window: NDArray[np.float64]
) -> NDArray[np.float64]:
    centered = picture - (picture * window).sum() / window.sum()
    spread = np.sqrt((centered**2 * window).sum() / window.sum())
    return centered / max(float(spread), 1e-9)


def _smoothed(picture: Luma) -> NDArray[np.float64]:
    """Blur over two pixels; edges are mirrored, so that none is made."""
    down, across = picture.shape
    wide = np.pad(picture - picture.mean(dtype=float), _BORDER, mode="reflect")
    rows, columns = (np.fft.fftfreq(length) for length in wide.shape)
    low = np.exp(-(rows[:, None] ** 2 + columns[None, :] ** 2) / (2 * _BLUR**2))
    blurred = _back(np.fft.fft2(wide) * low)
    return blurred[_BORDER : _BORDER + down, _BORDER : _BORDER + across]


def _confidence(spectrum: NDArray[np.complex128]) -> float:
    surface = _back(spectrum)
    peak = float(surface.max())
    row, column = np.unravel_index(int(surface.argmax()), surface.shape)
    _blot(surface, int(row), int(column))
    return max(0.0, 1 - max(0.0, float(surface.max())) / peak) if peak > 0 else 0.0
