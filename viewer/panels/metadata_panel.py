"""The attributes of the file on screen, as a tree."""

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from PySide6.QtCore import QSize, QSortFilterProxyModel, Qt, QTimer
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import (
    QHeaderView,
    QLabel,
    QLineEdit,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from viewer.panels.attribute_model import AttributeModel
from viewer.panels.panel import Panel
from viewer.qt.tasks import Task, run
from viewer.slide.errors import SlideError
from viewer.slide.metadata import Attribute
from viewer.slide.model import Slide

SETTLE_MILLISECONDS = 200
"""How long a level must stay on screen before its file is read."""


class MetadataPanel(Panel):
    """The attribute tree of the file that the shown level comes from.

    `_shown` is the file on screen or on its way; `_pending` the one wished for last.
    """

    title: ClassVar[str] = "Metadata"

    def __init__(self, parent: QWidget | None = None) -> None:
        """Start without a slide."""
        super().__init__(parent)
        self._slide: Slide | None = None
        self._shown: Path | None = None
        self._pending: Path | None = None
        self._task: Task | None = None
        self.caption = QLabel()
        self.caption.setWordWrap(True)
        self.file = QLineEdit()  # unlike a label it takes a name of any length
        self.file.setReadOnly(True)
        self.file.setFrame(False)
        ground = QPalette()
        ground.setColor(QPalette.ColorRole.Base, Qt.GlobalColor.transparent)
        self.file.setPalette(ground)
        self.file.setAccessibleName("File")
        self.file.setToolTip("The file these attributes are from")
        self.filter = QLineEdit()
        self.filter.setPlaceholderText("Filter by tag, name or value")
        self.filter.setClearButtonEnabled(True)
        self.filter.setAccessibleName("Filter attributes")
        self.filter.setToolTip("Rows that contain this text, with what they lie in")
        self.model = AttributeModel(self)
        self.filtered = QSortFilterProxyModel(self)
        self.filtered.setSourceModel(self.model)
        self.filtered.setRecursiveFilteringEnabled(True)
        self.filtered.setFilterKeyColumn(-1)
        self.filtered.setFilterCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.filter.textChanged.connect(self.filtered.setFilterFixedString)
        self.tree = QTreeView()
        self.tree.setModel(self.filtered)
        self.tree.setUniformRowHeights(True)
        self.tree.setAlternatingRowColors(True)
        self.tree.setIndentation(14)
        self.tree.setAccessibleName("Attributes")
        self._size_columns()
        layout = QVBoxLayout(self)
        layout.addWidget(self.caption)
        layout.addWidget(self.file)
        layout.addWidget(self.filter)
        layout.addWidget(self.tree, 1)
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(SETTLE_MILLISECONDS)
        self._settle.timeout.connect(self._read_pending)
        self.show_slide(None)

    def show_slide(self, slide: Slide | None) -> None:
        """Read the attributes of another slide's finest level in the background."""
        self._abandon()
        self._slide = slide
        self._shown = self._pending = None
        self.model.show(())
        self.file.clear()
        if slide is None:
            self.caption.setText("No slide is open.")
            return
        self._pending = _file_of(slide, 0)
        self._read_pending()

    def show_level(self, level: int) -> None:
        """Read the file of another level, once the view has settled on it."""
        if self._slide is None:
            return
        self._pending = _file_of(self._slide, level)
        if self._pending != self._shown:
            self._settle.start()

    def is_ready(self) -> bool:
        """Whether the tree of the shown level is there."""
        return self._task is None and not self._settle.isActive()

    def sizeHint(self) -> QSize:
        """Return a width that holds names and short values."""
        return QSize(440, 420)

    def _read_pending(self) -> None:
        slide, file = self._slide, self._pending
        if slide is None or file is None or file == self._shown:
            return
        self._abandon()
        self._shown = file
        self.caption.setText(_role_of(slide, file))
        self.file.setText(file.name)
        self.file.setCursorPosition(0)  # show its beginning
        self._task = run(lambda: _read(slide, file), self._show, self._fail)

    def _abandon(self) -> None:
        self._settle.stop()
        if self._task is not None:
            self._task.abandon()
            self._task = None

    def _show(self, attributes: Sequence[Attribute]) -> None:
        self._task = None
        self.model.show(attributes)

    def _fail(self, error: Exception) -> None:
        self._task = None
        self.model.show(())
        self.caption.setText(str(error))
        if not isinstance(error, SlideError):
            self.caption.setText("An internal error: no attributes can be shown.")
            raise error

    def _size_columns(self) -> None:
        header = self.tree.header()
        letter = self.fontMetrics().horizontalAdvance("0")
        for column, letters in enumerate((14, 26, 4, 23)):
            header.resizeSection(column, letters * letter)
        # Names and values are what is looked for, and fill the panel at first; tag and
        # VR stand behind them.
        for place, column in enumerate((1, 3, 0, 2)):
            header.moveSection(header.visualIndex(column), place)
        self.tree.setTreePosition(1)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        header.setStretchLastSection(False)


def _file_of(slide: Slide, level: int) -> Path | None:
    """Return the file of a level; of the finer stored one where it is computed."""
    for number in range(min(level, len(slide.levels) - 1), -1, -1):
        if slide.levels[number].file is not None:
            return slide.levels[number].file
    return None


def _role_of(slide: Slide, file: Path) -> str:
    roles = (each.role for each in slide.files if each.path == file)
    role = next(roles, "file")
    return role[:1].upper() + role[1:]


def _read(slide: Slide, file: Path) -> Sequence[Attribute]:
    """Return the top-level attributes of a file. Worker thread; raises SlideError."""
    return slide.metadata(file).children()
