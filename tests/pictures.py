"""Pixels that say where they belong: one color a tile, and a texture for all levels."""

from collections.abc import Callable
from typing import Any, Literal, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

Color: TypeAlias = tuple[int, int, int]
Texture: TypeAlias = Callable[[NDArray[Any], NDArray[Any]], NDArray[Any]]
"""From x (1, columns) and y (rows, 1) in level-0 pixels to (rows, columns, 3) RGB."""

WHITE: Color = (255, 255, 255)
LOUD: Color = (255, 0, 255)
"""What lies beyond the total pixel matrix; must never be seen."""


class Place(NamedTuple):
    """One tile of a slide; all count from 0."""

    level: int
    column: int
    row: int
    focal_plane: int = 0
    optical_path: int = 0


def tile_color(
    level: int, column: int, row: int, focal_plane: int = 0, optical_path: int = 0
) -> Color:
    """Return the color of a tile: up to 14 levels, 128 columns and rows.

    A second focal plane has the colors of column + 32, a second optical path those of
    row + 32. Red holds the low six bits of the column, green those of the row, blue
    level + 1 and both high bits; each value is four steps from the next, so that lossy
    coding does no harm. Black, white, magenta and grey above 240 are no tile's.
    """
    column, row = column + 32 * focal_plane, row + 32 * optical_path
    if not (0 <= level < 14 and 0 <= column < 128 and 0 <= row < 128):
        raise ValueError(f"no color for level {level}, column {column}, row {row}")
    blue = (level + 1) << 2 | column >> 6 << 1 | row >> 6
    return (column & 63) * 4 + 2, (row & 63) * 4 + 2, blue * 4 + 2


def tile_of(rgb: Any) -> tuple[int, int, int] | None:
    """Return (level, column, row) of a color, or None where it is no tile's.

    Right for colors up to one step away in each channel, as lossy coding gives.
    """
    red, green, blue = (int(value) >> 2 for value in rgb)
    level = (blue >> 2) - 1
    if not 0 <= level < 14:
        return None
    return level, (blue >> 1 & 1) << 6 | red, (blue & 1) << 6 | green


def tile_grey(place: Place, bits: Literal[8, 16]) -> int:
    """Return the sample of a grey tile; neighbors, levels, planes and paths differ."""
    if bits == 8:
        weights = (61, 29, 7, 13, 101)
        return sum(a * b for a, b in zip(weights, place, strict=True)) % 251 + 2
    level, column, row, focal_plane, optical_path = place
    return (
        (optical_path & 3) << 14
        | (focal_plane & 3) << 12
        | (level & 7) << 9
        | (column & 31) << 4
        | (row & 15)
    )


def waves(x: NDArray[Any], y: NDArray[Any]) -> NDArray[Any]:
    """Return a smooth colorful texture that no shift, flip or swap leaves as it is."""
    red = 128 + 90 * np.sin(x / 61 + y / 190)
    green = 128 + 90 * np.sin(y / 47 - x / 230 + 1)
    blue = 60 + 150 * (x / (x + 900)) + 0 * y
    return np.stack(np.broadcast_arrays(red, green, blue), axis=-1)


def associated_picture(role: str) -> NDArray[np.uint8]:
    """Return a label, overview or thumbnail: four quarters of four colors, RGB."""
    width, height = {
        "label": (160, 200), "overview": (300, 110), "thumbnail": (128, 90)
    }[role]  # fmt: skip
    shade = {"label": 40, "overview": 90, "thumbnail": 140}[role]
    picture = np.full((height, width, 3), shade, np.uint8)
    picture[: height // 2, width // 2 :, 0] = 220
    picture[height // 2 :, : width // 2, 1] = 220
    picture[height // 2 :, width // 2 :, 2] = 220
    return picture
