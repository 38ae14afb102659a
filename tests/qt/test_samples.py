"""RecentSamples: what is held is not read again, within a budget, by any thread."""

import threading

import numpy as np
import pytest

from tests.profiles import SRGB, swapped
from tests.scene.fake_slide import FakeSlide, halving_levels
from tests.scene.stage import bgr
from viewer.codecs.icc import DirectCorrection, TableCorrection
from viewer.qt.images import Picture, picture_of
from viewer.qt.samples import OVERHEAD, RecentSamples
from viewer.slide.adjustment import Adjustment
from viewer.slide.correction import Corrections
from viewer.slide.errors import BrokenFrame
from viewer.slide.geometry import Size
from viewer.slide.look import DisplayTile, Look
from viewer.slide.model import (
    EMPTY,
    ColorReading,
    Empty,
    Progress,
    Samples,
    TileKey,
)

TILE_BYTES = 64 * 64 * 4 + OVERHEAD
AS_ENCODED = ColorReading.AS_ENCODED


def noise(_level: object, key: TileKey) -> Samples:
    pixels = np.random.default_rng(key.column).integers(0, 256, (64, 64, 4), np.uint8)
    pixels[..., 3] = 255
    return pixels


class CountingSlide(FakeSlide):
    """A slide of 10 x 1 tiles of noise that knows how often each was read."""

    def __init__(self) -> None:
        super().__init__(halving_levels(Size(640, 64), 64, 1), noise)
        self.reads: list[int] = []

    def read_samples(
        self, key: TileKey, color: ColorReading = AS_ENCODED
    ) -> Samples | Empty:
        self.reads.append(key.column)
        return super().read_samples(key, color)

    def key(self, column: int) -> TileKey:
        return TileKey(self.serial, 0, column, 0)


@pytest.fixture
def slide() -> CountingSlide:
    return CountingSlide()


def read(recent: RecentSamples, slide: CountingSlide, *columns: int) -> list[int]:
    """Read tiles and return which of them the slide was asked for."""
    slide.reads.clear()
    for column in columns:
        recent.read(slide, slide.key(column), AS_ENCODED, 0.1)
    return list(slide.reads)


def drawn(slide: FakeSlide, look: Look, recent: RecentSamples | None) -> np.ndarray:
    picture = picture_of(
        slide, DisplayTile(slide.serial, 0, 3, 0, 0, look), 0.1, recent
    )
    assert isinstance(picture, Picture)
    assert picture.image is not None
    return bgr(picture.image)


def test_a_new_look_reads_nothing_again(slide: CountingSlide) -> None:
    recent = RecentSamples(1 << 20)
    swap = Corrections({(0, 0): DirectCorrection(swapped())})
    looks = [Look(), Look(corrections=swap), Look(adjustment=Adjustment(10)), Look()]
    for look in looks:
        assert (drawn(slide, look, recent) == drawn(CountingSlide(), look, None)).all()
    assert slide.reads == [3]


@pytest.mark.parametrize("make", [DirectCorrection, TableCorrection.build])
def test_pictures_have_exactly_the_bytes_of_swapped_primaries(
    slide: CountingSlide, make: type[DirectCorrection]
) -> None:
    stored = noise(None, slide.key(3))[..., :3]
    plain = drawn(slide, Look(), RecentSamples(1 << 20))
    assert (plain == stored).all()
    identity = Look(corrections=Corrections({(0, 0): make(SRGB)}))
    same = drawn(slide, identity, RecentSamples(1 << 20))
    assert np.abs(same.astype(int) - stored).max() <= 1
    swap = Look(corrections=Corrections({(0, 0): make(swapped())}))
    exchanged = drawn(slide, swap, RecentSamples(1 << 20))
    # Swapping the primaries swaps the channels of what sRGB's own profile gives.
    mirrored = drawn_mirrored(stored, make)
    assert (exchanged == mirrored).all()


def drawn_mirrored(stored: np.ndarray, make: type[DirectCorrection]) -> np.ndarray:
    mirrored = np.full((64, 64, 4), 255, np.uint8)
    mirrored[..., :3] = stored[..., ::-1]
    return make(SRGB).apply(mirrored)[..., :3]


def test_the_least_recently_used_goes_first(slide: CountingSlide) -> None:
    recent = RecentSamples(3 * TILE_BYTES)
    assert read(recent, slide, 0, 1, 2) == [0, 1, 2]
    assert read(recent, slide, 0) == []
    assert read(recent, slide, 3) == [3]  # in the place of 1
    assert read(recent, slide, 0, 2, 3) == []
    assert read(recent, slide, 1) == [1]
    assert recent.used == 3 * TILE_BYTES


def test_what_is_in_favor_goes_last(slide: CountingSlide) -> None:
    recent = RecentSamples(3 * TILE_BYTES)
    recent.favor([slide.key(0), slide.key(1)])
    read(recent, slide, 0, 1, 2, 3, 4, 5)
    assert read(recent, slide, 0, 1) == []
    assert read(recent, slide, 5) == []
    recent.favor([])
    read(recent, slide, 6, 7, 8)
    assert read(recent, slide, 0, 1) == [0, 1]


def test_going_round_a_view_too_large_still_finds_most_of_it(
    slide: CountingSlide,
) -> None:
    recent = RecentSamples(6 * TILE_BYTES)
    recent.favor([slide.key(column) for column in range(10)])
    read(recent, slide, *range(10))
    assert len(read(recent, slide, *range(10))) <= 5
    assert recent.used <= recent.budget


def test_what_is_larger_than_the_budget_is_not_held(slide: CountingSlide) -> None:
    recent = RecentSamples(TILE_BYTES - 1)
    assert read(recent, slide, 0, 0) == [0, 0]
    assert recent.used == 0


def test_absent_tiles_are_remembered_as_such(slide: CountingSlide) -> None:
    slide.absent = {(0, 4, 0)}
    recent = RecentSamples(1 << 20)
    for _ in range(2):
        assert recent.read(slide, slide.key(4), AS_ENCODED, 0.1) is EMPTY
    assert slide.reads == [4]


def test_growing_tiles_are_asked_for_until_they_are_complete(
    slide: CountingSlide,
) -> None:
    recent = RecentSamples(1 << 20)
    slide.covered = {(0, 2, 0): 0.5}
    for _ in range(2):
        found = recent.read(slide, slide.key(2), AS_ENCODED, 0.1)
        assert isinstance(found, Progress)
        assert not found.complete
    slide.covered = {}
    assert read(recent, slide, 2, 2) == [2]


def test_broken_tiles_are_tried_again(slide: CountingSlide) -> None:
    recent = RecentSamples(1 << 20)
    slide.broken = {(0, 5, 0): "Frame 6 is broken."}
    for _ in range(2):
        with pytest.raises(BrokenFrame):
            recent.read(slide, slide.key(5), AS_ENCODED, 0.1)
    assert slide.reads == [5, 5]


def test_two_readings_of_color_are_two_things(slide: CountingSlide) -> None:
    recent = RecentSamples(1 << 20)
    for color in (AS_ENCODED, ColorReading.AS_DECLARED) * 2:
        recent.read(slide, slide.key(1), color, 0.1)
    assert slide.reads == [1, 1]


def test_a_cut_tile_does_not_keep_the_whole_frame_alive(slide: CountingSlide) -> None:
    slide.draw = lambda level, key: np.zeros((900, 900, 4), np.uint8)[:64, :64]
    recent = RecentSamples(1 << 20)
    found = recent.read(slide, slide.key(1), AS_ENCODED, 0.1)
    assert isinstance(found, Progress)
    assert found.samples.base is None
    assert found.samples.flags.c_contiguous
    assert recent.used == TILE_BYTES


def test_a_slide_that_is_gone_leaves_nothing_behind(slide: CountingSlide) -> None:
    other = CountingSlide()
    recent = RecentSamples(1 << 20)
    read(recent, slide, 0, 1)
    read(recent, other, 0)
    recent.forget(slide.serial)
    assert recent.used == TILE_BYTES
    assert read(recent, slide, 0) == [0]
    assert read(recent, other, 0) == []


def test_many_threads_keep_the_account_right(slide: CountingSlide) -> None:
    recent = RecentSamples(4 * TILE_BYTES)
    wrong: list[int] = []

    def work(seed: int) -> None:
        columns = np.random.default_rng(seed).integers(0, 10, 200)
        for column in (int(each) for each in columns):
            found = recent.read(slide, slide.key(column), AS_ENCODED, 0.1)
            if (
                not isinstance(found, Progress)
                or not (found.samples == noise(None, slide.key(column))).all()
            ):
                wrong.append(column)
            recent.favor([slide.key(column)])

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert 0 < recent.used <= recent.budget
    recent.forget(slide.serial)
    assert recent.used == 0
