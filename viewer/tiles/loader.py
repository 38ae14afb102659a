"""TileLoader: worker threads that always take the most urgent missing tile.

A view replaces its whole list of wishes; what it no longer lists is no longer loaded.
So there are no jobs to cancel, no priorities as numbers and no stale results.
"""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from viewer.slide.errors import SlideError
from viewer.tiles.cache import SlideKey, TileCache
from viewer.tiles.priority import give_way
from viewer.tiles.results import Failure, Results
from viewer.tiles.wishes import Wishes

K = TypeVar("K", bound=SlideKey)
T = TypeVar("T")
V = TypeVar("V")

STUCK_SECONDS: Final = 2.0
"""A load that takes longer is taken for one that may never come back (a dead share)."""

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Load:
    """One call of `load` in flight: wished as long as somebody lists its key.

    What a dropped one brings is for nobody; a repeated one is to be made once more.
    """

    started: float
    wished: bool = True
    dropped: bool = False
    repeated: bool = False


class TileLoader(Generic[K, T]):
    """Loads what its owners want into a cache, on its own daemon threads.

    Invariant, under the one lock: a key is loading at most once, and no key that is
    held whole (or has failed) is ever loading. A key is tried once for each `want`: one
    that the cache could not keep waits for the next list, so that loading cannot go
    round for ever. Any thread may call any method, and only `close` waits.
    """

    def __init__(
        self,
        load: Callable[[K], T],
        cache: TileCache[K, T],
        on_loaded: Callable[[K], None],
        *,
        threads: int,
        is_final: Callable[[T], bool] = lambda _tile: True,
        on_released: Callable[[int], None] = lambda _slide: None,
    ) -> None:
        """Load with `load` on up to `threads` threads, started when first needed.

        `on_loaded` is told each key whose tile (or failure) has changed. A tile that is
        not final is shown and loaded again, in turn with its like, when no other is
        missing. `on_released` is told once when no load of a released slide is left.
        The callbacks run on worker threads, or on the thread that releases.
        """
        self._load = load
        self._results = Results(cache)
        self._on_loaded = on_loaded
        self._is_final = is_final
        self._on_released = on_released
        self._threads = threads
        self._changed = threading.Condition(threading.Lock())
        self._wishes: Wishes[K] = Wishes()
        self._missing: deque[K] = deque()
        self._growing: deque[K] = deque()
        self._loading: dict[K, _Load] = {}
        self._workers: list[threading.Thread] = []
        self._started = 0
        self._closed = False
        self._logged: set[type[Exception]] = set()

    @property
    def budget(self) -> int:
        """The bytes that the cache may hold."""
        return self._results.budget

    def get(self, key: K) -> T | Failure[K] | None:
        """Return what there is of a tile, and mark it used; never waits for a load."""
        with self._changed:
            return self._results.get(key)

    def want(self, owner: Hashable, keys: Iterable[K]) -> None:
        """Replace an owner's list, the most urgent first; an empty one forgets it.

        Several owners are served in turn, the latest first.
        """
        listed = list(keys)  # without the lock: making it may ask for tiles
        with self._changed:
            if self._closed:
                return
            self._wishes.replace(owner, listed)
            self._sort_out()
            self._staff()
            self._changed.notify(len(self._missing) + len(self._growing))

    def pending(self, owner: Hashable) -> int:
        """Count the keys of an owner's list that are missing, loading or not final."""
        with self._changed:
            listed = self._wishes.of(owner)
            return sum(not self._results.is_settled(key) for key in listed)

    def waiting(self) -> float:
        """Return the seconds that the longest load in flight has taken so far.

        Asking also puts a spare worker in the place of a stuck one.
        """
        with self._changed:
            self._staff()
            now = time.monotonic()
            return max(
                (now - load.started for load in self._loading.values()), default=0
            )

    def failures(self, slide: int) -> list[Failure[K]]:
        """Return what could not be loaded of a slide, the oldest first."""
        with self._changed:
            return self._results.failures(slide)

    def retry(
        self, slide: int, stale: Callable[[K], bool] = lambda _key: False
    ) -> None:
        """Forget the failures of a slide and try again what is still wanted.

        So are its tiles that `stale` picks, those in flight too: failures are in them.
        """
        with self._changed:
            self._results.forget_failures(slide)
            self._results.forget(slide, stale)
            for key, load in self._loading.items():
                load.repeated |= key.slide == slide and stale(key)
            self._sort_out()
            self._staff()
            self._changed.notify(len(self._missing))

    def release(self, slide: int) -> None:
        """Forget a slide for good, at once; a load in flight ends in nothing.

        Later wishes for it are ignored. A second call does nothing.
        """
        with self._changed:
            if not self._wishes.drop(slide):
                return
            self._results.forget(slide)
            for key, load in self._loading.items():
                load.dropped |= key.slide == slide
            self._sort_out()
            idle = not self._in_flight(slide)
        if idle:
            self._tell(self._on_released, slide)

    def load_next(self) -> bool:
        """Load one tile on the calling thread; False where nothing is to be done."""
        with self._changed:
            key = self._take()
        if key is None:
            return False
        self._run(key)
        return True

    def close(self, timeout: float = 0.5) -> bool:
        """Stop, and wait so many seconds for the workers; say whether all have ended.

        Afterwards `get` still answers and `want` does nothing. A load that never comes
        back is left to the end of the process.
        """
        with self._changed:
            self._closed = True
            self._wishes.clear()
            self._sort_out()
            workers = list(self._workers)
            self._changed.notify_all()
        deadline = time.monotonic() + timeout
        for worker in workers:
            if worker is not threading.current_thread():
                worker.join(max(0.0, deadline - time.monotonic()))
        return not any(worker.is_alive() for worker in workers)

    # What follows is called with the lock held.

    def _sort_out(self) -> None:
        """Say again what is missing and what grows; mark what is held as used.

        From the tail, so that the head of the list is what was used last.
        """
        missing: deque[K] = deque()
        growing: deque[K] = deque()
        for load in self._loading.values():
            load.wished = False
        for key in reversed(self._wishes.in_turn()):
            if self._loading and (load := self._loading.get(key)) is not None:
                load.wished = True
            elif not self._results.touch(key):
                missing.appendleft(key)
            elif self._results.is_unfinished(key):
                growing.appendleft(key)
        self._missing, self._growing = missing, growing

    def _take(self) -> K | None:
        """Mark the most urgent key as loading and return it."""
        key = self._first_missing()
        if key is None:
            key = self._first_growing()
        if key is not None:
            self._loading[key] = _Load(time.monotonic())
        return key

    def _first_missing(self) -> K | None:
        while self._missing:
            key = self._missing.popleft()
            if key not in self._loading and key not in self._results:
                return key
        return None

    def _first_growing(self) -> K | None:
        while self._growing:
            key = self._growing.popleft()
            if self._results.is_unfinished(key) and key not in self._loading:
                return key
        return None

    def _in_flight(self, slide: int) -> bool:
        return any(key.slide == slide for key in self._loading)

    def _stuck(self) -> int:
        limit = time.monotonic() - STUCK_SECONDS
        return sum(load.started < limit for load in self._loading.values())

    def _staff(self) -> None:
        """Start the workers that the wishes need; at most one spare for each."""
        if self._closed or not (self._missing or self._growing):
            return
        most = min(self._threads + self._stuck(), 2 * self._threads)
        while len(self._workers) < most:
            self._started += 1
            worker = threading.Thread(
                target=self._work, name=f"tile-loader-{self._started}", daemon=True
            )
            self._workers.append(worker)
            worker.start()

    # What follows runs on the workers, and takes the lock itself.

    def _work(self) -> None:
        give_way()
        while (key := self._next()) is not None:
            self._run(key)

    def _next(self) -> K | None:
        """Wait for a key; None when this worker is to end."""
        with self._changed:
            while (
                not self._closed and len(self._workers) - self._stuck() <= self._threads
            ):
                key = self._take()
                if key is not None:
                    self._staff()
                    return key
                self._changed.wait()
            self._workers.remove(threading.current_thread())
            self._changed.notify()  # what woke this one up is another's work
            return None

    def _run(self, key: K) -> None:
        result, final = self._attempt(key)
        with self._changed:
            # In the cache before it leaves `loading`, or it would be loaded twice.
            load = self._loading[key]
            if load.repeated and load.wished:
                self._missing.append(key)
            elif not (load.dropped or load.repeated):
                self._results.keep(key, result, final=final)
                if load.wished and not final:
                    self._growing.append(key)
            del self._loading[key]
            posted = not (load.dropped or self._closed)
            released = load.dropped and not self._in_flight(key.slide)
        if posted:
            self._tell(self._on_loaded, key)
        if released:
            self._tell(self._on_released, key.slide)

    def _attempt(self, key: K) -> tuple[T | Failure[K], bool]:
        try:
            tile = self._load(key)
            return tile, self._is_final(tile)
        except SlideError as error:
            return Failure(key, _without_frames(error)), True
        except Exception as error:  # noqa: BLE001 - a bug costs a tile, not the worker
            self._log_once(error)
            sentence = f"internal error while reading this tile ({_name_of(error)})"
            return Failure(key, RuntimeError(sentence)), True

    def _tell(self, listener: Callable[[V], None], news: V) -> None:
        try:
            listener(news)
        except Exception as error:  # noqa: BLE001 - a bug there must not end the worker
            self._log_once(error)

    def _log_once(self, error: Exception) -> None:
        """Log a bug, once for its type: it may come with every tile."""
        if type(error) not in self._logged:
            self._logged.add(type(error))
            _log.error("internal error in the tile loader", exc_info=error)


def _name_of(error: Exception) -> str:
    return type(error).__name__


def _without_frames(error: SlideError) -> SlideError:
    """Let go of the stack: its frames hold encoded and decoded pixels."""
    error.__cause__ = error.__context__ = None
    return error.with_traceback(None)
