"""Keeps the status line up to date with the view, the loader and the slide."""

from typing import Final

from PySide6.QtCore import QObject, QPointF, QTimer

from viewer.scene.navigation import magnification, micrometers_per_pixel
from viewer.scene.slide_view import SlideView
from viewer.slide.model import Slide, TileKey, stored_levels
from viewer.window.scale import scale_report
from viewer.window.session import Session
from viewer.window.status import StatusLine, ViewState
from viewer.window.view_progress import view_progress

REFRESH_MILLISECONDS: Final = 100
"""Tiles arrive by the hundred a second; the line follows at this pace."""

STUCK_MILLISECONDS: Final = 500
"""How often the line looks after tiles that do not arrive."""

POINTER_MILLISECONDS: Final = 50
"""How often the frame under a moving pointer is looked up."""


class StatusFeed(QObject):
    """Refreshes the line when something changed, and while tiles are missing."""

    def __init__(self, line: StatusLine, view: SlideView, session: Session) -> None:
        """Connect the three; the line owns the feed."""
        super().__init__(line)
        self._line = line
        self._view = view
        self._session = session
        self._pointer: QPointF | None = None
        self._timer = _single_shot(self)
        self._timer.timeout.connect(self._refresh)
        self._pointer_timer = _single_shot(self)
        self._pointer_timer.setInterval(POINTER_MILLISECONDS)
        self._pointer_timer.timeout.connect(self._show_frame)
        line.scale.offer(view)
        view.viewport_changed.connect(self._follow)
        view.pointer_moved.connect(self._follow_pointer)
        view.look_changed.connect(self._ask_for_frame)  # of another plane or path
        session.tiles_arrived.connect(self._hurry)

    def show_slide(self, slide: Slide | None) -> None:
        """Turn to another slide, or to none."""
        self._line.clear_slide()
        self._pointer = None
        self.stop()
        if slide is not None:
            frames = max(level.frames for level in slide.levels)
            self._line.set_ground(slide.levels[0].size, _millimeters(slide), frames)
            self._line.set_levels(
                (_stored_number(slide, number), level)
                for number, level in enumerate(slide.levels)
            )
            self._line.show_scale_report(scale_report(slide))
            self._follow()

    @property
    def is_up_to_date(self) -> bool:
        """Whether the line tells of all that has happened."""
        return not self._timer.isActive()

    def stop(self) -> None:
        """Refresh no more."""
        self._timer.stop()
        self._pointer_timer.stop()

    def _follow(self, *_viewport: object) -> None:
        slide = self._view.slide
        if slide is None:
            return
        pixel_size = self._view.viewport_state().pixel_size
        number = self._view.shown_level()
        scale = micrometers_per_pixel(slide)
        self._line.show_view(
            ViewState(
                _stored_number(slide, number),
                slide.levels[number],
                100 / pixel_size,
                magnification(slide, pixel_size),
                None if scale is None else scale[0] * pixel_size,
            )
        )
        self._hurry()

    def _follow_pointer(self, position: QPointF | None) -> None:
        self._pointer = position
        self._line.show_position(position)
        self._ask_for_frame()

    def _ask_for_frame(self) -> None:
        if not self._pointer_timer.isActive():
            self._pointer_timer.start()

    def _show_frame(self) -> None:
        slide, pointer = self._view.slide, self._pointer
        key = None
        if slide is not None and pointer is not None:
            key = self._tile_at(slide, pointer)
        if slide is None or key is None:
            self._line.show_frame(None)
            return
        where = f"column {key.column}, row {key.row} of its level"
        self._line.show_frame(slide.frame_at(key), where)

    def _tile_at(self, slide: Slide, position: QPointF) -> TileKey | None:
        """Return the tile of the shown level under a level-0 position."""
        number = self._view.shown_level()
        level = slide.levels[number]
        column = int(position.x() / level.downsample.x // level.tile_size.width)
        row = int(position.y() / level.downsample.y // level.tile_size.height)
        inside = 0 <= column < level.columns and 0 <= row < level.rows
        if not (level.stored and inside):
            return None
        path = self._view.look.optical_paths[0]
        plane = self._view.focal_plane
        return TileKey(slide.serial, number, column, row, plane, path)

    def _hurry(self, *_tiles: object) -> None:
        if not self._timer.isActive() or self._timer.interval() > REFRESH_MILLISECONDS:
            self._timer.start(REFRESH_MILLISECONDS)

    def _refresh(self) -> None:
        slide = self._view.slide
        if slide is None:
            return
        loader = self._session.loader
        progress = view_progress(self._view, loader)
        self._line.show_loading(progress, loader.waiting())
        self._line.show_counts(self._view.failed_tiles(), len(slide.warnings))
        if progress.waiting:
            self._timer.start(STUCK_MILLISECONDS)


def _single_shot(parent: QObject) -> QTimer:
    timer = QTimer(parent)
    timer.setSingleShot(True)
    return timer


def _stored_number(slide: Slide, number: int) -> int | None:
    """Return which of the stored levels a level is; None for a computed one."""
    stored = stored_levels(slide)
    return stored.index(number) if number in stored else None


def _millimeters(slide: Slide) -> tuple[float, float] | None:
    scale = micrometers_per_pixel(slide)
    return None if scale is None else (scale[0] / 1000, scale[1] / 1000)
