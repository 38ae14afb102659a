"""The demo's label, and the overview of the whole glass: pictures around the tissue."""

from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from viewer.demo.barcode import QUIET, bars
from viewer.demo.scanner import scanned
from viewer.demo.stain import GLASS
from viewer.slide.geometry import Size, Spacing

Pixels = NDArray[np.uint8]
"""(rows, columns, 3), as the scanner stores them."""

# The glass in millimeters, the label at its left.
GLASS_MILLIMETERS: Final = (75.0, 25.0)
SPACING: Final = Spacing(0.02, 0.02)
LABEL_SIZE: Final = Size(1100, 1100)
OVERVIEW_SIZE: Final = Size(3750, 1250)
LABEL_MARGIN: Final = (OVERVIEW_SIZE.height - LABEL_SIZE.height) // 2
# Where the scanned section lies: from the glass's left and upper side. Whole pixels of
# the overview, so that it lies exactly there.
SCAN_MILLIMETERS: Final = (31.6, 4.6)
# How far apart the sections lie of which one was scanned, and how many there are.
SECTIONS: Final = (3, 2)
PITCH: Final = (14.0, 11.6)

PAPER: Final = (252, 251, 246)
BAND: Final = (38, 78, 122)
INK: Final = (32, 34, 44)
MODULE: Final = 8
"""How many pixels wide a module of the barcode is: 0.16 mm."""


def draw_label(title: str, identifier: str, words: str) -> Pixels:
    """Return the label: a title, the identifier, words, the identifier as Code 128."""
    image = Image.new("RGB", LABEL_SIZE, _stored(PAPER))
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, 0, LABEL_SIZE.width, 190), fill=_stored(BAND))
    for text, top, height, color in (
        (title, 50, 88, "white"),
        (identifier, 236, 116, _stored(INK)),
        (words, 400, 60, _stored(INK)),
    ):
        font = ImageFont.load_default(height)
        pen.multiline_text((56, top), text, fill=color, font=font, spacing=26)
    _draw_bars(pen, bars(identifier), 760, 1020)
    return np.asarray(image)


def draw_overview(label: Pixels, section: Pixels) -> Pixels:
    """Return the whole glass with its label, and serial sections of the tissue.

    `section` is the scanned area at the overview's scale. It lies at SCAN_MILLIMETERS;
    the sections beside it were not scanned.
    """
    pixels = _bare_glass()
    pixels[
        LABEL_MARGIN : LABEL_MARGIN + LABEL_SIZE.height,
        LABEL_MARGIN : LABEL_MARGIN + LABEL_SIZE.width,
    ] = label
    clear = _stored(GLASS)
    for row in range(SECTIONS[1]):
        for column in range(SECTIONS[0]):
            number = row * SECTIONS[0] + column
            turned = Image.fromarray(section).rotate(
                4 * np.sin(5 * number), Image.Resampling.BICUBIC, fillcolor=clear
            )
            left = round((SCAN_MILLIMETERS[0] + column * PITCH[0]) / SPACING.x)
            top = round((SCAN_MILLIMETERS[1] + row * PITCH[1]) / SPACING.y)
            area = pixels[top : top + turned.height, left : left + turned.width]
            light = np.asarray(turned, np.float32) / np.array(clear, np.float32)
            area[:] = (area * np.minimum(light, 1) + np.float32(0.5)).astype(np.uint8)
    return pixels


def _draw_bars(pen: ImageDraw.ImageDraw, widths: str, top: int, bottom: int) -> None:
    """Draw a barcode in the middle of the label, quiet at both ends."""
    modules = sum(map(int, widths))
    if (modules + 2 * QUIET) * MODULE > LABEL_SIZE.width:
        raise ValueError(f"{modules} modules do not fit the label")
    left = (LABEL_SIZE.width - modules * MODULE) // 2
    for number, width in enumerate(map(int, widths)):
        right = left + width * MODULE
        if number % 2 == 0:
            pen.rectangle((left, top, right - 1, bottom), fill=_stored(INK))
        left = right


def _bare_glass() -> Pixels:
    """Return a lit glass with its cut edges and the coverslip's outline."""
    width, height = OVERVIEW_SIZE
    y, x = np.ogrid[:height, :width]
    light = 240 - 10 * ((x / width - 0.5) ** 2 + (y / height - 0.5) ** 2)
    image = Image.fromarray(light.astype(np.uint8))
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, 0, width - 1, height - 1), outline=182, width=7)
    coverslip = (round(26.5 / SPACING.x), 36, width - 66, height - 36)
    pen.rectangle(coverslip, outline=217, width=5)
    grays = scanned(np.repeat(np.arange(256.0)[:, None], 3, axis=1))
    return grays[np.asarray(image)]


def _stored(color: tuple[float, ...]) -> tuple[int, ...]:
    return tuple(int(part) for part in scanned(np.array(color)))
