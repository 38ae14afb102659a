"""ChannelSet: which optical paths of a slide are shown, and how; an immutable value."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import Final

from viewer.slide.channels import WHITE, Channel, Color
from viewer.slide.model import OpticalPath
from viewer.slide.spectrum import spectral_color

MOST_ON: Final = 6
"""Grey paths that are shown at first; more colors cannot be told apart."""

_COLORS: Final[Sequence[Color]] = (
    (255, 0, 0),
    (0, 255, 0),
    (0, 0, 255),
    (255, 255, 0),
    (255, 0, 255),
    (0, 255, 255),
    (255, 128, 0),
    (128, 255, 0),
    (0, 128, 255),
    (255, 0, 128),
    (128, 0, 255),
    WHITE,
)
"""In the order they are given out; three paths that file nothing of are a picture."""

_NAMED: Final[Sequence[tuple[Sequence[str], Color]]] = (
    (("dapi", "hoechst", "blue"), (0, 0, 255)),
    (("fitc", "gfp", "alexa 488", "alexa fluor 488", "green"), (0, 255, 0)),
    (("cy3", "tritc", "rhodamine", "alexa 555", "orange"), (255, 128, 0)),
    (("yellow",), (255, 255, 0)),
    (("texas red", "mcherry", "alexa 594", "red"), (255, 0, 0)),
    (("cy5", "alexa 647", "alexa fluor 647", "magenta"), (255, 0, 255)),
    (("cyan",), (0, 255, 255)),
)
"""What paths are called by, where the file says no color: dyes as they shine."""


class Origin(Enum):
    """Where the range of a channel comes from."""

    STORED = "all that samples can hold"
    FILE = "from the file"
    AUTO = "auto"
    USER = "set by hand"


@dataclass(frozen=True, slots=True)
class PathState:
    """One optical path: its channel (of grey samples), whether it is shown."""

    path: OpticalPath
    channel: Channel
    is_on: bool
    origin: Origin = Origin.STORED

    @property
    def is_grey(self) -> bool:
        """Whether it has grey samples, which a channel draws."""
        return self.path.grey_range is not None

    @property
    def wants_auto(self) -> bool:
        """Whether a range out of its pixels would be better than the one it has."""
        grey = self.path.grey_range
        return self.origin is Origin.STORED and grey is not None and grey[1] > 255


@dataclass(frozen=True, slots=True)
class ChannelSet:
    """The state of all optical paths of a slide, numbered as in `Slide.optical_paths`.

    Invariant: at least one path is on; a path of colors is on alone, while grey ones
    may be many.
    """

    states: tuple[PathState, ...]

    @classmethod
    def of(cls, paths: Sequence[OpticalPath]) -> "ChannelSet":
        """Return the state to begin with.

        The first path where it has colors, else the first MOST_ON grey ones. A lone
        grey path is white unless the file says a color.
        """
        colors = _given_out(paths)
        greys = [n for n, path in enumerate(paths) if path.grey_range is not None]
        on = set(greys[:MOST_ON]) if 0 in greys else {0}
        states: list[PathState] = []
        for number, path in enumerate(paths):
            whole = replace(Channel.whole(path, number), color=colors[number])
            origin = Origin.STORED
            if path.grey_range is not None and path.window is not None:
                origin = Origin.FILE
                whole = replace(whole, low=path.window[0], high=path.window[1])
            elif path.palette is not None:
                origin = Origin.FILE
            states.append(PathState(path, whole, number in on, origin))
        return cls(tuple(states))

    @property
    def on(self) -> tuple[int, ...]:
        """The numbers of the paths that are shown."""
        return tuple(n for n, state in enumerate(self.states) if state.is_on)

    @property
    def channels(self) -> tuple[Channel, ...]:
        """The channels of the grey paths that are shown."""
        return tuple(
            state.channel for state in self.states if state.is_on and state.is_grey
        )

    @property
    def is_plain(self) -> bool:
        """Whether there is nothing to choose: one path, of colors."""
        return len(self.states) == 1 and not self.states[0].is_grey

    def toggled(self, number: int) -> "ChannelSet":
        """Show or hide a path; the last one stays."""
        if self.states[number].is_on:
            on = set(self.on) - {number}
        elif self.states[number].is_grey:
            on = {n for n in self.on if self.states[n].is_grey} | {number}
        else:
            on = {number}
        return self.showing(on) if on else self

    def alone(self, number: int) -> "ChannelSet":
        """Show one path and no other; where it is alone already, all grey ones."""
        return self.all_on() if self.on == (number,) else self.showing({number})

    def all_on(self) -> "ChannelSet":
        """Show all grey paths; where there is none, nothing changes."""
        grey = {n for n, state in enumerate(self.states) if state.is_grey}
        return self.showing(grey) if grey else self

    def showing(self, on: set[int]) -> "ChannelSet":
        """Show exactly these; at least one."""
        if not on:
            raise ValueError("at least one optical path is shown")
        return ChannelSet(
            tuple(replace(state, is_on=n in on) for n, state in enumerate(self.states))
        )

    def drawn(self, channel: Channel, origin: Origin = Origin.USER) -> "ChannelSet":
        """Draw a channel's path so from now on.

        The origin stays where its range does. Another color takes the place of a
        palette.
        """
        before = self.states[channel.optical_path]
        if channel.color != before.channel.color:
            channel = replace(channel, palette=b"")
        same = (before.channel.low, before.channel.high) == (channel.low, channel.high)
        kept = before.origin if same and origin is Origin.USER else origin
        return self._changed(
            channel.optical_path,
            lambda state: replace(state, channel=channel, origin=kept),
        )

    def with_auto(self, ranges: Mapping[int, tuple[float, float]]) -> "ChannelSet":
        """Take ranges that were found in the pixels, by path."""
        found = self
        for number, (low, high) in ranges.items():
            channel = replace(found.states[number].channel, low=low, high=high)
            found = found.drawn(channel, Origin.AUTO)
        return found

    def without_auto(self) -> list[int]:
        """Return the paths shown that still want a range out of their pixels."""
        return [number for number in self.on if self.states[number].wants_auto]

    def _changed(
        self, number: int, change: Callable[[PathState], PathState]
    ) -> "ChannelSet":
        return ChannelSet(
            tuple(
                change(state) if n == number else state
                for n, state in enumerate(self.states)
            )
        )


def path_name(path: OpticalPath, number: int) -> str:
    """Return what to call a path: identifier, description and wavelength."""
    words = [path.identifier or str(number + 1)]
    if path.description and path.description != path.identifier:
        words.append(path.description)
    if path.wavelength is not None:
        words.append(f"{path.wavelength:g} nm")
    return ", ".join(words)


def _given_out(paths: Sequence[OpticalPath]) -> list[Color]:
    """Return a color a path.

    The file's, else that of a dye that it is called by, else that of its wavelength,
    else one not used so far.
    """
    grey = [path for path in paths if path.grey_range is not None]
    if len(grey) == 1:
        return [path.color or WHITE for path in paths]
    colors = [WHITE if path.grey_range is None else _told(path) for path in paths]
    free = [color for color in _COLORS if color not in colors] or list(_COLORS)
    given: list[Color] = []
    turn = 0
    for color in colors:
        if color is None:
            color = free[turn % len(free)]  # noqa: PLW2901
            turn += 1
        given.append(color)
    return given


def _told(path: OpticalPath) -> Color | None:
    found = path.color or _by_name(path)
    if found is None and path.wavelength is not None:
        return spectral_color(path.wavelength)
    return found


def _by_name(path: OpticalPath) -> Color | None:
    words = f" {path.identifier} {path.description} ".lower()
    words = words.replace("-", " ").replace("_", " ")
    for names, color in _NAMED:
        if any(f" {name} " in words for name in names):
            return color
    return None
