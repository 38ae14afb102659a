"""What a search finds, against plain recursion over the same trees."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.panels.attribute_trees import (
    WORDS,
    LongSequence,
    flat,
    plain,
    sequence,
    trees,
)
from viewer.panels.attribute_query import Found, Query, Skipped, Walked, walk
from viewer.slide.errors import BrokenFile
from viewer.slide.metadata import Attribute


def never() -> bool:
    return False


def places(
    attributes: Sequence[Attribute], text: str, *, everywhere: bool = False
) -> list[tuple[int, ...]]:
    found = walk(attributes, Query(text), never, everywhere=everywhere)
    return [
        tuple(number for number, _ in each.chain)
        for each in found
        if isinstance(each, Found)
    ]


@given(trees, st.lists(st.sampled_from(WORDS), min_size=1, max_size=2))
def test_rows_with_all_words_are_found_in_the_order_of_the_tree(
    tree: list[Attribute], words: list[str]
) -> None:
    def wanted(attribute: Attribute) -> bool:
        seen = [attribute.keyword, attribute.name]
        if not attribute.has_children:
            seen.append(attribute.value)
        text = "\n".join(seen).lower()
        return attribute.vr != "" and all(word.lower() in text for word in words)

    assert places(tree, " ".join(words)) == flat(tree, wanted)


ROW = plain("SpecimenIdentifier", "S26-1", "(0040,0551)")


@pytest.mark.parametrize(
    "text",
    [
        "(0040,0551)",
        "0040,0551",
        "(0040, 0551)",
        "00400551",
        "0040 0551",
        "0x00400551",
        "0x0040, 0x0551",
        "(0x0040,0x0551)",
        "0x0551",
        "0551",
        "0040",
        "(0040",
        "specimenident",
        "IDENTIFIER",
        "the specimen",
        "s26-1",
        "S26 identifier 0040",
    ],
)
def test_a_row_is_found_by_what_is_seen_of_it(text: str) -> None:
    assert Query(text).matches(ROW)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "  ",
        "05",
        "4005",
        "0x40",
        "0x0552",
        "0004",
        "(0040,0552)",
        "specimen S27",
        "S26-1x",
    ],
)
def test_a_row_is_not_found_by_what_is_not_there(text: str) -> None:
    assert not Query(text).matches(ROW)


def test_the_column_that_holds_a_word_is_known() -> None:
    query = Query("0040 s26")
    assert query.is_in_tag(ROW)
    assert query.is_in_value(ROW)
    assert not query.is_in_name(ROW)


def test_items_and_sums_of_sequences_are_not_found() -> None:
    assert places([sequence("Seq", [plain("A")])], "item") == []


def test_the_facts_of_a_profile_are_found() -> None:
    fact = Attribute("", "", "Description", "", 0, "Display P3")
    profile = Attribute(
        "(0028,2000)", "ICCProfile", "ICC", "OB", 1, "a profile", lambda: [fact]
    )
    assert places([profile], "display") == [(0, 0)]
    assert places([profile], "profile") == [(0,)]


def test_a_shortened_text_is_searched_whole_but_bytes_are_not() -> None:
    text = Attribute("", "A", "", "UT", 1, "long...", full=lambda: "long and needle")
    data = Attribute("", "B", "", "OB", 1, "00...", full=lambda: "00 needle")
    assert places([text, data], "needle") == [(0,)]


def test_long_sequences_are_told_and_walked_only_on_request() -> None:
    frames = LongSequence(2500)
    tree = [plain("Column"), frames.attribute, plain("Columns")]
    told = list(walk(tree, Query("column"), never))
    assert [each for each in told if isinstance(each, Skipped)] == [Skipped(2500)]
    assert places(tree, "column") == [(0,), (2,)]
    assert frames.made == []
    found = places(tree, "column", everywhere=True)
    assert found == [(0,), *((1, number, 0) for number in range(2500)), (2,)]


def test_a_long_walk_tells_how_far_it_is() -> None:
    told = walk([LongSequence(1500).attribute], Query("x"), never, everywhere=True)
    walked = [each for each in told if isinstance(each, Walked)]
    assert walked[0] == Walked(0, 1500)
    assert [each.done for each in walked] == sorted({each.done for each in walked})
    assert len(walked) > 2


def test_a_walk_ends_when_it_is_stopped() -> None:
    frames = LongSequence(100_000)
    turns = iter(range(1000))
    walked = walk(
        [frames.attribute],
        Query("column"),
        lambda: next(turns) > 10,
        everywhere=True,
    )
    assert len([each for each in walked if isinstance(each, Found)]) < 10
    assert len(frames.made) < 12


def test_a_path_with_an_item_leads_straight_to_its_attribute() -> None:
    frames = LongSequence(100_000)
    tree = [plain("A"), frames.attribute, sequence("B", [plain("C")], [plain("C")])]
    assert places(tree, "perframe[73511]") == [(1, 73_511)]
    assert places(tree, "PerFrame[73511].Column") == [(1, 73_511, 0)]
    assert set(frames.made) == {73_511}
    assert places(tree, "B[1].C") == [(2, 1, 0)]
    for nowhere in ("B[2].C", "B[0].D", "X[0]", "PerFrame[100000]", "PerFrame.Column["):
        assert places(tree, nowhere) == []


def test_what_cannot_be_read_is_passed_over() -> None:
    def broken() -> Sequence[Attribute]:
        raise BrokenFile("x.dcm: ends early.")

    bad = Attribute("(0040,0560)", "Bad", "Bad", "SQ", 1, "", broken)
    assert places([bad, plain("Good")], "o") == [(1,)]
    assert places([bad], "Bad[0].X") == []
