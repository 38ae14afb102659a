"""Channel sets: what shows at first, and what switching does."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from viewer.slide.channel_set import ChannelSet, Origin, path_name
from viewer.slide.channels import Channel
from viewer.slide.grey_palette import GreyPalette
from viewer.slide.model import OpticalPath
from viewer.slide.spectrum import spectral_color

COLORS = OpticalPath("c")
RED, GREEN, BLUE, MAGENTA = (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 0, 255)


def grey(name: str = "g", **facts: object) -> OpticalPath:
    return replace(OpticalPath(name, grey_range=(0, 65535)), **facts)  # pyright: ignore[reportArgumentType]


def colors(*paths: OpticalPath) -> list[tuple[int, int, int]]:
    return [state.channel.color for state in ChannelSet.of(paths).states]


def test_a_path_of_colors_is_shown_alone() -> None:
    channels = ChannelSet.of([COLORS, grey(), COLORS])
    assert channels.on == (0,)
    assert channels.channels == ()
    assert channels.toggled(2).on == (2,)
    assert channels.toggled(1).on == (1,)
    assert channels.toggled(1).toggled(0).on == (0,)


def test_the_first_six_of_many_grey_paths_are_shown() -> None:
    channels = ChannelSet.of([grey(str(n)) for n in range(40)])
    assert channels.on == tuple(range(6))
    assert channels.all_on().on == tuple(range(40))
    assert channels.alone(17).on == (17,)
    assert channels.alone(17).alone(17).on == tuple(range(40))


@pytest.mark.gotcha(39)
def test_paths_that_the_file_says_nothing_of_are_red_green_and_blue() -> None:
    assert colors(grey("1"), grey("2"), grey("3")) == [RED, GREEN, BLUE]


def test_colors_come_from_file_then_name_then_wavelength_then_order() -> None:
    found = colors(
        grey("1", color=(1, 2, 3), description="DAPI", wavelength=640.0),
        grey("2", description="Alexa 647", wavelength=640.0),
        grey("3", wavelength=365.0),
        grey("4"),
        grey("5", description="anti-CD3"),
    )
    assert found[:3] == [(1, 2, 3), MAGENTA, BLUE]
    assert found[3:] == [RED, GREEN]  # not used so far


def test_a_lone_grey_path_is_white_unless_the_file_says_otherwise() -> None:
    assert colors(grey("DAPI", wavelength=405.0)) == [(255, 255, 255)]
    assert colors(grey("DAPI", color=BLUE)) == [BLUE]


def test_twelve_unnamed_paths_have_twelve_colors() -> None:
    assert len(set(colors(*[grey(str(n)) for n in range(12)]))) == 12


def test_the_windows_of_the_file_go_before_ranges_that_are_found() -> None:
    channels = ChannelSet.of([grey("1", window=(10.0, 90.0)), grey("2")])
    first, second = channels.states
    assert (first.channel.low, first.channel.high) == (10, 90)
    assert (first.origin, second.origin) == (Origin.FILE, Origin.STORED)
    assert channels.without_auto() == [1]
    found = channels.with_auto({1: (5.0, 7.0)})
    assert found.states[1].origin is Origin.AUTO
    assert found.channels[1].high == 7
    assert found.without_auto() == []


def test_grey_of_8_bits_is_shown_as_it_is() -> None:
    channels = ChannelSet.of([OpticalPath("1", grey_range=(0, 255))])
    assert channels.without_auto() == []
    assert (channels.channels[0].low, channels.channels[0].high) == (0, 255)


def test_a_palette_is_drawn_until_another_color_is_chosen() -> None:
    palette = GreyPalette(10, bytes(range(30)))
    first = ChannelSet.of([grey(palette=palette, color=(27, 28, 29))])
    (state,) = first.states
    assert (state.channel.low, state.channel.high) == (10.0, 19.0)
    assert state.channel.palette == palette.colors
    assert not state.wants_auto
    wider = replace(state.channel, high=90.0)
    assert first.drawn(wider).states[0].channel == wider
    red = first.drawn(replace(state.channel, color=(255, 0, 0))).states[0].channel
    assert red == Channel(0, 10.0, 19.0, (255, 0, 0))


def test_only_a_range_set_by_hand_is_said_to_be_so() -> None:
    channels = ChannelSet.of([grey()]).with_auto({0: (5.0, 9.0)})
    channel = channels.channels[0]
    assert channels.drawn(replace(channel, gamma=2.0)).states[0].origin is Origin.AUTO
    assert channels.drawn(replace(channel, low=6.0)).states[0].origin is Origin.USER


@given(st.lists(st.booleans(), min_size=1, max_size=6), st.data())
def test_something_is_always_shown_and_colors_are_alone(
    greys: list[bool], data: st.DataObject
) -> None:
    channels = ChannelSet.of(
        [grey(str(n)) if g else COLORS for n, g in enumerate(greys)]
    )
    steps = data.draw(
        st.lists(
            st.tuples(st.sampled_from("tas"), st.integers(0, len(greys) - 1)),
            max_size=8,
        )
    )
    for step, number in steps:
        if step == "t":
            channels = channels.toggled(number)
        else:
            channels = channels.all_on() if step == "a" else channels.alone(number)
        assert channels.on
        assert len(channels.on) == 1 or all(greys[n] for n in channels.on)


def test_paths_are_called_by_what_is_known_of_them() -> None:
    assert path_name(OpticalPath(""), 2) == "3"
    assert path_name(OpticalPath("1", "DAPI", wavelength=365.0), 0) == "1, DAPI, 365 nm"
    assert path_name(OpticalPath("DAPI", "DAPI"), 0) == "DAPI"


@pytest.mark.parametrize(
    ("nanometers", "color"),
    [
        (365, BLUE),
        (405, BLUE),
        (465, (0, 128, 255)),
        (520, GREEN),
        (550, (128, 255, 0)),
        (610, (255, 128, 0)),
        (640, RED),
        (785, RED),
    ],
)
def test_light_has_the_color_of_its_wavelength(
    nanometers: float, color: tuple[int, int, int]
) -> None:
    assert spectral_color(nanometers) == color
