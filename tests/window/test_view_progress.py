"""What a view still waits for, by plain counting."""

from collections.abc import Callable
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from tests.scene.fake_slide import FakeSlide
from tests.window.conftest import fake_slide
from viewer.formats import Opened
from viewer.window.main_window import MainWindow
from viewer.window.view_progress import ViewProgress, view_progress

Show = Callable[[FakeSlide], None]


@pytest.fixture
def show(window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Show:
    """Open a slide in memory; 2000 x 1500 pixels in tiles of 256, whole in view."""

    def show(slide: FakeSlide) -> None:
        answer = Opened((slide,), ())
        monkeypatch.setattr(
            "viewer.window.slide_opening.open_slides", lambda *_: answer
        )
        with qtbot.waitSignal(window.session.opened):
            window.open([Path("folder")])
        for dock in ("images", "metadata"):
            window.docks[dock].hide()
        window.view.fit()

    return show


def progress(window: MainWindow) -> ViewProgress:
    return view_progress(window.view, window.session.loader)


def test_a_complete_view_waits_for_nothing(
    window: MainWindow, qtbot: QtBot, show: Show
) -> None:
    assert progress(window) == ViewProgress(0, 1.0, is_growing=False)  # no slide
    show(fake_slide())
    qtbot.waitUntil(lambda: progress(window) == (0, 1.0, False), timeout=10_000)


def test_a_failed_and_an_absent_tile_are_not_waited_for(
    window: MainWindow, qtbot: QtBot, show: Show
) -> None:
    slide = fake_slide()
    for level in range(4):
        slide.broken[level, 0, 0] = "broken"
        slide.absent.add((level, 1, 0))
    show(slide)
    qtbot.waitUntil(lambda: progress(window) == (0, 1.0, False), timeout=10_000)


def test_a_growing_tile_counts_as_far_as_it_is_known(
    window: MainWindow, qtbot: QtBot, show: Show
) -> None:
    slide = fake_slide()
    shown = window.view.shown_level
    slide.covered = {(level, 0, 0): 0.5 for level in range(4)}
    show(slide)
    qtbot.waitUntil(
        lambda: progress(window).waiting == 1 and progress(window).is_growing,
        timeout=10_000,
    )
    level = slide.levels[shown()]
    extent = level.tile_extent(0, 0)
    tile = extent.width * extent.height / (level.size.width * level.size.height)
    assert progress(window).known == pytest.approx(1 - tile / 2, abs=tile / 8)
    qtbot.waitUntil(
        lambda: window.status.tiles.text().startswith("building the overview"),
        timeout=10_000,
    )
