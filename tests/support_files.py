"""Small slides that are no plain DICOM files: TIFF, other vendors', in archives.

TIFF files are written by tifffile, codestreams in them by reference encoders.
"""

import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import tifffile
from pydicom.fileset import FileSet

from tests.dual_side import add_tiff_side
from tests.support_slides import Pixels, Writer, Written, synthetic_slide

APERIO = (
    "Aperio Image Library v12.0.0\r\n{width}x{height} [0,0 {width}x{height}] (64x64)"
    " JPEG/RGB Q=90|AppMag = 20|MPP = 0.5"
)
BASE = (256, 256)
TILE = (64, 64)
SCALE = {
    "PhysicalSizeX": 0.5,
    "PhysicalSizeXUnit": "\u00b5m",
    "PhysicalSizeY": 0.5,
    "PhysicalSizeYUnit": "\u00b5m",
}


def pyramid(depth: Any = np.uint8) -> list[Pixels]:
    """Return the same smooth picture on two levels, RGB."""
    return [_drawn(BASE, 1, depth), _drawn((BASE[0] // 2, BASE[1] // 2), 2, depth)]


def tiff(name: str = "slide.tif", depth: Any = np.uint8, **how: Any) -> Writer:
    """Return a writer of a tiled pyramid, its levels one page after the other.

    `bigtiff` and `byteorder` are of the file, the rest of each page.
    """
    file_how = {key: how.pop(key) for key in ("bigtiff", "byteorder") if key in how}

    def write(folder: Path) -> Written:
        folder.mkdir(parents=True, exist_ok=True)
        levels = pyramid(depth)
        with tifffile.TiffWriter(folder / name, **file_how) as file:
            for number, pixels in enumerate(levels):
                file.write(pixels, **(_page(number) | how))
        return _written(folder / name, levels)

    return write


def planes_apart(folder: Path) -> Written:
    """Write red, green and blue apart (PlanarConfiguration 2)."""
    folder.mkdir(parents=True, exist_ok=True)
    levels = pyramid()
    with tifffile.TiffWriter(folder / "slide.tif") as file:
        for number, pixels in enumerate(levels):
            apart = np.moveaxis(pixels, -1, 0)
            file.write(
                apart, planarconfig="separate", compression="lzw", **_page(number)
            )
    return _written(folder / "slide.tif", levels)


def aperio(**how: Any) -> Writer:
    """Return a writer of an SVS file: levels, a thumbnail, a label, a macro."""

    def write(folder: Path) -> Written:
        folder.mkdir(parents=True, exist_ok=True)
        levels = pyramid()
        strip: dict[str, Any] = {"photometric": "rgb", "metadata": None}
        with tifffile.TiffWriter(folder / "slide.svs") as file:
            for number, pixels in enumerate(levels):
                text = APERIO.format(width=pixels.shape[1], height=pixels.shape[0])
                file.write(pixels, description=text, **_page(0), **how)
                if number == 0:
                    file.write(pixels[::4, ::4], description=APERIO, **strip)
            for role, kind in (("label", 1), ("macro", 9)):
                text = f"Aperio Image Library v12.0.0\r\n{role} 80x60"
                picture = np.full((60, 80, 3), 90 + 40 * kind % 100, np.uint8)
                file.write(picture, subfiletype=kind, description=text, **strip)
        return _written(folder / "slide.svs", levels)

    return write


def ome_tiff(folder: Path) -> Written:
    """Write an OME-TIFF file with its pyramid in SubIFDs."""
    folder.mkdir(parents=True, exist_ok=True)
    path, levels = folder / "slide.ome.tif", pyramid()
    page: dict[str, Any] = {"photometric": "rgb", "tile": TILE, "compression": "zlib"}
    with tifffile.TiffWriter(path, ome=True) as file:
        file.write(levels[0], subifds=1, metadata={"axes": "YXS", **SCALE}, **page)
        file.write(levels[1], subfiletype=1, **page)
    return _written(path, levels)


def ome_channels(folder: Path) -> Written:
    """Write an OME-TIFF file of two grey channels of 16 bits."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "slide.ome.tif"
    base, above = pyramid(np.uint16)
    stacks = [np.stack([each[..., 0], each[..., 1]]) for each in (base, above)]
    page: dict[str, Any] = {"photometric": "minisblack", "tile": TILE}
    page["compression"] = "zlib"
    with tifffile.TiffWriter(path, ome=True) as file:
        file.write(stacks[0], subifds=1, metadata={"axes": "CYX", **SCALE}, **page)
        file.write(stacks[1], subfiletype=1, **page)
    levels = [{(0, 0): stack[0], (0, 1): stack[1]} for stack in stacks]
    return Written(path, levels)


def with_tiff_side(folder: Path) -> Written:
    """Write DICOM files that are TIFF files too, a level each."""
    written = synthetic_slide(
        size=(256, 256), syntax="jpeg2000-lossless", photometric="RGB"
    )(folder)
    for file in sorted(folder.iterdir()):
        add_tiff_side(file)
    return written


def zipped(write_inside: Writer) -> Writer:
    """Return a writer of an archive with another's files in it."""

    def write(folder: Path) -> Written:
        inside = write_inside(folder.parent / f"{folder.name}-loose")
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / "slide.zip"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for file in sorted(inside.open.rglob("*")):
                archive.write(file, f"study/{file.name}")
        return Written(path, inside.levels)

    return write


def with_directory(write_inside: Writer) -> Writer:
    """Return a writer of a folder with a DICOMDIR that leads to another's files."""

    def write(folder: Path) -> Written:
        inside = write_inside(folder.parent / f"{folder.name}-loose")
        files = FileSet()
        for file in sorted(inside.open.rglob("*")):
            files.add(file)
        files.write(folder)
        files._stage["t"].cleanup()  # pydicom leaves that to the collector
        return Written(folder / "DICOMDIR", inside.levels)

    return write


def _page(number: int) -> dict[str, Any]:
    return {
        "photometric": "rgb",
        "tile": TILE,
        "subfiletype": int(number > 0),
        "metadata": None,
        "resolution": (20000 / 2**number, 20000 / 2**number),
        "resolutionunit": "CENTIMETER",
    }


def _drawn(size: tuple[int, int], step: int, depth: Any) -> Pixels:
    width, height = size
    x = (np.arange(width)[None, :] + 0.5) * step
    y = (np.arange(height)[:, None] + 0.5) * step
    planes = [128 + 90 * np.sin(x / 61 + y / 90), 128 + 90 * np.cos(y / 47 - x / 130)]
    planes.append(60 + 0.5 * x + 0 * y)
    picture = np.stack(np.broadcast_arrays(*planes), axis=-1)
    return (picture * (1 if depth == np.uint8 else 200)).astype(depth)


def _written(path: Path, levels: Sequence[Pixels]) -> Written:
    tops: list[Mapping[tuple[int, int], Pixels]] = [{(0, 0): each} for each in levels]
    return Written(path, tops)
