"""Searching in the background: news as it comes, and nothing after the end."""

import threading
from collections.abc import Iterator, Sequence

import pytest
from pytestqt.qtbot import QtBot

from tests.panels.attribute_trees import LongSequence, plain, sequence
from viewer.panels.attribute_query import Query
from viewer.panels.attribute_search import KEPT, AttributeSearch, News
from viewer.slide.metadata import Attribute

PATIENCE = 20_000


class Heard:
    """What a search told."""

    def __init__(self, search: AttributeSearch) -> None:
        self.news: list[News] = []
        self.ended = 0
        search.told.connect(self.news.append)
        search.ended.connect(self._end)

    def _end(self) -> None:
        self.ended += 1

    def keywords(self) -> list[str]:
        found = (each for news in self.news for each in news.found)
        return [each.chain[-1][1].keyword for each in found]


class Held:
    """A sequence whose children come when `going` is set."""

    def __init__(self) -> None:
        self.going = threading.Event()
        self.asked = threading.Event()
        self.attribute = Attribute("(0040,0560)", "Held", "Held", "SQ", 1, "", self)

    def __call__(self) -> Sequence[Attribute]:
        self.asked.set()
        self.going.wait(10)
        return [plain("Inside")]


@pytest.fixture
def search(qapp: object) -> Iterator[AttributeSearch]:
    search = AttributeSearch()
    yield search
    search.stop()


def ended(search: AttributeSearch, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: not search.is_running, timeout=PATIENCE)


def test_all_matches_are_told_once_and_counted(
    search: AttributeSearch, qtbot: QtBot
) -> None:
    heard = Heard(search)
    tree = [plain("Apple"), sequence("Seq", [plain("Pineapple")], [plain("Pear")])]
    search.start(tree, Query("apple"))
    ended(search, qtbot)
    assert heard.keywords() == ["Apple", "Pineapple"]
    assert heard.news[-1].matches == 2
    assert heard.ended == 1


def test_an_earlier_search_tells_nothing_any_more(
    search: AttributeSearch, qtbot: QtBot
) -> None:
    heard, held = Heard(search), Held()
    search.start([plain("Insider"), held.attribute], Query("inside"))
    assert held.asked.wait(5)
    search.start([plain("Outside")], Query("side"))
    held.going.set()
    ended(search, qtbot)
    qtbot.wait(50)
    assert heard.keywords() == ["Outside"]
    assert heard.ended == 1


def test_a_stopped_search_is_over_at_once(
    search: AttributeSearch, qtbot: QtBot
) -> None:
    heard, held = Heard(search), Held()
    search.start([held.attribute], Query("inside"))
    assert held.asked.wait(5)
    search.stop()
    assert not search.is_running
    held.going.set()
    qtbot.wait(50)
    assert (heard.news, heard.ended) == ([], 0)


def test_long_sequences_are_told_of_and_searched_on_request(
    search: AttributeSearch, qtbot: QtBot
) -> None:
    heard, frames = Heard(search), LongSequence(KEPT + 500)
    search.start([frames.attribute], Query("column"))
    ended(search, qtbot)
    assert heard.news[-1].skipped == KEPT + 500
    assert frames.made == []
    heard.news.clear()
    search.start([frames.attribute], Query("column"), everywhere=True)
    ended(search, qtbot)
    assert heard.news[-1] == heard.news[-1]._replace(matches=KEPT + 500, skipped=0)
    assert len(heard.keywords()) == KEPT  # the others are counted, not kept


def test_matches_are_told_while_the_search_goes_on(
    search: AttributeSearch, qtbot: QtBot
) -> None:
    heard, held = Heard(search), Held()
    frames = LongSequence(60_000)
    search.start([frames.attribute, held.attribute], Query("column"), everywhere=True)
    qtbot.waitUntil(lambda: bool(heard.keywords()), timeout=PATIENCE)
    assert search.is_running
    walked = [news.walked for news in heard.news if news.walked is not None]
    assert {each.items for each in walked} == {60_000}
    held.going.set()
    ended(search, qtbot)
    assert heard.news[-1].matches == 60_000


def test_who_hears_the_first_news_may_start_another_search(
    search: AttributeSearch, qtbot: QtBot
) -> None:
    heard: list[int] = []

    def again(news: News) -> None:
        heard.append(news.matches)
        if len(heard) == 1:
            search.start([plain("B"), plain("B")], Query("b"))

    search.told.connect(again)
    search.start([LongSequence(60_000).attribute], Query("column"), everywhere=True)
    ended(search, qtbot)
    assert heard[1:] == [2]
