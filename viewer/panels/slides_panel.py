"""The tray: the slides that are open, with their pictures; a click shows one."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import ClassVar, Final

from PySide6.QtCore import QEvent, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QIcon,
    QImage,
    QPainter,
    QPalette,
    QPixmap,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import (
    QListView,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from viewer.panels.panel import Panel
from viewer.panels.thumbnails import Thumbnails
from viewer.slide.model import Slide

_PICTURE: Final = (40, 2.2)  # a picture's height: pixels, and lines of text besides
_SHARE: Final = 0.45  # of the list's width at most, for the names need room too
_LETTERS: Final = 11  # so narrow the list may become
_MARGIN: Final = 4
_FIRST_MILLISECONDS: Final = 150  # the slide on screen begins before the pictures
_WORDS: Final = ("Stain", "Description")
"""Headings of `Slide.label_texts`, of which the first there is tells slides apart."""


class SlidesPanel(Panel):
    """A list with one row a slide; the current row is the one on screen.

    Pictures are made in the background while the list is visible, those in view first.
    """

    title: ClassVar[str] = "Slides"
    chosen = Signal(object)  # Slide, by whatever means
    picked = Signal()  # after it, by a click or Enter: the list has done its part

    def __init__(self, parent: QWidget | None = None) -> None:
        """Start empty."""
        super().__init__(parent)
        self._slides: tuple[Slide, ...] = ()
        self.thumbnails = Thumbnails(self)
        self.thumbnails.made.connect(self._show_made)
        self.list = QListWidget()
        self.list.setAccessibleName("Open slides")
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.list.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.list.currentRowChanged.connect(self._choose)
        self.list.clicked.connect(self._pick)
        self.list.activated.connect(self._pick)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_FIRST_MILLISECONDS)
        self._pause.timeout.connect(self._settle)
        self.list.verticalScrollBar().valueChanged.connect(self._make_next)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.list)
        self._scale()

    def show_slides(self, slides: Sequence[Slide]) -> None:
        """Replace the list; nothing is chosen by that."""
        self._slides = tuple(slides)
        self.thumbnails.reading_of = self.reading_of
        self.thumbnails.keep(slides)
        self.list.blockSignals(True)  # noqa: FBT003 Qt's own signature
        self.list.clear()
        places = _places(slides)
        for slide in slides:
            lines = _lines(slide, places.get(slide.serial, ""))
            item = QListWidgetItem("\n".join(lines), self.list)
            item.setToolTip(_tip(slide))
            item.setSizeHint(self._row_size())
            self._decorate(item, slide)
        self.list.blockSignals(False)  # noqa: FBT003
        self._pause.start()

    def show_slide(self, slide: Slide | None) -> None:
        """Mark the row of the slide on screen; None ends the making of pictures."""
        if slide is None:
            self.thumbnails.keep(())
        row = next((i for i, each in enumerate(self._slides) if each is slide), -1)
        if row != self.list.currentRow():
            self.list.blockSignals(True)  # noqa: FBT003
            self.list.setCurrentRow(row)
            self.list.blockSignals(False)  # noqa: FBT003

    def set_color_managed(self, managed: bool) -> None:
        """Draw the pictures with their profiles, or as stored."""
        self.thumbnails.set_color_managed(managed)

    def set_color_target(self, target: bytes | None) -> None:
        """Draw the pictures for a display of this profile."""
        self.thumbnails.set_color_target(target)

    def renew_reading(self, slide: Slide) -> None:
        """Make a slide's picture again, in the other reading."""
        self.thumbnails.forget(slide.serial)
        self._pause.start()

    def is_ready(self) -> bool:
        """Whether every picture in view is there."""
        if not self.list.isVisible():
            return True
        return all(self.thumbnails.is_over(serial) for serial in self._in_view())

    def sizeHint(self) -> QSize:
        """Return a narrow column."""
        return QSize(230, 300)

    def minimumSizeHint(self) -> QSize:
        """Return a width at which something of picture and name can be seen."""
        letters = self.fontMetrics().averageCharWidth() * _LETTERS
        bar = self.list.verticalScrollBar().sizeHint().width()
        return QSize(letters + bar, 2 * self._row_size().height())

    def showEvent(self, event: QShowEvent) -> None:
        """Make the pictures that nobody saw before."""
        super().showEvent(event)
        self._pause.start()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Other rows are in view now."""
        super().resizeEvent(event)
        self._pause.start()

    def event(self, event: QEvent) -> bool:
        """Follow the screen's pixel ratio."""
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            self._scale()
        return super().event(event)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the size of the text."""
        super().changeEvent(event)
        if event.type() in {QEvent.Type.FontChange, QEvent.Type.PaletteChange}:
            self._scale()

    def _settle(self) -> None:
        """Follow the width, and make what is in view now."""
        if self.list.iconSize() != self._picture_size():
            self._scale()
        self._make_next()

    def _scale(self) -> None:
        self.list.setIconSize(self._picture_size())
        self.updateGeometry()
        for row, slide in enumerate(self._slides):
            item = self.list.item(row)
            item.setSizeHint(self._row_size())
            self._decorate(item, slide)

    def _picture_size(self) -> QSize:
        pixels, lines = _PICTURE
        height = pixels + round(lines * self.fontMetrics().lineSpacing())
        room = round(_SHARE * self.list.viewport().width())
        return QSize(max(1, min(height * 5 // 4, room)), height)

    def _row_size(self) -> QSize:
        """Return a size no wider than the list, so that long names are elided."""
        picture = self._picture_size()
        return QSize(picture.width(), picture.height() + 2 * _MARGIN)

    def _decorate(self, item: QListWidgetItem, slide: Slide) -> None:
        """Give a row its picture, or what stands in for it."""
        drawn = self.thumbnails.picture(slide.serial)
        failure = self.thumbnails.failure(slide.serial)
        if drawn is not None:
            item.setIcon(self._icon(drawn.image))
        elif failure:
            item.setIcon(self._warning())
        else:
            blank = QPixmap(self._picture_size())
            blank.fill(self.palette().color(QPalette.ColorRole.AlternateBase))
            item.setIcon(QIcon(blank))
        complaint = failure if drawn is None else drawn.complaint
        item.setToolTip("\n".join(part for part in (_tip(slide), complaint) if part))

    def _warning(self) -> QIcon:
        from PySide6.QtWidgets import QStyle  # late: its enums slow the start

        return self.style().standardIcon(QStyle.StandardPixmap.SP_MessageBoxWarning)

    def _icon(self, image: QImage) -> QIcon:
        """Return a picture in the middle of its place; selected, it looks the same."""
        ratio = self.devicePixelRatioF()
        place = self._picture_size() * ratio
        canvas = QPixmap(place)
        canvas.fill(Qt.GlobalColor.transparent)
        shown = image.scaled(
            place,
            Qt.AspectRatioMode.KeepAspectRatio,
            Qt.TransformationMode.SmoothTransformation,
        )
        painter = QPainter(canvas)
        rest = place - shown.size()
        painter.drawImage(rest.width() // 2, rest.height() // 2, shown)
        painter.end()
        canvas.setDevicePixelRatio(ratio)
        icon = QIcon(canvas)
        icon.addPixmap(canvas, QIcon.Mode.Selected)
        return icon

    def _show_made(self, serial: int) -> None:
        for row, slide in enumerate(self._slides):
            if slide.serial == serial:
                self._decorate(self.list.item(row), slide)
        self._make_next()

    def _make_next(self) -> None:
        if self.list.isVisible():
            every = (slide.serial for slide in self._slides)
            self.thumbnails.make_first([*self._in_view(), *every])

    def _in_view(self) -> Iterator[int]:
        """Give the serials of the slides whose rows can be seen, from the top."""
        height = self.list.viewport().height()
        for row, slide in enumerate(self._slides):
            area = self.list.visualItemRect(self.list.item(row))
            if area.top() >= height:
                return
            if area.bottom() >= 0:
                yield slide.serial

    def _choose(self, row: int) -> None:
        if 0 <= row < len(self._slides):
            self.chosen.emit(self._slides[row])

    def _pick(self) -> None:
        self.picked.emit()


def _lines(slide: Slide, place: str) -> list[str]:
    """Return a slide's name and what tells it from others, a line each."""
    words = dict(reversed(slide.label_texts))
    more = next((words[each] for each in _WORDS if words.get(each)), "")
    lines = [slide.name, place, " ".join(more.split())]
    return [line for line in lines if line]


def _places(slides: Sequence[Slide]) -> dict[int, str]:
    """Return, by their serials, what tells slides from others of their name.

    The name of the file, or of the nearest folder that is another for each of them.
    """
    namesakes: dict[str, list[tuple[int, Sequence[str]]]] = defaultdict(list)
    for slide in slides:
        file = slide.levels[0].file
        if file is not None:
            namesakes[slide.name].append((slide.serial, file.parts[::-1]))
    return {
        serial: place
        for group in namesakes.values()
        if len(group) > 1
        for (serial, _), place in zip(
            group, _telling([parts for _, parts in group]), strict=True
        )
    }


def _telling(paths: Sequence[Sequence[str]]) -> Sequence[str]:
    """Return the part that differs, of paths given from their ends on."""
    for parts in zip(*paths, strict=False):
        if len(set(parts)) == len(paths):
            return parts
    return ["/".join(path[1::-1]) for path in paths]


def _tip(slide: Slide) -> str:
    size = slide.levels[0].size
    place = str(slide.levels[0].file or slide.name)
    times = "\N{MULTIPLICATION SIGN}"
    return f"{place}\n{size.width:,} {times} {size.height:,} pixels"
