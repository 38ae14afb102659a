"""Whole slides as small pictures, places with tissue, and patches of levels."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from tests.qa.checkup.clean import cached_tissue
from tests.synthetic import SyntheticSlide, expected_level, write
from viewer.formats import open_slide
from viewer.qa.registration import small_picture as small
from viewer.qa.registration.patches import Area, Layer, luma, read_patch, read_scaled
from viewer.qa.registration.places import Spot, area_at, spots
from viewer.qa.registration.small_picture import small_picture
from viewer.qa.run import Run
from viewer.slide.geometry import Size
from viewer.slide.model import Slide

TISSUE = SyntheticSlide(
    size=(1000, 700), texture=cached_tissue, label=False, overview=False
)


@contextmanager
def opened(folder: Path, slide: SyntheticSlide) -> Iterator[Slide]:
    write(folder, slide)
    found = open_slide(folder)
    try:
        yield found
    finally:
        found.close()


def test_cells_are_means_of_the_coarsest_level_that_is_large_enough(
    tmp_path: Path,
) -> None:
    with opened(tmp_path, TISSUE) as slide:
        found = small_picture(slide, Layer(), Run(threads=2))
    whole = expected_level(TISSUE, 1).astype(float)  # 500 x 350; the next is too small
    blocks = whole.reshape(175, 2, 250, 2, 3).mean(axis=(1, 3))
    assert found.shape == blocks.shape
    assert np.abs(found - blocks).max() < 0.01


def test_a_giant_level_is_sampled_evenly_and_tells_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(small, "MOST_TILES", 2)
    with opened(tmp_path, TISSUE) as slide:
        found = small_picture(slide, Layer(), Run(threads=2))
    assert found.shape == (17, 24, 3)
    whole = expected_level(TISSUE, 1).astype(float)
    x, y = (np.arange(24) + 0.5) * 500 / 24, (np.arange(17) + 0.5) * 350 / 17
    expected = [
        whole[int(row) - 10 : int(row) + 10, int(column) - 10 : int(column) + 10]
        for row in y
        for column in x
    ]
    means = np.array([each.mean(axis=(0, 1)) for each in expected])
    assert np.abs(found.reshape(-1, 3) - means).max() < 0.01


def test_what_was_not_scanned_is_white(tmp_path: Path) -> None:
    holes = frozenset({(0, 0), (1, 0), (2, 0), (3, 0)})
    slide = SyntheticSlide(
        size=(1024, 512),
        levels=1,
        layout="TILED_SPARSE",
        holes=holes,
        label=False,
        overview=False,
    )
    with opened(tmp_path, slide) as found:
        picture = small_picture(found, Layer(), Run(threads=1))
    assert (picture[:64] == 255).all()
    assert (picture[64:] < 255).any(axis=2).all()


def test_a_patch_is_the_pixels_of_the_level_and_white_beyond(tmp_path: Path) -> None:
    with opened(tmp_path, TISSUE) as slide:
        patch = read_patch(slide, Area(0, 900, -20, 300, 400), Layer())
    assert np.array_equal(patch[20:, :100], expected_level(TISSUE, 0)[:380, 900:])
    assert (patch[:20] == 255).all()
    assert (patch[:, 100:] == 255).all()


def test_a_finer_level_is_drawn_at_the_scale_of_a_coarser_one(tmp_path: Path) -> None:
    with opened(tmp_path, TISSUE) as slide:
        found = read_scaled(slide, Area(2, 30, 40, 100, 80), Layer(), finer=0)
    fine = luma(expected_level(TISSUE, 0)[160:480, 120:520].astype(np.float32))
    assert np.allclose(found, fine.reshape(80, 4, 100, 4).mean(axis=(1, 3)), atol=0.01)


def test_places_are_where_there_is_something_to_see() -> None:
    picture = np.full((90, 120), 240, np.float32)
    random = np.random.default_rng(1)
    picture[10:20, 90:100] = random.normal(120, 40, (10, 10))
    picture[70:80, 5:15] = random.normal(120, 40, (10, 10))
    found = spots(picture)
    assert len(found) == 2
    for spot in found:
        x, y = spot.x * 120, spot.y * 90
        assert (88 < x < 102 and 8 < y < 22) or (3 < x < 17 and 68 < y < 82)


def test_a_square_around_a_place_lies_inside_the_level() -> None:
    size = Size(1000, 300)
    assert area_at(Spot(0.5, 0.5), 0, size, 200) == Area(0, 400, 50, 200, 200)
    assert area_at(Spot(0.99, 0.01), 1, size, 200) == Area(1, 800, 0, 200, 200)
    assert area_at(Spot(0.2, 0.2), 2, size, 512) == Area(2, 0, 0, 512, 300)
