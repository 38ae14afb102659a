"""The color of the scanner that the demo pretends to come from, and its ICC profile.

The scanner's colors are not those of a screen: its primaries are somewhat purer and
its curve is flatter than sRGB's, so that it is seen whether a viewer applies the
profile. What is drawn in sRGB is turned into the scanner's numbers before it is
stored; the profile leads back.
"""

import struct
from datetime import datetime
from typing import Final

import numpy as np
from numpy.typing import NDArray

from viewer.demo.texture import Field

NAME: Final = "Coverslip demo scanner"
GAMMA: Final = 2.0

# Chromaticities (x, y) of red, green, blue and white.
Chromaticities = tuple[tuple[float, float], ...]
SCANNER: Final[Chromaticities] = (
    (0.665, 0.325),
    (0.265, 0.665),
    (0.146, 0.048),
    (0.3127, 0.3290),
)
SRGB: Final[Chromaticities] = (
    (0.640, 0.330),
    (0.300, 0.600),
    (0.150, 0.060),
    (0.3127, 0.3290),
)

D50: Final = (0.9642, 1.0, 0.8249)
"""White of the profile connection space (ICC.1 7.2.16)."""

# The cone responses by which Bradford's adaptation changes white (ICC.1 annex E.3).
BRADFORD: Final = (
    (0.8951, 0.2664, -0.1614),
    (-0.7502, 1.7135, 0.0367),
    (0.0389, -0.0685, 1.0296),
)


def scanned(colors: Field) -> NDArray[np.uint8]:
    """Return as the scanner stores them colors given in sRGB, 0 to 255, (..., 3)."""
    share = np.clip(np.asarray(colors, np.float32) / np.float32(255), 0, 1)
    light = np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)
    to_scanner = np.linalg.inv(_to_xyz(SCANNER)) @ _to_xyz(SRGB)
    stored = np.clip(light @ to_scanner.T.astype(np.float32), 0, 1) ** (1 / GAMMA)
    return (stored * 255 + 0.5).astype(np.uint8)


def scanner_profile(made: datetime) -> bytes:
    """Return an ICC profile, version 4, of class scnr: three primaries and a curve.

    The same bytes for the same `made`.
    """
    adaptation = _adaptation()
    columns = (adaptation @ _to_xyz(SCANNER)).T
    curve = b"curv" + struct.pack(">4xIH", 1, round(GAMMA * 256)) + bytes(2)
    tags = {
        b"desc": _words(NAME),
        b"cprt": _words("No copyright, use freely"),
        b"wtpt": _xyz(*D50),
        b"chad": _fixed(b"sf32", adaptation.ravel()),
        b"rXYZ": _xyz(*columns[0]),
        b"gXYZ": _xyz(*columns[1]),
        b"bXYZ": _xyz(*columns[2]),
        b"rTRC": curve,
        b"gTRC": curve,
        b"bTRC": curve,
    }
    return _profile(tags, made)


def _to_xyz(chromaticities: Chromaticities) -> NDArray[np.float64]:
    """Return the matrix from linear RGB to XYZ; white has Y = 1."""
    columns = np.array([[x / y, 1, (1 - x - y) / y] for x, y in chromaticities]).T
    strengths = np.linalg.solve(columns[:, :3], columns[:, 3])
    return columns[:, :3] * strengths


def _adaptation() -> NDArray[np.float64]:
    """Return the matrix from XYZ under the scanner's white to XYZ under D50."""
    cones = np.array(BRADFORD)
    x, y = SCANNER[3]
    white = np.array([x / y, 1, (1 - x - y) / y])
    change = np.diag((cones @ np.array(D50)) / (cones @ white))
    return np.linalg.inv(cones) @ change @ cones


def _words(text: str) -> bytes:
    """Return a multiLocalizedUnicodeType (ICC.1 10.15) in English."""
    value = text.encode("utf-16-be")
    head = struct.pack(">4xII2s2sII", 1, 12, b"en", b"US", len(value), 28)
    return b"mluc" + head + value


def _xyz(x: float, y: float, z: float) -> bytes:
    return _fixed(b"XYZ ", (x, y, z))


def _fixed(kind: bytes, numbers: "NDArray[np.float64] | tuple[float, ...]") -> bytes:
    """Return numbers as s15Fixed16 (ICC.1 4.6)."""
    fixed = [round(float(number) * 65536) for number in numbers]
    return kind + bytes(4) + struct.pack(f">{len(fixed)}i", *fixed)


def _profile(tags: dict[bytes, bytes], made: datetime) -> bytes:
    """Return header, tag table and tags (ICC.1 7.2 and 7.3); equal tags once."""
    position = 128 + 4 + 12 * len(tags)
    table, data = struct.pack(">I", len(tags)), b""
    places: dict[bytes, int] = {}
    for name, value in tags.items():
        if value not in places:
            places[value] = position + len(data)
            data += value + bytes(-len(value) % 4)
        table += struct.pack(">4sII", name, places[value], len(value))
    header = struct.pack(
        ">I4xI4s4s4s6H4s8x8s12x3i",
        position + len(data),
        0x04300000,
        b"scnr",
        b"RGB ",
        b"XYZ ",
        *made.timetuple()[:6],
        b"acsp",
        bytes(8),
        *(round(number * 65536) for number in D50),
    )
    return header.ljust(128, b"\0") + table + data
