"""Searching the shown attributes: the bar, the list of matches, the way through it."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QModelIndex, QObject, Signal
from PySide6.QtWidgets import QAbstractItemView

from viewer.panels.attribute_query import Query
from viewer.panels.attribute_search import KEPT, AttributeSearch, News
from viewer.panels.attribute_tree import AttributeTree
from viewer.panels.found_model import FoundModel
from viewer.panels.search_bar import SearchBar
from viewer.slide.metadata import Attribute

_DOTS: Final = "\N{HORIZONTAL ELLIPSIS}"


class Finder(QObject):
    """One search at a time through the attributes of one file.

    Invariant: what `results` lists was found in the attributes shown last, by the text
    in the field; it is empty while `is_on` is False. `last_path` leads to what was the
    current match when the search ended. GUI thread.
    """

    switched = Signal(bool)
    """Whether there is a search now, so that its results are to be seen."""

    def __init__(self, parent: QObject | None = None) -> None:
        """Start without attributes and without a search."""
        super().__init__(parent)
        self._attributes: Sequence[Attribute] = ()
        self._query: Query | None = None
        self._news = News()
        self.last_path = ""
        self.bar = SearchBar()
        self.found = FoundModel(self)
        self.results = AttributeTree(self.found)
        self.results.setAccessibleName("Attributes found")
        self._search = AttributeSearch(self)
        self._search.told.connect(self._take)
        self._search.ended.connect(self._end)
        self.found.placed.connect(self._unfold)
        self.results.picked.connect(self._say_count)
        self.bar.wanted.connect(self._begin)
        self.bar.more_wanted.connect(self._search_everywhere)
        self.bar.stop_wanted.connect(self._stop)
        self.bar.field.stepped.connect(self.step)

    @property
    def is_on(self) -> bool:
        """Whether something is searched for."""
        return self._query is not None

    @property
    def is_busy(self) -> bool:
        """Whether the results are not all there yet."""
        return self.bar.is_waiting or self._search.is_running

    def show(self, attributes: Sequence[Attribute]) -> None:
        """Search another file for what is in the field; () where there is none yet."""
        self._attributes = attributes
        self.last_path = ""
        if self._query is not None:
            self._start(self._query)

    def clear(self) -> None:
        """End the search."""
        self.bar.field.clear()
        self.bar.hurry()

    def step(self, step: int) -> None:
        """Go to the next match, or by -1 to the previous; around at the ends."""
        self.bar.hurry()
        matches = self.found.matches
        if not matches:
            return
        number = self._number()
        if number is None:
            number = -1 if step > 0 else 0
        self._go_to((number + step) % len(matches))

    def _begin(self, text: str) -> None:
        query = Query(text)
        if not query.text:
            current = self.results.current()
            self.last_path = "" if current is None else current.path
            self._query = None
            self._search.stop()
            self.found.begin(query)
            self.bar.show_more(0)
            self.bar.show_count("")
            self.switched.emit(False)  # noqa: FBT003 a signal has no keywords
        elif self._query is None or query.text != self._query.text:
            self._query = query
            self._start(query)
            self.switched.emit(True)  # noqa: FBT003

    def _start(self, query: Query, *, everywhere: bool = False) -> None:
        self._news = News()
        self._search.stop()
        self.found.begin(query)
        self.results.picked.emit(None)  # a model that starts over does not say so
        self.bar.show_more(0)
        self.bar.show_count("")
        if self._attributes:
            self._search.start(self._attributes, query, everywhere=everywhere)
            self._say_count()

    def _search_everywhere(self) -> None:
        if self._query is not None:
            self._start(self._query, everywhere=True)
            self.bar.show_walk(0, 0)

    def _stop(self) -> None:
        self._search.stop()
        self._end()

    def _take(self, news: News) -> None:
        self._news = news
        had_none = not self.found.matches
        self.found.add(news.found)
        if had_none and self.found.matches:
            self._go_to(0)
        if news.walked is not None:
            self.bar.show_walk(news.walked.done, news.walked.items)
        self._say_count()

    def _end(self) -> None:
        self.bar.show_more(self._news.skipped)
        self._say_count()

    def _unfold(self, rows: Sequence[QModelIndex]) -> None:
        for row in rows:
            self.results.expand(row)

    def _go_to(self, number: int) -> None:
        index = self.found.index_of(self.found.matches[number])
        self.results.setCurrentIndex(index)
        self.results.scrollTo(index, QAbstractItemView.ScrollHint.EnsureVisible)

    def _number(self) -> int | None:
        return self.found.match_number(self.results.currentIndex())

    def _say_count(self, *_picked: object) -> None:
        if self._query is None:
            return
        count = self._news.matches
        matches = "1 match" if count == 1 else f"{count:,} matches"
        number = self._number()
        if number is not None and count > 1:
            matches = f"{number + 1:,} of {matches}"
        running = self._search.is_running
        self.bar.show_count(f"{matches} {_DOTS}" if running else matches)
        listed = count <= KEPT
        self.bar.count.setToolTip("" if listed else f"The first {KEPT:,} are listed.")
