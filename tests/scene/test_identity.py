"""The slide's name on its view."""

from collections.abc import Callable

import numpy as np
import pytest

from tests.scene.fake_slide import FakeSlide, halving_levels
from tests.scene.stage import Stage
from viewer.scene.identity import Identity
from viewer.slide.geometry import Size

MakeStage = Callable[..., Stage]


def covered(stage: MakeStage, name: str, width: int, ratio: float = 1.0) -> np.ndarray:
    """Return the columns and rows that the name takes, in pixels of the view."""
    slide = FakeSlide(halving_levels(Size(4000, 3000), 256, 4))
    slide.name = name
    made = stage(slide, width, 400, ratio)
    before = made.pixels()
    made.view.overlays.add(Identity())
    changed = (made.pixels() != before).any(axis=2)
    rows, columns = np.nonzero(changed)
    return np.array([columns.min(), columns.max(), rows.min(), rows.max()]) / ratio


@pytest.mark.parametrize("ratio", [1.0, 1.5])
def test_the_name_is_in_the_top_left_corner(stage: MakeStage, ratio: float) -> None:
    left, right, top, bottom = covered(stage, "S26-1047 A1", 700, ratio)
    assert 10 <= left <= 13
    assert 10 <= top <= 13
    assert right < 200
    assert bottom < 60


def test_a_longer_name_takes_more_room_but_less_than_half_of_the_view(
    stage: MakeStage,
) -> None:
    _, short, _, one_line = covered(stage, "S26", 700)
    _, longer, _, _ = covered(stage, "S26-1047 A1 HE", 700)
    _, longest, _, bottom = covered(stage, "1.2.826.0.1.3680043\n" * 20, 700)
    assert short < longer < longest < 0.5 * 700
    assert bottom == one_line


def test_names_differ_on_screen_though_both_are_too_long(stage: MakeStage) -> None:
    pictures: list[np.ndarray] = []
    for last in "12":
        slide = FakeSlide(halving_levels(Size(4000, 3000), 256, 4))
        slide.name = "1.2.826.0.1.3680043.8.498." * 5 + last
        made = stage(slide)
        made.view.overlays.add(Identity())
        pictures.append(made.pixels())
    assert (pictures[0] != pictures[1]).any()


def test_no_slide_has_no_name(stage: MakeStage) -> None:
    made = stage(FakeSlide(halving_levels(Size(4000, 3000), 256, 4)))
    made.view.overlays.add(Identity())
    made.view.show_slide(None)
    assert len(np.unique(made.pixels().reshape(-1, 3), axis=0)) == 1
