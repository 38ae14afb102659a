"""What was opened lately: paths that the user named, newest first."""

import json
import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final, cast
from urllib.parse import unquote_to_bytes

from PySide6.QtCore import QObject, Signal

from viewer.window.settings import Settings

Entry = tuple[Path, ...]
"""The paths of one opening, absolute: a file, a folder, or several at once."""

MOST: Final = 10
"""Entries that are kept."""

MOST_TOGETHER: Final = 100
"""Paths of an entry; an opening of more is not remembered, its folder would be."""

REMEMBER: Final = "recent/remember"
PATHS: Final = "recent/paths"


class Recent(QObject):
    """The last openings, kept in the settings.

    Paths alone are kept, nothing out of a slide. Invariant: while remembering is
    switched off there are no entries, neither here nor in the file, and no folder for
    the next file dialog either. GUI thread.
    """

    changed = Signal()

    def __init__(self, settings: Settings, parent: QObject | None = None) -> None:
        """Read the entries; what is damaged is left out."""
        super().__init__(parent)
        self._settings = settings
        self._entries = _read(settings.text(PATHS)) if self.remembers else ()

    @property
    def entries(self) -> tuple[Entry, ...]:
        """What was opened, newest first, at most MOST."""
        return self._entries

    @property
    def remembers(self) -> bool:
        """Whether openings are remembered at all."""
        return self._settings.flag(REMEMBER, default=True)

    def set_remembers(self, remembers: bool) -> None:
        """Switch remembering; off forgets everything at once."""
        self._settings.set_flag(REMEMBER, value=remembers)
        if remembers:
            self._keep(self._entries)
        else:
            self.clear()

    def add(self, paths: Iterable[Path]) -> None:
        """Remember what was opened, in front of the rest."""
        # Not resolved: a link is what the user knows the file by.
        entry = tuple(dict.fromkeys(path.expanduser().absolute() for path in paths))
        if not self.remembers or not 1 <= len(entry) <= MOST_TOGETHER:
            return
        others = (each for each in self._entries if each != entry)
        self._keep((entry, *others)[:MOST])

    def add_folder(self, folder: str) -> None:
        """Remember where a file dialog was, for the next run's."""
        if self.remembers:
            self._settings.folder = folder

    def clear(self) -> None:
        """Forget all entries, and where the file dialog was."""
        self._settings.folder = ""
        self._keep(())

    def _keep(self, entries: tuple[Entry, ...]) -> None:
        self._entries = entries
        self._settings.set_text(PATHS, _written(entries))
        self._settings.save()
        self.changed.emit()


def labels(entries: Sequence[Entry]) -> list[str]:
    """Return a short name for each: with its folder where names are alike."""
    short = [_label(entry, 1) for entry in entries]
    longer = [_label(entry, 2) for entry in entries]
    full = [_label(entry, 0) for entry in entries]

    def unlike(number: int) -> str:
        if short.count(short[number]) == 1:
            return short[number]
        if longer.count(longer[number]) == 1:
            return longer[number]
        return full[number]

    return [unlike(number) for number in range(len(entries))]


def describe(entry: Entry) -> str:
    """Return where an entry is, for a tool tip."""
    shown = printable(str(entry[0]))
    return shown if len(entry) == 1 else f"{shown} and {len(entry) - 1} more"


def printable(text: str) -> str:
    """Return the name of a file as it can be shown; it may hold any bytes."""
    shown = os.fsencode(text).decode("utf-8", "replace")
    return "".join(
        letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}"
        for letter in shown
    )


def missing(entries: Iterable[Entry]) -> frozenset[Entry]:
    """Return the entries of which a file is gone. A worker: a share may be slow."""
    return frozenset(each for each in entries if not all(map(_is_there, each)))


def _is_there(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):
        return False


def _label(entry: Entry, parts: int) -> str:
    path = entry[0]
    kept = path.parts[-parts:] if parts and len(path.parts) > parts else path.parts
    shown = printable(str(Path(*kept)))
    return shown if len(entry) == 1 else f"{shown} and {len(entry) - 1} more"


def _written(entries: Iterable[Entry]) -> str:
    """Return JSON of addresses, which are plain ASCII whatever bytes a name has."""
    return json.dumps([[path.as_uri() for path in entry] for entry in entries])


def _read(text: str) -> tuple[Entry, ...]:
    try:
        rows: object = json.loads(text) if text else []
    except (ValueError, RecursionError):
        return ()
    entries = [_entry(row) for row in _list(rows)[:MOST]]
    return tuple(dict.fromkeys(entry for entry in entries if entry))


def _entry(row: object) -> Entry:
    paths = [_path(address) for address in _list(row)[:MOST_TOGETHER]]
    return tuple(path for path in paths if path is not None)


def _list(value: object) -> list[object]:
    return cast("list[object]", value) if isinstance(value, list) else []


def _path(address: object) -> Path | None:
    if not isinstance(address, str) or not address.startswith("file:///"):
        return None
    name = os.fsdecode(unquote_to_bytes(address.removeprefix("file://")))
    if os.name == "nt":
        name = name.removeprefix("/")
    path = Path(name)
    return path if path.is_absolute() and "\0" not in name else None
