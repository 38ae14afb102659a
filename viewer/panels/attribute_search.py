"""A search of attributes in the background, with its answers as they come."""

import time
from collections.abc import Sequence
from functools import partial
from threading import Event
from typing import Final, NamedTuple

from PySide6.QtCore import QObject, Signal

from viewer.panels.attribute_query import Found, Query, Skipped, Walked, walk
from viewer.qt.mailbox import Mailbox
from viewer.qt.tasks import Task, run
from viewer.slide.metadata import Attribute

KEPT: Final = 1000
"""Matches that are shown; further ones are only counted."""

_NEWS_SECONDS: Final = 0.1
_TURN_SECONDS: Final = 0.002
_NAP_SECONDS: Final = 0.0002
_PATIENCE_SECONDS: Final = 2.0


class News(NamedTuple):
    """What a search has found since it told last, and how far it is.

    `matches` is the number of matches so far, `skipped` that of items in long sequences
    left out, `walked` the place in the one being searched.
    """

    found: Sequence[Found] = ()
    matches: int = 0
    skipped: int = 0
    walked: Walked | None = None


class AttributeSearch(QObject):
    """Looks through a tree on a background thread; at most one search at a time.

    Invariant: after `start` or `stop` nothing of an earlier search is told. GUI thread.
    """

    told = Signal(object)  # News
    ended = Signal()  # by itself, not by `stop`

    def __init__(self, parent: QObject | None = None) -> None:
        """Start idle."""
        super().__init__(parent)
        self._task: Task | None = None
        self._line: _Line | None = None

    @property
    def is_running(self) -> bool:
        """Whether a search is under way."""
        return self._task is not None

    def start(
        self, attributes: Sequence[Attribute], query: Query, *, everywhere: bool = False
    ) -> None:
        """Search a tree by its top-level attributes, in place of what is under way."""
        self.stop()
        self._line = line = _Line(Mailbox(self))
        line.mailbox.arrived.connect(partial(self._tell, line))
        work = partial(_search, attributes, query, line, everywhere=everywhere)
        self._task = run(work, self._end, self._fail)

    def stop(self) -> None:
        """Stop at what has been found so far."""
        if self._task is not None:
            self._task.abandon()
            self._task = None
        if self._line is not None:
            self._line.cut()
            self._line = None

    def _tell(self, line: "_Line", news: list[object]) -> None:
        for each in news:
            if self._line is line:  # who hears it may stop or start a search
                self.told.emit(each)
        line.heard.set()

    def _end(self, last: News) -> None:
        self.stop()
        self.told.emit(last)
        self.ended.emit()

    def _fail(self, error: Exception) -> None:
        self.stop()
        self.ended.emit()
        raise error


class _Line:
    """What leads from a search to who hears of it: one piece of news at a time."""

    def __init__(self, mailbox: Mailbox) -> None:
        self.mailbox = mailbox
        self.heard = Event()
        self._is_cut = False
        self._turn = 0.0

    def cut(self) -> None:
        """End the search from outside. GUI thread."""
        self._is_cut = True
        self.mailbox.close()
        self.mailbox.deleteLater()
        self.heard.set()

    def post(self, news: News) -> None:
        """Tell, and wait until it was heard: the window needs Python's lock for that.

        Worker thread.
        """
        self.heard.clear()
        self.mailbox.post(news)
        if not self._is_cut:
            self.heard.wait(_PATIENCE_SECONDS)

    def is_cut(self) -> bool:
        """Whether to stop; takes a nap now and then, so that typing is never late.

        A thread that waits for Python's lock gets it by itself after 5 ms only, and
        the window asks for it several times a key.
        """
        now = time.monotonic()
        if now - self._turn > _TURN_SECONDS:
            time.sleep(_NAP_SECONDS)
            self._turn = now
        return self._is_cut


def _search(
    attributes: Sequence[Attribute], query: Query, line: _Line, *, everywhere: bool
) -> News:
    """Post news now and then, and return the last of it. Worker thread."""
    found: list[Found] = []
    news = News()
    told = time.monotonic()
    for each in walk(attributes, query, line.is_cut, everywhere=everywhere):
        if isinstance(each, Found):
            if news.matches < KEPT:
                found.append(each)
            news = news._replace(matches=news.matches + 1)
        elif isinstance(each, Skipped):
            news = news._replace(skipped=news.skipped + each.items)
        else:
            news = news._replace(walked=each)
        if time.monotonic() - told > _NEWS_SECONDS:
            line.post(news._replace(found=found))
            found = []
            told = time.monotonic()
    return news._replace(found=found, walked=None)
