"""Real windows, real little slides, and openings that wait until they are let go."""

import threading
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from tests.scene.fake_slide import FakeSlide, halving_levels
from tests.synthetic import write_slide
from viewer.formats import Opened, OpenOptions
from viewer.slide.errors import Cancelled
from viewer.slide.geometry import Size
from viewer.window.main_window import MainWindow
from viewer.window.settings import Settings


@pytest.fixture(scope="session")
def slide_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with one small slide of three levels, label and overview."""
    folder = tmp_path_factory.mktemp("slide")
    write_slide(folder, name="first")
    return folder


@pytest.fixture(scope="session")
def two_slides_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with two slides and a text file."""
    folder = tmp_path_factory.mktemp("slides")
    write_slide(folder, name="first")
    write_slide(folder, name="second", levels=1, label=False, overview=False)
    (folder / "notes.txt").write_text("nothing to see here")
    return folder


@pytest.fixture(scope="session")
def four_slides_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with four slides."""
    folder = tmp_path_factory.mktemp("four")
    for name in ("first", "second", "third", "fourth"):
        write_slide(folder, name=name, levels=1, label=False, overview=False)
    return folder


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path) -> Iterator[MainWindow]:
    """A main window on the screen, with settings of its own."""
    window = MainWindow(Settings(tmp_path / "settings" / "coverslip.ini"))
    qtbot.addWidget(window)
    with qtbot.waitExposed(window):
        window.show()
    yield window
    window.close()


def fake_slide() -> FakeSlide:
    """A slide in memory, big enough for several tiles."""
    return FakeSlide(halving_levels(Size(2000, 1500), 256, 4))


class HeldReader:
    """Stands in for `open_slides`: each call waits until it is let go.

    `heeds_cancel` is whether it stops when nobody waits any more.
    """

    def __init__(self, *, heeds_cancel: bool = True) -> None:
        self.slides: dict[str, FakeSlide] = {}
        self.going = threading.Event()
        self.running = threading.Semaphore(0)
        self._heeds_cancel = heeds_cancel

    def __call__(self, paths: Iterable[Path], options: OpenOptions) -> Opened:
        name = next(iter(paths)).name
        self.running.release()
        while not self.going.wait(0.005):
            if self._heeds_cancel and options.cancelled and options.cancelled():
                raise Cancelled("cancelled")
        slide = self.slides.setdefault(name, fake_slide())
        slide.name = name
        return Opened((slide,), ())


@pytest.fixture
def held_reader(monkeypatch: pytest.MonkeyPatch) -> Iterator[HeldReader]:
    """Openings that wait for `going`; let go at the end whatever happens."""
    reader = HeldReader()
    monkeypatch.setattr("viewer.window.slide_opening.open_slides", reader)
    yield reader
    reader.going.set()


@pytest.fixture
def stubborn_reader(monkeypatch: pytest.MonkeyPatch) -> Iterator[HeldReader]:
    """The same, but it does not notice that nobody waits: a dead share."""
    reader = HeldReader(heeds_cancel=False)
    monkeypatch.setattr("viewer.window.slide_opening.open_slides", reader)
    yield reader
    reader.going.set()
