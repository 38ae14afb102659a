"""The rows of an attribute tree, as far as it has been opened."""

from collections.abc import Iterator
from enum import Enum, auto

from viewer.panels.attribute_pages import Page
from viewer.panels.attribute_path import is_step_to
from viewer.slide.metadata import Attribute


class State(Enum):
    """How far a row has been opened; what has nothing below it is OPEN."""

    CLOSED = auto()
    OPENING = auto()
    OPEN = auto()


class Node:
    """One row: an attribute, and the rows below it once they are there.

    `position` is the attribute's number among its neighbors where not all of them have
    rows; else -1.
    """

    __slots__ = ("above", "attribute", "children", "number", "position", "row", "state")

    def __init__(
        self, attribute: Attribute | None, above: "Node | None", row: int, number: int
    ) -> None:
        self.attribute = attribute
        self.above = above
        self.row = row
        self.number = number
        self.position = -1
        self.children: list[Node] = []
        closed = attribute is not None and attribute.has_children
        self.state = State.CLOSED if closed else State.OPEN

    def step(self, step: str | int) -> "Node | None":
        """Return the row that a step leads to, or the page that it lies in."""
        if isinstance(step, str):
            return next((each for each in self.children if _leads(step, each)), None)
        if self.children and isinstance(self.children[0].attribute, Page):
            return next((each for each in self.children if _covers(each, step)), None)
        page = self.attribute
        row = step - (page.first if isinstance(page, Page) else 0)
        return self.children[row] if 0 <= row < len(self.children) else None

    def all_below(self) -> "Iterator[Node]":
        """Yield every row below this one."""
        for child in self.children:
            yield child
            yield from child.all_below()


def _leads(step: str, node: Node) -> bool:
    return node.attribute is not None and is_step_to(step, node.attribute)


def _covers(node: Node, number: int) -> bool:
    page = node.attribute
    return isinstance(page, Page) and page.first <= number < page.first + page.count
