"""What the frames of one file showed, counted."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from math import prod
from pathlib import Path
from typing import NamedTuple

from viewer.qa.checkup.codestreams import Oddity
from viewer.qa.finding import Finding, Rule
from viewer.slide.geometry import Size


class Look(NamedTuple):
    """What one frame showed: its number from 0, and its pixels if it could be decoded.

    `color` is the one color of all of its pixels, packed, None where it has several.
    `mark` tells different bytes apart; None where nothing is stored.
    """

    number: int
    oddities: tuple[Oddity, ...]
    mark: int | None
    color: int | None = None


@dataclass(slots=True)
class Case:
    """Frames of one file with the same oddity: how many, and the first, from 0."""

    oddity: Oddity
    first: int
    count: int = 0


@dataclass(slots=True)
class Tally:
    """What the frames of one file or level showed; filled by one thread.

    `total` is how many there are and `seen` how many were looked at; `stored` of those
    hold something. `colors` counts those of one color by that, `marks` are the
    different ones. `level` is None for what is no level.
    """

    name: str
    file: Path | None
    level: int | None
    total: int
    grid: Size
    is_color: bool = True
    seen: int = 0
    stored: int = 0
    cases: dict[tuple[str, str], Case] = field(
        default_factory=dict[tuple[str, str], Case]
    )
    colors: Counter[int] = field(default_factory=Counter[int])
    marks: set[int] = field(default_factory=set[int])
    is_raster: bool = True

    def add(self, look: Look) -> None:
        """Count one more frame."""
        self.seen += 1
        if look.mark is not None:
            self.stored += 1
            self.marks.add(look.mark)
        if look.color is not None:
            self.colors[look.color] += 1
        for oddity in look.oddities:
            key = (oddity.rule.id, oddity.kind)
            case = self.cases.setdefault(key, Case(oddity, look.number))
            case.count += 1

    def tile(self, number: int) -> tuple[int, int] | None:
        """Return column and row of a frame, where its number tells them."""
        if not self.is_raster or self.level is None:
            return None
        row, column = divmod(number % prod(self.grid), self.grid.width)
        return column, row

    def findings(self, rule: Rule) -> Iterator[Finding]:
        """Yield one finding for each kind of oddity of a rule."""
        for case in self.cases.values():
            oddity = case.oddity
            if oddity.rule.id != rule.id:
                continue
            yield rule.finding(
                f"{self.name}: {oddity.clause}{self._counted(case)}.",
                oddity.severity,
                file=self.file,
                level=self.level,
                tile=self.tile(case.first),
                tag=oddity.tag,
                found=oddity.found,
                expected=oddity.expected,
            )

    def _counted(self, case: Case) -> str:
        """Say of how many frames that goes, and of which first."""
        if case.count == self.total:
            return "" if self.total == 1 else f", in all {self.total:,} frames"
        if case.count == self.seen:
            return f", in all {self.seen:,} frames looked at, of {self.total:,}"
        looked = "frames" if self.seen == self.total else "frames looked at"
        tile = self.tile(case.first)
        place = "" if tile is None else f" (column {tile[0]}, row {tile[1]})"
        return (
            f", in {case.count:,} of {self.seen:,} {looked}; the first is frame "
            f"{case.first + 1:,}{place}"
        )
