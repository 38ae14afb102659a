"""A coarse slide on screen while the slide itself is still being made."""

from typing import NamedTuple

from PySide6.QtCore import QObject

from viewer.formats import Opened
from viewer.scene.slide_view import SlideView
from viewer.slide.model import Slide
from viewer.window.message_bar import MessageBar
from viewer.window.session import Session
from viewer.window.status import StatusLine

DRAWING = "Drawing the demo slide"
STOPPED = (
    "The demo slide was not drawn to the end. What is on screen is its coarse preview; "
    "File > Open Demo Slide draws it again."
)


class Place(NamedTuple):
    """What is looked at, whatever the number of pixels: parts of the whole picture.

    `x` and `y` are the middle of the view, `pixel_width` what a device pixel shows.
    """

    x: float
    y: float
    pixel_width: float


class Preview(QObject):
    """Says what is going on while a preview is on screen, and keeps the place.

    `_slide` is the preview, from its coming on until something else is opened.
    """

    def __init__(
        self, view: SlideView, session: Session, status: StatusLine, message: MessageBar
    ) -> None:
        """Follow the session; made before anything that shows its slides."""
        super().__init__(view)
        self._view = view
        self._session = session
        self._status = status
        self._message = message
        self._slide: Slide | None = None
        session.started.connect(self._forget)
        session.previewed.connect(self._remember)
        session.progress.connect(self._say_progress)
        session.cancelled.connect(self._say_stopped)

    def place(self) -> Place | None:
        """Return where the user looks in the preview; None where it does not matter.

        That is where no preview is on screen, or the whole of it.
        """
        slide = self._view.slide
        if slide is None or slide is not self._slide:
            return None
        state, size = self._view.goal_state(), slide.levels[0].size
        area = state.area
        if area.width >= size.width and area.height >= size.height:
            return None
        return Place(
            (area.x + area.width / 2) / size.width,
            (area.y + area.height / 2) / size.height,
            state.pixel_size / size.width,
        )

    def return_to(self, place: Place | None) -> None:
        """Look at the same place of the slide that is on screen now."""
        slide = self._view.slide
        if place is not None and slide is not None:
            size = slide.levels[0].size
            self._view.set_pixel_size(place.pixel_width * size.width)
            self._view.center_on(place.x * size.width, place.y * size.height)

    def _forget(self) -> None:
        self._slide = None

    def _remember(self, opened: Opened) -> None:
        self._slide = opened.slides[0]
        self._status.show_busy(DRAWING)

    def _say_progress(self, done: int, known: int) -> None:
        if self._slide is not None and known > 0:
            self._status.say_busy(f"{DRAWING} {100 * done // known} %")

    def _say_stopped(self) -> None:
        if self._slide is not None and self._view.slide is self._slide:
            self._message.show_note(STOPPED)
