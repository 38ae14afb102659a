"""Mouse, wheel, trackpad and keys, by what they do to the viewport."""

from collections.abc import Callable
from math import sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import (
    QInputDevice,
    QKeyEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QPointingDevice,
    QWheelEvent,
)
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from tests.scene.fake_slide import FakeSlide, halving_levels
from tests.scene.stage import Stage
from viewer.scene.navigation import magnification, micrometers_per_pixel
from viewer.scene.pointing import CLICK_PIXELS
from viewer.slide.geometry import Rect, Scale, Size, Spacing
from viewer.slide.model import Level

MakeStage = Callable[..., Stage]
NO = Qt.KeyboardModifier.NoModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
CONTROL = Qt.KeyboardModifier.ControlModifier
LEFT = Qt.MouseButton.LeftButton


def slide(spacing: float | None = 0.00025) -> FakeSlide:
    return FakeSlide(halving_levels(Size(40_000, 30_000), 256, 8, spacing))


def area(played: Stage) -> Rect:
    return played.view.viewport_state().area


def tissue_at(played: Stage, at: QPoint) -> tuple[float, float]:
    viewport = played.view.viewport_state()
    factor = viewport.pixel_size * played.ratio
    return viewport.area.x + at.x() * factor, viewport.area.y + at.y() * factor


def wheel(
    played: Stage,
    at: QPoint,
    turned: QPoint,
    moved: QPoint | None = None,
    modifiers: Qt.KeyboardModifier = NO,
    phase: Qt.ScrollPhase = Qt.ScrollPhase.NoScrollPhase,
) -> None:
    event = QWheelEvent(
        QPointF(at),
        QPointF(played.view.viewport().mapToGlobal(at)),
        moved or QPoint(),
        turned,
        Qt.MouseButton.NoButton,
        modifiers,
        phase,
        False,  # noqa: FBT003 - inverted; Qt takes it by place only
    )
    QApplication.sendEvent(played.view.viewport(), event)


def key(played: Stage, pressed: Qt.Key, modifiers: Qt.KeyboardModifier = NO) -> None:
    QTest.keyClick(played.view, pressed, modifiers)


@pytest.mark.parametrize("ratio", [1.0, 1.25, 1.5, 2.0])
def test_tissue_under_the_pointer_stays_over_fifty_wheel_steps(
    stage: MakeStage, ratio: float
) -> None:
    played = stage(slide(), ratio=ratio)
    at = QPoint(173, 291)
    x, y = tissue_at(played, at)
    for step in range(50):
        wheel(played, at, QPoint(0, 120 if step < 30 else -120))
        now_x, now_y = tissue_at(played, at)
        size = played.view.viewport_state().pixel_size
        assert max(abs(now_x - x), abs(now_y - y)) < size  # one device pixel
        shown = played.view.viewportTransform().map(QPointF(x, y))
        assert abs(shown.x() - at.x()) * ratio < 1
        assert abs(shown.y() - at.y()) * ratio < 1


def test_a_notch_zooms_by_a_quarter_and_a_finely_cut_wheel_by_parts(
    stage: MakeStage,
) -> None:
    played = stage(slide())
    before = played.view.viewport_state().pixel_size
    wheel(played, QPoint(300, 200), QPoint(0, 120))
    after = played.view.viewport_state().pixel_size
    assert before / after == pytest.approx(1.25)
    for _ in range(8):
        wheel(played, QPoint(300, 200), QPoint(0, -15))
    assert played.view.viewport_state().pixel_size == pytest.approx(before)


def test_two_fingers_on_a_trackpad_pan(stage: MakeStage) -> None:
    played = stage(slide())
    played.view.show_native()
    before = area(played)
    phase = Qt.ScrollPhase.ScrollUpdate
    wheel(played, QPoint(9, 9), QPoint(-40, 80), QPoint(-5, 10), phase=phase)
    after = area(played)
    assert (after.x - before.x, after.y - before.y) == (5, -10)
    # A wheel whose driver tells pixels as well, but no phases: still a wheel.
    wheel(played, QPoint(9, 9), QPoint(0, 120), QPoint(0, 53))
    assert played.view.viewport_state().pixel_size == pytest.approx(0.8)


def test_shift_and_tilted_wheel_pan_sideways_and_control_zooms(
    stage: MakeStage,
) -> None:
    played = stage(slide())
    played.view.show_native()
    start = area(played)
    wheel(played, QPoint(9, 9), QPoint(0, -120), modifiers=SHIFT)
    assert (area(played).x - start.x, area(played).y - start.y) == (80, 0)
    wheel(played, QPoint(9, 9), QPoint(120, 0))
    assert (area(played).x, area(played).y) == (start.x, start.y)
    phase = Qt.ScrollPhase.ScrollUpdate
    wheel(played, QPoint(9, 9), QPoint(0, 120), QPoint(0, 9), CONTROL, phase)
    assert played.view.viewport_state().pixel_size == pytest.approx(0.8)


def test_pinching_zooms_at_the_fingers(stage: MakeStage) -> None:
    played = stage(slide())
    played.view.set_pixel_size(4.0)
    at = QPoint(150, 100)
    x, y = tissue_at(played, at)
    device = QPointingDevice(
        "pad",
        1,
        QInputDevice.DeviceType.TouchPad,
        QPointingDevice.PointerType.Finger,
        QInputDevice.Capability.Position,
        2,
        0,
    )
    for value in (0.1, 0.2, -0.05):
        event = QNativeGestureEvent(
            Qt.NativeGestureType.ZoomNativeGesture,
            device,
            2,
            QPointF(at),
            QPointF(at),
            QPointF(played.view.viewport().mapToGlobal(at)),
            value,
            QPointF(),
        )
        QApplication.sendEvent(played.view.viewport(), event)
    factor = 1.1 * 1.2 * 0.95
    assert played.view.viewport_state().pixel_size == pytest.approx(4.0 / factor)
    assert tissue_at(played, at) == pytest.approx((x, y), abs=0.01)


@pytest.mark.parametrize("ratio", [1.0, 1.25, 2.0])
@pytest.mark.parametrize("button", [LEFT, Qt.MouseButton.MiddleButton])
def test_dragging_keeps_the_tissue_under_the_pointer(
    stage: MakeStage, ratio: float, button: Qt.MouseButton
) -> None:
    played = stage(slide(), ratio=ratio)
    played.view.set_pixel_size(2.3)
    viewport = played.view.viewport()
    start = QPoint(200, 200)
    at, grabbed = start, tissue_at(played, start)
    QTest.mousePress(viewport, button, pos=start)
    assert viewport.cursor().shape() == Qt.CursorShape.ClosedHandCursor
    for step in range(1, 38):
        at = start + QPoint(3 * step, -step)
        QTest.mouseMove(viewport, at)
        if button == LEFT and (at - start).manhattanLength() <= CLICK_PIXELS:
            continue  # it may still be a click
        now = tissue_at(played, at)
        off = max(abs(now[0] - grabbed[0]), abs(now[1] - grabbed[1]))
        assert off <= 0.51 * played.view.viewport_state().pixel_size
    QTest.mouseRelease(viewport, button, pos=at)
    assert viewport.cursor().shape() != Qt.CursorShape.ClosedHandCursor
    left_alone = area(played)
    QTest.mouseMove(viewport, QPoint(10, 10))
    assert area(played) == left_alone


def test_right_button_does_not_drag(stage: MakeStage) -> None:
    played = stage(slide())
    before = area(played)
    for kind, x in (
        (QEvent.Type.MouseButtonPress, 9),
        (QEvent.Type.MouseMove, 90),
        (QEvent.Type.MouseButtonRelease, 90),
    ):
        at = QPointF(x, 9)
        button = Qt.MouseButton.RightButton
        event = QMouseEvent(kind, at, at, button, button, NO)
        QApplication.sendEvent(played.view.viewport(), event)
    assert area(played) == before


def test_double_click_centers_and_zooms_and_with_shift_out(stage: MakeStage) -> None:
    played = stage(slide())
    played.view.set_pixel_size(8.0)
    x, y = tissue_at(played, QPoint(100, 100))
    QTest.mouseDClick(played.view.viewport(), LEFT, pos=QPoint(100, 100))
    assert played.view.viewport_state().pixel_size == 4.0
    assert tissue_at(played, QPoint(320, 240)) == pytest.approx((x, y))
    x, y = tissue_at(played, QPoint(200, 300))
    QTest.mouseDClick(played.view.viewport(), LEFT, SHIFT, QPoint(200, 300))
    assert played.view.viewport_state().pixel_size == 8.0
    assert tissue_at(played, QPoint(320, 240)) == pytest.approx((x, y))


@pytest.mark.parametrize(
    ("pressed", "right", "down"),
    [
        (Qt.Key.Key_Left, -1, 0),
        (Qt.Key.Key_Right, 1, 0),
        (Qt.Key.Key_Up, 0, -1),
        (Qt.Key.Key_Down, 0, 1),
    ],
)
def test_arrows_pan_by_parts_of_the_view_and_to_the_edges(
    stage: MakeStage, pressed: Qt.Key, right: int, down: int
) -> None:
    played = stage(slide())
    played.view.show_native()
    played.view.center_on(20_000, 15_000)
    start = area(played)
    key(played, pressed)
    moved = area(played).x - start.x, area(played).y - start.y
    assert moved == (right * 640 / 8, down * 480 / 8)
    key(played, pressed, SHIFT)
    paged = area(played).x - start.x - moved[0], area(played).y - start.y - moved[1]
    assert paged == (right * 640 * 0.9, down * 480 * 0.9)
    key(played, pressed, CONTROL)
    edge = {
        Qt.Key.Key_Left: (0, area(played).y),
        Qt.Key.Key_Right: (40_000 - 640, area(played).y),
        Qt.Key.Key_Up: (area(played).x, 0),
        Qt.Key.Key_Down: (area(played).x, 30_000 - 480),
    }[pressed]
    assert (area(played).x, area(played).y) == pytest.approx(edge)


def test_keys_zoom_fit_and_show_native(stage: MakeStage) -> None:
    played = stage(slide())
    whole = played.view.viewport_state()
    for pressed in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
        key(played, pressed)
    now = played.view.viewport_state().pixel_size
    assert whole.pixel_size / now == pytest.approx(1.25**2)
    key(played, Qt.Key.Key_Minus)
    now = played.view.viewport_state().pixel_size
    assert whole.pixel_size / now == pytest.approx(1.25)
    key(played, Qt.Key.Key_9)
    assert played.view.viewport_state().pixel_size == 1.0
    key(played, Qt.Key.Key_0)
    assert played.view.viewport_state() == whole
    key(played, Qt.Key.Key_9)
    key(played, Qt.Key.Key_Home)
    assert played.view.viewport_state() == whole


@pytest.mark.parametrize(
    ("pressed", "magnified"),
    [
        (Qt.Key.Key_1, 1.25),
        (Qt.Key.Key_2, 2.5),
        (Qt.Key.Key_3, 5),
        (Qt.Key.Key_4, 10),
        (Qt.Key.Key_5, 20),
        (Qt.Key.Key_6, 40),
        (Qt.Key.Key_7, 80),
    ],
)
def test_digits_show_a_magnification_by_micrometers(
    stage: MakeStage, pressed: Qt.Key, magnified: float
) -> None:
    played = stage(slide(spacing=0.0005))  # 0.5 um a pixel: native is 20x
    key(played, pressed)
    size = played.view.viewport_state().pixel_size
    assert size * 0.5 == pytest.approx(10 / magnified)  # 40x = 0.25 um, and so on
    assert magnification(played.slide, size) == pytest.approx(magnified)


def test_digits_without_a_scale_are_refused_in_a_sentence(stage: MakeStage) -> None:
    played = stage(slide(spacing=None))
    told: list[str] = []
    played.view.refused.connect(told.append)
    before = played.view.viewport_state()
    key(played, Qt.Key.Key_5)
    assert played.view.viewport_state() == before
    assert told == ["The scale of this slide is unknown, so no magnification."]


def test_digits_beyond_the_limits_are_refused_in_a_sentence(stage: MakeStage) -> None:
    told: list[str] = []
    coarse = stage(slide(spacing=0.008))  # 8 um: 80x would be 64 screen pixels each
    coarse.view.refused.connect(told.append)
    key(coarse, Qt.Key.Key_7)
    tiny = stage(FakeSlide(halving_levels(Size(300, 200), 256, 1)))
    tiny.view.refused.connect(told.append)
    key(tiny, Qt.Key.Key_1)
    assert told == [
        "80x is more than 32 screen pixels for a pixel of this slide.",
        "At 1.25x this slide would be too small to see.",
    ]


def test_zoom_ends_at_its_limits(stage: MakeStage) -> None:
    played = stage(slide())
    fitting = played.view.viewport_state().pixel_size
    played.view.zoom_by(1e9)
    assert played.view.viewport_state().pixel_size == 1 / 32
    played.view.zoom_by(1e-9)
    assert played.view.viewport_state().pixel_size == pytest.approx(2 * fitting)


def test_keys_that_are_not_the_views_reach_the_window(stage: MakeStage) -> None:
    played = stage(slide())
    before = played.view.viewport_state()
    for pressed in (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown, Qt.Key.Key_M, Qt.Key.Key_8):
        event = key_event(pressed)
        QApplication.sendEvent(played.view, event)
        assert not event.isAccepted()
    for pressed in (Qt.Key.Key_1, Qt.Key.Key_0, Qt.Key.Key_Plus):
        event = key_event(pressed, CONTROL)
        QApplication.sendEvent(played.view, event)
        assert not event.isAccepted()
    assert played.view.viewport_state() == before


def key_event(pressed: Qt.Key, modifiers: Qt.KeyboardModifier = NO) -> QKeyEvent:
    event = QKeyEvent(QEvent.Type.KeyPress, pressed, modifiers)
    event.ignore()
    return event


def with_spacing(x: float, y: float) -> FakeSlide:
    level = Level(Size(100, 100), Size(256, 256), Scale(1, 1), Spacing(x, y))
    return FakeSlide([level])


@given(st.floats(0.00003, 0.04), st.floats(0.00003, 0.04), st.floats(1 / 32, 1000))
def test_magnification_is_ten_micrometers_over_what_a_device_pixel_shows(
    x: float, y: float, pixel_size: float
) -> None:
    made = with_spacing(x, y)
    assert micrometers_per_pixel(made) == (x * 1000, y * 1000)
    expected = 10 / (sqrt(x * y) * 1000 * pixel_size)
    assert magnification(made, pixel_size) == pytest.approx(expected)


@pytest.mark.parametrize("spacing", [(0.25, 0.25), (1e-6, 1e-6), (0.0002, 0.25)])
def test_spacing_beyond_reason_is_no_scale(spacing: tuple[float, float]) -> None:
    made = with_spacing(*spacing)
    assert micrometers_per_pixel(made) is None
    assert magnification(made, 1.0) is None
