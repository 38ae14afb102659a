"""Colors of what is doubtful or wrong, readable on light and on dark ground."""

from enum import Enum
from typing import Final

from PySide6.QtGui import QColor, QPalette


class Tint(Enum):
    """How much a text asks for attention; the text itself says so too."""

    NONE = "as usual"
    AMBER = "doubtful"
    RED = "wrong"


_ON_LIGHT: Final = {Tint.AMBER: QColor(140, 80, 0), Tint.RED: QColor(175, 20, 20)}
_ON_DARK: Final = {Tint.AMBER: QColor(255, 190, 80), Tint.RED: QColor(255, 130, 120)}


def is_dark(palette: QPalette) -> bool:
    """Whether a palette's windows are dark."""
    return palette.color(QPalette.ColorRole.Window).lightness() < 128


def color_of(tint: Tint, palette: QPalette) -> QColor:
    """Return the color of a text on the windows of a palette."""
    usual = palette.color(QPalette.ColorRole.WindowText)
    return (_ON_DARK if is_dark(palette) else _ON_LIGHT).get(tint, usual)


def tinted(tint: Tint) -> QPalette:
    """Return the application's palette with texts of labels and buttons tinted.

    Without a tint it sets nothing, so that the text follows light and dark by itself.
    """
    palette = QPalette()
    if tint is Tint.NONE:
        return palette
    color = color_of(tint, palette)
    for role in (QPalette.ColorRole.WindowText, QPalette.ColorRole.ButtonText):
        palette.setColor(role, color)
    return palette
