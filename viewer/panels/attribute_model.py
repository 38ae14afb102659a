"""Attribute trees for Qt's views: rows are made in the background when opened."""

from collections.abc import Sequence
from functools import partial
from typing import Final

from PySide6.QtCore import (
    QAbstractItemModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QTimer,
    Signal,
)
from PySide6.QtCore import Qt as Core

from viewer.panels.attribute_node import Node, State
from viewer.panels.attribute_pages import Page, rows_below
from viewer.panels.attribute_path import Steps
from viewer.qt.tasks import Task, run
from viewer.slide.errors import SlideError
from viewer.slide.metadata import Attribute

COLUMNS: Final = ("Name", "Value", "Tag", "VR", "VM")
NAME, VALUE, TAG = range(3)

SLOW_MILLISECONDS: Final = 150
"""After this long a row that is being opened says that it is read."""

Index = QModelIndex | QPersistentModelIndex
_NO_INDEX: Final = QModelIndex()


class AttributeModel(QAbstractItemModel):
    """The attributes below one root, one row each; pages where they are very many.

    A row's children are asked for at most once while it is open, on a background
    thread. A row that cannot be opened gets one child that says why. An index holds a
    number, never a pointer: an outdated one leads nowhere. GUI thread.
    """

    opened = Signal()
    """A row has been opened."""

    def __init__(self, parent: QObject | None = None) -> None:
        """Start empty."""
        super().__init__(parent)
        self._nodes: dict[int, Node] = {}
        self._tasks: dict[int, Task] = {}
        self._count = 0
        self.root = self.make_node(None, None, 0)

    @property
    def is_opening(self) -> bool:
        """Whether rows are on their way."""
        return bool(self._tasks)

    def show(self, attributes: Sequence[Attribute]) -> None:
        """Replace everything by these top-level attributes."""
        self.beginResetModel()
        for task in self._tasks.values():
            task.abandon()
        self._tasks.clear()
        self._nodes.clear()
        self.root = self.make_node(None, None, 0)
        self.root.children = self._nodes_of(attributes, self.root)
        self.endResetModel()

    def attribute(self, index: Index) -> Attribute | None:
        """Return the attribute of a row; None for the invisible root."""
        return self.node(index).attribute

    def node(self, index: Index) -> Node:
        """Return the node of a row; the root where there is no such row."""
        number = index.internalId() if index.isValid() else self.root.number
        return self._nodes.get(number, self.root)

    def index_of(self, node: Node, column: int = 0) -> QModelIndex:
        """Return the index of a node."""
        if node is self.root:
            return QModelIndex()
        return self.createIndex(node.row, column, node.number)

    def locate(self, steps: Steps) -> tuple[QModelIndex, bool]:
        """Return the row that a path leads to, and that it is the end of the path.

        While rows on the way are closed they are opened, and the one reached so far is
        returned with False; `opened` then says when to ask again. Where nothing has
        that path the index is invalid.
        """
        node, rest = self.root, list(steps)
        while rest:
            if node.state is not State.OPEN:
                self.open(node)
                return self.index_of(node), False
            child = node.step(rest[0])
            if child is None:
                return QModelIndex(), True
            if not isinstance(child.attribute, Page):
                rest.pop(0)
            node = child
        return self.index_of(node), True

    def open(self, node: Node) -> None:
        """Make the rows below a node in the background, unless they are there."""
        attribute = node.attribute
        if attribute is None or node.state is not State.CLOSED:
            return
        node.state = State.OPENING
        self._tasks[node.number] = run(
            partial(_opened, attribute),
            partial(self._fill, node),
            partial(self._fail, node),
        )
        QTimer.singleShot(SLOW_MILLISECONDS, self, partial(self._tell_slow, node))

    def close_page(self, index: Index) -> None:
        """Drop the rows of a page, which can be made again."""
        node = self.node(index)
        if isinstance(node.attribute, Page) and node.children:
            self.beginRemoveRows(self.index_of(node), 0, len(node.children) - 1)
            for each in node.all_below():
                self._forget(each)
            node.children = []
            node.state = State.CLOSED
            self.endRemoveRows()

    def index(self, row: int, column: int, parent: Index = _NO_INDEX) -> QModelIndex:
        """Return the index of a row that is there; else an invalid one."""
        children = self.node(parent).children
        if 0 <= row < len(children) and 0 <= column < len(COLUMNS):
            return self.index_of(children[row], column)
        return QModelIndex()

    def parent(self, index: Index) -> QModelIndex:  # pyright: ignore[reportIncompatibleMethodOverride] the stub lists only QObject.parent()
        """Return the sequence, item or page that a row lies in."""
        above = self.node(index).above
        return QModelIndex() if above is None else self.index_of(above)

    def rowCount(self, parent: Index = _NO_INDEX) -> int:
        """Return how many rows have been made below a row so far."""
        return 0 if parent.column() > 0 else len(self.node(parent).children)

    def columnCount(self, parent: Index = _NO_INDEX) -> int:
        """Return the number of columns, everywhere the same."""
        del parent
        return len(COLUMNS)

    def hasChildren(self, parent: Index = _NO_INDEX) -> bool:
        """Whether a row opens; one not opened yet does, though it may be empty."""
        node = self.node(parent)
        closed = node.state is not State.OPEN
        return parent.column() <= 0 and (bool(node.children) or closed)

    def canFetchMore(self, parent: Index) -> bool:
        """Whether a row has not been opened yet."""
        return self.node(parent).state is State.CLOSED

    def fetchMore(self, parent: Index) -> None:
        """Open a row."""
        self.open(self.node(parent))

    def data(self, index: Index, role: int = Core.ItemDataRole.DisplayRole) -> object:
        """Return a cell's text, and what there is to know of the row as its tip."""
        node = self.node(index)
        attribute = node.attribute
        if attribute is None:
            return None
        if role == Core.ItemDataRole.DisplayRole:
            if index.column() == VALUE and node.state is State.OPENING:
                return "Reading \N{HORIZONTAL ELLIPSIS}"
            return cells(attribute)[index.column()]
        if role == Core.ItemDataRole.ToolTipRole:
            return _tip(attribute)
        return None

    def headerData(
        self,
        section: int,
        orientation: Core.Orientation,
        role: int = Core.ItemDataRole.DisplayRole,
    ) -> object:
        """Return the heading of a column, and what it means as its tip."""
        if orientation != Core.Orientation.Horizontal:
            return None
        if role == Core.ItemDataRole.DisplayRole:
            return COLUMNS[section]
        if role == Core.ItemDataRole.ToolTipRole:
            return _HEADING_TIPS[section]
        return None

    def make_node(
        self, attribute: Attribute | None, above: Node | None, row: int
    ) -> Node:
        """Return a new node with a number of its own; to be put below `above`."""
        self._count += 1
        node = Node(attribute, above, row, self._count)
        self._nodes[node.number] = node
        return node

    def _nodes_of(self, attributes: Sequence[Attribute], above: Node) -> list[Node]:
        return [self.make_node(each, above, row) for row, each in enumerate(attributes)]

    def _forget(self, node: Node) -> None:
        del self._nodes[node.number]
        task = self._tasks.pop(node.number, None)
        if task is not None:
            task.abandon()

    def _fill(self, node: Node, attributes: Sequence[Attribute]) -> None:
        del self._tasks[node.number]
        index = self.index_of(node)
        if attributes:
            self.beginInsertRows(index, 0, len(attributes) - 1)
            node.children = self._nodes_of(attributes, node)
            node.state = State.OPEN
            self.endInsertRows()
        node.state = State.OPEN
        self._tell_changed(node)
        self.opened.emit()

    def _fail(self, node: Node, error: Exception) -> None:
        self._fill(node, [_unreadable("An internal error: this cannot be shown.")])
        raise error

    def _tell_slow(self, node: Node) -> None:
        if node.number in self._tasks:
            self._tell_changed(node)

    def _tell_changed(self, node: Node) -> None:
        last = len(COLUMNS) - 1
        self.dataChanged.emit(self.index_of(node), self.index_of(node, last))


_HEADING_TIPS: Final = (
    "The keyword of the attribute in the standard",
    "The value, shortened where it is long",
    "Group and element",
    "Value representation: the type of the value",
    "Value multiplicity: how many values there are",
)


def cells(attribute: Attribute) -> tuple[str, str, str, str, str]:
    """Return the texts of a row, one a column."""
    name = attribute.keyword or attribute.name
    vm = str(attribute.vm) if attribute.vm else ""
    return name, attribute.value, attribute.tag, attribute.vr, vm


def _tip(attribute: Attribute) -> str:
    known = (attribute.name, attribute.path, attribute.value)
    return "\n".join(dict.fromkeys(each for each in known if each))


def _opened(attribute: Attribute) -> Sequence[Attribute]:
    """Return the rows below one; a sentence where they cannot be read. Worker."""
    try:
        return rows_below(attribute)
    except SlideError as error:
        return [_unreadable(str(error))]


def _unreadable(sentence: str) -> Attribute:
    return Attribute("", "", "cannot be read", "", 0, sentence)
