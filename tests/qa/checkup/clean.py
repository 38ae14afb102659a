"""A synthetic slide that a check-up finds nothing wrong with, and changes to it.

A maker of a defect takes an empty folder and writes a slide that has one thing wrong:

    def lost_date(folder):
        write_clean(folder, mutate=at(BASE, deleting("StudyDate")))

The makers of all rules are the dicts DEFECTS of defects.py and of defects_<area>.py
beside it, from rule ids to makers.
"""

from collections.abc import Callable, Collection
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import pydicom
from numpy.typing import NDArray
from pydicom import Dataset
from pydicom.uid import generate_uid

from tests.profiles import of_class
from tests.qa.tissue import tissue
from tests.synthetic import write_slide

Maker: TypeAlias = Callable[[Path], object]
Change: TypeAlias = Callable[[Dataset], object]


@lru_cache(maxsize=512)
def _tissue(x: bytes, y: bytes) -> NDArray[np.uint8]:
    return tissue(np.frombuffer(x)[None, :], np.frombuffer(y)[:, None])


def cached_tissue(x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.uint8]:
    """Return the same picture again without drawing it again."""
    return _tissue(x.tobytes(), y.tobytes())


PROFILE = of_class("scnr")
CLEAN: dict[str, Any] = {
    "icc_profile": PROFILE,
    "texture": cached_tissue,
    "thumbnail": True,
    "padding": (255, 255, 255),
}

BASE = (1000, 700)
"""The size of level 0 of a clean slide; levels 1 and 2 are half and a quarter."""
LEVEL_1 = (500, 350)


ORIGIN = (18.0, 44.0)
"""In mm; 20 and 40, which synthetic slides have, is what Orthanc makes up."""


def _place(dataset: Dataset) -> None:
    """Move an image to ORIGIN, each of its frames too."""
    frames = dataset.get("PerFrameFunctionalGroupsSequence", [])
    places = [each.PlanePositionSlideSequence[0] for each in frames]
    for item in [dataset.TotalPixelMatrixOriginSequence[0], *places]:
        x = float(item.XOffsetInSlideCoordinateSystem) + ORIGIN[0] - 20
        y = float(item.YOffsetInSlideCoordinateSystem) + ORIGIN[1] - 40
        item.XOffsetInSlideCoordinateSystem = f"{x:.9g}"
        item.YOffsetInSlideCoordinateSystem = f"{y:.9g}"


def write_clean(folder: Path, **description: Any) -> list[Path]:
    """Write a slide of three levels, label, overview and thumbnail without a fault."""
    change = description.pop("mutate", None)

    def placed_and_changed(dataset: Dataset) -> None:
        _place(dataset)
        if change is not None:
            change(dataset)

    description = {**CLEAN, **description, "mutate": placed_and_changed}
    return write_slide(folder, **description)


def at(place: str | tuple[int, int], change: Change) -> Change:
    """Return a change to one image: a role in capitals, or the level of a size."""

    def changed(dataset: Dataset) -> None:
        role = dataset.ImageType[2]
        size = dataset.TotalPixelMatrixColumns, dataset.TotalPixelMatrixRows
        if place == (size if role == "VOLUME" else role):
            change(dataset)

    return changed


def setting(**attributes: Any) -> Change:
    """Return a change that sets attributes."""

    def changed(dataset: Dataset) -> None:
        for keyword, value in attributes.items():
            setattr(dataset, keyword, value)

    return changed


def deleting(*keywords: str) -> Change:
    """Return a change that removes attributes."""

    def changed(dataset: Dataset) -> None:
        for keyword in keywords:
            delattr(dataset, keyword)

    return changed


def measures(dataset: Dataset) -> Dataset:
    """Return the item that holds Pixel Spacing."""
    return dataset.SharedFunctionalGroupsSequence[0].PixelMeasuresSequence[0]


def scaled_spacing(factor: float) -> Change:
    """Return a change that multiplies Pixel Spacing."""

    def changed(dataset: Dataset) -> None:
        item = measures(dataset)
        item.PixelSpacing = [f"{each * factor:.8g}" for each in item.PixelSpacing]

    return changed


def add_changed(source: Path, target: Path, change: Change = lambda _: None) -> None:
    """Write another image: one that is there, under a UID of its own, changed."""
    dataset = pydicom.dcmread(source)
    uid = generate_uid(entropy_srcs=["coverslip tests", target.name])
    dataset.SOPInstanceUID = dataset.file_meta.MediaStorageSOPInstanceUID = uid
    change(dataset)
    dataset.file_meta.MediaStorageSOPClassUID = dataset.SOPClassUID
    dataset.save_as(target)


def replace_bytes(path: Path, found: bytes, put: bytes) -> None:
    """Overwrite the first occurrence of some bytes by as many others."""
    data = path.read_bytes()
    assert found in data
    assert len(found) == len(put)
    path.write_bytes(data.replace(found, put, 1))


def file_of(paths: Collection[Path], stem: str) -> Path:
    """Return the file of one image, such as "level1" or "label"."""
    return next(path for path in paths if path.stem.endswith(stem))
