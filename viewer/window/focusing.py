"""Focusing: the focal planes of the slide on screen, by key, wheel and slider."""

from collections.abc import Callable, Mapping
from typing import Final

from PySide6.QtCore import QObject

from viewer.scene.slide_view import SlideView
from viewer.slide.focus import resting_plane
from viewer.slide.model import Slide
from viewer.window.actions import Need
from viewer.window.focus_field import FocusField

_REMEMBERED: Final = 100  # slides, of which most are closed by then


class Focusing(QObject):
    """Remembers the focal plane of each slide as long as it is open.

    Invariant: the field shows the plane on screen, and is hidden where a slide has one
    alone. GUI thread.
    """

    def __init__(self, view: SlideView, field: FocusField) -> None:
        """Connect the two; the view owns this."""
        super().__init__(view)
        self._view = view
        self._field = field
        self._planes: dict[int, int] = {}
        view.focal_plane_changed.connect(self._follow)
        field.chosen.connect(view.set_focal_plane)

    def slots(self) -> Mapping[str, Callable[..., object]]:
        """Return what the actions of focus do, by their names."""
        return {
            "focus_up": lambda: self._view.step_focus(1),
            "focus_down": lambda: self._view.step_focus(-1),
        }

    def prepare(self, slide: Slide | None) -> int:
        """Return the focal plane to show a slide with: as left, else the middle."""
        if slide is None:
            self._field.show_planes((), 0)
            return 0
        planes = slide.focal_planes
        plane = self._planes.get(slide.serial, resting_plane(planes))
        self._field.show_planes(planes, plane)
        return plane

    def _follow(self, plane: int) -> None:
        slide = self._view.slide
        if slide is None:
            return
        self._planes.pop(slide.serial, None)
        self._planes[slide.serial] = plane
        while len(self._planes) > _REMEMBERED:
            del self._planes[next(iter(self._planes))]
        self._field.show_planes(slide.focal_planes, plane)


def needs_met_by(slide: Slide) -> Need:
    """Return which needs of actions a slide meets by its planes and optical paths."""
    has = Need.NOTHING
    if len(slide.focal_planes) > 1:
        has |= Need.SEVERAL_PLANES
    if any(path.grey_range is not None for path in slide.optical_paths):
        has |= Need.CHANNELS
    return has
