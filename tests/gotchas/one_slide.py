"""Opening a small slide with one thing wrong, and what it is then expected to show."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom import Dataset

from tests.synthetic import expected_level, write
from tests.synthetic_slide import SyntheticSlide
from viewer.formats import open_slides
from viewer.slide.errors import SlideError
from viewer.slide.model import EMPTY, Slide, TileKey

SMALL: dict[str, Any] = {
    "size": (300, 200),
    "tile": (128, 128),
    "levels": 1,
    "label": False,
    "overview": False,
}


def written(
    folder: Path, mutate: Callable[[Dataset], None] | None = None, **more: Any
) -> Path:
    """Write one level of 300 x 200 pixels in tiles of 128 and return its file."""
    return write(folder, SyntheticSlide(**{**SMALL, **more, "mutate": mutate}))[0]


@contextmanager
def one(path: Path) -> Iterator[Slide]:
    """Open the only slide of a file or folder."""
    (slide,) = open_slides([path]).slides
    try:
        yield slide
    finally:
        slide.close()


def refusal(path: Path) -> str:
    """Return the sentence that a file is refused with."""
    try:
        opened = open_slides([path])
    except SlideError as error:
        return str(error)
    for slide in opened.slides:
        slide.close()
    raise AssertionError(f"{path.name} was opened")


def told(slide: Slide, code: str) -> list[str]:
    """Return the sentences of one code without the name of the file they are about."""
    return [
        each.message.removeprefix(f"{each.file.name}: " if each.file else "")
        for each in slide.warnings
        if each.code == code
    ]


def codes(slide: Slide) -> set[str]:
    """Return the codes of all warnings."""
    return {each.code for each in slide.warnings}


def picture(slide: Slide) -> NDArray[Any]:
    """Return the finest level: RGB, or grey as stored."""
    level = slide.levels[0]
    rows: list[NDArray[Any]] = []
    for row in range(level.rows):
        tiles: list[NDArray[Any]] = []
        for column in range(level.columns):
            tile = slide.read_samples(TileKey(slide.serial, 0, column, row))
            assert tile is not EMPTY
            tiles.append(tile)
        rows.append(np.concatenate(tiles, axis=1))
    whole = np.concatenate(rows)
    return whole[..., 2::-1] if whole.ndim == 3 else whole


def is_whole(slide: Slide, apart: int = 0, **more: Any) -> bool:
    """Whether the picture is that of `written(**more)`, within `apart` of a value."""
    truth = expected_level(SyntheticSlide(**{**SMALL, **more}), 0)
    found = picture(slide)
    return found.shape == truth.shape and bool(
        np.abs(found.astype(int) - truth.astype(int)).max() <= apart
    )


def replaced(path: Path, old: bytes, new: bytes) -> Path:
    """Replace bytes that are in a file once."""
    content = path.read_bytes()
    assert content.count(old) == 1
    path.write_bytes(content.replace(old, new))
    return path


def without(*keywords: str) -> Callable[[Dataset], None]:
    """Return what takes attributes out of a data set."""

    def mutate(dataset: Dataset) -> None:
        for keyword in keywords:
            del dataset[keyword]

    return mutate
