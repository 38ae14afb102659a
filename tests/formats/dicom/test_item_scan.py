"""Where items lie, against where they were put."""

from itertools import accumulate
from pathlib import Path
from struct import pack

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.formats.dicom.raw_files import BIG_ENDIAN, EXPLICIT, UNDEFINED, element, item
from viewer.formats.dicom import item_scan
from viewer.formats.dicom.item_scan import scan_items
from viewer.formats.files import BytesFile

PATH = Path("x.dcm")


def ending(number: int, order: str) -> bytes:
    return pack(order + "HHI", 0xFFFE, number, 0)


def an_item(content: bytes, delimited: bool, order: str) -> bytes:
    if not delimited:
        return item(content, order=order)
    return item(content + ending(0xE00D, order), length=UNDEFINED, order=order)


def a_sequence(items: list[bytes], delimited: bool, order: str) -> bytes:
    content = b"".join(items) + (ending(0xE0DD, order) if delimited else b"")
    return element(
        0x00081032,
        b"SQ",
        content,
        length=UNDEFINED if delimited else None,
        encoding=BIG_ENDIAN if order == ">" else EXPLICIT,
    )


VALUES = st.sampled_from([b"", b"\xff\xff\xff\xff", b"\xfe\xff\x00\xe0", b"plain "])


def contents(order: str) -> st.SearchStrategy[bytes]:
    """Elements of items, with sequences in them, delimited or not."""
    encoding = BIG_ENDIAN if order == ">" else EXPLICIT
    values = VALUES.map(
        lambda value: element(0x00420011, b"OB", value, encoding=encoding)
    )
    return st.recursive(
        values,
        lambda inner: st.builds(
            lambda each, delimited, within: a_sequence(
                [an_item(one, delimited, order) for one in each], within, order
            ),
            st.lists(inner, max_size=3),
            st.booleans(),
            st.booleans(),
        ),
        max_leaves=6,
    )


@st.composite
def sequences(draw: st.DrawFn) -> tuple[str, list[bytes]]:
    order = draw(st.sampled_from("<>"))
    kinds = draw(st.sampled_from([[True], [False], [True, False]]))
    each = draw(
        st.lists(st.tuples(contents(order), st.sampled_from(kinds)), max_size=12)
    )
    return order, [an_item(content, delimited, order) for content, delimited in each]


@pytest.mark.parametrize("patience", [1, 256])
@pytest.mark.parametrize("piece", [64, 1 << 20])
@settings(max_examples=60, deadline=None)
@given(made=sequences(), delimited=st.booleans())
def test_items_are_found_where_they_were_put(
    patience: int, piece: int, made: tuple[str, list[bytes]], delimited: bool
) -> None:
    order, items = made
    body = b"".join(items)
    closing = ending(0xE0DD, order) if delimited else b""
    data = b"before" + body + closing + b"behind it are more bytes"
    starts = [6, *accumulate(map(len, items), initial=6)][1:]
    end = len(data) if delimited else 6 + len(body)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(item_scan, "_PATIENCE", patience)
        patch.setattr(item_scan, "_PIECE", piece)
        patch.setattr(item_scan, "_HOP", piece)
        found = scan_items(
            BytesFile(PATH, data),
            6,
            end,
            implicit=False,
            order=order,
            delimited=delimited,
        )
    assert found.problem == ""
    assert [*found.starts, found.stop] == starts
    assert found.end == 6 + len(body) + len(closing)


@settings(deadline=None)
@given(made=sequences(), lost=st.integers(1, 400), delimited=st.booleans())
def test_what_is_cut_off_ends_with_a_problem_inside_the_bounds(
    made: tuple[str, list[bytes]], lost: int, delimited: bool
) -> None:
    order, items = made
    body = b"".join(items) + ending(0xE0DD, order)
    end = max(0, len(body) - lost)
    found = scan_items(
        BytesFile(PATH, body), 0, end, implicit=False, order=order, delimited=delimited
    )
    assert found.problem or not delimited
    assert list(found.starts) == sorted(set(found.starts))
    assert all(start < end for start in found.starts)
    assert found.stop <= end
    assert found.end <= end


def test_no_more_items_are_listed_than_there_is_room_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(item_scan, "MOST_ITEMS", 300)
    data = item(b"") * 1000
    found = scan_items(
        BytesFile(PATH, data),
        0,
        len(data),
        implicit=False,
        order="<",
        delimited=False,
    )
    assert len(found.starts) == 300
    assert found.problem == "only the first 300 items are listed"
