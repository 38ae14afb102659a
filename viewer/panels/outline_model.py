"""OutlineModel: a few headings with rows of text below them, for Qt's tree views."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from PySide6.QtCore import (
    QAbstractItemModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
)
from PySide6.QtCore import Qt as Core

_Index = QModelIndex | QPersistentModelIndex
_NO_INDEX: Final = QModelIndex()


class Entry(NamedTuple):
    """One row: its cells, what it stands for, and the rows below it.

    `tip` is what a pointer at rest shows; the cell itself where it is empty.
    """

    cells: tuple[str, ...]
    subject: object = None
    below: "Sequence[Entry]" = ()
    tip: str = ""


class OutlineModel(QAbstractItemModel):
    """Rows that are replaced as a whole, or become more at the end of a heading.

    Invariant: the entries hold each other as long as a view may ask for them, so that
    the pointers Qt keeps stay good until a reset.
    """

    def __init__(self, columns: Sequence[str], parent: QObject | None = None) -> None:
        """Start empty, with the headings of the columns."""
        super().__init__(parent)
        self._columns = tuple(columns)
        self._root = _Node(Entry(()), None, 0)

    def show(self, entries: Iterable[Entry]) -> None:
        """Replace everything."""
        self.beginResetModel()
        self._root = _Node(Entry((), below=tuple(entries)), None, 0)
        self.endResetModel()

    def extend(
        self, heading: int, cells: tuple[str, ...], more: Iterable[Entry]
    ) -> None:
        """Give a top row other cells, and further rows at its end."""
        node = self._root.below[heading]
        node.cells = cells
        at = self.createIndex(heading, 0, node)
        self.dataChanged.emit(at, at)
        entries = tuple(more)
        if entries:
            first = len(node.below)
            self.beginInsertRows(at, first, first + len(entries) - 1)
            node.extend(entries)
            self.endInsertRows()

    def subject(self, index: _Index) -> object:
        """Return what a row stands for."""
        return self._node(index).subject

    def cells(self, index: _Index) -> tuple[str, ...]:
        """Return the texts of a row."""
        return self._node(index).cells

    def whole_text(self, index: _Index) -> str:
        """Return all that there is to read of a row, on one line or several."""
        node = self._node(index)
        return node.tip or "\n".join(filter(None, node.cells))

    def lone_cells(self) -> Iterator[QModelIndex]:
        """Return the rows that have one cell only, such as headings."""
        for node in self._root.all_below():
            if len(node.cells) == 1:
                yield self.createIndex(node.row, 0, node)

    def find(self, subject: object) -> QModelIndex:
        """Return the first row that stands for something equal; else an invalid one."""
        for node in self._root.all_below():
            if node.subject == subject:
                return self.createIndex(node.row, 0, node)
        return QModelIndex()

    def index(self, row: int, column: int, parent: _Index = _NO_INDEX) -> QModelIndex:
        """Return the index of a cell; an invalid one where there is none."""
        below = self._node(parent).below
        if 0 <= row < len(below) and 0 <= column < len(self._columns):
            return self.createIndex(row, column, below[row])
        return QModelIndex()

    def parent(self, index: _Index) -> QModelIndex:  # pyright: ignore[reportIncompatibleMethodOverride] the stub lists only QObject.parent()
        """Return the row that a row is below."""
        above = self._node(index).above
        if above is None or above is self._root:
            return QModelIndex()
        return self.createIndex(above.row, 0, above)

    def rowCount(self, parent: _Index = _NO_INDEX) -> int:
        """Return how many rows are below one."""
        return 0 if parent.column() > 0 else len(self._node(parent).below)

    def columnCount(self, parent: _Index = _NO_INDEX) -> int:
        """Return the number of columns, everywhere the same."""
        del parent
        return len(self._columns)

    def data(self, index: _Index, role: int = Core.ItemDataRole.DisplayRole) -> object:
        """Return the text of a cell, and a tip."""
        node = self._node(index)
        column = index.column()
        text = node.cells[column] if 0 <= column < len(node.cells) else ""
        if role == Core.ItemDataRole.DisplayRole:
            return text
        if role == Core.ItemDataRole.ToolTipRole:
            return node.tip or text
        return None

    def headerData(
        self,
        section: int,
        orientation: Core.Orientation,
        role: int = Core.ItemDataRole.DisplayRole,
    ) -> object:
        """Return the heading of a column."""
        is_text = role == Core.ItemDataRole.DisplayRole
        if is_text and orientation == Core.Orientation.Horizontal:
            return self._columns[section]
        return None

    def _node(self, index: _Index) -> "_Node":
        node = index.internalPointer() if index.isValid() else None
        return node if isinstance(node, _Node) else self._root


class _Node:
    """One row in its place."""

    __slots__ = ("above", "below", "cells", "row", "subject", "tip")

    def __init__(self, entry: Entry, above: "_Node | None", row: int) -> None:
        self.cells = entry.cells
        self.subject = entry.subject
        self.tip = entry.tip
        self.above = above
        self.row = row
        self.below: list[_Node] = []
        self.extend(entry.below)

    def extend(self, entries: Sequence[Entry]) -> None:
        first = len(self.below)
        self.below += [_Node(each, self, first + i) for i, each in enumerate(entries)]

    def all_below(self) -> "Iterator[_Node]":
        for node in self.below:
            yield node
            yield from node.all_below()
