"""`coverslip region` and the profile of the level that it reads."""

from argparse import ArgumentParser
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from pydicom.dataset import Dataset

from tests.profiles import SRGB, swapped
from tests.synthetic import expected_level, write_slide
from tests.synthetic_slide import SyntheticSlide
from viewer import open_slide
from viewer.codecs.icc import DirectCorrection
from viewer.commands import region
from viewer.slide.correction import Corrections
from viewer.slide.geometry import Size
from viewer.slide.look import Look
from viewer.slide.model import stored_levels
from viewer.slide.region import Place, read_region

BROKEN = b"junk" * 40
PROFILES = {1000: SRGB, 500: swapped(), 250: BROKEN}
"""By the width of a level."""


def profile(dataset: Dataset) -> None:
    icc = PROFILES.get(dataset.get("TotalPixelMatrixColumns"))
    if icc is not None:
        dataset.OpticalPathSequence[0].ICCProfile = icc


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("profiles")
    write_slide(folder, mutate=profile)
    return folder


def written(folder: Path, level: int, out: Path, *options: str) -> np.ndarray:
    parser = ArgumentParser()
    region.add_arguments(parser)
    words = f"--level {level} --x 0 --y 0 --width 200 --height 150 -o {out}".split()
    assert region.run(parser.parse_args([str(folder), *words, *options])) == 0
    with Image.open(out) as picture:
        return np.array(picture)


def stored(level: int) -> np.ndarray:
    return expected_level(SyntheticSlide(), level)[:150, :200]


def mirrored(rgb: np.ndarray) -> np.ndarray:
    """Return what swapped primaries make of colors, by sRGB's own profile."""
    bgrx = np.full((*rgb.shape[:2], 4), 255, np.uint8)
    bgrx[..., :3] = rgb  # red where blue belongs
    return DirectCorrection(SRGB).apply(bgrx)[..., 2::-1]


def test_each_level_is_converted_from_its_own_profile(
    folder: Path, tmp_path: Path
) -> None:
    first = written(folder, 0, tmp_path / "0.png")
    assert np.abs(first.astype(int) - stored(0)).max() <= 1
    second = written(folder, 1, tmp_path / "1.png")
    np.testing.assert_array_equal(second, mirrored(stored(1)))


def test_a_broken_profile_leaves_colors_as_stored_and_says_so(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "2.png"
    np.testing.assert_array_equal(written(folder, 2, out), stored(2))
    said = capsys.readouterr().err
    file = open_slide(folder).levels[2].file
    assert file is not None
    assert f"{file.name}: the ICC profile of 160 bytes cannot be read: " in said
    assert said.endswith(". Colors are as stored.\n")
    with Image.open(out) as picture:
        assert "icc_profile" not in picture.info


def test_raw_color_keeps_the_profile_of_the_level(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "raw.png"
    pixels = written(folder, 1, out, "--raw-color")
    np.testing.assert_array_equal(pixels, stored(1))
    with Image.open(out) as picture:
        assert picture.info["icc_profile"] == swapped()


def test_one_look_serves_all_levels(folder: Path) -> None:
    slide = open_slide(folder)
    first, second, third = stored_levels(slide)
    look = Look(
        corrections=Corrections(
            {
                (first, 0): DirectCorrection(SRGB),
                (second, 0): DirectCorrection(swapped()),
            }
        )
    )
    size = Size(200, 150)
    for level, expected in ((second, mirrored(stored(1))), (third, stored(2))):
        found = read_region(slide, Place(level, 0, 0, size), look)
        np.testing.assert_array_equal(found.pixels, expected)
    slide.close()
