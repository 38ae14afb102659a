"""Finding in the metadata, from anywhere in the window."""

from collections.abc import Callable, Mapping
from functools import partial

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QWidget

from viewer.panels.metadata_panel import MetadataPanel
from viewer.window.docks import Docks


class Finding(QObject):
    """Brings the metadata panel forward to search it, and goes back to the picture."""

    def __init__(self, parent: QObject, docks: Docks, picture: QWidget) -> None:
        """Connect the panel's way out to the picture."""
        super().__init__(parent)
        self._dock = docks["metadata"]
        self._panel = docks.panel(MetadataPanel)
        self._panel.left.connect(
            partial(picture.setFocus, Qt.FocusReason.ShortcutFocusReason)
        )

    def slots(self) -> Mapping[str, Callable[[], object]]:
        """Return what the actions of finding do, by their names."""
        return {
            "find": self.find,
            "find_key": self.find,
            "find_next": partial(self._panel.find_next, 1),
            "find_previous": partial(self._panel.find_next, -1),
        }

    def find(self) -> None:
        """Show the panel and let the user type what to look for."""
        self._dock.show()
        self._dock.raise_()
        self._panel.start_finding()
