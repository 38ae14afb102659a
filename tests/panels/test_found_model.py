"""The tree of matches: what was found in what it lies in, in any batches."""

from collections.abc import Sequence

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QColor
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from tests.panels.attribute_trees import WORDS, plain, sequence, trees
from viewer.panels.attribute_query import Found, Query, walk
from viewer.panels.found_model import FoundModel
from viewer.slide.metadata import Attribute

ROOT = QModelIndex()
Nested = list[tuple[str, "Nested"]]


def never() -> bool:
    return False


def pruned(attributes: Sequence[Attribute], query: Query) -> Nested:
    """Return a tree's matches and what they lie in, by plain recursion."""
    kept: Nested = []
    for each in attributes:
        below = pruned(each.children(), query)
        if below or query.matches(each):
            kept.append((each.keyword or each.name, below))
    return kept


def shown(model: FoundModel, parent: QModelIndex = ROOT) -> Nested:
    return [
        (str(model.data(index)), shown(model, index))
        for index in (
            model.index(row, 0, parent) for row in range(model.rowCount(parent))
        )
    ]


def found_in(tree: Sequence[Attribute], query: Query) -> list[Found]:
    return [each for each in walk(tree, query, never) if isinstance(each, Found)]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(trees, st.sampled_from(WORDS), st.integers(1, 5))
def test_matches_come_with_their_ancestors_and_nothing_else(
    qapp: object, tree: list[Attribute], word: str, batch: int
) -> None:
    model, query = FoundModel(), Query(word)
    found = found_in(tree, query)
    unfolded: set[str] = set()

    def unfold(rows: Sequence[QModelIndex]) -> None:
        unfolded.update(str(row.internalId()) for row in rows)

    model.placed.connect(unfold)
    model.begin(query)
    for start in range(0, len(found), batch):
        model.add(found[start : start + batch])
    assert shown(model) == pruned(tree, query)
    assert [node.attribute for node in model.matches] == [
        each.chain[-1][1] for each in found
    ]
    numbers = [model.match_number(model.index_of(node)) for node in model.matches]
    assert numbers == list(range(len(found)))
    for node in model.matches:
        above = model.parent(model.index_of(node))
        while above.isValid():
            assert str(above.internalId()) in unfolded
            above = model.parent(above)


def test_it_is_sound_while_it_grows(
    qtmodeltester: ModelTester, qtbot: QtBot, qapp: object
) -> None:
    tree = [
        sequence("A", [plain("Red"), plain("No")], [sequence("B", [plain("Red")])]),
        plain("Red"),
    ]
    model, query = FoundModel(), Query("red")
    model.begin(query)
    qtmodeltester.check(model, force_py=True)
    for each in found_in(tree, query):
        model.add([each])
    assert shown(model) == pruned(tree, query)
    model.begin(Query("x"))
    assert shown(model) == []


def test_a_sequence_found_opens_like_any_other(qtbot: QtBot, qapp: object) -> None:
    model, query = FoundModel(), Query("seq")
    model.begin(query)
    model.add(found_in([sequence("Seq", [plain("A")])], query))
    top = model.index(0, 0)
    assert model.canFetchMore(top)
    model.fetchMore(top)
    qtbot.waitUntil(lambda: model.rowCount(top) == 1)
    assert model.data(model.index(0, 0, top)) == "Item 1"


def test_what_the_user_opened_meanwhile_gets_nothing_twice(
    qtbot: QtBot, qapp: object
) -> None:
    model, query = FoundModel(), Query("a")
    outer, inner = found_in([sequence("Aha", [plain("A")])], query)
    model.begin(query)
    model.add([outer])
    top = model.index(0, 0)
    model.fetchMore(top)
    model.add([inner])
    qtbot.waitUntil(lambda: not model.is_opening)
    model.add([inner])
    assert model.rowCount(top) == 1
    assert [node.attribute for node in model.matches] == [outer.chain[-1][1]]


@pytest.mark.parametrize(
    ("text", "tinted"),
    [("word", [0]), ("one", [1]), ("0008", [2]), ("word 0001", [0, 2]), ("lo", [])],
)
def test_the_cells_that_hold_the_words_are_tinted(
    qapp: object, text: str, tinted: list[int]
) -> None:
    model, query = FoundModel(), Query(text)
    model.begin(query)
    model.add([Found(((0, plain("Word", "one")),))])
    role = Qt.ItemDataRole.BackgroundRole
    colors = [model.data(model.index(0, column), role) for column in range(5)]
    assert [i for i, color in enumerate(colors) if isinstance(color, QColor)] == tinted
