"""The status line: the pointer, the scale, the level and what is still missing."""

from collections.abc import Callable, Iterable
from typing import Final, NamedTuple

from PySide6.QtCore import QEvent, QPointF, Qt, Signal
from PySide6.QtWidgets import (
    QProgressBar,
    QStatusBar,
    QToolButton,
    QWidget,
)

from viewer.qt.tool_tip import wrapped
from viewer.slide.files import FramePlace
from viewer.slide.geometry import Size
from viewer.slide.model import Level
from viewer.window.elided_label import ElidedLabel
from viewer.window.focus_field import FocusField
from viewer.window.scale import ScaleReport
from viewer.window.scale_button import ScaleButton
from viewer.window.status_row import StatusRow
from viewer.window.tints import Tint, tinted
from viewer.window.view_progress import ViewProgress

LETTERS: Final = 48
"""The widest a field becomes; names and profiles may have hundreds."""

WAITING_SECONDS: Final = 2.0
"""A read that takes longer is a file that does not answer."""

SIGN: Final = "\N{WARNING SIGN} "
"""Stands before what is tinted, for those who cannot tell the tints apart."""

_POSITION_TIP: Final = "The pointer, in pixels of level 0 from the top left corner"
_FRAME_TIP: Final = "The frame under the pointer"


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
    """The pointer and progress at the left, facts about the view at the right.

    Where room is short the least important field goes first; what failed and the scale
    stay longest. Tinted fields have a sign or a word as well.
    """

    cancel_wanted = Signal()
    failures_wanted = Signal()
    warnings_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        """Lay out the fields, all empty."""
        super().__init__(parent)
        self.setSizeGripEnabled(False)
        self.setAccessibleName("Status")
        self._level_0_millimeters: tuple[float, float] | None = None
        self._scale_tint = Tint.NONE
        self.busy_text = _field("Opening", "")
        self.bar = QProgressBar()
        self.bar.setMaximumWidth(160)
        self.bar.setAccessibleName("Opening progress")
        self.cancel = _button("Cancel", "Stop opening (Esc)", self.cancel_wanted.emit)
        self.position = _field("Position", _POSITION_TIP)
        self.frame = _field("Frame", _FRAME_TIP)
        self.tiles = _field("Loading", "How much of the view is still to come")
        self.failures = _button(
            "Failed tiles",
            "Tiles that could not be read: show which, and why",
            self.failures_wanted.emit,
        )
        self.warnings = _button(
            "Warnings",
            "What this slide is shown in spite of: show it",
            self.warnings_wanted.emit,
        )
        self.color = _field("Color", "")
        self.adjusted = _field("Adjusted", "")
        self.focus = FocusField()
        self.level = _field("Level", "The level the tiles come from")
        self.objective = _field("Objective", "")
        self.scale = ScaleButton()
        self.row = StatusRow()
        self._lay_out()
        self.show_busy(None)
        self.clear_slide()
        self._tint()

    def clear_slide(self) -> None:
        """Empty every field that belongs to a slide."""
        for label in (self.position, self.frame, self.tiles, self.level):
            label.clear()  # the color field follows its own signal
            label.reserve("")
        self.scale.hide()
        self.show_scale_report(ScaleReport(""))
        self.show_counts(failed=0, warnings=0)

    def show_busy(self, text: str | None) -> None:
        """Show that something is being opened; None ends it."""
        for widget in (self.busy_text, self.bar, self.cancel):
            widget.setVisible(text is not None)
        self.busy_text.setText(text or "")
        self.busy_text.setToolTip(wrapped(text or ""))
        self.bar.setRange(0, 0)

    def say_busy(self, text: str) -> None:
        """Say something else of what is being opened."""
        self.busy_text.setText(text)
        self.busy_text.setToolTip(wrapped(text))

    def show_progress(self, done: int, known: int) -> None:
        """Show how many files have been looked at, of those known so far."""
        self.bar.setRange(0, max(known, 0))
        self.bar.setValue(done)

    def set_ground(
        self, size: Size, millimeters: tuple[float, float] | None, frames: int
    ) -> None:
        """Take the size of level 0, of a pixel of it (x, y), and the most frames.

        Room is kept for the largest numbers, so that nothing jumps as they change.
        """
        self._level_0_millimeters = millimeters
        self.position.reserve(self._position_text(size.width, size.height))
        self.frame.reserve(f"frame {frames:,}" if frames else "")

    def set_levels(self, levels: Iterable[tuple[int | None, Level]]) -> None:
        """Keep room for all levels of a slide, each with its number if it is stored."""
        texts = [_level_text(number, level) for number, level in levels]
        self.level.reserve(max(texts, key=len, default=""))

    def show_position(self, position: QPointF | None) -> None:
        """Show where the pointer is, in level-0 pixels; None where it is not."""
        if position is None:
            self.position.clear()
        else:
            self.position.setText(self._position_text(position.x(), position.y()))

    def show_frame(self, place: FramePlace | None, tile: str = "") -> None:
        """Show which frame the pointer is on, and of which tile; None where none is."""
        self.frame.setText("" if place is None else f"frame {place.frame:,}")
        tip = _FRAME_TIP
        if place is not None:
            tip = f"Frame {place.frame:,} of {place.file.name}: {tile}"
        self.frame.setToolTip(wrapped(tip))

    def show_view(self, state: ViewState) -> None:
        """Show scale and level."""
        sign = "" if self._scale_tint is Tint.NONE else SIGN
        self.scale.setText(sign + _scale_text(state))
        self.scale.show()
        self.level.setText(_level_text(state.level_number, state.level))

    def show_scale_report(self, report: ScaleReport) -> None:
        """Show where the scale comes from and what speaks against it."""
        self._scale_tint = report.tint
        keys = "Choose another magnification (1 to 7, 9, 0)"
        self.scale.setToolTip(wrapped(f"{report.tip}\n{keys}".strip()))
        self.scale.setAccessibleDescription(report.tip)
        self.objective.setText(SIGN + report.objective if report.objective else "")
        self.objective.setToolTip(wrapped(report.objective_tip))
        self._tint()

    def show_loading(self, progress: ViewProgress, seconds: float) -> None:
        """Show what the view still waits for.

        `seconds` is how long the slowest read has been under way.
        """
        self.tiles.setText(_loading_text(progress, seconds))

    def show_counts(self, failed: int, warnings: int) -> None:
        """Show how many tiles failed and how many warnings there are, if any."""
        self.failures.setVisible(failed > 0)
        self.failures.setText(_counted(failed, "tile") + " failed")
        self.warnings.setVisible(warnings > 0)
        self.warnings.setText(_counted(warnings, "warning"))

    def show_chip(self, text: str, tip: str) -> None:
        """Show which profile leads to what is seen."""
        self.color.setText(text)
        self.color.setToolTip(wrapped(tip))

    def show_adjusted(self, text: str, tip: str) -> None:
        """Show that brightness, contrast or gamma are not the slide's; "" ends it."""
        self.adjusted.setText(SIGN + text if text else "")
        self.adjusted.setToolTip(wrapped(tip))

    def changeEvent(self, event: QEvent) -> None:
        """Follow a change between light and dark."""
        super().changeEvent(event)
        changes = (QEvent.Type.ApplicationPaletteChange, QEvent.Type.PaletteChange)
        if event.type() in changes:
            self._tint()

    def _lay_out(self) -> None:
        """Put the fields in their order; the numbers say who gives way to whom."""
        row = self.row
        for widget, rank in (
            (self.busy_text, 4),
            (self.bar, 5),
            (self.cancel, 1),
            (self.position, 6),
            (self.frame, 9),
        ):
            row.add(widget, rank)
        for widget, rank in (
            (self.tiles, 3),
            (self.failures, 1),
            (self.warnings, 1),
            (self.color, 8),
            (self.adjusted, 2),
            (self.focus, 3),
            (self.level, 7),
            (self.objective, 2),
            (self.scale, 0),
        ):
            row.add(widget, rank, at_end=True)
        self.addPermanentWidget(row, 1)

    def _position_text(self, x: float, y: float) -> str:
        text = f"{int(x // 1):,}, {int(y // 1):,} px"
        if self._level_0_millimeters is not None:
            across, down = self._level_0_millimeters
            text += f"   {x * across:.3f}, {y * down:.3f} mm"
        return text

    def _tint(self) -> None:
        self.failures.setPalette(tinted(Tint.RED))
        self.warnings.setPalette(tinted(Tint.AMBER))
        self.adjusted.setPalette(tinted(Tint.AMBER))
        self.objective.setPalette(tinted(Tint.AMBER))
        self.scale.setPalette(tinted(self._scale_tint))


def _field(name: str, tip: str) -> ElidedLabel:
    label = ElidedLabel(LETTERS)
    label.setAccessibleName(name)
    label.setToolTip(tip)
    label.setContentsMargins(6, 0, 6, 0)
    return label


def _button(text: str, tip: str, slot: Callable[[], None]) -> QToolButton:
    button = QToolButton()
    button.setText(text)
    button.setToolTip(tip)
    button.setAutoRaise(True)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    button.clicked.connect(slot)
    return button


def _loading_text(progress: ViewProgress, seconds: float) -> str:
    if not progress.waiting:
        return ""
    if seconds > WAITING_SECONDS:
        return f"waiting for the file ({seconds:.0f} s)"
    if progress.is_growing:
        # Never 100 % before it is: what rounds up to it is still 99.9.
        percent = min(99.9, progress.known * 100)
        return f"building the overview {percent:.1f} %"
    return _counted(progress.waiting, "tile") + " waiting"


def _level_text(number: int | None, level: Level) -> str:
    width, height = level.size
    name = "computed level" if number is None else f"level {number}"
    return f"{name}: {width:,} \N{MULTIPLICATION SIGN} {height:,}"


def _scale_text(state: ViewState) -> str:
    if state.magnification is None or state.micrometers is None:
        digits = ",.0f" if state.percent >= 100 else ".3g"
        return f"{state.percent:{digits}} %, scale unknown"
    return f"{state.magnification:.3g}x   {state.micrometers:.3g} µm/px"


def _counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
