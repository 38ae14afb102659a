"""Label, overview and thumbnail, one below the other."""

from collections.abc import Mapping
from typing import ClassVar, Final

from PySide6.QtCore import QSize
from PySide6.QtGui import QImage, QPalette
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from viewer.panels.panel import Panel
from viewer.qt.images import to_qimage
from viewer.qt.picture_view import PictureView
from viewer.qt.tasks import Task, run
from viewer.slide.errors import SlideError
from viewer.slide.look import Look
from viewer.slide.model import AssociatedImage, Slide

IMAGES: Final = (
    ("label", "Label"),
    ("overview", "Overview"),
    ("thumbnail", "Thumbnail"),
)
"""The keys of `Slide.associated`, in the order shown, and their headings."""


class ImagesPanel(Panel):
    """Shows the associated images as stored, or says that one is absent.

    Those that are there share the height; the others take one line.
    """

    title: ClassVar[str] = "Label and Overview"

    def __init__(self, parent: QWidget | None = None) -> None:
        """Start without a slide."""
        super().__init__(parent)
        layout = QVBoxLayout(self)
        self.pictures = {key: PicturePane(heading) for key, heading in IMAGES}
        for pane in self.pictures.values():
            layout.addWidget(pane)
        layout.addStretch(0)  # takes what no picture wants
        self.show_slide(None)

    def show_slide(self, slide: Slide | None) -> None:
        """Read the images of another slide in the background."""
        images: Mapping[str, AssociatedImage] = {}
        if slide is not None:
            images = slide.associated
        for key, pane in self.pictures.items():
            pane.setVisible(slide is not None)
            pane.show_image(images.get(key))

    def is_ready(self) -> bool:
        """Whether every image has been read."""
        return not any(pane.is_reading for pane in self.pictures.values())

    def sizeHint(self) -> QSize:
        """Return a width at which a label can be read."""
        return QSize(440, 420)


class PicturePane(QWidget):
    """One image under its heading, with a button that turns it.

    Either the picture is visible or the sentence that says why there is none.
    """

    def __init__(self, heading: str, parent: QWidget | None = None) -> None:
        """Start empty; the heading names the image."""
        super().__init__(parent)
        self._heading = heading
        self._task: Task | None = None
        self.sentence = QLabel()
        self.sentence.setWordWrap(True)
        self.sentence.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self.view = PictureView()
        self.view.setAccessibleName(heading)
        self.view.setToolTip("Wheel zooms, dragging moves, a double click shows all")
        self.turn = QToolButton()
        self.turn.setText("\N{CLOCKWISE OPEN CIRCLE ARROW}")
        self.turn.setAutoRaise(True)
        self.turn.setToolTip(f"Rotate the {heading.lower()} by 90°")
        self.turn.setAccessibleName(f"Rotate {heading.lower()}")
        self.turn.clicked.connect(self._rotate)
        row = QHBoxLayout()
        row.addWidget(QLabel(heading), 1)
        row.addWidget(self.turn)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addLayout(row)
        layout.addWidget(self.view, 1)
        layout.addWidget(self.sentence)

    @property
    def is_reading(self) -> bool:
        """Whether the image is on its way."""
        return self._task is not None

    def show_image(self, image: AssociatedImage | None) -> None:
        """Read an image in the background and show it; None says that it is absent."""
        if self._task is not None:
            self._task.abandon()
            self._task = None
        self.view.set_rotation(0)
        if image is None:
            self._say(f"This slide has no {self._heading.lower()} image.")
            return
        self._say("Reading …")
        self._task = run(lambda: _drawn(image), self._show, self._fail)

    def _show(self, image: QImage) -> None:
        self._task = None
        self.view.show_image(image)
        self._reveal(picture=True)

    def _fail(self, error: Exception) -> None:
        self._task = None
        self._say(str(error))
        if not isinstance(error, SlideError):
            self._say("An internal error: this image cannot be shown.")
            raise error

    def _say(self, sentence: str) -> None:
        self.view.show_image(None, sentence)
        self.sentence.setText(sentence)
        self._reveal(picture=False)

    def _reveal(self, *, picture: bool) -> None:
        self.view.setVisible(picture)
        self.turn.setVisible(picture)
        self.sentence.setVisible(not picture)
        policy = self.sizePolicy()
        grows = QSizePolicy.Policy.Expanding if picture else QSizePolicy.Policy.Maximum
        policy.setVerticalPolicy(grows)
        self.setSizePolicy(policy)

    def _rotate(self) -> None:
        self.view.set_rotation(self.view.rotation + 90)


def _drawn(image: AssociatedImage) -> QImage:
    """Read an image as stored. Worker thread; raises SlideError."""
    return to_qimage(Look().render([image.read()]))
