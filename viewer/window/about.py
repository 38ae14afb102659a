"""Help > About: what the program is, and all that it is made of."""

import platform

from PySide6.QtCore import Qt, qVersion
from PySide6.QtGui import QFontDatabase, QGuiApplication
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from viewer import __version__
from viewer.qt.resources import application_icon
from viewer.qt.tasks import run
from viewer.window.dialogs import resize_to_text


def versions() -> str:
    """Return the report, a line for each part. Not for the GUI thread: it imports."""
    from viewer.codecs.versions import codec_versions, library_version

    return "\n".join(
        [
            f"Coverslip {__version__}",
            f"Python {platform.python_version()} on {platform.platform()}",
            f"Qt {qVersion()} ({QGuiApplication.platformName() or 'no window'})",
            library_version("PySide6-Essentials"),
            library_version("numpy"),
            library_version("pydicom"),
            library_version("tifffile"),
            library_version("pylibjpeg"),
            library_version("pylibjpeg-rle"),
            library_version("platformdirs"),
            library_version("defusedxml"),
            library_version("jinja2"),
            library_version("openslide-python"),
            library_version("openslide-bin"),
            *codec_versions(),
        ]
    )


class AboutDialog(QDialog):
    """The name, what it is not for, the license, and the versions to copy."""

    def __init__(self, parent: QWidget | None = None) -> None:
        """Show the dialog's words; the versions come as soon as they are known."""
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("About Coverslip")
        self.report = QPlainTextEdit("Looking …")
        self.report.setReadOnly(True)
        self.report.setTabChangesFocus(True)
        self.report.setAccessibleName("Versions")
        self.report.setToolTip("What a report of a problem should name")
        self.report.setFont(
            QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        )
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        close = buttons.button(QDialogButtonBox.StandardButton.Close)
        close.setToolTip("Close this window (Esc)")
        self.copy = buttons.addButton(
            "&Copy versions", QDialogButtonBox.ButtonRole.ActionRole
        )
        self.copy.setToolTip("Put the versions on the clipboard, for a report")
        self.copy.setEnabled(False)
        self.copy.clicked.connect(self._copy)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addLayout(_head())
        layout.addWidget(self.report, 1)
        layout.addWidget(buttons)
        resize_to_text(self, self.report, 78, 28)
        close.setFocus()
        self._task = run(versions, self._show_versions, self._show_failure)
        self.finished.connect(self._task.abandon)
        # A window that goes with its parent is never finished.
        self.destroyed.connect(self._task.abandon)

    def _show_versions(self, report: str) -> None:
        self.report.setPlainText(report)
        self.copy.setEnabled(True)

    def _show_failure(self, error: Exception) -> None:
        self.report.setPlainText(f"The versions cannot be told ({error}).")

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.report.toPlainText())


def _head() -> QHBoxLayout:
    icon = QLabel()
    icon.setPixmap(application_icon().pixmap(64, 64))
    icon.setAlignment(Qt.AlignmentFlag.AlignTop)
    title = QLabel(f"<b>Coverslip {__version__}</b>")
    font = title.font()
    font.setPointSizeF(font.pointSizeF() * 1.3)
    title.setFont(font)
    words = QLabel(
        "A viewer for whole-slide images, and a judge of whether two of them are the "
        "same slide.\n\nNot for primary diagnosis.\n\n"
        "Free software under the Apache License 2.0."
    )
    words.setWordWrap(True)
    words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    texts = QVBoxLayout()
    texts.addWidget(title)
    texts.addWidget(words)
    head = QHBoxLayout()
    head.setSpacing(16)
    head.addWidget(icon)
    head.addLayout(texts, 1)
    return head
