"""Where a slide is, as reports name it: by its path, never by what is written on it."""

import os
from collections.abc import Iterable
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import Final

from viewer.formats import shown_path

_MOST_LOOKED_AT: Final = 4096


def shown_files(paths: Iterable[Path]) -> str:
    """Return the path of one file, or of the folder that holds these files alone.

    Where other files lie in that folder, several are told by the first of them. A
    Container Identifier would say whose slide it is. `paths` are not empty.
    """
    files = sorted(set(paths))
    first = shown_path(files[0])
    if len(files) == 1:
        return first
    parents = {path.parent for path in files}
    folder = Path(os.path.commonpath(parents)) if _can_be_common(parents) else None
    if folder is not None and not _holds_others(folder, files):
        return shown_path(folder)
    return f"{first} and {len(files) - 1} more"


def _can_be_common(folders: set[Path]) -> bool:
    """Whether they have a folder in common that is more than the root."""
    try:
        return len(Path(os.path.commonpath(folders)).parts) > 1
    except ValueError:  # several drives
        return False


def _holds_others(folder: Path, files: list[Path]) -> bool:
    """Whether other files or other folders lie in it, hidden ones apart."""
    known = {*files, *(parent for file in files for parent in file.parents)}
    with suppress(OSError):
        found = islice(folder.iterdir(), _MOST_LOOKED_AT)
        return any(path not in known for path in found if path.name[:1] != ".")
    return False
