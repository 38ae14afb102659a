"""Which kinds of slides are read: README's table, and the slides that prove it.

Every row writes a small slide and knows what must be seen; tests/test_support_table.py
opens each of them. `python -m tests.support --markdown` prints the table.
"""

import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import imagecodecs
import numpy as np

from tests.support_files import (
    aperio,
    ome_channels,
    ome_tiff,
    planes_apart,
    tiff,
    with_directory,
    with_tiff_side,
    zipped,
)
from tests.support_slides import (
    WHOLE,
    Coding,
    Pixels,
    Writer,
    coded_slide,
    deflated,
    palette,
    run_lengths,
    split_slide,
    synthetic_slide,
)
from viewer.slide.model import Personality


@dataclass(frozen=True)
class Row:
    """One kind of slide: README's words, the writer, how far a sample may be off.

    `name` is what the fuzzer calls it. `bound` is 0 where pixels must be exact.
    `warning` is the code of the only warning that is due. Not `fuzzed` is what
    OpenSlide reads: it leaves levels out without a word. `personality` is the side from
    which it is opened.
    """

    group: str
    words: str
    name: str
    write: Writer
    bound: int = 0
    warning: str = ""
    fuzzed: bool = True
    personality: Personality | None = None


def _color(uid: str, encode: Any, photometric: str, **attributes: Any) -> Writer:
    told = {"PhotometricInterpretation": photometric, **attributes}
    return coded_slide(Coding(uid, encode, told), **WHOLE, photometric="RGB")


def _jpeg_slide(**description: Any) -> Writer:
    return synthetic_slide(**WHOLE, syntax="jpeg", **description)


def _grey(uid: str, encode: Any, bits: int, stored: int | None = None) -> Writer:
    stored = stored or bits
    told = {"BitsStored": stored, "HighBit": stored - 1}
    return coded_slide(Coding(uid, encode, told), photometric="MONOCHROME2", bits=bits)


def _jpeg(**how: Any) -> Any:
    return lambda pixels: bytes(imagecodecs.jpeg8_encode(pixels, **how))


def _lossless_jpeg(predictor: int, bits: int = 8) -> Any:
    how: dict[str, Any] = {"lossless": True, "predictor": predictor}
    if bits == 8:
        return _jpeg(**how, colorspace="rgb", outcolorspace="rgb")
    return _jpeg(**how, bitspersample=bits)


def _jpeg_ls(near: int = 0) -> Any:
    return lambda pixels: bytes(imagecodecs.jpegls_encode(pixels, level=near))


def _htj2k(**how: Any) -> Any:
    return lambda pixels: bytes(imagecodecs.htj2k_encode(pixels, **how))


def _jpeg_xl(**how: Any) -> Any:
    return lambda pixels: bytes(imagecodecs.jpegxl_encode(pixels, **how))


def _recompressed(pixels: Pixels) -> bytes:
    jpeg = imagecodecs.jpeg8_encode(pixels, level=95)
    return bytes(imagecodecs.jpegxl_encode_jpeg(jpeg))


def _raw(pixels: Pixels) -> bytes:
    return pixels.tobytes()


def _jpeg2000(**how: Any) -> Any:
    def encode(pixels: Pixels) -> bytes:
        return bytes(imagecodecs.jpeg2k_encode(pixels, codecformat="j2k", **how))

    return encode


def _by_plane(pixels: Pixels) -> bytes:
    return np.ascontiguousarray(np.moveaxis(pixels, -1, 0)).tobytes()


def _inverted_slide() -> Writer:
    told = {"PhotometricInterpretation": "MONOCHROME1"}
    coding = Coding(f"{_ROOT}.4.80", lambda pixels: _jpeg_ls()(255 - pixels), told)
    return coded_slide(coding, **WHOLE, photometric="MONOCHROME2")


_ROOT = "1.2.840.10008.1.2"
_SYNTAX = "transfer syntax"
_PIXELS = "pixels"
_LAYOUT = "layout"
_OFFSETS = "offset tables"
_TIFF = "TIFF"
_VENDORS = "other vendors, through OpenSlide"
_CONTAINERS = "containers"
_loose = synthetic_slide(syntax="jpeg2000-lossless")

ROWS: Sequence[Row] = (
    # Transfer syntaxes, in the order of PS3.6 A.
    Row(_SYNTAX, "Implicit VR Little Endian", "implicit",
        synthetic_slide(encoding="implicit")),
    Row(_SYNTAX, "Explicit VR Little Endian", "explicit", synthetic_slide()),
    Row(_SYNTAX, "Encapsulated Uncompressed", "encapsulated",
        _color(f"{_ROOT}.1.98", _raw, "RGB")),
    Row(_SYNTAX, "Deflated Explicit VR Little Endian", "deflated",
        synthetic_slide(encoding="deflated")),
    Row(_SYNTAX, "Explicit VR Big Endian", "big-endian",
        synthetic_slide(encoding="big-endian")),
    Row(_SYNTAX, "JPEG Baseline, 4:2:2", "jpeg", _jpeg_slide(), 12),
    Row(_SYNTAX, "JPEG Baseline, 4:2:0", "jpeg-420",
        _color(f"{_ROOT}.4.50", _jpeg(level=95, subsampling="420"), "YBR_FULL_422"),
        16),
    Row(_SYNTAX, "JPEG Extended, 8 bits", "jpeg-extended",
        _color(f"{_ROOT}.4.51", _jpeg(level=95), "YBR_FULL_422"), 16),
    Row(_SYNTAX, "JPEG Extended, 12 bits", "jpeg-12",
        _grey(f"{_ROOT}.4.51", _jpeg(level=95, bitspersample=12), 16, 12), 8),
    Row(_SYNTAX, "JPEG Lossless, any predictor", "jpeg-lossless",
        _color(f"{_ROOT}.4.57", _lossless_jpeg(4), "RGB")),
    Row(_SYNTAX, "JPEG Lossless, First-Order Prediction", "jpeg-sv1",
        _color(f"{_ROOT}.4.70", _lossless_jpeg(1), "RGB")),
    Row(_SYNTAX, "JPEG-LS Lossless", "jpeg-ls",
        _color(f"{_ROOT}.4.80", _jpeg_ls(), "RGB")),
    Row(_SYNTAX, "JPEG-LS Near-Lossless", "jpeg-ls-near",
        _color(f"{_ROOT}.4.81", _jpeg_ls(2), "RGB"), 2),
    Row(_SYNTAX, "JPEG 2000 Lossless", "jpeg2000-lossless",
        synthetic_slide(syntax="jpeg2000-lossless")),
    Row(_SYNTAX, "JPEG 2000", "jpeg2000", synthetic_slide(syntax="jpeg2000"), 6),
    Row(_SYNTAX, "High-Throughput JPEG 2000 Lossless", "htj2k-lossless",
        _color(f"{_ROOT}.4.201", _htj2k(reversible=True), "YBR_RCT")),
    Row(_SYNTAX, "High-Throughput JPEG 2000 RPCL", "htj2k-rpcl",
        _color(f"{_ROOT}.4.202", _htj2k(reversible=True, tlm=True), "YBR_RCT")),
    Row(_SYNTAX, "High-Throughput JPEG 2000", "htj2k",
        _color(f"{_ROOT}.4.203", _htj2k(level=0.01, reversible=False), "YBR_ICT"), 12),
    Row(_SYNTAX, "JPEG XL Lossless", "jpeg-xl-lossless",
        _color(f"{_ROOT}.4.110", _jpeg_xl(lossless=True), "RGB")),
    Row(_SYNTAX, "JPEG XL JPEG Recompression", "jpeg-xl-jpeg",
        _color(f"{_ROOT}.4.111", _recompressed, "YBR_FULL_422"), 16),
    Row(_SYNTAX, "JPEG XL", "jpeg-xl",
        _color(f"{_ROOT}.4.112", _jpeg_xl(level=95), "RGB"), 24),
    Row(_SYNTAX, "RLE Lossless", "rle", _color(f"{_ROOT}.5", run_lengths, "RGB")),
    Row(_SYNTAX, "Deflated Image Frame", "deflated-frames",
        _color(f"{_ROOT}.8.1", deflated, "RGB")),
    # What samples mean.
    Row(_PIXELS, "YBR_FULL, uncompressed", "ybr", synthetic_slide(
        photometric="YBR_FULL"), 2),
    Row(_PIXELS, "RGB in JPEG", "jpeg-rgb",
        _jpeg_slide(photometric="RGB"), 12),
    Row(_PIXELS, "RGB in JPEG 2000", "jpeg2000-rgb",
        synthetic_slide(syntax="jpeg2000-lossless", photometric="RGB")),
    Row(_PIXELS, "YBR_FULL in JPEG 2000", "jpeg2000-ybr",
        synthetic_slide(syntax="jpeg2000-lossless", photometric="YBR_FULL"),
        2, warning="color-guessed"),
    Row(_PIXELS, "Planar Configuration 1", "by-plane",
        _color(f"{_ROOT}.1", _by_plane, "RGB", PlanarConfiguration=1)),
    Row(_PIXELS, "PALETTE COLOR, in RLE", "palette", palette),
    Row(_PIXELS, "MONOCHROME1, in JPEG-LS", "inverted", _inverted_slide()),
    Row(_PIXELS, "MONOCHROME2, 8 bits, in JPEG-LS", "grey",
        _grey(f"{_ROOT}.4.80", _jpeg_ls(), 8)),
    Row(_PIXELS, "MONOCHROME2, 16 bits", "grey-16",
        synthetic_slide(photometric="MONOCHROME2", bits=16)),
    Row(_PIXELS, "MONOCHROME2, 12 of 16 bits, in JPEG 2000", "grey-12-jpeg2000",
        _grey(f"{_ROOT}.4.90", _jpeg2000(level=0, bitspersample=12), 16, 12)),
    Row(_PIXELS, "MONOCHROME2, 16 bits, in RLE", "grey-16-rle",
        _grey(f"{_ROOT}.5", run_lengths, 16)),
    Row(_PIXELS, "MONOCHROME2, 16 bits, big endian", "grey-16-big-endian",
        synthetic_slide(photometric="MONOCHROME2", bits=16, encoding="big-endian")),
    # Where tiles are.
    Row(_LAYOUT, "TILED_FULL, with label, overview and thumbnail", "full",
        synthetic_slide(flat=True, syntax="jpeg2000-lossless", label=True,
                        overview=True, thumbnail=True)),
    Row(_LAYOUT, "TILED_SPARSE, in any order", "sparse",
        _jpeg_slide(flat=True, layout="TILED_SPARSE", shuffled=True), 4),
    Row(_LAYOUT, "TILED_SPARSE with holes", "holes",
        _jpeg_slide(flat=True, layout="TILED_SPARSE", holes={(1, 1), (3, 2)}), 4),
    Row(_LAYOUT, "positions without an organization type", "positions",
        _jpeg_slide(flat=True, layout="POSITIONS"), 4),
    Row(_LAYOUT, "focal planes in one file, by position", "planes",
        _jpeg_slide(flat=True, layout="TILED_SPARSE", focal_planes=3), 4),
    Row(_LAYOUT, "focal planes in one file, by order", "planes-full",
        _jpeg_slide(flat=True, focal_planes=3), 4),
    Row(_LAYOUT, "focal planes in a file each", "planes-split",
        split_slide(lambda frame: frame.focal_plane, focal_planes=3, syntax="jpeg",
                    **WHOLE), 4),
    Row(_LAYOUT, "optical paths in one file", "paths",
        _jpeg_slide(flat=True, optical_paths=2), 4),
    Row(_LAYOUT, "optical paths in a file each", "paths-split",
        split_slide(lambda frame: frame.optical_path, optical_paths=2, syntax="jpeg",
                    **WHOLE), 4),
    Row(_LAYOUT, "a concatenation", "concatenation",
        _jpeg_slide(flat=True, parts=3), 4),
    Row(_LAYOUT, "levels with any factor between them", "odd-factor",
        synthetic_slide(factor=2.7, syntax="jpeg2000-lossless")),
    # How frames are found.
    Row(_OFFSETS, "Basic Offset Table", "basic-table",
        _jpeg_slide(flat=True, offsets="basic"), 4),
    Row(_OFFSETS, "Extended Offset Table", "extended-table",
        _jpeg_slide(flat=True, offsets="extended"), 4),
    Row(_OFFSETS, "none: the items are walked", "no-table",
        _jpeg_slide(flat=True, offsets="none"), 4),
    Row(_OFFSETS, "several fragments a frame, with a table", "fragments",
        _jpeg_slide(flat=True, fragments_per_frame=3), 4),
    Row(_OFFSETS, "several fragments a frame, without a table", "fragments-no-table",
        synthetic_slide(
            flat=True, syntax="jpeg2000-lossless", fragments_per_frame=3,
            offsets="none"), warning="fragments-guessed"),
    # TIFF.
    Row(_TIFF, "Aperio SVS, JPEG with its tables apart", "svs",
        aperio(compression="jpeg"), 8),
    Row(_TIFF, "Aperio SVS, JPEG 2000 (33005)", "svs-33005",
        aperio(compression="APERIO_JP2000_RGB", compressionargs={"level": 0})),
    Row(_TIFF, "tiled pyramid, uncompressed", "tiff", tiff()),
    Row(_TIFF, "big endian", "tiff-big-endian",
        tiff(byteorder=">", compression="zlib")),
    Row(_TIFF, "BigTIFF", "bigtiff", tiff(bigtiff=True, compression="jpeg"), 8),
    Row(_TIFF, "JPEG, YCbCr", "tiff-jpeg", tiff(compression="jpeg"), 8),
    Row(_TIFF, "LZW with a predictor", "tiff-lzw",
        tiff(compression="lzw", predictor=True)),
    Row(_TIFF, "deflate", "tiff-deflate", tiff(compression="zlib")),
    Row(_TIFF, "Zstandard", "tiff-zstd", tiff(compression="zstd")),
    Row(_TIFF, "planes apart", "tiff-planes", planes_apart),
    Row(_TIFF, "OME-TIFF with SubIFDs", "ome-tiff", ome_tiff),
    Row(_TIFF, "OME-TIFF, two channels of 16 bits", "ome-channels", ome_channels),
    Row(_TIFF, "the DICOM side of a DICOM-TIFF file", "dual-dicom", with_tiff_side),
    Row(_TIFF, "the TIFF side of a DICOM-TIFF file", "dual-tiff", with_tiff_side,
        personality="tiff", fuzzed=False),
    # Other vendors, through OpenSlide.
    Row(_VENDORS, "Trestle", "trestle",
        tiff(compression="jpeg", software="MedScan", resolution=(0.5, 0.5),
             description="OverlapsXY=0 0 0 0;Background Color=FFFFFF"), 8,
        fuzzed=False),
    # What slides come in.
    Row(_CONTAINERS, "a zip archive", "zip", zipped(_loose)),
    Row(_CONTAINERS, "a DICOMDIR", "directory", with_directory(_loose)),
)  # fmt: skip
"""One line of README's table each."""


def markdown(rows: Iterable[Row] = ROWS) -> str:
    """Return README's table: a bold line a group, then its kinds."""
    lines = ["| kind | pixels |", "|---|---|"]
    for group, members in groupby(rows, lambda row: row.group):
        lines.append(f"| **{group}** | |")
        for row in members:
            pixels = "exact" if row.bound == 0 else f"within {row.bound}"
            lines.append(f"| {row.words} | {pixels} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.stdout.write(markdown())
