"""TileCache: least recently used tiles go first, under a budget in bytes."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from operator import attrgetter
from typing import Generic, Protocol, TypeVar


class SlideKey(Hashable, Protocol):
    """Anything that names a tile and tells whose it is."""

    @property
    def slide(self) -> int:
        """The serial number of the slide."""
        ...


K = TypeVar("K", bound=SlideKey)
T = TypeVar("T")


class TileCache(Generic[K, T]):
    """Tiles by key, the least recently used first.

    Invariant: `used` is the sum of the sizes of what is held, and at most `budget`
    unless one tile alone is larger. No lock of its own: the loader's guards it.
    """

    def __init__(
        self, budget: int, size_of: Callable[[T], int] = attrgetter("size_in_bytes")
    ) -> None:
        """Hold at most `budget` bytes, as counted by `size_of`."""
        self.budget = budget
        self.used = 0
        self._size_of = size_of
        self._tiles: OrderedDict[K, tuple[T, int]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._tiles)

    def __contains__(self, key: object) -> bool:
        return key in self._tiles

    def get(self, key: K) -> T | None:
        """Return a tile and mark it used; None where it is not held."""
        entry = self._tiles.get(key)
        if entry is None:
            return None
        self._tiles.move_to_end(key)
        return entry[0]

    def touch(self, key: K) -> bool:
        """Mark a tile used; False where it is not held."""
        try:
            self._tiles.move_to_end(key)
        except KeyError:
            return False
        return True

    def put(self, key: K, tile: T) -> list[K]:
        """Hold a tile, in the place of an older one; return what had to go for it.

        The newest tile is never refused: one larger than the budget is held alone.
        """
        self.discard(key)
        size = self._size_of(tile)
        self._tiles[key] = (tile, size)
        self.used += size
        evicted: list[K] = []
        while self.used > self.budget and len(self._tiles) > 1:
            oldest, (_, size) = self._tiles.popitem(last=False)
            self.used -= size
            evicted.append(oldest)
        return evicted

    def discard(self, key: K) -> None:
        """Let a tile go, if it is held."""
        entry = self._tiles.pop(key, None)
        if entry is not None:
            self.used -= entry[1]

    def forget(self, slide: int, among: Callable[[K], bool] | None = None) -> list[K]:
        """Let all tiles of a slide go, or those `among` them; return which went."""
        own = [key for key in self._tiles if key.slide == slide]
        gone = [key for key in own if among is None or among(key)]
        for key in gone:
            self.discard(key)
        return gone
