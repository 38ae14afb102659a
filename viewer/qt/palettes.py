"""Light and dark palettes, and colors mixed so that they can be read on them."""

from typing import Final

from PySide6.QtGui import QColor, QPalette

READABLE: Final = 4.5
"""Contrast that text needs on its ground (WCAG 2.2, 1.4.3)."""

VISIBLE: Final = 3.0
"""Contrast that a frame or a sign needs (WCAG 2.2, 1.4.11)."""

_Role = QPalette.ColorRole

_LIGHT: Final = {
    _Role.Window: "#f2f2f2",
    _Role.WindowText: "#101010",
    _Role.Base: "#ffffff",
    _Role.AlternateBase: "#f7f7f7",
    _Role.Text: "#101010",
    _Role.Button: "#f2f2f2",
    _Role.ButtonText: "#101010",
    _Role.BrightText: "#ffffff",
    _Role.ToolTipBase: "#ffffe1",
    _Role.ToolTipText: "#101010",
    _Role.Light: "#ffffff",
    _Role.Midlight: "#e6e6e6",
    _Role.Mid: "#b8b8b8",
    _Role.Dark: "#9a9a9a",
    _Role.Shadow: "#767676",
    _Role.Highlight: "#1f6fa8",
    _Role.HighlightedText: "#ffffff",
    _Role.Accent: "#1f6fa8",
    _Role.Link: "#0b5cad",
    _Role.LinkVisited: "#6a3d9a",
}
_DARK: Final = {
    _Role.Window: "#2a2a2a",
    _Role.WindowText: "#f0f0f0",
    _Role.Base: "#202020",
    _Role.AlternateBase: "#272727",
    _Role.Text: "#f0f0f0",
    _Role.Button: "#3a3a3a",
    _Role.ButtonText: "#f0f0f0",
    _Role.BrightText: "#ffffff",
    _Role.ToolTipBase: "#3c3c3c",
    _Role.ToolTipText: "#f0f0f0",
    _Role.Light: "#565656",
    _Role.Midlight: "#484848",
    _Role.Mid: "#262626",
    _Role.Dark: "#1c1c1c",
    _Role.Shadow: "#0c0c0c",
    _Role.Highlight: "#2c7ab2",
    _Role.HighlightedText: "#ffffff",
    _Role.Accent: "#5fb2e6",
    _Role.Link: "#79bdf0",
    _Role.LinkVisited: "#c7a4e8",
}
_FAINT: Final = (_Role.WindowText, _Role.Text, _Role.ButtonText, _Role.HighlightedText)


def light() -> QPalette:
    """Return dark text on light grounds."""
    return _made(_LIGHT)


def dark() -> QPalette:
    """Return light text on dark grounds."""
    return _made(_DARK)


def with_quiet_text(palette: QPalette) -> QPalette:
    """Return a palette of one role, to be laid over another: text that steps back.

    That is hints in empty fields and remarks. It is as faint as can still be read, on
    the other palette's windows and fields alike.
    """
    quiet = QPalette()
    text, window = palette.windowText().color(), palette.window().color()
    for share in range(40, -1, -5):
        color = mixed(text, window, share / 100)
        grounds = (window, palette.base().color())
        if share == 0 or all(contrast(color, each) >= READABLE for each in grounds):
            quiet.setColor(_Role.PlaceholderText, color)
            break
    return quiet


def contrast(one: QColor, other: QColor) -> float:
    """Return the contrast of two opaque colors, 1 to 21 (WCAG 2.2)."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def mixed(ground: QColor, tint: QColor, share: float) -> QColor:
    """Return a ground with a share of another color in it, 0 to 1."""

    def mean(one: int, other: int) -> int:
        return round(one * (1 - share) + other * share)

    return QColor(
        mean(ground.red(), tint.red()),
        mean(ground.green(), tint.green()),
        mean(ground.blue(), tint.blue()),
    )


def _made(colors: dict[QPalette.ColorRole, str]) -> QPalette:
    palette = QPalette()
    for role, name in colors.items():
        palette.setColor(role, QColor(name))
    for role in _FAINT:
        faint = mixed(palette.color(role), palette.window().color(), 0.5)
        palette.setColor(QPalette.ColorGroup.Disabled, role, faint)
    quiet = with_quiet_text(palette).placeholderText().color()
    palette.setColor(_Role.PlaceholderText, quiet)
    return palette


def _luminance(color: QColor) -> float:
    def linear(part: float) -> float:
        return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4

    red, green, blue = map(linear, (color.redF(), color.greenF(), color.blueF()))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
