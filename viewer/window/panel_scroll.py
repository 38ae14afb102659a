"""What a panel stands in within its dock: it scrolls where there is too little room."""

from typing import Final

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

LOWEST: Final = 3
"""Lines of text that always stay of a panel, so that several fit a small screen."""


class PanelScroll(QScrollArea):
    """As wide as its panel needs, and as low as it must be.

    Without it the panels' least heights add up, and at large text the window would be
    higher than the screen.
    """

    def __init__(self, panel: QWidget) -> None:
        """Take the panel."""
        super().__init__()
        self._panel = panel
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidget(panel)

    def sizeHint(self) -> QSize:
        """Return what the panel would like."""
        return self._panel.sizeHint()

    def minimumSizeHint(self) -> QSize:
        """Return the panel's least width, and a few lines."""
        least = self._panel.minimumSizeHint()
        bar = self.verticalScrollBar().sizeHint().width()
        lines = self.fontMetrics().lineSpacing() * LOWEST
        return QSize(least.width() + bar, min(least.height(), lines))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Pass on that the panel needs another size."""
        if watched is self._panel and event.type() == QEvent.Type.LayoutRequest:
            self.updateGeometry()
        return super().eventFilter(watched, event)
