"""Parts of a report, the same for every command: words, figures, tables, pictures."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from viewer.qa.finding import Finding


@dataclass(frozen=True, slots=True)
class Table:
    """A table of words, printed as it is.

    `private` are the numbers of rows that hold a patient's data: reports leave out what
    they say unless asked.
    """

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    private: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture for a report, as the bytes of a PNG; `title` says what it shows."""

    title: str
    png: bytes


@dataclass(frozen=True, slots=True)
class Section:
    """What one part of a comparison or check-up found out.

    `name` is its key in JSON, `title` its heading, `lines` are whole sentences that say
    the most important, findings apart. `facts` are figures that JSON can hold.
    """

    name: str
    title: str
    findings: tuple[Finding, ...] = ()
    lines: tuple[str, ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict[str, Any])
    tables: tuple[Table, ...] = ()
    pictures: tuple[Picture, ...] = ()
