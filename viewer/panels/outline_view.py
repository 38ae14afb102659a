"""OutlineView: an outline, with the whole text of the current row below it."""

from typing import Final

from PySide6.QtCore import QEvent, QModelIndex, QSize, Qt, Signal
from PySide6.QtGui import QAction, QGuiApplication, QKeySequence, QTextOption
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QPlainTextEdit,
    QPushButton,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from viewer.panels.outline_model import OutlineModel

LINES: Final = 3
"""Of the text below, seen at once."""

LETTERS: Final = 100
ROWS: Final = 9
"""What is seen of the tree at first."""


class OutlineView(QWidget):
    """A tree with open headings as wide as it is; a click or Enter is a choice."""

    chosen = Signal(object)  # the subject of a row, by a click or Enter
    moved = Signal(object)  # the subject of the current row, by whatever means

    def __init__(
        self, model: OutlineModel, name: str, parent: QWidget | None = None
    ) -> None:
        """Lay out tree and text; `name` is for those who hear it."""
        super().__init__(parent)
        self.model = model
        self.tree = QTreeView()
        self.tree.setModel(model)
        self.tree.setUniformRowHeights(True)
        self.tree.setAlternatingRowColors(True)
        self.tree.setIndentation(14)
        self.tree.setAccessibleName(name)
        self.tree.setFrameShape(QFrame.Shape.NoFrame)
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.text.setAccessibleName("The whole text")
        self.text.setToolTip("The whole text of the row above")
        self.text.setFrameShape(QFrame.Shape.NoFrame)
        self.text.setTabChangesFocus(True)
        self.copying = QAction("&Copy Row", self)
        self.copying.setShortcut(QKeySequence(QKeySequence.StandardKey.Copy))
        self.copying.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        self.copying.setToolTip("Copy the row as text (Ctrl+C)")
        self.copying.triggered.connect(self._copy)
        self.tree.addAction(self.copying)
        self.tree.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        self._buttons = QVBoxLayout()
        self._buttons.addStretch(1)
        self._below = QHBoxLayout()
        self._below.addWidget(self.text, 1)
        self._below.addLayout(self._buttons)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.tree, 1)
        layout.addLayout(self._below)
        self._fit_text()
        self.tree.clicked.connect(self._choose)
        self.tree.activated.connect(self._choose)
        self.tree.selectionModel().currentChanged.connect(self._follow)
        model.modelReset.connect(self._open)

    def sizeHint(self) -> QSize:
        """Return room for LETTERS letters and ROWS rows."""
        metrics = self.fontMetrics()
        letter, row = metrics.horizontalAdvance("0"), metrics.lineSpacing()
        return QSize(LETTERS * letter, ROWS * row + self.text.height())

    def add_button(self, button: QPushButton) -> None:
        """Put a button beside the text."""
        self._buttons.insertWidget(self._buttons.count() - 1, button)

    def current(self) -> object:
        """Return what the current row stands for; None where none is current."""
        return self.model.subject(self.tree.currentIndex())

    def go_to(self, index: QModelIndex) -> None:
        """Make a row current, and bring it into view."""
        if index.isValid():
            self.tree.setCurrentIndex(index)
            self.tree.scrollTo(index)

    def size_columns(self, *letters: int) -> None:
        """Make the columns as wide as so many letters; the last takes the rest."""
        letter = self.fontMetrics().horizontalAdvance("0")
        for column, count in enumerate(letters):
            self.tree.header().resizeSection(column, count * letter)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the size of letters."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._fit_text()

    def _fit_text(self) -> None:
        margins = 2 * int(self.text.document().documentMargin())
        self.text.setFixedHeight(LINES * self.fontMetrics().lineSpacing() + margins)

    def _open(self) -> None:
        self.text.clear()
        for index in self.model.lone_cells():
            self.tree.setFirstColumnSpanned(index.row(), index.parent(), True)  # noqa: FBT003 Qt's own signature
        for row in range(self.model.rowCount()):
            self.tree.expand(self.model.index(row, 0))

    def _follow(self, current: QModelIndex) -> None:
        self.text.setPlainText(self.model.whole_text(current))
        self.moved.emit(self.model.subject(current))

    def _choose(self, index: QModelIndex) -> None:
        self.chosen.emit(self.model.subject(index))

    def _copy(self) -> None:
        cells = self.model.cells(self.tree.currentIndex())
        if cells:
            QGuiApplication.clipboard().setText("\t".join(cells))
