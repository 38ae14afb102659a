"""The loader without threads: every order is exact."""

import gc
import logging
import time
import weakref
from collections.abc import Callable
from typing import NamedTuple

import pytest

from viewer.slide.errors import BrokenFrame
from viewer.tiles.cache import TileCache
from viewer.tiles.loader import Failure, TileLoader


class Key(NamedTuple):
    slide: int
    name: str


class Tile(NamedTuple):
    name: str
    version: int = 1
    final: bool = True


def keys(names: str, slide: int = 1) -> list[Key]:
    return [Key(slide, name) for name in names]


class Bench:
    """A loader whose loads are noted and scripted; budget counts tiles."""

    def __init__(self, budget: int = 1000) -> None:
        self.loaded: list[str] = []
        self.posted: list[Key] = []
        self.released: list[int] = []
        self.rounds: dict[str, int] = {}  # loads until a tile is final
        self.errors: dict[str, Exception] = {}
        self.during: Callable[[Key], None] = lambda _key: None
        self.loader: TileLoader[Key, Tile] = TileLoader(
            self._load,
            TileCache[Key, Tile](budget, size_of=lambda _tile: 1),
            self.posted.append,
            threads=0,
            is_final=lambda tile: tile.final,
            on_released=self.released.append,
        )

    def _load(self, key: Key) -> Tile:
        self.loaded.append(key.name)
        self.during(key)
        if key.name in self.errors:
            raise self.errors[key.name]
        version = self.loaded.count(key.name)
        return Tile(key.name, version, version >= self.rounds.get(key.name, 1))

    def run(self) -> str:
        """Load all there is to load; return the names in order."""
        self.loaded.clear()
        while self.loader.load_next():
            assert len(self.loaded) < 1000, "loading goes round for ever"
        return "".join(self.loaded)


@pytest.fixture
def bench() -> Bench:
    return Bench()


def test_tiles_are_loaded_in_the_order_of_the_list(bench: Bench) -> None:
    bench.loader.want("view", keys("cab"))
    assert bench.run() == "cab"
    assert bench.posted == keys("cab")
    assert bench.loader.get(Key(1, "a")) == Tile("a")


def test_newer_list_replaces_the_older(bench: Bench) -> None:
    bench.loader.want("view", keys("abc"))
    assert bench.loader.load_next()
    bench.loader.want("view", keys("dab"))
    assert bench.run() == "db"


def test_empty_list_takes_every_wish_back(bench: Bench) -> None:
    bench.loader.want("view", keys("abc"))
    bench.loader.want("view", [])
    assert bench.run() == ""
    assert bench.loader.pending("view") == 0


def test_key_listed_twice_is_loaded_once(bench: Bench) -> None:
    bench.loader.want("view", keys("abab"))
    bench.loader.want("other", keys("b"))
    assert bench.run() == "ba"


def test_owners_are_served_in_turn_the_latest_first(bench: Bench) -> None:
    bench.loader.want("left", keys("abc"))
    bench.loader.want("right", keys("xy"))
    assert bench.run() == "xaybc"


def test_tile_in_the_cache_is_not_loaded_again(bench: Bench) -> None:
    bench.loader.want("view", keys("ab"))
    bench.run()
    bench.loader.want("view", keys("bca"))
    assert bench.run() == "c"


def test_tile_is_cached_before_it_is_announced(bench: Bench) -> None:
    seen: list[object] = []
    loader: TileLoader[Key, Tile] = TileLoader(
        lambda key: Tile(key.name),
        TileCache[Key, Tile](10, size_of=lambda _tile: 1),
        lambda key: seen.append((loader.get(key), loader.pending("view"))),
        threads=0,
    )
    loader.want("view", keys("a"))
    loader.load_next()
    assert seen == [(Tile("a"), 0)]


def test_growing_tiles_take_turns_when_none_is_missing(bench: Bench) -> None:
    bench.rounds = {"a": 3, "c": 2, "d": 3}
    bench.loader.want("view", keys("abcd"))
    assert bench.run() == "abcdacdad"
    assert bench.loader.get(Key(1, "a")) == Tile("a", 3)
    assert bench.posted == keys("abcdacdad")


def test_missing_tile_comes_before_growing_ones(bench: Bench) -> None:
    bench.rounds = {"a": 3}
    bench.loader.want("view", keys("a"))
    assert bench.loader.load_next()
    bench.loader.want("view", keys("ab"))
    bench.loaded.append("a")  # run() forgets the first load
    assert bench.run()[:2] == "ba"


def test_growing_tile_that_nobody_lists_rests_until_it_is_wanted_again(
    bench: Bench,
) -> None:
    bench.rounds = {"a": 2}
    bench.loader.want("view", keys("a"))
    assert bench.loader.load_next()
    bench.loader.want("view", keys("b"))
    assert bench.run() == "b"
    assert bench.loader.get(Key(1, "a")) == Tile("a", 1, final=False)
    bench.loader.want("view", keys("a"))
    bench.rounds = {}
    assert bench.run() == "a"


def test_growing_tile_dropped_from_the_list_while_loading_is_not_loaded_on(
    bench: Bench,
) -> None:
    bench.rounds = {"a": 9}
    bench.during = lambda _key: bench.loader.want("view", [])
    bench.loader.want("view", keys("a"))
    assert bench.run() == "a"


def test_pending_counts_missing_loading_and_growing_tiles(bench: Bench) -> None:
    bench.rounds = {"b": 2}
    bench.errors = {"c": BrokenFrame("c is broken")}
    counts: list[int] = []
    bench.during = lambda _key: counts.append(bench.loader.pending("view"))
    bench.loader.want("view", keys("abc"))
    assert bench.loader.pending("view") == 3
    assert bench.run() == "abcb"
    assert counts == [3, 2, 2, 1]
    assert bench.loader.pending("view") == 0
    assert bench.loader.pending("nobody") == 0


def test_failure_is_kept_and_announced_like_a_tile(bench: Bench) -> None:
    error = BrokenFrame("a.dcm: frame 7 is broken.", 7)
    bench.errors = {"a": error}
    bench.loader.want("view", keys("ab"))
    assert bench.run() == "ab"
    assert bench.posted == keys("ab")
    failure = bench.loader.get(Key(1, "a"))
    assert failure == Failure(Key(1, "a"), error)
    assert bench.loader.failures(1) == [failure]
    assert bench.loader.failures(2) == []
    bench.loader.want("view", keys("ab"))
    assert bench.run() == ""


def test_retry_loads_the_failures_that_are_still_wanted(bench: Bench) -> None:
    bench.errors = {name: BrokenFrame("broken") for name in "abc"}
    bench.loader.want("view", [*keys("abc"), *keys("c", 2)])
    bench.run()
    bench.loader.want("view", keys("bd"))
    bench.run()
    bench.errors = {}
    bench.loader.retry(1)
    assert bench.loader.failures(1) == []
    assert len(bench.loader.failures(2)) == 1
    assert bench.run() == "b"


def test_retry_makes_the_tiles_again_that_failures_are_in(bench: Bench) -> None:
    bench.loader.want("view", [*keys("abc"), *keys("a", 2)])
    bench.run()
    bench.loader.retry(1, lambda key: key.name in "ab")
    assert bench.loader.get(Key(1, "a")) is None
    assert bench.run() == "ab"
    assert bench.loader.get(Key(1, "b")) == Tile("b")


def test_retry_makes_a_tile_again_that_is_being_loaded(bench: Bench) -> None:
    bench.during = lambda key: (
        bench.loader.retry(1, lambda _key: True) if len(bench.loaded) == 1 else None
    )
    bench.loader.want("view", keys("ab"))
    assert bench.run() == "aba"
    assert bench.loader.get(Key(1, "a")) == Tile("a", 2)
    assert bench.loader.pending("view") == 0


def test_growing_tile_that_fails_becomes_a_failure(bench: Bench) -> None:
    bench.rounds = {"a": 5}
    bench.loader.want("view", keys("a"))
    assert bench.loader.load_next()
    bench.errors = {"a": BrokenFrame("gone")}
    assert bench.run() == "a"
    assert isinstance(bench.loader.get(Key(1, "a")), Failure)
    assert bench.loader.pending("view") == 0


def test_program_error_becomes_a_sentence_and_is_logged_once(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    bench.errors = {"a": KeyError("secret"), "b": KeyError("secret")}
    bench.loader.want("view", keys("abc"))
    with caplog.at_level(logging.ERROR):
        assert bench.run() == "abc"
    failure = bench.loader.get(Key(1, "a"))
    assert isinstance(failure, Failure)
    assert str(failure.error) == "internal error while reading this tile (KeyError)"
    assert [record.message for record in caplog.records] == [
        "internal error in the tile loader"
    ]


def test_failure_does_not_keep_the_pixels_of_the_failed_call_alive(
    bench: Bench,
) -> None:
    class Pixels:
        pass

    held: list[weakref.ref[Pixels]] = []

    def fail(_key: Key) -> None:
        pixels = Pixels()
        held.append(weakref.ref(pixels))
        try:
            int("short read")
        except ValueError as error:
            raise BrokenFrame("frame 1 is broken") from error

    bench.during = fail
    bench.loader.want("view", keys("a"))
    bench.run()
    gc.collect()
    assert held[0]() is None


def test_listener_that_fails_does_not_stop_the_loading(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def fail(_key: Key) -> None:
        raise RuntimeError("the window is gone")

    loader: TileLoader[Key, Tile] = TileLoader(
        lambda key: Tile(key.name),
        TileCache[Key, Tile](10, size_of=lambda _tile: 1),
        fail,
        threads=0,
    )
    loader.want("view", keys("ab"))
    with caplog.at_level(logging.ERROR):
        while loader.load_next():
            pass
    assert loader.pending("view") == 0
    assert len(caplog.records) == 1


def test_list_larger_than_the_cache_is_not_loaded_for_ever() -> None:
    bench = Bench(budget=3)
    bench.loader.want("view", keys("abcde"))
    assert bench.run() == "abcde"
    bench.loader.want("view", keys("abcde"))
    assert sorted(bench.run()) == ["a", "b"]


def test_growing_tiles_larger_than_the_cache_are_not_loaded_for_ever() -> None:
    bench = Bench(budget=2)
    bench.rounds = dict.fromkeys("abc", 100)
    bench.loader.want("view", keys("abc"))
    for _ in range(50):
        bench.loader.load_next()
    assert bench.loaded[:3] == ["a", "b", "c"]
    assert set(bench.loaded[3:]) == {"b", "c"}


def test_head_of_the_list_outlives_its_tail_and_what_is_not_listed() -> None:
    bench = Bench(budget=4)
    bench.loader.want("view", keys("abcd"))
    bench.run()
    bench.loader.want("view", keys("abex"))
    assert bench.run() == "ex"
    assert [key.name for key in keys("abcdex") if bench.loader.get(key)] == [*"abex"]
    bench.loader.want("view", keys("abf"))
    assert bench.run() == "f"
    assert bench.loader.get(Key(1, "a"))
    assert bench.loader.get(Key(1, "b"))


def test_release_forgets_tiles_failures_and_wishes_at_once(bench: Bench) -> None:
    bench.errors = {"b": BrokenFrame("broken")}
    bench.loader.want("view", [*keys("abc"), *keys("xy", 2)])
    for _ in range(2):
        bench.loader.load_next()
    bench.loader.release(1)
    assert bench.released == [1]
    assert bench.loader.get(Key(1, "a")) is None
    assert bench.loader.failures(1) == []
    assert bench.loader.pending("view") == 2
    assert bench.run() == "xy"


def test_released_slide_stays_released(bench: Bench) -> None:
    bench.loader.release(1)
    bench.loader.release(1)
    bench.loader.want("view", keys("ab"))
    assert bench.run() == ""
    assert bench.loader.pending("view") == 0
    assert bench.released == [1]


def test_result_that_arrives_after_the_release_is_dropped(bench: Bench) -> None:
    released_during: list[list[int]] = []

    def release(_key: Key) -> None:
        bench.loader.release(1)
        released_during.append(list(bench.released))

    bench.during = release
    bench.loader.want("view", keys("ab"))
    assert bench.run() == "a"
    assert released_during == [[]]
    assert bench.released == [1]
    assert bench.posted == []
    assert bench.loader.get(Key(1, "a")) is None


def test_closed_loader_answers_but_wants_nothing(bench: Bench) -> None:
    bench.loader.want("view", keys("abc"))
    bench.loader.load_next()
    assert bench.loader.close()
    assert bench.loader.close()
    assert not bench.loader.load_next()
    bench.loader.want("view", keys("d"))
    assert not bench.loader.load_next()
    assert bench.loader.get(Key(1, "a")) == Tile("a")
    bench.loader.release(1)
    assert bench.released == [1]


def test_result_that_arrives_after_closing_is_not_announced(bench: Bench) -> None:
    def close(_key: Key) -> None:
        bench.loader.close()

    bench.during = close
    bench.loader.want("view", keys("ab"))
    assert bench.run() == "a"
    assert bench.posted == []


def test_waiting_is_the_age_of_the_longest_load(bench: Bench) -> None:
    ages: list[float] = []

    def wait(_key: Key) -> None:
        time.sleep(0.02)
        ages.append(bench.loader.waiting())

    bench.during = wait
    assert bench.loader.waiting() == 0
    bench.loader.want("view", keys("a"))
    bench.run()
    assert 0.02 <= ages[0] < 2
    assert bench.loader.waiting() == 0


def test_budget_is_the_cache_s() -> None:
    assert Bench(budget=77).loader.budget == 77
