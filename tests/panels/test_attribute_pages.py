"""Pages: every item in exactly one of them, and none made before it is asked for."""

from hypothesis import given
from hypothesis import strategies as st

from tests.panels.attribute_trees import LongSequence
from viewer.panels.attribute_pages import PAGE, Page, rows_below


def leaves(page: Page) -> list[Page]:
    """Return the pages below one that open into items; no item is made."""
    if page.count <= PAGE:
        return [page]
    rows = rows_below(page)
    assert 1 < len(rows) <= PAGE
    return [leaf for row in rows for leaf in leaves(as_page(row))]


def as_page(row: object) -> Page:
    assert isinstance(row, Page)
    return row


@given(st.integers(PAGE + 1, 3_000_000))
def test_pages_cover_every_item_once_and_in_order(count: int) -> None:
    items = LongSequence(count)
    rows = rows_below(items.attribute)
    assert 1 < len(rows) <= PAGE
    end = 0
    for leaf in (leaf for row in rows for leaf in leaves(as_page(row))):
        assert leaf.first == end
        assert 1 <= leaf.count <= PAGE
        end += leaf.count
    assert end == count
    assert items.made == []


def test_100_000_items_open_into_pages_that_make_only_their_own() -> None:
    items = LongSequence(100_000)
    pages = rows_below(items.attribute)
    assert len(pages) == 100
    assert pages[73].name == "Items 73,001 … 74,000"
    assert items.made == []
    rows = rows_below(pages[73])
    assert [row.name for row in rows[:2]] == ["Item 73001", "Item 73002"]
    assert items.made == list(range(73_000, 74_000))


def test_as_many_items_as_fit_one_page_are_not_paged() -> None:
    rows = rows_below(LongSequence(PAGE).attribute)
    assert len(rows) == PAGE
    assert not any(isinstance(row, Page) for row in rows)
