"""Paths from the clipboard: as a file manager, a terminal or a person copies them."""

import os
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Final
from urllib.parse import unquote_to_bytes, urlsplit

from PySide6.QtCore import QMimeData

from viewer.window.drop import Dropped, dropped
from viewer.window.recent import printable

LONGEST: Final = 1 << 20
"""Letters of a text that is looked through for paths."""

_SHOWN: Final = 60  # letters of a text that is no path
_FILE_MANAGERS: Final = "x-special/gnome-copied-files"
_ELSEWHERE: Final = re.compile(
    r"(?!file:)[A-Za-z][A-Za-z0-9+.-]+:(?!\\)", re.IGNORECASE
)


def pasted(mime: QMimeData | None) -> Dropped | str:
    """Return what the clipboard names, as if it were dropped, or why it is nothing.

    No file is looked at. GUI thread.
    """
    if mime is None or not mime.formats():
        return "The clipboard is empty."
    if mime.hasUrls():
        return dropped(mime)
    if mime.hasFormat(_FILE_MANAGERS):
        text = bytes(mime.data(_FILE_MANAGERS).data()).decode("utf-8", "replace")
        return paths_in(text.partition("\n")[2])  # the first line is "copy" or "cut"
    if not mime.hasText():
        return "The clipboard holds no path, but something else than text."
    return paths_in(mime.text())


def paths_in(text: str) -> Dropped | str:
    """Return the paths in a text, one a line or several in quotes, or why it has none.

    A path may be quoted, begin with ~, be a file:// address, or have blanks escaped as
    in a shell. Each word must be a path or an address, or none is taken: half of a list
    is worse than a sentence.
    """
    if len(text) > LONGEST:
        return "The clipboard holds no path, but a long text."
    paths: dict[Path, None] = {}
    schemes: list[str] = []
    for word in _words(text):
        path = _path(word)
        if path is not None:
            paths[path] = None
        elif _ELSEWHERE.match(word):
            schemes.append(word.partition(":")[0].lower())
        else:
            return _no_path(word)
    if not paths and not schemes:
        return "The clipboard holds no path."
    return Dropped(tuple(paths), tuple(schemes))


def _words(text: str) -> Iterator[str]:
    """Yield what may be a path: a line, or each quoted part of one."""
    for line in text.splitlines():
        stripped = line.strip()
        is_escaped = os.name != "nt" and "\\ " in stripped
        if is_escaped or stripped[:1] in ("'", '"'):
            yield from _unquoted(stripped)
        elif stripped:
            yield stripped


def _unquoted(line: str) -> list[str]:
    if os.name == "nt":  # where a backslash escapes nothing
        return re.findall(r'"([^"]+)"', line) or [line.strip("'\"")]
    try:
        return shlex.split(line)
    except ValueError:  # a quotation mark that is part of the name
        return [line]


def _path(word: str) -> Path | None:
    """Return the absolute path that a word is, if it is one."""
    if "\0" in word:
        return None
    if word.lower().startswith("file:"):
        return _path_of_address(word)
    path = Path(word)
    if word.startswith("~"):
        try:
            path = path.expanduser()
        except RuntimeError:  # no such user
            return None
    return path if path.is_absolute() else None


def _path_of_address(word: str) -> Path | None:
    try:
        address = urlsplit(word)
        name = os.fsdecode(unquote_to_bytes(address.path))
    except ValueError:
        return None
    if os.name == "nt":
        name = name.removeprefix("/")
        if address.netloc not in ("", "localhost"):
            name = f"//{address.netloc}/{name}"
    elif address.netloc not in ("", "localhost", os.uname().nodename):
        return None
    path = Path(name)
    return path if "\0" not in name and path.is_absolute() else None


def _no_path(word: str) -> str:
    shown = word if len(word) <= _SHOWN else f"{word[: _SHOWN - 1]}…"
    return (
        f'The clipboard holds "{printable(shown)}", which is no full path of a file or '
        "folder."
    )
