"""One line above the picture for what went wrong; it waits for nobody."""

import re
from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QColor, QHideEvent, QPalette, QShowEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from viewer.qt.palettes import mixed
from viewer.qt.tool_tip import wrapped

ERROR_COLOR = QColor(200, 40, 40)
NOTE_COLOR = QColor(210, 150, 30)

MOST_LINES = 8
"""Of details seen at once."""

LONGEST_WORD: Final = 48
"""Letters; a label breaks lines between words only, and would widen the window."""


class MessageBar(QFrame):
    """Shows one sentence with optional details until it is closed or replaced."""

    changed = Signal()
    """A message has come or gone."""

    def __init__(self, parent: QWidget | None = None) -> None:
        """Start hidden."""
        super().__init__(parent)
        self._color = NOTE_COLOR
        self.setAutoFillBackground(True)
        self.setAccessibleName("Message")
        self.sentence = QLabel()
        self.sentence.setWordWrap(True)
        self.sentence.setTextFormat(Qt.TextFormat.PlainText)
        self.sentence.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
        )
        self.more = QToolButton()
        self.more.setText("Details")
        self.more.setCheckable(True)
        self.more.setToolTip("Show or hide the reasons one by one")
        self.more.toggled.connect(self._show_details)
        close = QToolButton()
        close.setText("\N{MULTIPLICATION SIGN}")
        close.setAutoRaise(True)
        close.setToolTip("Close this message (Esc)")
        close.setAccessibleName("Close message")
        close.clicked.connect(self.hide)
        self.details = QPlainTextEdit()
        self.details.setReadOnly(True)
        self.details.setAccessibleName("Details")
        row = QHBoxLayout()
        row.addWidget(self.sentence, 1)
        row.addWidget(self.more)
        row.addWidget(close)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 5, 6, 5)
        layout.addLayout(row)
        layout.addWidget(self.details)
        self.hide()

    def show_error(self, sentence: str, details: Sequence[str] = ()) -> None:
        """Say what could not be done."""
        self._say(sentence, details, ERROR_COLOR)

    def show_note(self, sentence: str, details: Sequence[str] = ()) -> None:
        """Say what is worth knowing."""
        self._say(sentence, details, NOTE_COLOR)

    def showEvent(self, event: QShowEvent) -> None:
        """Tell that there is something to close."""
        super().showEvent(event)
        self.changed.emit()

    def hideEvent(self, event: QHideEvent) -> None:
        """Tell that there is nothing to close any more."""
        super().hideEvent(event)
        self.changed.emit()

    def changeEvent(self, event: QEvent) -> None:
        """Follow a change between light and dark."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.ApplicationPaletteChange:
            self._tint()

    def _say(self, sentence: str, details: Sequence[str], color: QColor) -> None:
        self._color = color
        self._tint()
        shortened = _with_short_words(sentence)
        self.sentence.setText(shortened)
        self.sentence.setToolTip("" if shortened == sentence else wrapped(sentence))
        self.details.setPlainText("\n".join(details))
        lines = min(len(details), MOST_LINES) + 1  # and a scroll bar's height
        self.details.setFixedHeight(lines * self.fontMetrics().lineSpacing() + 8)
        self.more.setVisible(bool(details))
        self.more.setChecked(False)
        self._show_details(shown=False)
        self.show()

    def _show_details(self, shown: bool) -> None:
        self.details.setVisible(shown)

    def _tint(self) -> None:
        """Mix the color into the window's own, so that it suits light and dark."""
        palette = QPalette()
        role = QPalette.ColorRole.Window
        palette.setColor(role, mixed(palette.color(role), self._color, 0.22))
        self.setPalette(palette)


def _with_short_words(sentence: str) -> str:
    """Leave out the middle of words that are too long for a line: names of files."""

    def shortened(word: re.Match[str]) -> str:
        half = LONGEST_WORD // 2
        return f"{word[0][:half]}…{word[0][1 - half :]}"

    return re.sub(rf"\S{{{LONGEST_WORD + 1},}}", shortened, sentence)
