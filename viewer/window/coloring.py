"""How the slide on screen is colored: its profiles, their switch, the adjustment."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal

from viewer.panels.adjustment_panel import AdjustmentPanel
from viewer.qt.samples import RecentSamples
from viewer.scene.slide_view import SlideView
from viewer.slide.adjustment import NEUTRAL, Adjustment
from viewer.slide.correction import AS_STORED
from viewer.slide.look import Look
from viewer.slide.model import Slide, TileKey
from viewer.tiles.plan import Viewport, target_places
from viewer.window import color_chip
from viewer.window.color import ColorPreparation
from viewer.window.commands import Commands
from viewer.window.docks import Docks
from viewer.window.settings import Settings
from viewer.window.slide_profiles import OpenedProfile, SlideProfiles, corrections_of
from viewer.window.status import StatusLine

MANAGED: Final = "color/icc"
"""The setting's name."""

PACE_MILLISECONDS: Final = 30
"""While a slider moves, the view is looked after so often."""

PATIENCE: Final = 10
"""After so many looks the next adjustment no longer waits for a complete view."""


class Coloring(QObject):
    """Keeps the view's look true to profiles, switch and adjustment.

    The adjustment belongs to the window and stays from slide to slide. Invariant: the
    view has the newest look, or the timer runs. GUI thread.
    """

    chip_changed = Signal(str, str)  # a few words, and sentences
    adjusted_changed = Signal(str, str)  # the same; empty where nothing is adjusted
    adjustment_changed = Signal(object)  # Adjustment, whoever made it
    managed_changed = Signal(bool)

    def __init__(
        self, view: SlideView, samples: RecentSamples, settings: Settings
    ) -> None:
        """Color what `view` shows; it owns this."""
        super().__init__(view)
        self._view = view
        self._samples = samples
        self._settings = settings
        self._slide: Slide | None = None
        self._profiles: SlideProfiles | None = None
        self._opened: Sequence[OpenedProfile] | None = None
        self._managed = settings.flag(MANAGED, default=True)
        self._adjustment = NEUTRAL
        self._preparation = ColorPreparation(self)
        self._preparation.prepared.connect(self._take)
        self._looks = 0
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(PACE_MILLISECONDS)
        self._timer.timeout.connect(self._follow_adjustment)
        view.viewport_changed.connect(self._favor)
        view.reset_wanted.connect(self.reset_adjustment)

    @property
    def is_managed(self) -> bool:
        """Whether ICC profiles are applied."""
        return self._managed

    @property
    def adjustment(self) -> Adjustment:
        """What is adjusted."""
        return self._adjustment

    @property
    def is_ready(self) -> bool:
        """Whether the view has the look it is to have."""
        return self._preparation.is_ready and not self._timer.isActive()

    @property
    def is_idle(self) -> bool:
        """Whether nothing is done in the background any more."""
        return self.is_ready and self._preparation.is_idle

    def slots(self) -> Mapping[str, Callable[..., object]]:
        """Return what the actions of color do, by their names."""
        return {
            "color_managed": self.set_managed,
            "reset_adjustment": self.reset_adjustment,
        }

    def offer(self, docks: Docks, status: StatusLine, commands: Commands) -> None:
        """Connect panels, status line and menu, all of which are there by now."""
        self.chip_changed.connect(status.show_chip)
        self.adjusted_changed.connect(status.show_adjusted)
        panel = docks.panel(AdjustmentPanel)
        panel.adjusted.connect(self.adjust)
        self.adjustment_changed.connect(panel.show_adjustment)
        for each in docks.panels.values():
            each.set_color_managed(self._managed)
            self.managed_changed.connect(each.set_color_managed)
        commands["color_managed"].setChecked(self._managed)

    def prepare(self, slide: Slide | None) -> Look:
        """Return the look to begin a slide with; a better one may follow by itself."""
        self._timer.stop()
        self._slide = slide
        self._profiles = None if slide is None else SlideProfiles.of(slide)
        self._read_profiles()
        self._tell_chip()
        self._tell_adjusted()
        return self._look()

    def set_managed(self, managed: bool) -> None:
        """Apply ICC profiles, or show colors as stored; remembered."""
        if managed == self._managed:
            return
        self._managed = managed
        self._settings.set_flag(MANAGED, value=managed)
        if self._opened is None:
            self._read_profiles()
        self._tell_chip()
        self._view.set_look(self._look())
        self.managed_changed.emit(managed)

    def adjust(self, adjustment: Adjustment) -> None:
        """Adjust what is drawn; while it goes on changing, whole views are shown."""
        if adjustment == self._adjustment:
            return
        self._adjustment = adjustment
        self._tell_adjusted()
        self.adjustment_changed.emit(adjustment)
        if not self._timer.isActive():
            self._show_look()

    def reset_adjustment(self) -> None:
        """Adjust nothing any more."""
        self.adjust(NEUTRAL)

    def stop(self) -> None:
        """End all that goes on."""
        self._timer.stop()
        self._preparation.stop()

    def _read_profiles(self) -> None:
        """Ask for the slide's corrections where they are to be applied."""
        self._opened = None
        profiles = self._profiles
        used = () if profiles is None or profiles.is_grey else profiles.used
        if self._managed:
            self._opened = self._preparation.prepare([each.icc for each in used])
        else:
            self._preparation.prepare([])

    def _take(self, opened: Sequence[OpenedProfile]) -> None:
        self._opened = opened
        self._tell_chip()
        self._view.set_look(self._look())

    def _look(self) -> Look:
        if self._slide is None or self._profiles is None:
            return Look()
        corrections = AS_STORED
        if self._managed and self._opened:
            corrections = corrections_of(self._profiles, self._opened)
        path = self._profiles.optical_path
        return Look.natural(
            self._slide.optical_paths[path], path, corrections, self._adjustment
        )

    def _show_look(self) -> None:
        self._view.set_look(self._look())
        self._looks = 0
        self._timer.start()

    def _follow_adjustment(self) -> None:
        """Show what has been adjusted since, as soon as the view is complete."""
        if self._view.look.adjustment == self._adjustment or self._slide is None:
            return
        self._looks += 1
        if self._view.is_complete() or self._looks > PATIENCE:
            self._show_look()
        else:
            self._timer.start()

    def _tell_chip(self) -> None:
        if self._profiles is None:
            chip = color_chip.NOTHING
        elif not self._managed:
            chip = color_chip.unmanaged(self._profiles)
        elif self._opened is None:
            chip = color_chip.PREPARING
        else:
            chip = color_chip.managed(self._profiles, self._opened)
        self.chip_changed.emit(*chip)

    def _tell_adjusted(self) -> None:
        if self._slide is None or self._adjustment == NEUTRAL:
            self.adjusted_changed.emit("", "")
            return
        tip = "What is on screen is not as the slide says. Home resets it."
        self.adjusted_changed.emit(f"Adjusted: {self._adjustment}", tip)

    def _favor(self, viewport: Viewport) -> None:
        """Keep the samples of what is in view: they are what a new look needs first."""
        if self._slide is None:
            self._samples.favor(())
            return
        path = 0 if self._profiles is None else self._profiles.optical_path
        self._samples.favor(
            TileKey(self._slide.serial, *place, 0, path)
            for place in target_places(self._slide.levels, viewport)
        )
