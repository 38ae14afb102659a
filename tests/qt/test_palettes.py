"""Palettes and mixed colors that can be read, by the arithmetic of WCAG 2.2."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtGui import QColor, QPalette

from viewer.qt.palettes import (
    READABLE,
    VISIBLE,
    contrast,
    dark,
    light,
    mixed,
    with_quiet_text,
)

Role = QPalette.ColorRole
COLORS = st.builds(QColor, *[st.integers(0, 255)] * 3)

PAIRS = [
    (Role.WindowText, Role.Window),
    (Role.Text, Role.Base),
    (Role.Text, Role.AlternateBase),
    (Role.ButtonText, Role.Button),
    (Role.HighlightedText, Role.Highlight),
    (Role.ToolTipText, Role.ToolTipBase),
    (Role.PlaceholderText, Role.Base),
    (Role.PlaceholderText, Role.Window),
    (Role.Link, Role.Base),
    (Role.LinkVisited, Role.Base),
]


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize("made", [light, dark])
@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: f"{pair[0].name}")
def test_every_text_can_be_read_on_its_ground(
    made: type, pair: tuple[QPalette.ColorRole, QPalette.ColorRole]
) -> None:
    palette = made()
    text, ground = (palette.color(role) for role in pair)
    assert contrast(text, ground) >= READABLE


@pytest.mark.usefixtures("qapp")
def test_dark_is_light_on_dark_and_selections_stand_out() -> None:
    for palette, is_dark in ((light(), False), (dark(), True)):
        window = palette.color(Role.Window)
        assert (window.lightness() < 128) == is_dark
        assert contrast(palette.color(Role.Highlight), window) >= VISIBLE
        disabled = palette.color(QPalette.ColorGroup.Disabled, Role.WindowText)
        assert 2 < contrast(disabled, window) < READABLE


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("#000000", "#ffffff", 21.0),
        ("#ffffff", "#ffffff", 1.0),
        ("#777777", "#ffffff", 4.48),  # the gray that is just too light for text
        ("#767676", "#ffffff", 4.54),
        ("#0000ff", "#ffffff", 8.59),
        ("#ff0000", "#00ff00", 2.91),
    ],
)
def test_contrast_is_that_of_the_published_tables(
    one: str, other: str, expected: float
) -> None:
    assert contrast(QColor(one), QColor(other)) == pytest.approx(expected, abs=0.01)
    assert contrast(QColor(other), QColor(one)) == contrast(QColor(one), QColor(other))


@given(COLORS, COLORS, st.floats(0, 1))
def test_a_mixture_lies_between(ground: QColor, tint: QColor, share: float) -> None:
    made = mixed(ground, tint, share)
    for part in ("red", "green", "blue"):
        parts = [getattr(color, part)() for color in (ground, made, tint)]
        assert min(parts[0], parts[2]) <= parts[1] <= max(parts[0], parts[2])
    assert mixed(ground, tint, 0) == ground
    assert mixed(ground, tint, 1) == tint


@pytest.mark.usefixtures("qapp")
@given(COLORS, COLORS, COLORS)
def test_quiet_text_can_be_read_wherever_usual_text_can(
    text: QColor, window: QColor, base: QColor
) -> None:
    palette = QPalette()
    for role, color in (
        (Role.WindowText, text),
        (Role.Window, window),
        (Role.Base, base),
    ):
        palette.setColor(role, color)
    quiet = with_quiet_text(palette).placeholderText().color()
    usual = min(contrast(text, ground) for ground in (window, base))
    least = min(contrast(quiet, ground) for ground in (window, base))
    assert least >= min(READABLE, usual) - 1e-9
