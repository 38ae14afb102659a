"""Which files lie in a folder, or beside a file."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from viewer.formats.opening import Ignored, OpenOptions


def files_below(
    folder: Path, ignored: list[Ignored], options: OpenOptions
) -> Iterator[Path]:
    """Yield all files below a folder, to the bottom; links to folders are left out.

    What cannot be searched, and links, go to `ignored` with the reason. Nothing is
    opened. Files come before those of the folders beside them, both by name. Raises
    Cancelled.
    """
    waiting, found = [folder], 0
    while waiting:  # as deep as folders go: no recursion
        current = waiting.pop()
        below: list[Path] = []
        for entry in _entries(current, ignored):
            if found % _STEP == 0:
                options.report(0, max(found, 1))
            path = current / entry.name
            if not _is_folder(entry):
                found += 1
                yield path
            elif entry.is_symlink():
                reason = f"{path.name} is a link to a folder, which is not followed."
                ignored.append(Ignored(path, reason))
            else:
                below.append(path)
        options.report(0, max(found, 1))
        waiting.extend(reversed(below))


def neighbors(path: Path) -> list[Path]:
    """Return a file, then the other files of its folder by name."""
    try:
        with os.scandir(path.parent) as entries:
            names = sorted(
                entry.name
                for entry in entries
                if entry.name != path.name and _is_file(entry)
            )
    except OSError:
        return [path]
    return [path, *(path.parent / name for name in names)]


_STEP: Final = 256  # files between two looks at whether anybody still waits


def _entries(folder: Path, ignored: list[Ignored]) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(os.fspath(folder)) as entries:
            return sorted(entries, key=lambda entry: entry.name)
    except OSError as error:
        name, reason = folder.name or folder, error.strerror or "unknown reason"
        sentence = f"{name} cannot be searched: {reason}."
        ignored.append(Ignored(folder, sentence))
        return []


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link whose end may not be looked at
        return False


def _is_file(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_file()
    except OSError:
        return False
