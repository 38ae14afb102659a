"""The demo's label, and the overview of the whole glass: pictures around the tissue."""

from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from viewer.slide.geometry import Size, Spacing

Pixels = NDArray[np.uint8]

# The glass in millimeters, the label at its left; the label's paper is square.
GLASS_MILLIMETERS: Final = (75.0, 25.0)
LABEL_MILLIMETERS: Final = 22.0
LABEL_SIZE: Final = Size(440, 440)
LABEL_SPACING: Final = Spacing(
    LABEL_MILLIMETERS / LABEL_SIZE.width, LABEL_MILLIMETERS / LABEL_SIZE.height
)
OVERVIEW_SIZE: Final = Size(1500, 500)
OVERVIEW_SPACING: Final = Spacing(
    GLASS_MILLIMETERS[0] / OVERVIEW_SIZE.width,
    GLASS_MILLIMETERS[1] / OVERVIEW_SIZE.height,
)
# Where the scanned section lies: from the glass's left and upper side.
SCAN_MILLIMETERS: Final = (34.0, 4.7)

INK: Final = (32, 34, 44)


def draw_label(title: str, identifier: str, words: str) -> Pixels:
    """Return the label: a title, words, and a strip of bars that looks like a code."""
    image = Image.new("RGB", LABEL_SIZE, (252, 251, 246))
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, 0, LABEL_SIZE.width, 74), fill=(38, 78, 122))
    pen.text((22, 20), title, fill="white", font=ImageFont.load_default(34))
    pen.text((22, 98), identifier, fill=INK, font=ImageFont.load_default(44))
    pen.multiline_text(
        (24, 166), words, fill=INK, font=ImageFont.load_default(24), spacing=10
    )
    bars = np.unpackbits(np.frombuffer(f"{identifier} {title}".encode(), np.uint8))
    left = 24
    for bar in bars:
        width = 4 if bar else 2
        if left + width > LABEL_SIZE.width - 24:
            break
        pen.rectangle((left, 310, left + width - 1, 410), fill=INK)
        left += width + 2
    return np.asarray(image, np.uint8)


def draw_overview(label: Pixels, section: Pixels, section_width: float) -> Pixels:
    """Return the whole glass with its label, and serial sections of the tissue.

    `section` is the picture of the scanned section, `section_width` its width in
    millimeters. It lies at SCAN_MILLIMETERS; the sections beside it were not scanned.
    """
    glass = _bare_glass()
    edge = round(LABEL_MILLIMETERS / OVERVIEW_SPACING.x)
    margin = (OVERVIEW_SIZE.height - edge) // 2
    glass.paste(
        Image.fromarray(label).resize((edge, edge), Image.Resampling.BOX),
        (margin, margin),
    )
    width = section_width / OVERVIEW_SPACING.x
    height = width * section.shape[0] / section.shape[1]
    small = Image.fromarray(section).resize(
        (round(width), round(height)), Image.Resampling.BOX
    )
    pixels = np.array(glass)
    for row in range(3):
        for column in range(6):
            x = SCAN_MILLIMETERS[0] + column * 6.2
            y = SCAN_MILLIMETERS[1] + row * 6.6
            turn = 0 if (row, column) == (0, 0) else 3.0 * np.sin(7 * row + 3 * column)
            turned = small.rotate(
                turn, Image.Resampling.BICUBIC, fillcolor=(244, 243, 242)
            )
            left, top = round(x / OVERVIEW_SPACING.x), round(y / OVERVIEW_SPACING.y)
            area = pixels[top : top + turned.height, left : left + turned.width]
            light = np.asarray(turned, np.float32) / (244, 243, 242)
            area[:] = np.minimum(area * np.minimum(light, 1), 255).astype(np.uint8)
    return pixels


def _bare_glass() -> Image.Image:
    """Return a lit glass with its cut edges and the coverslip's outline."""
    width, height = OVERVIEW_SIZE
    y, x = np.mgrid[:height, :width]
    light = 240 - 10 * ((x / width - 0.5) ** 2 + (y / height - 0.5) ** 2)
    image = Image.fromarray(np.repeat(light[..., None], 3, axis=2).astype(np.uint8))
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, 0, width - 1, height - 1), outline=(176, 186, 186), width=3)
    coverslip = (round(27 / OVERVIEW_SPACING.x), 14, width - 26, height - 14)
    pen.rectangle(coverslip, outline=(214, 220, 220), width=2)
    return image
