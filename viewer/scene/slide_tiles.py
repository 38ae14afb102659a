"""SlideTiles: the tiles of the slide on screen, in the look and focus wanted."""

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from viewer.qt.images import Picture
from viewer.slide.geometry import Rect
from viewer.slide.look import DisplayTile, Look
from viewer.slide.model import Level, Slide, stored_levels
from viewer.tiles.loader import Failure, TileLoader
from viewer.tiles.plan import Place, Viewport, level_for, target_places, wanted

Shown = Picture | Failure[DisplayTile]
"""What is known of a tile: its picture, or why there is none."""

_BYTES_PER_PIXEL: Final = 4
_SPARE: Final = 0.75  # of the budget; the rest is for other slides and old looks


class _Sight(NamedTuple):
    """How places are seen: in a look, and on a focal plane."""

    look: Look
    focal_plane: int


class SlideTiles:
    """What a slide has to show, and what of it is to be loaded.

    After a change of look or focal plane, pictures of the last sight that was complete
    stand in until the new ones are there, and what is in view comes first. Invariant:
    the loader's list of this owner is made from `viewport` and the sights alone. GUI
    thread.
    """

    def __init__(
        self,
        loader: TileLoader[DisplayTile, Picture],
        slide: Slide,
        look: Look,
        focal_plane: int = 0,
    ) -> None:
        self.slide = slide
        self.levels: Sequence[Level] = slide.levels
        self.viewport = Viewport(Rect(0, 0, 0, 0), 1.0)
        self._loader = loader
        self._sight = _Sight(look, focal_plane)
        self._old: _Sight | None = None
        self._capacity = _capacity(loader.budget, self.levels)

    @property
    def look(self) -> Look:
        """The look that tiles are loaded in."""
        return self._sight.look

    @look.setter
    def look(self, look: Look) -> None:
        self._see(self._sight._replace(look=look))

    @property
    def focal_plane(self) -> int:
        """The focal plane that tiles are loaded of."""
        return self._sight.focal_plane

    @focal_plane.setter
    def focal_plane(self, plane: int) -> None:
        self._see(self._sight._replace(focal_plane=plane))

    def _see(self, sight: _Sight) -> None:
        if sight == self._sight:
            return
        if self._old is None or self.is_complete():
            self._old = self._sight
        self._sight = sight
        self.want()

    @property
    def area(self) -> Rect:
        """The whole slide, in level-0 pixels."""
        size = self.levels[0].size
        return Rect(0.0, 0.0, float(size.width), float(size.height))

    @property
    def absent(self) -> tuple[int, int, int]:
        """The RGB color of what was not scanned, as it is drawn."""
        return self.look.absent(self.slide.optical_paths[self.look.optical_paths[0]])

    @property
    def target_level(self) -> int:
        """The level that the viewport ought to be painted from."""
        return level_for(self.levels, self.viewport.pixel_size)

    def want(self, viewport: Viewport | None = None) -> None:
        """Tell the loader what a viewport needs, best first: this one, or the next."""
        viewport = viewport or self.viewport
        places = wanted(self.levels, viewport, self._capacity)
        in_view = target_places(self.levels, viewport)
        if self._old is not None:
            # Nothing is blank, as the old sight stands in: no backdrop before the view.
            seen = set(in_view)
            places.sort(key=lambda place: place not in seen)
        tiles = [self._tile(place, self._sight) for place in places]
        self._loader.want(self, (tiles + self._beside(in_view))[: self._capacity])

    def want_nothing(self) -> None:
        """Take back every wish."""
        self._loader.want(self, [])

    def shown_at(self, place: Place) -> Shown | None:
        """Return what there is to paint at a place; None if that is nothing yet."""
        shown = self._loader.get(self._tile(place, self._sight))
        if shown is None and self._old is not None:
            return self._loader.get(self._tile(place, self._old))
        return shown

    def is_final(self, place: Place) -> bool:
        """Whether a place has all it will ever have, in the wanted look."""
        shown = self._loader.get(self._tile(place, self._sight))
        return shown is not None and (isinstance(shown, Failure) or shown.complete)

    def is_complete(self) -> bool:
        """Whether every tile of the target level in view is final."""
        places = target_places(self.levels, self.viewport)
        return all(self.is_final(place) for place in places)

    def pending(self) -> int:
        """Count what is still to come of all that is wanted, in view or not."""
        return self._loader.pending(self)

    def sharp_share(self) -> float:
        """Return how much of the slide's area in view is final at the target level."""
        total = sharp = 0.0
        for place in target_places(self.levels, self.viewport):
            area = self.area_of(place).intersected(self.viewport.area)
            total += area.width * area.height
            sharp += area.width * area.height * self.is_final(place)
        return sharp / total if total else 1.0

    def area_of(self, place: Place) -> Rect:
        """Return where a tile lies, in level-0 pixels."""
        return self.levels[place.level].tile_area(place.column, place.row)

    def place_at(self, x: float, y: float) -> Place | None:
        """Return the target tile over a level-0 position; None outside the slide."""
        return self._place(self.target_level, x, y)

    def _place(self, number: int, x: float, y: float) -> Place | None:
        level = self.levels[number]
        column = int(x / level.downsample.x // level.tile_size.width)
        row = int(y / level.downsample.y // level.tile_size.height)
        if 0 <= column < level.columns and 0 <= row < level.rows:
            return Place(number, column, row)
        return None

    def repaint_areas(self, tiles: Iterable[DisplayTile]) -> list[Rect]:
        """Return where tiles that have come in change what is on screen.

        A coarser tile is seen only while something of the target level is missing, a
        finer one never.
        """
        if self._old is not None and self.is_complete():
            self._old = None
        target = self.target_level
        areas: list[Rect] = []
        coarser: list[Rect] = []
        for tile in tiles:
            if tile.slide != self.slide.serial or tile.level >= len(self.levels):
                continue
            if tile.level == target:
                areas.append(self.area_of(Place(*tile[1:4])))
            elif tile.level > target:
                coarser.append(self.area_of(Place(*tile[1:4])))
        if coarser and not self.is_complete():
            areas += coarser
        return areas

    def failed_places(self) -> int:
        """Count the places that could not be read so far, each once."""
        failed = self.slide.failed
        others = {
            failure.key[:5]
            for failure in self._loader.failures(self.slide.serial)
            if failure.key.tile_keys()[0] not in failed
        }
        return len(failed) + len(others)

    def failure_below(self, x: float, y: float) -> str | None:
        """Return why a computed tile lacks what is at a level-0 position, if it does.

        Known from the stored tile that lies there on the level it was made from.
        """
        stored = [n for n in stored_levels(self.slide) if n <= self.target_level]
        if not self.slide.failed or not stored or stored[-1] == self.target_level:
            return None
        place = self._place(stored[-1], x, y)
        key = None if place is None else self._tile(place, self._sight).tile_keys()[0]
        return None if key is None else self.slide.failed.get(key)

    def tile(self, place: Place) -> DisplayTile:
        """Return a place as it is wanted now."""
        return self._tile(place, self._sight)

    def _tile(self, place: Place, sight: _Sight) -> DisplayTile:
        return DisplayTile(self.slide.serial, *place, sight.focal_plane, sight.look)

    def _beside(self, places: Sequence[Place]) -> list[DisplayTile]:
        """Return places on the focal planes above and below."""
        plane = self._sight.focal_plane
        planes = range(len(self.slide.focal_planes))
        return [
            self._tile(place, self._sight._replace(focal_plane=near))
            for near in (plane + 1, plane - 1)
            if near in planes
            for place in places
        ]


def _capacity(budget: int, levels: Sequence[Level]) -> int:
    """Return how many tiles of the largest kind fit in the cache."""
    largest = max(level.tile_size.width * level.tile_size.height for level in levels)
    return max(1, int(budget * _SPARE / (largest * _BYTES_PER_PIXEL)))
