"""Label, overview and thumbnail, one below the other."""

from collections.abc import Mapping
from functools import partial
from typing import ClassVar, Final, Protocol

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from viewer.panels.label_words import LabelWords
from viewer.panels.panel import Panel
from viewer.panels.picture_pane import Finding, Inspect, PicturePane
from viewer.qt.scan_check import EMPTY_GLASS, lies_on_empty_glass
from viewer.qt.stored_picture import StoredPicture
from viewer.slide.geometry import Rect
from viewer.slide.model import AssociatedImage, Slide
from viewer.slide.placement import Correspondence

IMAGES: Final = (
    ("label", "Label"),
    ("overview", "Overview"),
    ("thumbnail", "Thumbnail"),
)
"""The keys of `Slide.associated`, in the order shown, and their headings."""

DAMAGED: Final = "This image is damaged, and shown as far as it can be read."


class Rotations(Protocol):
    """How pictures were turned last, by scanner and role."""

    def rotation(self, scanner: str, role: str) -> int:
        """Return degrees clockwise: 0, 90, 180 or 270."""
        ...

    def remember(self, scanner: str, role: str, degrees: int) -> None:
        """Keep how the user turned a picture."""
        ...


class ImagesPanel(Panel):
    """Shows the associated images, or says that one is absent.

    Those that are there share the height; the others take one line.
    """

    title: ClassVar[str] = "Label and Overview"
    place_chosen = Signal(float, float)  # level-0 pixels, to come to the view's middle

    def __init__(self, parent: QWidget | None = None) -> None:
        """Start without a slide."""
        super().__init__(parent)
        self.rotations: Rotations | None = None
        self._slide: Slide | None = None
        self.words = LabelWords()
        self.pictures = {key: PicturePane(heading) for key, heading in IMAGES}
        layout = QVBoxLayout(self)
        self.pictures["label"].set_beside(self.words)
        for key, pane in self.pictures.items():
            layout.addWidget(pane)
            pane.place_chosen.connect(self.place_chosen)
            pane.turned.connect(partial(self._remember, key))
        layout.addStretch()  # where there is no picture
        self.show_slide(None)

    def show_slide(self, slide: Slide | None) -> None:
        """Read the images of another slide in the background."""
        self._slide = slide
        images: Mapping[str, AssociatedImage] = {}
        if slide is not None:
            images = slide.associated
        for key, pane in self.pictures.items():
            pane.setVisible(slide is not None)
            self._show_image(key, images.get(key))
        self.words.show_texts(() if slide is None else slide.label_texts)

    def show_area(self, area: Rect) -> None:
        """Mark on overview and thumbnail what is in view."""
        for pane in self.pictures.values():
            pane.show_area(area)

    def set_color_managed(self, managed: bool) -> None:
        """Draw all images with their profiles, or as stored."""
        for pane in self.pictures.values():
            pane.set_color_managed(managed)

    def set_color_target(self, target: bytes | None) -> None:
        """Draw all images for a display of this profile."""
        for pane in self.pictures.values():
            pane.set_color_target(target)

    def renew_reading(self, slide: Slide) -> None:
        """Read the images again that have two readings."""
        if slide is self._slide:
            for key, image in slide.associated.items():
                if image.read_declared is not None:
                    self._show_image(key, image)

    def is_ready(self) -> bool:
        """Whether every image has been read."""
        return not any(pane.is_reading for pane in self.pictures.values())

    def sizeHint(self) -> QSize:
        """Return a width at which a label can be read."""
        return QSize(440, 420)

    def _show_image(self, key: str, image: AssociatedImage | None) -> None:
        slide, pane = self._slide, self.pictures[key]
        if slide is None or image is None:
            pane.show_image(None)
            return
        rotation = 0
        if self.rotations is not None:
            rotation = self.rotations.rotation(slide.scanner, key)
        size, place = slide.levels[0].size, _correspondence(slide, key, image)
        inspect = _inspection(slide, image, place if key == "overview" else None)
        pane.reading = self.reading_of(slide)
        pane.show_image(image, place, size, rotation, inspect)

    def _remember(self, key: str, degrees: int) -> None:
        if self._slide is not None and self.rotations is not None:
            self.rotations.remember(self._slide.scanner, key, degrees)


def _correspondence(
    slide: Slide, key: str, image: AssociatedImage
) -> Correspondence | None:
    """Return how an image and level 0 lie to each other, where that is known."""
    if key == "thumbnail":
        return Correspondence.by_scale(image.size, slide.levels[0].size)
    if key == "overview" and image.placement and slide.placement:
        return Correspondence(image.placement, slide.placement)
    return None


def _inspection(
    slide: Slide, image: AssociatedImage, place: Correspondence | None
) -> Inspect:
    """Return what looks for damage, and for the scan where it should be."""

    def inspect(picture: StoredPicture) -> list[Finding]:
        found: list[Finding] = []
        warnings = ((each.code, each.file) for each in slide.warnings)
        if ("damaged-frame", image.file) in warnings:
            found.append(Finding(DAMAGED))
        elif place is not None:
            corners = place.corners(Rect(0, 0, *slide.levels[0].size))
            width, height = image.size
            scan = [(x / width, y / height) for x, y in corners]
            if lies_on_empty_glass(picture, scan, slide):
                found.append(Finding(EMPTY_GLASS, misplaced=True))
        return found

    return inspect
