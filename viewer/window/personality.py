"""Going over to the other side of a file that is DICOM and TIFF at once, and back."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction

from viewer.formats import Opened
from viewer.qt.tasks import Task, run
from viewer.scene.slide_view import SlideView
from viewer.slide.model import Personality, Slide
from viewer.window.actions import Need
from viewer.window.opening import Opening
from viewer.window.session import Session

OTHER_SIDE: Final = "other_side"
_AS: Final[Mapping[Personality, str]] = {"tiff": "As &TIFF", "dicom": "As &DICOM"}


class _Place(NamedTuple):
    """Where the user was: the slide's first file, the middle of the view, the zoom.

    In level-0 pixels, and those that a device pixel shows.
    """

    file: Path
    x: float
    y: float
    pixel_size: float


class PersonalitySwitch(QObject):
    """Opens what is on screen through its other door and keeps the view.

    `_sides` are those of the slide on screen, as soon as they are known. `_place` is to
    be returned to once the other side is there; None where nothing is being opened.
    """

    changed = Signal()  # whether there is another side
    slide_chosen = Signal(object)  # Slide of the opening that is to be shown

    def __init__(self, view: SlideView, session: Session, opening: Opening) -> None:
        """Follow the view's slide; made after what shows an opening's first slide."""
        super().__init__(view)
        self._view = view
        self._session = session
        self._opening = opening
        self._action: QAction | None = None
        self._task: Task | None = None
        self._sides: Sequence[Personality] = ()
        self._place: _Place | None = None
        view.slide_changed.connect(self._look)
        session.started.connect(self._forget)
        session.failed.connect(self._forget)
        session.cancelled.connect(self._forget)

    def slots(self) -> Mapping[str, Callable[[], object]]:
        """Return what the action does, by its name."""
        return {OTHER_SIDE: self.switch}

    def offer(self, action: QAction) -> None:
        """Have an action say which side is the other one."""
        self._action = action

    def follow_openings(self) -> None:
        """Return to the place after an opening, whose first slide is shown by then."""
        self._session.opened.connect(self._return)

    @property
    def need(self) -> Need:
        """OTHER_SIDE where the slide on screen has one."""
        return Need.OTHER_SIDE if len(self._sides) > 1 else Need.NOTHING

    def switch(self) -> None:
        """Open the other side of what is on screen."""
        slide = self._view.slide
        if slide is None or len(self._sides) < 2:
            return
        state = self._view.goal_state()
        area = state.area
        place = _Place(
            slide.files[0].path,
            area.x + area.width / 2,
            area.y + area.height / 2,
            state.pixel_size,
        )
        paths = self._opening.named or [each.path for each in slide.files]
        self._opening.open(paths, _other(slide))
        self._place = place  # starting to open has forgotten the older one

    def _look(self) -> None:
        """Ask, in the background, which sides the slide on screen has."""
        if self._task is not None:
            self._task.abandon()
        self._take(())
        slide = self._view.slide
        if slide is None:
            return
        if self._action is not None:
            self._action.setText(_AS[_other(slide)])
        self._task = run(slide.personalities, self._take, lambda _error: None)

    def _take(self, sides: Sequence[Personality]) -> None:
        self._sides = sides
        self.changed.emit()

    def _return(self, opened: Opened) -> None:
        place, self._place = self._place, None
        if place is None:
            return
        slide = next(
            (
                each
                for each in opened.slides
                if any(file.path == place.file for file in each.files)
            ),
            None,
        )
        if slide is None:
            return
        if slide is not self._view.slide:
            self.slide_chosen.emit(slide)
        self._view.set_pixel_size(place.pixel_size)
        self._view.center_on(place.x, place.y)

    def _forget(self) -> None:
        self._place = None


def _other(slide: Slide) -> Personality:
    return "dicom" if slide.format == "tiff" else "tiff"
