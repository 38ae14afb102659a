"""Channels in a real view: what is drawn, what is read, what is kept."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from tests.scene.fake_slide import FakeSlide, halving_levels
from tests.window.test_coloring import Theatre
from viewer.slide.channel_set import ChannelSet, Origin
from viewer.slide.geometry import Size
from viewer.slide.model import (
    ColorReading,
    Empty,
    Level,
    OpticalPath,
    Samples,
    TileKey,
)
from viewer.window.settings import Settings

RED, GREEN, BLUE = (255, 0, 0), (0, 255, 0), (0, 0, 255)


class GreySlide(FakeSlide):
    """Grey paths; the samples of path n go from 1000 to 1000 (n + 2), left to right."""

    def __init__(self, paths: int, planes: int = 1) -> None:
        super().__init__(halving_levels(Size(1024, 1024), 256, 3), self._ramp)
        self.optical_paths = [
            OpticalPath(f"p{n}", grey_range=(0, 65535), absent=(0, 0, 0))
            for n in range(paths)
        ]
        self.focal_planes = [2.0 * n for n in range(planes)]
        self.read: list[TileKey] = []

    def _ramp(self, level: Level, key: TileKey) -> Samples:
        extent = level.tile_extent(key.column, key.row)
        x = key.column * level.tile_size.width + np.arange(extent.width)
        share = x / (level.size.width - 1)
        line = 1000 + 1000 * (key.optical_path + 1) * share
        return np.tile(line.astype(np.uint16), (extent.height, 1))

    def read_samples(
        self, key: TileKey, color: ColorReading = ColorReading.AS_ENCODED
    ) -> Samples | Empty:
        self.read.append(key)
        return super().read_samples(key, color)


class SlowSlide(GreySlide):
    """Reads nothing until it is let."""

    def __init__(self, paths: int) -> None:
        super().__init__(paths)
        self.let = threading.Event()

    def read_samples(
        self, key: TileKey, color: ColorReading = ColorReading.AS_ENCODED
    ) -> Samples | Empty:
        assert self.let.wait(30)
        return super().read_samples(key, color)


@pytest.fixture
def theatre(tmp_path: Path, qtbot: QtBot) -> Iterator[Theatre]:
    made = Theatre(Settings(tmp_path / "coverslip.ini"), qtbot)
    yield made
    made.close()


def shown(theatre: Theatre, slide: GreySlide, qtbot: QtBot) -> ChannelSet:
    """Show a slide and wait for its ranges and its picture."""
    theatre.show(slide)
    qtbot.waitUntil(lambda: theatre.coloring.is_ready)
    theatre.load()
    current = theatre.coloring.channels.current
    assert current is not None
    return current


def begin(theatre: Theatre, slide: GreySlide) -> None:
    """Show a slide without waiting for anything of it."""
    theatre.view.show_slide(slide, theatre.coloring.prepare(slide))


def test_ranges_are_found_in_the_picture_and_the_chip_says_so(
    theatre: Theatre, qtbot: QtBot
) -> None:
    channels = shown(theatre, GreySlide(3), qtbot)
    assert [state.origin for state in channels.states] == [Origin.AUTO] * 3
    for number, channel in enumerate(channels.channels):
        assert channel.low == pytest.approx(1000, abs=20)
        widest = 1000 * (number + 1)
        assert channel.high == pytest.approx(1000 + 1.1 * widest, rel=0.02)
    text, tip = theatre.chips[-1]
    assert text == "3 of 3 channels (auto)"
    assert "p1: 1,0" in tip


def test_the_picture_is_the_sum_of_the_channels(theatre: Theatre, qtbot: QtBot) -> None:
    shown(theatre, GreySlide(3), qtbot)
    assert theatre.view.look.optical_paths == (0, 1, 2)
    blue, green, red = theatre.color(320, 240)
    # Each ramp is in the middle of its range, which is a tenth wider than the ramp.
    assert red == pytest.approx(255 / 2.2, abs=4)
    assert abs(red - green) <= 2
    assert abs(red - blue) <= 2
    theatre.coloring.channels.toggle(1)
    theatre.load()
    _blue, green, red = theatre.color(320, 240)
    assert green == 0
    assert red == pytest.approx(255 / 2.2, abs=4)


def test_a_change_of_color_or_range_reads_nothing_again(
    theatre: Theatre, qtbot: QtBot
) -> None:
    slide = GreySlide(2)
    channels = shown(theatre, slide, qtbot)
    before = len(slide.read)
    channel = replace(channels.channels[0], color=BLUE, low=0.0, high=1.0, gamma=2.0)
    theatre.coloring.channels.draw(channel)
    qtbot.waitUntil(lambda: channel in theatre.view.look.channels)
    in_view = theatre.view.shown_level()
    theatre.load()
    again = [key for key in slide.read[before:] if key.level == in_view]
    assert not again
    blue, _green, red = theatre.color(320, 240)
    assert (blue, red) == (255, 0)


def test_only_channels_that_are_shown_are_read(theatre: Theatre, qtbot: QtBot) -> None:
    slide = GreySlide(40)
    channels = shown(theatre, slide, qtbot)
    assert channels.on == tuple(range(6))
    assert {key.optical_path for key in slide.read} == set(range(6))
    theatre.coloring.channels.show_alone(30)
    qtbot.waitUntil(lambda: theatre.coloring.is_ready)
    theatre.load()
    assert {key.optical_path for key in slide.read} == {*range(6), 30}
    assert theatre.chips[-1][0] == "1 of 40 channels (auto)"


def test_each_slide_keeps_its_channels_while_others_are_shown(
    theatre: Theatre, qtbot: QtBot
) -> None:
    first, second = GreySlide(3), GreySlide(2)
    shown(theatre, first, qtbot)
    theatre.coloring.channels.toggle(2)
    shown(theatre, second, qtbot)
    assert theatre.view.look.optical_paths == (0, 1)
    again = shown(theatre, first, qtbot)
    assert again.on == (0, 1)
    theatre.coloring.channels.reset()
    qtbot.waitUntil(lambda: theatre.coloring.is_ready)
    assert theatre.view.look.optical_paths == (0, 1, 2)


def test_a_range_set_by_hand_stays_until_another_is_asked_for(
    theatre: Theatre, qtbot: QtBot
) -> None:
    channels = shown(theatre, GreySlide(1), qtbot)
    wanted = replace(channels.channels[0], low=5.0, high=6.0)
    theatre.coloring.channels.draw(wanted)
    qtbot.wait(50)
    current = theatre.coloring.channels.current
    assert current is not None
    assert current.channels == (wanted,)
    assert "set by hand" in theatre.chips[-1][1]
    theatre.coloring.channels.find_range(0)
    qtbot.waitUntil(lambda: theatre.coloring.is_ready)
    current = theatre.coloring.channels.current
    assert current is not None
    assert current.states[0].origin is Origin.AUTO


def test_what_another_search_interrupts_is_searched_for_again(
    theatre: Theatre, qtbot: QtBot
) -> None:
    slide = SlowSlide(3)
    begin(theatre, slide)
    theatre.coloring.channels.find_range(1)
    slide.let.set()
    qtbot.waitUntil(lambda: theatre.coloring.is_ready)
    channels = theatre.coloring.channels.current
    assert channels is not None
    assert [state.origin for state in channels.states] == [Origin.AUTO] * 3


def test_a_slide_left_before_its_ranges_are_found_gets_them_later(
    theatre: Theatre, qtbot: QtBot
) -> None:
    slide = SlowSlide(2)
    begin(theatre, slide)
    begin(theatre, GreySlide(1))
    slide.let.set()
    channels = shown(theatre, slide, qtbot)
    assert [state.origin for state in channels.states] == [Origin.AUTO] * 2


def test_a_range_set_while_one_is_searched_for_stays(
    theatre: Theatre, qtbot: QtBot
) -> None:
    slide = SlowSlide(2)
    begin(theatre, slide)
    channels = theatre.coloring.channels
    assert channels.current is not None
    mine = replace(channels.current.states[0].channel, low=7, high=70)
    channels.draw(mine)
    slide.let.set()
    qtbot.waitUntil(lambda: theatre.coloring.is_ready)
    states = channels.current.states
    assert (states[0].channel, states[0].origin) == (mine, Origin.USER)
    assert states[1].origin is Origin.AUTO


def test_one_of_several_paths_of_colors_is_chosen(
    theatre: Theatre, qtbot: QtBot
) -> None:
    slide = FakeSlide(halving_levels(Size(1024, 1024), 256, 3))
    slide.optical_paths = [OpticalPath("H&E"), OpticalPath("IHC")]
    theatre.show(slide)
    assert theatre.view.look.optical_paths == (0,)
    theatre.coloring.channels.toggle(1)
    qtbot.waitUntil(lambda: theatre.coloring.is_ready)
    assert theatre.view.look.optical_paths == (1,)
    theatre.coloring.channels.toggle(1)  # the last one stays
    assert theatre.view.look.optical_paths == (1,)
