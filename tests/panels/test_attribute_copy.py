"""What comes to the clipboard, to the letter."""

import json
import threading
from collections.abc import Iterator, Sequence

import pytest
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from tests.panels.attribute_trees import LongSequence, plain, sequence
from viewer.panels import attribute_copy
from viewer.panels.attribute_copy import (
    COPIES,
    Clipboard,
    json_text,
    path_text,
    row_text,
    value_text,
)
from viewer.panels.attribute_pages import rows_below
from viewer.slide.errors import BrokenFile, SlideError
from viewer.slide.metadata import Attribute

PATIENCE = 5000
VALUE, PATH, ROW, JSON = COPIES

MODALITY = Attribute(
    "(0008,0060)",
    "Modality",
    "Modality",
    "CS",
    1,
    "SM",
    path="Modality",
    as_json=lambda: {"vr": "CS", "Value": ["SM"]},
)


def code(value: str) -> Attribute:
    return Attribute(
        "",
        "",
        "Item",
        "",
        0,
        "",
        lambda: [plain("CodeValue", value)],
        as_json=lambda: {"00080100": {"vr": "SH", "Value": [value]}},
    )


def codes(*values: str) -> Attribute:
    return Attribute(
        "(0048,0105)",
        "OpticalPathSequence",
        "Optical Path Sequence",
        "SQ",
        1,
        "items",
        lambda: [code(value) for value in values],
    )


@pytest.fixture
def clipboard(qapp: object) -> Iterator[Clipboard]:
    QGuiApplication.clipboard().setText("before")
    clipboard = Clipboard()
    yield clipboard
    clipboard.stop()


def copied(clipboard: Clipboard, qtbot: QtBot) -> str:
    qtbot.waitUntil(lambda: not clipboard.is_busy, timeout=PATIENCE)
    return QGuiApplication.clipboard().text()


def test_value_is_the_whole_of_it() -> None:
    assert value_text(MODALITY) == "SM"
    long = Attribute("", "A", "", "UT", 1, "be...", full=lambda: "begin\nand end")
    assert value_text(long) == "begin\nand end"


def test_path_is_the_way_from_the_root() -> None:
    inside = sequence("Seq", [plain("A")], [plain("B")]).children()[1].children()[0]
    assert path_text(inside) == "Seq[1].B"
    assert path_text(Attribute("(0009,1001)", "", "Private", "UN", 1, "")) == (
        "(0009,1001)"
    )


def test_row_is_its_cells_with_tabs_between() -> None:
    assert row_text(MODALITY) == "Modality\tSM\t(0008,0060)\tCS\t1"
    ragged = Attribute("", "A", "", "LT", 1, "one\ttwo\nthree")
    assert row_text(ragged) == "A\tone two three\t\tLT\t1"


def test_json_of_an_attribute_stands_under_its_tag() -> None:
    assert json_text(MODALITY) == (
        '{\n  "00080060": {\n    "vr": "CS",\n    "Value": [\n      "SM"\n    ]\n  }\n}'
    )


@pytest.mark.parametrize("values", [("1",), ("1", "2", 'quo"ted\né')])
def test_json_of_a_sequence_is_what_json_itself_would_write(
    values: Sequence[str],
) -> None:
    items = [{"00080100": {"vr": "SH", "Value": [value]}} for value in values]
    whole = {"00480105": {"vr": "SQ", "Value": items}}
    assert json_text(codes(*values)) == json.dumps(whole, indent=2, ensure_ascii=False)


def test_json_of_an_item_is_its_object() -> None:
    assert json.loads(json_text(code("7"))) == {
        "00080100": {"vr": "SH", "Value": ["7"]}
    }


def test_json_of_a_page_is_a_list_of_its_items(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("viewer.panels.attribute_pages.PAGE", 2)
    page = rows_below(codes("1", "2", "3", "4"))[1]
    values = [each["00080100"]["Value"] for each in json.loads(json_text(page))]
    assert values == [["3"], ["4"]]
    page_of_pages = rows_below(codes("1", "2", "3", "4", "5"))[0]
    values = [
        each["00080100"]["Value"] for each in json.loads(json_text(page_of_pages))
    ]
    assert values == [["1"], ["2"], ["3"], ["4"]]


def test_json_that_is_too_long_is_refused_before_all_of_it_is_made(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(attribute_copy, "LARGEST", 1000)
    made: list[int] = []

    def items() -> Sequence[Attribute]:
        return [
            Attribute("", "", "Item", "", 0, "", as_json=lambda n=n: made.append(n))
            for n in range(10_000)
        ]

    endless = Attribute("(5200,9230)", "PerFrame", "", "SQ", 1, "", items)
    with pytest.raises(SlideError, match=r"^PerFrame: its JSON has more than"):
        json_text(endless)
    assert len(made) < 1000


def test_json_of_what_has_no_model_is_refused_in_words() -> None:
    with pytest.raises(SlideError, match=r"^Tag: there is no JSON model for it"):
        json_text(Attribute("", "Tag", "", "SHORT", 1, "1"))


def test_every_way_of_copying_reaches_the_clipboard(
    clipboard: Clipboard, qtbot: QtBot
) -> None:
    texts: list[str] = []
    for copy in (VALUE, PATH, ROW):
        clipboard.copy(MODALITY, copy)
        texts.append(copied(clipboard, qtbot))
    assert texts == ["SM", "Modality", "Modality\tSM\t(0008,0060)\tCS\t1"]
    clipboard.copy(MODALITY, JSON)
    assert json.loads(copied(clipboard, qtbot)) == {
        "00080060": {"vr": "CS", "Value": ["SM"]}
    }


def test_copying_says_what_it_did(clipboard: Clipboard, qtbot: QtBot) -> None:
    told: list[str] = []
    clipboard.told.connect(told.append)
    clipboard.copy(MODALITY, VALUE)
    copied(clipboard, qtbot)
    clipboard.copy(plain("Empty"), VALUE)
    assert copied(clipboard, qtbot) == "SM"
    assert told == [
        "Copied the value: 2 characters.",
        "Nothing was copied: there is no value.",
    ]


def test_a_value_that_cannot_be_read_leaves_the_clipboard_and_says_why(
    clipboard: Clipboard, qtbot: QtBot
) -> None:
    def broken() -> str:
        raise BrokenFile("x.dcm: has gone.")

    told: list[str] = []
    clipboard.told.connect(told.append)
    clipboard.copy(Attribute("", "A", "", "UT", 1, "a", full=broken), VALUE)
    assert copied(clipboard, qtbot) == "before"
    assert told == ["x.dcm: has gone."]


def test_the_last_wish_wins_over_a_slow_one(clipboard: Clipboard, qtbot: QtBot) -> None:
    going, done = threading.Event(), threading.Event()

    def slow() -> str:
        going.wait(5)
        done.set()
        return "slow"

    clipboard.copy(Attribute("", "A", "", "UT", 1, "", full=slow), VALUE)
    clipboard.copy(MODALITY, PATH)
    assert copied(clipboard, qtbot) == "Modality"
    going.set()
    assert done.wait(5)
    qtbot.wait(30)
    assert QGuiApplication.clipboard().text() == "Modality"


def test_a_row_of_100_000_items_copies_without_making_them(
    clipboard: Clipboard, qtbot: QtBot
) -> None:
    frames = LongSequence(100_000)
    clipboard.copy(frames.attribute, ROW)
    assert copied(clipboard, qtbot) == "PerFrame\t100000 items\t(5200,9230)\tSQ\t1"
    assert frames.made == []
