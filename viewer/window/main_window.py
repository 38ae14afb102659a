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
from viewer.panels.images_panel import ImagesPanel
from viewer.panels.slides_panel import SlidesPanel
from viewer.qt.resources import application_icon
from viewer.scene.slide_view import SlideView
from viewer.slide.model import Personality, Slide, TileKey
from viewer.tiles.plan import Viewport
from viewer.window.actions import FILE, VIEW, Need
from viewer.window.appearance import Appearance
from viewer.window.coloring import Coloring
from viewer.window.commands import Commands
from viewer.window.docks import Docks
from viewer.window.finding import Finding
from viewer.window.focus_ring import FocusRing
from viewer.window.focusing import Focusing, needs_met_by
from viewer.window.full_screen import FullScreen
from viewer.window.help import Help
from viewer.window.message_bar import MessageBar
from viewer.window.moving import Moving
from viewer.window.opening import Opening
from viewer.window.personality import OTHER_SIDE, PersonalitySwitch
from viewer.window.preview import Preview
from viewer.window.problems import ProblemsFeed
from viewer.window.rotations import RememberedRotations
from viewer.window.session import Session
from viewer.window.settings import Settings
from viewer.window.start_page import StartPage
from viewer.window.status import StatusLine
from viewer.window.status_feed import StatusFeed
from viewer.window.way_back import WayBack

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
        self.images_panel = self.docks.panel(ImagesPanel)
        self.images_panel.rotations = RememberedRotations(settings)
        self.status = StatusLine()
        self.setStatusBar(self.status)
        self.color = Coloring(self.view, self.session.samples, settings)
        self.opening = Opening(self, self.session, self.status, self.message, settings)
        self.preview = Preview(self.view, self.session, self.status, self.message)
        self._feed = StatusFeed(self.status, self.view, self.session)
        self.problems = ProblemsFeed(self.docks, self.view, self.session, self.status)
        self.finding = Finding(self, self.docks, self.view)
        self.moving = Moving(self.view, self.session, settings)
        self.full_screen = FullScreen(self, self.docks)
        self.personality = PersonalitySwitch(self.view, self.session, self.opening)
        self.focusing = Focusing(self.view, self.status.focus)
        self.commands = Commands(self, self.view, self._slots())
        self.moving.offer(self.commands)
        self.personality.offer(self.commands[OTHER_SIDE])
        self.docks.offer(self.commands, self.view)
        self.color.offer(self.docks, self.status, self.commands)
        self.opening.offer(self.start_page)
        self.opening.offer_recent(self.commands.menu(FILE), self.commands["open_demo"])
        self.appearance = Appearance(self, settings)
        self.appearance.offer(self.commands.menu(VIEW))
        FocusRing(self)
        WayBack(self, self.docks, self.view)
        self.drop_target = self.opening.take_drops()
        self._connect()
        self._restore()
        self.show_slide(None)

    def open(
        self, paths: Iterable[Path], personality: Personality | None = None
    ) -> None:
        """Open files and folders; the slide on screen stays until they are there."""
        self.opening.open(paths, personality)

    def open_demo(self) -> None:
        """Open the demo slide."""
        self.session.open_demo()

    def show_slide(self, slide: Slide | None) -> None:
        """Show one of the session's slides; None shows the start page."""
        if slide is not None:
            self._stack.setCurrentWidget(self.view)
            self.docks.reveal()
        look, plane = self.color.prepare(slide), self.focusing.prepare(slide)
        self.view.show_slide(slide, look, plane)
        for panel in self.docks.panels.values():
            panel.show_slide(slide)
        self._feed.show_slide(slide)
        self.problems.show_slide(slide)
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
            and self._feed.is_up_to_date
            and all(panel.is_ready() for panel in self.docks.panels.values())
        )

    def closeEvent(self, event: QCloseEvent) -> None:
        """Remember the window's shape and stop all work."""
        arrangement = self.docks.arrangement()
        self._settings.remember_window(self.full_screen.geometry(), arrangement)
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
        return {
            **self.opening.slots(),
            **self.color.slots(),
            **self.finding.slots(),
            "close_slide": self._close_slide,
            "quit": self.close,
            **self.moving.slots(),
            **self.focusing.slots(),
            **self.full_screen.slots(),
            **self.personality.slots(),
            "next_slide": partial(self._step, 1),
            "previous_slide": partial(self._step, -1),
            "next_region": partial(self._focus_next, 1),
            "previous_region": partial(self._focus_next, -1),
            "leave": self._leave,
            **Help(self).slots(),
        }

    def _connect(self) -> None:
        session = self.session
        session.started.connect(self._enable_actions)
        session.opened.connect(self._take)
        self.personality.follow_openings()
        self.personality.slide_chosen.connect(self.show_slide)
        self.personality.changed.connect(self._enable_actions)
        session.previewed.connect(self._take)
        session.failed.connect(self._enable_actions)
        session.cancelled.connect(self._enable_actions)
        session.tiles_arrived.connect(self.view.tiles_loaded)
        self.view.viewport_changed.connect(self._follow_view)
        self.view.refused.connect(self.message.show_note)
        self.color.target.refused.connect(self.message.show_note)
        self.view.tile_picked.connect(self._show_tile)
        self.full_screen.changed.connect(self._enable_actions)
        self.message.changed.connect(self._enable_actions)
        self.slides_panel.chosen.connect(self._show_chosen)
        self.slides_panel.picked.connect(self.view.setFocus)
        self.images_panel.place_chosen.connect(self.view.center_on)

    def _restore(self) -> None:
        room = self.screen().availableSize() * PART_OF_SCREEN
        self.resize(FIRST_SIZE.boundedTo(room))
        self.docks.fit_width()
        if self._settings.geometry is not None:
            self.restoreGeometry(self._settings.geometry)
        if self._settings.docks is not None:
            self.docks.arrange(self._settings.docks)

    def _take(self, opened: Opened) -> None:
        place = self.preview.place()
        self.slides_panel.show_slides(opened.slides)
        self.show_slide(opened.slides[0])
        self.preview.return_to(place)
        self.docks["slides"].setVisible(len(opened.slides) > 1)

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

    def _show_tile(self, tile: TileKey) -> None:
        for panel in self.docks.panels.values():
            panel.show_tile(tile)

    def _focus_next(self, step: int) -> None:
        picture = self.start_page if self.view.slide is None else self.view
        self.docks.focus_next(picture, step)

    def _leave(self) -> None:
        if self.session.is_opening:
            self.session.cancel()
        elif not self.message.isHidden():
            self.message.hide()
        elif self.isFullScreen():
            self.full_screen.toggle()

    def _enable_actions(self) -> None:
        has = Need.NOTHING
        if self.view.slide is not None:
            has |= Need.SLIDE | needs_met_by(self.view.slide)
        has |= self.personality.need
        if len(self.session.slides) > 1:
            has |= Need.SEVERAL_SLIDES
        is_told = not self.message.isHidden()
        if self.session.is_opening or is_told or self.isFullScreen():
            has |= Need.SOMETHING_TO_LEAVE
        self.commands.enable(has)
