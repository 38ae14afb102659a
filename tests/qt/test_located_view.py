"""Marks on a picture of the glass: where they are seen, and what is asked for."""

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QImage, QPalette
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.qt.test_picture_view import wheel
from viewer.qt.located_view import Corners, LocatedView

LEFT = Qt.MouseButton.LeftButton
SCAN = ((0.25, 0.2), (0.75, 0.2), (0.75, 0.8), (0.25, 0.8))
FIELD = ((0.4, 0.4), (0.6, 0.4), (0.6, 0.6), (0.4, 0.6))
DOT = ((0.5, 0.5), (0.51, 0.5), (0.51, 0.51), (0.5, 0.51))
HIGHLIGHT = "#ff00ff"


class ScreenView(LocatedView):
    screen_ratio = 1.0

    def devicePixelRatioF(self) -> float:  # noqa: N802 - Qt's own name
        return self.screen_ratio


def located(qtbot: QtBot, *, ratio: float = 1.0, field: Corners = FIELD) -> ScreenView:
    """Return a view of 400 x 200 on a grey image of 800 x 400, all of it in view."""
    view = ScreenView()
    view.screen_ratio = ratio
    qtbot.addWidget(view)
    palette = view.palette()
    palette.setColor(QPalette.ColorRole.Highlight, QColor(HIGHLIGHT))
    view.setPalette(palette)
    image = QImage(800, 400, QImage.Format.Format_RGB32)
    image.fill(QColor("#808080"))
    view.resize(400, 200)
    view.show()
    QApplication.processEvents()
    view.show_image(image)
    view.set_scan(SCAN)
    view.set_field(field)
    return view


def asked(view: LocatedView) -> list[tuple[float, float]]:
    places: list[tuple[float, float]] = []
    view.place_chosen.connect(lambda x, y: places.append((x, y)))
    return places


def seen(view: LocatedView) -> QImage:
    return view.grab().toImage()


@pytest.mark.parametrize("ratio", [1.0, 1.25, 1.5, 2.0])
@pytest.mark.parametrize(
    ("rotation", "place", "position"),
    [
        # 400 x 200 upright; 100 x 200 in the middle when it lies on its side.
        (0, (0.25, 0.75), (100, 150)),
        (90, (0.25, 0.75), (175, 50)),
        (180, (0.25, 0.75), (300, 50)),
        (270, (0.25, 0.75), (225, 150)),
    ],
)
def test_places_are_seen_where_the_turned_image_has_them(
    qtbot: QtBot,
    ratio: float,
    rotation: int,
    place: tuple[float, float],
    position: tuple[int, int],
) -> None:
    view = located(qtbot, ratio=ratio)
    view.set_rotation(rotation)
    there = view.to_widget(*place)
    assert (there.x(), there.y()) == pytest.approx(position, abs=1e-6)
    assert view.to_image(QPointF(*position)) == pytest.approx(place)


def test_zooming_keeps_what_is_under_the_pointer(qtbot: QtBot) -> None:
    view = located(qtbot)
    before = view.to_image(QPointF(120, 60))
    for _ in range(5):
        wheel(view, QPoint(120, 60), 1)
    assert view.to_image(QPointF(120, 60)) == pytest.approx(before)
    assert view.scan.boundingRect().width() == pytest.approx(200 * 1.25**5)


def test_scan_is_dark_and_field_of_view_in_the_palettes_color(qtbot: QtBot) -> None:
    drawn = seen(located(qtbot))
    # The scan's upper edge is at y = 40, the field's left edge at x = 160.
    assert any(drawn.pixelColor(200, y).lightness() < 60 for y in range(38, 43))
    assert any(drawn.pixelColor(x, 100).name() == HIGHLIGHT for x in range(157, 164))
    assert drawn.pixelColor(200, 100).name() == "#808080"


def test_tiny_field_of_view_is_a_cross_around_it(qtbot: QtBot) -> None:
    view = located(qtbot, field=DOT)
    middle = view.field.boundingRect().center().toPoint()
    drawn = seen(view)
    colors = [drawn.pixelColor(middle.x() + 10, middle.y() + dy) for dy in (-1, 0, 1)]
    assert HIGHLIGHT in [color.name() for color in colors]
    assert drawn.pixelColor(middle).name() == "#808080"


def test_picture_without_a_scan_has_no_marks_and_asks_for_nothing(
    qtbot: QtBot,
) -> None:
    view = located(qtbot)
    view.set_scan(())
    places = asked(view)
    QTest.mouseClick(view, LEFT, pos=QPoint(100, 50))
    assert places == []
    drawn = seen(view)
    colors = {drawn.pixelColor(x, 100).name() for x in range(10, 390)}
    assert colors == {"#808080"}


def test_scan_of_the_whole_image_is_not_outlined(qtbot: QtBot) -> None:
    view = located(qtbot, field=())
    view.set_scan(((0, 0), (1, 0), (1, 1), (0, 1)))
    assert view.is_located
    assert seen(view).pixelColor(1, 100).name() == "#808080"


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_click_asks_for_the_place_under_it(qtbot: QtBot, rotation: int) -> None:
    view = located(qtbot)
    view.set_rotation(rotation)
    places = asked(view)
    target = view.to_widget(0.3, 0.7).toPoint()
    QTest.mouseClick(view, LEFT, pos=target)
    (place,) = places
    assert place == pytest.approx((0.3, 0.7), abs=0.01)


def test_dragging_the_field_asks_for_its_new_middle(qtbot: QtBot) -> None:
    view = located(qtbot)
    places = asked(view)
    QTest.mousePress(view, LEFT, pos=QPoint(190, 95))  # its middle is at 200, 100
    QTest.mouseMove(view, QPoint(191, 95))
    assert places == []  # a tremble is no drag
    QTest.mouseMove(view, QPoint(240, 125))
    assert places[-1] == pytest.approx((250 / 400, 130 / 200))
    QTest.mouseRelease(view, LEFT, pos=QPoint(240, 125))
    assert len(places) == 1
    QTest.mouseMove(view, QPoint(300, 150))
    assert len(places) == 1


def test_dragging_beside_the_field_moves_the_picture(qtbot: QtBot) -> None:
    view = located(qtbot)
    view.zoom_by(2)
    places = asked(view)
    before = view.to_widget(0, 0)
    QTest.mousePress(view, LEFT, pos=QPoint(60, 30))
    QTest.mouseMove(view, QPoint(90, 50))
    QTest.mouseMove(view, QPoint(100, 60))
    QTest.mouseRelease(view, LEFT, pos=QPoint(100, 60))
    moved = view.to_widget(0, 0) - before
    assert places == []
    assert moved.x() > 5
    assert moved.y() > 5


def test_tiny_field_can_be_gripped_beside_its_few_pixels(qtbot: QtBot) -> None:
    view = located(qtbot, field=DOT)
    middle = view.field.boundingRect().center().toPoint()
    places = asked(view)
    QTest.mousePress(view, LEFT, pos=middle + QPoint(5, 0))
    QTest.mouseMove(view, middle + QPoint(45, 0))
    QTest.mouseRelease(view, LEFT, pos=middle + QPoint(45, 0))
    assert places[-1] == pytest.approx(
        view.to_image(QPointF(middle + QPoint(40, 0))), abs=0.01
    )


def test_field_all_around_is_not_gripped(qtbot: QtBot) -> None:
    view = located(qtbot, field=((-1, -1), (2, -1), (2, 2), (-1, 2)))
    view.zoom_by(2)
    places = asked(view)
    QTest.mousePress(view, LEFT, pos=QPoint(100, 100))
    QTest.mouseMove(view, QPoint(150, 100))
    QTest.mouseRelease(view, LEFT, pos=QPoint(150, 100))
    assert places == []


def test_arrow_keys_move_the_field_by_a_quarter_of_it(qtbot: QtBot) -> None:
    view = located(qtbot)
    places = asked(view)
    QTest.keyClick(view, Qt.Key.Key_Right)
    QTest.keyClick(view, Qt.Key.Key_Up)
    assert places[0] == pytest.approx((0.55, 0.5))
    assert places[1] == pytest.approx((0.5, 0.45))


def test_r_turns_the_picture_and_says_so(qtbot: QtBot) -> None:
    view = located(qtbot)
    turned: list[int] = []
    view.turned.connect(turned.append)
    for _ in range(4):
        QTest.keyClick(view, Qt.Key.Key_R)
    assert turned == [90, 180, 270, 0]


def test_recoloring_keeps_zoom_and_rotation(qtbot: QtBot) -> None:
    view = located(qtbot)
    view.set_rotation(90)
    wheel(view, QPoint(200, 100), 3)
    place = view.to_widget(0.1, 0.1)
    blue = QImage(800, 400, QImage.Format.Format_RGB32)
    blue.fill(QColor("#0000ff"))
    view.recolor(blue)
    assert view.to_widget(0.1, 0.1) == place
    assert view.rotation == 90
    view.set_scan(())
    assert seen(view).pixelColor(200, 100).name() == "#0000ff"
