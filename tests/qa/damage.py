"""Damage done to converted slides, one kind each, without a line of the viewer's code.

A damage takes a folder with a whole DICOM slide and changes files in it. The frames are
those that pydicom finds; pixels come from Pillow and are written uncompressed or, where
a quality is given, as JPEG again.
"""

from collections.abc import Callable, Iterator, Sequence
from io import BytesIO
from math import ceil
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import pydicom
from numpy.typing import NDArray
from PIL import Image
from pydicom import Dataset
from pydicom.encaps import encapsulate, generate_frames
from pydicom.uid import ExplicitVRLittleEndian

Pixels: TypeAlias = NDArray[np.uint8]
Damage: TypeAlias = Callable[[Path], None]

TILE = (1, 1)
"""Column and row of the tile that damage to one tile is done to."""

OTHER_TILE = (2, 0)


def one_bit(folder: Path) -> None:
    """Change one bit of the coded data of one frame of level 0.

    Behind half of it lies coded data for certain; a bit that would make a marker of it
    is not touched.
    """
    path = level_file(folder, 0)

    def change(frames: list[bytes], columns: int) -> None:
        number = TILE[1] * columns + TILE[0]
        frame = bytearray(frames[number])
        at = next(
            at
            for at in range(len(frame) // 2, len(frame))
            if 0xFF not in frame[at - 1 : at + 2] and frame[at] != 0xFE
        )
        frame[at] ^= 1
        frames[number] = bytes(frame)

    _change_frames(path, change)


def swapped_tiles(folder: Path) -> None:
    """Exchange two frames of level 0."""

    def change(frames: list[bytes], columns: int) -> None:
        one, other = (row * columns + column for column, row in (TILE, OTHER_TILE))
        frames[one], frames[other] = frames[other], frames[one]

    _change_frames(level_file(folder, 0), change)


def swapped_layers(layers: int) -> Damage:
    """Exchange the first two paths, or planes, of as many in every level."""

    def change(frames: list[bytes], _columns: int) -> None:
        count = len(frames) // layers
        frames[: 2 * count] = frames[count : 2 * count] + frames[:count]

    def damage(folder: Path) -> None:
        for path in level_files(folder):
            _change_frames(path, change)

    return damage


def lost_frame(folder: Path) -> None:
    """Drop the third frame of level 0; all later ones move up, the last is doubled."""

    def change(frames: list[bytes], _columns: int) -> None:
        del frames[2]
        frames.append(frames[-1])

    _change_frames(level_file(folder, 0), change)


def shifted(level: int, x: int, y: int) -> Damage:
    """Move the picture of a level by whole pixels, to the right and down."""

    def damage(folder: Path) -> None:
        _repaint(
            level_file(folder, level), lambda whole: np.roll(whole, (y, x), axis=(0, 1))
        )

    return damage


def swapped_channels(folder: Path) -> None:
    """Exchange red and blue in every level."""
    for path in level_files(folder):
        _repaint(path, lambda whole: whole[..., ::-1])


def mirrored(folder: Path) -> None:
    """Mirror every level from left to right."""
    for path in level_files(folder):
        _repaint(path, lambda whole: whole[:, ::-1])


def turned(folder: Path) -> None:
    """Turn every level by 90 degrees to the right."""
    for path in level_files(folder):
        _repaint(path, lambda whole: np.rot90(whole, -1))


def filled_tile(folder: Path) -> None:
    """Blacken one tile of level 0."""

    def blacken(whole: Pixels) -> Pixels:
        dataset = pydicom.dcmread(level_file(folder, 0), stop_before_pixels=True)
        top, left = TILE[1] * dataset.Rows, TILE[0] * dataset.Columns
        changed = whole.copy()
        changed[top : top + dataset.Rows, left : left + dataset.Columns] = 0
        return changed

    _repaint(level_file(folder, 0), blacken)


def recoded(quality: int) -> Damage:
    """Encode every level as JPEG once more, at another quality."""

    def damage(folder: Path) -> None:
        for path in level_files(folder):
            dataset = pydicom.dcmread(path)
            dataset.PixelData = encapsulate(
                [_jpeg(pixels, quality) for pixels in _decoded(dataset)]
            )
            dataset.PhotometricInterpretation = "YBR_FULL_422"
            _save(dataset, path)

    return damage


def called_rgb(folder: Path) -> None:
    """Say of all JPEG frames that they are RGB, in an Adobe marker and the label."""
    body = b"Adobe\0\x64\0\0\0\0\0"  # version 100, flags, transform 0 (T.872 6.5.3)
    marker = b"\xff\xee" + (len(body) + 2).to_bytes(2, "big") + body
    for path in level_files(folder):
        dataset = pydicom.dcmread(path)
        dataset.PixelData = encapsulate(
            [frame[:2] + marker + frame[2:] for frame in _frames(dataset)]
        )
        dataset.PhotometricInterpretation = "RGB"
        _save(dataset, path)


def without_icc(folder: Path) -> None:
    """Drop the ICC profiles of all files."""
    for path, dataset in _datasets(folder):
        for optical_path in dataset.get("OpticalPathSequence", ()):
            if "ICCProfile" in optical_path:
                del optical_path.ICCProfile
        _save(dataset, path)


def with_spacing(factor: float) -> Damage:
    """Multiply Pixel Spacing of all levels, and the imaged volume with it."""

    def damage(folder: Path) -> None:
        for path in level_files(folder):
            dataset = pydicom.dcmread(path)
            groups = dataset.SharedFunctionalGroupsSequence[0]
            measures = groups.PixelMeasuresSequence[0]
            measures.PixelSpacing = [
                f"{float(each) * factor:.10g}" for each in measures.PixelSpacing
            ]
            dataset.ImagedVolumeWidth *= factor
            dataset.ImagedVolumeHeight *= factor
            _save(dataset, path)

    return damage


def without_level(level: int) -> Damage:
    """Take the file of a level away."""
    return lambda folder: level_file(folder, level).unlink()


def without_image(role: str) -> Damage:
    """Take the file of a label or an overview away."""

    def damage(folder: Path) -> None:
        for path, dataset in _datasets(folder):
            if dataset.ImageType[2] == role:
                path.unlink()

    return damage


def level_files(folder: Path) -> list[Path]:
    """Return the files of the levels, the finest first."""
    sizes = {
        path: int(dataset.TotalPixelMatrixColumns)
        for path, dataset in _datasets(folder)
        if dataset.ImageType[2] == "VOLUME"
    }
    return sorted(sizes, key=lambda path: -sizes[path])


def level_file(folder: Path, level: int) -> Path:
    """Return the file of one level."""
    return level_files(folder)[level]


def _datasets(folder: Path) -> Iterator[tuple[Path, Dataset]]:
    for path in sorted(folder.iterdir()):
        yield path, pydicom.dcmread(path)


def _change_frames(path: Path, change: Callable[[list[bytes], int], None]) -> None:
    dataset = pydicom.dcmread(path)
    frames = list(_frames(dataset))
    change(frames, ceil(dataset.TotalPixelMatrixColumns / dataset.Columns))
    if dataset.file_meta.TransferSyntaxUID.is_encapsulated:
        dataset.PixelData = encapsulate(frames)
    else:
        dataset.PixelData = b"".join(frames)
    _save(dataset, path)


def _repaint(path: Path, change: Callable[[Pixels], Pixels]) -> None:
    """Change the whole picture of a level, which is uncompressed afterwards."""
    dataset = pydicom.dcmread(path)
    columns = ceil(dataset.TotalPixelMatrixColumns / dataset.Columns)
    rows = ceil(dataset.TotalPixelMatrixRows / dataset.Rows)
    tiles = np.stack(list(_decoded(dataset)))
    grid = tiles.reshape(rows, columns, dataset.Rows, dataset.Columns, 3)
    whole = grid.swapaxes(1, 2).reshape(rows * dataset.Rows, -1, 3)
    height, width = dataset.TotalPixelMatrixRows, dataset.TotalPixelMatrixColumns
    changed = change(whole[:height, :width])
    height, width = changed.shape[:2]
    rows, columns = ceil(height / dataset.Rows), ceil(width / dataset.Columns)
    whole = np.zeros((rows * dataset.Rows, columns * dataset.Columns, 3), np.uint8)
    whole[:height, :width] = changed
    grid = whole.reshape(rows, dataset.Rows, columns, dataset.Columns, 3)
    dataset.PixelData = grid.swapaxes(1, 2).tobytes()
    dataset.TotalPixelMatrixRows, dataset.TotalPixelMatrixColumns = height, width
    dataset.NumberOfFrames = rows * columns
    dataset["PixelData"].VR = "OB"
    dataset["PixelData"].is_undefined_length = False
    dataset.PhotometricInterpretation = "RGB"
    dataset.PlanarConfiguration = 0
    dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    _save(dataset, path)


def _decoded(dataset: Dataset) -> Iterator[Pixels]:
    """Yield the frames as RGB."""
    for frame in _frames(dataset):
        if dataset.file_meta.TransferSyntaxUID.is_encapsulated:
            with Image.open(BytesIO(frame)) as picture:
                yield np.asarray(picture.convert("RGB"))
        else:
            samples = np.frombuffer(frame, np.uint8)
            yield samples.reshape(dataset.Rows, dataset.Columns, 3)


def _frames(dataset: Dataset) -> Sequence[bytes]:
    count = int(dataset.NumberOfFrames)
    if dataset.file_meta.TransferSyntaxUID.is_encapsulated:
        return list(generate_frames(dataset.PixelData, number_of_frames=count))
    length = len(dataset.PixelData) // count
    return [dataset.PixelData[at * length :][:length] for at in range(count)]


def _jpeg(pixels: Pixels, quality: int) -> bytes:
    file = BytesIO()
    Image.fromarray(pixels).save(file, "JPEG", quality=quality)
    return file.getvalue()


def _save(dataset: Any, path: Path) -> None:
    """Write a data set without what lay behind its pixels, as converters would."""
    dataset.preamble = bytes(128)
    for tag in ((0x7FE0, 0x0001), (0x7FE0, 0x0002), (0xFFFC, 0xFFFC)):
        if tag in dataset:
            del dataset[tag]
    dataset.save_as(path, enforce_file_format=True)
