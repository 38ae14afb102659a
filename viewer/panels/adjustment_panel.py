"""Brightness, contrast and gamma, each with a slider and a number."""

from math import log
from typing import ClassVar, Final

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QDoubleSpinBox,
    QGridLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QSlider,
    QVBoxLayout,
    QWidget,
)

from viewer.panels.panel import Panel
from viewer.slide.adjustment import (
    LEAST_GAMMA,
    MOST,
    MOST_GAMMA,
    NEUTRAL,
    Adjustment,
)
from viewer.slide.model import Slide

_GAMMA_STEPS: Final = 100
"""From 1 to either end of the slider: it is as far to 5 as to 1/5."""

_PAGE: Final = 10


class AdjustmentPanel(Panel):
    """Says what is adjusted and lets it be changed; the picture follows at once.

    Invariant: sliders and numbers show the same, and that is what was sent or shown
    last. Slides come and go without a change.
    """

    title: ClassVar[str] = "Adjustments"
    adjusted = Signal(object)  # Adjustment, by the user's hand

    def __init__(self, parent: QWidget | None = None) -> None:
        """Start neutral."""
        super().__init__(parent)
        self._adjustment = NEUTRAL
        self._grid = QGridLayout()
        self._grid.setColumnStretch(1, 1)
        self.brightness = self._row("Brightness", "Added to all values, in percent")
        self.contrast = self._row("Contrast", "Distance from middle grey")
        self.gamma = self._row(
            "Gamma", "Above 1 lightens the middle tones, below 1 darkens them"
        )
        for slider, number in (self.brightness, self.contrast):
            slider.setRange(-MOST, MOST)
            number.setRange(-MOST, MOST)
            number.setDecimals(0)
        slider, number = self.gamma
        slider.setRange(-_GAMMA_STEPS, _GAMMA_STEPS)
        number.setRange(LEAST_GAMMA, MOST_GAMMA)
        number.setDecimals(2)
        number.setSingleStep(0.05)
        self.reset = QPushButton("Reset")
        self.reset.setToolTip(
            "Show the colors as the slide says (Home, with the whole slide)"
        )
        self.reset.setAccessibleName("Reset adjustments")
        self.reset.clicked.connect(lambda: self._change(NEUTRAL))
        layout = QVBoxLayout(self)
        layout.addLayout(self._grid)
        layout.addWidget(self.reset, 0, Qt.AlignmentFlag.AlignRight)
        layout.addStretch()
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self._connect()
        self.show_adjustment(NEUTRAL)

    def show_slide(self, slide: Slide | None) -> None:
        """Adjust whatever is shown: nothing here belongs to one slide."""

    def show_adjustment(self, adjustment: Adjustment) -> None:
        """Show what was adjusted, without sending it."""
        self._adjustment = adjustment
        for (slider, number), step, value in (
            (self.brightness, adjustment.brightness, adjustment.brightness),
            (self.contrast, adjustment.contrast, adjustment.contrast),
            (self.gamma, _step_of(adjustment.gamma), adjustment.gamma),
        ):
            slider.blockSignals(True)  # noqa: FBT003 Qt's own signature
            number.blockSignals(True)  # noqa: FBT003
            slider.setValue(step)
            number.setValue(value)
            slider.blockSignals(False)  # noqa: FBT003
            number.blockSignals(False)  # noqa: FBT003
        self.reset.setEnabled(adjustment != NEUTRAL)

    def sizeHint(self) -> QSize:
        """Return no more height than the rows need."""
        return self.minimumSizeHint()

    def _row(self, name: str, tip: str) -> tuple[QSlider, QDoubleSpinBox]:
        slider, number = QSlider(Qt.Orientation.Horizontal), QDoubleSpinBox()
        label = QLabel(name)
        label.setBuddy(slider)
        slider.setPageStep(_PAGE)
        slider.setMinimumWidth(60)
        number.setKeyboardTracking(False)
        number.setStepType(QAbstractSpinBox.StepType.DefaultStepType)
        for widget, kind in ((slider, "slider"), (number, "value")):
            widget.setAccessibleName(f"{name} {kind}")
            widget.setToolTip(f"{name}: {tip[0].lower()}{tip[1:]}")
        row = self._grid.rowCount()
        for column, widget in enumerate((label, slider, number)):
            self._grid.addWidget(widget, row, column)
        return slider, number

    def _connect(self) -> None:
        for slider, number in (self.brightness, self.contrast):
            slider.valueChanged.connect(number.setValue)
            number.valueChanged.connect(self._take_numbers)
        slider, number = self.gamma
        slider.valueChanged.connect(self._take_gamma_step)
        number.valueChanged.connect(self._take_numbers)

    def _take_gamma_step(self, step: int) -> None:
        self.gamma[1].setValue(round(MOST_GAMMA ** (step / _GAMMA_STEPS), 2))

    def _take_numbers(self) -> None:
        self._change(
            Adjustment(
                round(self.brightness[1].value()),
                round(self.contrast[1].value()),
                round(self.gamma[1].value(), 2),
            )
        )

    def _change(self, adjustment: Adjustment) -> None:
        if adjustment != self._adjustment:
            self.show_adjustment(adjustment)
            self.adjusted.emit(adjustment)


def _step_of(gamma: float) -> int:
    return round(_GAMMA_STEPS * log(gamma) / log(MOST_GAMMA))
