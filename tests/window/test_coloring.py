"""Coloring a real view: the switch, the adjustment, and what they cost."""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.profiles import SRGB, swapped
from tests.scene.fake_slide import FakeSlide, filled, halving_levels
from tests.scene.stage import bgr
from viewer.qt.images import Picture, picture_of
from viewer.qt.samples import RecentSamples
from viewer.scene.slide_view import SlideView
from viewer.slide.adjustment import NEUTRAL, Adjustment
from viewer.slide.geometry import Size
from viewer.slide.look import DisplayTile
from viewer.slide.model import (
    ColorReading,
    Empty,
    Level,
    OpticalPath,
    Samples,
    TileKey,
)
from viewer.tiles.cache import TileCache
from viewer.tiles.loader import TileLoader
from viewer.window.coloring import Coloring
from viewer.window.settings import Settings

RED, BLUE = (10, 20, 200), (200, 20, 10)  # as BGR
BROKEN = b"junk" * 40


def red(level: Level, key: TileKey) -> Samples:
    return filled(level, key, RED)


class RedSlide(FakeSlide):
    """A red slide whose profile swaps red and blue; it counts its reads."""

    def __init__(self, *profiles: bytes | None) -> None:
        super().__init__(halving_levels(Size(2048, 2048), 256, 4), red)
        self.profiles = profiles or (swapped(),)
        self.reads = 0

    def icc_profile(self, level: int, optical_path: int) -> bytes | None:
        return self.profiles[min(level, len(self.profiles) - 1)]

    def read_samples(
        self, key: TileKey, color: ColorReading = ColorReading.AS_ENCODED
    ) -> Samples | Empty:
        self.reads += 1
        return super().read_samples(key, color)


class Theatre:
    """A view with its coloring; tiles load when asked for, on this thread."""

    def __init__(self, settings: Settings, qtbot: QtBot) -> None:
        self.samples = RecentSamples(64 << 20)
        self.slide: FakeSlide = RedSlide()
        self.loaded: list[DisplayTile] = []
        self.loader: TileLoader[DisplayTile, Picture] = TileLoader(
            lambda tile: picture_of(self.slide, tile, recent=self.samples),
            TileCache[DisplayTile, Picture](128 << 20),
            self.loaded.append,
            threads=0,
        )
        self.view = SlideView(self.loader)
        self.view.resize(640, 480)
        self.view.show()
        self.coloring = Coloring(self.view, self.samples, settings)
        self.chips: list[tuple[str, str]] = []
        self.notes: list[tuple[str, str]] = []
        self.coloring.chip_changed.connect(lambda *chip: self.chips.append(chip))
        self.coloring.adjusted_changed.connect(lambda *note: self.notes.append(note))
        self._qtbot = qtbot

    def show(self, slide: FakeSlide) -> None:
        """Show a slide and wait until all about it is there."""
        self.slide = slide
        self.view.show_slide(slide, self.coloring.prepare(slide))
        self._qtbot.waitUntil(lambda: self.coloring.is_idle)
        self.load()

    def load(self, most: int = 10_000) -> None:
        """Load what is wanted, at most so many tiles, and show it."""
        self._qtbot.wait(1)
        while most and self.loader.load_next():
            most -= 1
        self.view.tiles_loaded(list(self.loaded))
        self.loaded.clear()
        self._qtbot.wait(1)

    def color(self, x: int = 320, y: int = 240) -> list[int]:
        """Return what a pixel of the view has, as BGR."""
        image = self.view.viewport().grab().toImage()
        return bgr(image)[y, x].tolist()

    def colors(self) -> set[tuple[int, ...]]:
        """Return all colors inside the slide, however its edges are drawn."""
        pixels = bgr(self.view.viewport().grab().toImage())[100:380, 200:440]
        return {tuple(each) for each in np.unique(pixels.reshape(-1, 3), axis=0)}

    def close(self) -> None:
        self.coloring.stop()
        self.view.close()
        self.loader.close()
        self.view.deleteLater()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(tmp_path / "coverslip.ini")


@pytest.fixture
def theatre(settings: Settings, qtbot: QtBot) -> Iterator[Theatre]:
    made = Theatre(settings, qtbot)
    yield made
    made.close()


def test_a_profile_is_applied_and_the_chip_says_so(theatre: Theatre) -> None:
    theatre.show(RedSlide())
    assert theatre.color() == pytest.approx(BLUE, abs=1)
    assert [text for text, _ in theatre.chips] == [
        "ICC: preparing",
        "ICC: sRGB built-in \N{RIGHTWARDS ARROW} sRGB",
    ]


def test_the_switch_recolors_without_reading_a_file(theatre: Theatre) -> None:
    slide = RedSlide()
    theatre.show(slide)
    reads = slide.reads
    theatre.coloring.set_managed(False)
    theatre.load()
    assert theatre.color() == list(RED)
    assert theatre.chips[-1][0] == "ICC off (Y)"
    theatre.coloring.set_managed(True)
    assert theatre.color() == pytest.approx(BLUE, abs=1)  # at once: still in the cache
    theatre.coloring.adjust(Adjustment(contrast=10))
    theatre.load()
    assert slide.reads == reads


def test_after_a_switch_what_is_in_view_comes_first(theatre: Theatre) -> None:
    theatre.show(RedSlide())
    theatre.view.show_native()
    theatre.load()
    theatre.coloring.set_managed(False)
    theatre.load(12)  # 640 x 480 at most over 4 x 3 tiles of 256
    assert theatre.view.is_complete()
    assert theatre.colors() == {RED}


def test_the_old_colors_stay_until_the_new_ones_are_there(theatre: Theatre) -> None:
    theatre.show(RedSlide())
    theatre.view.show_native()
    theatre.load()
    before = theatre.colors()
    theatre.coloring.set_managed(False)
    assert theatre.colors() == before
    theatre.load(3)
    assert theatre.colors() == {RED, *before}  # no third color, nothing blank


def test_many_changes_in_a_row_leave_nothing_blank(theatre: Theatre) -> None:
    theatre.show(RedSlide())
    theatre.view.show_native()
    theatre.load()
    before = theatre.colors()
    look = theatre.view.look
    for number in range(1, 6):
        changed = type(look).natural(
            theatre.slide.optical_paths[0], adjustment=Adjustment(number)
        )
        theatre.view.set_look(changed)
        assert theatre.colors() == before


def test_the_switch_is_remembered(theatre: Theatre, settings: Settings) -> None:
    assert theatre.coloring.is_managed
    theatre.coloring.set_managed(False)
    assert not settings.flag("color/icc", default=True)
    again = Coloring(theatre.view, theatre.samples, settings)
    assert not again.is_managed
    again.stop()


def test_switched_off_no_profile_is_prepared_until_it_is_on_again(
    theatre: Theatre, qtbot: QtBot
) -> None:
    theatre.coloring.set_managed(False)
    theatre.show(RedSlide())
    assert theatre.color() == list(RED)
    assert [text for text, _ in theatre.chips if text] == ["ICC off (Y)"]
    theatre.coloring.set_managed(True)
    qtbot.waitUntil(lambda: theatre.coloring.is_idle)
    theatre.load()
    assert theatre.color() == pytest.approx(BLUE, abs=1)


def test_each_level_has_the_colors_of_its_own_profile(theatre: Theatre) -> None:
    theatre.show(RedSlide(SRGB, swapped()))
    theatre.view.show_native()
    theatre.load()
    assert theatre.color() == pytest.approx(RED, abs=1)
    theatre.view.set_pixel_size(2.0)
    theatre.load()
    assert theatre.color() == pytest.approx(BLUE, abs=1)


@pytest.mark.parametrize(
    ("profile", "text"), [(None, "no ICC profile"), (BROKEN, "ICC profile broken")]
)
def test_without_a_usable_profile_colors_are_as_stored(
    theatre: Theatre, profile: bytes | None, text: str
) -> None:
    theatre.show(RedSlide(profile))
    assert theatre.color() == list(RED)
    assert theatre.chips[-1][0] == text


def test_an_adjustment_is_never_silent_and_stays_for_the_next_slide(
    theatre: Theatre,
) -> None:
    theatre.show(RedSlide(None))
    assert theatre.notes[-1] == ("", "")
    theatre.coloring.adjust(Adjustment(brightness=20))
    theatre.load()
    assert theatre.color() == [61, 71, 251]
    assert theatre.notes[-1][0] == "Adjusted: brightness +20"
    assert "Home" in theatre.notes[-1][1]
    theatre.view.show_slide(None, theatre.coloring.prepare(None))
    assert theatre.notes[-1] == ("", "")
    theatre.show(RedSlide(None))
    assert theatre.color() == [61, 71, 251]
    assert theatre.notes[-1][0] == "Adjusted: brightness +20"


def test_home_resets_the_adjustment_and_0_does_not(
    theatre: Theatre, qtbot: QtBot
) -> None:
    theatre.show(RedSlide(None))
    made: list[Adjustment] = []
    theatre.coloring.adjustment_changed.connect(made.append)
    theatre.coloring.adjust(Adjustment(gamma=2.0))
    qtbot.keyClick(theatre.view, Qt.Key.Key_0)
    assert theatre.coloring.adjustment == Adjustment(gamma=2.0)
    qtbot.keyClick(theatre.view, Qt.Key.Key_Home)
    assert theatre.coloring.adjustment == NEUTRAL
    assert made == [Adjustment(gamma=2.0), NEUTRAL]
    assert theatre.notes[-1] == ("", "")
    qtbot.waitUntil(lambda: theatre.view.look.adjustment == NEUTRAL)


def test_while_a_slider_moves_only_the_newest_waits(
    theatre: Theatre, qtbot: QtBot
) -> None:
    theatre.show(RedSlide(None))
    looks: list[int] = []
    set_look: Callable[..., None] = theatre.view.set_look
    theatre.view.set_look = lambda look: (  # type: ignore[method-assign]
        looks.append(look.adjustment.brightness),
        set_look(look),
    )[0]
    for brightness in range(1, 30):
        theatre.coloring.adjust(Adjustment(brightness=brightness))
    assert looks == [1]
    assert not theatre.coloring.is_ready
    theatre.load()  # the first is complete now
    qtbot.waitUntil(lambda: looks == [1, 29])
    theatre.load()
    qtbot.waitUntil(lambda: theatre.coloring.is_ready)
    assert theatre.view.look.adjustment == Adjustment(brightness=29)


def test_an_adjustment_does_not_wait_for_ever_for_a_slow_view(
    theatre: Theatre, qtbot: QtBot
) -> None:
    theatre.show(RedSlide(None))
    theatre.coloring.adjust(Adjustment(1))
    theatre.coloring.adjust(Adjustment(2))  # and nothing is loaded
    qtbot.waitUntil(lambda: theatre.view.look.adjustment == Adjustment(2))


def test_grey_slides_are_adjusted_within_their_window(theatre: Theatre) -> None:
    def grey(level: Level, key: TileKey) -> Samples:
        extent = level.tile_extent(key.column, key.row)
        return np.full((extent.height, extent.width), 2048, np.uint16)

    slide = RedSlide(swapped())
    slide.draw = grey
    slide.optical_paths = [OpticalPath("1", grey_range=(0, 4095))]
    theatre.show(slide)
    assert theatre.color() == [128] * 3
    assert theatre.chips[-1][0] == "grey 0 to 4,095"
    theatre.coloring.adjust(Adjustment(brightness=20))
    theatre.load()
    assert theatre.color() == [179] * 3


def test_what_was_not_scanned_is_adjusted_with_the_picture(theatre: Theatre) -> None:
    slide = RedSlide()
    slide.optical_paths = [OpticalPath("1", absent=(100, 110, 120))]
    slide.absent = {
        (number, column, row)
        for number, level in enumerate(slide.levels)
        for column in range(level.columns)
        for row in range(level.rows)
    }
    theatre.show(slide)
    assert theatre.color() == [120, 110, 100]
    theatre.coloring.adjust(Adjustment(brightness=20))
    theatre.load()
    assert theatre.color() == [171, 161, 151]
