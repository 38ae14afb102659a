"""How the slide on screen is colored: profiles, reading, channels, adjustment."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal

from viewer.panels.adjustment_panel import AdjustmentPanel
from viewer.panels.panel import Panel
from viewer.qt.samples import RecentSamples
from viewer.scene.slide_view import SlideView
from viewer.slide.adjustment import NEUTRAL, Adjustment
from viewer.slide.correction import AS_STORED
from viewer.slide.look import Look
from viewer.slide.model import ColorReading, Slide
from viewer.window import color_chip
from viewer.window.actions import COLOR
from viewer.window.channels import Channels
from viewer.window.color import ColorPreparation
from viewer.window.color_reading import RememberedReadings
from viewer.window.color_target import ColorTarget
from viewer.window.commands import Commands
from viewer.window.docks import Docks
from viewer.window.favored_samples import FavoredSamples
from viewer.window.settings import Settings
from viewer.window.slide_profiles import OpenedProfile, SlideProfiles, corrections_of
from viewer.window.status import StatusLine

MANAGED: Final = "color/icc"
"""The setting's name."""

PACE_MILLISECONDS: Final = 30
"""While a slider moves, the view is looked after so often."""

PATIENCE: Final = 10
"""After so many looks the next one no longer waits for a complete view."""


class Coloring(QObject):
    """Keeps the view's look true to profiles, channels, switches and adjustment.

    The adjustment belongs to the window and stays from slide to slide; the channels and
    the reading belong to the slide. Invariant: the view has the newest look, or the
    timer runs. GUI thread.
    """

    chip_changed = Signal(str, str)  # a few words, and sentences
    adjusted_changed = Signal(str, str)  # the same; empty where nothing is adjusted
    adjustment_changed = Signal(object)  # Adjustment, whoever made it
    managed_changed = Signal(bool)
    declared_changed = Signal(bool)
    """Whether the slide on screen is shown as declared."""

    def __init__(
        self, view: SlideView, samples: RecentSamples, settings: Settings
    ) -> None:
        """Color what `view` shows; it owns this."""
        super().__init__(view)
        self._view = view
        FavoredSamples(view, samples)
        self._settings = settings
        self._slide: Slide | None = None
        self._profiles: SlideProfiles | None = None
        self._opened: Sequence[OpenedProfile] | None = None
        self._managed = settings.flag(MANAGED, default=True)
        self._adjustment = NEUTRAL
        self._panels: Sequence[Panel] = ()
        self._warned = 0  # warnings of the slide that the chip knows
        self.readings = RememberedReadings(settings)
        self.channels = Channels(view)
        self.channels.changed.connect(self._follow_channels)
        self.target = ColorTarget(view, settings)
        self.target.changed.connect(self._follow_target)
        self._preparation = ColorPreparation(self)
        self._preparation.prepared.connect(self._take)
        self._looks = 0
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(PACE_MILLISECONDS)
        self._timer.timeout.connect(self._catch_up)
        view.frame_painted.connect(self._look_for_warnings)
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
        found = self.channels.is_ready and self.target.is_ready
        return self._preparation.is_ready and found and not self._timer.isActive()

    @property
    def is_idle(self) -> bool:
        """Whether nothing is done in the background any more."""
        return self.is_ready and self._preparation.is_idle

    def slots(self) -> Mapping[str, Callable[..., object]]:
        """Return what the actions of color do, by their names."""
        return {
            "color_managed": self.set_managed,
            "color_declared": self.set_declared,
            "reset_adjustment": self.reset_adjustment,
            **self.channels.slots(),
        }

    def offer(self, docks: Docks, status: StatusLine, commands: Commands) -> None:
        """Connect panels, status line and menu, all of which are there by now."""
        self.chip_changed.connect(status.show_chip)
        self.adjusted_changed.connect(status.show_adjusted)
        panel = docks.panel(AdjustmentPanel)
        panel.adjusted.connect(self.adjust)
        self.adjustment_changed.connect(panel.show_adjustment)
        self._panels = tuple(docks.panels.values())
        for each in self._panels:
            each.reading_of = self.readings.reading
            each.set_color_managed(self._managed)
            self.managed_changed.connect(each.set_color_managed)
        commands["color_managed"].setChecked(self._managed)
        self.declared_changed.connect(commands["color_declared"].setChecked)
        self.channels.offer(docks, commands)
        self.target.offer(commands.menu(COLOR), commands["color_declared"])
        self.target.restore()

    def prepare(self, slide: Slide | None) -> Look:
        """Return the look to begin a slide with; a better one may follow by itself."""
        self._timer.stop()
        self._slide = None  # what changes by itself does not concern the view yet
        self.channels.show_slide(slide)
        self._slide = slide
        self._find_profiles()
        self._tell_chip()
        self._tell_adjusted()
        self.declared_changed.emit(self._reading is ColorReading.AS_DECLARED)
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

    def set_declared(self, declared: bool) -> None:
        """Show the colors of the slide on screen as declared, or as encoded."""
        reading = ColorReading.AS_DECLARED if declared else ColorReading.AS_ENCODED
        if self._slide is None or reading is self._reading:
            return
        self.readings.remember(self._slide, reading)
        for each in self._panels:
            each.renew_reading(self._slide)
        self._tell_chip()
        self._view.set_look(self._look())
        self.declared_changed.emit(declared)

    def adjust(self, adjustment: Adjustment) -> None:
        """Adjust what is drawn; while it goes on changing, whole views are shown."""
        if adjustment == self._adjustment:
            return
        self._adjustment = adjustment
        self._tell_adjusted()
        self.adjustment_changed.emit(adjustment)
        self._renew()

    def reset_adjustment(self) -> None:
        """Adjust nothing any more."""
        self.adjust(NEUTRAL)

    def stop(self) -> None:
        """End all that goes on."""
        self._timer.stop()
        self.channels.stop()
        self.target.stop()
        self._preparation.stop()

    @property
    def _reading(self) -> ColorReading:
        if self._slide is None:
            return ColorReading.AS_ENCODED
        return self.readings.reading(self._slide)

    @property
    def _paths(self) -> tuple[int, ...]:
        """The optical paths that are shown, at least one."""
        current = self.channels.current
        return (0,) if current is None else current.on

    def _find_profiles(self) -> None:
        """Gather the profiles of the path that is shown, and open them."""
        slide = self._slide
        path = self._paths[0]
        self._profiles = None if slide is None else SlideProfiles.of(slide, path)
        self._read_profiles()

    def _read_profiles(self) -> None:
        """Ask for the slide's corrections where they are to be applied."""
        self._opened = None
        profiles = self._profiles
        used = () if profiles is None or profiles.is_grey else profiles.used
        if self._managed:
            profiles_used = [each.icc for each in used]
            self._opened = self._preparation.prepare(profiles_used, self.target.icc)
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
        current = self.channels.current
        return Look(
            self._paths,
            corrections,
            () if current is None else current.channels,
            self._reading,
            self._adjustment,
        )

    def _follow_channels(self, _channels: object) -> None:
        if self._slide is None or self._profiles is None:
            return
        if self._profiles.optical_path != self._paths[0]:
            self._find_profiles()
        self._tell_chip()
        self._renew()

    def _follow_target(self) -> None:
        for each in self._panels:
            each.set_color_target(self.target.icc)
        self._read_profiles()
        self._tell_chip()
        self._renew()

    def _look_for_warnings(self) -> None:
        """Tell of a contradiction that reading has come upon."""
        count = 0 if self._slide is None else len(self._slide.warnings)
        if count != self._warned:
            self._tell_chip()

    def _renew(self) -> None:
        """Show the new look, at once or when the one before is complete."""
        if not self._timer.isActive():
            self._show_look()

    def _show_look(self) -> None:
        self._view.set_look(self._look())
        self._looks = 0
        self._timer.start()

    def _catch_up(self) -> None:
        """Show what has changed since, as soon as the view is complete."""
        if self._slide is None or self._view.look == self._look():
            return
        self._looks += 1
        if self._view.is_complete() or self._looks > PATIENCE:
            self._show_look()
        else:
            self._timer.start()

    def _tell_chip(self) -> None:
        warnings = () if self._slide is None else self._slide.warnings
        self._warned = len(warnings)
        chip = self._profile_chip()
        if self._slide is not None:
            chip = color_chip.with_reading(chip, self._reading, warnings)
        self.chip_changed.emit(*chip)

    def _profile_chip(self) -> color_chip.Chip:
        current = self.channels.current
        if self._profiles is None:
            return color_chip.NOTHING
        if current is not None and self._profiles.is_grey:
            return color_chip.grey(current)
        if not self._managed:
            return color_chip.unmanaged(self._profiles)
        if self._opened is None:
            return color_chip.PREPARING
        return color_chip.managed(self._profiles, self._opened, self.target.name)

    def _tell_adjusted(self) -> None:
        if self._slide is None or self._adjustment == NEUTRAL:
            self.adjusted_changed.emit("", "")
            return
        tip = "What is on screen is not as the slide says. Home resets it."
        self.adjusted_changed.emit(f"Adjusted: {self._adjustment}", tip)
