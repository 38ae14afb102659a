"""PicturePane: an associated image under its heading: turned, marked, or absent."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from viewer.qt.located_view import LocatedView
from viewer.qt.stored_picture import DrawnPicture, StoredPicture, read_associated
from viewer.qt.tasks import Task, run
from viewer.slide.errors import SlideError
from viewer.slide.geometry import Rect, Size
from viewer.slide.model import AssociatedImage, ColorReading
from viewer.slide.placement import Correspondence

_TIP = "Wheel, + and \N{MINUS SIGN} zoom, dragging moves, a double click or 0 shows all"
_LOCATED_TIP = ". A click goes there; the frame of the view can be dragged"


class Finding(NamedTuple):
    """What the pixels of an image tell: a sentence; `misplaced` takes the marks off."""

    sentence: str
    misplaced: bool = False


Inspect = Callable[[StoredPicture], Sequence[Finding]]
"""Looks at an image that was just read, on a worker thread."""


class _Way(NamedTuple):
    """How an image is drawn: by its profile or not, for which display."""

    managed: bool
    target: bytes | None

    def drawn(self, stored: StoredPicture) -> DrawnPicture:
        return stored.drawn(managed=self.managed, target=self.target)


class _Read(NamedTuple):
    """An image read and drawn in some way, and what was found on it."""

    stored: StoredPicture
    drawn: DrawnPicture
    way: _Way
    findings: Sequence[Finding]


class PicturePane(QWidget):
    """Shows one image, or the sentence that says why there is none.

    Invariant: `_stored` holds the pixels of the image in view, read once; switching
    color management draws them again. At most one task is under way. GUI thread.
    """

    place_chosen = Signal(float, float)
    """A place in level-0 pixels that should come to the middle of the view."""

    turned = Signal(int)
    """The rotation in degrees, after the user turned the image."""

    def __init__(self, heading: str, parent: QWidget | None = None) -> None:
        """Start empty; the heading names the image."""
        super().__init__(parent)
        self._heading = heading
        self._task: Task | None = None
        self._stored: StoredPicture | None = None
        self.reading = ColorReading.AS_ENCODED  # of the images shown from now on
        self._managed = True
        self._target: bytes | None = None
        self._size = Size(1, 1)
        self._correspondence: Correspondence | None = None
        self.sentence = _quiet_label(heading)
        self.note = _quiet_label(f"{heading}: note")
        self.view = LocatedView()
        self.view.setAccessibleName(heading)
        self.view.place_chosen.connect(self._choose)
        self.view.turned.connect(self.turned)
        self.turn = QToolButton()
        self.turn.setText("\N{CLOCKWISE OPEN CIRCLE ARROW}")
        self.turn.setAutoRaise(True)
        self.turn.setToolTip(f"Rotate the {heading.lower()} by 90° (R)")
        self.turn.setAccessibleName(f"Rotate {heading.lower()}")
        self.turn.clicked.connect(self.view.turn)
        self._lay_out(QLabel(heading))

    @property
    def is_reading(self) -> bool:
        """Whether the image is on its way."""
        return self._task is not None

    def set_beside(self, widget: QWidget) -> None:
        """Put something to the right of the image, half as wide as both."""
        self._columns.addWidget(widget, 1)

    def show_image(
        self,
        image: AssociatedImage | None,
        correspondence: Correspondence | None = None,
        scanned: Size | None = None,
        rotation: int = 0,
        inspect: Inspect = lambda _picture: (),
    ) -> None:
        """Read an image in the background and show it; None says that it is absent.

        `correspondence` is between it and level 0, whose size is `scanned`. What
        `inspect` finds stands below the image.
        """
        self._abandon()
        self._stored = None
        self.view.set_rotation(rotation)
        self._locate(image, correspondence, scanned)
        if image is None:
            self._say(f"This slide has no {self._heading.lower()} image.")
            return
        self.note.setText(image.placement_problem)
        self._say("Reading …")
        way, reading = self._way, self.reading
        self._task = run(
            lambda: _read(image, inspect, way, reading), self._show, self._fail
        )

    def show_area(self, area: Rect) -> None:
        """Mark what is in view, in level-0 pixels."""
        if self._correspondence is not None:
            self.view.set_field(self._corners(self._correspondence, area))

    def set_color_managed(self, managed: bool) -> None:
        """Draw with the image's profile or without; zoom and rotation stay."""
        if managed != self._managed:
            self._managed = managed
            self._draw_again()

    def set_color_target(self, target: bytes | None) -> None:
        """Draw for a display of this profile, None for sRGB."""
        if target != self._target:
            self._target = target
            self._draw_again()

    @property
    def _way(self) -> _Way:
        return _Way(self._managed, self._target)

    def _draw_again(self) -> None:
        stored, way = self._stored, self._way
        if stored is None or stored.profile is None:
            return  # what is still being read is drawn again when it comes
        self._abandon()
        self._task = run(lambda: (stored, way.drawn(stored)), self._recolor, self._fail)

    def _show(self, read: _Read) -> None:
        self._task = None
        self._stored, drawn, way, findings = read
        if any(finding.misplaced for finding in findings):
            self._locate(None, None, None)
        sentences = [self.note.text(), *(each.sentence for each in findings)]
        self.note.setText(" ".join(each for each in sentences if each))
        self.view.show_image(drawn.image)
        self._tell(drawn)
        self._reveal(picture=True)
        if way != self._way:
            self._draw_again()

    def _recolor(self, drawn: tuple[StoredPicture, DrawnPicture]) -> None:
        self._task = None
        self.view.recolor(drawn[1].image)
        self._tell(drawn[1])

    def _fail(self, error: Exception) -> None:
        self._task = None
        self._say(str(error))
        if not isinstance(error, SlideError):
            self._say("An internal error: this image cannot be shown.")
            raise error

    def _tell(self, drawn: DrawnPicture) -> None:
        tip = _TIP + (_LOCATED_TIP if self.view.is_located else "")
        self.view.setToolTip(" ".join(part for part in (f"{tip}.", drawn.complaint)))

    def _locate(
        self,
        image: AssociatedImage | None,
        correspondence: Correspondence | None,
        scanned: Size | None,
    ) -> None:
        self._correspondence = correspondence
        self.view.set_field(())
        self.view.set_scan(())
        if image is not None and correspondence is not None and scanned is not None:
            self._size = image.size
            whole = Rect(0, 0, *scanned)
            self.view.set_scan(self._corners(correspondence, whole))

    def _corners(
        self, correspondence: Correspondence, area: Rect
    ) -> list[tuple[float, float]]:
        """Return an area's corners, 0 to 1 across and down the image."""
        width, height = self._size
        return [(x / width, y / height) for x, y in correspondence.corners(area)]

    def _choose(self, x: float, y: float) -> None:
        if self._correspondence is not None:
            width, height = self._size
            place = self._correspondence.to_base(x * width, y * height)
            self.place_chosen.emit(*place)

    def _abandon(self) -> None:
        if self._task is not None:
            self._task.abandon()
            self._task = None

    def _say(self, sentence: str) -> None:
        self.view.show_image(None, sentence)
        self.sentence.setText(sentence)
        self._reveal(picture=False)

    def _reveal(self, *, picture: bool) -> None:
        self.view.setVisible(picture)
        self.turn.setVisible(picture)
        self.note.setVisible(picture and bool(self.note.text()))
        self.sentence.setVisible(not picture)
        policy = self.sizePolicy()
        policy.setVerticalStretch(int(picture))  # sentences take the lines they need
        self.setSizePolicy(policy)

    def _lay_out(self, heading: QLabel) -> None:
        as_high_as_text = QSizePolicy.Policy.Fixed
        heading.setSizePolicy(heading.sizePolicy().horizontalPolicy(), as_high_as_text)
        row = QHBoxLayout()
        row.addWidget(heading, 1)
        row.addWidget(self.turn)
        column = QVBoxLayout()
        column.setSpacing(2)
        column.addLayout(row)
        column.addWidget(self.view)
        column.addWidget(self.note)
        column.addWidget(self.sentence)
        self._columns = QHBoxLayout(self)
        self._columns.setContentsMargins(0, 0, 0, 0)
        self._columns.addLayout(column, 1)


def _quiet_label(name: str) -> QLabel:
    label = QLabel()
    label.setAccessibleName(name)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    label.setAlignment(Qt.AlignmentFlag.AlignTop)
    label.setForegroundRole(QPalette.ColorRole.PlaceholderText)
    return label


def _read(
    image: AssociatedImage, inspect: Inspect, way: _Way, reading: ColorReading
) -> _Read:
    """Read, inspect and draw an image. Worker thread; raises SlideError."""
    stored = read_associated(image, reading)
    return _Read(stored, way.drawn(stored), way, inspect(stored))
