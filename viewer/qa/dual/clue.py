"""What a rule about the two sides of a file found, and what that makes of it."""

from enum import Enum
from typing import NamedTuple

from viewer.qa.finding import Finding


class State(Enum):
    """What a file is, the worst last.

    NONE: there is no TIFF side. VALID: both sides are whole and agree. BROKEN: the TIFF
    side was made for this file, but readers of it see something else, or fail. STALE:
    it is left over from before the file was rewritten. SUSPICIOUS: the file holds what
    neither side needs, or shows readers of one side what those of the other do not see.
    """

    NONE = "none"
    VALID = "valid"
    BROKEN = "broken"
    STALE = "stale"
    SUSPICIOUS = "suspicious"

    @property
    def rank(self) -> int:
        """0 for a file without a TIFF side, more the worse it is."""
        return list(State).index(self)


class Clue(NamedTuple):
    """A finding, and the best state that a file with it can have."""

    state: State
    finding: Finding
