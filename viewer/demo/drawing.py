"""The demo slide written down: levels, label, overview, thumbnail as DICOM files."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from simplejpeg import encode_jpeg  # pyright: ignore[reportMissingTypeStubs]

from viewer.demo.facts import IDENTIFIER, LABEL_WORDS, TITLE, describe_slide, uid
from viewer.demo.glass import (
    GLASS_MILLIMETERS,
    LABEL_MARGIN,
    SCAN_MILLIMETERS,
    SPACING,
    draw_label,
    draw_overview,
)
from viewer.demo.glimpse import GLIMPSE, draw_glimpse
from viewer.demo.pyramid import FACTOR, TILE, Picture, Pyramid, encoded_tiles
from viewer.demo.section import Section
from viewer.demo.tissue import Tissue
from viewer.formats.dicom.description import (
    JPEG_BASELINE,
    UNCOMPRESSED,
    ImageDescription,
    Role,
)
from viewer.formats.dicom.writing import write_image
from viewer.slide.geometry import Size, Spacing

Report = Callable[[float], None]
Pixels = NDArray[np.uint8]
"""(rows, columns, 3), as the scanner stores them."""

PIXEL_MILLIMETERS: Final = 0.00025
QUALITY: Final = 85
THUMBNAIL: Final = 32
"""How much smaller than level 0 the thumbnail is."""

OVERVIEW: Final = round(SPACING.x / PIXEL_MILLIMETERS)
"""How much coarser than level 0 the overview is."""


class Drawing:
    """The demo while it is written into folders; immutable.

    What is laid out for the preview serves the whole slide too.
    """

    def __init__(self, version: int) -> None:
        """Lay out the picture: about a second."""
        self._version = version
        self._tissue = Tissue()

    def write_preview(self, folder: Path, names: tuple[str, ...]) -> None:
        """Write a coarse slide of one level into an existing folder.

        `names` are those of its level, label, overview and thumbnail. Raises
        SlideError.
        """
        write_glimpse(folder, self._version, names, draw_glimpse(self._tissue))

    def write(self, folder: Path, names: tuple[str, ...], report: Report) -> None:
        """Write the whole slide into an existing folder.

        `names` are those of the files: the levels from the finest on, then label,
        overview, thumbnail. `report` is called with what is done, 0 to 1, and may
        raise to stop. Raises SlideError.
        """
        report(0.0)
        write_slide(folder, self._version, names, Section(self._tissue), report)


def write_glimpse(
    folder: Path, version: int, names: tuple[str, ...], glimpse: Pixels
) -> None:
    """Write a picture GLIMPSE times smaller than the slide's as a slide of its own."""
    files = _Files(folder, version, "demo preview", coarse=True)
    height, width = glimpse.shape[:2]
    files.write_level(
        names[0], 1, Size(width, height), GLIMPSE, encoded_tiles(glimpse, encode)
    )
    files.write_glass(names[1:3], 2, _smaller(glimpse, OVERVIEW // GLIMPSE))
    files.write_thumbnail(names[3], 4, _smaller(glimpse, THUMBNAIL // GLIMPSE))


def write_slide(
    folder: Path, version: int, names: tuple[str, ...], picture: Picture, report: Report
) -> None:
    """Write a slide of any picture, as `Drawing.write` does."""
    files = _Files(folder, version, "demo", coarse=False)
    levels = len(names) - 3
    pyramid = Pyramid(picture, levels, encode)
    for level, size in enumerate(pyramid.sizes):
        frames = pyramid.frames(level)
        if level == 0:
            frames = _reported(frames, size, report)
        files.write_level(names[level], level + 1, size, FACTOR**level, frames)
    shrink = FACTOR ** (levels - 2)
    small = np.ascontiguousarray(pyramid.pixels(levels - 2)[..., :3])
    files.write_glass(names[levels:-1], levels + 1, _smaller(small, OVERVIEW // shrink))
    files.write_thumbnail(names[-1], levels + 3, _smaller(small, THUMBNAIL // shrink))
    report(1.0)


def encode(pixels: Pixels) -> bytes:
    """Return a JPEG codestream of (rows, columns, 3 or 4) pixels; a fourth is left out.

    Color is stored at half the resolution.
    """
    return encode_jpeg(pixels, QUALITY, "RGBX"[: pixels.shape[2]], "420")


class _Files:
    """Writes images of one series, `folder` full of them."""

    def __init__(
        self, folder: Path, version: int, series: str, *, coarse: bool
    ) -> None:
        self._folder = folder
        self._version = version
        self._series = series
        self._slide = describe_slide(version, series, coarse=coarse)

    def write_level(
        self, name: str, number: int, size: Size, shrink: int, frames: Iterable[bytes]
    ) -> None:
        """Write a level, `shrink` times smaller than the finest, in tiles."""
        spacing = PIXEL_MILLIMETERS * shrink
        image = ImageDescription(
            role="VOLUME",
            size=size,
            tile_size=Size(TILE, TILE),
            spacing=Spacing(spacing, spacing),
            sop_instance_uid=self._uid(name),
            instance_number=number,
            transfer_syntax=JPEG_BASELINE,
            photometric="YBR_FULL_422",
            origin=_origin(*SCAN_MILLIMETERS),
            resampled=shrink > 1,
        )
        write_image(self._folder / name, self._slide, image, frames)

    def write_glass(self, names: tuple[str, ...], number: int, section: Pixels) -> None:
        """Write label and overview; the label uncompressed, so that bars stay sharp."""
        label = draw_label(TITLE, IDENTIFIER, LABEL_WORDS)
        overview = draw_overview(label, section)
        margin = LABEL_MARGIN * SPACING.x
        self._write_single(names[0], "LABEL", number, (margin, margin), label)
        self._write_single(names[1], "OVERVIEW", number + 1, (0.0, 0.0), overview)

    def write_thumbnail(self, name: str, number: int, pixels: Pixels) -> None:
        """Write the scanned area in one frame."""
        self._write_single(name, "THUMBNAIL", number, SCAN_MILLIMETERS, pixels)

    def _write_single(
        self,
        name: str,
        role: Role,
        number: int,
        place: tuple[float, float],
        pixels: Pixels,
    ) -> None:
        """Write an image of one frame, its first pixel at a place on the glass."""
        size = Size(pixels.shape[1], pixels.shape[0])
        raw = role == "LABEL"
        thumbnail = PIXEL_MILLIMETERS * THUMBNAIL
        image = ImageDescription(
            role=role,
            size=size,
            tile_size=size,
            spacing=Spacing(thumbnail, thumbnail) if role == "THUMBNAIL" else SPACING,
            sop_instance_uid=self._uid(name),
            instance_number=number,
            transfer_syntax=UNCOMPRESSED if raw else JPEG_BASELINE,
            photometric="RGB" if raw else "YBR_FULL_422",
            origin=_origin(*place),
            resampled=role == "THUMBNAIL",
        )
        frame = pixels.tobytes() if raw else encode(pixels)
        write_image(self._folder / name, self._slide, image, [frame])

    def _uid(self, name: str) -> str:
        return uid(self._version, f"{self._series} {name}")


def _origin(from_left: float, from_top: float) -> tuple[float, float]:
    """Return slide coordinates; y runs toward the label, x toward the upper side."""
    return GLASS_MILLIMETERS[1] - from_top, GLASS_MILLIMETERS[0] - from_left


def _smaller(pixels: Pixels, factor: int) -> Pixels:
    return np.asarray(Image.fromarray(pixels).reduce(factor))


def _reported(frames: Iterable[bytes], size: Size, report: Report) -> Iterator[bytes]:
    count = -(-size.width // TILE) * -(-size.height // TILE)
    for number, frame in enumerate(frames):
        report(number / count)
        yield frame
