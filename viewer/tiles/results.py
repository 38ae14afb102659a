"""Results: what loading gave, tile or failure."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from viewer.tiles.cache import SlideKey, TileCache

K = TypeVar("K", bound=SlideKey)
T = TypeVar("T")

MOST_FAILURES: Final = 20_000
"""So many sentences are kept (some 10 MB); the oldest go, and are found out again."""


@dataclass(frozen=True, slots=True)
class Failure(Generic[K]):
    """A tile that could not be loaded; str(error) is a sentence for the screen."""

    key: K
    error: Exception


class Results(Generic[K, T]):
    """Tiles in a cache, and the failures beside it.

    Invariant: a key is a tile or a failure, never both; a tile that is not final is
    noted as long as the cache holds it. No lock of its own.
    """

    def __init__(self, cache: TileCache[K, T]) -> None:
        """Keep tiles in `cache`, which nobody else changes."""
        self._cache = cache
        self._unfinished: set[K] = set()
        self._failures: OrderedDict[K, Failure[K]] = OrderedDict()

    @property
    def budget(self) -> int:
        """The bytes that the cache may hold."""
        return self._cache.budget

    def get(self, key: K) -> T | Failure[K] | None:
        """Return what there is, and mark it used."""
        tile = self._cache.get(key)
        if tile is None and self._failures:
            return self._failures.get(key)
        return tile

    def touch(self, key: K) -> bool:
        """Mark a result used; False where there is none."""
        return self._cache.touch(key) or (
            bool(self._failures) and key in self._failures
        )

    def is_unfinished(self, key: K) -> bool:
        """Whether there is a tile that is not final."""
        return bool(self._unfinished) and key in self._unfinished

    def is_settled(self, key: K) -> bool:
        """Whether there is a result that stays."""
        if key in self._failures:
            return True
        return key in self._cache and key not in self._unfinished

    def __contains__(self, key: K) -> bool:
        return key in self._cache or key in self._failures

    def keep(self, key: K, result: T | Failure[K], *, final: bool) -> None:
        """Take a new result in the place of an older one."""
        self._unfinished.discard(key)
        if isinstance(result, Failure):
            self._cache.discard(key)
            self._failures[key] = result
            if len(self._failures) > MOST_FAILURES:
                self._failures.popitem(last=False)
            return
        if not final:
            self._unfinished.add(key)
        self._unfinished.difference_update(self._cache.put(key, result))

    def failures(self, slide: int) -> list[Failure[K]]:
        """Return the failures of a slide, the oldest first."""
        return [found for found in self._failures.values() if found.key.slide == slide]

    def forget_failures(self, slide: int) -> None:
        """Let the failures of a slide go."""
        for failure in self.failures(slide):
            del self._failures[failure.key]

    def forget(self, slide: int, among: Callable[[K], bool] | None = None) -> None:
        """Let everything of a slide go, or the tiles `among` it that are picked."""
        self._unfinished.difference_update(self._cache.forget(slide, among))
        if among is None:
            self.forget_failures(slide)
