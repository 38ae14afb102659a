"""Attribute trees in Qt's model: made in the background, correct by Qt's own checks."""

import threading
from collections.abc import Sequence

import pytest
from PySide6.QtCore import QModelIndex, Qt
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from tests.panels.attribute_trees import Counted, LongSequence, item, plain, sequence
from viewer.panels.attribute_model import COLUMNS, AttributeModel
from viewer.panels.attribute_path import steps_of
from viewer.slide.errors import BrokenFile
from viewer.slide.metadata import Attribute

PATIENCE = 5000
ROOT = QModelIndex()


@pytest.fixture
def model(qapp: object) -> AttributeModel:
    return AttributeModel()


def texts(model: AttributeModel, parent: QModelIndex = ROOT) -> list[list[object]]:
    return [
        [model.data(model.index(row, column, parent)) for column in range(len(COLUMNS))]
        for row in range(model.rowCount(parent))
    ]


def names(model: AttributeModel, parent: QModelIndex = ROOT) -> list[object]:
    return [row[0] for row in texts(model, parent)]


def open_row(model: AttributeModel, index: QModelIndex, qtbot: QtBot) -> None:
    model.fetchMore(index)
    qtbot.waitUntil(lambda: not model.is_opening, timeout=PATIENCE)


def located(model: AttributeModel, path: str, qtbot: QtBot) -> QModelIndex:
    steps = steps_of(path)
    assert steps is not None
    qtbot.waitUntil(lambda: model.locate(steps)[1], timeout=PATIENCE)
    return model.locate(steps)[0]


def test_rows_have_name_value_tag_vr_and_vm(model: AttributeModel) -> None:
    nameless = Attribute("(0009,1001)", "", "Private thing", "UN", 3, "x")
    model.show([plain("Word", "one"), nameless, item(0)])
    assert texts(model) == [
        ["Word", "one", "(0008,0001)", "LO", "1"],
        ["Private thing", "x", "(0009,1001)", "UN", "3"],
        ["Item 1", "", "", "", ""],
    ]
    headings = [model.headerData(i, Qt.Orientation.Horizontal) for i in range(5)]
    assert headings == ["Name", "Value", "Tag", "VR", "VM"]


def test_tip_has_the_readable_name_the_path_and_the_value(
    model: AttributeModel,
) -> None:
    model.show([sequence("Seq", [plain("Word", "one")])])
    attribute = sequence("Seq", [plain("Word", "one")]).children()[0].children()[0]
    model.show([attribute])
    tip = model.data(model.index(0, 0), Qt.ItemDataRole.ToolTipRole)
    assert tip == "The Word\nSeq[0].Word\none"


def test_sequence_is_asked_once_and_only_when_opened(
    model: AttributeModel, qtbot: QtBot
) -> None:
    inner = Counted([plain("Two")])
    outer = Counted([inner.attribute, plain("Three")])
    model.show([outer.attribute])
    top = model.index(0, 0)
    assert model.hasChildren(top)
    assert model.canFetchMore(top)
    assert model.rowCount(top) == 0
    assert (outer.asked, inner.asked) == (0, 0)
    model.fetchMore(top)
    assert not model.canFetchMore(top)
    open_row(model, top, qtbot)
    open_row(model, top, qtbot)
    assert (outer.asked, inner.asked) == (1, 0)
    assert names(model, top) == ["Seq", "Three"]
    middle = model.index(0, 0, top)
    open_row(model, middle, qtbot)
    assert names(model, middle) == ["Two"]
    assert model.parent(model.index(0, 0, middle)) == middle
    assert model.parent(middle) == top
    assert not model.parent(top).isValid()


def test_opening_waits_for_nobody_and_says_that_it_reads(
    model: AttributeModel, qtbot: QtBot
) -> None:
    going = threading.Event()

    def slow() -> Sequence[Attribute]:
        going.wait(5)
        return [plain("Late")]

    model.show([Attribute("(0040,0560)", "Seq", "Seq", "SQ", 1, "1 item", slow)])
    top = model.index(0, 0)
    changed: list[object] = []
    model.dataChanged.connect(lambda *_: changed.append(texts(model)[0][1]))
    model.fetchMore(top)
    assert model.rowCount(top) == 0
    assert model.hasChildren(top)
    qtbot.waitUntil(lambda: changed == ["Reading …"], timeout=PATIENCE)
    going.set()
    qtbot.waitUntil(lambda: names(model, top) == ["Late"], timeout=PATIENCE)
    assert texts(model)[0][1] == "1 item"


def test_rows_of_a_tree_that_went_are_never_put_in(
    model: AttributeModel, qtbot: QtBot
) -> None:
    going, done = threading.Event(), threading.Event()

    def slow() -> Sequence[Attribute]:
        going.wait(5)
        done.set()
        return [plain("Old")]

    model.show([Attribute("(0040,0560)", "Seq", "Seq", "SQ", 1, "", slow)])
    model.fetchMore(model.index(0, 0))
    new = sequence("New", [])
    model.show([new])
    going.set()
    assert done.wait(5)
    qtbot.wait(30)
    assert names(model) == ["New"]
    assert model.rowCount(model.index(0, 0)) == 0


def test_empty_sequence_closes_itself(model: AttributeModel, qtbot: QtBot) -> None:
    model.show([Counted([]).attribute])
    top = model.index(0, 0)
    open_row(model, top, qtbot)
    assert not model.hasChildren(top)
    assert not model.canFetchMore(top)


def test_sequence_that_cannot_be_read_says_why(
    model: AttributeModel, qtbot: QtBot
) -> None:
    def broken() -> Sequence[Attribute]:
        raise BrokenFile("x.dcm: ends early.")

    model.show([Attribute("(0040,0560)", "Seq", "Sequence", "SQ", 1, "", broken)])
    top = model.index(0, 0)
    open_row(model, top, qtbot)
    assert texts(model, top) == [["cannot be read", "x.dcm: ends early.", "", "", ""]]


def test_model_is_sound_while_it_grows(
    model: AttributeModel,
    qtmodeltester: ModelTester,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("viewer.panels.attribute_pages.PAGE", 3)
    deepest = Counted([plain("Four"), plain("Five")])
    middle = Counted([plain("Six"), deepest.attribute])
    long = LongSequence(11)
    model.show(
        [plain("Seven"), middle.attribute, Counted([]).attribute, long.attribute]
    )
    qtmodeltester.check(model, force_py=True)  # opens some, and goes on watching
    page = model.parent(located(model, "PerFrame[7]", qtbot))
    assert model.rowCount(page) == 3
    model.close_page(page)
    assert model.rowCount(page) == 0
    located(model, "PerFrame[7].Column", qtbot)
    qtbot.waitUntil(lambda: not model.is_opening, timeout=PATIENCE)
    assert middle.asked == 1


def test_100_000_items_open_into_100_rows_and_make_none(
    model: AttributeModel, qtbot: QtBot
) -> None:
    frames = LongSequence(100_000)
    model.show([frames.attribute])
    top = model.index(0, 0)
    open_row(model, top, qtbot)
    assert model.rowCount(top) == 100
    assert frames.made == []


def test_a_path_opens_its_way_and_makes_one_page(
    model: AttributeModel, qtbot: QtBot
) -> None:
    frames = LongSequence(100_000)
    model.show([plain("A"), frames.attribute])
    index = located(model, "PerFrame[73511].Column", qtbot)
    assert texts(model, model.parent(index))[0][:2] == ["Column", "column 73511"]
    assert names(model, model.index(1, 0))[73] == "Items 73,001 … 74,000"
    assert frames.made == list(range(73_000, 74_000))


def test_a_path_that_leads_nowhere_ends_without_a_row(
    model: AttributeModel, qtbot: QtBot
) -> None:
    model.show([plain("A"), LongSequence(2000).attribute, sequence("B", [plain("C")])])
    for path in ("X", "PerFrame[2000]", "B[1]", "B[0].D", "A[0]", "PerFrame.Column"):
        assert not located(model, path, qtbot).isValid()


def test_a_folded_page_lets_go_of_its_rows_and_makes_them_again(
    model: AttributeModel, qtbot: QtBot
) -> None:
    frames = LongSequence(3000)
    model.show([frames.attribute])
    row = located(model, "PerFrame[1500]", qtbot)
    page = model.parent(row)
    model.close_page(page)
    assert model.rowCount(page) == 0
    assert model.canFetchMore(page)
    assert model.attribute(row) is None  # an index of a row that went
    frames.made.clear()
    assert located(model, "PerFrame[1500]", qtbot).row() == 500
    assert frames.made == list(range(1000, 2000))


def test_only_pages_are_let_go_of(model: AttributeModel, qtbot: QtBot) -> None:
    model.show([sequence("B", [plain("C")])])
    top = model.index(0, 0)
    open_row(model, top, qtbot)
    model.close_page(top)
    assert model.rowCount(top) == 1


def test_another_tree_replaces_the_one_before(
    model: AttributeModel, qtbot: QtBot
) -> None:
    model.show([Counted([plain("Two")]).attribute, plain("Three")])
    open_row(model, model.index(0, 0), qtbot)
    model.show([plain("One")])
    assert names(model) == ["One"]
    assert not model.hasChildren(model.index(0, 0))


def test_outside_indexes_are_invalid(model: AttributeModel) -> None:
    model.show([plain("A")])
    assert not model.index(1, 0).isValid()
    assert not model.index(0, 5).isValid()
    assert not model.index(-1, 0).isValid()
    assert model.attribute(QModelIndex()) is None
