"""The demo slide written down: levels, label and overview as DICOM files."""

import struct
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import ImageCms
from simplejpeg import encode_jpeg  # pyright: ignore[reportMissingTypeStubs]

import viewer
from viewer.demo.glass import (
    GLASS_MILLIMETERS,
    LABEL_SIZE,
    LABEL_SPACING,
    OVERVIEW_SIZE,
    OVERVIEW_SPACING,
    SCAN_MILLIMETERS,
    draw_label,
    draw_overview,
)
from viewer.demo.pyramid import TILE, Picture, Pyramid
from viewer.demo.tissue import Tissue
from viewer.formats.dicom.description import (
    JPEG_BASELINE,
    UNCOMPRESSED,
    ImageDescription,
    SlideDescription,
)
from viewer.formats.dicom.writing import fixed_uid, write_image
from viewer.slide.geometry import Size, Spacing

Report = Callable[[float], None]

SIZE: Final = Size(6144, 4608)
SPACING_MILLIMETERS: Final = 0.0005
QUALITY: Final = 85
IDENTIFIER: Final = "CS-0001"
TITLE: Final = "COVERSLIP DEMO"


def write_demo(
    folder: Path,
    version: int,
    names: tuple[str, ...],
    report: Report,
    picture: Picture | None = None,
) -> None:
    """Write the demo into an existing folder.

    `names` are those of the files: the levels from the finest on, then label and
    overview. `picture` is drawn in place of the tissue. `report` is called with what
    is done, 0 to 1, and may raise to stop. Raises SlideError. Any thread.
    """
    drawn = picture or Tissue(SIZE)
    levels = len(names) - 2
    slide = describe_slide(version)
    pyramid = Pyramid(drawn, levels, _encode)
    for level, size in enumerate(pyramid.sizes):
        spacing = SPACING_MILLIMETERS * 2**level
        image = ImageDescription(
            role="VOLUME",
            size=size,
            tile_size=Size(TILE, TILE),
            spacing=Spacing(spacing, spacing),
            sop_instance_uid=_uid(version, names[level]),
            instance_number=level + 1,
            transfer_syntax=JPEG_BASELINE,
            photometric="YBR_FULL_422",
            origin=_origin(*SCAN_MILLIMETERS),
            resampled=level > 0,
        )
        frames = pyramid.frames(level)
        if level == 0:
            frames = _reported(frames, image.frames, report)
        write_image(folder / names[level], slide, image, frames)
    _write_glass(folder, version, names[-2:], slide, pyramid)
    report(1.0)


def describe_slide(version: int) -> SlideDescription:
    """Return what the demo's files say about the slide: invented, and it says so."""
    return SlideDescription(
        container_identifier=IDENTIFIER,
        specimen_identifier=f"{IDENTIFIER}-A",
        specimen_words="Drawn by a program; hematoxylin and eosin (H&E) in its colors",
        series_words="Coverslip demo",
        study_uid=_uid(version, "study"),
        series_uid=_uid(version, "series"),
        frame_of_reference_uid=_uid(version, "frame of reference"),
        pyramid_uid=_uid(version, "pyramid"),
        specimen_uid=_uid(version, "specimen"),
        dimension_organization_uid=_uid(version, "dimension organization"),
        icc_profile=_srgb_profile(),
        acquired=datetime(2025, 6, 1, 12, 0, 0),  # noqa: DTZ001  local, invented
        manufacturer="Coverslip",
        model="Demo",
        serial_number=str(version),
        software=viewer.__version__,
        objective_power=20.0,
        patient_name="Demo^Coverslip",
        patient_identifier="DEMO",
        label_text=f"{TITLE} {IDENTIFIER}",
        barcode=IDENTIFIER,
    )


def _srgb_profile() -> bytes:
    """Return an sRGB profile that is the same on every day."""
    # Pillow's hints leave its compiled part, and so this result, unknown.
    srgb = ImageCms.createProfile("sRGB")  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
    profile = ImageCms.ImageCmsProfile(srgb).tobytes()  # pyright: ignore[reportUnknownArgumentType]
    made = struct.pack(">6H", 2025, 6, 1, 12, 0, 0)  # ICC.1 7.2.8: when it was made
    return profile[:24] + made + profile[36:]


def _uid(version: int, word: str) -> str:
    return fixed_uid("coverslip demo", str(version), word)


def _origin(from_left: float, from_top: float) -> tuple[float, float]:
    """Return slide coordinates; y runs toward the label, x toward the upper side."""
    return GLASS_MILLIMETERS[1] - from_top, GLASS_MILLIMETERS[0] - from_left


def _encode(pixels: NDArray[np.uint8]) -> bytes:
    return encode_jpeg(pixels, QUALITY, "RGB", "420")


def _reported(frames: Iterable[bytes], count: int, report: Report) -> Iterator[bytes]:
    for number, frame in enumerate(frames):
        report(number / count)
        yield frame


def _write_glass(
    folder: Path,
    version: int,
    names: tuple[str, ...],
    slide: SlideDescription,
    pyramid: Pyramid,
) -> None:
    """Write label and overview: one frame each, the label uncompressed."""
    label = draw_label(
        TITLE, IDENTIFIER, "H&E  20x\ndrawn by a program\nnot a patient's"
    )
    section_width = pyramid.sizes[0].width * SPACING_MILLIMETERS
    overview = draw_overview(label, pyramid.top_pixels(), section_width)
    write_image(
        folder / names[0],
        slide,
        ImageDescription(
            role="LABEL",
            size=LABEL_SIZE,
            tile_size=LABEL_SIZE,
            spacing=LABEL_SPACING,
            sop_instance_uid=_uid(version, names[0]),
            instance_number=len(pyramid.sizes) + 1,
            transfer_syntax=UNCOMPRESSED,
            photometric="RGB",
            origin=_origin(0, 0),
        ),
        [label.tobytes()],
    )
    write_image(
        folder / names[1],
        slide,
        ImageDescription(
            role="OVERVIEW",
            size=OVERVIEW_SIZE,
            tile_size=OVERVIEW_SIZE,
            spacing=OVERVIEW_SPACING,
            sop_instance_uid=_uid(version, names[1]),
            instance_number=len(pyramid.sizes) + 2,
            transfer_syntax=JPEG_BASELINE,
            photometric="YBR_FULL_422",
            origin=_origin(0, 0),
        ),
        [_encode(overview)],
    )
