"""Profiles are opened in the background, and few of them have tables."""

from collections.abc import Iterator

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from tests.profiles import LAB, SRGB, dated, swapped
from viewer.codecs.icc import DirectCorrection
from viewer.window import color as module
from viewer.window.color import REMEMBERED, TABLES, ColorPreparation
from viewer.window.slide_profiles import OpenedProfile


@pytest.fixture
def color(qtbot: QtBot) -> Iterator[ColorPreparation]:
    preparation = ColorPreparation()
    yield preparation
    preparation.stop()


def opened(
    color: ColorPreparation, qtbot: QtBot, *profiles: bytes
) -> list[OpenedProfile]:
    """Prepare profiles and return what became of them, now or later."""
    with qtbot.waitSignal(color.prepared) as answer:
        assert color.prepare(profiles) is None
        assert not color.is_ready
    assert color.is_ready
    assert answer.args is not None
    return answer.args[0]


def tables(color: ColorPreparation) -> list[bytes]:
    """Return the profiles that have tables, once nothing is being built."""
    return [
        each.icc
        for each in color._opened
        if each.correction is not None and each.correction.has_table
    ]


def test_no_profiles_are_ready_at_once(color: ColorPreparation) -> None:
    assert color.prepare([]) == []
    assert color.is_ready
    assert color.is_idle


def test_a_profile_corrects_before_it_has_its_table(
    color: ColorPreparation, qtbot: QtBot
) -> None:
    (became,) = opened(color, qtbot, swapped())
    assert became.correction is not None
    assert became.name == "sRGB built-in"
    assert became.device_class == "mntr"
    pixels = np.random.default_rng(1).integers(0, 256, (9, 9, 4), np.uint8)
    expected = DirectCorrection(swapped()).apply(pixels)
    assert (became.correction.apply(pixels) == expected).all()
    qtbot.waitUntil(lambda: color.is_idle)
    assert became.correction.has_table
    assert (became.correction.apply(pixels) == expected).all()


def test_a_known_profile_is_there_at_once_also_where_it_is_another_slides(
    color: ColorPreparation, qtbot: QtBot
) -> None:
    first = opened(color, qtbot, SRGB)
    assert color.prepare([bytes(bytearray(SRGB))]) == first


@pytest.mark.parametrize(
    ("icc", "sentence"),
    [
        (b"junk" * 40, "the ICC profile of 160 bytes cannot be read: "),
        (b"\0", "the ICC profile of 1 bytes cannot be read: "),
        (LAB, "the ICC profile is for Lab colors, expected RGB"),
    ],
)
def test_a_profile_that_cannot_be_used_is_a_sentence(
    color: ColorPreparation, qtbot: QtBot, icc: bytes, sentence: str
) -> None:
    (became,) = opened(color, qtbot, icc)
    assert became.correction is None
    assert became.problem.startswith(sentence)
    assert color.is_idle


def test_only_the_newest_profiles_are_answered(
    color: ColorPreparation, qtbot: QtBot
) -> None:
    with qtbot.assertNotEmitted(color.prepared, wait=100):
        assert color.prepare([SRGB]) is None
        assert color.prepare([]) == []


def test_few_tables_are_kept_those_used_last(
    color: ColorPreparation, qtbot: QtBot
) -> None:
    profiles = [dated(2000 + number) for number in range(TABLES + 1)]
    for icc in profiles:
        opened(color, qtbot, icc)
        qtbot.waitUntil(lambda: color.is_idle)
    assert tables(color) == profiles[1:]
    # The first is still open: right at once, and soon fast again.
    assert color.prepare([profiles[0]]) is not None
    qtbot.waitUntil(lambda: color.is_idle)
    assert tables(color) == [*profiles[2:], profiles[0]]


def test_a_slide_of_many_profiles_has_tables_for_the_finest_levels(
    color: ColorPreparation, qtbot: QtBot
) -> None:
    profiles = [dated(2000 + number) for number in range(TABLES + 2)]
    became = opened(color, qtbot, *profiles)
    assert [each.icc for each in became] == profiles
    assert all(each.correction is not None for each in became)
    qtbot.waitUntil(lambda: color.is_idle)
    assert sorted(tables(color)) == profiles[:TABLES]


def test_profiles_remembered_are_bounded(color: ColorPreparation, qtbot: QtBot) -> None:
    for number in range(REMEMBERED + 3):
        opened(color, qtbot, b"broken %d" % number)
    assert len(color._opened) == REMEMBERED


def test_a_table_being_built_goes_on_for_the_next_slide_of_the_scanner(
    color: ColorPreparation, qtbot: QtBot
) -> None:
    opened(color, qtbot, SRGB)
    building = color._building
    assert building is not None
    color.prepare([SRGB])
    assert color._building is building
    qtbot.waitUntil(lambda: color.is_idle)


def test_a_bug_leaves_colors_as_stored(
    color: ColorPreparation, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_icc: bytes) -> OpenedProfile:
        raise KeyError("a bug")

    monkeypatch.setattr(module, "_opened", fail)
    became = opened(color, qtbot, SRGB, LAB)
    assert [each.correction for each in became] == [None, None]
    assert "internal error" in became[0].problem
    assert "a bug" not in became[0].problem
