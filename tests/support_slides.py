"""Small slides of the kinds that README says are read, with what each must show.

Written without viewer code: pixels come from tests.pictures, codestreams from reference
encoders, so that what is expected is known before anything is read.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeAlias

import imagecodecs
import numpy as np
from numpy.typing import NDArray
from pydicom import Dataset
from pydicom.uid import UID

from tests import synthetic
from tests.pictures import waves
from tests.synthetic import expected_level, write_instance
from tests.synthetic_headers import level_dataset
from tests.synthetic_slide import Frame, SyntheticSlide

Pixels: TypeAlias = NDArray[Any]
"""A whole level: (rows, columns, 3) RGB, or (rows, columns) grey."""

SMALL: Mapping[str, Any] = {
    "size": (200, 150), "tile": (64, 64), "levels": 2, "label": False, "overview": False
}  # fmt: skip
"""Four by three tiles, cut at both edges, and a level above."""

WHOLE: Mapping[str, Any] = {"size": (256, 256), "padding": (128, 128, 128)}
"""No tile is cut: lossy coding would mix what lies beyond into what is seen."""


@dataclass(frozen=True)
class Written:
    """A slide on disk: what to open, and each level by (focal plane, optical path).

    Levels count from the finest and are the stored ones.
    """

    open: Path
    levels: Sequence[Mapping[tuple[int, int], Pixels]]


Writer: TypeAlias = Callable[[Path], Written]


@dataclass(frozen=True)
class Coding:
    """How the frames of a slide are coded: a transfer syntax and an encoder.

    `attributes` replace those of the data set.
    """

    uid: str
    encode: Callable[[Pixels], bytes]
    attributes: Mapping[str, Any] = field(default_factory=dict[str, Any])


def synthetic_slide(*, flat: bool = False, **description: Any) -> Writer:
    """Return a writer of a synthetic slide, textured unless `flat` or grey."""
    slide = _described(flat=flat, **description)

    def write(folder: Path) -> Written:
        synthetic.write(folder, slide)
        return Written(folder, levels_of(slide))

    return write


def coded_slide(coding: Coding, **description: Any) -> Writer:
    """Return a writer of a slide whose frames an encoder of one's own makes."""
    slide = _described(**description)

    def write(folder: Path) -> Written:
        folder.mkdir(parents=True, exist_ok=True)
        for level in range(slide.levels):
            _write_coded(folder, slide, level, coding)
        return Written(folder, levels_of(slide))

    return write


def split_slide(part_of: Callable[[Frame], int], **description: Any) -> Writer:
    """Return a writer that puts the frames of each level into several instances.

    `part_of` says into which one a frame goes. They have positions, since the order of
    TILED_FULL would not tell the parts apart.
    """
    slide = _described(flat=True, layout="TILED_SPARSE", **description)

    def write(folder: Path) -> Written:
        folder.mkdir(parents=True, exist_ok=True)
        for level in range(slide.levels):
            frames = slide.frames(level)
            for part in sorted({part_of(frame) for frame in frames}):
                chosen = [frame for frame in frames if part_of(frame) == part]
                _write_part(folder, slide, level, (part, chosen))
        return Written(folder, levels_of(slide))

    return write


def palette(folder: Path) -> Written:
    """Write indices into a palette in which no two colors are alike."""
    slide = _described(photometric="MONOCHROME2")
    up = np.arange(256, dtype=np.uint8)
    tables = {"Red": up, "Green": up[::-1], "Blue": up ^ 0x55}
    told: dict[str, Any] = {"PhotometricInterpretation": "PALETTE COLOR"}
    for name, table in tables.items():
        told[f"{name}PaletteColorLookupTableDescriptor"] = [256, 0, 8]
        told[f"{name}PaletteColorLookupTableData"] = table.tobytes()
    coding = Coding("1.2.840.10008.1.2.5", run_lengths, told)
    folder.mkdir(parents=True, exist_ok=True)
    for level in range(slide.levels):
        _write_coded(folder, slide, level, coding)
    colors = np.stack(list(tables.values()), axis=-1)
    tops = [{(0, 0): colors[expected_level(slide, at)]} for at in range(slide.levels)]
    return Written(folder, tops)


def levels_of(slide: SyntheticSlide) -> list[dict[tuple[int, int], Pixels]]:
    """Return what a synthetic slide must show."""
    return [
        {
            (plane, path): expected_level(slide, level, plane, path)
            for plane in range(slide.focal_planes)
            for path in range(slide.optical_paths)
        }
        for level in range(slide.levels)
    ]


def deflated(pixels: Pixels) -> bytes:
    """Return a raw deflate stream without zlib's header (PS3.5 A.4.13)."""
    return bytes(imagecodecs.deflate_encode(pixels.tobytes(), raw=True))


def run_lengths(pixels: Pixels) -> bytes:
    """Return a frame in RLE (PS3.5 annex G): a segment a byte of a sample."""
    planes = pixels[..., None] if pixels.ndim == 2 else pixels
    size = planes.dtype.itemsize
    segments: list[bytes] = []
    for sample in range(planes.shape[-1]):
        octets = np.ascontiguousarray(planes[..., sample]).view(np.uint8)
        octets = octets.reshape(*planes.shape[:2], size)
        for octet in reversed(range(size)):  # little endian: the highest byte is last
            rows = (_packed(row.tobytes()) for row in octets[..., octet])
            segment = b"".join(rows)
            segments.append(segment + b"\0" * (len(segment) % 2))
    starts = [64 + sum(map(len, segments[:number])) for number in range(len(segments))]
    header = np.zeros(16, "<u4")
    header[0] = len(segments)
    header[1 : len(segments) + 1] = starts
    return header.tobytes() + b"".join(segments)


def _packed(row: bytes) -> bytes:
    """Return one row in PackBits: runs of three and more, the rest literally."""
    packed, literal, at = bytearray(), bytearray(), 0
    while at < len(row):
        run = 1
        while run < 128 and row[at : at + 1] == row[at + run : at + run + 1]:
            run += 1
        if run >= 3:
            packed += _literally(literal) + bytes([257 - run, row[at]])
            literal.clear()
        else:
            literal += row[at : at + run]
        at += run
    return bytes(packed + _literally(literal))


def _literally(octets: bytes | bytearray) -> bytes:
    pieces = [octets[at : at + 128] for at in range(0, len(octets), 128)]
    return b"".join(bytes([len(piece) - 1]) + piece for piece in pieces)


def _described(*, flat: bool = False, **description: Any) -> SyntheticSlide:
    slide = SyntheticSlide(**{**SMALL, **description})
    return slide if flat or slide.grey else replace(slide, texture=waves)


def _write_coded(
    folder: Path, slide: SyntheticSlide, level: int, coding: Coding
) -> None:
    frames = slide.frames(level)
    dataset = level_dataset(slide, level, f"level{level}", frames)
    dataset.file_meta.TransferSyntaxUID = UID(coding.uid)
    for keyword, value in coding.attributes.items():
        setattr(dataset, keyword, value)
    encoded = [coding.encode(synthetic._tile(slide, level, each)) for each in frames]
    path = folder / f"{slide.name}-level{level}.dcm"
    write_instance(path, dataset, encoded, offsets=slide.offsets)


def _write_part(
    folder: Path, slide: SyntheticSlide, level: int, part: tuple[int, list[Frame]]
) -> None:
    number, frames = part
    stem = f"level{level}-{number}"
    dataset = level_dataset(slide, level, stem, frames)
    planes = {frame.focal_plane for frame in frames}
    paths = sorted({frame.optical_path for frame in frames})
    dataset.TotalPixelMatrixFocalPlanes = len(planes)
    described: Sequence[Dataset] = dataset.OpticalPathSequence
    dataset.OpticalPathSequence = [described[path] for path in paths]
    dataset.NumberOfOpticalPaths = len(paths)
    encoded = [
        synthetic._encoded(slide, synthetic._tile(slide, level, each))
        for each in frames
    ]
    write_instance(folder / f"{slide.name}-{stem}.dcm", dataset, encoded)
