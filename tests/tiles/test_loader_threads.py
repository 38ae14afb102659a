"""The loader with its threads: what must hold whatever the order."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NamedTuple

import numpy as np
import pytest

from viewer.slide.errors import BrokenFrame
from viewer.tiles import loader as loader_module
from viewer.tiles.cache import TileCache
from viewer.tiles.loader import Failure, TileLoader

PATIENCE = 20.0


class Key(NamedTuple):
    slide: int
    number: int


class Tile(NamedTuple):
    version: int
    final: bool


@contextmanager
def running(
    load: Callable[[Key], Tile],
    *,
    threads: int,
    budget: int = 10_000,
    on_loaded: Callable[[Key], None] = lambda _key: None,
    on_released: Callable[[int], None] = lambda _slide: None,
) -> Iterator[TileLoader[Key, Tile]]:
    """A loader that must have ended, with all its threads, at the end."""
    loader: TileLoader[Key, Tile] = TileLoader(
        load,
        TileCache[Key, Tile](budget, size_of=lambda _tile: 1),
        on_loaded,
        threads=threads,
        is_final=lambda tile: tile.final,
        on_released=on_released,
    )
    try:
        yield loader
    finally:
        assert loader.close(PATIENCE)


def wait_until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.002)


def workers() -> set[str]:
    return {
        thread.name
        for thread in threading.enumerate()
        if thread.name.startswith("tile-loader")
    }


class Stress:
    """Loads that note what must never happen: twice at once, or again without need."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.loading: set[Key] = set()
        self.final: set[Key] = set()
        self.rounds: Counter[Key] = Counter()
        self.released: list[int] = []
        self.wrong: list[str] = []
        self.random = np.random.default_rng(7)

    def load(self, key: Key) -> Tile:
        with self.lock:
            if key in self.loading:
                self.wrong.append(f"{key} is loaded twice at once")
            if key in self.final:
                self.wrong.append(f"{key} is loaded again though it is there")
            if key.slide in self.released:
                self.wrong.append(f"{key} is loaded after its release")
            self.loading.add(key)
            self.rounds[key] += 1
            rounds = self.rounds[key]
            pause = self.random.random() * 4e-4
        time.sleep(pause)
        final = key.number % 5 != 0 or rounds >= 3
        with self.lock:
            self.loading.remove(key)
            if final:
                self.final.add(key)
        if key.number % 11 == 0:
            raise BrokenFrame("broken")
        return Tile(rounds, final)

    def release(self, slide: int) -> None:
        with self.lock:
            if slide in self.released:
                self.wrong.append(f"slide {slide} is released twice")
            if any(key.slide == slide for key in self.loading):
                self.wrong.append(f"slide {slide} is released while it is read")
            self.released.append(slide)


def test_nothing_is_loaded_twice_and_nothing_forgotten_under_stress() -> None:
    stress = Stress()
    with running(stress.load, threads=8, on_released=stress.release) as loader:
        chance = np.random.default_rng(3)

        def pan(owner: str) -> None:
            for step in range(150):
                slide = 1 + step // 30 if owner == "left" else 9
                start = int(chance.integers(200))
                loader.want(owner, [Key(slide, start + n) for n in range(30)])
                time.sleep(0.0004)
                if owner == "left" and step % 30 == 29:
                    loader.release(slide)

        owners = [threading.Thread(target=pan, args=(name,)) for name in ("left", "r")]
        for thread in owners:
            thread.start()
        for thread in owners:
            thread.join()
        last = [Key(9, number) for number in range(60)]
        loader.want("r", last)
        wait_until(lambda: loader.pending("r") == 0)
        results = [loader.get(key) for key in last]
        wait_until(lambda: len(stress.released) == 5)
    assert stress.wrong == []
    assert sorted(stress.released) == [1, 2, 3, 4, 5]
    assert [isinstance(result, Failure) for result in results] == [
        key.number % 11 == 0 for key in last
    ]


def test_every_list_is_worked_off_however_often_workers_fall_asleep() -> None:
    done = threading.Event()

    def loaded(key: Key) -> None:
        if key.number % 3 == 2:
            done.set()

    with running(
        lambda _key: Tile(1, final=True), threads=3, on_loaded=loaded
    ) as loader:
        for step in range(300):
            loader.want("view", [Key(1, 3 * step + n) for n in range(3)])
            assert done.wait(PATIENCE), f"list {step} was forgotten"
            done.clear()


def test_threads_are_started_when_first_needed_and_named() -> None:
    with running(lambda _key: Tile(1, final=True), threads=2) as loader:
        assert workers() == set()
        loader.want("view", [Key(1, 1)])
        assert workers() == {"tile-loader-1", "tile-loader-2"}
        assert all(
            thread.daemon
            for thread in threading.enumerate()
            if thread.name.startswith("tile-loader")
        )
    assert workers() == set()


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A load is taken for stuck after a moment."""
    monkeypatch.setattr(loader_module, "STUCK_SECONDS", 0.03)


@pytest.mark.usefixtures("impatient")
def test_spare_worker_takes_over_from_a_stuck_one_and_ends_with_it() -> None:
    share = threading.Event()

    def load(key: Key) -> Tile:
        if key.slide == 1:
            share.wait(PATIENCE)
        return Tile(1, final=True)

    with running(load, threads=2) as loader:
        loader.want("dead", [Key(1, number) for number in range(6)])
        wait_until(lambda: loader.waiting() > 0.03)
        loader.want("dead", [])
        loader.want("alive", [Key(2, number) for number in range(6)])
        wait_until(lambda: loader.pending("alive") == 0)
        assert len(workers()) in {3, 4}
        share.set()
        wait_until(lambda: len(workers()) == 2)
        loader.want("alive", [Key(2, number) for number in range(9)])
        wait_until(lambda: loader.pending("alive") == 0)


@pytest.mark.usefixtures("impatient")
def test_spare_workers_are_at_most_as_many_as_workers() -> None:
    share = threading.Event()

    def load(_key: Key) -> Tile:
        share.wait(PATIENCE)
        return Tile(1, final=True)

    with running(load, threads=2) as loader:
        loader.want("dead", [Key(1, number) for number in range(20)])
        for _ in range(4):
            time.sleep(0.04)
            assert loader.waiting() > 0
        assert len(workers()) == 4
        share.set()
        wait_until(lambda: loader.pending("dead") == 0)


def test_closing_does_not_wait_for_a_read_that_never_ends() -> None:
    share = threading.Event()

    def load(_key: Key) -> Tile:
        share.wait(PATIENCE)
        return Tile(1, final=True)

    released: list[int] = []
    with running(load, threads=1, on_released=released.append) as loader:
        loader.want("view", [Key(1, 1)])
        wait_until(lambda: loader.waiting() > 0)
        loader.release(1)
        assert not loader.close(0.01)
        assert released == []
        share.set()
        wait_until(lambda: released == [1])
