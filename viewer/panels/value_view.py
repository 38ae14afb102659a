"""The whole value of one attribute, with its path above it."""

from functools import partial
from typing import Final

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFontDatabase, QPalette
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget

from viewer.panels.attribute_copy import path_text, value_text
from viewer.panels.attribute_query import BINARY
from viewer.qt.tasks import Task, run
from viewer.slide.errors import SlideError
from viewer.slide.metadata import Attribute

SHOWN: Final = 20_000
"""Characters of a value that are shown; copying takes all of them."""

_LINES: Final = 3


class PlainLine(QLineEdit):
    """A line that can be selected and copied but not changed, of any length."""

    def __init__(self, parent: QWidget | None = None) -> None:
        """Start empty, on the ground of what it lies in."""
        super().__init__(parent)
        self.setReadOnly(True)
        self.setFrame(False)
        ground = QPalette()
        ground.setColor(QPalette.ColorRole.Base, Qt.GlobalColor.transparent)
        self.setPalette(ground)

    def show_text(self, text: str) -> None:
        """Show the begin of a text, and all of it as a tip."""
        self.setText(text)
        self.setCursorPosition(0)
        self.setToolTip(text)


class ValueView(QWidget):
    """Shows an attribute's value in full, wrapped; it is read in the background.

    Invariant: what is shown belongs to the attribute asked for last. GUI thread.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        """Start empty."""
        super().__init__(parent)
        self._task: Task | None = None
        self.path = PlainLine()
        self.path.setAccessibleName("Path of the attribute")
        self.value = QPlainTextEdit()
        self.value.setReadOnly(True)
        self.value.setTabChangesFocus(True)
        self.value.setAccessibleName("Value of the attribute")
        self.value.setToolTip("The whole value of the row chosen above")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addWidget(self.path)
        layout.addWidget(self.value, 1)

    @property
    def is_reading(self) -> bool:
        """Whether a value is on its way."""
        return self._task is not None

    def show_attribute(self, attribute: Attribute | None) -> None:
        """Show an attribute's path and value; None shows nothing."""
        if self._task is not None:
            self._task.abandon()
            self._task = None
        self.path.show_text("" if attribute is None else path_text(attribute))
        self._set_type(is_dump=attribute is not None and attribute.vr in BINARY)
        hint = "Choose an attribute to see its whole value."
        self.value.setPlaceholderText(hint if attribute is None else "No value")
        self.value.setPlainText("" if attribute is None else attribute.value)
        if attribute is not None and attribute.full is not None:
            self._task = run(partial(_text, attribute), self._show, self._fail)

    def sizeHint(self) -> QSize:
        """Return room for the path and some lines."""
        lines = self.fontMetrics().lineSpacing() * _LINES
        return QSize(400, self.path.sizeHint().height() + lines)

    def minimumSizeHint(self) -> QSize:
        """Return room for the path and one line."""
        line = self.fontMetrics().lineSpacing() * 2
        return QSize(80, self.path.sizeHint().height() + line)

    def _set_type(self, *, is_dump: bool) -> None:
        """Keep the columns of a hex dump, and wrap everything else."""
        fixed = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        fixed.setPointSizeF(self.font().pointSizeF())
        self.value.setFont(fixed if is_dump else self.font())
        modes = QPlainTextEdit.LineWrapMode
        self.value.setLineWrapMode(modes.NoWrap if is_dump else modes.WidgetWidth)

    def _show(self, text: str) -> None:
        self._task = None
        if text != self.value.toPlainText():
            self.value.setPlainText(text)

    def _fail(self, error: Exception) -> None:
        self._task = None
        if not isinstance(error, SlideError):
            self.value.setPlainText("An internal error: the value cannot be shown.")
            raise error
        self.value.setPlainText(str(error))


def _text(attribute: Attribute) -> str:
    """Return as much of the value as is shown. Worker thread; raises SlideError."""
    text = value_text(attribute)
    if attribute.value.startswith(text):  # the same, with words behind it
        return attribute.value
    if len(text) <= SHOWN:
        return text
    more = len(text) - SHOWN
    return f"{text[:SHOWN]}\n\N{HORIZONTAL ELLIPSIS} and {more:,} characters more"
