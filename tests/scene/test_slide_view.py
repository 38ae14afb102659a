"""The view as a whole: wishes, completeness, reasons, resizing, closing."""

import threading
import time
from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QFocusEvent, QHelpEvent, QPalette
from PySide6.QtWidgets import QApplication, QLineEdit, QToolTip, QWidget
from pytestqt.qtbot import QtBot

from tests.scene.fake_slide import FakeSlide, halving_levels
from tests.scene.stage import Stage
from viewer.qt.images import Picture, picture_of
from viewer.qt.mailbox import Mailbox
from viewer.scene.slide_view import SlideView
from viewer.slide.geometry import Size
from viewer.slide.look import DisplayTile
from viewer.slide.model import ColorReading, Empty, Samples, TileKey
from viewer.tiles.cache import TileCache
from viewer.tiles.loader import TileLoader
from viewer.tiles.plan import Viewport

MakeStage = Callable[..., Stage]


def slide(width: int = 4000, height: int = 3000, levels: int = 4) -> FakeSlide:
    return FakeSlide(halving_levels(Size(width, height), 256, levels))


def test_new_slide_is_whole_in_view_and_has_the_focus(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    loader: TileLoader[DisplayTile, Picture] = TileLoader(
        lambda tile: picture_of(made, tile),
        TileCache[DisplayTile, Picture](1 << 20),
        lambda tile: None,
        threads=0,
    )
    made = slide()
    view, field = SlideView(loader, window), QLineEdit(window)
    view.setGeometry(0, 40, 700, 460)
    window.resize(700, 500)
    window.show()
    window.activateWindow()
    field.setFocus()
    qtbot.waitUntil(field.hasFocus)
    view.show_slide(made)
    assert view.hasFocus()
    area = view.viewport_state().area
    assert area.x <= 0
    assert area.y <= 0
    assert area.right >= 4000
    assert area.bottom >= 3000
    assert "fake" in view.accessibleName()
    window.close()


def test_whole_slide_stays_whole_while_the_window_is_resized(stage: MakeStage) -> None:
    played = stage(slide())
    played.view.resize(1000, 200)
    played.turn()
    area = played.view.viewport_state().area
    assert area.y == pytest.approx(0, abs=1e-6)
    assert area.bottom == pytest.approx(3000)
    played.view.zoom_by(2)
    x, y = area.x + area.width / 2, area.y + area.height / 2
    played.view.resize(500, 400)
    played.turn()
    area = played.view.viewport_state().area
    assert (area.x + area.width / 2, area.y + area.height / 2) == pytest.approx((x, y))


def test_viewport_is_told_once_a_turn_with_device_pixels(
    stage: MakeStage, qtbot: QtBot
) -> None:
    played = stage(slide(), 600, 400, 2.0)
    told: list[Viewport] = []
    played.view.viewport_changed.connect(told.append)
    for _ in range(10):
        played.view.pan_by(3, 1)
        played.view.zoom_by(1.1)
    assert told == []
    played.turn()
    assert told == [played.view.viewport_state()]
    played.view.show_native()
    played.turn()
    assert (told[-1].area.width, told[-1].area.height) == (1200, 800)
    assert told[-1].pixel_size == 1.0


def test_moving_to_another_screen_keeps_the_place_and_its_size_on_it(
    stage: MakeStage,
) -> None:
    played = stage(slide())
    played.view.set_pixel_size(2.0)
    played.view.center_on(2000, 1500)
    played.view.screen_ratio = 2.0
    QApplication.sendEvent(played.view, QEvent(QEvent.Type.DevicePixelRatioChange))
    area = played.view.viewport_state().area
    assert (area.x + area.width / 2, area.y + area.height / 2) == (2000, 1500)
    assert area.width == pytest.approx(1280)
    assert played.view.viewport_state().pixel_size == 1.0


def test_only_what_the_view_needs_is_loaded_the_middle_first(stage: MakeStage) -> None:
    made = slide(40_000, 30_000, 8)
    played = stage(made)
    played.view.show_native()
    played.view.center_on(20_000, 15_000)
    tiles = played.load()
    assert played.view.is_complete()
    of_level = [tile for tile in tiles if tile.level == 0]
    assert abs(of_level[0].column - 20_000 // 256) <= 1
    assert abs(of_level[0].row - 15_000 // 256) <= 1
    assert len(tiles) < 150
    played.view.center_on(5000, 5000)
    played.turn()
    played.view.show_slide(None)
    played.turn()
    assert not played.loader.load_next()


def test_view_is_complete_only_with_every_tile_in_view(stage: MakeStage) -> None:
    played = stage(slide())
    played.view.show_native()
    played.turn()
    assert not played.view.is_complete()
    assert played.view.sharp_share() == 0.0
    shares: list[float] = []
    while not played.view.is_complete():
        assert played.load(1)
        shares.append(played.view.sharp_share())
    assert shares == sorted(shares)
    assert shares[-1] == pytest.approx(1.0)
    assert played.view.shown_level() == 0


def test_failed_tiles_are_counted_once_and_complete_the_view(stage: MakeStage) -> None:
    made = slide(1024, 1024, 1)
    made.broken = {(0, 1, 1): "Frame 6 is broken.", (0, 2, 1): "Frame 7 is broken."}
    played = stage(made)
    played.view.show_native()
    played.load()
    assert played.view.failed_tiles() == 2
    assert played.view.is_complete()
    made.absent = {(0, 0, 0)}
    assert played.view.failed_tiles() == 2


def test_tool_tip_of_a_failed_tile_says_why(
    stage: MakeStage, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = slide(512, 512, 1)
    made.broken = {(0, 0, 0): "a<b>.dcm: frame 1 ends early & is broken."}
    played = stage(made, 640, 560)
    played.view.show_native()
    played.load()
    told: list[str] = []
    monkeypatch.setattr(QToolTip, "showText", lambda _at, text, _in: told.append(text))
    hidden: list[bool] = []
    monkeypatch.setattr(QToolTip, "hideText", lambda: hidden.append(True))
    area = played.view.viewport_state().area
    broken = QPoint(int(100 - area.x), int(100 - area.y))
    whole = QPoint(int(400 - area.x), int(100 - area.y))
    for position in (broken, whole):
        at = played.view.viewport().mapToGlobal(position)
        event = QHelpEvent(QEvent.Type.ToolTip, position, at)
        QApplication.sendEvent(played.view.viewport(), event)
    assert told == ["<p>a&lt;b&gt;.dcm: frame 1 ends early &amp; is broken.</p>"]
    assert hidden == [True]


def test_pointer_is_told_in_level_0_pixels_and_when_it_leaves(
    stage: MakeStage, qtbot: QtBot
) -> None:
    played = stage(slide(), ratio=1.5)
    played.view.show_native()
    played.view.center_on(2000, 1500)
    told: list[QPointF | None] = []
    played.view.pointer_moved.connect(told.append)
    qtbot.mouseMove(played.view.viewport(), QPoint(100, 50))
    area = played.view.viewport_state().area
    assert told[-1] == QPointF(area.x + 150, area.y + 75)
    played.view.pan_by(10, 0)  # the tissue moves under the pointer
    played.turn()
    assert told[-1] == QPointF(area.x + 165, area.y + 75)
    QApplication.sendEvent(played.view.viewport(), QEvent(QEvent.Type.Leave))
    assert told[-1] is None


def test_outside_follows_the_palette(stage: MakeStage) -> None:
    played = stage(slide(4000, 1000))
    light = played.pixels()[2, 2]
    palette = QPalette(played.view.palette())
    palette.setColor(QPalette.ColorRole.Window, QColor(40, 40, 40))
    played.view.setPalette(palette)
    played.turn()
    dark = played.pixels()[2, 2]
    assert dark.max() < 60 < light.min()


def test_empty_view_paints_and_answers(stage: MakeStage) -> None:
    played = stage(slide())
    played.view.show_slide(None)
    played.turn()
    assert played.view.slide is None
    assert played.view.is_complete()
    assert played.view.failure_at(QPoint(5, 5)) is None
    assert len(np.unique(played.pixels().reshape(-1, 3), axis=0)) == 1
    played.view.pan_by(5, 5)
    played.view.tiles_loaded([])
    played.turn()


def test_tiles_of_another_slide_repaint_nothing(stage: MakeStage) -> None:
    made = slide()
    played = stage(made)
    played.load()
    painted: list[int] = []
    played.view.frame_painted.connect(lambda: painted.append(1))
    look = played.view.look
    played.view.tiles_loaded([DisplayTile(made.serial + 1, 2, 0, 0, 0, look)])
    played.view.tiles_loaded([DisplayTile(made.serial, 0, 0, 0, 0, look)])  # finer
    played.turn()
    assert painted == []
    level = played.view.shown_level()
    played.view.tiles_loaded([DisplayTile(made.serial, level + 1, 0, 0, 0, look)])
    played.turn()
    assert painted == []
    played.view.tiles_loaded([DisplayTile(made.serial, level, 0, 0, 0, look)])
    played.turn()
    assert painted == [1]


def test_scroll_bars_never_shift_the_picture(stage: MakeStage) -> None:
    played = stage(slide())
    played.load()
    before = played.pixels()
    played.view.horizontalScrollBar().setValue(57)
    played.view.pan_by(0, 0)
    assert (played.pixels() == before).all()


def test_closing_while_real_threads_load_is_clean(qtbot: QtBot) -> None:
    class Slow(FakeSlide):
        def read_samples(
            self, key: TileKey, color: ColorReading = ColorReading.AS_ENCODED
        ) -> Samples | Empty:
            time.sleep(0.005)
            return super().read_samples(key, color)

    for number in range(10):
        made = Slow(halving_levels(Size(40_000, 30_000), 256, 8))
        mailbox = Mailbox()
        loader: TileLoader[DisplayTile, Picture] = TileLoader(
            lambda tile, made=made: picture_of(made, tile),
            TileCache[DisplayTile, Picture](64 << 20),
            mailbox.post,
            threads=3,
            on_released=lambda _serial, made=made: made.close(),
        )
        view = SlideView(loader)
        mailbox.arrived.connect(view.tiles_loaded)
        view.resize(900, 700)
        view.show()
        view.show_slide(made)
        view.show_native()
        qtbot.wait(7 * number)
        view.show_slide(None)
        loader.release(made.serial)
        mailbox.close()
        view.close()
        assert loader.close(2.0)
        assert not made.is_open
        view.deleteLater()
        mailbox.deleteLater()
    assert not [t for t in threading.enumerate() if t.name.startswith("tile-loader")]


def test_real_threads_complete_a_view(qtbot: QtBot) -> None:
    made = slide(40_000, 30_000, 8)
    mailbox = Mailbox()
    loader: TileLoader[DisplayTile, Picture] = TileLoader(
        lambda tile: picture_of(made, tile),
        TileCache[DisplayTile, Picture](64 << 20),
        mailbox.post,
        threads=2,
    )
    view = SlideView(loader)
    qtbot.addWidget(view)
    mailbox.arrived.connect(view.tiles_loaded)
    view.resize(900, 700)
    view.show()
    view.show_slide(made)
    for x, y in ((5000, 5000), (30_000, 20_000), (20_000, 15_000)):
        view.show_native()
        view.center_on(x, y)
        qtbot.waitUntil(view.is_complete)
    view.show_slide(None)
    mailbox.close()
    assert loader.close(2.0)


def test_focus_by_a_key_is_framed_until_it_goes(stage: MakeStage) -> None:
    view = stage(slide()).view
    highlight = view.palette().color(QPalette.ColorRole.Highlight)

    def corner() -> QColor:
        return view.grab().toImage().pixelColor(1, 1)

    assert corner() != highlight
    reason = Qt.FocusReason.TabFocusReason
    QApplication.sendEvent(view, QFocusEvent(QEvent.Type.FocusIn, reason))
    assert corner() == highlight
    QApplication.sendEvent(view, QFocusEvent(QEvent.Type.FocusOut, reason))
    assert corner() != highlight
