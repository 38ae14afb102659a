"""Computed levels, against area means of the whole picture made with plain numpy."""

import threading
import time
from collections import Counter
from collections.abc import Callable
from itertools import pairwise
from math import ceil

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from viewer.formats import virtual
from viewer.formats.virtual import (
    MOST_HALVINGS,
    TOP_TILES,
    ComputedLevels,
    with_computed_levels,
)
from viewer.slide.errors import BrokenFrame, Cancelled, SlideError
from viewer.slide.geometry import Scale, Size
from viewer.slide.model import EMPTY, Empty, Level, Progress, Samples, TileKey

TILE = Size(256, 256)
PINK = (250, 200, 220)  # red, green, blue
PINK_PIXEL = [220, 200, 250, 0]  # as samples: not scanned


def stored(base: Size, size: Size, tile: Size = TILE) -> Level:
    return Level(size, tile, Scale(base.width / size.width, base.height / size.height))


def halved(base: Size, halvings: int) -> Level:
    scale = 2**halvings
    size = Size(ceil(base.width / scale), ceil(base.height / scale))
    return Level(size, TILE, Scale(scale, scale), stored=False)


def mean_of(picture: Samples, factor: int) -> Samples:
    """Block means over what exists, halves rounded up."""
    rows, columns = picture.shape[:2]
    shape = ceil(rows / factor), ceil(columns / factor)
    rest = picture.shape[2:]
    sums = np.zeros((shape[0] * factor, shape[1] * factor, *rest), np.int64)
    area = np.zeros((*sums.shape[:2], *(1 for _ in rest)), np.int64)
    sums[:rows, :columns], area[:rows, :columns] = picture, 1
    blocks = (shape[0], factor, shape[1], factor)
    sums = sums.reshape(*blocks, *rest).sum((1, 3))
    area = area.reshape(*blocks, *area.shape[2:]).sum((1, 3))
    means = (2 * sums + area) // (2 * area)
    if picture.dtype == np.uint16:
        return means.astype(np.uint16)
    return means.astype(np.uint8)


def color_picture(size: Size, seed: int = 1) -> Samples:
    rng = np.random.default_rng(seed)
    picture = rng.integers(0, 256, (size.height, size.width, 4), np.uint8)
    picture[..., 3] = 255
    return picture


def grey_picture(size: Size, dtype: type[np.unsignedinteger] = np.uint16) -> Samples:
    rng = np.random.default_rng(2)
    values = rng.integers(0, np.iinfo(dtype).max + 1, (size.height, size.width))
    return values.astype(np.uint16) if dtype is np.uint16 else values.astype(np.uint8)


class Stored:
    """A slide of one stored level over a picture; counts and spoils its reads."""

    def __init__(self, picture: Samples, tile: Size = TILE, most: int = 2) -> None:
        self.picture = picture
        size = Size(picture.shape[1], picture.shape[0])
        self.level = stored(size, size, tile)
        # More levels than a picture of this size needs.
        self.levels = [self.level, *(halved(size, n) for n in range(1, most + 1))]
        self.reads: Counter[TileKey] = Counter()
        self.broken: set[tuple[int, int]] = set()
        self.empty: Callable[[int, int], bool] = lambda _column, _row: False
        self.before_read: Callable[[TileKey], None] = lambda _key: None
        self.lock = threading.Lock()
        self.computed = ComputedLevels(self.levels, self.read, [PINK] * 4)

    def read(self, key: TileKey, shrink: int) -> Samples | Empty:
        assert key.level == 0
        with self.lock:
            self.reads[key] += 1
        self.before_read(key)
        if key[1:4] in {(0, *place) for place in self.broken}:
            raise BrokenFrame("this frame is broken", 1)
        if self.empty(key.column, key.row):
            return EMPTY
        extent = self.level.tile_extent(key.column, key.row)
        left = key.column * self.level.tile_size.width
        top = key.row * self.level.tile_size.height
        part = self.picture[top : top + extent.height, left : left + extent.width]
        return mean_of(part, shrink)

    def tile(self, key: TileKey) -> Samples:
        """A whole tile that is not empty."""
        samples = self.computed.read(key)
        assert samples is not EMPTY
        return samples

    def progress(self, key: TileKey, seconds: float = 0) -> Progress:
        """A tile that is not empty after so long, or after one square."""
        progress = self.computed.refine(key, seconds)
        assert progress is not EMPTY
        return progress

    def whole(self, number: int) -> NDArray[np.integer]:
        """A level put together from its tiles."""
        level = self.levels[number]
        shape = (level.size.height, level.size.width, *self.picture.shape[2:])
        whole = np.zeros(shape, self.picture.dtype)
        for row in range(level.rows):
            for column in range(level.columns):
                samples = self.tile(TileKey(1, number, column, row))
                extent = level.tile_extent(column, row)
                assert samples.shape[:2] == (extent.height, extent.width)
                assert samples.dtype == self.picture.dtype
                whole[
                    row * 256 : row * 256 + extent.height,
                    column * 256 : column * 256 + extent.width,
                ] = samples
        return whole


# ---- the list of levels ----


@given(
    st.integers(1, 200_000),
    st.integers(1, 200_000),
    st.lists(st.floats(1.2, 9), max_size=4),
    st.integers(100, 1100),
)
def test_steps_are_at_most_two_and_the_top_is_small(
    width: int, height: int, ratios: list[float], tile: int
) -> None:
    base = size = Size(width, height)
    given_levels = [stored(base, base, Size(tile, tile))]
    for ratio in ratios:
        size = Size(max(1, int(size.width / ratio)), max(1, int(size.height / ratio)))
        given_levels.append(stored(base, size, Size(tile, tile)))
    levels = with_computed_levels(given_levels)
    assert [level for level in levels if level.stored] == given_levels
    # A stored level a pixel high is many times too flat: nothing fits in between.
    for finer, coarser in pairwise(levels):
        if min(coarser.size) > 100:
            assert finer.size.width <= 2 * coarser.size.width + 2
            assert finer.size.height <= 2 * coarser.size.height + 2
    for finer, coarser in pairwise(levels):
        assert finer.size.width >= coarser.size.width
        assert finer.size.height >= coarser.size.height
    top = levels[-1].size
    assert ceil(top.width / 256) * ceil(top.height / 256) <= TOP_TILES


@given(st.integers(1, 100_000), st.integers(1, 100_000), st.floats(1, 50))
def test_computed_level_is_a_power_of_two_of_its_stored_one(
    width: int, height: int, factor: float
) -> None:
    base = Size(width, height)
    second = Size(max(1, round(width / factor)), max(1, round(height / factor)))
    stored_level = below = stored(base, base, Size(240, 1000))
    halvings = 0
    for level in with_computed_levels([stored_level, stored(base, second)])[1:]:
        halvings += 1
        if level.stored:
            below, halvings = level, 0
            continue
        scale = 2**halvings
        assert level.size.width == ceil(below.size.width / scale)
        assert level.size.height == ceil(below.size.height / scale)
        assert level.downsample.x == below.downsample.x * scale
        assert level.downsample.y == below.downsample.y * scale
        assert level.tile_size == Size(256, 256)
        assert (level.spacing, level.frames, level.file) == (None, 0, None)


@pytest.mark.parametrize(
    ("base", "sizes", "expected"),
    [
        # a small slide needs nothing
        (Size(1000, 700), [], ""),
        # factors of 4: one level in each gap, then up to 20 tiles
        (Size(46_000, 32_914), [Size(11_500, 8228), Size(2875, 2057)], "cscscc"),
        # factor 4 rounded down, 2 rounded down: no level is doubled
        (Size(1003, 1003), [Size(250, 250)], "cs"),
        (Size(1003, 1003), [Size(501, 501), Size(250, 250)], "ss"),
        # 1.945, 3.89, 7.02 of the field
        (Size(38_900, 38_900), [Size(20_000, 20_000), Size(5541, 5541)], "scsccc"),
    ],
)
def test_gaps_are_filled_and_no_more(
    base: Size, sizes: list[Size], expected: str
) -> None:
    levels = with_computed_levels([stored(base, size) for size in (base, *sizes)])
    assert "".join("cs"[level.stored] for level in levels[1:]) == expected


def test_single_level_of_96_000_frames_gets_seven_more() -> None:
    size = Size(310 * 256, 310 * 256)
    levels = with_computed_levels([stored(size, size)])
    assert [level.columns for level in levels] == [310, 155, 78, 39, 20, 10, 5, 3]


def test_absurdly_wide_level_does_not_make_levels_for_ever() -> None:
    size = Size(2**32 - 1, 1)
    levels = with_computed_levels([stored(size, size)])
    assert len(levels) == 1 + MOST_HALVINGS


# ---- what their pixels are ----


@settings(max_examples=12, deadline=None)
@given(
    st.integers(600, 1500),
    st.integers(600, 1500),
    st.sampled_from(
        [(256, 256), (240, 240), (255, 257), (1000, 1000), (513, 129), (5000, 5000)]
    ),
    st.sampled_from(["color", "grey8", "grey16"]),
)
def test_tiles_are_the_area_mean_of_the_picture(
    width: int, height: int, tile: tuple[int, int], kind: str
) -> None:
    size = Size(width, height)
    slide = Stored(
        {
            "color": color_picture,
            "grey8": lambda size: grey_picture(size, np.uint8),
            "grey16": grey_picture,
        }[kind](size),
        Size(*tile),
        most=3,
    )
    for number in range(1, len(slide.levels)):
        expected = mean_of(slide.picture, 2**number)
        assert np.array_equal(slide.whole(number), expected)


def test_tiles_that_the_decoder_halves_but_once_are_rounded_twice() -> None:
    slide = Stored(grey_picture(Size(1500, 900)), Size(512, 130), most=3)
    for number in (1, 2, 3):
        exact = mean_of(slide.picture, 2**number).astype(int)
        found = slide.whole(number).astype(int)
        assert np.abs(found - exact).max() <= (1 if number > 1 else 0)


def test_tile_that_lies_in_several_squares_is_read_once() -> None:
    slide = Stored(grey_picture(Size(2500, 2500)), Size(1000, 1000))
    slide.whole(1)
    assert len(slide.reads) == 9
    assert set(slide.reads.values()) == {1}


def growing_slide(tile: Size = TILE) -> Stored:
    """A grey slide of 40 x 9 tiles; its level 5 grows from 5 x 2 squares."""
    return Stored(grey_picture(Size(10_001, 2101), np.uint8), tile, most=5)


@pytest.mark.parametrize("tile", [TILE, Size(240, 1000), Size(999, 333)])
def test_tiles_high_up_are_the_mean_of_what_was_rounded_once(tile: Size) -> None:
    slide = growing_slide(tile)
    eighth = mean_of(slide.picture, 8).astype(np.int64)
    height, width = slide.picture.shape
    down = np.full(eighth.shape[0], 8)
    down[-1] = height - 8 * (len(down) - 1)
    across = np.full(eighth.shape[1], 8)
    across[-1] = width - 8 * (len(across) - 1)
    weights = np.multiply.outer(down, across)
    for number, factor in ((4, 2), (5, 4)):
        total, area = eighth * weights, weights
        for axis in (0, 1):
            starts = np.arange(0, weights.shape[axis], factor)
            total = np.add.reduceat(total, starts, axis)
            area = np.add.reduceat(area, starts, axis)
        expected = (2 * total + area) // (2 * area)
        found = slide.whole(number)
        assert np.array_equal(found, expected)
        exact = mean_of(slide.picture, 2**number)
        assert np.abs(found.astype(int) - exact).max() <= 1


def test_tile_outside_the_level_is_refused_in_a_sentence() -> None:
    slide = Stored(grey_picture(Size(2000, 2000)))
    with pytest.raises(
        SlideError, match=r"^Level 1 has no tile 4, 0: expected less than 4, 4\.$"
    ):
        slide.computed.read(TileKey(1, 1, 4, 0))


# ---- what is not there ----


def test_absent_part_takes_the_absent_color_and_says_that_it_is_none() -> None:
    slide = Stored(color_picture(Size(2048, 2048)))
    slide.empty = lambda column, _row: column >= 4
    left = slide.tile(TileKey(1, 1, 0, 0))
    assert np.array_equal(left, mean_of(slide.picture, 2)[:256, :256])
    middle = slide.computed.read(TileKey(1, 2, 1, 0))
    assert middle is EMPTY
    slide.empty = lambda column, _row: column >= 5
    middle = slide.tile(TileKey(1, 2, 1, 0))
    assert (middle[:, 64:] == PINK_PIXEL).all()
    assert np.array_equal(middle[:, :64], mean_of(slide.picture, 4)[:256, 256:320])


@pytest.mark.parametrize(("dtype", "value"), [(np.uint8, 223), (np.uint16, 223 * 257)])
def test_absent_part_of_a_grey_slide_is_grey(
    dtype: type[np.unsignedinteger], value: int
) -> None:
    slide = Stored(grey_picture(Size(2048, 1024), dtype))
    slide.empty = lambda column, _row: column == 1
    tile = slide.tile(TileKey(1, 1, 0, 0))
    assert (tile[:, 128:] == value).all()


def test_growing_tile_is_empty_only_when_all_of_it_is_known_to_be() -> None:
    slide = growing_slide()
    slide.empty = lambda _column, _row: True
    key = TileKey(1, 5, 0, 0)
    first = slide.progress(key)
    assert not first.complete
    assert (first.samples == PINK_PIXEL).all()
    while (last := slide.computed.refine(key, 0)) is not EMPTY:
        assert not last.complete
    assert slide.computed.read(key) is EMPTY


# ---- what cannot be read ----


def test_broken_frame_is_hatched_counted_and_spoils_nothing_else() -> None:
    slide = Stored(color_picture(Size(2048, 2048)))
    slide.broken = {(1, 1)}
    key = TileKey(1, 2, 0, 0)
    tile = slide.tile(key)
    hatched = tile[64:128, 64:128]
    assert {tuple(pixel) for pixel in hatched.reshape(-1, 4).tolist()} == {
        (112, 112, 112, 255),
        (144, 144, 144, 255),
    }
    assert (hatched[1:, :-1] == hatched[:-1, 1:]).all()  # diagonal
    expected = mean_of(slide.picture, 4)[:256, :256].copy()
    expected[64:128, 64:128] = hatched
    assert np.array_equal(tile, expected)
    assert slide.computed.failures == {TileKey(1, 0, 1, 1): "this frame is broken"}


def test_slide_of_broken_frames_only_is_all_hatch() -> None:
    slide = growing_slide()
    slide.broken = {(column, row) for column in range(40) for row in range(9)}
    key = TileKey(1, 5, 1, 0)
    tile = slide.tile(key)
    assert tile.shape == (66, 57, 4)
    assert (np.abs(tile[..., :3].astype(int) - 128) <= 16).all()
    assert slide.computed.failures.keys() == {
        TileKey(1, 0, column, row) for column in range(32, 40) for row in range(9)
    }


def test_hatch_made_before_any_frame_was_read_takes_the_kind_of_the_frames() -> None:
    slide = growing_slide()
    key = TileKey(1, 5, 0, 0)
    slide.broken = {(column, row) for column in range(40) for row in range(9)}
    first = slide.progress(key)
    assert first.samples.ndim == 3
    slide.broken = set()
    tile = slide.tile(key)
    slide.computed.retry()
    assert tile.ndim == 2
    fresh = slide.tile(key)
    assert np.array_equal(tile, fresh)


def test_retry_makes_hatched_tiles_again() -> None:
    slide = growing_slide()
    key = TileKey(1, 5, 0, 0)
    slide.broken = {(0, 0), (5, 5)}
    hatched = slide.tile(key)
    assert len(slide.computed.failures) == 2
    slide.broken = set()
    slide.computed.retry()
    assert not slide.computed.failures
    mended = slide.tile(key)
    assert not np.array_equal(hatched, mended)
    assert np.array_equal(mended, growing_slide().tile(key))


def test_frame_of_another_kind_counts_as_broken() -> None:
    slide = Stored(grey_picture(Size(1024, 2048)))
    plain = slide.read

    def read(key: TileKey, shrink: int) -> Samples | Empty:
        if key[1:4] == (0, 1, 0):
            return np.zeros((256 // shrink, 256 // shrink, 4), np.uint8)
        return plain(key, shrink)

    computed = ComputedLevels(slide.levels, read, [PINK])
    tile = computed.read(TileKey(1, 1, 0, 0))
    assert tile is not EMPTY
    assert np.array_equal(tile[:128, :128], mean_of(slide.picture, 2)[:128, :128])
    assert set(np.unique(tile[:128, 128:])) == {112 * 257, 144 * 257}
    assert list(computed.failures) == [TileKey(1, 0, 1, 0)]


def test_cancelled_read_stops_the_work_and_leaves_no_claim_behind() -> None:
    slide = growing_slide()
    key = TileKey(1, 5, 0, 0)

    def cancel(_key: TileKey) -> None:
        raise Cancelled("nobody waits any more")

    slide.before_read = cancel
    for number in (1, 3):
        with pytest.raises(Cancelled):
            slide.computed.read(TileKey(1, number, 0, 0))
    with pytest.raises(Cancelled):
        slide.computed.refine(key, 1)
    slide.before_read = lambda _key: None
    assert slide.computed.read(key) is not EMPTY
    assert not slide.computed.failures


# ---- growing ----


def test_progress_grows_from_the_center_and_ends_as_read() -> None:
    slide = growing_slide()
    key = TileKey(1, 5, 0, 0)
    expected = growing_slide().tile(key)
    covered: list[NDArray[np.bool_]] = []
    while True:
        progress = slide.progress(key)
        if progress.covered is None:
            break
        covered.append(progress.covered)
        assert progress.covered.shape == progress.samples.shape
        known = progress.samples[progress.covered]
        assert np.array_equal(known, expected[progress.covered])
        assert (progress.samples[~progress.covered] == 223).all()
    assert np.array_equal(progress.samples, expected)
    assert len(covered) == 4 * 2 - 1
    for before, after in pairwise(covered):
        assert (after[before]).all()
        assert after.sum() > before.sum()
    assert not covered[0][0, 0]
    assert max(slide.reads.values()) == 1


def test_given_progress_does_not_change_afterwards() -> None:
    slide = growing_slide()
    key = TileKey(1, 5, 0, 0)
    first = slide.progress(key)
    before = first.samples.copy()
    slide.computed.read(key)
    assert np.array_equal(first.samples, before)


def test_work_for_finer_tiles_is_work_for_the_top() -> None:
    slide = growing_slide()
    for column in range(5):
        for row in range(2):
            slide.computed.read(TileKey(1, 3, column, row))
    slide.reads.clear()
    for number in (4, 5):
        slide.whole(number)
    assert not slide.reads


def test_planes_and_optical_paths_are_kept_apart() -> None:
    slide = growing_slide()
    key = TileKey(1, 5, 0, 0)
    slide.computed.read(key)
    for other in (key._replace(focal_plane=1), key._replace(optical_path=1)):
        slide.reads.clear()
        slide.computed.read(other)
        assert {read[4:] for read in slide.reads} == {other[4:]}


def test_tiles_put_away_for_want_of_memory_are_made_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(virtual, "_KEPT_BYTES", 300_000)
    slide = growing_slide()
    expected = growing_slide()
    for number in (4, 5, 4):  # there is room for one tile
        assert np.array_equal(slide.whole(number), expected.whole(number))
    assert slide.computed._kept.used <= 300_000
    assert max(slide.reads.values()) > 1


def test_two_threads_never_make_the_same_square_at_once() -> None:
    slide = growing_slide()
    barrier = threading.Barrier(2)
    results: dict[str, Samples] = {}

    def work(name: str, key: TileKey) -> None:
        barrier.wait()
        results[name] = slide.tile(key)

    jobs = [("top", TileKey(1, 5, 0, 0)), ("same", TileKey(1, 5, 0, 0))]
    threads = [threading.Thread(target=work, args=job) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert np.array_equal(results["top"], results["same"])
    assert set(slide.reads.values()) == {1}
    assert len(slide.reads) == 32 * 9


def test_tile_of_one_square_is_made_once_for_two_threads() -> None:
    slide = Stored(grey_picture(Size(2048, 2048)))
    reading, go = threading.Event(), threading.Event()

    def wait(_key: TileKey) -> None:
        reading.set()
        go.wait(10)

    slide.before_read = wait
    key = TileKey(1, 1, 0, 0)
    results: list[Samples] = []
    threads = [
        threading.Thread(target=lambda: results.append(slide.tile(key)))
        for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    assert reading.wait(10)
    claim = slide.computed._claims[key]
    while not vars(claim._condition)["_waiters"]:
        time.sleep(0.001)
    go.set()
    for thread in threads:
        thread.join()
    assert np.array_equal(results[0], results[1])
    assert set(slide.reads.values()) == {1}


def test_refine_returns_what_there_is_while_another_thread_makes_the_rest() -> None:
    slide = growing_slide()
    key = TileKey(1, 5, 1, 0)  # the last column: one square across, two down
    slide.computed.refine(key, 0)
    reading, go = threading.Event(), threading.Event()

    def wait(_key: TileKey) -> None:
        reading.set()
        go.wait(10)

    slide.before_read = wait
    other = threading.Thread(target=slide.computed.read, args=(key,))
    other.start()
    assert reading.wait(10)
    progress = slide.progress(key, 0.01)
    assert progress.covered is not None
    assert progress.covered.any()
    go.set()
    other.join()
    assert slide.progress(key).complete
