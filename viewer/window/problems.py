"""Keeps the panels of problems and files up to date, and does what they ask for."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtGui import QGuiApplication

from viewer.formats import Opened
from viewer.panels.files_panel import FilesPanel
from viewer.panels.problems_panel import Problems, ProblemsPanel, TileProblem
from viewer.qt.tasks import run
from viewer.scene.slide_view import SlideView
from viewer.slide.look import DisplayTile
from viewer.slide.model import Slide, TileKey
from viewer.tiles.loader import Failure
from viewer.window.docks import Docks
from viewer.window.session import Session
from viewer.window.status import StatusLine

REFRESH_MILLISECONDS: Final = 250
"""Tiles may fail by the hundred a second; the list follows at this pace."""


class ProblemsFeed(QObject):
    """Gathers what goes wrong with the slide on screen, as long as it is there.

    `_problems` is what the panel shows, or as long as `_is_whole` is False, what it is
    about to show, a batch at a time.
    """

    def __init__(
        self, docks: Docks, view: SlideView, session: Session, status: StatusLine
    ) -> None:
        """Connect them; the status line owns the feed."""
        super().__init__(status)
        self._docks = docks
        self._view = view
        self._session = session
        self._problems = Problems()
        self._is_whole = True
        self._panel = docks.panel(ProblemsPanel)
        self._files = docks.panel(FilesPanel)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(REFRESH_MILLISECONDS)
        self._timer.timeout.connect(self.refresh)
        session.opened.connect(self._take)
        session.tiles_arrived.connect(self._hurry)
        status.failures_wanted.connect(lambda: self._open(failed=True))
        status.warnings_wanted.connect(lambda: self._open(failed=False))
        self._panel.tile_chosen.connect(self._go_to)
        self._panel.file_chosen.connect(self._show_file)
        self._panel.report_wanted.connect(self.copy_report)
        self._panel.retry_wanted.connect(self.retry)

    def show_slide(self, slide: Slide | None) -> None:
        """Turn to another slide, or to none; the panels have done so already."""
        self._timer.stop()
        self._show(Problems())
        if slide is not None:
            self.refresh()

    def refresh(self) -> None:
        """Look at what went wrong so far."""
        slide = self._view.slide
        if slide is None:
            return
        failed = _failed(slide, self._session.loader.failures(slide.serial))
        found = Problems(
            _in_order(self._problems.failed, failed),
            tuple(TileProblem(*each) for each in _now(slide.damaged)),
            tuple(slide.warnings),
        )
        if found != self._problems or not self._is_whole:
            self._show(found)
        self._files.show_warnings()

    def retry(self) -> None:
        """Read once more what failed."""
        slide = self._view.slide
        if slide is not None:
            slide.retry()
            self._session.samples.forget(slide.serial)
            computed = frozenset(
                number for number, each in enumerate(slide.levels) if not each.stored
            )
            self._session.loader.retry(slide.serial, lambda key: key.level in computed)
            self.refresh()
            self._view.viewport().update()

    def copy_report(self) -> None:
        """Put the text report on the clipboard, as soon as it is made."""
        from viewer.window.problem_report import problem_report

        slide = self._view.slide
        if slide is None:
            return
        self.refresh()
        problems, ignored = self._problems, self._session.ignored
        run(lambda: problem_report(slide, problems, ignored), self._copy, _pass_on)

    def _show(self, problems: Problems) -> None:
        self._problems = problems
        self._is_whole = self._panel.show_problems(problems)
        if not self._is_whole:
            self._timer.start()
        count = f" ({problems.total:,})" if problems.total else ""
        self._docks["problems"].setWindowTitle(self._panel.title + count)

    def _copy(self, report: str) -> None:
        QGuiApplication.clipboard().setText(report)
        self._panel.show_copied()

    def _hurry(self, _tiles: object) -> None:
        if not self._timer.isActive():
            self._timer.start()

    def _take(self, opened: Opened) -> None:
        self._files.show_left_out(opened.ignored)

    def _open(self, *, failed: bool) -> None:
        self.refresh()
        self._docks.open("problems")
        self._panel.reveal(failed=failed)

    def _go_to(self, tile: TileKey) -> None:
        self._view.set_focal_plane(tile.focal_plane)
        self._view.show_place(tile.level, tile.column, tile.row)

    def _show_file(self, path: Path) -> None:
        self._docks.open("files")
        self._files.show_file(path)
        self._files.outline.tree.setFocus(Qt.FocusReason.OtherFocusReason)


def _pass_on(error: Exception) -> None:
    """Let a bug be told as any other."""
    raise error


def _failed(
    slide: Slide, failures: Sequence[Failure[DisplayTile]]
) -> dict[TileKey, str]:
    """Return each place once, whatever the looks and the levels it was wanted for."""
    found = dict(_now(slide.failed))
    for failure in failures:
        found.setdefault(failure.key.tile_keys()[0], str(failure.error))
    return found


def _in_order(
    before: Sequence[TileProblem], failed: Mapping[TileKey, str]
) -> tuple[TileProblem, ...]:
    """Return what failed, what is listed already first and as it is."""
    known = [problem for problem in before if problem.tile in failed]
    listed = {problem.tile for problem in known}
    new = (TileProblem(*each) for each in failed.items() if each[0] not in listed)
    return (*known, *new)


def _now(tiles: Mapping[TileKey, str]) -> tuple[tuple[TileKey, str], ...]:
    """Return tiles and their sentences; workers may add to them meanwhile."""
    while True:
        try:
            return tuple(tiles.items())
        except RuntimeError:  # one was added while this went through them
            continue
