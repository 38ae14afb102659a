"""Every action of the window in one table.

Single keys work only while the picture has the focus, so that text fields can be typed
in. Those that the picture answers itself are shown in the menu as text (`keys`), for a
second binding would make them ambiguous.
"""

from collections.abc import Callable, Mapping, Sequence
from enum import Enum
from typing import Final, NamedTuple

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMainWindow, QMenu, QWidget

from viewer.scene.navigation import MAGNIFICATIONS


class Binding(Enum):
    """Where the keys of an action work."""

    WINDOW = "anywhere in the window"
    PICTURE = "while the picture has the focus"
    SHOWN = "answered by the picture itself, only shown here"


class ActionRow(NamedTuple):
    """One action: `name` is the key of its slot; empty makes a line in the menu."""

    menu: str
    name: str
    text: str
    keys: tuple[str, ...]
    binding: Binding = Binding.WINDOW


FILE: Final = "&File"
VIEW: Final = "&View"
GO: Final = "&Go"
HELP: Final = "&Help"

_SEPARATOR: Final = ("", "", ())

ACTIONS: Final[Sequence[ActionRow]] = (
    ActionRow(FILE, "open_files", "&Open Files …", ("Ctrl+O",)),
    ActionRow(FILE, "open_folder", "Open &Folder …", ("Ctrl+Shift+O",)),
    ActionRow(FILE, "open_demo", "Open &Demo Slide", ()),
    ActionRow(FILE, *_SEPARATOR),
    ActionRow(FILE, "close_slide", "&Close Slide", ("Ctrl+W",)),
    ActionRow(FILE, *_SEPARATOR),
    ActionRow(FILE, "quit", "&Quit", ("Ctrl+Q",)),
    ActionRow(VIEW, "zoom_in", "Zoom &In", ("+",), Binding.SHOWN),
    ActionRow(VIEW, "zoom_out", "Zoom &Out", ("-",), Binding.SHOWN),
    ActionRow(VIEW, "fit", "&Whole Slide", ("0",), Binding.SHOWN),
    ActionRow(VIEW, "native", "&Native Pixels", ("9",), Binding.SHOWN),
    *(
        ActionRow(
            VIEW, f"magnify_{factor:g}", f"{factor:g}x", (f"{key}",), Binding.SHOWN
        )
        for key, factor in MAGNIFICATIONS.items()
    ),
    ActionRow(VIEW, *_SEPARATOR),
    ActionRow(VIEW, "full_screen", "&Full Screen", ("F11",)),
    ActionRow(VIEW, "full_screen_key", "", ("F",), Binding.PICTURE),
    ActionRow(GO, "next_slide", "&Next Slide", ("PgDown",), Binding.PICTURE),
    ActionRow(GO, "previous_slide", "&Previous Slide", ("PgUp",), Binding.PICTURE),
    ActionRow(GO, *_SEPARATOR),
    ActionRow(GO, "next_region", "Next &Region", ("F6",)),
    ActionRow(GO, "previous_region", "Pre&vious Region", ("Shift+F6",)),
    ActionRow(GO, "leave", "Cancel Opening or &Leave Full Screen", ("Esc",)),
    ActionRow(HELP, "about", "&About Coverslip", ()),
)


def add_actions(
    window: QMainWindow, picture: QWidget, slots: Mapping[str, Callable[[], object]]
) -> dict[str, QAction]:
    """Make the menus of ACTIONS and return the actions by name.

    `slots` has one callable a name. A row without text gets its keys but no menu entry.
    """
    titles = dict.fromkeys(row.menu for row in ACTIONS)
    menus = {title: window.menuBar().addMenu(title) for title in titles}
    actions: dict[str, QAction] = {}
    for row in ACTIONS:
        if not row.name:
            menus[row.menu].addSeparator()
            continue
        action = _action(row, window, picture)
        action.triggered.connect(_without_argument(slots[row.name]))
        actions[row.name] = action
        if row.text:
            menus[row.menu].addAction(action)
    return actions


def menu_of(window: QMainWindow, title: str) -> QMenu:
    """Return one of the menus that `add_actions` made."""
    menus = (action.menu() for action in window.menuBar().actions())
    return next(m for m in menus if isinstance(m, QMenu) and m.title() == title)


def bind_to_picture(action: QAction, picture: QWidget, key: str) -> None:
    """Give an action a single key that works while the picture has the focus."""
    action.setShortcut(QKeySequence(key))
    action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
    picture.addAction(action)


def _action(row: ActionRow, window: QMainWindow, picture: QWidget) -> QAction:
    action = QAction(row.text, window)
    action.setObjectName(row.name)
    if row.binding is Binding.SHOWN:
        # What follows a tab stands where Qt shows a shortcut, and binds nothing.
        action.setText(f"{row.text}\t{row.keys[0]}")
    elif row.binding is Binding.PICTURE:
        bind_to_picture(action, picture, row.keys[0])
    else:
        action.setShortcuts([QKeySequence(key) for key in row.keys])
        window.addAction(action)
    return action


def _without_argument(slot: Callable[[], object]) -> Callable[[bool], None]:
    """Drop the checked state that QAction.triggered sends along."""

    def call(_checked: bool) -> None:
        slot()

    return call
