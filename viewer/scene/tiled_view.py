"""TiledView: a view onto the tiles of a slide: what there is, and going to it."""

from PySide6.QtCore import QPoint, QPointF, Signal
from PySide6.QtWidgets import QWidget

from viewer.qt.camera import MAGNIFIED_MOST
from viewer.qt.images import Picture
from viewer.scene.eased_view import EasedView
from viewer.scene.navigation import pixel_size_at
from viewer.scene.slide_tiles import SlideTiles
from viewer.slide.look import Look
from viewer.slide.model import Slide
from viewer.tiles.loader import Failure
from viewer.tiles.plan import Place


class TiledView(EasedView):
    """Answers for the slide on screen; it paints nothing and asks for no tiles.

    Invariant: `_tiles` are those of the slide on screen, None where there is none.
    Scene coordinates are level-0 pixels. GUI thread.
    """

    refused = Signal(str)
    """A sentence: why a key did nothing."""

    tile_picked = Signal(object)
    """The TileKey of the shown level under a plain click."""

    focal_plane_changed = Signal(int)
    """The focal plane on screen, or wanted there."""

    reset_wanted = Signal()
    """Home: everything is to be as it is at first, not the place alone."""

    def __init__(self, parent: QWidget | None = None) -> None:
        # Before Qt's own part, which sends events to the methods of heirs already.
        self._tiles: SlideTiles | None = None
        super().__init__(parent)

    @property
    def slide(self) -> Slide | None:
        """The slide on screen."""
        return None if self._tiles is None else self._tiles.slide

    @property
    def look(self) -> Look:
        """How it is drawn."""
        return Look() if self._tiles is None else self._tiles.look

    @property
    def focal_plane(self) -> int:
        """Which focal plane is on screen, or on its way there."""
        return 0 if self._tiles is None else self._tiles.focal_plane

    def set_focal_plane(self, plane: int) -> None:
        """Show another focal plane; the one before stays until it is there."""
        if self._tiles is None or plane == self._tiles.focal_plane:
            return
        if plane in range(len(self._tiles.slide.focal_planes)):
            self._tiles.focal_plane = plane
            self.viewport().update()
            self.focal_plane_changed.emit(plane)

    def step_focus(self, steps: int) -> bool:
        """Go up by so many focal planes, or as far as there are; whether there are."""
        if self._tiles is None or len(self._tiles.slide.focal_planes) < 2:
            return False
        last = len(self._tiles.slide.focal_planes) - 1
        self.set_focal_plane(min(last, max(0, self.focal_plane + steps)))
        return True

    def show_magnification(self, magnified: float) -> None:
        """Show a magnification by micrometers per pixel, or say why not."""
        if self.slide is None:
            return
        pixel_size = pixel_size_at(self.slide, magnified)
        if pixel_size is None:
            self.refused.emit(
                "The scale of this slide is unknown, so no magnification."
            )
        elif pixel_size < 1 / MAGNIFIED_MOST:
            self.refused.emit(
                f"{magnified:g}x is more than {MAGNIFIED_MOST:g} screen pixels "
                "for a pixel of this slide."
            )
        elif pixel_size > self._camera.largest_size:
            self.refused.emit(
                f"At {magnified:g}x this slide would be too small to see."
            )
        else:
            self.set_pixel_size(pixel_size)

    def show_place(self, level: int, column: int, row: int) -> None:
        """Bring a tile to the middle, at a scale where its level is the one shown."""
        if self._tiles is None:
            return
        if self._tiles.target_level != level:
            self.set_pixel_size(max(self._tiles.levels[level].downsample))
        area = self._tiles.area_of(Place(level, column, row))
        self.center_on(area.x + area.width / 2, area.y + area.height / 2)

    def reset(self) -> None:
        """Show the whole slide, and have all else set back that was changed."""
        self.ease(self.fit)
        self.reset_wanted.emit()

    def pick(self, position: QPointF) -> None:
        """Tell which tile of the level shown is at a position, if there is one."""
        if self._tiles is None:
            return
        place = self._tiles.place_at(*self._level_0(position))
        if place is not None:
            self.tile_picked.emit(self._tiles.tile(place).tile_keys()[0])

    def picture_at(self, place: Place) -> Picture | None:
        """Return what there is of a tile in the look on screen; None if nothing."""
        shown = None if self._tiles is None else self._tiles.shown_at(place)
        return shown if isinstance(shown, Picture) else None

    def is_complete(self) -> bool:
        """Whether every target tile in view is there, absent or failed for good."""
        return self._tiles is None or self._tiles.is_complete()

    def is_idle(self) -> bool:
        """Whether nothing is still to come, not even what lies around the view."""
        return self._tiles is None or self._tiles.pending() == 0

    def sharp_share(self) -> float:
        """Return how much of the slide in view is final at the target level, 0 to 1."""
        return 1.0 if self._tiles is None else self._tiles.sharp_share()

    def shown_level(self) -> int:
        """Return the target level: the one that a complete view is painted from."""
        return 0 if self._tiles is None else self._tiles.target_level

    def failed_tiles(self) -> int:
        """Count the tiles of this slide that could not be read so far."""
        return 0 if self._tiles is None else self._tiles.failed_places()

    def failure_at(self, position: QPoint) -> str | None:
        """Return why the tile at a position failed or is damaged, if it is."""
        if self._tiles is None:
            return None
        x, y = self._level_0(QPointF(position))
        place = self._tiles.place_at(x, y)
        shown = None if place is None else self._tiles.shown_at(place)
        if isinstance(shown, Failure):
            return str(shown.error)
        if shown is None:
            return None
        return shown.damage or self._tiles.failure_below(x, y)
