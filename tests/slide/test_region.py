"""Regions: composed from tiles by OpenSlide's convention, never resampled."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.synthetic import expected_level, write_slide
from tests.synthetic_slide import SyntheticSlide
from viewer import open_slide
from viewer.slide.channels import Channel
from viewer.slide.errors import SlideError
from viewer.slide.geometry import Size
from viewer.slide.look import Look
from viewer.slide.model import Slide, stored_levels
from viewer.slide.region import Place, optical_path_number, read_region

SLIDE = SyntheticSlide(size=(700, 500), tile=(128, 96), levels=3, factor=2.3)


@pytest.fixture(scope="module")
def slide(tmp_path_factory: pytest.TempPathFactory) -> Slide:
    folder = tmp_path_factory.mktemp("region")
    write_slide(folder, size=(700, 500), tile=(128, 96), factor=2.3)
    return open_slide(folder)


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    level=st.integers(0, 2),
    x=st.integers(-200, 900),
    y=st.integers(-200, 700),
    width=st.integers(1, 300),
    height=st.integers(1, 300),
)
def test_region_is_the_level_cut_out_and_white_around(
    slide: Slide, level: int, x: int, y: int, width: int, height: int
) -> None:
    number = stored_levels(slide)[level]
    downsample = slide.levels[number].downsample
    region = read_region(slide, Place(number, x, y, Size(width, height)))
    whole = expected_level(SLIDE, level)
    canvas = np.full((4000, 4000, 3), 255, np.uint8)
    canvas[1500 : 1500 + whole.shape[0], 1500 : 1500 + whole.shape[1]] = whole
    left = 1500 + int(np.floor(x / downsample.x + 0.5))
    top = 1500 + int(np.floor(y / downsample.y + 0.5))
    assert region.failures == ()
    np.testing.assert_array_equal(
        region.pixels, canvas[top : top + height, left : left + width]
    )


@pytest.mark.parametrize("x", [-50, 0, 77, 650])
def test_pixels_are_packed_and_may_be_written_to(slide: Slide, x: int) -> None:
    pixels = read_region(slide, Place(0, x, 3, Size(150, 90))).pixels
    assert pixels.shape == (90, 150, 3)
    assert pixels.flags.c_contiguous
    assert pixels.flags.owndata
    assert pixels.flags.writeable


def test_holes_of_a_sparse_slide_take_the_absent_color(tmp_path: Path) -> None:
    described = SyntheticSlide(
        layout="TILED_SPARSE", holes=frozenset({(1, 1), (0, 2)}), levels=1
    )
    write_slide(tmp_path, layout="TILED_SPARSE", holes=described.holes, levels=1)
    slide = open_slide(tmp_path)
    region = read_region(slide, Place(0, 0, 0, Size(1000, 700)))
    slide.close()
    np.testing.assert_array_equal(region.pixels, expected_level(described, 0))
    assert (region.pixels[300, 300] == 255).all()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"level": 9}, r"level 9 was asked for, expected 0 to \d\."),
        ({"focal_plane": 1}, r"focal plane 1 was asked for, expected 0 to 0\."),
        ({"size": Size(0, 5)}, r"a region of 0 x 5 pixels was asked for"),
        ({"size": Size(100_000, 100_000)}, r"expected 1 x 1 to 1 GiB of pixels\."),
        ({"x": 10**400}, rf"at 1{'0' * 400}, 0 was asked for, expected less than \d+ "),
        ({"y": float("nan")}, r"at 0, nan was asked for, expected less than \d+ "),
    ],
)
def test_impossible_regions_have_a_sentence(
    slide: Slide, change: dict[str, object], sentence: str
) -> None:
    with pytest.raises(SlideError, match=sentence):
        read_region(slide, replace(Place(0, 0, 0, Size(10, 10)), **change))  # type: ignore[arg-type]


def test_unknown_optical_path_lists_what_there_is(slide: Slide) -> None:
    assert optical_path_number(slide, None) == 0
    assert optical_path_number(slide, "0") == 0
    for wanted in ("red", "²", "1"):
        with pytest.raises(
            SlideError,
            match=f"optical path {wanted} was asked for, expected a number from 0 to 0",
        ):
            optical_path_number(slide, wanted)


def test_grey_samples_are_windowed() -> None:
    samples = np.array([[0, 100, 200, 4095]], np.uint16)
    drawn = Look(channels=(Channel(0, 100, 200),)).render([samples])
    assert drawn[0, :, 0].tolist() == [0, 0, 255, 255]
    assert (drawn[..., 3] == 255).all()


def test_several_optical_paths_are_added_up() -> None:
    one = np.full((2, 2), 100, np.uint8)
    drawn = Look((0, 1, 2)).render([one, one, one])
    assert (drawn[..., :3] == 255).all()
    assert (Look((0, 1)).render([one, one])[..., :3] == 200).all()
