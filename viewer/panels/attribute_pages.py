"""Long sequences cut into pages, so that a hundred thousand items stay reachable."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from viewer.slide.metadata import Attribute

PAGE: Final = 1000
"""How many rows one row opens into at most."""


@dataclass(frozen=True, slots=True)
class Page(Attribute):
    """A row that stands for `count` children of a sequence, from number `first` on.

    The first child is number 0, as in `Attribute.path`. A page of more than PAGE
    children opens into smaller pages.
    """

    first: int = 0
    count: int = 0


def rows_below(attribute: Attribute) -> Sequence[Attribute]:
    """Return what a row opens into: its children, or pages where they are many.

    A page makes its children when it is opened, and no others. Worker thread; raises
    SlideError.
    """
    if isinstance(attribute, Page):
        return attribute.children()
    children = attribute.children()
    return _rows(children, 0, len(children))


def _rows(children: Sequence[Attribute], first: int, count: int) -> Sequence[Attribute]:
    if count <= PAGE:
        return [children[number] for number in range(first, first + count)]
    span = PAGE
    while count > span * PAGE:
        span *= PAGE
    end = first + count
    starts = range(first, end, span)
    return [_page(children, start, min(span, end - start)) for start in starts]


def _page(children: Sequence[Attribute], first: int, count: int) -> Page:
    name = f"Items {first + 1:,} \N{HORIZONTAL ELLIPSIS} {first + count:,}"
    expand = partial(_rows, children, first, count)
    return Page("", "", name, "", 0, "", expand, first=first, count=count)
