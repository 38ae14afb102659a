"""The field for what is searched, the count of matches, the search on request."""

from typing import Final

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from viewer.qt.clear_button import add_clear_button

TYPING_MILLISECONDS: Final = 120
"""A pause in typing of this length starts the search."""


class SearchField(QLineEdit):
    """The field; Enter, Shift+Enter, arrows and Esc go where a list is searched."""

    stepped = Signal(int)
    left = Signal()
    down = Signal()

    def event(self, event: QEvent) -> bool:
        """Keep Esc from being the window's."""
        is_key = event.type() == QEvent.Type.ShortcutOverride
        if is_key and isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Step through the matches, go to them, or leave."""
        back = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.stepped.emit(-1 if back else 1)
        elif event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        elif event.key() == Qt.Key.Key_Down:
            self.down.emit()
        else:
            super().keyPressEvent(event)


class SearchBar(QWidget):
    """Where the user says what to look for, and reads how much of it there is.

    `more` is seen while there is something long to be searched or being searched.
    """

    wanted = Signal(str)
    """The text to be searched, after a pause in typing; empty when it was cleared."""

    more_wanted = Signal()
    stop_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        """Start without a search."""
        super().__init__(parent)
        self._is_running = False
        self.field = SearchField()
        self.field.setPlaceholderText("Find tag, keyword, name or value")
        add_clear_button(self.field)
        self.field.setAccessibleName("Find in the metadata")
        self.field.setToolTip(
            "Attributes with all these words (Ctrl+F)\n"
            "Enter or F3: next match; Shift: previous; Esc: back to the picture"
        )
        self.count = QLabel()
        self.count.setAccessibleName("Number of matches")
        self.told = QLabel()
        self.told.setWordWrap(True)
        self.more = QPushButton()
        policy = QSizePolicy.Policy
        self.more.setSizePolicy(policy.Preferred, policy.Fixed)
        line = QHBoxLayout()
        line.addWidget(self.field, 1)
        line.addWidget(self.count)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(line)
        layout.addWidget(self.told)
        layout.addWidget(self.more)
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(TYPING_MILLISECONDS)
        self._typing.timeout.connect(self._tell)
        self.field.textChanged.connect(self._wait)
        self.more.clicked.connect(self._press)
        self.show_count("")
        self.show_more(0)

    @property
    def is_waiting(self) -> bool:
        """Whether typing has not come to rest."""
        return self._typing.isActive()

    def hurry(self) -> None:
        """Start at once what waits for the end of typing."""
        if self._typing.isActive():
            self._typing.stop()
            self._tell()

    def show_count(self, text: str) -> None:
        """Say how many matches there are."""
        self.count.setText(text)
        self.count.setVisible(bool(text))

    def show_more(self, items: int) -> None:
        """Offer to search items that were left out; none takes the offer back."""
        self._is_running = False
        self.told.hide()
        self.more.setText(f"Also Search {items:,} Items")
        self.more.setToolTip(
            "Look into the long sequences too, such as those of frames"
        )
        self.more.setVisible(items > 0)

    def show_walk(self, done: int, items: int) -> None:
        """Show how far the search of a long sequence is, and offer to stop it."""
        self._is_running = True
        dots = "\N{HORIZONTAL ELLIPSIS}"
        self.told.setText(f"Searching item {done:,} of {items:,} {dots}")
        self.told.show()
        self.more.setText("Stop Searching")
        self.more.setToolTip("Stay with what has been found so far")
        self.more.show()

    def _wait(self, text: str) -> None:
        self._typing.start()
        if not text.strip():
            self.hurry()

    def _tell(self) -> None:
        self.wanted.emit(self.field.text().strip())

    def _press(self) -> None:
        (self.stop_wanted if self._is_running else self.more_wanted).emit()
