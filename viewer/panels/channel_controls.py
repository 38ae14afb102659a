"""ChannelControls: black, brightest and gamma of one channel, to be changed."""

from dataclasses import replace
from math import log, sqrt
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDoubleSpinBox, QGridLayout, QLabel, QSlider, QWidget

from viewer.slide.adjustment import LEAST_GAMMA, MOST_GAMMA
from viewer.slide.channel_set import PathState
from viewer.slide.channels import Channel

_STEPS: Final = 1000
"""Of a slider. Those of samples are finer where samples are dark, as most are."""

_FARTHEST: Final = 65535.0


class ChannelControls(QWidget):
    """Three rows of a slider and a number.

    Invariant: they show `_channel`, and `changed` is sent only by the user's hand.
    """

    changed = Signal(object)
    """The Channel as it is now."""

    def __init__(self, parent: QWidget | None = None) -> None:
        """Start without a channel."""
        super().__init__(parent)
        self._channel = Channel()
        self._most = 255.0
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setColumnStretch(1, 1)
        self.low = self._row("Black", "Samples up to here are black")
        self.high = self._row("Brightest", "Samples from here on have the whole color")
        self.gamma = self._row(
            "Gamma", "Above 1 lightens what is between, below 1 darkens it"
        )
        for slider, number in (self.low, self.high):
            slider.setRange(0, _STEPS)
            number.setDecimals(0)
        slider, number = self.gamma
        slider.setRange(-_STEPS, _STEPS)
        number.setRange(LEAST_GAMMA, MOST_GAMMA)
        number.setDecimals(2)
        number.setSingleStep(0.05)
        self._connect()
        self.show_state(None)

    def show_state(self, state: PathState | None) -> None:
        """Show a channel without sending it; None where there is none to change."""
        self.setEnabled(state is not None)
        if state is None:
            return
        grey = state.path.grey_range or (0, 255)
        self._most = min(_FARTHEST, float(grey[1]))
        self._channel = state.channel
        self._show()

    def _row(self, name: str, tip: str) -> tuple[QSlider, QDoubleSpinBox]:
        slider, number = QSlider(Qt.Orientation.Horizontal), QDoubleSpinBox()
        label = QLabel(name)
        label.setBuddy(slider)
        slider.setPageStep(_STEPS // 20)
        slider.setSingleStep(_STEPS // 200)
        slider.setMinimumWidth(60)
        number.setKeyboardTracking(False)
        number.setGroupSeparatorShown(True)
        for widget, kind in ((slider, "slider"), (number, "value")):
            widget.setAccessibleName(f"{name} {kind}")
            widget.setToolTip(f"{name}: {tip[0].lower()}{tip[1:]}")
        row = self._grid.rowCount()
        for column, widget in enumerate((label, slider, number)):
            self._grid.addWidget(widget, row, column)
        return slider, number

    def _connect(self) -> None:
        for (slider, number), step in (
            (self.low, self._step_low),
            (self.high, self._step_high),
            (self.gamma, self._step_gamma),
        ):
            slider.valueChanged.connect(step)
            number.valueChanged.connect(self._take_numbers)

    def _show(self) -> None:
        channel = self._channel
        for (slider, number), value in (
            (self.low, channel.low),
            (self.high, channel.high),
            (self.gamma, channel.gamma),
        ):
            is_gamma = number is self.gamma[1]
            step = _gamma_step(value) if is_gamma else self._step(value)
            slider.blockSignals(True)  # noqa: FBT003 Qt's own signature
            number.blockSignals(True)  # noqa: FBT003
            if not is_gamma:
                # What the file asks for may lie beyond what samples can hold.
                number.setRange(min(0.0, value), max(self._most, value))
                number.setSingleStep(max(1.0, self._most // 256))
            slider.setValue(step)
            number.setValue(value)
            slider.blockSignals(False)  # noqa: FBT003
            number.blockSignals(False)  # noqa: FBT003

    def _step(self, value: float) -> int:
        return round(_STEPS * sqrt(min(1.0, max(0.0, value / self._most))))

    def _sample(self, step: int) -> float:
        return float(round(self._most * (step / _STEPS) ** 2))

    def _step_low(self, step: int) -> None:
        self._change(replace_low(self._channel, self._sample(step)))

    def _step_high(self, step: int) -> None:
        self._change(replace_high(self._channel, self._sample(step)))

    def _step_gamma(self, step: int) -> None:
        gamma = round(MOST_GAMMA ** (step / _STEPS), 2)
        self._change(replace(self._channel, gamma=gamma))

    def _take_numbers(self) -> None:
        low, high = self.low[1].value(), self.high[1].value()
        channel = replace(self._channel, gamma=round(self.gamma[1].value(), 2))
        # The number that is shown is rounded: only a changed one is meant.
        if low != round(channel.low):
            channel = replace_low(channel, low)
        if high != round(channel.high):
            channel = replace_high(channel, high)
        self._change(channel)

    def _change(self, channel: Channel) -> None:
        if channel != self._channel:
            self._channel = channel
            self._show()
            self.changed.emit(channel)


def replace_low(channel: Channel, low: float) -> Channel:
    """Return a channel with another black, at least one sample below the brightest."""
    return replace(channel, low=min(low, channel.high - 1))


def replace_high(channel: Channel, high: float) -> Channel:
    """Return a channel with another brightest, at least one sample above black."""
    return replace(channel, high=max(high, channel.low + 1))


def _gamma_step(gamma: float) -> int:
    return round(_STEPS * log(gamma) / log(MOST_GAMMA))
