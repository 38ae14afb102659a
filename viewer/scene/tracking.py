"""Tracking: which parts of each open slide its user has looked at; never stored."""

from collections.abc import Callable, Collection
from time import monotonic
from typing import Final

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from viewer.scene.navigation import pixel_size_at
from viewer.scene.seen import SECONDS, Dwelling, SeenMap
from viewer.scene.slide_view import SlideView
from viewer.slide.model import Slide

LEAST_MAGNIFICATION: Final = 10.0
"""What was on screen at less than 10x counts as passed over."""

_SPARE_MILLISECONDS: Final = 10
_WITHOUT_SCALE: Final = 4.0  # level-0 pixels to a device pixel, in place of 10x


class Tracking(QObject):
    """Follows a view and keeps a map for each slide it has shown.

    Invariant: `_dwelling` knows nothing of any slide but the one on screen. GUI thread.
    """

    changed = Signal()
    """More of the slide on screen was seen."""

    def __init__(self, view: SlideView, clock: Callable[[], float] = monotonic) -> None:
        super().__init__(view)
        self._view = view
        self._clock = clock
        self._maps: dict[int, SeenMap] = {}
        self._dwelling = Dwelling()
        self._still = QTimer(self)
        self._still.setSingleShot(True)
        # A coarse timer may be early, and then there would be nothing to note yet.
        self._still.setTimerType(Qt.TimerType.PreciseTimer)
        self._still.setInterval(round(SECONDS * 1000) + _SPARE_MILLISECONDS)
        self._still.timeout.connect(self.note)
        view.slide_changed.connect(self._begin)
        view.viewport_changed.connect(self._follow)

    @property
    def seen(self) -> SeenMap | None:
        """What was seen of the slide on screen; None if nothing yet."""
        slide = self._view.slide
        return None if slide is None else self._maps.get(slide.serial)

    def keep(self, serials: Collection[int]) -> None:
        """Forget the slides that are not among these."""
        self._maps = {each: self._maps[each] for each in self._maps if each in serials}

    def note(self) -> None:
        """Add what has been on screen long enough by now."""
        slide, area = self._view.slide, self._dwelling.seen(self._clock())
        if slide is None or area is None:
            return
        if slide.serial not in self._maps:
            self._maps[slide.serial] = SeenMap(slide.levels[0].size)
        self._maps[slide.serial].add(area)
        self.changed.emit()

    def _begin(self) -> None:
        self._dwelling.clear()
        self._still.stop()

    def _follow(self) -> None:
        slide = self._view.slide
        if slide is None:
            return
        self.note()
        state = self._view.viewport_state()
        is_close = state.pixel_size <= _coarsest(slide)
        self._dwelling.look_at(state.area if is_close else None, self._clock())
        self._still.start()


def _coarsest(slide: Slide) -> float:
    """Return the level-0 pixels to a device pixel at which a slide is still seen."""
    at_least = pixel_size_at(slide, LEAST_MAGNIFICATION)
    # A slide scanned at less than that cannot be looked at more closely than natively.
    return _WITHOUT_SCALE if at_least is None else max(at_least, 1.0)
