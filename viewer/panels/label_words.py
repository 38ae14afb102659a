"""LabelWords: what a label says in attributes, to be read, selected and copied."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QSize
from PySide6.QtGui import QResizeEvent, QTextOption
from PySide6.QtWidgets import QFrame, QSizePolicy, QTextEdit, QWidget

_MOST_LINES: Final = 8
"""Lines shown at most; what is longer scrolls."""


class LabelWords(QTextEdit):
    """Headings and texts, one below the other; hidden where there are none.

    Long texts wrap, also inside a word, for barcodes have no spaces. GUI thread.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setReadOnly(True)
        self.setTabChangesFocus(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setAccessibleName("Label text")
        self.setToolTip("What the slide says of its label; Ctrl+C copies a selection")
        self.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.setSizePolicy(policy)
        self.viewport().setAutoFillBackground(False)
        self.document().setDocumentMargin(0)
        self.document().documentLayout().documentSizeChanged.connect(
            self.updateGeometry
        )
        self.hide()

    def show_texts(self, texts: Sequence[tuple[str, str]]) -> None:
        """Show pairs of heading and text."""
        self.setHtml("".join(_paragraph(*pair) for pair in texts))
        self.setVisible(bool(texts))

    def sizeHint(self) -> QSize:
        """Return the height of the text at the width there is."""
        most = _MOST_LINES * self.fontMetrics().lineSpacing()
        height = min(round(self.document().size().height()) + 2, most)
        return QSize(200, height)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lines break elsewhere now."""
        super().resizeEvent(event)
        self.updateGeometry()


def _paragraph(heading: str, words: str) -> str:
    from html import escape  # late: its table of entities is not needed to start

    lines = "<br>".join(escape(line) for line in words.splitlines())
    return f'<p style="margin:0 0 4px 0">{escape(heading)}: <b>{lines}</b></p>'
