"""All keys of the window, read from its menus and panels, so that none is missing."""

from collections.abc import Iterator
from typing import Final, NamedTuple

from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QDockWidget, QMainWindow, QMenu

from viewer.panels.attribute_copy import COPIES
from viewer.panels.images_panel import ImagesPanel
from viewer.panels.metadata_panel import MetadataPanel
from viewer.panels.panel import Panel
from viewer.scene.gestures import GESTURES
from viewer.window.actions import ACTIONS
from viewer.window.recent_menu import RecentMenu

_PICTURES: Final = (
    ("Rotate the picture that has the focus", "R"),
    ("Zoom it", "Wheel  or  +  or  -"),
    ("Overview: go there, follow the view", "Click, drag, arrow keys"),
)
"""What the pictures of the label and overview answer themselves."""

SECOND_KEY: Final = "_key"
"""How the name of a row ends that is another key of the action called so before it."""


class KeyRow(NamedTuple):
    """One thing to do: where it is found, what it does, its keys, and the action."""

    group: str
    words: str
    keys: tuple[str, ...]
    action: QAction | None = None


def key_rows(window: QMainWindow) -> list[KeyRow]:
    """Return what can be done, by menu, by panel, and with the mouse. GUI thread."""
    rows: list[KeyRow] = []
    for entry in window.menuBar().actions():
        menu = entry.menu()
        if isinstance(menu, QMenu):
            rows.extend(_rows_of_menu(menu, _plain(menu.title()), ""))
    rows += [
        KeyRow("Mouse, touchpad and other keys", each.words, (each.input,))
        for each in GESTURES
    ]
    for dock in window.findChildren(QDockWidget):
        rows.extend(_rows_of_panel(dock))
    return rows


def _rows_of_menu(menu: QMenu, group: str, before: str) -> Iterator[KeyRow]:
    for action in menu.actions():
        inner = action.menu()
        if action.isSeparator():
            continue
        words = before + _plain(action.text())
        if isinstance(inner, RecentMenu):
            yield KeyRow(group, words, ())  # its entries are not the program's
        elif isinstance(inner, QMenu):
            yield from _rows_of_menu(inner, group, f"{words}: ")
        else:
            yield KeyRow(group, words, _keys(action), action)


def _rows_of_panel(dock: QDockWidget) -> Iterator[KeyRow]:
    panel, title = dock.findChild(Panel), dock.windowTitle()
    if isinstance(panel, ImagesPanel):
        yield from (KeyRow(title, words, (keys,)) for words, keys in _PICTURES)
    if isinstance(panel, MetadataPanel):
        copies = ((_plain(each.title), each.keys) for each in COPIES if each.keys)
        yield from (KeyRow(title, words, (keys,)) for words, keys in copies)
    for action in dock.findChildren(QAction):
        if action.shortcuts() and action is not dock.toggleViewAction():
            # Keys of a widget work where it has the focus, so Enter would not do it.
            yield KeyRow(title, _plain(action.text()), _keys(action))


def _keys(action: QAction) -> tuple[str, ...]:
    """Return the keys as people write them, those of a second row included."""
    name = action.objectName()
    named = [
        key
        for row in ACTIONS
        if name and row.name in (name, name + SECOND_KEY)
        for key in row.keys
    ]
    sequences = [QKeySequence(key) for key in named] or action.shortcuts()
    native = QKeySequence.SequenceFormat.NativeText
    return tuple(dict.fromkeys(each.toString(native) for each in sequences))


def _plain(text: str) -> str:
    """Return a menu's text without mnemonic, key and dots."""
    words = text.partition("\t")[0].replace("&&", "\0").replace("&", "")
    return words.replace("\0", "&").removesuffix("…").strip()
