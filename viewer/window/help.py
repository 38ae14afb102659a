"""The help menu: the list of keys, and what the program is."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QMainWindow

if TYPE_CHECKING:
    from viewer.window.about import AboutDialog
    from viewer.window.keys_dialog import KeysDialog


class Help(QObject):
    """Opens the dialogs of the help menu, each once, imported when asked for."""

    def __init__(self, window: QMainWindow) -> None:
        """Help for one window, which owns the dialogs."""
        super().__init__(window)
        self._window = window

    def slots(self) -> Mapping[str, Callable[[], object]]:
        """Return what the actions of the menu do, by their names."""
        return {"keys": self.show_keys, "about": self.show_about}

    def show_keys(self) -> None:
        """Show all keys; the window can be used meanwhile."""
        from viewer.window.keys_dialog import KeysDialog

        self._show(KeysDialog)

    def show_about(self) -> None:
        """Show versions and license."""
        from viewer.window.about import AboutDialog

        self._show(AboutDialog)

    def _show(self, kind: "type[KeysDialog | AboutDialog]") -> None:
        dialog = self._window.findChild(kind) or kind(self._window)
        dialog.show()
        dialog.activateWindow()
