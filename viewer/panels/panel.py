"""What every side panel is: a titled widget that follows the slide on screen."""

from collections.abc import Callable
from typing import ClassVar

from PySide6.QtWidgets import QWidget

from viewer.slide.geometry import Rect
from viewer.slide.model import ColorReading, Slide, TileKey


class Panel(QWidget):
    """Base of the panels; it shows what belongs to one slide, or to none.

    A panel reads in the background and is told when the slide goes: after
    `show_slide(None)` it asks nothing more of it. GUI thread.
    """

    title: ClassVar[str] = ""

    def __init__(self, parent: QWidget | None = None) -> None:
        """Read colors as encoded, until `reading_of` is set otherwise."""
        super().__init__(parent)
        self.reading_of: Callable[[Slide], ColorReading] = _as_encoded

    def show_slide(self, slide: Slide | None) -> None:
        """Show another slide; None where there is none any more."""
        raise NotImplementedError

    def show_level(self, level: int) -> None:
        """Follow the view to another level of the slide, if that matters here."""

    def show_area(self, area: Rect) -> None:
        """Follow the view to another area, in level-0 pixels; it may stick out."""

    def show_tile(self, tile: TileKey) -> None:
        """Follow a click on a tile of the level shown."""

    def set_color_managed(self, managed: bool) -> None:
        """Apply ICC profiles to what the panel shows, or leave colors as stored."""

    def set_color_target(self, target: bytes | None) -> None:
        """Convert colors for a display of this profile; None stands for sRGB."""

    def renew_reading(self, slide: Slide) -> None:
        """Read again what is shown of a slide: `reading_of` says something else now."""

    def is_ready(self) -> bool:
        """Whether everything it shows of the slide has been read."""
        return True


def _as_encoded(_slide: Slide) -> ColorReading:
    return ColorReading.AS_ENCODED
