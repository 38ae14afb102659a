"""The map of differences: each tile in its place, told apart by lightness."""

from io import BytesIO

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from viewer.qa.comparing import LayerPair, LevelPair
from viewer.qa.pixels.difference import Difference
from viewer.qa.pixels.difference_map import difference_map, worst_tile
from viewer.qa.pixels.layers import LayerPixels
from viewer.qa.pixels.sampling import TilePlace
from viewer.qa.pixels.tile_outcome import Fate
from viewer.qa.pixels.tile_pairs import CommonGrid, Layer
from viewer.slide.geometry import Scale, Size
from viewer.slide.model import EMPTY, Level


def layer(fates: NDArray[np.uint8], largest: NDArray[np.float32]) -> LayerPixels:
    rows, columns = fates.shape
    level = Level(Size(columns * 8, rows * 8), Size(8, 8), Scale(1, 1))
    return LayerPixels(
        Layer(LevelPair(0, 0), LayerPair(0, 0), LayerPair(0, 0)),
        CommonGrid(level, level),
        Difference(),
        fates,
        largest,
        {},
        (),
        (),
    )


def mapped(fates: NDArray[np.uint8], largest: NDArray[np.float32]) -> NDArray[np.uint8]:
    png = difference_map(layer(fates, largest)).png
    return np.asarray(Image.open(BytesIO(png)).convert("RGB"))


def lightness(color: NDArray[np.uint8]) -> float:
    return float(np.dot(color, (0.299, 0.587, 0.114)))


def test_the_more_a_tile_differs_the_darker_it_is() -> None:
    largest = np.array([[0, 1, 3, 10, 40, 200]], np.float32)
    fates = np.full(largest.shape, Fate.CHANGED, np.uint8)
    fates[0, 0] = Fate.SAME
    picture = mapped(fates, largest)
    colors = [lightness(picture[9, 9 + 16 * column]) for column in range(6)]
    assert colors == sorted(colors, reverse=True)
    assert len(set(colors)) == 6


def test_what_was_not_looked_at_is_drawn_apart_from_what_is_identical() -> None:
    fates = np.array([[Fate.SAME, Fate.UNSEEN, Fate.LOST, Fate.NOTHING]], np.uint8)
    picture = mapped(fates, np.zeros(fates.shape, np.float32))
    colors = {tuple(picture[9, 9 + 16 * column]) for column in range(4)}
    assert len(colors) == 4
    title = difference_map(layer(fates, np.zeros(fates.shape, np.float32))).title
    for words in ("identical", "not looked at", "missing", "nothing stored"):
        assert words in title


@pytest.mark.parametrize("shape", [(3, 1025), (2600, 5000), (1, 1), (900, 3)])
def test_a_map_is_no_larger_than_a_screen_and_hides_no_difference(
    shape: tuple[int, int],
) -> None:
    fates = np.full(shape, Fate.SAME, np.uint8)
    largest = np.zeros(shape, np.float32)
    fates[-1, -1], largest[-1, -1] = Fate.CHANGED, 200
    picture = mapped(fates, largest)
    assert picture.shape[1] <= 1026 or shape[1] < 100
    dark = (picture == (68, 1, 84)).all(axis=2)
    assert dark.any()


def test_a_large_worst_tile_is_cut_around_its_largest_difference() -> None:
    a = np.full((1024, 1024, 4), 200, np.uint8)
    b = a.copy()
    b[900, 1000, :3] = 100
    level = layer(np.zeros((1, 1), np.uint8), np.zeros((1, 1), np.float32))
    drawn = worst_tile(level, TilePlace(0, 0), a, b)
    assert drawn is not None
    assert "times 2" in drawn.title
    picture = np.asarray(Image.open(BytesIO(drawn.png)).convert("RGB"))
    assert picture.shape == (320, 3 * 320 + 16, 3)
    strong = picture[:, 656:]
    assert (strong == 200).all(axis=2).sum() == 1  # 100, twice
    assert (strong == 0).all(axis=2).sum() == 320 * 320 - 1


def test_a_tile_with_nothing_beside_it_is_not_drawn() -> None:
    level = layer(np.zeros((1, 1), np.uint8), np.zeros((1, 1), np.float32))
    grey = np.zeros((8, 8), np.uint8)
    assert worst_tile(level, TilePlace(0, 0), grey, EMPTY) is None
    assert worst_tile(level, TilePlace(0, 0), grey, grey.astype(np.uint16)) is None
