"""Where a level differs, and how its worst tile does, drawn as pictures."""

from io import BytesIO
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from viewer.qa.pixels.difference import PEAK
from viewer.qa.pixels.layers import LayerPixels
from viewer.qa.pixels.sampling import TilePlace
from viewer.qa.pixels.tile_outcome import Fate
from viewer.qa.pixels.words import layer_name, tile_words
from viewer.qa.report.section import Picture
from viewer.slide.model import Empty, Samples

Color = tuple[int, int, int]

_MOST_ACROSS: Final = 1024
_LARGEST_TILE: Final = 16  # pixels that a tile is drawn with at most
_CROP: Final = 320  # pixels of the worst tile, in each of three pictures
_GAP: Final = 8
_LEGEND_LINE: Final = 20


class _Shade(NamedTuple):
    """A color of the map and what it means."""

    words: str
    color: Color


_IDENTICAL: Final = _Shade("identical", (235, 235, 235))
_UNSEEN: Final = _Shade("not looked at", (170, 170, 170))
_NOTHING: Final = _Shade("nothing stored", (255, 255, 255))
_AMISS: Final = _Shade("missing, blank or broken", (213, 94, 0))
# Ever darker, from yellow to violet: told apart by their lightness alone.
_STEPS: Final = (
    (1, _Shade("by 1 of 255", (253, 231, 37))),
    (4, _Shade("by 2 to 4", (159, 218, 58))),
    (16, _Shade("by 5 to 16", (53, 183, 121))),
    (64, _Shade("by 17 to 64", (49, 104, 142))),
    (PEAK, _Shade("by 65 and more", (68, 1, 84))),
)
_AMISS_FATES: Final = (
    Fate.BLANK,
    Fate.LOST,
    Fate.UNLIKE,
    Fate.BROKEN_A,
    Fate.BROKEN_B,
)
_NOTHING_FATES: Final = (Fate.NOTHING, Fate.LEFT_OUT, Fate.FILLED, Fate.INVENTED)


def difference_map(pixels: LayerPixels) -> Picture:
    """Draw the largest difference in every tile of a level, with a legend.

    A tile takes a pixel or more; of a level with more than 1,024 tiles across, several
    share a pixel, which shows the worst of them.
    """
    codes = _shrunk(_codes(pixels))
    colors = np.array([shade.color for shade in _SHADES], np.uint8)
    zoom = max(1, min(_LARGEST_TILE, _MOST_ACROSS // max(codes.shape)))
    drawn = colors[codes].repeat(zoom, axis=0).repeat(zoom, axis=1)
    there = np.bincount(codes.reshape(-1), minlength=len(_SHADES))
    present = [shade for shade, count in zip(_SHADES, there, strict=True) if count > 0]
    words = ", ".join(shade.words for shade in present)
    return Picture(
        f"Largest difference in each tile of {layer_name(pixels)}: {words}",
        _png(_with_legend(drawn, present)),
    )


def worst_tile(
    pixels: LayerPixels, place: TilePlace, a: Samples | Empty, b: Samples | Empty
) -> Picture | None:
    """Draw a tile of the source, of the result, and their difference, strengthened.

    Of large tiles, the part around the largest difference; None where the tiles have
    no common kind. Any thread.
    """
    if isinstance(a, Empty) or isinstance(b, Empty):
        return None
    if a.shape != b.shape or a.dtype != b.dtype:
        return None
    one, other = _rgb(a), _rgb(b)
    apart = np.abs(one.astype(np.int16) - other)
    part = _around(apart)
    one, other, apart = one[part], other[part], apart[part]
    gain = max(1, PEAK // max(1, int(apart.max())))
    strong = (apart * gain).astype(np.uint8)
    zoom = max(1, _CROP // max(one.shape[:2]))
    gap = np.full((one.shape[0] * zoom, _GAP, 3), 255, np.uint8)
    shown = [each.repeat(zoom, axis=0).repeat(zoom, axis=1) for each in (one, other)]
    strong = strong.repeat(zoom, axis=0).repeat(zoom, axis=1)
    row = np.concatenate([shown[0], gap, shown[1], gap, strong], axis=1)
    return Picture(
        f"Tile {tile_words(place)} of {layer_name(pixels)}, the worst: source, result, "
        f"and their difference times {gain}",
        _png(row),
    )


_SHADES: Final = (
    _NOTHING,
    _UNSEEN,
    _IDENTICAL,
    *(shade for _, shade in _STEPS),
    _AMISS,
)
"""In the order in which one hides another where tiles share a pixel."""


def _codes(pixels: LayerPixels) -> NDArray[np.uint8]:
    """Return the number of a shade for each tile."""
    limits = [limit for limit, _ in _STEPS][:-1]
    first = _SHADES.index(_STEPS[0][1])
    codes = (np.digitize(pixels.largest, limits, right=True) + first).astype(np.uint8)
    for fates, shade in (
        ((Fate.SAME,), _IDENTICAL),
        ((Fate.UNSEEN,), _UNSEEN),
        (_NOTHING_FATES, _NOTHING),
        (_AMISS_FATES, _AMISS),
    ):
        codes[np.isin(pixels.fates, fates)] = _SHADES.index(shade)
    return codes


def _shrunk(codes: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Keep the worst of tiles that share a pixel."""
    factor = -(-max(codes.shape) // _MOST_ACROSS)
    if factor == 1:
        return codes
    rows, columns = (-(-edge // factor) for edge in codes.shape)
    whole = np.zeros((rows * factor, columns * factor), np.uint8)
    whole[: codes.shape[0], : codes.shape[1]] = codes
    return whole.reshape(rows, factor, columns, factor).max(axis=(1, 3))


def _with_legend(drawn: NDArray[np.uint8], shades: list[_Shade]) -> NDArray[np.uint8]:
    """Put a line for each shade below the map."""
    from PIL import Image, ImageDraw, ImageFont

    font = ImageFont.load_default(14)
    longest = max(font.getlength(shade.words) for shade in shades)
    width = max(drawn.shape[1] + 2, int(longest) + 2 * _LEGEND_LINE)
    height = drawn.shape[0] + 2 + _GAP + _LEGEND_LINE * len(shades)
    picture = Image.new("RGB", (width, height), "white")
    pen = ImageDraw.Draw(picture)
    pen.rectangle((0, 0, drawn.shape[1] + 1, drawn.shape[0] + 1), outline="black")
    picture.paste(Image.fromarray(drawn), (1, 1))
    top = drawn.shape[0] + 2 + _GAP
    for number, shade in enumerate(shades):
        y = top + number * _LEGEND_LINE
        pen.rectangle((0, y + 2, 14, y + 16), fill=shade.color, outline="black")
        pen.text((_LEGEND_LINE + 2, y), shade.words, fill="black", font=font)
    return np.asarray(picture)


def _rgb(samples: Samples) -> NDArray[np.uint8]:
    if samples.ndim == 3:
        return samples[..., 2::-1].astype(np.uint8)
    grey = samples if samples.itemsize == 1 else samples >> 8
    return grey.astype(np.uint8)[..., None].repeat(3, axis=2)


def _around(apart: NDArray[np.int16]) -> tuple[slice, slice]:
    """Return the part of a large tile around its largest difference."""
    worst = int(apart.max(axis=2).argmax())
    places = divmod(worst, apart.shape[1])
    starts = [
        max(0, min(at - _CROP // 2, edge - _CROP))
        for at, edge in zip(places, apart.shape[:2], strict=True)
    ]
    return slice(starts[0], starts[0] + _CROP), slice(starts[1], starts[1] + _CROP)


def _png(pixels: NDArray[Any]) -> bytes:
    from PIL import Image

    written = BytesIO()
    Image.fromarray(np.ascontiguousarray(pixels)).save(written, "PNG", optimize=True)
    return written.getvalue()
