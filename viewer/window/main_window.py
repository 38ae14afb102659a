"""The main window: the picture in the middle, panels around it; wiring only."""

from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import Final

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import (
    QApplication,
    QMainWindow,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from viewer.formats import Opened
from viewer.panels.slides_panel import SlidesPanel
from viewer.qt.resources import application_icon
from viewer.scene.navigation import MAGNIFICATIONS, ZOOM_STEP
from viewer.scene.slide_view import SlideView
from viewer.slide.model import Slide
from viewer.tiles.plan import Viewport
from viewer.window.actions import Commands, Need
from viewer.window.color import ColorPreparation
from viewer.window.docks import Docks
from viewer.window.message_bar import MessageBar
from viewer.window.opening import Opening
from viewer.window.session import Session
from viewer.window.settings import Settings
from viewer.window.start_page import StartPage
from viewer.window.status import StatusLine
from viewer.window.status_feed import StatusFeed

PROGRAM: Final = "Coverslip"
FIRST_SIZE: Final = QSize(1400, 900)
PART_OF_SCREEN: Final = 0.9
"""The first size takes this much at most, so that frame and title have room too."""


class MainWindow(QMainWindow):
    """Shows one of the session's slides, or the start page when there is none."""

    def __init__(self, settings: Settings) -> None:
        """Build the window; nothing is read or shown yet."""
        super().__init__()
        self.setWindowIcon(application_icon())
        self._settings = settings
        self.session = Session(self._cache_budget(), self)
        self.view = SlideView(self.session.loader)
        self.message = MessageBar()
        self.start_page = StartPage()
        self._stack = QStackedWidget()
        self._lay_out()
        self.docks = Docks(self)
        self.slides_panel = self.docks.panel(SlidesPanel)
        self.status = StatusLine()
        self.setStatusBar(self.status)
        self.color = ColorPreparation(self)
        self.opening = Opening(self, self.session, self.status, self.message, settings)
        self._feed = StatusFeed(self.status, self.view, self.session)
        self.commands = Commands(self, self.view, self._slots())
        self.docks.offer(self.commands, self.view)
        self.opening.offer(self.start_page)
        self.drop_target = self.opening.take_drops()
        self._connect()
        self._restore()
        self.show_slide(None)

    def open(self, paths: Iterable[Path]) -> None:
        """Open files and folders; the slide on screen stays until they are there."""
        self.opening.open(paths)

    def open_demo(self) -> None:
        """Open the demo slide."""
        self.session.open_demo()

    def show_slide(self, slide: Slide | None) -> None:
        """Show one of the session's slides; None shows the start page."""
        if slide is not None:
            self._stack.setCurrentWidget(self.view)
            self.docks.reveal()
        self.view.show_slide(slide, self.color.prepare(slide))
        for panel in self.docks.panels.values():
            panel.show_slide(slide)
        self._feed.show_slide(slide)
        if slide is None:
            self._stack.setCurrentWidget(self.start_page)
            self.docks.conceal()
        self.setWindowTitle(
            PROGRAM if slide is None else f"{slide.name} \N{EN DASH} {PROGRAM}"
        )
        self._enable_actions()

    def is_settled(self) -> bool:
        """Whether nothing more will change by itself: all is read and painted."""
        return (
            not self.session.is_opening
            and self.color.is_ready
            and self.view.is_at_rest()
            and all(panel.is_ready() for panel in self.docks.panels.values())
        )

    def closeEvent(self, event: QCloseEvent) -> None:
        """Remember the window's shape and stop all work."""
        self._settings.remember_window(self.saveGeometry(), self.docks.arrangement())
        self._settings.save()
        self.show_slide(None)
        self._feed.stop()
        self.color.stop()
        self.session.close()
        super().closeEvent(event)

    def _cache_budget(self) -> int:
        """Return bytes for four screens of tiles at three levels, at least 512 MB."""
        screen = self.screen()
        size = screen.size() * screen.devicePixelRatio()
        return max(512 * 2**20, 4 * size.width() * size.height() * 4 * 3)

    def _lay_out(self) -> None:
        self._stack.addWidget(self.start_page)
        self._stack.addWidget(self.view)
        center = QWidget()
        layout = QVBoxLayout(center)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.message)
        layout.addWidget(self._stack, 1)
        self.setCentralWidget(center)

    def _slots(self) -> dict[str, Callable[..., object]]:
        view = self.view
        return {
            **self.opening.slots(),
            "close_slide": self._close_slide,
            "quit": self.close,
            "zoom_in": partial(view.zoom_by, ZOOM_STEP),
            "zoom_out": partial(view.zoom_by, 1 / ZOOM_STEP),
            "fit": view.fit,
            "native": view.show_native,
            **{
                f"magnify_{each:g}": partial(view.show_magnification, each)
                for each in MAGNIFICATIONS.values()
            },
            "full_screen": self._toggle_full_screen,
            "full_screen_key": self._toggle_full_screen,
            "next_slide": partial(self._step, 1),
            "previous_slide": partial(self._step, -1),
            "next_region": partial(self._focus_next, 1),
            "previous_region": partial(self._focus_next, -1),
            "leave": self._leave,
            "about": self._show_about,
        }

    def _connect(self) -> None:
        session, status = self.session, self.status
        session.started.connect(self._enable_actions)
        session.opened.connect(self._take)
        session.failed.connect(self._enable_actions)
        session.cancelled.connect(self._enable_actions)
        session.tiles_arrived.connect(self.view.tiles_loaded)
        status.failures_wanted.connect(self._list_failures)
        status.warnings_wanted.connect(self._list_warnings)
        self.color.ready.connect(self.view.set_look)
        self.color.chip_changed.connect(status.show_chip)
        self.view.viewport_changed.connect(self._follow_view)
        self.view.refused.connect(self.message.show_note)
        self.slides_panel.chosen.connect(self._show_chosen)
        self.slides_panel.picked.connect(self.view.setFocus)

    def _restore(self) -> None:
        room = self.screen().availableSize() * PART_OF_SCREEN
        self.resize(FIRST_SIZE.boundedTo(room))
        if self._settings.geometry is not None:
            self.restoreGeometry(self._settings.geometry)
        if self._settings.docks is not None:
            self.docks.arrange(self._settings.docks)

    def _take(self, opened: Opened) -> None:
        self.slides_panel.show_slides(opened.slides)
        self.show_slide(opened.slides[0])
        self.docks["slides"].setVisible(len(opened.slides) > 1)

    def _list_warnings(self) -> None:
        slide = self.view.slide
        if slide is not None:
            sentences = [warning.message for warning in slide.warnings]
            self.message.show_details("The slide is shown in spite of this:", sentences)

    def _list_failures(self) -> None:
        slide = self.view.slide
        if slide is not None:
            failures = self.session.loader.failures(slide.serial)
            sentences = [str(failure.error) for failure in failures]
            self.message.show_details("These tiles cannot be shown:", sentences)

    def _show_about(self) -> None:
        from viewer.window.dialogs import show_about

        show_about(self)

    def _close_slide(self) -> None:
        closed = self.view.slide
        if closed is None:
            return
        number = self.session.slides.index(closed)
        rest = [slide for slide in self.session.slides if slide is not closed]
        self.slides_panel.show_slides(rest)
        self.show_slide(rest[min(number, len(rest) - 1)] if rest else None)
        self.session.release(closed)

    def _show_chosen(self, slide: Slide) -> None:
        """Leave the focus in the list, for whoever goes through it by keys."""
        focused = QApplication.focusWidget()
        self.show_slide(slide)
        if focused is not None:
            focused.setFocus(Qt.FocusReason.OtherFocusReason)

    def _step(self, step: int) -> None:
        slides, shown = self.session.slides, self.view.slide
        number = next((i for i, each in enumerate(slides) if each is shown), -1) + step
        if shown is not None and 0 <= number < len(slides):
            self.show_slide(slides[number])

    def _follow_view(self, viewport: Viewport) -> None:
        if self.view.slide is not None:
            for panel in self.docks.panels.values():
                panel.show_level(self.view.shown_level())
                panel.show_area(viewport.area)

    def _focus_next(self, step: int) -> None:
        picture = self.start_page if self.view.slide is None else self.view
        self.docks.focus_next(picture, step)

    def _toggle_full_screen(self) -> None:
        # Only this flag, so that a maximized window is maximized again afterwards.
        self.setWindowState(self.windowState() ^ Qt.WindowState.WindowFullScreen)
        self._enable_actions()

    def _leave(self) -> None:
        if self.session.is_opening:
            self.session.cancel()
        elif self.isFullScreen():
            self._toggle_full_screen()

    def _enable_actions(self) -> None:
        has = Need.NOTHING
        if self.view.slide is not None:
            has |= Need.SLIDE
        if len(self.session.slides) > 1:
            has |= Need.SEVERAL_SLIDES
        if self.session.is_opening or self.isFullScreen():
            has |= Need.SOMETHING_TO_LEAVE
        self.commands.enable(has)
