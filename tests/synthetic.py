"""Writes small DICOM slides whose pixels say where they belong; knows no viewer code.

A slide is a frozen `SyntheticSlide`; `write_slide(folder, levels=2, ...)` writes it,
one file an instance, and `expected_level` says what must be seen. Pixels come from
`tile_color`, a flat color a tile that `tile_of` reads back, or from a texture, a
function of level-0 coordinates that is the same picture on every level.

Everything is deterministic: the same description gives the same bytes, the same `name`
the same UIDs.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from io import SEEK_CUR, BytesIO
from math import ceil
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom import Dataset, dcmwrite
from pydicom.uid import UID

from tests.encapsulation import NOTHING, Offsets, encapsulated, encode_frame, native
from tests.pictures import (  # noqa: F401 - tests take all these names from here
    LOUD,
    WHITE,
    Color,
    Place,
    associated_picture,
    tile_color,
    tile_grey,
    tile_of,
    waves,
)
from tests.synthetic_headers import associated_dataset, level_dataset
from tests.synthetic_slide import Frame, SyntheticSlide


def write_slide(folder: Path, **description: Any) -> list[Path]:
    """Write `SyntheticSlide(**description)` and return its files.

    Levels come first, finest to coarsest (the parts of a concatenation in order), then
    label, overview, thumbnail as far as asked for.
    """
    return write(folder, SyntheticSlide(**description))


def write(folder: Path, slide: SyntheticSlide) -> list[Path]:
    """Write a described slide; see `write_slide`."""
    folder.mkdir(parents=True, exist_ok=True)
    written: list[Path] = []
    for stem, dataset, frames in _instances(slide):
        if "LossyImageCompressionRatio" in dataset:
            raw = dataset.Rows * dataset.Columns * dataset.SamplesPerPixel
            raw *= len(frames) * dataset.BitsAllocated // 8
            ratio = raw / sum(map(len, frames))
            dataset.LossyImageCompressionRatio = f"{ratio:.6g}"
        if slide.mutate is not None:
            slide.mutate(dataset)
        written.append(folder / f"{slide.name}-{stem}.dcm")
        write_instance(
            written[-1],
            dataset,
            frames,
            offsets=slide.offsets,
            fragments_per_frame=slide.fragments_per_frame,
            swollen=dict(slide.swollen if stem == "level0" else ()),
        )
    return written


def write_instance(
    path: Path,
    dataset: Dataset,
    frames: Sequence[bytes],
    *,
    offsets: Offsets = "basic",
    fragments_per_frame: int = 1,
    swollen: Mapping[int, int] = NOTHING,
) -> None:
    """Write a data set with its file meta information, then its pixel data by hand.

    Native frames take no offsets, fragments or swollen frames (see `encapsulated`).
    """
    syntax = UID(dataset.file_meta.TransferSyntaxUID)
    pieces: Iterable[bytes | int] = ()
    known = syntax.is_transfer_syntax  # pydicom 3.0 knows no JPEG XL, for example
    if known and syntax.is_deflated:  # one stream, pixel data included
        dataset.PixelData = b"".join(frames)
        dataset["PixelData"].VR = "OW"
    elif not known or syntax.is_encapsulated:
        tables, pieces = encapsulated(frames, offsets, fragments_per_frame, swollen)
        if tables is not None:
            dataset.ExtendedOffsetTable, dataset.ExtendedOffsetTableLengths = tables
    else:
        pieces = native(frames, syntax, dataset.BitsAllocated)
    header = BytesIO()
    stand_in = syntax if known else _STAND_INS[-(-len(syntax) // 2)]
    dataset.file_meta.TransferSyntaxUID = stand_in
    dcmwrite(header, dataset, enforce_file_format=True)
    dataset.file_meta.TransferSyntaxUID = syntax
    width = len(stand_in) + len(stand_in) % 2
    told, due = (uid.encode().ljust(width, b"\0") for uid in (stand_in, syntax))
    with path.open("wb") as file:
        file.write(header.getvalue().replace(told, due, 1))
        for piece in pieces:
            if isinstance(piece, bytes):
                file.write(piece)
            else:
                file.seek(piece, SEEK_CUR)


_STAND_INS = {11: UID("1.2.840.10008.1.2.1.98"), 12: UID("1.2.840.10008.1.2.4.201")}
"""Encapsulated transfer syntaxes that pydicom writes, by half their length."""


def expected_level(
    slide: SyntheticSlide,
    level: int,
    focal_plane: int = 0,
    optical_path: int = 0,
    absent: Color = WHITE,
) -> NDArray[Any]:
    """Return what a level must show: (height, width, 3) RGB, or (height, width) grey.

    Exact for uncompressed and lossless slides; what lossy ones were made from.
    """
    width, height = slide.level_size(level)
    tile_width, tile_height = slide.tile
    columns, rows = slide.grid(level)
    shape = (rows * tile_height, columns * tile_width)
    if slide.grey:
        whole = np.zeros(shape, np.uint16 if slide.bits == 16 else np.uint8)
    else:
        whole = np.full((*shape, 3), absent, np.uint8)
    for frame in slide.frames(level):
        if (frame.focal_plane, frame.optical_path) == (focal_plane, optical_path):
            top, left = frame.row * tile_height, frame.column * tile_width
            area = np.s_[top : top + tile_height, left : left + tile_width]
            whole[area] = _tile(slide, level, frame)
    return whole[:height, :width]


def _tile(slide: SyntheticSlide, level: int, frame: Frame) -> NDArray[Any]:
    """Return one frame's pixels before coding, padding included."""
    width, height = slide.level_size(level)
    inside_width = min(slide.tile[0], width - frame.column * slide.tile[0])
    inside_height = min(slide.tile[1], height - frame.row * slide.tile[1])
    place = Place(level, *frame)
    if slide.grey:
        dtype = np.uint16 if slide.bits == 16 else np.uint8
        tile = np.zeros(slide.tile[::-1], dtype)
        tile[:inside_height, :inside_width] = tile_grey(place, slide.bits)
        return tile
    tile = np.full((*slide.tile[::-1], 3), slide.padding, np.uint8)
    inside = tile[:inside_height, :inside_width]
    if slide.texture is None:
        inside[:] = tile_color(*place)
        return tile
    # Pixel centers of this level, in level-0 pixels.
    x = frame.column * slide.tile[0] + np.arange(inside_width) + 0.5
    y = frame.row * slide.tile[1] + np.arange(inside_height) + 0.5
    x, y = x[None, :] * slide.size[0] / width, y[:, None] * slide.size[1] / height
    inside[:] = np.clip(np.rint(slide.texture(x, y)), 0, 255)
    return tile


def _instances(slide: SyntheticSlide) -> Iterator[tuple[str, Dataset, list[bytes]]]:
    for level in range(slide.levels):
        frames = slide.frames(level)
        encoded = [_encoded(slide, _tile(slide, level, frame)) for frame in frames]
        parts = slide.parts if level == 0 else 1
        length = ceil(len(frames) / parts)
        for part in range(parts):
            chosen = slice(part * length, (part + 1) * length)
            stem = f"level{level}" + (f"-part{part + 1}" if parts > 1 else "")
            dataset = level_dataset(slide, level, stem, frames[chosen])
            if parts > 1:
                dataset.ConcatenationUID = slide.uid("concatenation")
                dataset.SOPInstanceUIDOfConcatenationSource = slide.uid("level0")
                dataset.InConcatenationNumber = part + 1
                dataset.InConcatenationTotalNumber = parts
                dataset.ConcatenationFrameOffsetNumber = part * length
            yield stem, dataset, encoded[chosen]
    for role in ("label", "overview", "thumbnail"):
        if getattr(slide, role):
            picture = associated_picture(role)
            dataset = associated_dataset(slide, role, picture.shape)
            yield role, dataset, [_encoded(slide, picture)]


def _encoded(slide: SyntheticSlide, pixels: NDArray[Any]) -> bytes:
    grey = pixels.ndim == 2
    if slide.grey and not grey:
        pixels, grey = pixels[..., 1], True
        pixels = pixels.astype(np.uint16) * 257 if slide.bits == 16 else pixels
    if slide.encoding == "big-endian" and slide.bits == 16:
        pixels = pixels.byteswap()
    return encode_frame(pixels, slide.syntax, slide.color_encoding, slide.quality)
