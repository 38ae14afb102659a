"""Channels: what grey samples look like in colors, by plain arithmetic."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from viewer.slide.channels import Channel, light_of, shone
from viewer.slide.look import Look
from viewer.slide.model import EMPTY, OpticalPath

RED, GREEN, BLUE = (255, 0, 0), (0, 255, 0), (0, 0, 255)


def rgb(drawn: np.ndarray) -> list[list[int]]:
    return drawn[0, :, 2::-1].tolist()


def by_hand(sample: int, channel: Channel) -> list[int]:
    share = (sample - channel.low) / (channel.high - channel.low)
    share = min(1.0, max(0.0, share)) ** (1 / channel.gamma)
    return [int(value * share + 0.5) for value in channel.color]


@pytest.mark.gotcha(38)
def test_samples_of_16_bits_are_windowed_and_clipped_at_its_ends_alone() -> None:
    grey = np.array([[0, 999, 1000, 1500, 2000, 2001, 65535]], np.uint16)
    look = Look(channels=(Channel(0, 1000, 2000),))
    values = [0, 0, 0, 128, 255, 255, 255]
    assert rgb(look.render([grey])) == [[value] * 3 for value in values]


@pytest.mark.gotcha(38)
@given(st.data())
def test_every_sample_is_what_the_formula_says(data: st.DataObject) -> None:
    wide = data.draw(st.booleans())
    most = 65535 if wide else 255
    low = data.draw(st.floats(-100, most))
    high = low + data.draw(st.floats(0.01, most))
    byte = st.integers(0, 255)
    color = data.draw(st.tuples(byte, byte, byte))
    gamma = data.draw(st.floats(0.2, 5))
    samples = data.draw(st.lists(st.integers(0, most), min_size=1, max_size=20))
    channel = Channel(0, low, high, color, gamma)
    grey = np.array([samples], np.uint16)
    grey = grey if wide else grey.astype(np.uint8)
    expected = [by_hand(sample, channel) for sample in samples]
    assert rgb(shone(channel.light(grey))) == expected


@pytest.mark.gotcha(39)
def test_three_grey_paths_make_the_picture_that_they_are() -> None:
    pixels = np.random.default_rng(3).integers(0, 256, (9, 7, 3), np.uint8)
    channels = tuple(
        Channel(n, color=color) for n, color in enumerate((RED, GREEN, BLUE))
    )
    drawn = Look((0, 1, 2), channels=channels).render(
        [pixels[..., n] for n in range(3)]
    )
    np.testing.assert_array_equal(drawn[..., 2::-1], pixels)
    assert (drawn[..., 3] == 255).all()


@pytest.mark.gotcha(39)
def test_light_adds_up_and_is_clipped_at_white() -> None:
    red, green = (
        np.array([[200, 255, 10]], np.uint8),
        np.array([[200, 0, 10]], np.uint8),
    )
    yellow = np.array([[0, 255, 250]], np.uint8)
    channels = (
        Channel(0, color=RED),
        Channel(1, color=GREEN),
        Channel(2, color=(255, 255, 0)),
    )
    drawn = Look((0, 1, 2), channels=channels).render([red, green, yellow])
    assert rgb(drawn) == [[200, 200, 0], [255, 255, 0], [255, 255, 0]]


def test_forty_channels_add_up_without_overflow() -> None:
    bright = np.full((2, 2), 65535, np.uint16)
    channels = tuple(Channel(n, 0, 65535) for n in range(40))
    drawn = Look(tuple(range(40)), channels=channels).render([bright] * 40)
    assert (drawn == 255).all()
    dim = tuple(Channel(n, 0, 65535, (6, 0, 1)) for n in range(40))
    drawn = Look(tuple(range(40)), channels=dim).render([bright] * 40)
    assert rgb(drawn)[0] == [240, 0, 40]


def test_a_path_without_anything_here_adds_no_light() -> None:
    grey = np.array([[100]], np.uint8)
    channels = Channel(0, color=RED), Channel(1, color=GREEN)
    assert rgb(Look((0, 1), channels=channels).render([EMPTY, grey])) == [[0, 100, 0]]


def test_colors_and_light_add_up() -> None:
    pixels = np.array([[[10, 20, 30, 255]]], np.uint8)
    grey = np.array([[100]], np.uint8)
    look = Look((0, 1), channels=(Channel(1, color=RED),))
    assert rgb(look.render([pixels, grey])) == [[130, 20, 10]]
    assert rgb(shone(light_of(pixels))) == [[30, 20, 10]]


@pytest.mark.parametrize(
    "values",
    [
        {"low": 5.0, "high": 5.0},
        {"low": float("nan")},
        {"high": float("inf")},
        {"gamma": 0.0},
        {"color": (256, 0, 0)},
        {"color": (0, 0)},
    ],
)
def test_what_cannot_be_drawn_is_no_channel(values: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="no "):
        Channel(0, **values)  # pyright: ignore[reportArgumentType]


def test_looks_differ_by_their_channels() -> None:
    looks = {
        Look(channels=(Channel(0, 0, 255),)),
        Look(channels=(Channel(0, 0, 254),)),
        Look(channels=(Channel(0, 0, 255, RED),)),
        Look(channels=(Channel(0, 0, 255, gamma=1.5),)),
        Look(channels=(Channel(0),)),
    }
    assert len(looks) == 4


def test_a_natural_look_shows_all_that_samples_hold() -> None:
    look = Look.natural(OpticalPath("1", grey_range=(0, 4095), color=GREEN))
    grey = np.array([[0, 2048, 4095]], np.uint16)
    assert rgb(look.render([grey])) == [[0, 0, 0], [0, 128, 0], [0, 255, 0]]
