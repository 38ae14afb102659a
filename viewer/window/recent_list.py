"""The list of recent files on the start page."""

from typing import Final

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent, QPalette, QShowEvent
from PySide6.QtWidgets import (
    QFrame,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from viewer.qt.tasks import Task, run
from viewer.window.recent import Entry, Recent, describe, labels, missing

SHOWN: Final = 5
"""Entries on the start page; the menu has the rest."""


class RecentList(QWidget):
    """A heading and the newest entries; hidden while there are none."""

    chosen = Signal(tuple)  # an Entry

    def __init__(self, recent: Recent, parent: QWidget | None = None) -> None:
        """Show what `recent` has, now and after every change."""
        super().__init__(parent)
        self._recent = recent
        self._task: Task | None = None
        heading = QLabel("Recent")
        self.list = _List()
        heading.setBuddy(self.list)
        self.list.itemClicked.connect(self._choose)
        self.list.entered_by_key.connect(self._choose)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(heading)
        layout.addWidget(self.list)
        recent.changed.connect(self._fill)
        self._fill()

    def look(self) -> None:
        """Find out in the background which files are there, and gray the others."""
        self.stop()
        entries = self._entries()
        if entries:
            self._task = run(lambda: missing(entries), self._gray, _forget)

    def stop(self) -> None:
        """Want no answer any more."""
        if self._task is not None:
            self._task.abandon()
            self._task = None

    def _entries(self) -> tuple[Entry, ...]:
        return self._recent.entries[:SHOWN]

    def _fill(self) -> None:
        self.list.clear()
        entries = self._entries()
        for entry, text in zip(entries, labels(entries), strict=True):
            item = QListWidgetItem(text)
            item.setToolTip(describe(entry))
            item.setData(Qt.ItemDataRole.AccessibleDescriptionRole, describe(entry))
            self.list.addItem(item)
        self.list.updateGeometry()
        self.setVisible(bool(entries))
        if self.isVisible():
            self.look()

    def _gray(self, gone: frozenset[Entry]) -> None:
        for row, entry in enumerate(self._entries()):
            if entry in gone:
                item = self.list.item(row)
                item.setFlags(item.flags() & ~Qt.ItemFlag.ItemIsEnabled)
                item.setToolTip(f"{describe(entry)}: not there now")

    def _choose(self, item: QListWidgetItem) -> None:
        row = self.list.row(item)
        if 0 <= row < len(self._entries()):
            self.chosen.emit(self._entries()[row])

    def showEvent(self, event: QShowEvent) -> None:
        """Look again whether the files are there."""
        super().showEvent(event)
        self.look()

    def hideEvent(self, event: QHideEvent) -> None:
        """Stop looking."""
        super().hideEvent(event)
        self.stop()


class _List(QListWidget):
    """As high as its rows, without a frame, on the window's own ground."""

    entered_by_key = Signal(QListWidgetItem)
    """In place of `activated`, which a click may bring too: that would open twice."""

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Recent files")
        self.setToolTip("What was opened lately; Enter opens it again")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setUniformItemSizes(True)
        self.setSpacing(2)
        self.viewport().setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.viewport().setBackgroundRole(QPalette.ColorRole.Window)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take Enter; the rest is the list's."""
        item = self.currentItem()
        is_enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if is_enter and item.flags() & Qt.ItemFlag.ItemIsEnabled:
            self.entered_by_key.emit(item)
        else:
            super().keyPressEvent(event)

    def sizeHint(self) -> QSize:
        """Return the size of all rows."""
        width = self.fontMetrics().averageCharWidth() * 50
        row = self.sizeHintForRow(0) + 2 * self.spacing()
        return QSize(width, max(1, self.count()) * row + 2 * self.spacing())


def _forget(_error: Exception) -> None:
    """Leave all entries: opening one says what is wrong with it."""
