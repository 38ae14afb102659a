"""The slides that are open, by name; a click shows one."""

from collections import Counter
from collections.abc import Sequence
from typing import ClassVar

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from viewer.panels.panel import Panel
from viewer.slide.model import Slide


class SlidesPanel(Panel):
    """A list with one row a slide; the current row is the one on screen."""

    title: ClassVar[str] = "Slides"
    chosen = Signal(object)  # Slide, by whatever means
    picked = Signal()  # after it, by a click or Enter: the list has done its part

    def __init__(self, parent: QWidget | None = None) -> None:
        """Start empty."""
        super().__init__(parent)
        self._slides: tuple[Slide, ...] = ()
        self.list = QListWidget()
        self.list.setAccessibleName("Open slides")
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.currentRowChanged.connect(self._choose)
        self.list.clicked.connect(self._pick)
        self.list.activated.connect(self._pick)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.list)

    def show_slides(self, slides: Sequence[Slide]) -> None:
        """Replace the list; nothing is chosen by that."""
        self._slides = tuple(slides)
        self.list.blockSignals(True)  # noqa: FBT003 Qt's own signature
        self.list.clear()
        count = Counter(slide.name for slide in slides)
        for slide in slides:
            is_alone = count[slide.name] == 1
            text = slide.name if is_alone else f"{slide.name}\n{_place(slide)}"
            item = QListWidgetItem(text, self.list)
            item.setToolTip(str(slide.levels[0].file or slide.name))
        self.list.blockSignals(False)  # noqa: FBT003

    def show_slide(self, slide: Slide | None) -> None:
        """Mark the row of the slide on screen."""
        row = next((i for i, each in enumerate(self._slides) if each is slide), -1)
        if row != self.list.currentRow():
            self.list.blockSignals(True)  # noqa: FBT003
            self.list.setCurrentRow(row)
            self.list.blockSignals(False)  # noqa: FBT003

    def sizeHint(self) -> QSize:
        """Return a narrow column."""
        return QSize(200, 300)

    def _choose(self, row: int) -> None:
        if 0 <= row < len(self._slides):
            self.chosen.emit(self._slides[row])

    def _pick(self) -> None:
        self.picked.emit()


def _place(slide: Slide) -> str:
    """Return what tells a slide from others of its name: where it is."""
    file = slide.levels[0].file
    return "" if file is None else "/".join(file.parts[-2:])
