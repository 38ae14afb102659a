"""The actions of the window's table, made and put into their menus."""

from collections.abc import Callable, Mapping

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMainWindow, QMenu, QWidget

from viewer.window.actions import ACTIONS, MENUS, ActionRow, Binding, Need


class Commands:
    """The actions of ACTIONS by name, in their menus.

    A row without text has its keys but no menu entry.
    """

    def __init__(
        self,
        window: QMainWindow,
        picture: QWidget,
        slots: Mapping[str, Callable[..., object]],
    ) -> None:
        """Make menus and actions; `slots` has one callable a name.

        The slot of a switch is called with its state, any other with nothing.
        """
        self._menus = {title: window.menuBar().addMenu(title) for title in MENUS}
        for menu in self._menus.values():
            menu.setToolTipsVisible(True)
        self._actions: dict[str, QAction] = {}
        for row in ACTIONS:
            if not row.name:
                self._menus[row.menu].addSeparator()
                continue
            action = _action(row, window, picture)
            slot = slots[row.name]
            if row.checked is None:
                action.triggered.connect(_without_argument(slot))
            else:
                action.toggled.connect(slot)
            self._actions[row.name] = action
            if row.text:
                self._menus[row.menu].addAction(action)
        for menu in self._menus.values():
            menu.menuAction().setVisible(not menu.isEmpty())

    def __getitem__(self, name: str) -> QAction:
        """Return an action by the name of its row."""
        return self._actions[name]

    def menu(self, title: str) -> QMenu:
        """Return one of the menus."""
        return self._menus[title]

    def add(self, title: str, action: QAction) -> None:
        """Put a further action, or a menu's, at the end of a menu."""
        self._menus[title].addAction(action)
        self._menus[title].menuAction().setVisible(True)

    def enable(self, has: Need) -> None:
        """Enable exactly the actions whose needs are met."""
        for row in ACTIONS:
            if row.name:
                self._actions[row.name].setEnabled(row.need in has)


def bind_to_picture(action: QAction, picture: QWidget, key: str) -> None:
    """Give an action a single key that works while the picture has the focus."""
    action.setShortcut(QKeySequence(key))
    action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
    picture.addAction(action)


def _action(row: ActionRow, window: QMainWindow, picture: QWidget) -> QAction:
    action = QAction(row.text, window)
    action.setObjectName(row.name)
    if row.checked is not None:
        action.setCheckable(True)
        action.setChecked(row.checked)
    if row.binding is Binding.SHOWN:
        # What follows a tab stands where Qt shows a shortcut, and binds nothing.
        action.setText(f"{row.text}\t{row.keys[0]}")
    elif row.binding is Binding.PICTURE:
        bind_to_picture(action, picture, row.keys[0])
    else:
        action.setShortcuts([QKeySequence(key) for key in row.keys])
        window.addAction(action)
    words = row.tip or row.text.replace("&", "").removesuffix(" …")
    action.setToolTip(f"{words} ({row.keys[0]})" if row.keys else words)
    return action


def _without_argument(slot: Callable[[], object]) -> Callable[[bool], None]:
    """Drop the checked state that QAction.triggered sends along."""

    def call(_checked: bool) -> None:
        slot()

    return call
