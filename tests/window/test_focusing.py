"""Focal planes in a real view: keys, wheel, slider, and what is loaded."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.scene.fake_slide import FakeSlide, halving_levels
from tests.window.test_coloring import Theatre
from viewer.slide.focus import plane_text, resting_plane
from viewer.slide.geometry import Size
from viewer.slide.model import Level, Samples, TileKey
from viewer.window.focus_field import FocusField
from viewer.window.focusing import Focusing
from viewer.window.settings import Settings


def plane_grey(level: Level, key: TileKey) -> Samples:
    """Draw a plane in its own grey: 10, 20, 30 ..."""
    extent = level.tile_extent(key.column, key.row)
    shape = extent.height, extent.width, 4
    return np.full(shape, 10 * (key.focal_plane + 1), np.uint8)


def stack(planes: int) -> FakeSlide:
    slide = FakeSlide(halving_levels(Size(1024, 1024), 256, 3), plane_grey)
    slide.focal_planes = [1.5 * n for n in range(planes)]
    return slide


class Microscope:
    """A view, its focus field, and what keeps them together."""

    def __init__(self, theatre: Theatre) -> None:
        self.theatre = theatre
        self.view = theatre.view
        self.field = FocusField(self.view)
        self.focusing = Focusing(self.view, self.field)

    def show(self, slide: FakeSlide) -> None:
        self.theatre.slide = slide
        look = self.theatre.coloring.prepare(slide)
        self.view.show_slide(slide, look, self.focusing.prepare(slide))
        self.theatre.load()

    def turn(self, notches: float) -> None:
        place = QPointF(self.view.viewport().rect().center())
        event = QWheelEvent(
            place,
            self.view.viewport().mapToGlobal(place),
            QPoint(),
            QPoint(0, round(120 * notches)),
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.ControlModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,  # noqa: FBT003 Qt's own signature
        )
        QApplication.sendEvent(self.view.viewport(), event)


@pytest.fixture
def microscope(tmp_path: Path, qtbot: QtBot) -> Iterator[Microscope]:
    theatre = Theatre(Settings(tmp_path / "coverslip.ini"), qtbot)
    yield Microscope(theatre)
    theatre.close()


@pytest.mark.gotcha(68)
def test_a_stack_begins_in_its_middle_and_says_so(microscope: Microscope) -> None:
    microscope.show(stack(7))
    assert microscope.theatre.color() == [40] * 3
    assert microscope.field.text.text() == "z 4/7, +4.5 µm"
    assert not microscope.field.isHidden()


def test_one_plane_needs_no_field(microscope: Microscope) -> None:
    microscope.show(stack(1))
    assert microscope.field.isHidden()
    microscope.show(stack(2))
    assert not microscope.field.isHidden()


def test_steps_go_up_and_down_and_end_at_the_last_plane(
    microscope: Microscope,
) -> None:
    microscope.show(stack(3))
    slots = microscope.focusing.slots()
    for name, plane in (("focus_up", 2), ("focus_up", 2), ("focus_down", 1)):
        slots[name]()
        microscope.theatre.load()
        assert microscope.view.focal_plane == plane
        assert microscope.theatre.color() == [10 * (plane + 1)] * 3
        assert microscope.field.slider.value() == plane


def test_the_slider_chooses_a_plane(microscope: Microscope) -> None:
    microscope.show(stack(7))
    microscope.field.slider.setValue(6)
    microscope.theatre.load()
    assert microscope.theatre.color() == [70] * 3


def test_the_plane_before_stays_until_the_new_one_is_there(
    microscope: Microscope, qtbot: QtBot
) -> None:
    microscope.show(stack(7))
    microscope.view.set_focal_plane(0)
    qtbot.wait(1)
    assert microscope.theatre.color() == [40] * 3
    microscope.theatre.load()
    assert microscope.theatre.color() == [10] * 3


def test_neighbors_are_there_before_they_are_asked_for(
    microscope: Microscope,
) -> None:
    microscope.show(stack(7))
    for plane in (4, 3, 2):
        microscope.view.set_focal_plane(plane)
        assert microscope.view.is_complete()
        microscope.theatre.load()
    microscope.view.set_focal_plane(6)
    assert not microscope.view.is_complete()


def test_each_slide_keeps_its_plane_while_it_is_open(microscope: Microscope) -> None:
    first, second = stack(7), stack(3)
    microscope.show(first)
    microscope.view.set_focal_plane(6)
    microscope.show(second)
    assert microscope.view.focal_plane == 1
    microscope.show(first)
    assert microscope.view.focal_plane == 6


def test_ctrl_and_the_wheel_focus_where_there_are_planes_else_zoom(
    microscope: Microscope,
) -> None:
    microscope.show(stack(7))
    size = microscope.view.goal_state().pixel_size
    microscope.turn(1)
    assert microscope.view.focal_plane == 4
    microscope.turn(-2)
    assert microscope.view.focal_plane == 2
    assert microscope.view.goal_state().pixel_size == size
    microscope.turn(0.5)  # a pinch on some trackpads
    assert microscope.view.goal_state().pixel_size < size
    microscope.show(stack(1))
    size = microscope.view.goal_state().pixel_size
    microscope.turn(1)
    assert microscope.view.goal_state().pixel_size < size


def test_a_click_names_the_tile_of_the_plane_shown(
    microscope: Microscope, qtbot: QtBot
) -> None:
    microscope.show(stack(7))
    with qtbot.waitSignal(microscope.view.tile_picked) as picked:
        microscope.view.pick(QPointF(320, 240))
    assert picked.args is not None
    assert picked.args[0].focal_plane == 3


@pytest.mark.parametrize(("count", "plane"), [(1, 0), (2, 0), (3, 1), (7, 3), (8, 3)])
def test_the_middle_plane_is_the_first(count: int, plane: int) -> None:
    assert resting_plane([0.0] * count) == plane


def test_heights_have_a_sign() -> None:
    planes = (-1.25, 0.0, 2.0)
    assert plane_text(planes, 0) == "z 1/3, \N{MINUS SIGN}1.2 µm"
    assert plane_text(planes, 1) == "z 2/3, +0.0 µm"
    assert plane_text(planes, 2) == "z 3/3, +2.0 µm"
