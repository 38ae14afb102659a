"""The two buttons in the title of a dock, made readable for eyes and screen readers."""

from functools import partial
from typing import Final

from PySide6.QtWidgets import QAbstractButton, QDockWidget

from viewer.qt.title_icons import Sign, title_icon

_BUTTONS: Final = (
    ("qt_dockwidget_closebutton", "Hide", Sign.CLOSE),
    ("qt_dockwidget_floatbutton", "Float or dock", Sign.FLOAT),
)
"""What Qt calls them, what they do, and the sign for it."""


def explain_buttons(dock: QDockWidget) -> None:
    """Give a dock's buttons names, tips, and signs that can be seen in the dark."""
    _explain(dock)
    # Qt puts its own again whenever a dock is taken off or put back.
    dock.topLevelChanged.connect(partial(_explain, dock))


def _explain(dock: QDockWidget, _floats: object = None) -> None:
    for called, does, sign in _BUTTONS:
        for button in dock.findChildren(QAbstractButton, called):
            button.setAccessibleName(f"{does} {dock.windowTitle()}")
            button.setToolTip(f"{does} {dock.windowTitle()}")
            button.setIcon(title_icon(sign))
