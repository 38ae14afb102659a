"""What a directory says of its tiles or strips, in the words of viewer.codecs."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

import numpy as np

from viewer.codecs import FrameFormat
from viewer.codecs.frame import PALETTE_LABEL, Palette
from viewer.formats.tiff import packing
from viewer.formats.tiff.directory import (
    APERIO_YCBCR,
    BLACK_IS_ZERO,
    JPEG,
    OLD_JPEG,
    PALETTE,
    RGB,
    WHITE_IS_ZERO,
    YCBCR,
    Directory,
)
from viewer.formats.tiff.packing import Unpack
from viewer.slide.errors import UnsupportedCodec


class Compression(NamedTuple):
    """How segments are stored: packed samples, or a codestream of a transfer syntax."""

    name: str
    unpack: Unpack | None = None
    transfer_syntax: str = ""


_ROOT: Final = "1.2.840.10008.1.2"
_NATIVE: Final = {False: f"{_ROOT}.1", True: f"{_ROOT}.2"}
JPEG_2000: Final = f"{_ROOT}.4.91"
"""The transfer syntax whose decoder reads all of TIFF's JPEG 2000."""

COMPRESSIONS: Final[Mapping[int, Compression]] = MappingProxyType(
    {
        1: Compression("uncompressed", packing.plain),
        5: Compression("LZW", packing.lzw),
        # Extended takes baseline too, and says nothing of it.
        JPEG: Compression("JPEG", None, f"{_ROOT}.4.51"),
        8: Compression("Deflate", packing.deflate),
        32773: Compression("PackBits", packing.pack_bits),
        32946: Compression("Deflate (32946)", packing.deflate),
        APERIO_YCBCR: Compression("Aperio JPEG 2000 YCbCr (33003)", None, JPEG_2000),
        33005: Compression("Aperio JPEG 2000 (33005)", None, JPEG_2000),
        34712: Compression("JPEG 2000 (34712)", None, JPEG_2000),
        34925: Compression("LZMA", packing.lzma),
        34926: Compression("Zstandard (34926)", packing.zstandard),
        50000: Compression("Zstandard", packing.zstandard),
        50001: Compression("WebP", packing.webp),
        50002: Compression("JPEG XL", None, f"{_ROOT}.4.112"),
    }
)
"""By the value of tag 259; the rest is refused by its name or number."""

_REFUSED: Final[Mapping[int, str]] = MappingProxyType(
    {
        0: "a transfer syntax that TIFF has no number for (0)",
        2: "CCITT RLE",
        3: "CCITT Group 3 fax",
        4: "CCITT Group 4 fax",
        OLD_JPEG: "old-style JPEG (6), which TIFF gave up in 1995,",
        22610: "JPEG XR (22610)",
        34661: "JBIG",
        34887: "LERC",
        34892: "lossy JPEG of DNG",
        34933: "PNG",
        34934: "JPEG XR (34934)",
    }
)

_PHOTOMETRICS: Final[Mapping[int, str]] = MappingProxyType(
    {
        WHITE_IS_ZERO: "MONOCHROME1",
        BLACK_IS_ZERO: "MONOCHROME2",
        RGB: "RGB",
        PALETTE: PALETTE_LABEL,
        YCBCR: "YBR_FULL",
    }
)
_OTHER_PHOTOMETRICS: Final[Mapping[int, str]] = MappingProxyType(
    {4: "a mask", 5: "CMYK", 8: "CIE Lab", 9: "ICC Lab", 10: "ITU Lab", 32803: "CFA"}
)
_FLOAT: Final = 3


def compression_of(directory: Directory) -> Compression:
    """Return how the segments are stored; raises UnsupportedCodec."""
    known = COMPRESSIONS.get(directory.compression)
    if known is None:
        name = _REFUSED.get(directory.compression, f"number {directory.compression}")
        raise UnsupportedCodec(f"{directory.name}: compression {name} is not read")
    return known


def channels_of(directory: Directory) -> int:
    """Return how many pictures in grey lie in a directory; 0 for one in color."""
    if directory.photometric in {RGB, YCBCR, PALETTE}:
        return 0
    return max(1, directory.samples - directory.alpha)


def segment_format(directory: Directory) -> FrameFormat:
    """Return the format of a decoded segment: 3 samples of color, or 1 of grey.

    Samples beyond those (alpha, other channels) are for who unpacks them. Raises
    UnsupportedCodec, whose sentence leaves the file out.
    """
    compression = compression_of(directory)
    _check_samples(directory, compression)
    color = directory.photometric in {RGB, YCBCR}
    bits = directory.bits
    return FrameFormat(
        transfer_syntax=compression.transfer_syntax or _NATIVE[directory.big_endian],
        photometric=_label(directory, compression),
        size=directory.segment,
        samples_per_pixel=3 if color else 1,
        bits_allocated=8 if bits <= 8 else 16,
        bits_stored=bits,
        signed=directory.sample_format == 2,
        tables=directory.tables if directory.compression == JPEG else b"",
        palette=_palette(directory),
    )


def _label(directory: Directory, compression: Compression) -> str:
    if compression.unpack is packing.webp:
        return "RGB"
    label = _PHOTOMETRICS[directory.photometric]
    if directory.photometric != YCBCR:
        return label
    if compression.transfer_syntax == JPEG_2000 and (
        directory.compression != APERIO_YCBCR
    ):
        return "YBR_ICT"  # 6 stands for the codestream's own transform here
    return "YBR_FULL_422" if directory.subsampling[0] == 2 else label


def _check_samples(directory: Directory, compression: Compression) -> None:
    """Refuse what is no picture for the eye, or is stored in no way that is read."""
    name, packed = directory.name, compression.unpack is not None
    if directory.photometric not in _PHOTOMETRICS:
        found = f"Photometric Interpretation {directory.photometric}"
        if directory.photometric in _OTHER_PHOTOMETRICS:
            found += f" ({_OTHER_PHOTOMETRICS[directory.photometric]})"
        raise UnsupportedCodec(
            f"{name}: {found} is not read, expected one of "
            f"{', '.join(str(each) for each in _PHOTOMETRICS)}"
        )
    if directory.sample_format == _FLOAT or directory.sample_format > _FLOAT:
        raise UnsupportedCodec(
            f"{name}: samples are no whole numbers (Sample Format "
            f"{directory.sample_format}), which is not read"
        )
    whole = {8, 16} if packed else set(range(1, 17))
    if directory.bits not in whole:
        raise UnsupportedCodec(
            f"{name}: samples of {directory.bits} bits are not read, expected 8 or 16"
        )
    needed = 3 if directory.photometric in {RGB, YCBCR} else 1
    several = directory.samples != needed and directory.planar == 1
    if directory.samples < needed or (several and not packed):
        raise UnsupportedCodec(
            f"{name}: {directory.samples} samples a pixel in {compression.name} with "
            f"Photometric Interpretation {directory.photometric} are not read"
        )
    if packed:
        _check_packed(directory, compression)


def _check_packed(directory: Directory, compression: Compression) -> None:
    name = directory.name
    if directory.predictor not in {packing.NO_PREDICTOR, packing.HORIZONTAL}:
        raise UnsupportedCodec(f"{name}: predictor {directory.predictor} is not read")
    if directory.fill_order != 1:
        raise UnsupportedCodec(f"{name}: reversed bits (Fill Order 2) are not read")
    halved = directory.photometric == YCBCR and compression.unpack is not packing.webp
    if halved and directory.subsampling not in {(1, 1), (2, 1)}:
        across, down = directory.subsampling
        raise UnsupportedCodec(
            f"{name}: {compression.name} samples of YCbCr with chroma of {across}x"
            f"{down} are not read"
        )
    needed = packing.NEEDED.get(compression.unpack) if compression.unpack else None
    if needed is not None:
        packing.check_available(needed)


def _palette(directory: Directory) -> Palette | None:
    if directory.photometric != PALETTE:
        return None
    colors = directory.color_map
    if colors is None:
        raise UnsupportedCodec(f"{directory.name}: the Color Map (320) is missing")
    bgrx = np.full((len(colors), 4), 255, np.uint8)
    bgrx[:, :3] = colors[:, ::-1] >> 8
    return Palette(0, bgrx.tobytes())
