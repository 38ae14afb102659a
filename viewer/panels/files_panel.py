"""The files of an opening: which of them make the slide, what was left out, and why."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import ClassVar, Final

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from viewer.formats import Ignored, is_unpacked, shown_path
from viewer.panels.outline_model import Entry, OutlineModel
from viewer.panels.outline_view import OutlineView
from viewer.panels.panel import Panel
from viewer.slide.files import FileRole
from viewer.slide.model import Slide
from viewer.slide.warnings import SlideWarning

COLUMNS: Final = ("File", "Role", "Warnings", "Picture", "Stored as", "Why")
SIGN: Final = "\N{WARNING SIGN}"


class FilesPanel(Panel):
    """One row a file, with the warnings about it below.

    What was left out comes after the slide's own files: first what concerns this slide.
    """

    title: ClassVar[str] = "Files"

    def __init__(self, parent: QWidget | None = None) -> None:
        """Start without a slide."""
        super().__init__(parent)
        self._slide: Slide | None = None
        self._ignored: Sequence[Ignored] = ()
        self._warnings = 0
        self.model = OutlineModel(COLUMNS, self)
        self.outline = OutlineView(self.model, "Files")
        self.outline.size_columns(34, 10, 10, 20, 22, 40)
        self.outline.moved.connect(self._follow)
        self.copy = QPushButton("&Copy row")
        self.copy.setToolTip("Copy the row as text (Ctrl+C)")
        self.copy.clicked.connect(self.outline.copying.trigger)
        self.folder = QPushButton("Show in &folder")
        self.folder.setToolTip("Open the folder of the file in the file manager")
        self.folder.clicked.connect(self._open_folder)
        self.outline.add_button(self.copy)
        self.outline.add_button(self.folder)
        layout = QVBoxLayout(self)
        layout.addWidget(self.outline, 1)
        self._list()

    def show_slide(self, slide: Slide | None) -> None:
        """List the files of another slide; None lists nothing."""
        self._slide = slide
        self._list()

    def show_left_out(self, ignored: Sequence[Ignored]) -> None:
        """Take what was left out of the opening that the slide came with."""
        self._ignored = tuple(ignored)
        self._list()

    def show_warnings(self) -> None:
        """Bring the warnings up to date: reading finds more of them."""
        if self._slide is not None and len(self._slide.warnings) != self._warnings:
            current = self.outline.current()
            self._list()
            if current is not None:
                self.outline.go_to(self.model.find(current))

    def show_file(self, path: Path) -> None:
        """Make the row of a file current, and open what is below it."""
        index = self.model.find(path)
        self.outline.go_to(index)
        self.outline.tree.expand(index)

    def _list(self) -> None:
        slide = self._slide
        warnings = () if slide is None else slide.warnings
        self._warnings = len(warnings)
        self.model.show([] if slide is None else self._groups(slide, warnings))
        self._follow(None)

    def _groups(self, slide: Slide, warnings: Sequence[SlideWarning]) -> list[Entry]:
        about: dict[Path | None, list[SlideWarning]] = defaultdict(list)
        for warning in warnings:
            about[warning.file].append(warning)
        own = {file.path for file in slide.files}
        near = [each for each in self._ignored if not own.isdisjoint(each.concerns)]
        far = [each for each in self._ignored if own.isdisjoint(each.concerns)]
        groups = {
            "Files of this slide": [_used(file, about) for file in slide.files],
            "Left out, and about this slide": [_left_out(each) for each in near],
            "Left out": [_left_out(each) for each in far],
        }
        return [
            Entry((f"{title} ({len(rows):,})",), None, rows)
            for title, rows in groups.items()
            if rows
        ]

    def _follow(self, subject: object) -> None:
        self.folder.setEnabled(isinstance(subject, Path) and not is_unpacked(subject))
        self.copy.setEnabled(self.outline.tree.currentIndex().isValid())

    def _open_folder(self) -> None:
        path = self.outline.current()
        if isinstance(path, Path):
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(path.parent.absolute())))


def _used(file: FileRole, about: Mapping[Path | None, Sequence[SlideWarning]]) -> Entry:
    from viewer.codecs import syntax_name  # not before a slide is there: it is slow

    warnings = about.get(file.path, ())
    cells = (
        file.path.name,
        file.role,
        f"{SIGN} {len(warnings)}" if warnings else "",
        ""
        if file.size is None
        else f"{file.size.width:,} x {file.size.height:,} pixels",
        syntax_name(file.transfer_syntax),
        file.reason,
    )
    below = [Entry((f"{SIGN} {each.message}",), file.path) for each in warnings]
    return Entry(
        cells, file.path, below, f"{shown_path(file.path)}\n{file.role}: {file.reason}"
    )


def _left_out(ignored: Ignored) -> Entry:
    cells = (ignored.path.name, "left out", "", "", "", ignored.reason)
    return Entry(
        cells, ignored.path, (), f"{shown_path(ignored.path)}\n{ignored.reason}"
    )
