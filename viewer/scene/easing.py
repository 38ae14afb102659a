"""Easing: the way from one camera to another as a plain function of time."""

from dataclasses import dataclass
from typing import Final

from viewer.qt.camera import Camera

SECONDS: Final = 0.15
"""How long a movement takes, however far it goes."""


@dataclass(frozen=True, slots=True)
class Movement:
    """A movement of the view from `start` to `target`, fast at first."""

    start: Camera
    target: Camera

    def at(self, seconds: float) -> Camera:
        """Return the camera so long after the start; from SECONDS on the target."""
        return self.start.between(self.target, progress(seconds / SECONDS))


def progress(share: float) -> float:
    """Return how much of the way is behind after a share of the time, both 0 to 1.

    Fastest at the beginning, so that the answer to a key or a wheel is seen at once.
    """
    return 1 - (1 - min(max(share, 0.0), 1.0)) ** 3
