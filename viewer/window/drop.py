"""Dropping files and folders onto the window."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from PySide6.QtCore import QEvent, QMimeData, QObject, QRect, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QDragMoveEvent,
    QDropEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QWidget

INSET = 14
"""Pixels between the window's edge and the frame of the target."""


class Dropped(NamedTuple):
    """What was dropped: local paths, and the addresses that are none."""

    paths: tuple[Path, ...]
    refused: tuple[str, ...]


def dropped(mime: QMimeData) -> Dropped:
    """Sort the addresses of a drop; no file is looked at."""
    urls = mime.urls() if mime.hasUrls() else []
    local = dict.fromkeys(Path(url.toLocalFile()) for url in urls if url.isLocalFile())
    refused = tuple(url.scheme() for url in urls if not url.isLocalFile())
    return Dropped(tuple(local), refused)


def refusal(refused: Sequence[str]) -> str:
    """Return the sentence for addresses that are not local files."""
    kinds = ", ".join(sorted({scheme or "unknown" for scheme in refused}))
    what = "An address" if len(refused) == 1 else f"{len(refused)} addresses"
    return (
        f"{what} ({kinds}) cannot be opened: only files and folders on this computer."
    )


class DropTarget(QWidget):
    """Takes drops for a whole window and shows, above it, what a drop would do.

    It covers the window and is visible only while something is dragged over it; the
    mouse goes through it, the drag events come from the window by an event filter.
    Invariant: nothing in the window takes drops for itself.
    """

    accepted = Signal(object)  # Dropped

    def __init__(self, window: QWidget) -> None:
        """Cover `window`, which has all its parts, and watch what is dragged over it.

        A part that takes drops, as graphics views and text fields do by themselves,
        would keep them from the window even where it has no use for them.
        """
        super().__init__(window)
        self._window = window
        self.text = ""
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAccessibleName("Drop target")
        self.hide()
        for part in window.findChildren(QWidget):
            part.setAcceptDrops(False)
        window.setAcceptDrops(True)
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Answer the window's drag events and follow its size."""
        kind = event.type()
        if kind == QEvent.Type.Resize:
            self.setGeometry(self._window.rect())
        elif kind == QEvent.Type.DragLeave:
            self.hide()
        elif isinstance(event, QDropEvent):  # enter, move and drop
            return self._answer(event)
        return super().eventFilter(watched, event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw a translucent ground, a frame and the words."""
        del event
        palette = self.palette()
        accent, text = palette.highlight().color(), palette.highlightedText().color()
        veil = QColor(accent)
        veil.setAlpha(70)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), veil)
        painter.setPen(QPen(accent, 3, Qt.PenStyle.DashLine))
        frame = self.rect().adjusted(INSET, INSET, -INSET, -INSET)
        painter.drawRoundedRect(frame, 10, 10)
        self._paint_words(painter, accent, text)
        painter.end()

    def _paint_words(self, painter: QPainter, ground: QColor, text: QColor) -> None:
        font = self.font()
        font.setPointSizeF(font.pointSizeF() * 1.6)
        painter.setFont(font)
        words = painter.fontMetrics().boundingRect(self.text)
        plate = QRect(0, 0, words.width() + 64, words.height() + 36)
        plate.moveCenter(self.rect().center())
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ground)
        painter.drawRoundedRect(plate, 10, 10)
        painter.setPen(text)
        painter.drawText(plate, Qt.AlignmentFlag.AlignCenter, self.text)

    def _answer(self, event: QDropEvent) -> bool:
        if not event.mimeData().hasUrls():
            self.hide()  # a source that went away before the drop has nothing to give
            event.ignore()
            return True
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
        if isinstance(event, QDragMoveEvent):  # enter and move, in PySide's tree
            self._show(dropped(event.mimeData()))
        else:
            self.hide()
            self.accepted.emit(dropped(event.mimeData()))
        return True

    def _show(self, items: Dropped) -> None:
        count = len(items.paths)
        self.text = f"Open {count} item{'' if count == 1 else 's'}"
        if not count:
            self.text = "Only files and folders on this computer"
        self.setGeometry(self._window.rect())
        self.raise_()
        self.show()
        self.update()
