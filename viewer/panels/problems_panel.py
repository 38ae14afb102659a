"""What a slide is shown in spite of: warnings, failed tiles, damaged tiles."""

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar, Final, NamedTuple

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QLabel,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from viewer.panels.outline_model import Entry, OutlineModel
from viewer.panels.outline_view import OutlineView
from viewer.panels.panel import Panel
from viewer.slide.model import Slide, TileKey, stored_levels
from viewer.slide.warnings import CODES, SlideWarning

NOTHING: Final = "Nothing is wrong with this slide, as far as it has been read."
NO_SLIDE: Final = "No slide is open."

FAILED: Final = "Tiles that cannot be shown"
DAMAGED: Final = "Tiles shown in spite of damage"

BATCH: Final = 2000
"""Rows of a heading that are added at once: some 40 ms."""

COPY: Final = "Copy &report"
COPIED: Final = "Report copied"
COPIED_MILLISECONDS: Final = 2000


class TileProblem(NamedTuple):
    """A tile, and the sentence that says what is wrong with it."""

    tile: TileKey
    sentence: str


class Problems(NamedTuple):
    """All that is known so far; each list only grows, but for a new attempt."""

    failed: Sequence[TileProblem] = ()
    damaged: Sequence[TileProblem] = ()
    warnings: Sequence[SlideWarning] = ()

    @property
    def total(self) -> int:
        """Return how many there are together."""
        return len(self.failed) + len(self.damaged) + len(self.warnings)


class ProblemsPanel(Panel):
    """Lists problems under headings; a choice leads to the tile or the file.

    `_shown` is what each heading lists just now, in the order of the headings.
    """

    title: ClassVar[str] = "Problems"
    tile_chosen = Signal(object)  # TileKey
    file_chosen = Signal(object)  # Path
    report_wanted = Signal()
    retry_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        """Start without a slide."""
        super().__init__(parent)
        self._slide: Slide | None = None
        self._shown: dict[str, list[TileProblem | SlideWarning]] = {}
        self.model = OutlineModel(("Where", "What"), self)
        self.outline = OutlineView(self.model, "Problems")
        self.outline.size_columns(38, 60)
        self.outline.chosen.connect(self._choose)
        self.sentence = QLabel(NO_SLIDE)
        self.sentence.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.sentence.setWordWrap(True)
        self.pages = QStackedWidget()
        self.pages.addWidget(self.sentence)
        self.pages.addWidget(self.outline)
        self.report = QPushButton(COPY)
        self.report.setToolTip(
            "Copy a text with versions, levels, files, warnings and failed tiles"
        )
        self.report.clicked.connect(self.report_wanted)
        self._copied = QTimer(self)
        self._copied.setSingleShot(True)
        self._copied.setInterval(COPIED_MILLISECONDS)
        self._copied.timeout.connect(lambda: self.report.setText(COPY))
        self.retry = QPushButton("&Try again")
        self.retry.setToolTip("Read the tiles that failed once more")
        self.retry.clicked.connect(self.retry_wanted)
        self.outline.add_button(self.report)
        self.outline.add_button(self.retry)
        layout = QVBoxLayout(self)
        layout.addWidget(self.pages, 1)
        self.show_slide(None)

    def show_slide(self, slide: Slide | None) -> None:
        """Forget the problems of the slide before; `show_problems` tells the new."""
        self._slide = slide
        self.show_problems(Problems())

    def show_problems(self, problems: Problems) -> bool:
        """Bring the list up to date; what is listed already stays as it is.

        Return False where BATCH rows were too few: the next call lists more of them.
        """
        groups = _grouped(problems)
        shown = {
            title: rows[: len(self._shown.get(title, ())) + BATCH]
            for title, rows in groups.items()
        }
        if list(groups) == list(self._shown) and all(
            groups[title][: len(rows)] == rows for title, rows in self._shown.items()
        ):
            self._extend(groups, shown)
        else:
            shown = {title: rows[:BATCH] for title, rows in groups.items()}
            self.model.show(
                Entry((_headed(title, groups[title]),), title, self._entries(rows))
                for title, rows in shown.items()
            )
        self._shown = shown
        self.sentence.setText(NO_SLIDE if self._slide is None else NOTHING)
        self.pages.setCurrentWidget(self.outline if groups else self.sentence)
        self.report.setEnabled(self._slide is not None)
        self.retry.setEnabled(bool(problems.failed))
        return all(len(shown[title]) == len(rows) for title, rows in groups.items())

    def reveal(self, *, failed: bool) -> None:
        """Make the first failed tile current, or the first warning."""
        titles = list(self._shown)
        wanted = (FAILED, DAMAGED)
        row = next((i for i, t in enumerate(titles) if (t in wanted) == failed), 0)
        heading = self.model.index(row, 0)
        if heading.isValid():
            self.outline.go_to(self.model.index(0, 0, heading))
        self.outline.tree.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def show_copied(self) -> None:
        """Say for a moment that the report is on the clipboard."""
        self.report.setText(COPIED)
        self._copied.start()

    def _extend(self, groups: "_Groups", shown: "_Groups") -> None:
        for row, (title, rows) in enumerate(shown.items()):
            more = rows[len(self._shown[title]) :]
            heading = (_headed(title, groups[title]),)
            if more or self.model.cells(self.model.index(row, 0)) != heading:
                self.model.extend(row, heading, self._entries(more))

    def _entries(self, problems: "_Rows") -> list[Entry]:
        return [self._entry(each) for each in problems]

    def _entry(self, problem: TileProblem | SlideWarning) -> Entry:
        if isinstance(problem, SlideWarning):
            where = "" if problem.file is None else problem.file.name
            return Entry((where, problem.message), problem.file, (), problem.message)
        return Entry((self._place(problem.tile), problem.sentence), problem.tile)

    def _place(self, tile: TileKey) -> str:
        assert self._slide is not None, "problems are of a slide"  # noqa: S101
        return place_in_words(self._slide, tile)

    def _choose(self, subject: object) -> None:
        if isinstance(subject, TileKey):
            self.tile_chosen.emit(subject)
        elif isinstance(subject, Path):
            self.file_chosen.emit(subject)


def place_in_words(slide: Slide, tile: TileKey) -> str:
    """Return where a tile is, such as "level 0, column 3, row 12, frame 1,203"."""
    stored = stored_levels(slide)
    if tile.level in stored:
        level = f"level {stored.index(tile.level)}"
    else:
        width, height = slide.levels[tile.level].size
        level = f"computed level of {width:,} x {height:,} pixels"
    place = slide.frame_at(tile)
    frame = "" if place is None else f", frame {place.frame:,}"
    return f"{level}, column {tile.column}, row {tile.row}{frame}"


_Rows = list[TileProblem | SlideWarning]
_Groups = dict[str, _Rows]


def _grouped(problems: Problems) -> _Groups:
    groups: _Groups = {}
    if problems.failed:
        groups[FAILED] = list(problems.failed)
    if problems.damaged:
        groups[DAMAGED] = list(problems.damaged)
    for warning in problems.warnings:
        words = CODES[warning.code]
        groups.setdefault(words[:1].upper() + words[1:], []).append(warning)
    return groups


def _headed(title: str, rows: Sequence[object]) -> str:
    return f"{title} ({len(rows):,})"
