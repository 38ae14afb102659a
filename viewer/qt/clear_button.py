"""The button that empties a text field, with the name and tip that Qt leaves out."""

from PySide6.QtWidgets import QLineEdit, QToolButton


def add_clear_button(field: QLineEdit) -> None:
    """Give a field the button; Esc is for the field itself to answer."""
    field.setClearButtonEnabled(True)
    for button in field.findChildren(QToolButton):
        button.setAccessibleName("Clear")
        button.setToolTip("Clear (Esc)")
