"""Channels: which optical paths of the slide on screen are shown, and how."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Final

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction

from viewer.panels.channels_panel import ChannelsPanel
from viewer.qt.tasks import Task, run
from viewer.scene.slide_view import SlideView
from viewer.slide.channel_set import ChannelSet, path_name
from viewer.slide.channels import Channel
from viewer.slide.focus import resting_plane
from viewer.slide.model import Slide
from viewer.window import faults
from viewer.window.commands import Commands
from viewer.window.docks import Docks

DOCK: Final = "channels"
"""The name of the panel's dock."""

KEYS: Final = 9
"""Channels that have keys of their own, counted from 1."""

_REMEMBERED: Final = 100  # slides, of which most are closed by then

_Ranges = Mapping[int, tuple[float, float] | None]


class Channels(QObject):
    """Keeps the channels of each slide as long as it is open, and finds their ranges.

    Ranges out of the pixels come in the background, for the paths that are shown and
    for which the file says nothing. Invariant: `current` is that of the slide on
    screen, None where there is none; at most one search is under way, for `_sought`.
    `_searched` are the paths that need no search any more. GUI thread.
    """

    changed = Signal(object)
    """The ChannelSet of the slide on screen, or None."""

    def __init__(self, view: SlideView) -> None:
        """Start without a slide; the view owns this."""
        super().__init__(view)
        self._view = view
        self._slide: Slide | None = None
        self._sets: dict[int, ChannelSet] = {}
        self._searched: set[tuple[int, int]] = set()
        self._sought: frozenset[tuple[int, int]] = frozenset()
        self._task: Task | None = None
        self._docks: Docks | None = None
        self._actions: Sequence[QAction] = ()
        self._offered: bool | None = None  # whether the dock came by itself last

    @property
    def current(self) -> ChannelSet | None:
        """The channels of the slide on screen."""
        return None if self._slide is None else self._sets[self._slide.serial]

    @property
    def is_ready(self) -> bool:
        """Whether every path that is shown has its range."""
        return self._task is None

    def slots(self) -> Mapping[str, Callable[..., object]]:
        """Return what the actions of channels do, by their names."""
        toggles = {f"channel_{n + 1}": partial(self.toggle, n) for n in range(KEYS)}
        return {"all_channels": self.show_all, **toggles}

    def offer(self, docks: Docks, commands: Commands) -> None:
        """Connect the panel and the menu, which are there by now."""
        panel = docks.panel(ChannelsPanel)
        self._docks = docks
        self._actions = [commands[f"channel_{n + 1}"] for n in range(KEYS)]
        for action in self._actions:
            action.setVisible(False)
            action.setCheckable(True)
        self.changed.connect(panel.show_channels)
        self.changed.connect(self._tick)
        panel.toggled.connect(self.toggle)
        panel.alone_wanted.connect(self.show_alone)
        panel.all_wanted.connect(self.show_all)
        panel.drawn.connect(self.draw)
        panel.range_wanted.connect(self.find_range)
        panel.reset_wanted.connect(self.reset)

    def show_slide(self, slide: Slide | None) -> ChannelSet | None:
        """Turn to another slide; what was set for it is still there."""
        self.stop()
        self._slide = slide
        if slide is not None:
            known = self._sets.pop(slide.serial, None)
            self._sets[slide.serial] = known or ChannelSet.of(slide.optical_paths)
            while len(self._sets) > _REMEMBERED:
                del self._sets[next(iter(self._sets))]
        self.changed.emit(self.current)
        if slide is not None:
            self._offer_choice(self._sets[slide.serial])
        self._search()
        return self.current

    def toggle(self, number: int) -> None:
        """Show or hide an optical path, if there is such a one."""
        current = self.current
        if current is not None and number < len(current.states):
            self._take(current.toggled(number))
        self._tick(self.current)  # also where the last one had to stay

    def show_alone(self, number: int) -> None:
        """Show one optical path alone, or all again."""
        if self.current is not None:
            self._take(self.current.alone(number))

    def show_all(self) -> None:
        """Show all optical paths of grey samples."""
        if self.current is not None:
            self._take(self.current.all_on())

    def draw(self, channel: Channel) -> None:
        """Draw an optical path otherwise, by the user's hand."""
        if self._slide is not None and self.current is not None:
            before = self.current.states[channel.optical_path].channel
            if (before.low, before.high) != (channel.low, channel.high):
                # What is found from now on would undo the user's choice.
                self._sought -= {(self._slide.serial, channel.optical_path)}
            self._take(self.current.drawn(channel))

    def find_range(self, number: int) -> None:
        """Find the range of an optical path in its pixels once more."""
        if self._slide is not None:
            self.stop()
            self._begin(self._slide, [number])

    def reset(self) -> None:
        """Show and draw all as at first."""
        if self._slide is not None:
            paths = self._slide.optical_paths
            serial = self._slide.serial
            self._searched = {each for each in self._searched if each[0] != serial}
            self._take(ChannelSet.of(paths))

    def stop(self) -> None:
        """Search for no ranges any more; what was not found yet may be sought again."""
        if self._task is not None:
            self._task.abandon()
            self._task = None
            self._searched -= self._sought

    def _offer_choice(self, channels: ChannelSet) -> None:
        """Show the dock for the first slide with something to choose, else hide it."""
        is_wanted = not channels.is_plain
        if self._docks is not None and is_wanted != self._offered:
            self._offered = is_wanted
            if is_wanted:
                self._docks.open(DOCK)
            else:
                self._docks[DOCK].hide()
        for number, action in enumerate(self._actions):
            action.setVisible(is_wanted and number < len(channels.states))
            if action.isVisible():
                name = path_name(channels.states[number].path, number)
                action.setText(f"Channel {number + 1}: {name.replace('&', '&&')}")

    def _tick(self, channels: ChannelSet | None) -> None:
        """Show in the menu which channels are shown."""
        on = () if channels is None else channels.on
        for number, action in enumerate(self._actions):
            action.setChecked(number in on)

    def _take(self, channels: ChannelSet) -> None:
        if self._slide is None or channels == self.current:
            return
        self._sets[self._slide.serial] = channels
        self.changed.emit(channels)
        self._search()

    def _search(self) -> None:
        """Look for the ranges that are missing, where nobody does already."""
        slide, current = self._slide, self.current
        if slide is None or current is None or self._task is not None:
            return
        wanted = [
            number
            for number in current.without_auto()
            if (slide.serial, number) not in self._searched
        ]
        if wanted:
            self._begin(slide, wanted)

    def _begin(self, slide: Slide, wanted: Sequence[int]) -> None:
        plane = resting_plane(slide.focal_planes)
        if self._view.slide is slide:
            plane = self._view.focal_plane
        self._sought = frozenset((slide.serial, number) for number in wanted)
        self._searched |= self._sought
        self._task = run(lambda: _ranges(slide, wanted, plane), self._found, self._fail)

    def _found(self, ranges: _Ranges) -> None:
        self._task = None
        current = self.current
        if current is not None:
            sought = {number for _serial, number in self._sought}
            found = {n: each for n, each in ranges.items() if each and n in sought}
            self._take(current.with_auto(found))
        self._search()

    def _fail(self, error: Exception) -> None:
        """Leave the ranges as they are after a bug."""
        self._task = None
        faults.record(error)


def _ranges(slide: Slide, wanted: Sequence[int], plane: int) -> _Ranges:
    """Find ranges. Background thread."""
    from viewer.slide.auto_range import auto_range

    return {number: auto_range(slide, number, plane) for number in wanted}
