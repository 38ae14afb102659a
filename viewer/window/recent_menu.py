"""File > Open Recent: what was opened lately, to be opened again."""

from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from viewer.qt.tasks import Task, run
from viewer.window.recent import Entry, Recent, describe, labels, missing

WIDEST: Final = 40
"""Average letters of an entry; the middle of a longer name is left out."""


class RecentMenu(QMenu):
    """The entries of `recent`, "Clear" and the switch; made anew when it is opened.

    Whether the files are there is found out in the background, since a share may not
    answer; until then every entry can be chosen.
    """

    chosen = Signal(tuple)  # an Entry

    def __init__(self, recent: Recent, parent: QWidget | None = None) -> None:
        """Show what `recent` has, now and after every change."""
        super().__init__("Open &Recent", parent)
        self.setObjectName("recent")
        self.setToolTipsVisible(True)
        self._recent = recent
        self._task: Task | None = None
        self._actions: dict[Entry, QAction] = {}
        # Not the menu's children: those it deletes when it is emptied.
        self.clear_entries = QAction("&Clear", recent)
        self.clear_entries.setToolTip("Forget what was opened lately")
        self.clear_entries.triggered.connect(recent.clear)
        self.remember = QAction("Remember Recent &Files", recent)
        self.remember.setToolTip("Keep the paths of what is opened; off forgets them")
        self.remember.setCheckable(True)
        self.remember.setChecked(recent.remembers)
        self.remember.toggled.connect(recent.set_remembers)
        recent.changed.connect(self._fill)
        self.aboutToShow.connect(self._look)
        self._fill()

    def _fill(self) -> None:
        self.clear()
        entries = self._recent.entries
        self._actions = {}
        for number, (entry, text) in enumerate(
            zip(entries, labels(entries), strict=True), 1
        ):
            self._actions[entry] = self._entry(number, entry, text)
        if not entries:
            nothing = self.addAction("Nothing yet" if self._recent.remembers else "Off")
            nothing.setEnabled(False)
        self.addSeparator()
        self.clear_entries.setEnabled(bool(entries))
        self.addAction(self.clear_entries)
        self.addAction(self.remember)

    def _entry(self, number: int, entry: Entry, text: str) -> QAction:
        metrics = self.fontMetrics()
        width = metrics.averageCharWidth() * WIDEST
        shown = metrics.elidedText(text, Qt.TextElideMode.ElideMiddle, width)
        key = f"&{number}" if number < 10 else "1&0"
        action = self.addAction(f"{key}  {shown.replace('&', '&&')}")
        action.setToolTip(describe(entry))
        action.triggered.connect(lambda _checked=False: self.chosen.emit(entry))  # pyright: ignore[reportUnknownLambdaType] - stubs: signals are untyped
        return action

    def _look(self) -> None:
        if self._task is not None:
            self._task.abandon()
        entries = self._recent.entries
        if entries:
            self._task = run(lambda: missing(entries), self._gray, _forget)

    def _gray(self, gone: frozenset[Entry]) -> None:
        for entry, action in self._actions.items():
            action.setEnabled(entry not in gone)
            if entry in gone:
                action.setToolTip(f"{describe(entry)}: not there now")


def _forget(_error: Exception) -> None:
    """Leave all entries: opening one says what is wrong with it."""
