"""The attributes of the slide's files, as a tree that can be searched and copied."""

import re
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import ClassVar, Final

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QLabel,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from viewer.panels.attribute_copy import Clipboard
from viewer.panels.attribute_model import AttributeModel
from viewer.panels.attribute_tree import AttributeTree
from viewer.panels.finder import Finder
from viewer.panels.instance_chooser import (
    InstanceChooser,
    instances_of,
    level_with_file,
)
from viewer.panels.panel import Panel
from viewer.panels.value_view import PlainLine, ValueView
from viewer.qt.tasks import Task, run
from viewer.slide.errors import SlideError
from viewer.slide.metadata import Attribute
from viewer.slide.model import Slide, TileKey

SETTLE_MILLISECONDS: Final = 200
"""How long a level must stay on screen before its file is read."""

PER_FRAME: Final = "PerFrameFunctionalGroupsSequence"
NO_FRAME: Final = "No frame is stored for the place clicked."
MANY_FRAMES: Final = "Computed from many frames: zoom in to click on one of them."


class MetadataPanel(Panel):
    """The attribute tree of one of the slide's files.

    Invariant: the tree is that of `_shown`, or empty while that file is read. `_path`
    is what is to be the current row then. Nothing is read while the panel is hidden.
    """

    title: ClassVar[str] = "Metadata"

    left = Signal()
    """The user is done here: the focus may go back to the picture."""

    def __init__(self, parent: QWidget | None = None) -> None:
        """Start without a slide."""
        super().__init__(parent)
        self._slide: Slide | None = None
        self._level = 0
        self._shown: Path | None = None
        self._path = ""
        self._task: Task | None = None
        self.chooser = InstanceChooser()
        self.file = PlainLine()
        self.file.setAccessibleName("File")
        self.sentence = _sentence()
        self.note = PlainLine()
        self.note.setAccessibleName("News about the metadata")
        self.model = AttributeModel(self)
        self.tree = AttributeTree(self.model)
        self.tree.setAccessibleName("Attributes")
        self.finder = Finder(self)
        self.value = ValueView()
        self.clipboard = Clipboard(self)
        self._lay_out()
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(SETTLE_MILLISECONDS)
        self._settle.timeout.connect(self._follow)
        self._connect()
        self.show_slide(None)

    def show_slide(self, slide: Slide | None) -> None:
        """Read the attributes of another slide's finest level in the background."""
        self._slide = slide
        self._level = 0
        self._clear()
        self._path = ""
        self._say("")
        self.chooser.show_instances([] if slide is None else instances_of(slide))
        if slide is None:
            self.finder.clear()
            self._tell("No slide is open.")
        self._catch_up()

    def show_level(self, level: int) -> None:
        """Read the file of another level, once the view has settled on it."""
        if level == self._level:
            return
        self._level = level
        if self.isVisible() and self.chooser.is_following:
            self._settle.start()

    def show_tile(self, tile: TileKey) -> None:
        """Go to the attributes of the frame that was clicked on, where it has some."""
        slide = self._slide
        if slide is None or not self.isVisible():
            return
        frame = slide.frame_at(tile)
        if frame is None:
            is_stored = slide.levels[tile.level].stored
            self._say(NO_FRAME if is_stored else MANY_FRAMES)
            return
        self._say(f"Frame {frame.frame:,} of {frame.file.name}")
        if self.chooser.is_following:
            self._settle.stop()
            self.chooser.choose(frame.file)
        if frame.file == self._shown:
            self._path = f"{PER_FRAME}[{frame.frame - 1}]"
            self._reveal()

    def is_ready(self) -> bool:
        """Whether the tree of the shown level is there."""
        waiting = self._settle.isActive() or self.tree.is_on_its_way
        return self._task is None and not waiting and not self.finder.is_busy

    def start_finding(self) -> None:
        """Let the user type what to look for."""
        self.finder.bar.field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.finder.bar.field.selectAll()

    def find_next(self, step: int) -> None:
        """Go to the next match, or by -1 to the previous."""
        self.finder.step(step)

    def showEvent(self, event: QShowEvent) -> None:
        """Read what there was no need for while the panel was hidden."""
        super().showEvent(event)
        self._catch_up()

    def sizeHint(self) -> QSize:
        """Return a width that holds names and short values."""
        return QSize(440, 420)

    def _catch_up(self) -> None:
        if self._shown is None or self.chooser.is_following:
            self._follow()

    def _follow(self) -> None:
        slide = self._slide
        if slide is not None and self.isVisible():
            level = level_with_file(slide, self._level)
            if level is not None:
                self.chooser.choose_level(level)

    def _read(self, file: Path) -> None:
        slide = self._slide
        if slide is None or file == self._shown:
            return
        current = self.tree.current()
        if current is not None and not current.path.startswith(PER_FRAME):
            self._path = current.path
        self._clear()
        self._shown = file
        self.file.show_text(file.name)
        self.file.setToolTip(str(file))
        self._task = run(partial(_read, slide, file), self._show, self._fail)

    def _clear(self) -> None:
        """Show no file and want none."""
        self._settle.stop()
        if self._task is not None:
            self._task.abandon()
            self._task = None
        self._shown = None
        self.tree.stay()
        self.clipboard.stop()
        self.model.show(())
        self.finder.show(())
        self.value.show_attribute(None)
        self.file.show_text("")
        self._tell("")

    def _show(self, attributes: Sequence[Attribute]) -> None:
        self._task = None
        self.model.show(attributes)
        self.finder.show(attributes)
        self._reveal()

    def _fail(self, error: Exception) -> None:
        self._task = None
        self._tell(str(error))
        if not isinstance(error, SlideError):
            self._tell("An internal error: no attributes can be shown.")
            raise error

    def _reveal(self) -> None:
        if self._task is None and self._path:
            # What is known of a frame lies in sequences of one item each.
            self.tree.reveal(self._path, whole=self._path.startswith(PER_FRAME))
            self._path = ""

    def _tell(self, sentence: str) -> None:
        self.sentence.setText(_LONG_WORD.sub(_breakable, sentence))
        self.sentence.setVisible(bool(sentence))

    def _say(self, note: str) -> None:
        self.note.show_text(note)
        self.note.setVisible(bool(note))

    def _switch(self, searching: bool) -> None:
        if not searching and self.finder.last_path:
            self.tree.reveal(self.finder.last_path)
        shown = self.finder.results if searching else self.tree
        self._trees.setCurrentWidget(shown)
        self.value.show_attribute(shown.current())

    def _pick(self, tree: AttributeTree, attribute: Attribute | None) -> None:
        if self._trees.currentWidget() is tree:
            self.value.show_attribute(attribute)

    def _leave(self) -> None:
        self.finder.clear()
        self.left.emit()

    def _lay_out(self) -> None:
        self._trees = QStackedWidget()
        self._trees.addWidget(self.tree)
        self._trees.addWidget(self.finder.results)
        parts = QSplitter(Qt.Orientation.Vertical)
        parts.addWidget(self._trees)
        parts.addWidget(self.value)
        parts.setStretchFactor(0, 1)
        parts.setCollapsible(0, False)  # noqa: FBT003 Qt's own signature
        layout = QVBoxLayout(self)
        for part in (
            self.chooser,
            self.file,
            self.finder.bar,
            self.sentence,
            self.note,
        ):
            layout.addWidget(part)
        layout.addWidget(parts, 1)

    def _connect(self) -> None:
        self.chooser.chosen.connect(self._read)
        self.chooser.follow_wanted.connect(self._follow)
        self.clipboard.told.connect(self._say)
        self.finder.switched.connect(self._switch)
        self.finder.bar.field.left.connect(self._leave)
        self.finder.bar.field.down.connect(self._go_down)
        for tree in (self.tree, self.finder.results):
            tree.picked.connect(partial(self._pick, tree))
            tree.copy_wanted.connect(self.clipboard.copy)
            tree.left.connect(self._leave)
        self.tree.share_widths(self.finder.results)
        self.finder.results.share_widths(self.tree)

    def _go_down(self) -> None:
        tree = self.finder.results if self.finder.is_on else self.tree
        tree.setFocus(Qt.FocusReason.ShortcutFocusReason)


_LONG_WORD: Final = re.compile(r"\S{30,}")


def _breakable(word: "re.Match[str]") -> str:
    """Let a long word, such as the name of a file, go on in the next line."""
    return re.sub(r"[^0-9A-Za-z]", "\\g<0>\N{ZERO WIDTH SPACE}", word.group())


def _sentence() -> QLabel:
    label = QLabel()
    label.setWordWrap(True)
    label.setMinimumWidth(1)  # no file's name makes the panel wider
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setAccessibleName("What there is to say about the metadata")
    return label


def _read(slide: Slide, file: Path) -> Sequence[Attribute]:
    """Return the top-level attributes of a file. Worker thread; raises SlideError."""
    return slide.metadata(file).children()
