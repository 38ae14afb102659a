"""One slide a rule about what pictures show that has just the fault it is for."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pydicom
from numpy.typing import NDArray
from pydicom import Dataset

from tests.qa import damage
from tests.qa.checkup.clean import BASE, Change, Maker, cached_tissue, write_clean

GLASS = (238, 238, 238)
ORIGIN = (19.0, 41.0)
"""Where the first pixel of the scans below lies, in mm: x and y of the glass."""


def write_placed(
    folder: Path, picture: NDArray[np.uint8], step: float, at: tuple[int, int]
) -> None:
    """Write a clean slide that lies at ORIGIN, with an overview of one's own.

    A pixel of the overview measures `step` mm; the first pixel of the scan lies at the
    column and row `at` of the overview. Both are turned as usual: columns go down the
    glass, rows across.
    """

    def place(dataset: Dataset) -> None:
        origin = ORIGIN
        if dataset.ImageType[2] == "OVERVIEW":
            origin = (ORIGIN[0] + at[1] * step, ORIGIN[1] + at[0] * step)
        put_at(*origin)(dataset)

    files = write_clean(folder, mutate=place)
    path = next(file for file in files if file.stem.endswith("overview"))
    dataset = pydicom.dcmread(path)
    height, width = picture.shape[:2]
    dataset.Rows = dataset.TotalPixelMatrixRows = height
    dataset.Columns = dataset.TotalPixelMatrixColumns = width
    dataset.ImagedVolumeWidth, dataset.ImagedVolumeHeight = width * step, height * step
    groups = dataset.SharedFunctionalGroupsSequence[0]
    groups.PixelMeasuresSequence[0].PixelSpacing = [step, step]
    dataset.PixelData = picture.tobytes()
    dataset.save_as(path)


def put_at(x: float, y: float) -> Change:
    """Return a change of where an image lies, in mm."""

    def change(dataset: Dataset) -> None:
        item = dataset.TotalPixelMatrixOriginSequence[0]
        item.XOffsetInSlideCoordinateSystem = x
        item.YOffsetInSlideCoordinateSystem = y

    return change


def close_up() -> NDArray[np.uint8]:
    """Draw an overview of 4 micrometers a pixel, the whole scan at (80, 10) on it."""
    picture = np.full((110, 300, 3), GLASS, np.uint8)
    columns, rows = (round(edge * 0.0005 / STEP) for edge in BASE)
    x = (np.arange(columns) + 0.5) * BASE[0] / columns
    y = (np.arange(rows) + 0.5) * BASE[1] / rows
    picture[10 : 10 + rows, 80 : 80 + columns] = cached_tissue(x[None, :], y[:, None])
    return picture


STEP = 0.004


def mirrored(folder: Path) -> None:
    """Mirror the scan on the overview, in its place."""
    picture = close_up()
    columns = round(BASE[0] * 0.0005 / STEP)
    picture[:, 80 : 80 + columns] = picture[:, 80 : 80 + columns][:, ::-1].copy()
    write_placed(folder, picture, STEP, (80, 10))


def whole_glass() -> NDArray[np.uint8]:
    """Draw an overview of 0.25 mm a pixel, without anything on it."""
    return np.full((100, 300, 3), GLASS, np.uint8)


PINK = (205, 140, 180)


def cut(folder: Path) -> None:
    """Draw a piece of tissue of 10 x 10 mm around a scan of half a millimeter."""
    picture = whole_glass()
    picture[10:50, 120:160] = PINK
    write_placed(folder, picture, 0.25, (140, 20))


def shifted_level(folder: Path) -> None:
    write_clean(folder)
    damage.shifted(1, 8, 0)(folder)


DEFECTS: Mapping[str, Maker] = {
    "PY4": shifted_level,
    "GE1": lambda folder: write_clean(folder, mutate=put_at(-7, 40)),
    "GE2": mirrored,
    "GE3": cut,
}
