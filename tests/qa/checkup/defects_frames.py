"""One slide a rule about frames that has just the fault which the rule is for."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import simplejpeg
from pydicom import Dataset

from tests.gotchas.test_frames import pixel_data, with_items, with_offsets
from tests.qa.checkup.clean import BASE, Maker, at, file_of, setting, write_clean

Frames = list[bytes]


def base_of(folder: Path, **description: Any) -> Path:
    """Write a clean slide and return the file of its finest level."""
    return file_of(write_clean(folder, **description), "level0")


def with_frames(change: Callable[[Frames], Frames], **description: Any) -> Maker:
    """Return the maker of a slide whose finest level has other items and no table."""

    def make(folder: Path) -> None:
        path = base_of(folder, **description)
        _, _, frames = pixel_data(path)
        with_items(path, change(frames))

    return make


def labelled(photometric: str, **description: Any) -> Maker:
    """Return the maker of a slide whose finest level is said to be of another color."""
    change = at(BASE, setting(PhotometricInterpretation=photometric))
    return lambda folder: write_clean(folder, mutate=change, **description)


def frame_too_few(folder: Path) -> None:
    """Leave the last frame of the finest level out, and count one less."""
    path = base_of(folder, syntax="jpeg")
    _, _, frames = pixel_data(path)
    with_items(path, frames[:-1])
    dataset = pydicom.dcmread(path)
    dataset.NumberOfFrames -= 1
    dataset.save_as(path)


def wrong_offsets(folder: Path) -> None:
    """Let the table say of all frames but the first that they begin elsewhere."""
    path = base_of(folder, syntax="jpeg")
    _, _, frames = pixel_data(path)
    starts = np.cumsum([0, *(8 + len(each) for each in frames[:-1])])
    with_offsets(path, [0, *(int(start) + 2 for start in starts[1:])])


def two_in_one_place(folder: Path) -> None:
    """Let the second frame lie where the first one does."""

    def moved(dataset: Dataset) -> None:
        groups = dataset.PerFrameFunctionalGroupsSequence
        position = groups[1].PlanePositionSlideSequence[0]
        first = groups[0].PlanePositionSlideSequence[0]
        for axis in ("Column", "Row"):
            keyword = f"{axis}PositionInTotalImagePixelMatrix"
            setattr(position, keyword, getattr(first, keyword))

    write_clean(folder, mutate=at(BASE, moved), layout="TILED_SPARSE")


def cut_off(folder: Path) -> None:
    """Leave the end of the finest level's file out, within its last frame."""
    path = base_of(folder, syntax="jpeg")
    path.write_bytes(path.read_bytes()[:-2000])


def second_is_empty(frames: Frames) -> Frames:
    return [frames[0], b"", *frames[2:]]


def third_is_noise(frames: Frames) -> Frames:
    """Overwrite most of a JPEG frame behind its header."""
    frame = frames[2]
    middle = len(frame) // 2
    return [*frames[:2], frame[:middle] + bytes(len(frame) - middle), *frames[3:]]


def last_is_smaller(frames: Frames) -> Frames:
    """Cut the last frame to what lies inside the picture, as some converters do."""
    pixels = np.full((188, 232, 3), 240, np.uint8)
    pixels[50:90, 50:90] = 90
    coded = simplejpeg.encode_jpeg(pixels, 90, "RGB", "422")
    return [*frames[:-1], coded + bytes(len(coded) % 2)]


def all_black(folder: Path) -> None:
    path = base_of(folder)
    dataset = pydicom.dcmread(path)
    dataset.PixelData = bytes(len(dataset.PixelData))
    dataset.save_as(path)


def high_bit(folder: Path) -> Sequence[Path]:
    return write_clean(folder, mutate=at(BASE, setting(HighBit=6)))


DEFECTS: Mapping[str, Maker] = {
    "FR1": frame_too_few,
    "FR2": with_frames(second_is_empty, syntax="jpeg"),
    "FR3": wrong_offsets,
    "FR4": two_in_one_place,
    "FR6": cut_off,
    "QA22": high_bit,
    "PX1": labelled("RGB", syntax="jpeg"),
    "QA5": labelled("YBR_FULL", syntax="jpeg"),
    "PX2": labelled("YBR_RCT", syntax="jpeg2000"),
    "PX3": with_frames(last_is_smaller, syntax="jpeg"),
    "PX5": all_black,
    "PX6": with_frames(third_is_noise, syntax="jpeg"),
}
