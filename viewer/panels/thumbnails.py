"""Thumbnails: the pictures of the slides in the tray, made one after the other."""

from collections.abc import Callable, Sequence
from typing import Final

from PySide6.QtCore import QObject, Signal

from viewer.qt.slide_thumbnail import Thumbnail, read_thumbnail
from viewer.qt.stored_picture import DrawnPicture, StoredPicture
from viewer.qt.tasks import Task, run
from viewer.slide.errors import SlideError
from viewer.slide.model import ColorReading, Slide

EDGE: Final = 160
"""Pixels across, at least, where the slide has so many."""

_SECONDS: Final = (1.5, 3.0, 6.0, 12.0, 24.0)
"""For a slide whose picture must be computed: at first, and when its turn comes again.

What a computed level has is kept for a while, so that the next time goes on from there.
"""


class Thumbnails(QObject):
    """Makes and keeps the picture of each open slide.

    At most one slide is read at a time: whoever looks at one has the disk first. What
    takes long is shown in part, and finished when all others have something. A switch
    of color management draws what is kept again, and reads nothing. GUI thread.
    """

    made = Signal(int)
    """The serial of a slide whose picture, or failure, is there now."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._slides: dict[int, Slide] = {}
        self._stored: dict[int, StoredPicture] = {}
        self._drawn: dict[int, DrawnPicture] = {}
        self._failures: dict[int, str] = {}
        self._tries: dict[int, int] = {}  # of slides whose picture is not whole
        self.reading_of: Callable[[Slide], ColorReading] | None = None
        self._managed = True
        self._target: bytes | None = None
        self._reading: Task | None = None
        self._drawing: Task | None = None

    @property
    def is_busy(self) -> bool:
        """Whether something is being read or drawn."""
        return self._reading is not None or self._drawing is not None

    def keep(self, slides: Sequence[Slide]) -> None:
        """Forget every slide but these; nothing more is asked of the others."""
        self._slides = {slide.serial: slide for slide in slides}
        known = {*self._stored, *self._failures, *self._tries}
        for serial in known - self._slides.keys():
            self._stored.pop(serial, None)
            self._drawn.pop(serial, None)
            self._failures.pop(serial, None)
            self._tries.pop(serial, None)
        if self._reading is not None:
            self._reading.abandon()
            self._reading = None

    def picture(self, serial: int) -> DrawnPicture | None:
        """Return a slide's picture, or as much of it as there is."""
        return self._drawn.get(serial)

    def failure(self, serial: int) -> str:
        """Return why a slide has no picture, in a sentence; empty where it has."""
        return self._failures.get(serial, "")

    def is_over(self, serial: int) -> bool:
        """Whether a slide has all of the picture that it will ever have."""
        is_whole = serial in self._drawn and serial not in self._tries
        tried = self._tries.get(serial, 0) >= len(_SECONDS)
        return is_whole or tried or serial in self._failures

    def make_first(self, serials: Sequence[int]) -> None:
        """Begin with the first of these slides that has no picture yet.

        Those that have a part come after all others. Nothing happens while one is being
        made: `made` is the time to ask again.
        """
        if self._reading is not None:
            return
        left = [
            serial
            for serial in serials
            if serial in self._slides and not self.is_over(serial)
        ]
        left.sort(key=lambda serial: self._tries.get(serial, 0))
        if left:
            self._begin(left[0])

    def set_color_managed(self, managed: bool) -> None:
        """Draw all pictures by way of their profiles, or as stored."""
        if managed == self._managed:
            return
        self._managed = managed
        self._draw_again()

    def set_color_target(self, target: bytes | None) -> None:
        """Draw all pictures for a display of this profile, None for sRGB."""
        if target != self._target:
            self._target = target
            self._draw_again()

    def forget(self, serial: int) -> None:
        """Make a slide's picture anew; the one there is stays until then."""
        self._stored.pop(serial, None)
        self._failures.pop(serial, None)
        self._tries[serial] = 0
        if self._reading is not None:
            self._reading.abandon()
            self._reading = None

    def _begin(self, serial: int) -> None:
        slide, managed, target = self._slides[serial], self._managed, self._target
        reading = ColorReading.AS_ENCODED
        if self.reading_of is not None:
            reading = self.reading_of(slide)
        seconds = _SECONDS[self._tries.get(serial, 0)]

        def work() -> tuple[Thumbnail, DrawnPicture]:
            made = read_thumbnail(slide, EDGE, seconds, reading)
            return made, made.picture.drawn(managed=managed, target=target)

        def take(made: tuple[Thumbnail, DrawnPicture]) -> None:
            self._take(serial, *made)
            if (managed, target) != (self._managed, self._target):
                self._draw_again()

        self._reading = run(work, take, lambda error: self._fail(serial, error))

    def _take(self, serial: int, made: Thumbnail, drawn: DrawnPicture) -> None:
        self._reading = None
        self._stored[serial], self._drawn[serial] = made.picture, drawn
        if made.whole:
            self._tries.pop(serial, None)
        else:
            self._tries[serial] = self._tries.get(serial, 0) + 1
        self.made.emit(serial)

    def _fail(self, serial: int, error: Exception) -> None:
        self._reading = None
        known = isinstance(error, SlideError)
        self._failures[serial] = str(error) if known else "An internal error."
        self.made.emit(serial)
        if not known:
            raise error

    def _draw_again(self) -> None:
        if self._drawing is not None:
            self._drawing.abandon()
        stored, managed, target = dict(self._stored), self._managed, self._target
        self._drawing = run(
            lambda: {
                serial: picture.drawn(managed=managed, target=target)
                for serial, picture in stored.items()
            },
            self._renew,
            self._give_up,
        )

    def _renew(self, drawn: dict[int, DrawnPicture]) -> None:
        self._drawing = None
        for serial in drawn.keys() & self._stored.keys():
            self._drawn[serial] = drawn[serial]
            self.made.emit(serial)

    def _give_up(self, error: Exception) -> None:
        self._drawing = None
        raise error
