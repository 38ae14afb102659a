"""Attribute trees for Qt's views: nodes are made when they are opened."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import (
    QAbstractItemModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
)
from PySide6.QtCore import Qt as Core

from viewer.slide.errors import SlideError
from viewer.slide.metadata import Attribute

COLUMNS: Final = ("Tag", "Name", "VR", "Value")

_Index = QModelIndex | QPersistentModelIndex
_NO_INDEX: Final = QModelIndex()


class AttributeModel(QAbstractItemModel):
    """The nodes below one root, one row each.

    A node asks its attribute for children at most once, when a view first opens it; a
    node that cannot be opened gets one child that says why.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        """Start empty."""
        super().__init__(parent)
        self._root = _Node(None, 0, None)

    def show(self, attributes: Sequence[Attribute]) -> None:
        """Replace everything by these top-level attributes."""
        self.beginResetModel()
        self._root = _Node(None, 0, None)
        self._root.fill(attributes)
        self.endResetModel()

    def attribute(self, index: _Index) -> Attribute | None:
        """Return the attribute of a row; None for the invisible root."""
        return self._node(index).attribute

    def index(self, row: int, column: int, parent: _Index = _NO_INDEX) -> QModelIndex:
        """Return the index of a row that has been opened; else an invalid one."""
        children = self._node(parent).children
        if 0 <= row < len(children) and 0 <= column < len(COLUMNS):
            return self.createIndex(row, column, children[row])
        return QModelIndex()

    def parent(self, index: _Index) -> QModelIndex:  # pyright: ignore[reportIncompatibleMethodOverride] the stub lists only QObject.parent()
        """Return the sequence or item that a row lies in."""
        above = self._node(index).above
        if above is None or above is self._root:
            return QModelIndex()
        return self.createIndex(above.row, 0, above)

    def rowCount(self, parent: _Index = _NO_INDEX) -> int:
        """Return how many children have been made so far."""
        return 0 if parent.column() > 0 else len(self._node(parent).children)

    def columnCount(self, parent: _Index = _NO_INDEX) -> int:
        """Return the number of columns, everywhere the same."""
        del parent
        return len(COLUMNS)

    def hasChildren(self, parent: _Index = _NO_INDEX) -> bool:
        """Whether a row opens; an unopened sequence does, though it may be empty."""
        node = self._node(parent)
        return parent.column() <= 0 and (bool(node.children) or node.is_closed)

    def canFetchMore(self, parent: _Index) -> bool:
        """Whether a row has not been opened yet."""
        return self._node(parent).is_closed

    def fetchMore(self, parent: _Index) -> None:
        """Open a row."""
        node = self._node(parent)
        if not node.is_closed:
            return
        attributes = node.expanded()
        if not attributes:
            node.fill(())
            return
        self.beginInsertRows(parent, 0, len(attributes) - 1)
        node.fill(attributes)
        self.endInsertRows()

    def data(self, index: _Index, role: int = Core.ItemDataRole.DisplayRole) -> object:
        """Return a cell's text, and the whole value as its tool tip."""
        attribute = self._node(index).attribute
        if attribute is None:
            return None
        if role == Core.ItemDataRole.DisplayRole:
            return _cells(attribute)[index.column()]
        if role == Core.ItemDataRole.ToolTipRole:
            name = f"{attribute.name} ({attribute.keyword})"
            return f"{name}\n{attribute.value}" if attribute.value else name
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
            return COLUMNS[section]
        return None

    def _node(self, index: _Index) -> "_Node":
        node = index.internalPointer() if index.isValid() else None
        return node if isinstance(node, _Node) else self._root


class _Node:
    """One row: an attribute, and its children once they were asked for.

    The nodes hold each other, so that the pointers Qt keeps stay good until a reset.
    """

    __slots__ = ("above", "attribute", "children", "is_closed", "row")

    def __init__(
        self, attribute: Attribute | None, row: int, above: "_Node | None"
    ) -> None:
        self.attribute = attribute
        self.row = row
        self.above = above
        self.children: list[_Node] = []
        self.is_closed = attribute is not None and attribute.has_children

    def expanded(self) -> Sequence[Attribute]:
        """Ask for the children; a sentence stands for those that cannot be read."""
        if self.attribute is None:
            return ()
        try:
            return self.attribute.children()
        except SlideError as error:
            return (Attribute("", "", "cannot be read", "", 0, str(error)),)

    def fill(self, attributes: Sequence[Attribute]) -> None:
        self.children = [_Node(each, row, self) for row, each in enumerate(attributes)]
        self.is_closed = False


def _cells(attribute: Attribute) -> tuple[str, str, str, str]:
    name = attribute.keyword or attribute.name
    return attribute.tag, name, attribute.vr, attribute.value
