"""Shifts measured by phase correlation, against shifts that were made."""

from io import BytesIO

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from tests.qa.tissue import tissue
from viewer.qa.registration.displacement import is_believable
from viewer.qa.registration.shift import Shift, shift

EDGE = 200
MARGIN = 60


def drawn(x: float, y: float, edge: int = EDGE) -> NDArray[np.float32]:
    """Draw the luma of tissue whose first pixel lies at a place, to any part of it."""
    across = (x + np.arange(edge, dtype=np.float64) + 0.5)[None, :]
    down = (y + np.arange(edge, dtype=np.float64) + 0.5)[:, None]
    return tissue(across, down).mean(axis=2, dtype=np.float32)


WHOLE = drawn(300, 300, EDGE + 2 * MARGIN)


def cut_at(x: int, y: int) -> NDArray[np.float32]:
    return WHOLE[MARGIN + y : MARGIN + y + EDGE, MARGIN + x : MARGIN + x + EDGE]


def measured(a: NDArray[np.float32], b: NDArray[np.float32]) -> Shift:
    found = shift(a, b)
    assert found is not None
    return found


def check(found: Shift, x: float, y: float) -> None:
    assert found.x == pytest.approx(x, abs=0.1)
    assert found.y == pytest.approx(y, abs=0.1)
    assert is_believable(found)


@settings(max_examples=40)
@given(st.integers(-MARGIN, MARGIN), st.integers(-MARGIN, MARGIN))
def test_shifts_by_whole_pixels_are_found(x: int, y: int) -> None:
    check(measured(cut_at(0, 0), cut_at(-x, -y)), x, y)


@settings(max_examples=20)
@given(st.floats(-4, 4), st.floats(-4, 4))
def test_shifts_by_parts_of_pixels_are_found_to_a_tenth(x: float, y: float) -> None:
    check(measured(drawn(0, 0), drawn(-x, -y)), x, y)


def test_what_lies_to_the_right_and_up_is_positive_and_negative() -> None:
    spot = np.full((64, 64), 240, np.float32)
    spot[30:36, 20:26] = 60
    check(measured(spot, np.roll(spot, (-4, 9), axis=(0, 1))), 9, -4)


def test_noise_contrast_and_brightness_do_not_matter() -> None:
    random = np.random.default_rng(3)
    other = 30 + 0.5 * cut_at(-7, 4) + random.normal(0, 4, (EDGE, EDGE))
    check(measured(cut_at(0, 0), other.astype(np.float32)), 7, -4)


@pytest.mark.parametrize("quality", [30, 80])
def test_blocks_of_jpeg_do_not_hold_a_shift_back(quality: int) -> None:
    pictures = [_jpeg(cut_at(0, 0), quality), _jpeg(cut_at(-3, -1), quality)]
    check(measured(*pictures), 3, 1)


def _jpeg(picture: NDArray[np.float32], quality: int) -> NDArray[np.float32]:
    file = BytesIO()
    whole = Image.fromarray(np.rint(picture).astype(np.uint8))
    whole.save(file, "JPEG", quality=quality)
    return np.asarray(Image.open(file), np.float32)


def test_the_same_picture_is_not_shifted_for_certain() -> None:
    assert shift(cut_at(0, 0), cut_at(0, 0).copy()) == Shift(0, 0, 1, 1)


@pytest.mark.parametrize("level", [0.0, 255.0])
def test_blank_pictures_tell_nothing(level: float) -> None:
    blank = np.full((EDGE, EDGE), level, np.float32)
    assert shift(blank, blank.copy()) is None
    assert shift(cut_at(0, 0), blank) is None
    assert shift(blank, cut_at(0, 0)) is None


def test_a_picture_of_few_pixels_tells_nothing() -> None:
    assert shift(WHOLE[:12, :40], WHOLE[:12, :40]) is None


def test_pictures_of_two_shapes_are_refused() -> None:
    with pytest.raises(ValueError, match="expected one shape"):
        shift(WHOLE[:40, :40], WHOLE[:40, :41])


@pytest.mark.parametrize("seed", range(6))
def test_other_tissue_is_not_believed_to_be_shifted(seed: int) -> None:
    x, y = np.random.default_rng(seed).uniform(1500, 3500, 2)
    assert not is_believable(measured(drawn(0, 0), drawn(x, y)))


def test_noise_is_not_believed_to_be_shifted() -> None:
    one, other = np.random.default_rng(5).normal(100, 20, (2, EDGE, EDGE))
    found = measured(one.astype(np.float32), other.astype(np.float32))
    assert not is_believable(found)
