"""Which tiles are looked at: few enough, everywhere, and those with tissue."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from viewer.qa.pixels.sampling import TilePlace, all_tiles, sampled_tiles

EDGES = st.integers(1, 60)


def level(place: TilePlace) -> int:
    """No tile has a longer codestream than another."""
    return 1000


@given(EDGES, EDGES, st.integers(1, 300))
def test_a_sample_is_of_the_size_asked_for_and_lies_within_the_level(
    columns: int, rows: int, count: int
) -> None:
    chosen = sampled_tiles(columns, rows, count, level)
    assert len(set(chosen)) == len(chosen) <= count
    assert all(0 <= x < columns and 0 <= y < rows for x, y in chosen)
    assert chosen == sorted(chosen, key=lambda place: (place.row, place.column))
    if count >= columns * rows:
        assert len(chosen) == columns * rows


@given(st.integers(20, 400), st.integers(20, 400))
def test_a_sample_of_a_large_level_is_nearly_full(columns: int, rows: int) -> None:
    assert len(sampled_tiles(columns, rows, 200, level)) == 200


def test_the_same_sample_is_drawn_every_time() -> None:
    assert sampled_tiles(150, 90, 200, level) == sampled_tiles(150, 90, 200, level)


def test_all_parts_of_a_level_are_looked_at() -> None:
    chosen = sampled_tiles(160, 120, 200, level)
    for left in range(0, 160, 32):
        for top in range(0, 120, 30):
            part = [
                x for x, y in chosen if left <= x < left + 32 and top <= y < top + 30
            ]
            assert part, f"nothing at {left}, {top}"


def test_tissue_is_looked_at_more_than_glass() -> None:
    def tissue(place: TilePlace) -> int:
        return 9000 if 40 <= place.column < 80 and 30 <= place.row < 60 else 800

    chosen = sampled_tiles(160, 120, 200, tissue)
    within = sum(tissue(place) == 9000 for place in chosen)
    share = 40 * 30 / (160 * 120)
    assert within / len(chosen) > 2 * share


def test_suspects_are_looked_at_but_are_not_all() -> None:
    suspects = [TilePlace(7, 3), TilePlace(99, 70)]
    assert set(suspects) <= set(sampled_tiles(120, 80, 50, level, suspects))
    everything = list(all_tiles(120, 80))
    assert len(sampled_tiles(120, 80, 50, level, everything[:4000])) == 50


def test_corners_are_looked_at() -> None:
    corners = {(0, 0), (99, 0), (0, 49), (99, 49)}
    assert corners <= set(sampled_tiles(100, 50, 20, level))


@given(EDGES, EDGES, st.integers(0, 70))
def test_all_tiles_are_each_looked_at_once(
    columns: int, rows: int, stripe: int
) -> None:
    found = list(all_tiles(columns, rows, stripe))
    assert len(found) == columns * rows
    assert set(found) == {(x, y) for x in range(columns) for y in range(rows)}


def test_stripes_are_followed_down_to_the_end() -> None:
    found = [tuple(place) for place in all_tiles(3, 2, 2)]
    assert found == [(0, 0), (1, 0), (0, 1), (1, 1), (2, 0), (2, 1)]


@pytest.mark.parametrize("count", [1, 2, 3, 4, 5])
def test_tiny_samples_are_not_exceeded(count: int) -> None:
    assert len(sampled_tiles(70, 70, count, level)) == count
