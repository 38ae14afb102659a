"""The files of a medium by the names that its DICOMDIR has for them (PS3.12 annex F).

Names on media are in capitals. Systems show them in small letters, or with the version
that ISO 9660 puts behind them ("IM0001.;1"), and copying may change them too.
"""

import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final


class Medium:
    """The folder of a DICOMDIR. Folders are looked at once; for one thread."""

    def __init__(self, root: Path) -> None:
        """Take the folder, below which all files must be."""
        self._root: Final = root
        self._end: Final = root.resolve()
        self._found: dict[tuple[str, ...], Path] = {}
        self._names: dict[Path, dict[str, str]] = {}
        self._inside: dict[Path, bool] = {}

    def find(self, steps: Sequence[str]) -> Path:
        """Return the file or folder that components lead to, or where it should be."""
        above = tuple(steps[:-1])
        folder = self._found.get(above)
        if folder is None:
            folder = self._root
            for step in above:
                folder = self._child(folder, step)
            self._found[above] = folder
        return self._child(folder, steps[-1])

    def holds(self, path: Path) -> bool:
        """Whether a path that was found is below the folder, links followed."""
        if path.is_symlink():
            return self._leads_inside(path)
        above = path.parent
        if above not in self._inside:
            self._inside[above] = self._leads_inside(above)
        return self._inside[above]

    def _leads_inside(self, path: Path) -> bool:
        try:
            return path.resolve().is_relative_to(self._end)
        except (OSError, RuntimeError):  # links that lead round
            return False

    def _child(self, folder: Path, name: str) -> Path:
        plain = folder / name
        if os.path.lexists(plain):
            return plain
        if folder not in self._names:
            self._names[folder] = _names_in(folder)
        return folder / self._names[folder].get(_key(name), name)


_VERSION: Final = re.compile(r"\.?(;\d+)?$")


def _key(name: str) -> str:
    return _VERSION.sub("", name.casefold())


def _names_in(folder: Path) -> dict[str, str]:
    """Return the names in a folder by what tells them apart on a medium."""
    try:
        names = sorted((each.name for each in folder.iterdir()), reverse=True)
    except (OSError, ValueError):
        return {}
    return {_key(name): name for name in names}
