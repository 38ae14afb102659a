"""Looks: which correction a level gets, what comes last, and when two are the same."""

import numpy as np
import pytest

from tests.profiles import SRGB, swapped
from viewer.codecs.icc import DirectCorrection, TableCorrection
from viewer.slide.adjustment import Adjustment
from viewer.slide.channels import Channel
from viewer.slide.correction import AS_STORED, Corrections
from viewer.slide.look import Look
from viewer.slide.model import EMPTY, OpticalPath


@pytest.fixture(scope="module")
def swap() -> DirectCorrection:
    return DirectCorrection(swapped())


def noise() -> np.ndarray:
    pixels = np.random.default_rng(9).integers(0, 256, (20, 30, 4), np.uint8)
    pixels[..., 3] = 255
    return pixels


def test_each_level_and_optical_path_gets_its_own_correction(
    swap: DirectCorrection,
) -> None:
    pixels = noise()
    corrections = Corrections({(0, 0): swap, (2, 1): swap})
    for level, path, is_swapped in (
        (0, 0, True),
        (1, 0, False),
        (0, 1, False),
        (2, 1, True),
    ):
        drawn = Look((path,), corrections).render([pixels], level)
        expected = pixels[..., 2::-1] if is_swapped else pixels[..., :3]
        assert np.abs(drawn[..., :3].astype(int) - expected).max() <= 1


def test_optical_paths_are_corrected_before_they_are_added_up(
    swap: DirectCorrection,
) -> None:
    red = np.full((2, 2, 4), (0, 0, 200, 255), np.uint8)
    look = Look((0, 1), Corrections({(0, 1): swap}))
    drawn = look.render([red, red])[0, 0].tolist()
    assert drawn == pytest.approx([200, 0, 200, 255], abs=1)
    only_second = look.render([EMPTY, red])[0, 0].tolist()
    assert only_second == pytest.approx([200, 0, 0, 255], abs=1)


def test_the_adjustment_comes_after_the_correction(swap: DirectCorrection) -> None:
    pixels = noise()
    adjustment = Adjustment(20, 30, 1.4)
    look = Look(corrections=Corrections({(0, 0): swap}), adjustment=adjustment)
    expected = adjustment.apply(swap.apply(pixels))
    assert (look.render([pixels]) == expected).all()


def test_grey_samples_are_windowed_and_then_adjusted() -> None:
    grey = np.array([[0, 1000, 1500, 2000, 4095]], np.uint16)
    channel = Channel(0, 1000, 2000)
    look = Look(channels=(channel,), adjustment=Adjustment(brightness=20))
    assert look.render([grey])[0, :, 0].tolist() == [51, 51, 179, 255, 255]


def test_grey_samples_have_no_color_to_correct(swap: DirectCorrection) -> None:
    grey = np.array([[0, 100, 255]], np.uint8)
    look = Look(corrections=Corrections({(0, 0): swap}))
    assert look.render([grey])[0, :, 1].tolist() == [0, 100, 255]


def test_samples_as_stored_are_not_copied() -> None:
    pixels = noise()
    assert np.shares_memory(Look().render([pixels]), pixels)


def test_what_was_not_scanned_is_adjusted_but_not_corrected(
    swap: DirectCorrection,
) -> None:
    path = OpticalPath("1", absent=(200, 100, 0))
    look = Look(corrections=Corrections({(0, 0): swap}))
    assert look.absent(path) == (200, 100, 0)
    assert Look(adjustment=Adjustment(brightness=20)).absent(path) == (251, 151, 51)


@pytest.mark.parametrize("is_managed", [True, False])
def test_what_was_not_scanned_within_a_tile_is_of_the_display(
    swap: DirectCorrection, *, is_managed: bool
) -> None:
    pixels = np.full((3, 2, 4), (0, 0, 200, 255), np.uint8)
    pixels[0, :, 3] = 0  # nothing was scanned
    pixels[1, :, 3] = 128  # and here half of each pixel
    corrections = Corrections({(0, 0): swap}) if is_managed else AS_STORED
    drawn = Look(corrections=corrections).render([pixels])
    assert (drawn[0] == (0, 0, 200, 255)).all()
    expected = (200, 0, 0, 255) if is_managed else (0, 0, 200, 255)
    assert np.abs(drawn[1:].astype(int) - expected).max() <= 1
    assert (drawn[..., 3] == 255).all()
    assert pixels[0, 0, 3] == 0  # others hold them too


def test_looks_are_the_same_where_nothing_tells_them_apart(
    swap: DirectCorrection,
) -> None:
    direct = Look(corrections=Corrections({(0, 0): swap}))
    table = Look(corrections=Corrections({(0, 0): TableCorrection(swapped())}))
    assert direct == table
    assert hash(direct) == hash(table)
    others = [
        Look(),
        Look(corrections=Corrections({(1, 0): swap})),
        Look(corrections=Corrections({(0, 0): DirectCorrection(SRGB)})),
        Look(corrections=Corrections({(0, 0): swap}), adjustment=Adjustment(1)),
    ]
    assert len({direct, *others}) == 5
    assert not AS_STORED
    assert direct.corrections
