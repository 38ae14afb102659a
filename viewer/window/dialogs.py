"""The window's dialogs; none of them blocks it."""

import platform
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QLabel,
    QMessageBox,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from viewer import __version__
from viewer.qt.resources import application_icon
from viewer.window.faults import Fault

LIBRARIES: Final = (
    "PySide6-Essentials",
    "numpy",
    "pydicom",
    "simplejpeg",
    "imagecodecs",
    "pylibjpeg-openjpeg",
    "pillow",
    "tifffile",
)
"""What a report of a problem should name, by distribution."""


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


def show_about(parent: QWidget) -> QMessageBox:
    """Show what the program is and what it is made of."""
    box = QMessageBox(parent)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.setWindowTitle("About Coverslip")
    box.setIconPixmap(application_icon().pixmap(64, 64))
    box.setText(f"<b>Coverslip {__version__}</b><br>A viewer for whole-slide images.")
    box.setInformativeText("Not for primary diagnosis.\n\n" + "\n".join(_versions()))
    box.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    box.open()
    return box


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
        self.report.setAccessibleName("Report")
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        self.copy = buttons.addButton(
            "Copy report", QDialogButtonBox.ButtonRole.ActionRole
        )
        self.copy.clicked.connect(self._copy)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        for widget in (words, self.report, where, buttons):
            layout.addWidget(widget)
        self.resize(640, 360)

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
    dialog.open()
    return dialog


def _versions() -> list[str]:
    from importlib.metadata import PackageNotFoundError, version

    lines = [f"Python {platform.python_version()} on {platform.platform()}"]
    for name in LIBRARIES:
        try:
            lines.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            lines.append(f"{name} is not installed")
    return lines
