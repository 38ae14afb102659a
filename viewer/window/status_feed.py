"""Keeps the status line up to date with the view, the loader and the slide."""

from typing import Final

from PySide6.QtCore import QObject, QTimer

from viewer.scene.navigation import magnification, micrometers_per_pixel
from viewer.scene.slide_view import SlideView
from viewer.slide.model import Slide, stored_levels
from viewer.window.session import Session
from viewer.window.status import StatusLine, ViewState

REFRESH_MILLISECONDS: Final = 100
"""Tiles arrive by the hundred a second; the line follows at this pace."""

STUCK_MILLISECONDS: Final = 500
"""How often the line looks after tiles that do not arrive."""


class StatusFeed(QObject):
    """Refreshes the line when something changed, and while tiles are missing."""

    def __init__(self, line: StatusLine, view: SlideView, session: Session) -> None:
        """Connect the three; the line owns the feed."""
        super().__init__(line)
        self._line = line
        self._view = view
        self._session = session
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._refresh)
        view.viewport_changed.connect(self._follow)
        view.pointer_moved.connect(line.show_position)
        session.tiles_arrived.connect(self._hurry)

    def show_slide(self, slide: Slide | None) -> None:
        """Turn to another slide, or to none."""
        self._line.clear_slide()
        self._timer.stop()
        self._line.set_spacing(None if slide is None else _millimeters(slide))
        if slide is not None:
            self._follow()

    def stop(self) -> None:
        """Refresh no more."""
        self._timer.stop()

    def _follow(self, *_viewport: object) -> None:
        slide = self._view.slide
        if slide is None:
            return
        pixel_size = self._view.viewport_state().pixel_size
        number = self._view.shown_level()
        stored = stored_levels(slide)
        scale = micrometers_per_pixel(slide)
        self._line.show_view(
            ViewState(
                stored.index(number) if number in stored else None,
                slide.levels[number],
                100 / pixel_size,
                magnification(slide, pixel_size),
                None if scale is None else scale[0] * pixel_size,
            )
        )
        self._hurry()

    def _hurry(self, *_tiles: object) -> None:
        if not self._timer.isActive() or self._timer.interval() > REFRESH_MILLISECONDS:
            self._timer.start(REFRESH_MILLISECONDS)

    def _refresh(self) -> None:
        slide = self._view.slide
        if slide is None:
            return
        share = self._view.sharp_share()
        self._line.show_loading(share, self._session.loader.waiting())
        self._line.show_counts(self._view.failed_tiles(), len(slide.warnings))
        if share < 1:
            self._timer.start(STUCK_MILLISECONDS)


def _millimeters(slide: Slide) -> tuple[float, float] | None:
    scale = micrometers_per_pixel(slide)
    return None if scale is None else (scale[0] / 1000, scale[1] / 1000)
