"""The status line: the pointer, the scale, the level and what is still missing."""

from collections.abc import Callable
from typing import NamedTuple

from PySide6.QtCore import QEvent, QPointF, Qt, Signal
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import (
    QProgressBar,
    QStatusBar,
    QToolButton,
    QWidget,
)

from viewer.slide.model import Level
from viewer.window.elided_label import ElidedLabel

LETTERS = 48
"""The widest a field becomes; names and profiles may have hundreds."""

WAITING_SECONDS = 2.0
"""A read that takes longer is a file that does not answer."""


class ViewState(NamedTuple):
    """What the view shows just now, as far as the status line tells of it.

    `level_number` counts stored levels and is None for a computed one. `magnification`
    and `micrometers` (per device pixel) are None where the scale is unknown; `percent`
    is device pixels per level-0 pixel.
    """

    level_number: int | None
    level: Level
    percent: float
    magnification: float | None
    micrometers: float | None


class StatusLine(QStatusBar):
    """Permanent fields at the right, the pointer at the left, progress before it."""

    cancel_wanted = Signal()
    failures_wanted = Signal()
    warnings_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        """Lay out the fields, all empty."""
        super().__init__(parent)
        self.setSizeGripEnabled(False)
        self.setAccessibleName("Status")
        self._level_0_millimeters: tuple[float, float] | None = None
        self.busy_text = ElidedLabel(LETTERS)
        self.bar = QProgressBar()
        self.bar.setMaximumWidth(160)
        self.bar.setAccessibleName("Opening progress")
        self.cancel = _button("Cancel", "Stop opening (Esc)", self.cancel_wanted.emit)
        self.position = self._field("", "The pointer, in pixels of level 0")
        for widget in (self.busy_text, self.bar, self.cancel, self.position):
            self.addWidget(widget)
        self.tiles = self._field("Loading", "How much of the view is sharp already")
        self.failures = _button(
            "Failed tiles", "Tiles that could not be read", self.failures_wanted.emit
        )
        self.warnings = _button(
            "Warnings",
            "What this slide was opened in spite of",
            self.warnings_wanted.emit,
        )
        self.color = self._field("Color", "")
        self.level = self._field("Level", "The level the tiles come from")
        self.scale = self._field("Scale", "Magnification by micrometers per pixel")
        for widget in (
            self.tiles,
            self.failures,
            self.warnings,
            self.color,
            self.level,
            self.scale,
        ):
            self.addPermanentWidget(widget)
        # As high as it will be, so that nothing jumps when the first field fills.
        self.setMinimumHeight(self.warnings.sizeHint().height() + 4)
        self.show_busy(None)
        self.clear_slide()
        self._tint()

    def clear_slide(self) -> None:
        """Empty every field that belongs to a slide."""
        for label in (self.position, self.tiles, self.level, self.scale):
            label.clear()  # the color field follows its own signal
        self.show_counts(failed=0, warnings=0)

    def show_busy(self, text: str | None) -> None:
        """Show that something is being opened; None ends it."""
        for widget in (self.busy_text, self.bar, self.cancel):
            widget.setVisible(text is not None)
        self.busy_text.setText(text or "")
        self.busy_text.setToolTip(text or "")
        self.bar.setRange(0, 0)

    def show_progress(self, done: int, known: int) -> None:
        """Show how many files have been looked at, of those known so far."""
        self.bar.setRange(0, max(known, 0))
        self.bar.setValue(done)

    def set_spacing(self, millimeters: tuple[float, float] | None) -> None:
        """Take the size of a level-0 pixel, x and y; None where it is unknown."""
        self._level_0_millimeters = millimeters

    def show_position(self, position: QPointF | None) -> None:
        """Show where the pointer is, in level-0 pixels; None where it is not."""
        if position is None:
            self.position.clear()
            return
        x, y = position.x(), position.y()
        text = f"{int(x // 1):,}, {int(y // 1):,} px"
        if self._level_0_millimeters is not None:
            across, down = self._level_0_millimeters
            text += f"   {x * across:.3f}, {y * down:.3f} mm"
        self.position.setText(text)

    def show_view(self, state: ViewState) -> None:
        """Show scale and level."""
        self.scale.setText(_scale_text(state))
        width, height = state.level.size
        size = f"{width:,} \N{MULTIPLICATION SIGN} {height:,}"
        number = state.level_number
        name = "computed level" if number is None else f"level {number}"
        self.level.setText(f"{name}: {size}")

    def show_loading(self, sharp: float, seconds: float) -> None:
        """Show how much of the view is sharp already, 0 to 1.

        `seconds` is how long the slowest read has been under way.
        """
        # Never 100 % before it is: what rounds up to it is still 99.
        text = "" if sharp >= 1 else f"loading {min(99, int(sharp * 100))} %"
        if text and seconds > WAITING_SECONDS:
            text = f"waiting for the file ({seconds:.0f} s)"
        self.tiles.setText(text)

    def show_counts(self, failed: int, warnings: int) -> None:
        """Show how many tiles failed and how many warnings there are, if any."""
        self.failures.setVisible(failed > 0)
        self.failures.setText(_counted(failed, "tile") + " failed")
        self.warnings.setVisible(warnings > 0)
        self.warnings.setText(_counted(warnings, "warning"))

    def show_chip(self, text: str, tip: str) -> None:
        """Show which profile leads to what is seen."""
        self.color.setText(text)
        self.color.setToolTip(tip)

    def changeEvent(self, event: QEvent) -> None:
        """Follow a change between light and dark."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.ApplicationPaletteChange:
            self._tint()

    def _field(self, name: str, tip: str) -> ElidedLabel:
        label = ElidedLabel(LETTERS)
        label.setAccessibleName(name)
        label.setToolTip(tip)
        label.setContentsMargins(6, 0, 6, 0)
        return label

    def _tint(self) -> None:
        palette = QPalette()
        is_dark = palette.color(QPalette.ColorRole.Window).lightness() < 128
        red = QColor(255, 120, 110) if is_dark else QColor(180, 20, 20)
        palette.setColor(QPalette.ColorRole.ButtonText, red)
        self.failures.setPalette(palette)


def _button(text: str, tip: str, slot: Callable[[], None]) -> QToolButton:
    button = QToolButton()
    button.setText(text)
    button.setToolTip(tip)
    button.setAutoRaise(True)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    button.clicked.connect(slot)
    return button


def _scale_text(state: ViewState) -> str:
    if state.magnification is None or state.micrometers is None:
        return f"{state.percent:.3g} %, scale unknown"
    return f"{state.magnification:.3g}x   {state.micrometers:.3g} µm/px"


def _counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
