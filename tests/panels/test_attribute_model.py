"""Attribute trees in Qt's model: lazily made, and correct by Qt's own checks."""

from collections.abc import Sequence

import pytest
from PySide6.QtCore import QModelIndex, Qt
from pytestqt.modeltest import ModelTester

from viewer.panels.attribute_model import AttributeModel
from viewer.slide.errors import BrokenFile
from viewer.slide.metadata import Attribute


def plain(number: int, value: str = "") -> Attribute:
    return Attribute(
        f"(0008,{number:04X})", f"Word{number}", f"Name {number}", "LO", 1, value
    )


class Counted:
    """A sequence that counts how often it is asked for its children."""

    def __init__(self, children: Sequence[Attribute]) -> None:
        self.asked = 0
        self.children = children
        self.attribute = Attribute("(0040,0560)", "Seq", "Sequence", "SQ", 1, "", self)

    def __call__(self) -> Sequence[Attribute]:
        self.asked += 1
        return self.children


@pytest.fixture
def model(qapp: object) -> AttributeModel:
    return AttributeModel()


def texts(model: AttributeModel, parent: QModelIndex) -> list[list[object]]:
    return [
        [model.data(model.index(row, column, parent)) for column in range(4)]
        for row in range(model.rowCount(parent))
    ]


def test_rows_have_tag_name_vr_and_value(model: AttributeModel) -> None:
    model.show([plain(1, "one"), Attribute("", "", "Item 1", "", 0, "2 attributes")])
    assert texts(model, QModelIndex()) == [
        ["(0008,0001)", "Word1", "LO", "one"],
        ["", "Item 1", "", "2 attributes"],
    ]
    headings = [model.headerData(i, Qt.Orientation.Horizontal) for i in range(4)]
    assert headings == ["Tag", "Name", "VR", "Value"]


def test_sequence_is_asked_once_and_only_when_opened(model: AttributeModel) -> None:
    inner = Counted([plain(2)])
    outer = Counted([inner.attribute, plain(3)])
    model.show([outer.attribute])
    top = model.index(0, 0)
    assert model.hasChildren(top)
    assert model.canFetchMore(top)
    assert model.rowCount(top) == 0
    assert (outer.asked, inner.asked) == (0, 0)
    model.fetchMore(top)
    model.fetchMore(top)
    assert (outer.asked, inner.asked) == (1, 0)
    assert [row[1] for row in texts(model, top)] == ["Seq", "Word3"]
    middle = model.index(0, 0, top)
    model.fetchMore(middle)
    assert [row[1] for row in texts(model, middle)] == ["Word2"]
    assert model.parent(model.index(0, 0, middle)) == middle
    assert model.parent(middle) == top
    assert not model.parent(top).isValid()


def test_empty_sequence_closes_itself(model: AttributeModel) -> None:
    model.show([Counted([]).attribute])
    top = model.index(0, 0)
    model.fetchMore(top)
    assert not model.hasChildren(top)
    assert not model.canFetchMore(top)


def test_sequence_that_cannot_be_read_says_why(model: AttributeModel) -> None:
    def broken() -> Sequence[Attribute]:
        raise BrokenFile("x.dcm: ends early.")

    model.show([Attribute("(0040,0560)", "Seq", "Sequence", "SQ", 1, "", broken)])
    top = model.index(0, 0)
    model.fetchMore(top)
    assert texts(model, top) == [["", "cannot be read", "", "x.dcm: ends early."]]


def test_model_is_sound_while_it_grows(
    model: AttributeModel, qtmodeltester: ModelTester
) -> None:
    deepest = Counted([plain(4), plain(5)])
    middle = Counted([plain(6), deepest.attribute])
    model.show([plain(7), middle.attribute, Counted([]).attribute])
    qtmodeltester.check(model, force_py=True)  # opens all, and goes on watching
    assert (deepest.asked, middle.asked) == (1, 1)


def test_another_tree_replaces_the_one_before(model: AttributeModel) -> None:
    model.show([Counted([plain(2)]).attribute, plain(3)])
    model.fetchMore(model.index(0, 0))
    model.show([plain(1)])
    assert [row[1] for row in texts(model, QModelIndex())] == ["Word1"]
    assert not model.hasChildren(model.index(0, 0))


def test_outside_indexes_are_invalid(model: AttributeModel) -> None:
    model.show([plain(1)])
    assert not model.index(1, 0).isValid()
    assert not model.index(0, 4).isValid()
    assert not model.index(-1, 0).isValid()
    assert model.attribute(QModelIndex()) is None
