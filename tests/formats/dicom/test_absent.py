"""The color of what was not scanned: as recommended, else by the light."""

from pathlib import Path

import numpy as np
import pytest
from pydicom.dataset import Dataset

from tests.profiles import swapped
from tests.synthetic import write_slide
from viewer import open_slide
from viewer.codecs.icc import DirectCorrection
from viewer.formats.dicom.absent import absent_color
from viewer.slide.correction import Corrections
from viewer.slide.geometry import Size
from viewer.slide.look import Look
from viewer.slide.region import Place, read_region

WHITE, BLACK = (255, 255, 255), (0, 0, 0)


@pytest.mark.parametrize(
    ("light", "is_color", "expected"),
    [
        ((), True, WHITE),
        ((), False, BLACK),
        (("111744",), True, WHITE),  # brightfield
        (("111744",), False, WHITE),
        (("111741",), True, WHITE),  # transmission
        (("111743",), True, BLACK),  # epifluorescence
        (("111743",), False, BLACK),
        (("111741", "111743"), True, BLACK),
        (("something",), True, WHITE),
    ],
)
def test_without_a_recommendation_the_light_decides(
    light: tuple[str, ...], is_color: bool, expected: tuple[int, int, int]
) -> None:
    assert absent_color((), light, is_color=is_color) == expected


def test_a_recommendation_wins_over_the_light() -> None:
    middle = (0x8000, 0x8080, 0x8080)  # L* 50: sRGB 119
    for is_color in (True, False):
        found = absent_color(middle, ("111743",), is_color=is_color)
        assert found == pytest.approx((119, 119, 119), abs=1)


def test_what_is_as_light_as_white_is_white() -> None:
    # As PixelMed writes it; by the letter a* and b* are -128, the cyan of no display.
    assert absent_color((65535, 0, 0), ("111743",), is_color=True) == WHITE


@pytest.mark.parametrize("nonsense", [(1.0,), (1, 2, 3, 4), (-1, 0, 0), (70000, 0, 0)])
def test_nonsense_recommends_nothing(nonsense: tuple[float, ...]) -> None:
    assert absent_color(nonsense, (), is_color=True) == WHITE


def test_holes_and_surroundings_take_the_recommended_color(tmp_path: Path) -> None:
    def recommend(dataset: Dataset) -> None:
        # sRGB red by CIELab under D50 is 54.29, 80.81, 69.89.
        dataset.RecommendedAbsentPixelCIELabValue = [35579, 53664, 50858]

    write_slide(
        tmp_path,
        layout="TILED_SPARSE",
        holes=frozenset({(1, 1)}),
        levels=1,
        mutate=recommend,
    )
    slide = open_slide(tmp_path)
    region = read_region(slide, Place(0, 0, 0, Size(1100, 700)))
    assert slide.optical_paths[0].absent == pytest.approx((255, 0, 0), abs=1)
    assert (region.pixels[300, 300] == slide.optical_paths[0].absent).all()
    assert (region.pixels[10, 1050] == slide.optical_paths[0].absent).all()
    assert slide.warnings == ()
    slide.close()


def test_holes_in_computed_levels_are_not_taken_for_samples(tmp_path: Path) -> None:
    def recommend(dataset: Dataset) -> None:
        dataset.RecommendedAbsentPixelCIELabValue = [35579, 53664, 50858]  # red

    write_slide(
        tmp_path,
        size=(2048, 1536),
        layout="TILED_SPARSE",
        holes=frozenset({(1, 1)}),
        levels=1,
        icc_profile=swapped(),  # it would make blue of red
        mutate=recommend,
    )
    slide = open_slide(tmp_path)
    assert not slide.levels[1].stored
    corrections = Corrections({(1, 0): DirectCorrection(swapped())})
    look = Look(corrections=corrections)
    drawn = read_region(slide, Place(1, 0, 0, Size(256, 256)), look).pixels
    assert (drawn[128:, 128:] == slide.optical_paths[0].absent).all()
    stored = read_region(slide, Place(1, 0, 0, Size(256, 256))).pixels
    scanned = np.abs(drawn[:128].astype(int) - stored[:128, :, ::-1])
    assert scanned.max() <= 1
    slide.close()


def test_an_unusable_recommendation_is_a_warning(tmp_path: Path) -> None:
    def recommend(dataset: Dataset) -> None:
        dataset.RecommendedAbsentPixelCIELabValue = [1, 2]

    paths = write_slide(
        tmp_path, levels=1, label=False, overview=False, mutate=recommend
    )
    slide = open_slide(tmp_path)
    assert slide.optical_paths[0].absent == WHITE
    (warning,) = slide.warnings
    assert warning.code == "metadata"
    assert warning.message.endswith(
        ": RecommendedAbsentPixelCIELabValue is [1, 2], expected 3 numbers."
    )
    assert warning.file == paths[0]
    slide.close()
