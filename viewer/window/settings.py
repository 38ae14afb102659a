"""What is remembered between two runs: the window's shape, switches, recent paths.

Never anything out of a slide, and paths only as long as the user lets them be
remembered (viewer.window.recent). The file is readable by its owner alone.
"""

from contextlib import suppress
from pathlib import Path
from typing import Final

from PySide6.QtCore import QByteArray, QSettings

FOLDER: Final = "open/folder"
GEOMETRY: Final = "window/geometry"
DOCKS: Final = "window/docks"

DOCKS_VERSION: Final = 2
"""To be raised when docks change so much that an older arrangement misleads."""


class Settings:
    """The remembered values, in an ini file; one that cannot be written is no error."""

    def __init__(self, path: Path) -> None:
        """Read the file, if there is one."""
        self.path = path
        self._values = QSettings(str(path), QSettings.Format.IniFormat)

    @property
    def folder(self) -> str:
        """The folder a file dialog starts in; empty at first."""
        return str(self._values.value(FOLDER, "") or "")

    @folder.setter
    def folder(self, folder: str) -> None:
        self._values.setValue(FOLDER, folder)

    @property
    def geometry(self) -> QByteArray | None:
        """The window's place and size, as Qt packs it."""
        return self._bytes(GEOMETRY)

    @property
    def docks(self) -> QByteArray | None:
        """The arrangement of the docks, as Qt packs it."""
        return self._bytes(DOCKS)

    def flag(self, name: str, *, default: bool) -> bool:
        """Return a switch, under a name such as "view/minimap"."""
        value = self._values.value(name)
        return default if value is None else str(value).lower() == "true"

    def set_flag(self, name: str, *, value: bool) -> None:
        """Keep a switch."""
        self._values.setValue(name, "true" if value else "false")

    def text(self, name: str, default: str = "") -> str:
        """Return a text."""
        value = self._values.value(name)
        return value if isinstance(value, str) else default

    def set_text(self, name: str, value: str) -> None:
        """Keep a text."""
        self._values.setValue(name, value)

    def number(self, name: str, default: int) -> int:
        """Return a whole number; one that is damaged counts as not there."""
        try:
            return int(str(self._values.value(name)))
        except ValueError:
            return default

    def set_number(self, name: str, value: int) -> None:
        """Keep a whole number."""
        self._values.setValue(name, value)

    def remember_window(self, geometry: QByteArray, docks: QByteArray) -> None:
        """Keep the window's shape for next time."""
        self._values.setValue(GEOMETRY, geometry)
        self._values.setValue(DOCKS, docks)

    def save(self) -> None:
        """Write the file, for the owner's eyes only."""
        with suppress(OSError):
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self.path.touch(mode=0o600)
        self._values.sync()
        with suppress(OSError):
            self.path.chmod(0o600)

    def _bytes(self, key: str) -> QByteArray | None:
        value = self._values.value(key)
        return value if isinstance(value, QByteArray) else None


def settings_path() -> Path:
    """Return where the settings are, in the user's configuration folder."""
    from platformdirs import user_config_path

    return user_config_path("coverslip", appauthor=False) / "coverslip.ini"
