"""CIELab as DICOM stores it, to sRGB: colors that belong to no image's own space."""

from collections.abc import Sequence
from typing import Final

_WHITE: Final = (
    0.9642,
    1.0,
    0.8249,
)  # D50, the profile connection space (ICC.1 7.2.16)
_LINEAR: Final = 6 / 29  # of the cube root, below which CIELab is a straight line

# The inverse of the sRGB primaries adapted to D50 by Bradford (IEC 61966-2-1, ICC.1 E).
_TO_RED: Final = (3.1338561, -1.6168667, -0.4906146)
_TO_GREEN: Final = (-0.9787684, 1.9161415, 0.0334540)
_TO_BLUE: Final = (0.0719453, -0.2289914, 1.4052427)


def srgb_of_stored(values: Sequence[int]) -> tuple[int, int, int]:
    """Return the 8-bit RGB of a CIELab value as an attribute holds it.

    Three numbers of 0 to 65535, which stand for L* 0 to 100, a* and b* -128 to 127
    (PS3.3 C.10.7.1.1). Raises ValueError for others.
    """
    if len(values) != 3 or not all(0 <= each <= 65535 for each in values):
        raise ValueError(f"no CIELab value: {values}")
    lightness, a, b = values
    return srgb_of_lab(lightness / 655.35, a / 257 - 128, b / 257 - 128)


def srgb_of_lab(lightness: float, a: float, b: float) -> tuple[int, int, int]:
    """Return the 8-bit RGB of a CIELab color under D50; what is outside is clipped."""
    middle = (lightness + 16) / 116
    shares = (middle + a / 500, middle, middle - b / 200)
    xyz = [_cubed(f) * white for f, white in zip(shares, _WHITE, strict=True)]
    red, green, blue = (
        sum(factor * value for factor, value in zip(row, xyz, strict=True))
        for row in (_TO_RED, _TO_GREEN, _TO_BLUE)
    )
    return _encoded(red), _encoded(green), _encoded(blue)


def _cubed(share: float) -> float:
    if share > _LINEAR:
        return share**3
    return 3 * _LINEAR**2 * (share - 4 / 29)


def _encoded(linear: float) -> int:
    """Apply the curve of sRGB (IEC 61966-2-1) and round."""
    if linear <= 0.0031308:
        value = 12.92 * max(linear, 0.0)
    else:
        value = 1.055 * min(linear, 1.0) ** (1 / 2.4) - 0.055
    return int(255 * value + 0.5)
