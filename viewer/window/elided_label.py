"""ElidedLabel: a line of text that never makes its window wider."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QWidget


class ElidedLabel(QLabel):
    """Shows as much of a plain line as there is room for, at most `letters` wide.

    What does not fit is left out in the middle, where file names differ least.
    """

    def __init__(self, letters: int, parent: QWidget | None = None) -> None:
        """Start empty."""
        super().__init__(parent)
        self._letters = letters
        self._reserved = ""
        self.setTextFormat(Qt.TextFormat.PlainText)

    @property
    def shown_text(self) -> str:
        """The text as it is painted."""
        width = self.contentsRect().width()
        middle = Qt.TextElideMode.ElideMiddle
        return self.fontMetrics().elidedText(self.text(), middle, width)

    def reserve(self, text: str) -> None:
        """Be as wide as this text even where the own one is shorter."""
        self._reserved = text
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        """Return the size of the text, as far as it may go; none where it is empty."""
        metrics, margins = self.fontMetrics(), self.contentsMargins()
        texts = (self.text(), self._reserved)
        width = max(metrics.horizontalAdvance(text) for text in texts)
        if width == 0:
            return QSize(0, super().sizeHint().height())
        width = min(width + 2, self._letters * metrics.horizontalAdvance("0"))
        return QSize(
            width + margins.left() + margins.right(), super().sizeHint().height()
        )

    def minimumSizeHint(self) -> QSize:
        """Return a width that nothing has to make room for."""
        return QSize(0, super().minimumSizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint what fits."""
        del event
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        painter.drawText(self.contentsRect(), self.alignment(), self.shown_text)
        painter.end()
