"""What the window shows before the first slide."""

from PySide6.QtCore import Qt, Signal, SignalInstance
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from viewer.qt.resources import application_icon
from viewer.window.recent import Recent
from viewer.window.recent_list import RecentList

ICON_SIZE = 96


class StartPage(QWidget):
    """A hint in the middle, three buttons that do what it says, and recent files."""

    files_wanted = Signal()
    folder_wanted = Signal()
    demo_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        """Lay out the page."""
        super().__init__(parent)
        picture = QLabel()
        picture.setPixmap(application_icon().pixmap(ICON_SIZE, ICON_SIZE))
        picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        hint = QLabel("Drop slides or a folder here, or press Ctrl+O")
        font = hint.font()
        font.setPointSizeF(font.pointSizeF() * 1.4)
        hint.setFont(font)
        hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        note = QLabel("Not for primary diagnosis")
        note.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        note.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.files = QPushButton("&Open files …")
        self.files.setToolTip("Open one or several files (Ctrl+O)")
        self.folder = QPushButton("Open fol&der …")
        self.folder.setToolTip("Open every slide in a folder (Ctrl+Shift+O)")
        self.demo = QPushButton("De&mo slide")
        self.demo.setToolTip("Open a slide that the program draws itself")
        self.files.clicked.connect(self.files_wanted)
        self.folder.clicked.connect(self.folder_wanted)
        self.demo.clicked.connect(self.demo_wanted)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        for button in (self.files, self.folder, self.demo):
            buttons.addWidget(button)
        buttons.addStretch(1)
        self._layout = layout = QVBoxLayout(self)
        layout.setSpacing(18)
        layout.addStretch(2)
        layout.addWidget(picture)
        layout.addWidget(hint)
        layout.addLayout(buttons)
        layout.addWidget(note)
        layout.addStretch(3)
        self._recent_row = layout.indexOf(note)
        self.setFocusProxy(self.files)

    def show_recent(self, recent: Recent) -> SignalInstance:
        """Show recent files below the buttons; return what tells of the chosen one."""
        self.recent = RecentList(recent)
        centered = QHBoxLayout()
        centered.addStretch(1)
        centered.addWidget(self.recent)
        centered.addStretch(1)
        self._layout.insertLayout(self._recent_row, centered)
        return self.recent.chosen
