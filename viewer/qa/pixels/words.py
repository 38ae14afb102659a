"""How far apart pixels are, and which tiles, in words."""

from math import isinf
from typing import Final

from viewer.qa.pixels.difference import Difference
from viewer.qa.pixels.layers import LayerPixels
from viewer.qa.sides import counted

_LISTED: Final = 5


def in_figures(found: Difference) -> str:
    """Return how far apart pixels are, in words."""
    psnr = "infinite" if isinf(found.psnr) else f"{found.psnr:.1f} dB"
    return (
        f"by {largest_words(found)} at most and {found.mean:.3g} of 255 on average, "
        f"PSNR {psnr}, {percent(found.identical)} of the pixels identical, SSIM "
        f"{found.similarity:.4f}"
    )


def largest_words(found: Difference) -> str:
    """Return the largest difference in steps of the samples: "3 of 255"."""
    return f"{found.largest * found.peak / 255:.0f} of {found.peak:,}"


def percent(share: float) -> str:
    """Return a share as people write it; only all of it is 100 %."""
    if share in (0, 1):
        return f"{share:.0%}".replace("%", " %")
    return f"{min(max(100 * share, 0.01), 99.99):.2f} %"


def layer_name(pixels: LayerPixels) -> str:
    """Return "level 0", with plane and path where they are not the first."""
    level, plane, path = pixels.layer
    words = f"level {level.b}"
    if plane.b:
        words += f", focal plane {plane.b},"
    if path.b:
        words += f", optical path {path.b},".replace(",,", ",")
    return words


def tile_words(place: tuple[int, int]) -> str:
    """Return the column and row of a tile."""
    return f"({place[0]}, {place[1]})"


def tiles_words(places: list[tuple[int, int]], count: int) -> str:
    """Return "tile (0, 1)", or how many there are and the first of them."""
    if count == 1:
        return f"tile {tile_words(places[0])}"
    listed = ", ".join(tile_words(place) for place in places[:_LISTED])
    more = ", ..." if count > min(len(places), _LISTED) else ""
    return f"{count:,} tiles {listed}{more}"


def looked_words(looked: int, places: int) -> str:
    """Return "130 tiles", or "200 of 31,204 tiles"."""
    if looked == places:
        return counted(places, "tile")
    return f"{looked:,} of {places:,} tiles"
