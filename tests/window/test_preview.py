"""A coarse demo slide while the demo is drawn, and what is kept when it is replaced."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from tests.synthetic import write_slide
from tests.window.conftest import HeldReader
from viewer.formats import Opened
from viewer.slide.errors import SlideError
from viewer.slide.geometry import Size
from viewer.slide.model import Slide, TileKey
from viewer.window.main_window import MainWindow
from viewer.window.session import Session

WHOLE, COARSE = Size(4096, 3072), Size(512, 384)


class Painter:
    """Draws the demo: the preview first, then, after `going`, the slide."""

    def __init__(self, folder: Path) -> None:
        self.whole, self.coarse = folder / "whole", folder / "coarse"
        for path, size in ((self.whole, WHOLE), (self.coarse, COARSE)):
            path.mkdir()
            write_slide(path, name=path.name, size=tuple(size), levels=1)
        self.going = threading.Event()
        self.stopped = threading.Event()
        self.error: Exception | None = None

    def draw(
        self, *, progress: Callable[[float], None], preview: Callable[[Path], None]
    ) -> Path:
        preview(self.coarse)
        try:
            while not self.going.wait(0.005):
                progress(0.43)
        finally:
            self.stopped.set()
        if self.error is not None:
            raise self.error
        return self.whole


@pytest.fixture
def painter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Painter]:
    painter = Painter(tmp_path)
    monkeypatch.setattr("viewer.demo.demo_slide", painter.draw)
    yield painter
    painter.going.set()


@pytest.fixture
def preview(window: MainWindow, painter: Painter, qtbot: QtBot) -> Slide:
    """The preview on screen, the slide being drawn."""
    with qtbot.waitSignal(window.session.previewed):
        window.open_demo()
    assert window.view.slide is not None
    return window.view.slide


def finish(window: MainWindow, painter: Painter, qtbot: QtBot) -> None:
    with qtbot.waitSignal(window.session.opened):
        painter.going.set()


def test_the_preview_is_on_screen_while_the_slide_is_drawn(
    window: MainWindow, preview: Slide, qtbot: QtBot
) -> None:
    assert preview.levels[0].size == COARSE
    assert window.session.slides == (preview,)
    assert window.session.is_opening
    assert window.status.bar.isVisible()
    said = window.status.busy_text
    assert said.text().startswith("Drawing the demo slide")
    qtbot.waitUntil(lambda: said.text() == "Drawing the demo slide 43 %")
    qtbot.waitUntil(lambda: window.status.bar.value() == 43)


def test_the_slide_takes_the_place_of_its_preview(
    window: MainWindow, preview: Slide, painter: Painter, qtbot: QtBot
) -> None:
    finish(window, painter, qtbot)
    (slide,) = window.session.slides
    assert window.view.slide is slide
    assert slide.levels[0].size == WHOLE
    assert not window.status.bar.isVisible()
    with pytest.raises(SlideError):
        preview.read_samples(TileKey(preview.serial, 0, 0, 0))


def test_the_whole_picture_stays_the_whole_picture(
    window: MainWindow, preview: Slide, painter: Painter, qtbot: QtBot
) -> None:
    before = window.view.viewport_state()
    finish(window, painter, qtbot)
    after = window.view.viewport_state()
    assert after.pixel_size == pytest.approx(8 * before.pixel_size)


def test_place_and_zoom_are_kept(
    window: MainWindow, preview: Slide, painter: Painter, qtbot: QtBot
) -> None:
    window.view.set_pixel_size(0.4)
    window.view.center_on(300, 120)
    finish(window, painter, qtbot)
    after = window.view.viewport_state()
    assert after.pixel_size == pytest.approx(8 * 0.4)
    area = after.area
    middle = area.x + area.width / 2, area.y + area.height / 2
    assert middle == pytest.approx((8 * 300, 8 * 120), abs=after.pixel_size)


def test_stopped_drawing_leaves_the_preview_and_says_so(
    window: MainWindow, preview: Slide, painter: Painter
) -> None:
    window.commands["leave"].trigger()
    assert painter.stopped.wait(2)
    assert window.view.slide is preview
    assert window.message.isVisible()
    assert "coarse preview" in window.message.sentence.text()
    assert not window.status.bar.isVisible()


def test_a_failure_is_said_and_the_preview_stays(
    window: MainWindow, preview: Slide, painter: Painter, qtbot: QtBot
) -> None:
    painter.error = SlideError("No space left.")
    with qtbot.waitSignal(window.session.failed):
        painter.going.set()
    assert window.view.slide is preview
    assert window.message.sentence.text() == "No space left."


def test_another_slide_is_not_taken_for_the_preview(
    window: MainWindow, preview: Slide, painter: Painter, qtbot: QtBot
) -> None:
    window.view.set_pixel_size(0.4)
    with qtbot.waitSignal(window.session.opened):
        window.open([painter.whole])
    assert painter.stopped.wait(2)
    area = window.view.viewport_state().area
    assert area.width >= WHOLE.width or area.height >= WHOLE.height
    assert not window.message.isVisible()


def test_a_preview_that_comes_too_late_is_closed(
    stubborn_reader: HeldReader, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    def draw(*, progress: object, preview: Callable[[Path], None]) -> Path:
        preview(Path("late"))
        raise SlideError("never reached")

    monkeypatch.setattr("viewer.demo.demo_slide", draw)
    session = Session(2**20)
    shown: list[Opened] = []
    session.previewed.connect(shown.append)
    session.open_demo()
    assert stubborn_reader.running.acquire(timeout=2)
    session.cancel()
    stubborn_reader.going.set()
    qtbot.waitUntil(lambda: "late" in stubborn_reader.slides)
    qtbot.waitUntil(lambda: not stubborn_reader.slides["late"].is_open)
    assert shown == []
    session.close()
    session.deleteLater()
