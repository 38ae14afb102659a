"""EasedView: a view whose zooming glides to where it is asked to go."""

from collections.abc import Callable
from functools import partial
from time import perf_counter
from typing import Final

from PySide6.QtCore import QPoint, QPointF, QRectF, Qt, QTimer, Signal
from PySide6.QtWidgets import QWidget

from viewer.qt.camera import Camera
from viewer.scene.camera_view import CameraView
from viewer.scene.easing import SECONDS, Movement
from viewer.slide.geometry import Rect
from viewer.tiles.plan import Viewport

_FRAME: Final = 1 / 60
_SLOWEST_MILLISECONDS: Final = 16
_FASTEST_MILLISECONDS: Final = 6


class EasedView(CameraView):
    """A CameraView in which any movement can also be made in many small steps.

    Each step is where the movement has come to by the clock, so a slow painting leaves
    steps out and never delays the end. Every immediate movement ends one that is under
    way, where it has come to. Invariant: `_movement` is set exactly while the timer
    runs, and ends with the camera at its target. GUI thread.
    """

    glide_began = Signal()
    """A movement begins, or takes another aim."""

    glide_ended = Signal()
    """It is over."""

    def __init__(self, parent: QWidget | None = None) -> None:
        # Before Qt's own part, which sends events to the methods below already.
        self.is_smooth = False
        """Whether `ease` takes time; otherwise it moves at once."""
        self.clock: Callable[[], float] = perf_counter
        self._movement: Movement | None = None
        self._started = 0.0
        self._aim: Camera | None = None
        self._is_aiming = False
        super().__init__(parent)
        self._steps = QTimer(self)
        self._steps.setTimerType(Qt.TimerType.PreciseTimer)
        self._steps.timeout.connect(self.step)

    @property
    def is_gliding(self) -> bool:
        """Whether a movement is under way."""
        return self._movement is not None

    @property
    def goal(self) -> Camera:
        """Where the view looks, or will when the movement is over."""
        return self._camera if self._movement is None else self._movement.target

    def goal_state(self) -> Viewport:
        """Return what will be in view when the movement is over."""
        return Viewport(self.goal.area, self.goal.pixel_size)

    def ease(self, move: Callable[[], object]) -> None:
        """Do what `move` does to the view, such as `view.fit`, in a short movement.

        It starts from wherever the view is by now. A `move` that does nothing leaves a
        movement that is under way alone.
        """
        if not self.is_smooth:
            move()
            return
        self.step()
        aim = self._aim_of(move)
        if aim == self._camera:
            self._halt()
        elif aim is not None:
            self._begin(Movement(self._camera, aim))

    def ease_by(self, factor: float, anchor: QPoint | None = None) -> None:
        """Magnify by a factor from where the movement under way will end."""
        size = self.goal.pixel_size / factor
        self.ease(partial(self.set_pixel_size, size, anchor))

    def zoom_to(self, area: QRectF) -> None:
        """Show a rectangle of the view as large as it fits, in a short movement."""
        x, y = self._level_0(area.topLeft())
        right, bottom = self._level_0(area.bottomRight())
        self.ease(lambda: self.show_area(Rect(x, y, right - x, bottom - y)))

    def zoom_at(self, position: QPointF, factor: float) -> None:
        """Bring a position to the middle and magnify, in a short movement."""

        def move() -> None:
            self.center_at(position)
            self.zoom_by(factor)

        self.ease(move)

    def finish(self) -> None:
        """Be at the end of the movement at once."""
        if self._movement is not None:
            self._go_to(self._movement.target)
            self._halt()

    def step(self) -> None:
        """Go to where the movement has come to by now."""
        if self._movement is None:
            return
        seconds = self.clock() - self._started
        self._go_to(self._movement.at(seconds))
        if seconds >= SECONDS:
            self._halt()

    def _aim_of(self, move: Callable[[], object]) -> Camera | None:
        """Return where `move` would go, without going; None if nowhere."""
        start = self._camera
        self._is_aiming = True
        try:
            move()
        finally:
            self._is_aiming = False
            self._camera = start
            aim, self._aim = self._aim, None
        return aim

    def _begin(self, movement: Movement) -> None:
        self._movement = movement
        # As if one frame ago, so that the next painting shows a first step already.
        self._started = self.clock() - _FRAME
        self.glide_began.emit()
        self._steps.start(self._interval())
        self.step()

    def _halt(self) -> None:
        if self._movement is not None:
            self._movement = None
            self._steps.stop()
            self.glide_ended.emit()

    def _interval(self) -> int:
        """Return the milliseconds from one picture of the screen to the next."""
        shortest = 1000 / max(1.0, self.screen().refreshRate())
        within = min(max(shortest, _FASTEST_MILLISECONDS), _SLOWEST_MILLISECONDS)
        return round(within)

    def _go_to(self, camera: Camera) -> None:
        self._camera = camera
        self._apply()

    def _look_through(self, camera: Camera) -> None:
        if not self._is_aiming:
            self._halt()
        super()._look_through(camera)

    def _adapt(self) -> None:
        self.finish()
        super()._adapt()

    def _apply(self) -> None:
        if self._is_aiming:
            self._aim = self._camera
        else:
            super()._apply()
