"""Small slides of formats that OpenSlide reads, drawn by numpy; no viewer code."""

from collections.abc import Sequence
from pathlib import Path
from struct import pack
from typing import Any

import numpy as np
import tifffile
from numpy.typing import NDArray

RGB = NDArray[np.uint8]


def picture(width: int, height: int) -> RGB:
    """Return a picture in which every pixel says where it is."""
    rows, columns = np.mgrid[:height, :width]
    parts = [columns % 256, rows % 256, (columns // 16 + rows // 16) % 256]
    return np.stack(parts, axis=-1).astype(np.uint8)


def trestle(
    path: Path,
    levels: Sequence[RGB],
    *,
    compression: str | None = None,
    **more: Any,
) -> Path:
    """Write a Trestle file: tiled TIFF by "MedScan", one directory a level."""
    with tifffile.TiffWriter(path) as tiff:
        for level in levels:
            tiff.write(
                level,
                tile=(256, 256),
                photometric="rgb",
                compression=compression,
                software="MedScan",
                description="Objective Power=20;OverlapsXY= 0 0 0 0;",
                metadata=None,
                **more,
            )
    return path


def vmu(path: Path, level: RGB, small: RGB) -> Path:
    """Write a Hamamatsu VMU slide: an INI file that names two NGR files.

    NGR holds 12-bit RGB in 16, in columns of tiles (openslide.org/formats/hamamatsu).
    """
    names = [f"{path.stem}_{kind}.ngr" for kind in ("base", "map")]
    for name, pixels in zip(names, (level, small), strict=True):
        height, width = pixels.shape[:2]
        column = width // 2
        head = b"GN" + bytes(2) + pack("<iii", width, height, column) + bytes(8)
        head += pack("<i", 28)
        wide = pixels.astype("<u2") << 4
        columns = [
            wide[:, left : left + column].tobytes() for left in range(0, width, column)
        ]
        path.with_name(name).write_bytes(head + b"".join(columns))
    lines = [
        "[Uncompressed Virtual Microscope Specimen]",
        "NoLayers=1",
        "NoJpegColumns=1",
        "NoJpegRows=1",
        f"ImageFile={names[0]}",
        f"MapFile={names[1]}",
        "BitsPerPixel=36",
        "PixelOrder=RGB",
        "SourceLens=20",
        f"PhysicalWidth={level.shape[1] * 460}",
        f"PhysicalHeight={level.shape[0] * 460}",
        "",
    ]
    path.write_text("\r\n".join(lines))
    return path
