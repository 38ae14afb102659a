"""The cache, against a plain list of what was used when."""

from dataclasses import dataclass
from typing import NamedTuple

from hypothesis import given
from hypothesis import strategies as st

from viewer.tiles.cache import TileCache


class Key(NamedTuple):
    slide: int
    name: int


def cache_of(budget: int) -> TileCache[Key, int]:
    """A cache whose tiles are their own size."""
    return TileCache(budget, size_of=lambda tile: tile)


def held(cache: TileCache[Key, int]) -> set[int]:
    return {name for name in range(20) if Key(1, name) in cache}


def test_least_recently_used_tile_goes_first() -> None:
    cache = cache_of(30)
    for name in (1, 2, 3):
        assert cache.put(Key(1, name), 10) == []
    assert cache.get(Key(1, 1)) == 10
    assert cache.touch(Key(1, 2))
    assert cache.put(Key(1, 4), 10) == [Key(1, 3)]
    assert held(cache) == {1, 2, 4}
    assert cache.used == 30


def test_newest_tile_is_held_even_if_it_is_too_large() -> None:
    cache = cache_of(30)
    cache.put(Key(1, 1), 20)
    assert cache.put(Key(1, 2), 100) == [Key(1, 1)]
    assert cache.get(Key(1, 2)) == 100
    assert cache.put(Key(1, 3), 30) == [Key(1, 2)]
    assert cache.used == 30


def test_newer_value_takes_the_place_and_the_bytes_of_the_older() -> None:
    cache = cache_of(30)
    cache.put(Key(1, 1), 10)
    cache.put(Key(1, 1), 25)
    assert cache.get(Key(1, 1)) == 25
    assert (cache.used, len(cache)) == (25, 1)


def test_forgetting_a_slide_leaves_the_others() -> None:
    cache = cache_of(100)
    for slide in (1, 2):
        for name in range(3):
            cache.put(Key(slide, name), 10)
    cache.forget(1)
    assert held(cache) == set()
    assert Key(2, 0) in cache
    assert (cache.used, len(cache)) == (30, 3)


def test_what_is_not_held_is_neither_found_nor_touched() -> None:
    cache = cache_of(10)
    assert cache.get(Key(1, 1)) is None
    assert not cache.touch(Key(1, 1))
    cache.discard(Key(1, 1))
    assert cache.used == 0


def test_tiles_know_their_size_themselves_where_nothing_else_is_said() -> None:
    @dataclass
    class Tile:
        size_in_bytes: int

    cache: TileCache[Key, Tile] = TileCache(100)
    cache.put(Key(1, 1), Tile(60))
    cache.put(Key(1, 2), Tile(60))
    assert cache.used == 60


@given(
    st.integers(1, 60),
    st.lists(
        st.tuples(
            st.sampled_from(["put", "get", "touch", "discard"]),
            st.integers(0, 9),
            st.integers(1, 25),
        ),
        max_size=60,
    ),
)
def test_cache_does_what_a_list_in_order_of_use_does(
    budget: int, steps: list[tuple[str, int, int]]
) -> None:
    cache = cache_of(budget)
    model: list[tuple[int, int]] = []  # the least recently used first
    for step, name, size in steps:
        old = next((entry for entry in model if entry[0] == name), None)
        if old is not None:
            model.remove(old)
        match step:
            case "put":
                evicted = cache.put(Key(1, name), size)
                model.append((name, size))
                gone: list[Key] = []
                while sum(size for _, size in model) > budget and len(model) > 1:
                    gone.append(Key(1, model.pop(0)[0]))
                assert evicted == gone
            case "discard":
                cache.discard(Key(1, name))
            case _:
                if old is not None:
                    model.append(old)
                if step == "get":
                    assert cache.get(Key(1, name)) == (old and old[1])
                else:
                    assert cache.touch(Key(1, name)) == (old is not None)
        assert held(cache) == {name for name, _ in model}
        assert cache.used == sum(size for _, size in model)
