"""FocusField: the focal plane in the status line, with a slider."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSlider, QWidget

from viewer.slide.focus import plane_text

_LETTERS: Final = 12  # that the slider is wide
_TIP: Final = "Focal plane: [ and ], Ctrl and the wheel, or the slider"


class FocusField(QWidget):
    """Says which of several focal planes is shown, and lets another be chosen.

    Hidden where there is only one. Invariant: the slider stands on the plane shown.
    """

    chosen = Signal(int)
    """A plane, by the user's hand."""

    def __init__(self, parent: QWidget | None = None) -> None:
        """Start hidden."""
        super().__init__(parent)
        self.text = QLabel()
        self.text.setAccessibleName("Focal plane")
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setAccessibleName("Focal plane slider")
        self.slider.setPageStep(1)
        self.slider.setTickPosition(QSlider.TickPosition.NoTicks)
        for widget in (self, self.text, self.slider):
            widget.setToolTip(_TIP)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(6, 0, 6, 0)
        layout.addWidget(self.text)
        layout.addWidget(self.slider)
        self.slider.valueChanged.connect(self.chosen)
        self.show_planes((), 0)

    def show_planes(self, planes: Sequence[float], plane: int) -> None:
        """Show one of the planes, whose heights are in micrometers."""
        self.setVisible(len(planes) > 1)
        if len(planes) < 2:
            return
        widest = max((plane_text(planes, each) for each in range(len(planes))), key=len)
        width = self.text.fontMetrics().horizontalAdvance(widest)
        self.text.setMinimumWidth(width)
        self.text.setText(plane_text(planes, plane))
        self.slider.blockSignals(True)  # noqa: FBT003 Qt's own signature
        self.slider.setRange(0, len(planes) - 1)
        self.slider.setValue(plane)
        self.slider.blockSignals(False)  # noqa: FBT003

    def sizeHint(self) -> QSize:
        """Return the room of the text and of a short slider."""
        wide = self.fontMetrics().averageCharWidth() * _LETTERS
        self.slider.setFixedWidth(wide)
        return super().sizeHint()
