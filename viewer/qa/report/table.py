"""A table in words: columns side by side, long cells on several lines."""

from collections.abc import Iterator, Sequence
from itertools import zip_longest
from textwrap import wrap
from typing import Final

from viewer.qa.report.json import shown_rows
from viewer.qa.report.section import Table

MOST_ROWS: Final = 60
"""Rows that are shown; JSON and HTML hold all."""

MOST_LINES: Final = 8
"""Lines of a cell that are shown."""

_INDENT: Final = "    "
_GAP: Final = "  "
_NARROWEST: Final = 6
_LONGEST_WORD: Final = 14  # longer ones are broken rather than making a column wide


def table_lines(
    table: Table, width: int, *, with_patient_data: bool = False
) -> Iterator[str]:
    """Yield a table in lines of `width` at most, its title first."""
    found = shown_rows(table, with_patient_data=with_patient_data)
    rows = [
        [one_line(cell) for cell in row] for row in (table.columns, *found[:MOST_ROWS])
    ]
    yield f"  {one_line(table.title)}"
    widths = _widths([*zip(*rows, strict=True)], width - len(_INDENT))
    for row in rows:
        pairs = zip(row, widths, strict=True)
        cells = [_cell_lines(cell, room) for cell, room in pairs]
        for line in zip_longest(*cells, fillvalue=""):
            padded = [
                f"{cell:<{room}}" for cell, room in zip(line, widths, strict=True)
            ]
            yield f"{_INDENT}{_GAP.join(padded)}".rstrip()
    if len(found) > MOST_ROWS:
        left = len(found) - MOST_ROWS
        yield f"{_INDENT}... and {left:,} more, which JSON and HTML hold"


def one_line(words: str) -> str:
    """Return words with one space wherever there was any."""
    return " ".join(words.split())


def _widths(columns: Sequence[Sequence[str]], room: int) -> list[int]:
    """Narrow the widest columns until all fit, but few within a word."""
    widths = [max(map(len, column)) for column in columns]
    room -= len(_GAP) * (len(widths) - 1)
    for least in ([_least(column) for column in columns], [_NARROWEST] * len(widths)):
        while sum(widths) > room:
            spare = [width - floor for width, floor in zip(widths, least, strict=True)]
            wide = [number for number, each in enumerate(spare) if each > 0]
            if not wide:
                break
            widths[max(wide, key=lambda number: widths[number])] -= 1
    return widths


def _least(column: Sequence[str]) -> int:
    words = (word for cell in column for word in cell.split())
    return min(_LONGEST_WORD, max(map(len, words), default=0))


def _cell_lines(cell: str, room: int) -> list[str]:
    lines = wrap(cell, max(1, room), break_on_hyphens=False)
    if len(lines) > MOST_LINES:
        last = f"{lines[MOST_LINES - 1][: max(0, room - 3)]}..."
        lines[MOST_LINES - 1 :] = [last]
    return lines
