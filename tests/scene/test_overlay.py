"""Overlays over tiles that come in bit by bit."""

from collections.abc import Callable

import pytest

from tests.scene.fake_slide import FakeSlide, halving_levels
from tests.scene.stage import Stage, bgr
from viewer.scene.identity import Identity
from viewer.scene.scale_bar import ScaleBar
from viewer.slide.geometry import Size

MakeStage = Callable[..., Stage]


def test_repainting_parts_below_overlays_gives_what_repainting_all_gives(
    stage: MakeStage,
) -> None:
    made = stage(FakeSlide(halving_levels(Size(4000, 3000), 64, 4)))
    made.view.overlays.add(ScaleBar())
    made.view.overlays.add(Identity())
    made.view.set_pixel_size(1.37)
    made.view.center_on(2000.4, 1500.2)
    made.turn()
    while made.load(1):
        pass
    on_screen = made.view.screen().grabWindow(made.view.winId()).toImage()
    assert (bgr(on_screen) == made.pixels()).all()


@pytest.mark.parametrize("pixel_size", [0.5, 1.0, 3.3])
def test_overlays_leave_the_rest_of_the_picture_as_it_is(
    stage: MakeStage, pixel_size: float
) -> None:
    made = stage(FakeSlide(halving_levels(Size(4000, 3000), 256, 4)))
    made.view.set_pixel_size(pixel_size)
    made.load()
    before = made.pixels()
    made.view.overlays.add(ScaleBar())
    made.view.overlays.add(Identity())
    after = made.pixels()
    assert (after != before).any()
    assert (after[60:-60] == before[60:-60]).all()
    assert (after[:, 330:] == before[:, 330:]).all()
