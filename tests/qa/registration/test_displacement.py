"""Shifts at several places summed up, and lengths in words."""

from pathlib import Path

import pytest

from tests.synthetic import write_slide
from viewer.formats import open_slide
from viewer.qa.registration.displacement import (
    Blank,
    Displacement,
    Unlike,
    direction,
    displacement,
    in_micrometers,
)
from viewer.qa.registration.shift import Shift


def seen(x: float, y: float, likeness: float = 0.95) -> Shift:
    return Shift(x, y, 0.6, likeness)


def test_one_place_that_is_off_does_not_decide() -> None:
    found = displacement([seen(3, 1), seen(3.1, 1), seen(2.9, 1), seen(40, -30), None])
    assert isinstance(found, Displacement)
    assert (found.x, found.y) == pytest.approx((3.05, 1), abs=0.06)
    assert (found.measured, found.looked, found.outliers) == (4, 5, 1)


def test_places_that_show_other_contents_do_not_count() -> None:
    found = displacement([seen(0, 0), seen(0, 0), seen(50, 50, likeness=0.1)])
    assert isinstance(found, Displacement)
    assert (found.length, found.measured) == (0, 2)


def test_nothing_to_see_is_blank_and_other_contents_are_unlike() -> None:
    assert displacement([None, None]) == Blank(2)
    assert displacement([]) == Blank(0)
    found = displacement([seen(1, 2, 0.1), seen(30, 2, 0.3), None, seen(0, 9, 0.2)])
    assert found == Unlike(0.2, 3)


@pytest.mark.parametrize(
    ("x", "y", "words"),
    [
        (3, 0, "3 px to the right"),
        (-2.5, 0.04, "2.5 px to the left"),
        (0, 8.04, "8 px down"),
        (1, -1, "1 px to the right and 1 px up"),
        (0.01, -0.04, "0 px"),
    ],
)
def test_a_direction_in_words(x: float, y: float, words: str) -> None:
    assert direction(x, y) == words


def test_lengths_in_micrometers_follow_the_level(tmp_path: Path) -> None:
    write_slide(tmp_path, levels=2, spacing=(0.0005, 0.0005))
    slide = open_slide(tmp_path)
    try:
        assert in_micrometers(slide, 0, 3) == "1.5 \u00b5m"
        assert in_micrometers(slide, 1, 3) == "3 \u00b5m"
    finally:
        slide.close()
