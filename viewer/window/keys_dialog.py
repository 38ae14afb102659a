"""Help > Keys: everything the window can do, with its keys, to search and to try."""

from collections.abc import Iterator
from typing import Final

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QAction, QKeyEvent, QPalette
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMainWindow,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
)

from viewer.qt.clear_button import add_clear_button
from viewer.window.dialogs import resize_to_text
from viewer.window.key_list import KeyRow, key_rows

_ACTION: Final = Qt.ItemDataRole.UserRole
_MOVES: Final = frozenset(
    {Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_PageDown, Qt.Key.Key_PageUp}
)


class KeysDialog(QDialog):
    """A list of everything the window does; Enter does it, the window stays usable.

    Invariant: every row that is not hidden holds each word in the field. Those that
    cannot be done are gray, as they are whenever the dialog becomes active.
    """

    def __init__(self, window: QMainWindow) -> None:
        """List what `window` has now."""
        super().__init__(window)
        self._window = window
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Keys and mouse")
        self.field = _Field()
        self.field.setPlaceholderText("Find a key or what it does")
        self.field.setAccessibleName("Find a key or what it does")
        self.field.setToolTip("Shows the rows with these words (Esc empties it)")
        add_clear_button(self.field)
        self.count = QLabel()
        self.tree = QTreeWidget()
        self.tree.setHeaderLabels(["What it does", "Keys, mouse"])
        self.tree.setAccessibleName("Keys")
        self.tree.setToolTip("Enter does what the row says")
        self.tree.setRootIsDecorated(False)
        self.tree.setAlternatingRowColors(True)
        self.tree.itemActivated.connect(self._do)
        top = QHBoxLayout()
        top.addWidget(self.field, 1)
        top.addWidget(self.count)
        hint = QLabel(
            "Single keys work while the picture has the focus; F6 goes there."
        )
        hint.setWordWrap(True)
        layout = QVBoxLayout(self)
        layout.addLayout(top)
        layout.addWidget(self.tree, 1)
        layout.addWidget(hint)
        self._fill(key_rows(window))
        self.field.textChanged.connect(self._filter)
        self.field.moved.connect(self._move)
        self.field.returnPressed.connect(self._do_current)
        self._filter("")
        resize_to_text(self, self, 90, 36)

    def changeEvent(self, event: QEvent) -> None:
        """See what can be done now, after something else was."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.ActivationChange:
            self._shade()

    def _fill(self, rows: list[KeyRow]) -> None:
        groups: dict[str, QTreeWidgetItem] = {}
        for row in rows:
            if row.group not in groups:
                groups[row.group] = _heading(self.tree, row.group)
            item = QTreeWidgetItem(groups[row.group], [row.words, _joined(row.keys)])
            if row.action is not None:
                item.setData(0, _ACTION, row.action)
        self._shade()
        self.tree.expandAll()
        self.tree.resizeColumnToContents(0)

    def _filter(self, text: str) -> None:
        words = text.casefold().split()
        shown = known = 0
        for group in _items(self.tree.invisibleRootItem()):
            matching = 0
            for item in _items(group):
                said = f"{group.text(0)} {item.text(0)} {item.text(1)}".casefold()
                item.setHidden(not all(word in said for word in words))
                matching += not item.isHidden()
            group.setHidden(not matching)
            shown += matching
            known += group.childCount()
        self.count.setText(f"{shown} of {known}" if words else f"{known}")
        first = next(self._shown(), None) if words else None
        self.tree.setCurrentItem(first)  # pyright: ignore[reportArgumentType] - stubs: None is no row

    def _rows(self) -> Iterator[QTreeWidgetItem]:
        for group in _items(self.tree.invisibleRootItem()):
            yield from _items(group)

    def _shown(self) -> Iterator[QTreeWidgetItem]:
        return (item for item in self._rows() if not item.isHidden())

    def _shade(self) -> None:
        """Gray what cannot be done now."""
        gray = self.palette().brush(
            QPalette.ColorGroup.Disabled, QPalette.ColorRole.Text
        )
        for item in self._rows():
            action = item.data(0, _ACTION)
            if isinstance(action, QAction):
                can = action.isEnabled()
                for column in range(self.tree.columnCount()):
                    shade = None if can else gray
                    item.setData(column, Qt.ItemDataRole.ForegroundRole, shade)
                tip = action.toolTip()
                item.setToolTip(0, tip if can else f"{tip}: not possible now")

    def _move(self, event: QKeyEvent) -> None:
        self.tree.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.tree.keyPressEvent(event)

    def _do_current(self) -> None:
        item = self.tree.currentItem()
        if item is not None:
            self._do(item)

    def _do(self, item: QTreeWidgetItem, _column: int = 0) -> None:
        action = item.data(0, _ACTION)
        if not isinstance(action, QAction) or not action.isEnabled():
            return
        focused = self._window.focusWidget()
        action.trigger()
        self._shade()
        if self._window.focusWidget() is not focused:  # that is where to go on
            self._window.activateWindow()


class _Field(QLineEdit):
    """A search field whose arrow keys go to the list, and whose Esc empties it."""

    moved = Signal(QKeyEvent)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take the keys that are not about the text."""
        if event.key() in _MOVES:
            self.moved.emit(event)
        elif event.key() == Qt.Key.Key_Escape and self.text():
            self.clear()
        else:
            super().keyPressEvent(event)


def _heading(tree: QTreeWidget, text: str) -> QTreeWidgetItem:
    item = QTreeWidgetItem(tree, [text])
    font = item.font(0)
    font.setBold(True)
    item.setFont(0, font)
    item.setFlags(Qt.ItemFlag.ItemIsEnabled)
    item.setFirstColumnSpanned(True)
    return item


def _items(parent: QTreeWidgetItem) -> list[QTreeWidgetItem]:
    children = (parent.child(row) for row in range(parent.childCount()))
    return [child for child in children if child is not None]


def _joined(keys: tuple[str, ...]) -> str:
    return "  or  ".join(keys)
