"""The minimap: what it shows, when, and where it goes."""

from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, QSize, Qt
from PySide6.QtGui import QColor, QPalette, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.scene.fake_slide import FakeSlide, filled, halving_levels
from tests.scene.stage import Stage, bgr
from tests.scene.test_navigation import area
from viewer.qt.images import Picture, picture_of
from viewer.scene.map_picture import MapPicture
from viewer.scene.minimap import Minimap
from viewer.scene.tracking import Tracking
from viewer.slide.channels import Channel
from viewer.slide.geometry import Size
from viewer.slide.look import DisplayTile, Look
from viewer.slide.model import Level, Samples, TileKey
from viewer.tiles.plan import BACKDROP_TILES, Place, backdrop_level

MakeStage = Callable[..., Stage]
LEFT = Qt.MouseButton.LeftButton
TINT = QColor(0, 0, 255)


def halves(level: Level, key: TileKey) -> Samples:
    """Draw the left half of the slide red and the right half green."""
    pixels = filled(level, key, (0, 0, 0))
    x = key.column * level.tile_size.width + np.arange(pixels.shape[1])
    is_left = x * level.downsample.x < 20_000
    pixels[:, is_left, 2] = 200
    pixels[:, ~is_left, 1] = 200
    return pixels


class Mapped:
    """A stage with a minimap, and a clock of its own for what was seen."""

    def __init__(self, played: Stage) -> None:
        self.played = played
        self.view = played.view
        self.now = 100.0
        self.tracking = Tracking(self.view, lambda: self.now)
        self.map = Minimap(self.view, self.tracking)
        self.view.show_slide(played.slide)
        played.turn()

    def load(self) -> None:
        self.map.tiles_loaded(self.played.load())
        self.played.turn()

    def look_at(self, x: float, y: float, pixel_size: float) -> None:
        self.view.set_pixel_size(pixel_size)
        self.view.center_on(x, y)
        self.played.turn()

    def dwell(self, seconds: float) -> None:
        self.now += seconds
        self.tracking.note()

    def pixels(self) -> np.ndarray:
        return bgr(self.map.grab().toImage())

    def place_of(self, x: float, y: float) -> QPoint:
        width, height = self.played.slide.levels[0].size
        return QPoint(
            round(x / width * self.map.width()), round(y / height * self.map.height())
        )


@pytest.fixture
def mapped(stage: MakeStage) -> Callable[..., Mapped]:
    def make(slide: FakeSlide | None = None, **options: object) -> Mapped:
        shown = slide or FakeSlide(halving_levels(Size(40_000, 30_000), 256, 8), halves)
        return Mapped(stage(shown, 800, 600, **options))

    return make


MakeMapped = Callable[..., Mapped]


def test_it_is_there_as_soon_as_a_part_is_in_view_and_wanted(
    mapped: MakeMapped,
) -> None:
    made = mapped()
    assert not made.map.isVisible()
    assert made.map.is_idle
    made.look_at(10_000, 10_000, 8)
    assert made.map.isVisible()
    made.map.is_wanted = False
    assert not made.map.isVisible()
    made.map.is_wanted = True
    assert made.map.isVisible()
    made.view.fit()
    made.played.turn()
    assert not made.map.isVisible()
    made.look_at(10_000, 10_000, 8)
    made.view.show_slide(None)
    made.played.turn()
    assert not made.map.isVisible()
    assert not made.map.is_idle


def test_it_stays_in_the_corner_when_the_view_is_resized(mapped: MakeMapped) -> None:
    made = mapped()
    made.look_at(10_000, 10_000, 8)
    for width, height in ((800, 600), (1000, 400), (420, 700)):
        made.view.resize(width, height)
        made.played.turn()
        place = made.map.geometry()
        assert (width - place.right(), height - place.bottom()) == (13, 13)
        assert place.width() <= 0.2 * width + 1
        assert place.height() <= 0.2 * height + 1
    made.view.resize(150, 150)
    made.played.turn()
    assert not made.map.isVisible()


@pytest.mark.parametrize("ratio", [1.0, 1.5])
def test_it_shows_the_whole_slide_from_tiles_that_are_there_anyway(
    mapped: MakeMapped, ratio: float
) -> None:
    made = mapped(ratio=ratio)
    made.load()
    made.look_at(39_000, 29_000, 1)
    made.load()
    pixels = made.pixels().astype(int)
    middle = pixels.shape[0] // 2
    across = pixels.shape[1]
    assert pixels[middle, across // 4].tolist() == [0, 0, 200]
    assert pixels[middle, 3 * across // 4].tolist() == [0, 200, 0]
    red = (pixels[middle, 2:-2, 2] > 100).mean()
    assert red == pytest.approx(0.5, abs=0.02)


def test_tiles_that_come_in_later_are_added(mapped: MakeMapped) -> None:
    made = mapped()
    made.look_at(39_000, 29_000, 1)
    empty = made.pixels()[made.map.height() // 2, made.map.width() // 4]
    made.load()
    drawn = made.pixels()[made.map.height() // 2, made.map.width() // 4]
    assert drawn.tolist() == [0, 0, 200] != empty.tolist()


def test_a_change_of_look_is_followed(mapped: MakeMapped) -> None:
    class Blue(Look):
        def render(self, samples, level=0):
            drawn = super().render(samples, level).copy()
            drawn[..., :3] = (250, 0, 0)
            return drawn

    made = mapped()
    made.load()
    made.look_at(39_000, 29_000, 1)
    made.load()
    made.view.set_look(Blue(channels=(Channel(0, 0, 1),)))
    made.load()
    assert made.pixels()[made.map.height() // 2, 9].tolist() == [250, 0, 0]


@pytest.mark.parametrize("ratio", [1.0, 1.25, 2.0])
def test_the_frame_is_where_the_view_is(mapped: MakeMapped, ratio: float) -> None:
    made = mapped(ratio=ratio)
    made.look_at(30_000, 8000, 10)
    shown = made.map.area_in_view
    view = area(made.played)
    assert shown is not None
    inside = made.map.width(), made.map.height()
    assert shown.x == pytest.approx(view.x / 40_000 * inside[0], abs=0.5)
    assert shown.width == pytest.approx(view.width / 40_000 * inside[0], abs=0.5)
    assert shown.y == pytest.approx(view.y / 30_000 * inside[1], abs=0.5)
    assert shown.height == pytest.approx(view.height / 30_000 * inside[1], abs=0.5)
    red = (made.pixels() == (0, 0, 200)).all(axis=2)
    rows, columns = np.nonzero(red)
    assert columns.min() == pytest.approx(shown.x, abs=2)
    assert columns.max() == pytest.approx(shown.right, abs=2)
    assert rows.min() == pytest.approx(shown.y, abs=2)
    assert rows.max() == pytest.approx(shown.bottom, abs=2)


def test_a_tiny_area_is_shown_as_a_cross(mapped: MakeMapped) -> None:
    made = mapped()
    made.look_at(20_000, 15_000, 1 / 8)
    red = (made.pixels() == (0, 0, 200)).all(axis=2)
    rows, columns = np.nonzero(red)
    assert np.ptp(columns) >= 10
    assert np.ptp(rows) >= 10
    center = columns.mean(), rows.mean()
    assert center == pytest.approx((made.map.width() / 2, made.map.height() / 2), abs=2)


def test_a_click_goes_there(mapped: MakeMapped) -> None:
    made = mapped()
    made.look_at(30_000, 25_000, 1)
    QTest.mouseClick(made.map, LEFT, pos=made.place_of(10_000, 5000))
    now = area(made.played)
    a_pixel = 40_000 / made.map.width()
    assert now.x + now.width / 2 == pytest.approx(10_000, abs=a_pixel)
    assert now.y + now.height / 2 == pytest.approx(5000, abs=a_pixel)
    assert made.view.viewport_state().pixel_size == 1


def test_dragging_the_frame_pans_without_a_jump(mapped: MakeMapped) -> None:
    made = mapped()
    made.look_at(20_000, 15_000, 16)
    before = area(made.played)
    grip = made.place_of(21_500, 14_000)
    QTest.mousePress(made.map, LEFT, pos=grip)
    assert area(made.played) == pytest.approx(before, abs=1)
    QTest.mouseMove(made.map, grip + QPoint(20, 10))
    QTest.mouseRelease(made.map, LEFT, pos=grip + QPoint(20, 10))
    moved = area(made.played)
    a_pixel = 40_000 / made.map.width()
    assert moved.x - before.x == pytest.approx(20 * a_pixel, rel=0.01)
    assert moved.y - before.y == pytest.approx(10 * a_pixel, rel=0.02)
    QTest.mouseMove(made.map, QPoint(3, 3))
    assert area(made.played) == moved


def test_the_wheel_over_it_zooms_at_the_middle_of_the_view(
    mapped: MakeMapped,
) -> None:
    made = mapped()
    made.look_at(20_000, 15_000, 8)
    at = QPointF(3, 3)
    event = QWheelEvent(
        at,
        QPointF(made.map.mapToGlobal(at)),
        QPoint(),
        QPoint(0, 120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,  # noqa: FBT003 - inverted; Qt takes it by place only
    )
    QApplication.sendEvent(made.map, event)
    now = area(made.played)
    assert made.view.viewport_state().pixel_size == pytest.approx(8 / 1.25)
    assert now.x + now.width / 2 == pytest.approx(20_000)
    assert now.y + now.height / 2 == pytest.approx(15_000)


def test_the_pointer_over_it_is_not_over_the_tissue(
    mapped: MakeMapped, qtbot: QtBot
) -> None:
    made = mapped()
    made.look_at(20_000, 15_000, 8)
    told: list[QPointF | None] = []
    made.view.pointer_moved.connect(told.append)
    QTest.mouseMove(made.view.viewport(), QPoint(50, 50))
    QTest.mouseMove(made.map, QPoint(5, 5))
    qtbot.waitUntil(lambda: told[-1] is None)


def tinted(made: Mapped, x: float, y: float) -> bool:
    """Whether a place of the red half is tinted blue."""
    place = made.place_of(x, y)
    return bool(made.pixels()[place.y(), place.x(), 0] > 30)


def test_what_was_seen_closely_and_long_enough_is_tinted(mapped: MakeMapped) -> None:
    made = mapped()
    palette = made.map.palette()
    palette.setColor(QPalette.ColorRole.Highlight, TINT)
    made.map.setPalette(palette)
    made.load()
    made.look_at(5000, 5000, 4)  # 10x
    made.load()
    made.dwell(0.2)
    assert not tinted(made, 5000, 5000)
    made.dwell(0.11)
    assert tinted(made, 5000, 5000)
    assert not tinted(made, 12_000, 5000)
    made.look_at(15_000, 25_000, 4.1)  # less than 10x
    made.dwell(2)
    assert not tinted(made, 15_000, 25_000)
    assert tinted(made, 5000, 5000)


def test_what_was_seen_is_kept_for_each_slide_as_long_as_it_is_open(
    mapped: MakeMapped,
) -> None:
    made = mapped()
    first = made.played.slide
    made.look_at(5000, 5000, 2)
    made.dwell(1)
    seen = made.tracking.seen
    assert seen is not None
    other = FakeSlide(halving_levels(Size(40_000, 30_000), 256, 8), halves)
    made.played.slide = other
    made.view.show_slide(other)
    made.played.turn()
    made.dwell(1)
    assert made.tracking.seen is None
    made.played.slide = first
    made.view.show_slide(first)
    assert made.tracking.seen is seen
    made.tracking.keep({other.serial})
    assert made.tracking.seen is None


def test_without_a_scale_pixels_decide_what_is_close(mapped: MakeMapped) -> None:
    levels = halving_levels(Size(40_000, 30_000), 256, 8, None)
    made = mapped(FakeSlide(levels, halves))
    made.look_at(5000, 5000, 4.5)
    made.dwell(1)
    assert made.tracking.seen is None
    made.look_at(5000, 5000, 3.9)
    made.dwell(1)
    assert made.tracking.seen is not None


def test_the_view_is_marked_by_itself_after_a_while(
    stage: MakeStage, qtbot: QtBot
) -> None:
    played = stage(FakeSlide(halving_levels(Size(40_000, 30_000), 256, 8)))
    tracking = Tracking(played.view)
    with qtbot.waitSignal(tracking.changed):
        played.view.show_native()


def test_what_the_slide_does_not_have_looks_like_what_is_outside(
    mapped: MakeMapped,
) -> None:
    slide = FakeSlide(halving_levels(Size(4096, 3072), 256, 5), halves)
    level = backdrop_level(slide.levels)
    columns, rows = slide.levels[level].columns, slide.levels[level].rows
    assert 4 <= columns * rows <= BACKDROP_TILES
    slide.absent = {(level, columns - 1, rows - 1)}
    made = mapped(slide)
    made.load()
    made.look_at(400, 400, 1)
    made.load()
    absent = made.pixels()[-8, -8]
    assert absent.min() > 100  # neither the red nor the green of tissue
    assert (absent != 255).any()  # nor the white of glass
    assert made.pixels()[8, -8].tolist() != absent.tolist()


@pytest.mark.parametrize("size", [Size(200_000, 5000), Size(5000, 200_000)])
def test_very_long_slides_have_a_map_that_can_be_used(
    mapped: MakeMapped, size: Size
) -> None:
    slide = FakeSlide(halving_levels(size, 256, 10))
    made = mapped(slide)
    made.look_at(size.width / 2, size.height / 2, 4)
    made.load()
    assert made.map.isVisible()
    assert min(made.map.width(), made.map.height()) >= 24
    far = made.place_of(size.width * 0.9, size.height * 0.9)
    QTest.mouseClick(made.map, LEFT, pos=far)
    now = area(made.played)
    longer = 0 if size.width > size.height else 1
    middle = (now.x + now.width / 2, now.y + now.height / 2)[longer]
    assert middle == pytest.approx(0.9 * max(size), rel=0.01)


def test_a_tile_is_drawn_again_only_when_it_has_come_in_anew() -> None:
    slide = FakeSlide(halving_levels(Size(4000, 3000), 256, 4), halves)
    asked: list[Place] = []

    def picture_at(place: Place) -> Picture:
        asked.append(place)
        return picture_of(slide, DisplayTile(slide.serial, *place, 0, Look()))

    made = MapPicture(slide.levels, picture_at, QColor(0, 0, 0))
    level = backdrop_level(slide.levels)
    size = QSize(120, 90)
    made.image(size)
    count = slide.levels[level].columns * slide.levels[level].rows
    assert len(asked) == count
    made.image(size)
    assert len(asked) == count
    assert made.tiles_loaded([DisplayTile(slide.serial, level, 0, 0, 0, Look())])
    assert not made.tiles_loaded([DisplayTile(slide.serial, 0, 0, 0, 0, Look())])
    made.image(size)
    assert len(asked) == count + 1
    made.image(QSize(60, 45))
    assert len(asked) == 2 * count + 1


def test_neighbors_on_the_map_share_their_edges() -> None:
    """No line of nothing between tiles, at any size."""
    slide = FakeSlide(halving_levels(Size(4001, 3001), 256, 4), halves)

    def picture_at(place: Place) -> Picture:
        return picture_of(slide, DisplayTile(slide.serial, *place, 0, Look()))

    for width in (37, 120, 251):
        image = MapPicture(slide.levels, picture_at, QColor(0, 0, 0)).image(
            QSize(width, width * 3 // 4)
        )
        alpha = image.convertToFormat(image.Format.Format_Alpha8)
        values = np.frombuffer(alpha.constBits(), np.uint8)
        rows = values.reshape(alpha.height(), alpha.bytesPerLine())[:, :width]
        assert (rows == 255).all()
