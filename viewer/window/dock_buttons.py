"""The two buttons in the title of a dock, made readable for eyes and screen readers."""

from typing import Final

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QAbstractButton, QDockWidget

from viewer.qt.title_icons import Sign, title_icon

_BUTTONS: Final = (
    ("qt_dockwidget_closebutton", "Hide", Sign.CLOSE),
    ("qt_dockwidget_floatbutton", "Float or dock", Sign.FLOAT),
)
"""What Qt calls them, what they do, and the sign for it."""


def explain_buttons(dock: QDockWidget) -> None:
    """Give a dock's buttons names, tips, and signs that can be seen in the dark."""
    _Buttons(dock)


class _Buttons(QObject):
    """The buttons of a dock, which owns this.

    Invariant: whenever they are painted they are explained. Qt puts its own names and
    signs back at many occasions, such as an arrangement taken up, and tells of none.
    """

    def __init__(self, dock: QDockWidget) -> None:
        super().__init__(dock)
        self._dock = dock
        self._icons = {sign: title_icon(sign) for sign in Sign}
        self._explain()
        for called, _does, _sign in _BUTTONS:
            for button in dock.findChildren(QAbstractButton, called):
                button.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """See to the buttons before they are painted."""
        if event.type() == QEvent.Type.Paint:
            self._explain()
        return super().eventFilter(watched, event)

    def _explain(self) -> None:
        for called, does, sign in _BUTTONS:
            icon, words = self._icons[sign], f"{does} {self._dock.windowTitle()}"
            for button in self._dock.findChildren(QAbstractButton, called):
                if button.accessibleName() != words:
                    button.setAccessibleName(words)
                    button.setToolTip(words)
                if button.icon().cacheKey() != icon.cacheKey():
                    button.setIcon(icon)
