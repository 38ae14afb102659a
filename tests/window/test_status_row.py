"""Fields share the room in the order of their rank."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from viewer.window.elided_label import ElidedLabel
from viewer.window.status_row import GAP, StatusRow


def row_of(qtbot: QtBot, *texts: str) -> tuple[StatusRow, list[ElidedLabel]]:
    """A row whose first field is the most important."""
    row = StatusRow()
    qtbot.addWidget(row)
    fields: list[ElidedLabel] = []
    for rank, text in enumerate(texts):
        field = ElidedLabel(80)
        field.setText(text)
        row.add(field, rank, at_end=rank % 2 == 1)
        fields.append(field)
    row.show()
    return row, fields


def test_with_room_every_field_is_whole(qtbot: QtBot) -> None:
    row, fields = row_of(qtbot, "first", "second", "third")
    row.resize(row.sizeHint().width() + 200, 30)
    assert [each.shown_text for each in fields] == ["first", "second", "third"]
    assert fields[0].x() == 0
    assert fields[1].geometry().right() == row.width() - 1
    assert fields[2].x() == fields[0].width() + GAP


def test_the_least_important_field_goes_first(qtbot: QtBot) -> None:
    row, fields = row_of(qtbot, "a rather long first", "second", "third")
    room = fields[0].sizeHint().width() + GAP + fields[1].sizeHint().width()
    row.resize(room + GAP + 3, 30)
    assert [each.shown_text for each in fields[:2]] == ["a rather long first", "second"]
    assert row.is_dropped(fields[2])


def test_a_hidden_field_takes_no_room(qtbot: QtBot) -> None:
    row, fields = row_of(qtbot, "first", "second", "third")
    row.resize(row.sizeHint().width() + 100, 30)
    fields[0].hide()
    qtbot.waitUntil(lambda: fields[2].x() == 0)


def test_a_longer_text_moves_the_others_at_once(qtbot: QtBot) -> None:
    row, fields = row_of(qtbot, "first", "second", "third")
    row.resize(1000, 30)
    fields[0].setText("a text that is longer than first")
    width = fields[0].sizeHint().width()
    qtbot.waitUntil(lambda: fields[2].x() == width + GAP)
    assert fields[0].width() == width


@given(width=st.integers(0, 1500), lengths=st.lists(st.integers(0, 60), max_size=8))
def test_fields_never_overlap_nor_leave_the_row(
    qapp: object, width: int, lengths: list[int]
) -> None:
    del qapp
    row = StatusRow()
    fields: list[QLabel] = []
    for rank, length in enumerate(lengths):
        field = QLabel("m" * length) if rank % 3 == 0 else ElidedLabel(40)
        field.setText("m" * length)
        row.add(field, rank, at_end=rank % 2 == 0)
        field.show()
        fields.append(field)
    row.resize(width, 30)
    row.grab()  # shows it to the layout
    taken = sorted(
        (each.x(), each.x() + each.width()) for each in fields if each.width()
    )
    assert all(left >= 0 and right <= width for left, right in taken)
    assert all(one[1] <= other[0] for one, other in pairwise(taken))
    row.deleteLater()
