"""What a search found, in what it lies in: a tree that grows while the search runs."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QModelIndex, QObject, Signal
from PySide6.QtCore import Qt as Core
from PySide6.QtGui import QGuiApplication, QPalette

from viewer.panels.attribute_model import (
    NAME,
    TAG,
    VALUE,
    AttributeModel,
    Index,
)
from viewer.panels.attribute_node import Node, State
from viewer.panels.attribute_query import Chain, Found, Query

_NO_INDEX: Final = QModelIndex()
_TINT: Final = 90
"""How much of the highlight color lies behind a match, of 255."""


class FoundModel(AttributeModel):
    """The matches of one search and their ancestors, in the order of the file.

    `matches` are the nodes found, in that order. A match with no match below it opens
    like any attribute; the others show only matches.
    """

    placed = Signal(object)
    """list[QModelIndex]: the rows to be opened, so that new matches are seen."""

    def __init__(self, parent: QObject | None = None) -> None:
        """Start without a search."""
        super().__init__(parent)
        self.matches: list[Node] = []
        self._numbers: dict[int, int] = {}
        self._query = Query("")

    def begin(self, query: Query) -> None:
        """Start over for another search."""
        self.matches = []
        self._numbers = {}
        self._query = query
        self.show(())

    def match_number(self, index: Index) -> int | None:
        """Return a row's number in `matches`; None where it is none of them."""
        return self._numbers.get(self.node(index).number)

    def add(self, found: Sequence[Found]) -> None:
        """Put further matches behind those that are there."""
        above: dict[int, Node] = {}
        for each in found:
            node = self._place(each.chain)
            if node is None:
                continue
            self._numbers[node.number] = len(self.matches)
            self.matches.append(node)
            while node.above is not None and node.above.number not in above:
                node = node.above
                above[node.number] = node
        rows = [self.index_of(node) for node in above.values() if node is not self.root]
        self.placed.emit(rows)

    def data(self, index: Index, role: int = Core.ItemDataRole.DisplayRole) -> object:
        """Return a cell's text, and a tint behind what was looked for."""
        if role == Core.ItemDataRole.BackgroundRole:
            return self._tint(index)
        return super().data(index, role)

    def _place(self, chain: Chain) -> Node | None:
        """Make the rows of a chain that are missing; None in what the user opened."""
        node = self.root
        for depth, (position, _) in enumerate(chain):
            last = node.children[-1] if node.children else None
            if last is not None and last.position == position:
                node = last
                continue
            if node.state is State.OPENING or (last and last.position < 0):
                return None
            return self._grow(node, chain[depth:])
        return None

    def _grow(self, node: Node, chain: Chain) -> Node:
        row = len(node.children)
        top = self._placed_node(chain, node, row)
        below = top
        for number in range(1, len(chain)):
            child = self._placed_node(chain[number:], below, 0)
            below.children.append(child)
            below.state = State.OPEN
            below = child
        self.beginInsertRows(self.index_of(node), row, row)
        node.children.append(top)
        node.state = State.OPEN
        self.endInsertRows()
        return below

    def _placed_node(self, chain: Chain, above: Node, row: int) -> Node:
        position, attribute = chain[0]
        node = self.make_node(attribute, above, row)
        node.position = position
        return node

    def _tint(self, index: Index) -> object:
        attribute = self.attribute(index)
        column = index.column()
        if attribute is None or not self._query.matches(attribute):
            return None
        tests = {
            NAME: self._query.is_in_name,
            VALUE: self._query.is_in_value,
            TAG: self._query.is_in_tag,
        }
        if column not in tests or not tests[column](attribute):
            return None
        color = QGuiApplication.palette().color(QPalette.ColorRole.Highlight)
        color.setAlpha(_TINT)
        return color
