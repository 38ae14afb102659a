"""Clicks, and rectangles drawn with the mouse."""

from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QColor, QKeyEvent, QPalette
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.scene.fake_slide import FakeSlide, halving_levels
from tests.scene.stage import Stage
from tests.scene.test_navigation import area, slide, tissue_at
from viewer.slide.geometry import Size
from viewer.slide.look import Look
from viewer.slide.model import OpticalPath, TileKey

MakeStage = Callable[..., Stage]
LEFT, MIDDLE = Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton
NO, SHIFT = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture(autouse=True)
def quick_clicks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(QApplication, "doubleClickInterval", lambda: 40)


def picked(played: Stage) -> list[TileKey]:
    tiles: list[TileKey] = []
    played.view.tile_picked.connect(tiles.append)
    return tiles


def test_a_click_tells_the_tile_of_the_level_shown_and_moves_nothing(
    stage: MakeStage, qtbot: QtBot
) -> None:
    played = stage(slide(), ratio=1.5)
    played.view.set_pixel_size(4.0)
    tiles, before = picked(played), area(played)
    at = QPoint(431, 77)
    x, y = tissue_at(played, at)
    viewport = played.view.viewport()
    QTest.mousePress(viewport, LEFT, pos=at)
    QTest.mouseMove(viewport, at + QPoint(2, -1))
    QTest.mouseRelease(viewport, LEFT, pos=at + QPoint(2, -1))
    qtbot.waitUntil(lambda: bool(tiles))
    tile = int(x / (256 * 4)), int(y / (256 * 4))  # of level 2
    assert tiles == [TileKey(played.slide.serial, 2, *tile, 0, 0)]
    assert area(played) == before


def test_the_tile_is_one_of_the_optical_path_on_screen(
    stage: MakeStage, qtbot: QtBot
) -> None:
    made = slide()
    made.optical_paths = [OpticalPath("1"), OpticalPath("2")]
    played = stage(made, look=Look((1,)))
    tiles = picked(played)
    QTest.mouseClick(played.view.viewport(), LEFT, pos=QPoint(320, 240))
    qtbot.waitUntil(lambda: bool(tiles))
    assert tiles[0].optical_path == 1


@pytest.mark.parametrize(
    "act",
    [
        lambda view: QTest.mouseDClick(view, LEFT, pos=QPoint(100, 100)),
        lambda view: QTest.mouseClick(view, MIDDLE, pos=QPoint(100, 100)),
        lambda view: QTest.mouseClick(view, LEFT, SHIFT, QPoint(100, 100)),
        lambda view: QTest.mouseClick(view, LEFT, pos=QPoint(2, 2)),  # outside
    ],
)
def test_other_clicks_pick_nothing(
    stage: MakeStage, qtbot: QtBot, act: Callable[..., None]
) -> None:
    played = stage(FakeSlide(halving_levels(Size(4000, 1000), 256, 4)))
    tiles = picked(played)
    act(played.view.viewport())
    qtbot.wait(120)
    assert tiles == []


def test_a_double_click_after_a_click_picks_nothing(
    stage: MakeStage, qtbot: QtBot
) -> None:
    played = stage(slide())
    tiles, viewport, at = picked(played), played.view.viewport(), QPoint(300, 200)
    QTest.mouseClick(viewport, LEFT, pos=at)
    QTest.mouseDClick(viewport, LEFT, pos=at)
    QTest.mouseRelease(viewport, LEFT, pos=at)
    qtbot.wait(120)
    assert tiles == []


def test_a_drag_and_back_is_no_click(stage: MakeStage, qtbot: QtBot) -> None:
    played = stage(slide())
    tiles, viewport, at = picked(played), played.view.viewport(), QPoint(300, 200)
    before = area(played)
    QTest.mousePress(viewport, LEFT, pos=at)
    for moved in (QPoint(30, 5), QPoint(0, 0)):
        QTest.mouseMove(viewport, at + moved)
    QTest.mouseRelease(viewport, LEFT, pos=at)
    qtbot.wait(120)
    assert tiles == []
    assert area(played) == before


def draw(played: Stage, start: QPoint, end: QPoint) -> None:
    viewport = played.view.viewport()
    QTest.mousePress(viewport, LEFT, SHIFT, start)
    QTest.mouseMove(viewport, (start + end) / 2)
    QTest.mouseMove(viewport, end)


@pytest.mark.parametrize("ratio", [1.0, 1.25, 2.0])
def test_shift_and_drag_zoom_to_the_rectangle(stage: MakeStage, ratio: float) -> None:
    played = stage(slide(), ratio=ratio)
    played.view.set_pixel_size(16.0)
    start, end = QPoint(400, 300), QPoint(300, 150)
    right, bottom = tissue_at(played, start)
    left, top = tissue_at(played, end)
    draw(played, start, end)
    QTest.mouseRelease(played.view.viewport(), LEFT, SHIFT, end)
    now = area(played)
    size = played.view.viewport_state().pixel_size
    assert size == pytest.approx(16 * 150 / 480)  # the higher of both shares
    assert (now.y, now.bottom) == pytest.approx((top, bottom))
    assert now.x + now.width / 2 == pytest.approx((left + right) / 2)


def test_the_rectangle_is_seen_while_it_is_drawn(stage: MakeStage) -> None:
    played = stage(slide())
    played.load()
    palette = played.view.palette()
    color = QColor(10, 200, 30)
    palette.setColor(QPalette.ColorRole.Highlight, color)
    played.view.setPalette(palette)
    before = played.pixels()
    draw(played, QPoint(100, 100), QPoint(300, 200))
    drawn = played.pixels()
    rows, columns = np.nonzero((drawn != before).any(axis=2))
    assert (columns.min(), columns.max()) == pytest.approx((100, 300), abs=3)
    assert (rows.min(), rows.max()) == pytest.approx((100, 200), abs=3)
    assert (drawn[100, 110:290] == (30, 200, 10)).all(axis=1).mean() > 0.9
    QTest.mouseRelease(played.view.viewport(), LEFT, SHIFT, QPoint(300, 200))


def test_escape_gives_the_rectangle_up_and_is_then_the_windows_again(
    stage: MakeStage,
) -> None:
    played = stage(slide())
    before = played.view.viewport_state()

    def is_kept() -> bool:
        kind = QEvent.Type.ShortcutOverride
        event = QKeyEvent(kind, Qt.Key.Key_Escape, NO)
        event.ignore()
        QApplication.sendEvent(played.view, event)
        return event.isAccepted()

    assert not is_kept()
    draw(played, QPoint(100, 100), QPoint(300, 200))
    assert is_kept()
    QTest.keyClick(played.view, Qt.Key.Key_Escape)
    assert not is_kept()
    QTest.mouseRelease(played.view.viewport(), LEFT, SHIFT, QPoint(300, 200))
    assert played.view.viewport_state() == before


def test_a_tiny_rectangle_does_nothing(stage: MakeStage) -> None:
    played = stage(slide())
    before = played.view.viewport_state()
    draw(played, QPoint(100, 100), QPoint(104, 103))
    QTest.mouseRelease(played.view.viewport(), LEFT, SHIFT, QPoint(104, 103))
    assert played.view.viewport_state() == before


def test_the_rectangle_stays_in_the_view(stage: MakeStage) -> None:
    played = stage(slide())
    played.view.set_pixel_size(16.0)
    left, top = tissue_at(played, QPoint(600, 400))
    right, bottom = tissue_at(played, QPoint(640, 480))
    draw(played, QPoint(600, 400), QPoint(5000, 6000))
    QTest.mouseRelease(played.view.viewport(), LEFT, SHIFT, QPoint(5000, 6000))
    now = area(played)
    assert (now.y, now.bottom) == pytest.approx((top, bottom))
    assert now.x + now.width / 2 == pytest.approx((left + right) / 2)


def test_another_slide_ends_a_rectangle(stage: MakeStage) -> None:
    played = stage(slide())
    draw(played, QPoint(100, 100), QPoint(300, 200))
    other = slide()
    played.slide = other
    played.view.show_slide(other)
    before = played.view.viewport_state()
    QTest.mouseRelease(played.view.viewport(), LEFT, SHIFT, QPoint(300, 200))
    assert played.view.viewport_state() == before


def test_home_asks_to_reset_everything_and_zero_does_not(stage: MakeStage) -> None:
    played = stage(slide())
    whole = played.view.viewport_state()
    asked: list[int] = []
    played.view.reset_wanted.connect(lambda: asked.append(1))
    played.view.show_native()
    QTest.keyClick(played.view, Qt.Key.Key_0)
    assert asked == []
    QTest.keyClick(played.view, Qt.Key.Key_Home)
    assert asked == [1]
    assert played.view.viewport_state() == whole


@pytest.mark.parametrize("level", [0, 1, 3, 5])
def test_a_place_is_brought_to_the_middle_where_its_level_is_shown(
    stage: MakeStage, level: int
) -> None:
    made = slide()
    played = stage(made)
    column, row = made.levels[level].columns // 2, made.levels[level].rows // 3
    played.view.show_place(level, column, row)
    assert played.view.shown_level() == level
    place = made.levels[level].tile_area(column, row)
    now = area(played)
    middle = now.x + now.width / 2, now.y + now.height / 2
    expected = place.x + place.width / 2, place.y + place.height / 2
    assert middle == pytest.approx(expected, abs=1)
    played.view.set_pixel_size(1.5 * 2**level)
    kept = played.view.viewport_state().pixel_size
    played.view.show_place(level, column, row)
    assert played.view.viewport_state().pixel_size == kept
