"""The small picture: whole, zoomed, turned, and never aliased."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QImage, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.scene.stage import bgr
from viewer.qt.images import to_qimage
from viewer.qt.picture_view import PictureView


class ScreenView(PictureView):
    screen_ratio = 1.0

    def devicePixelRatioF(self) -> float:  # noqa: N802 - Qt's own name
        return self.screen_ratio


def quarters(width: int, height: int) -> QImage:
    """Return an image of four colors: red, green over blue, white."""
    pixels = np.full((height, width, 4), 255, np.uint8)
    pixels[: height // 2, : width // 2, :3] = (0, 0, 255)
    pixels[: height // 2, width // 2 :, :3] = (0, 255, 0)
    pixels[height // 2 :, : width // 2, :3] = (255, 0, 0)
    return to_qimage(pixels)


RED, GREEN, BLUE, WHITE = (0, 0, 255), (0, 255, 0), (255, 0, 0), (255, 255, 255)


def shown(qtbot: QtBot, width: int, height: int, ratio: float = 1.0) -> ScreenView:
    view = ScreenView()
    view.screen_ratio = ratio
    qtbot.addWidget(view)
    view.resize(width, height)
    view.show()
    QApplication.processEvents()
    return view


def pixels(view: ScreenView) -> np.ndarray:
    ratio = view.screen_ratio
    image = QImage(
        round(view.width() * ratio),
        round(view.height() * ratio),
        QImage.Format.Format_RGB32,
    )
    image.setDevicePixelRatio(ratio)
    image.fill(Qt.GlobalColor.black)
    view.render(image, QPoint())
    return bgr(image)


def color_at(view: ScreenView, x: float, y: float) -> tuple[int, ...]:
    drawn = pixels(view)
    return tuple(int(v) for v in drawn[int(y * len(drawn)), int(x * drawn.shape[1])])


@pytest.mark.parametrize("ratio", [1.0, 1.25, 1.5, 2.0])
@pytest.mark.parametrize("size", [(100, 60), (1000, 600), (3001, 1801)])
def test_whole_image_fills_the_widget_at_any_pixel_ratio(
    qtbot: QtBot, ratio: float, size: tuple[int, int]
) -> None:
    view = shown(qtbot, 300, 180, ratio)
    view.show_image(quarters(*size))
    assert color_at(view, 0.1, 0.1) == RED
    assert color_at(view, 0.9, 0.1) == GREEN
    assert color_at(view, 0.1, 0.9) == BLUE
    assert color_at(view, 0.9, 0.9) == WHITE


@pytest.mark.parametrize(
    ("degrees", "top_left", "top_right"),
    [(0, RED, GREEN), (90, BLUE, RED), (180, WHITE, BLUE), (270, GREEN, WHITE)],
)
def test_turning_is_clockwise_by_quarters(
    qtbot: QtBot,
    degrees: int,
    top_left: tuple[int, int, int],
    top_right: tuple[int, int, int],
) -> None:
    view = shown(qtbot, 200, 200)
    view.show_image(quarters(100, 100))
    view.set_rotation(degrees)
    assert view.rotation == degrees
    assert color_at(view, 0.1, 0.1) == top_left
    assert color_at(view, 0.9, 0.1) == top_right


def test_turning_by_anything_else_is_refused(qtbot: QtBot) -> None:
    view = shown(qtbot, 200, 200)
    with pytest.raises(ValueError, match="not by 45 degrees"):
        view.set_rotation(45)


def test_image_of_native_size_is_untouched(qtbot: QtBot) -> None:
    noise = np.random.default_rng(1).integers(0, 256, (150, 200, 4), np.uint8)
    noise[..., 3] = 255
    view = shown(qtbot, 200, 150)
    view.show_image(to_qimage(noise))
    assert (pixels(view) == noise[..., :3]).all()


def test_fine_texture_is_flat_grey_when_made_smaller(qtbot: QtBot) -> None:
    rows, columns = np.indices((1500, 2000))
    checkered = np.full((1500, 2000, 4), 255, np.uint8)
    checkered[..., :3] = (255 * ((rows + columns) % 2))[..., None]
    view = shown(qtbot, 237, 177)
    view.show_image(to_qimage(checkered))
    drawn = pixels(view)[5:-5, 5:-5].astype(int)
    assert np.abs(drawn - 127).max() <= 4


def test_sentence_stands_where_there_is_no_image(qtbot: QtBot) -> None:
    view = shown(qtbot, 300, 180)
    view.show_image(None, "")
    empty = pixels(view)
    view.show_image(None, "This slide has no label image.")
    drawn = pixels(view)
    assert (drawn != empty).any()
    assert view.accessibleDescription() == "This slide has no label image."
    assert view.accessibleName()
    view.show_image(quarters(10, 10), "not shown")
    assert view.accessibleDescription() == ""
    view.show_image(QImage(), "The label cannot be read.")
    assert view.accessibleDescription() == "The label cannot be read."


def wheel(view: PictureView, at: QPoint, notches: float) -> None:
    event = QWheelEvent(
        QPointF(at),
        QPointF(view.mapToGlobal(at)),
        QPoint(),
        QPoint(0, int(120 * notches)),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,  # noqa: FBT003 - inverted; Qt takes it by place only
    )
    QApplication.sendEvent(view, event)


def test_wheel_zooms_at_the_pointer_and_double_click_shows_all(qtbot: QtBot) -> None:
    view = shown(qtbot, 300, 180)
    view.show_image(quarters(1000, 600))
    whole = pixels(view)
    for _ in range(8):
        wheel(view, QPoint(20, 20), 1)
    assert color_at(view, 0.95, 0.9) == RED  # only the red quarter is left in view
    QTest.mouseDClick(view, Qt.MouseButton.LeftButton, pos=QPoint(150, 90))
    assert (pixels(view) == whole).all()


def test_dragging_moves_the_image_with_the_pointer(qtbot: QtBot) -> None:
    view = shown(qtbot, 300, 180)
    view.show_image(quarters(3000, 1800))
    view.zoom_by(10)
    before = pixels(view)
    QTest.mousePress(view, Qt.MouseButton.LeftButton, pos=QPoint(100, 100))
    QTest.mouseMove(view, QPoint(130, 80))
    QTest.mouseRelease(view, Qt.MouseButton.LeftButton, pos=QPoint(130, 80))
    after = pixels(view)
    assert (after[:160, 30:] == before[20:, :270]).all()


def test_whole_image_stays_whole_while_the_widget_is_resized(qtbot: QtBot) -> None:
    view = shown(qtbot, 300, 180)
    view.show_image(quarters(1000, 600))
    view.resize(150, 90)
    QApplication.processEvents()
    assert color_at(view, 0.97, 0.97) == WHITE
    assert color_at(view, 0.03, 0.03) == RED


def test_keys_zoom_and_others_go_on_to_the_window(qtbot: QtBot) -> None:
    view = shown(qtbot, 300, 180)
    view.show_image(quarters(1000, 600))
    whole = pixels(view)
    QTest.keyClick(view, Qt.Key.Key_Plus)
    QTest.keyClick(view, Qt.Key.Key_Plus)
    assert (pixels(view) != whole).any()
    QTest.keyClick(view, Qt.Key.Key_0)
    assert (pixels(view) == whole).all()
