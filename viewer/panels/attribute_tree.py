"""The view of an attribute tree: columns, copying, the way to a path."""

from functools import partial
from typing import Final

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import (
    QAction,
    QContextMenuEvent,
    QKeyEvent,
    QKeySequence,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QMenu,
    QTreeView,
    QWidget,
)

from viewer.panels.attribute_copy import COPIES, Copy
from viewer.panels.attribute_model import NAME, VALUE, AttributeModel
from viewer.panels.attribute_path import Steps, steps_of
from viewer.slide.metadata import Attribute

_LETTERS: Final = (26, 24, 12, 4, 4)
"""The width of each column at first, in digits of the font."""

_NAME_PART: Final = 0.52
"""What names take of a narrow tree; values get the rest, the others lie behind."""


class AttributeTree(QTreeView):
    """Shows an AttributeModel.

    `_wanted` is a path on its way to be shown; below `_whole` every row opens as it
    comes. Names and values fill the width until the user makes columns his own.
    """

    picked = Signal(object)  # Attribute | None: another row is the current one
    copy_wanted = Signal(object, object)  # Attribute, Copy
    left = Signal()  # Esc

    def __init__(self, model: AttributeModel, parent: QWidget | None = None) -> None:
        """Take the model, and size the columns by the font."""
        super().__init__(parent)
        self.attributes = model
        self._wanted: Steps | None = None
        self._whole = ""
        self._fits = True
        self._is_fitting = False
        self.setModel(model)
        self.setUniformRowHeights(True)
        self.setAlternatingRowColors(True)
        self.setIndentation(14)
        self.setAllColumnsShowFocus(True)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        header = self.header()
        header.setSectionsMovable(False)
        header.setStretchLastSection(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        self._fit_columns()
        header.sectionResized.connect(self._keep_widths)
        self.copies = [self._copy_action(copy) for copy in COPIES]
        model.opened.connect(self._go_on)
        model.rowsInserted.connect(self._open_further)
        # Later, since the view is still busy with folding when it says so.
        self.collapsed.connect(self._drop_page, Qt.ConnectionType.QueuedConnection)

    @property
    def is_on_its_way(self) -> bool:
        """Whether rows are being made or a path is being opened."""
        return self._wanted is not None or self.attributes.is_opening

    def current(self) -> Attribute | None:
        """Return the attribute of the current row."""
        return self.attributes.attribute(self.currentIndex())

    def reveal(self, path: str, *, whole: bool = False) -> None:
        """Open the way to a path and make its row the current one, once it is there.

        `whole` opens all that lies below it too. Nothing happens where the tree has no
        such path. The focus stays where it is.
        """
        self._wanted = steps_of(path) or None
        self._whole = path if whole else ""
        self._go_on()

    def share_widths(self, other: "AttributeTree") -> None:
        """Give another tree's columns the widths of these."""
        self.header().sectionResized.connect(partial(_resize, other.header()))

    def stay(self) -> None:
        """Forget a path that is on its way."""
        self._wanted = None
        self._whole = ""

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the columns in."""
        super().resizeEvent(event)
        if self._fits:
            self._fit_columns()

    def currentChanged(
        self,
        current: QModelIndex | QPersistentModelIndex,
        previous: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Tell which row is the current one."""
        super().currentChanged(current, previous)
        self.picked.emit(self.attributes.attribute(current))

    def event(self, event: QEvent) -> bool:
        """Keep the keys that mean something here from being the window's."""
        is_asked = event.type() == QEvent.Type.ShortcutOverride
        if is_asked and isinstance(event, QKeyEvent) and _is_ours(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Copy and leave by keys."""
        copy = _copy_of(event)
        if copy is not None:
            self._copy(copy)
        elif event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer the ways to copy; by the menu key, below the current row."""
        place = event.globalPos()
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            row = self.visualRect(self.currentIndex())
            place = self.viewport().mapToGlobal(row.bottomLeft())
        attribute = self.current()
        if attribute is None:
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for action in self.copies:
            menu.addAction(action)
        menu.popup(place)

    def _go_on(self) -> None:
        if self._wanted is None:
            return
        index, ended = self.attributes.locate(self._wanted)
        if not ended:
            return
        self._wanted = None
        if index.isValid():
            self.setCurrentIndex(index)
            self.expand(index)
            self.scrollTo(index, QAbstractItemView.ScrollHint.PositionAtCenter)

    def _open_further(self, above: QModelIndex, first: int, last: int) -> None:
        """Open the only item of a sequence, and what is to be seen as a whole."""
        attribute = self.attributes.attribute(above)
        if attribute is None:
            return
        is_only = first == last == 0 and attribute.vr == "SQ"
        is_inside = attribute.path == self._whole or attribute.path.startswith(
            (f"{self._whole}.", f"{self._whole}[")
        )
        if is_only or (self._whole and is_inside):
            for row in range(first, last + 1):
                self.expand(self.attributes.index(row, 0, above))

    def _fit_columns(self) -> None:
        letter = self.fontMetrics().horizontalAdvance("0")
        widths = [letters * letter for letters in _LETTERS]
        room = self.viewport().width()
        widths[NAME] = min(widths[NAME], int(room * _NAME_PART))
        rest = sum(widths) - widths[NAME] - widths[VALUE]
        left = room - widths[NAME]
        widths[VALUE] = left - rest if left - rest > widths[VALUE] else left
        self._is_fitting = True
        for column, width in enumerate(widths):
            self.header().resizeSection(column, width)
        self._is_fitting = False

    def _keep_widths(self, *_resized: int) -> None:
        self._fits = self._fits and self._is_fitting

    def _drop_page(self, index: QModelIndex) -> None:
        if not self.isExpanded(index):
            self.attributes.close_page(index)

    def _copy_action(self, copy: Copy) -> QAction:
        # What follows a tab stands where Qt shows a shortcut, and binds nothing.
        text = f"{copy.title}\t{copy.keys}" if copy.keys else copy.title
        action = QAction(text, self)
        action.triggered.connect(partial(self._copy, copy))
        return action

    def _copy(self, copy: Copy, *_checked: bool) -> None:
        attribute = self.current()
        if attribute is not None:
            self.copy_wanted.emit(attribute, copy)


def _resize(header: QHeaderView, column: int, _before: int, width: int) -> None:
    header.resizeSection(column, width)


def _is_ours(event: QKeyEvent) -> bool:
    return _copy_of(event) is not None or event.key() == Qt.Key.Key_Escape


def _copy_of(event: QKeyEvent) -> Copy | None:
    pressed = QKeySequence(event.keyCombination())
    meant = (
        each for each in COPIES if each.keys and QKeySequence(each.keys) == pressed
    )
    return next(meant, None)
