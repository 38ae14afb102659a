"""Gliding to a scale: every step where the clock says, and exact at the end."""

from collections.abc import Callable
from functools import partial

import pytest
from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tests.scene.fake_slide import FakeSlide, halving_levels
from tests.scene.stage import Stage
from tests.scene.test_navigation import area, key, tissue_at, wheel
from viewer.scene.easing import SECONDS
from viewer.slide.geometry import Size

MakeStage = Callable[..., Stage]
FRAME = 1 / 60


class Clock:
    """A clock that goes only when it is told to."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class Gliding:
    """A stage whose view glides by a clock of the test."""

    def __init__(self, played: Stage) -> None:
        self.played = played
        self.view = played.view
        self.clock = Clock()
        self.view.clock = self.clock
        self.view.is_smooth = True

    def pass_seconds(self, seconds: float) -> None:
        self.clock.now += seconds
        self.view.step()

    @property
    def pixel_size(self) -> float:
        return self.view.viewport_state().pixel_size


@pytest.fixture
def gliding(stage: MakeStage) -> Callable[..., Gliding]:
    def make(ratio: float = 1.0, pixel_size: float = 8.0) -> Gliding:
        slide = FakeSlide(halving_levels(Size(40_000, 30_000), 256, 8))
        made = Gliding(stage(slide, ratio=ratio))
        made.view.set_pixel_size(pixel_size)
        made.view.center_on(20_000, 15_000)
        return made

    return make


MakeGliding = Callable[..., Gliding]


@pytest.mark.parametrize("ratio", [1.0, 1.25, 1.5, 2.0])
def test_tissue_under_the_pointer_stays_through_notches_in_the_middle_of_others(
    gliding: MakeGliding, ratio: float
) -> None:
    glided = gliding(ratio)
    at = QPoint(173, 291)
    x, y = tissue_at(glided.played, at)
    for turned in [120] * 12 + [-120] * 12:
        wheel(glided.played, at, QPoint(0, turned))
        for seconds in (0, 0.016, 0.03):
            glided.pass_seconds(seconds)
            shown = glided.view.viewportTransform().map(QPointF(x, y))
            assert abs(shown.x() - at.x()) * ratio < 1
            assert abs(shown.y() - at.y()) * ratio < 1
    glided.pass_seconds(SECONDS)
    assert glided.pixel_size == pytest.approx(8.0)


def test_the_answer_to_a_notch_is_there_before_any_time_has_passed(
    gliding: MakeGliding,
) -> None:
    glided = gliding()
    wheel(glided.played, QPoint(300, 200), QPoint(0, 120))
    assert 8 / 1.25 < glided.pixel_size < 8
    assert glided.view.is_gliding


def test_further_notches_extend_the_target_and_end_in_time(
    gliding: MakeGliding,
) -> None:
    glided = gliding()
    for _ in range(4):
        wheel(glided.played, QPoint(300, 200), QPoint(0, 120))
        glided.pass_seconds(0.03)
    glided.pass_seconds(SECONDS - 0.03)
    assert not glided.view.is_gliding
    assert glided.pixel_size == pytest.approx(8 / 1.25**4, rel=1e-12)


def test_a_slow_frame_leaves_steps_out(gliding: MakeGliding) -> None:
    glided = gliding()
    key(glided.played, Qt.Key.Key_Plus)
    glided.pass_seconds(10)
    assert not glided.view.is_gliding
    assert glided.pixel_size == pytest.approx(8 / 1.25)


@pytest.mark.parametrize(
    ("pressed", "pixel_size"),
    [
        (Qt.Key.Key_1, 32.0),
        (Qt.Key.Key_4, 4.0),
        (Qt.Key.Key_5, 2.0),
        (Qt.Key.Key_7, 0.5),
        (Qt.Key.Key_9, 1.0),
    ],
)
def test_digits_glide_about_the_middle_to_exactly_their_magnification(
    gliding: MakeGliding, pressed: Qt.Key, pixel_size: float
) -> None:
    glided = gliding()  # 0.25 um a pixel
    key(glided.played, pressed)
    for _ in range(8):
        middle = glided.view.viewport_state().area
        center = middle.x + middle.width / 2, middle.y + middle.height / 2
        assert center == pytest.approx((20_000, 15_000), abs=glided.pixel_size)
        glided.pass_seconds(FRAME)
    glided.pass_seconds(SECONDS)
    assert glided.pixel_size == pixel_size


def test_zero_glides_to_the_whole_slide_and_it_stays_whole_in_another_window(
    gliding: MakeGliding,
) -> None:
    glided = gliding()
    key(glided.played, Qt.Key.Key_0)
    assert glided.view.is_gliding
    glided.view.resize(900, 200)
    glided.played.turn()
    now = area(glided.played)
    assert (now.y, now.bottom) == pytest.approx((0, 30_000))


def test_a_drag_takes_over_at_once_from_where_the_view_is(
    gliding: MakeGliding,
) -> None:
    glided = gliding()
    key(glided.played, Qt.Key.Key_7)
    glided.pass_seconds(0.02)
    viewport, start = glided.view.viewport(), QPoint(200, 200)
    halfway = glided.pixel_size
    grabbed = tissue_at(glided.played, start)
    QTest.mousePress(viewport, Qt.MouseButton.LeftButton, pos=start)
    QTest.mouseMove(viewport, start + QPoint(60, 20))
    assert not glided.view.is_gliding
    glided.pass_seconds(SECONDS)
    assert glided.pixel_size == halfway
    now = tissue_at(glided.played, start + QPoint(60, 20))
    assert now == pytest.approx(grabbed, abs=halfway)
    QTest.mouseRelease(viewport, Qt.MouseButton.LeftButton, pos=start)


def test_an_arrow_moves_on_from_the_end_of_the_movement(gliding: MakeGliding) -> None:
    glided = gliding()
    key(glided.played, Qt.Key.Key_5)
    key(glided.played, Qt.Key.Key_Right)
    assert glided.pixel_size == 2.0
    assert not glided.view.is_gliding
    now = area(glided.played)
    assert now.x + now.width / 2 == pytest.approx(20_000 + 640 / 8 * 2)


def test_another_key_in_the_middle_aims_anew(gliding: MakeGliding) -> None:
    glided = gliding()
    key(glided.played, Qt.Key.Key_7)
    glided.pass_seconds(0.05)
    key(glided.played, Qt.Key.Key_4)
    glided.pass_seconds(SECONDS)
    assert glided.pixel_size == 4.0


def test_a_refused_key_leaves_the_movement_alone(gliding: MakeGliding) -> None:
    glided = gliding()
    told: list[str] = []
    glided.view.refused.connect(told.append)
    key(glided.played, Qt.Key.Key_5)
    glided.view.ease(partial(glided.view.show_magnification, 5000))
    assert len(told) == 1
    glided.pass_seconds(SECONDS)
    assert glided.pixel_size == 2.0


def test_at_the_limit_nothing_moves(gliding: MakeGliding) -> None:
    glided = gliding(pixel_size=1 / 32)
    before = glided.view.viewport_state()
    key(glided.played, Qt.Key.Key_Plus)
    assert not glided.view.is_gliding
    assert glided.view.viewport_state() == before


def test_fingers_and_fine_wheels_are_followed_directly(gliding: MakeGliding) -> None:
    glided = gliding()
    wheel(glided.played, QPoint(300, 200), QPoint(0, 30))
    assert glided.pixel_size == pytest.approx(8 / 1.25**0.25)
    assert not glided.view.is_gliding


def test_without_smooth_zoom_everything_is_immediate(gliding: MakeGliding) -> None:
    glided = gliding()
    glided.view.is_smooth = False
    key(glided.played, Qt.Key.Key_5)
    assert glided.pixel_size == 2.0
    glided.view.ease_by(2)
    assert glided.pixel_size == 1.0
    assert not glided.view.is_gliding


def test_immediate_calls_are_immediate_though_zoom_is_smooth(
    gliding: MakeGliding,
) -> None:
    glided = gliding()
    key(glided.played, Qt.Key.Key_7)
    glided.view.set_pixel_size(3.0)
    glided.pass_seconds(SECONDS)
    assert glided.pixel_size == 3.0


def test_tiles_of_the_end_are_wanted_from_the_beginning(gliding: MakeGliding) -> None:
    glided = gliding()
    glided.played.load()
    key(glided.played, Qt.Key.Key_9)
    glided.played.turn()
    assert glided.view.is_gliding
    loaded = glided.played.load(200)
    assert glided.view.is_gliding  # the clock of the test stands still
    assert 0 in {tile.level for tile in loaded}
    glided.pass_seconds(SECONDS)
    assert glided.pixel_size == 1.0
    assert glided.view.is_complete()


def test_while_it_glides_the_view_paints_quickly_and_is_not_at_rest(
    gliding: MakeGliding, qtbot: QtBot
) -> None:
    glided = gliding()
    glided.played.load()
    qtbot.waitUntil(glided.view.is_at_rest)
    key(glided.played, Qt.Key.Key_Plus)
    assert glided.view.is_catching_up()
    glided.pass_seconds(SECONDS)
    glided.played.load()
    qtbot.waitUntil(glided.view.is_at_rest)


def test_by_the_real_clock_a_movement_ends_by_itself(
    stage: MakeStage, qtbot: QtBot
) -> None:
    played = stage(FakeSlide(halving_levels(Size(40_000, 30_000), 256, 8)))
    played.view.is_smooth = True
    painted: list[float] = []
    played.view.frame_painted.connect(
        lambda: painted.append(played.view.viewport_state().pixel_size)
    )
    key(played, Qt.Key.Key_9)
    qtbot.waitUntil(lambda: not played.view.is_gliding)
    played.turn()
    assert painted == sorted(painted, reverse=True)
    assert painted[-1] == 1.0


def test_another_slide_is_whole_in_view_though_a_movement_was_under_way(
    gliding: MakeGliding,
) -> None:
    glided = gliding()
    key(glided.played, Qt.Key.Key_7)
    other = FakeSlide(halving_levels(Size(3000, 2000), 256, 4))
    glided.played.slide = other
    glided.view.show_slide(other)
    glided.pass_seconds(SECONDS)
    assert area(glided.played).width == pytest.approx(3000)


def test_double_click_glides_to_the_place_at_twice_the_magnification(
    gliding: MakeGliding,
) -> None:
    glided = gliding()
    x, y = tissue_at(glided.played, QPoint(100, 100))
    QTest.mouseDClick(
        glided.view.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(100, 100)
    )
    assert glided.view.is_gliding
    glided.pass_seconds(SECONDS)
    assert glided.pixel_size == 4.0
    assert tissue_at(glided.played, QPoint(320, 240)) == pytest.approx((x, y))


def test_a_rectangle_is_shown_as_large_as_it_fits(gliding: MakeGliding) -> None:
    glided = gliding(ratio=1.5)
    x, y = tissue_at(glided.played, QPoint(100, 100))
    right, bottom = tissue_at(glided.played, QPoint(228, 160))
    glided.view.zoom_to(QRectF(100, 100, 128, 60))
    glided.pass_seconds(SECONDS)
    now = area(glided.played)
    assert (now.x, now.right) == pytest.approx((x, right))
    assert now.y < y
    assert now.bottom > bottom
    assert now.y + now.height / 2 == pytest.approx((y + bottom) / 2)
