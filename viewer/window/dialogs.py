"""The window's dialogs; none of them blocks it."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Final

from PySide6.QtCore import QSettings, QSize, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QLabel,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from viewer.window.faults import Fault

_PART_OF_SCREEN: Final = 0.9  # leaves room for the frame and title

_NOTED: Final = ("FileDialog/history", "FileDialog/lastVisited")
"""Where Qt's own file dialog notes folders, in a file of all of the user's programs."""


def ask_files(
    parent: QWidget, folder: str, chosen: Callable[[Sequence[Path]], None]
) -> QFileDialog:
    """Ask for one or several files of any name, starting in a folder."""
    return _ask(
        parent, "Open files", folder, QFileDialog.FileMode.ExistingFiles, chosen
    )


def ask_folder(
    parent: QWidget, folder: str, chosen: Callable[[Sequence[Path]], None]
) -> QFileDialog:
    """Ask for a folder, starting in another."""
    return _ask(parent, "Open folder", folder, QFileDialog.FileMode.Directory, chosen)


def ask_profile(
    parent: QWidget, chosen: Callable[[Sequence[Path]], None]
) -> QFileDialog:
    """Ask for the file of a monitor's profile."""
    return _ask(
        parent, "Monitor profile", "", QFileDialog.FileMode.ExistingFile, chosen
    )


def resize_to_text(dialog: QDialog, text: QWidget, letters: int, lines: int) -> None:
    """Make a dialog as wide and high as so much text, as far as the screen has room.

    `text` is the widget in whose letters that is counted.
    """
    metrics = text.fontMetrics()
    size = QSize(metrics.averageCharWidth() * letters, metrics.lineSpacing() * lines)
    room = dialog.screen().availableSize() * _PART_OF_SCREEN
    dialog.resize(size.boundedTo(room))


class FaultDialog(QDialog):
    """Tells of a bug once, with the report to copy."""

    def __init__(self, fault: Fault, parent: QWidget | None = None) -> None:
        """Lay out the dialog for one fault."""
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("An internal error")
        words = QLabel(
            "Something in the program went wrong. The slides are not touched, and you "
            "can go on. The report holds no file names and nothing of the patient."
        )
        words.setWordWrap(True)
        where = QLabel(f"It is also in {fault.log}" if fault.log else "")
        where.setWordWrap(True)
        where.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.report = QPlainTextEdit(fault.report)
        self.report.setReadOnly(True)
        self.report.setTabChangesFocus(True)
        self.report.setAccessibleName("Report")
        self.report.setToolTip("What went wrong, for whoever mends it")
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        self.copy = buttons.addButton(
            "Copy report", QDialogButtonBox.ButtonRole.ActionRole
        )
        self.copy.setToolTip("Put the report on the clipboard")
        self.copy.clicked.connect(self._copy)
        close = buttons.button(QDialogButtonBox.StandardButton.Close)
        close.setToolTip("Close this window (Esc)")
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        for widget in (words, self.report, where, buttons):
            layout.addWidget(widget)
        resize_to_text(self, self.report, 90, 26)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.report.toPlainText())


def _ask(
    parent: QWidget,
    title: str,
    folder: str,
    mode: QFileDialog.FileMode,
    chosen: Callable[[Sequence[Path]], None],
) -> QFileDialog:
    dialog = QFileDialog(parent, title, folder)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.setFileMode(mode)
    if mode == QFileDialog.FileMode.Directory:
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
    dialog.filesSelected.connect(
        lambda names: chosen([Path(name) for name in names])  # pyright: ignore[reportUnknownLambdaType, reportUnknownArgumentType, reportUnknownVariableType] - stubs: signals are untyped
    )
    # Qt writes as the dialog goes: folders must not outlive what the user lets the
    # program remember, and are no business of other programs.
    dialog.destroyed.connect(partial(_put_back, _noted()))
    dialog.open()
    return dialog


def _qt_settings() -> QSettings:
    return QSettings(QSettings.Scope.UserScope, "QtProject")


def _noted() -> Mapping[str, object]:
    settings = _qt_settings()
    return {key: settings.value(key) for key in _NOTED if settings.contains(key)}


def _put_back(noted: Mapping[str, object], _dialog: object = None) -> None:
    settings = _qt_settings()
    for key in _NOTED:
        if key in noted:
            settings.setValue(key, noted[key])
        else:
            settings.remove(key)
