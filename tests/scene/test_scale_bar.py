"""The scale bar: how long it is painted, against plain arithmetic."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtGui import QColor, QPalette

from tests.scene.fake_slide import FakeSlide, filled, halving_levels
from tests.scene.stage import Stage
from viewer.scene.scale_bar import Bar, ScaleBar, bar_for
from viewer.slide.geometry import Scale, Size, Spacing
from viewer.slide.model import Level, Samples, TileKey

MakeStage = Callable[..., Stage]
INK = QColor(0, 200, 10)  # of text and bar; nowhere else on these stages
SIZES = (0.4, 1.0, 1.37, 2.0, 7.7, 31.0)


def tissue(level: Level, key: TileKey) -> Samples:
    return filled(level, key, (90, 120, 200))


def with_bar(made: Stage) -> ScaleBar:
    palette = made.view.palette()
    palette.setColor(QPalette.ColorRole.WindowText, INK)
    made.view.setPalette(palette)
    bar = ScaleBar()
    made.view.overlays.add(bar)
    return bar


def is_ink(made: Stage) -> np.ndarray:
    blue_green_red = INK.blue(), INK.green(), INK.red()
    return (made.pixels() == blue_green_red).all(axis=2)


def painted_length(made: Stage) -> int:
    """Return the device pixels of the longest run of ink in a row."""
    longest = 0
    for row in is_ink(made):
        edges = np.flatnonzero(np.diff(np.concatenate(([0], row.astype(int), [0]))))
        longest = max(longest, *(np.diff(edges)[::2].tolist() or [0]))
    return longest


@pytest.mark.parametrize("ratio", [1.0, 1.25, 1.5, 2.0])
@pytest.mark.parametrize("pixel_size", SIZES)
def test_the_bar_is_as_many_device_pixels_long_as_it_says(
    stage: MakeStage, ratio: float, pixel_size: float
) -> None:
    spacing = Spacing(0.000253, 0.0005)  # millimeters; along x it counts
    level = Level(Size(30_000, 20_000), Size(512, 512), Scale(1, 1), spacing)
    made = stage(FakeSlide([level], tissue), 800, 400, ratio)
    with_bar(made)
    made.view.set_pixel_size(pixel_size)
    device_pixel = 0.253 * made.view.viewport_state().pixel_size  # micrometers
    steps = [base * 10.0**power for power in range(-3, 5) for base in (1, 2, 5)]
    expected = max(step for step in steps if step <= 0.25 * 800 * ratio * device_pixel)
    assert abs(painted_length(made) - expected / device_pixel) <= 0.5


@given(st.floats(50, 5000), st.floats(0.001, 2000))
def test_bars_are_of_round_length_and_neither_long_nor_short(
    longest: float, micrometers: float
) -> None:
    bar = bar_for(longest, micrometers)
    assert 0.399 * longest <= bar.length <= longest * (1 + 1e-9)
    assert bar.length * micrometers == pytest.approx(bar.micrometers)
    digits = f"{bar.micrometers:.6e}".split("e", maxsplit=1)[0]
    assert float(digits) in (1, 2, 5)


@pytest.mark.parametrize(
    ("micrometers", "label"),
    [(0.5, "0.5 µm"), (2, "2 µm"), (500, "500 µm"), (1000, "1 mm"), (2e4, "20 mm")],
)
def test_labels_are_micrometers_and_from_a_thousand_on_millimeters(
    micrometers: float, label: str
) -> None:
    assert Bar(micrometers, 100).label == label


@pytest.mark.parametrize("spacing", [None, 0.5])  # half a millimeter is no pixel
def test_there_is_no_bar_without_a_scale(
    stage: MakeStage, spacing: float | None
) -> None:
    slide = FakeSlide(halving_levels(Size(4000, 3000), 256, 4, spacing), tissue)
    made = stage(slide)
    before = made.pixels()
    with_bar(made)
    assert (made.pixels() == before).all()


def test_the_bar_can_be_switched_off(stage: MakeStage) -> None:
    made = stage(FakeSlide(halving_levels(Size(4000, 3000), 256, 4), tissue))
    bar = with_bar(made)
    assert is_ink(made).any()
    bar.is_shown = False
    assert not is_ink(made).any()


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("value", [0, 255])
def test_the_bar_is_legible_on_white_and_on_black(
    stage: MakeStage, value: int, *, dark: bool
) -> None:
    def flat(level: Level, key: TileKey) -> Samples:
        return filled(level, key, (value, value, value))

    made = stage(FakeSlide(halving_levels(Size(4000, 3000), 256, 4), flat))
    palette = made.view.palette()
    window, text = QColor(240, 240, 240), QColor(0, 0, 0)
    if dark:
        window, text = QColor(30, 30, 30), QColor(250, 250, 250)
    palette.setColor(QPalette.ColorRole.Window, window)
    palette.setColor(QPalette.ColorRole.WindowText, text)
    made.view.setPalette(palette)
    made.view.overlays.add(ScaleBar())
    made.view.show_native()
    made.view.center_on(2000, 1500)
    made.load()
    corner = made.pixels()[-50:-12, 14:100].astype(int)
    is_text = (corner == text.red()).all(axis=2)
    assert is_text.any()
    rows = np.flatnonzero(is_text.mean(axis=1) > 0.5)
    under = corner[rows.max() + 1, corner.shape[1] // 2]
    assert abs(under - text.red()).min() > 125


def test_no_bar_in_a_view_without_room(stage: MakeStage) -> None:
    made = stage(FakeSlide(halving_levels(Size(4000, 3000), 256, 4), tissue), 80, 300)
    with_bar(made)
    assert not is_ink(made).any()
