"""What reading finds out about a slide after opening: warnings and damaged tiles."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from threading import Lock
from types import MappingProxyType

from viewer.slide.model import TileKey
from viewer.slide.warnings import SlideWarning


class Notes:
    """Grows while a slide is read, from any thread; each code is kept once a file."""

    def __init__(self, warnings: Sequence[SlideWarning] = ()) -> None:
        """Start with what opening found."""
        self._lock = Lock()
        self._warnings = list(dict.fromkeys(warnings))
        self._told = {(warning.code, warning.file) for warning in self._warnings}
        self._damaged: dict[TileKey, str] = {}

    @property
    def warnings(self) -> tuple[SlideWarning, ...]:
        """All warnings so far, oldest first."""
        with self._lock:
            return tuple(self._warnings)

    @property
    def damaged(self) -> Mapping[TileKey, str]:
        """A live, read-only view of the tiles shown in spite of damage."""
        return MappingProxyType(self._damaged)

    def warn(self, code: str, message: str, file: Path | None) -> None:
        """Add a warning unless this file was warned of under this code before."""
        if (code, file) in self._told:
            return
        with self._lock:
            if (code, file) not in self._told:
                self._told.add((code, file))
                self._warnings.append(SlideWarning(code, message, file))

    def damage(self, key: TileKey, sentence: str) -> None:
        """Remember that a tile is shown although its frame is damaged."""
        self._damaged[key] = sentence
