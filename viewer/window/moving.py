"""Moving about: the minimap, the scale bar, smooth zoom and their switches."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Final

from PySide6.QtCore import QObject

from viewer.scene.identity import Identity
from viewer.scene.minimap import Minimap
from viewer.scene.navigation import MAGNIFICATIONS, ZOOM_STEP
from viewer.scene.scale_bar import ScaleBar
from viewer.scene.slide_view import SlideView
from viewer.scene.tracking import Tracking
from viewer.window.commands import Commands
from viewer.window.session import Session
from viewer.window.settings import Settings

_FLAGS: Final[Mapping[str, str]] = {
    "minimap": "view/minimap",
    "scale_bar": "view/scale_bar",
    "smooth_zoom": "view/ease",
}
"""The switches: action, and the name that its state is remembered by. All begin on."""


class Moving(QObject):
    """Puts into a view what helps to find one's way in it.

    Invariant: the state of each switch is the one in the settings.
    """

    def __init__(self, view: SlideView, session: Session, settings: Settings) -> None:
        """Furnish the view as it was left the last time."""
        super().__init__(view)
        self._view = view
        self._session = session
        self._settings = settings
        self.scale_bar = ScaleBar()
        view.overlays.add(self.scale_bar)
        view.overlays.add(Identity())
        self.tracking = Tracking(view)
        self.minimap = Minimap(view, self.tracking)
        session.tiles_arrived.connect(self.minimap.tiles_loaded)
        view.slide_changed.connect(self._forget_closed)
        self._switches: Mapping[str, Callable[[bool], None]] = {
            "minimap": self._show_minimap,
            "scale_bar": self._show_scale_bar,
            "smooth_zoom": self._ease,
        }
        for name, switch in self._switches.items():
            switch(self._is_on(name))

    def slots(self) -> Mapping[str, Callable[..., object]]:
        """Return what the actions of moving do, by their names."""
        view = self._view
        return {
            "zoom_in": partial(view.ease_by, ZOOM_STEP),
            "zoom_out": partial(view.ease_by, 1 / ZOOM_STEP),
            "fit": partial(view.ease, view.fit),
            "native": partial(view.ease, view.show_native),
            **{
                f"magnify_{each:g}": partial(
                    view.ease, partial(view.show_magnification, each)
                )
                for each in MAGNIFICATIONS.values()
            },
            **{name: partial(self._switch, name) for name in _FLAGS},
        }

    def offer(self, commands: Commands) -> None:
        """Have the menu show what is switched on."""
        for name in _FLAGS:
            commands[name].setChecked(self._is_on(name))

    def _is_on(self, name: str) -> bool:
        return self._settings.flag(_FLAGS[name], default=True)

    def _switch(self, name: str, on: bool) -> None:
        self._settings.set_flag(_FLAGS[name], value=on)
        self._switches[name](on)
        if name == "minimap" and on and self.minimap.is_idle:
            self._view.refused.emit(
                "The minimap comes as soon as only a part of the slide is in view."
            )

    def _show_minimap(self, on: bool) -> None:
        self.minimap.is_wanted = on

    def _show_scale_bar(self, on: bool) -> None:
        self.scale_bar.is_shown = on
        self._view.viewport().update()

    def _ease(self, on: bool) -> None:
        self._view.is_smooth = on
        self._view.finish()

    def _forget_closed(self) -> None:
        self.tracking.keep({slide.serial for slide in self._session.slides})
