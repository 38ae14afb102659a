"""The frames of paired levels, compared one by one; nothing is decoded.

Every tile of every pair of levels, focal planes and optical paths is looked at. What
"the same bits" means is told in viewer.qa.bits.codestream_form.
"""

from collections import Counter
from dataclasses import dataclass, field
from math import prod
from typing import Final

import numpy as np
from numpy.typing import NDArray

from viewer.qa.bits.frame_match import (
    FrameMatcher,
    Match,
    Matched,
    Matches,
    Recoding,
)
from viewer.qa.bits.generations import ENCODED_ANEW, generation
from viewer.qa.bits.reordering import Reordering, find_reordering, held_elsewhere
from viewer.qa.bits.stretches import (
    Stretch,
    count_stretches,
    grid_of,
    one_by_one,
    read_stretch,
    stretches_of,
)
from viewer.qa.comparing import Comparing, LevelPair, Sameness
from viewer.qa.sides import called, capital, in_pixels
from viewer.slide.errors import BrokenFrame, SlideError
from viewer.slide.files import FrameRun
from viewer.slide.model import TileKey


@dataclass(frozen=True, slots=True)
class LevelBits:
    """What the frames of one pair of levels are to each other.

    `matches` holds a `Match` a tile: (optical paths, focal planes, rows, columns), as
    many paths and planes as are paired. Where frames cannot be compared it is None, and
    `reason` is a sentence that says why. `broken` has the first frames that cannot be
    read: number of the place in `matches`, and a sentence.
    """

    pair: LevelPair
    matches: Matches | None
    reason: str = ""
    recodings: Counter[Recoding] = field(default_factory=Counter[Recoding])
    reordering: Reordering = field(default_factory=Reordering)
    broken: tuple[tuple[int, str], ...] = ()

    def count(self, *kinds: Match) -> int:
        """Return how many tiles are of these kinds."""
        if self.matches is None:
            return 0
        return int(sum(np.count_nonzero(self.matches == kind) for kind in kinds))

    @property
    def places(self) -> int:
        """How many tiles either slide stores."""
        return 0 if self.matches is None else self.matches.size - self.count(Match.NONE)

    @property
    def frames(self) -> int:
        """How many tiles both slides have a readable frame of."""
        return self.places - self.count(
            Match.LOST, Match.ADDED, Match.UNREADABLE_A, Match.UNREADABLE_B
        )

    @property
    def same(self) -> int:
        """How many frames are the same bits."""
        return self.count(Match.SAME, Match.MOVED)

    @property
    def sameness(self) -> Sameness | None:
        """BITS, DIFFERENT, or None where frames cannot be compared."""
        if self.matches is None:
            return None
        return Sameness.BITS if self.same == self.places else Sameness.DIFFERENT

    @property
    def layers(self) -> int:
        """How many optical paths times focal planes were compared."""
        return 0 if self.matches is None else prod(self.matches.shape[:2])

    def commonest(self, match: Match) -> Recoding | None:
        """Return what was done to most of the frames of a kind."""
        found = (
            each for each, _ in self.recodings.most_common() if each.match is match
        )
        return next(found, None)

    @property
    def is_encoded_anew(self) -> bool:
        """Whether most frames were encoded once more, with loss and for certain."""
        done = self.commonest(Match.RECODED)
        return (
            done is not None
            and not done.b.is_lossless
            and generation(done.a, done.b) == ENCODED_ANEW
            and 2 * self.count(Match.RECODED) > self.frames
        )

    def first(self, kind: Match) -> int:
        """Return the first place in `matches` of a kind that is there."""
        assert self.matches is not None, "there are no places"  # noqa: S101
        return int(np.argmax(self.matches.reshape(-1) == kind))

    def layer(self, place: int) -> int:
        """Return the number of a place's layer: path by path, plane by plane."""
        assert self.matches is not None, "there are no places"  # noqa: S101
        return place // prod(self.matches.shape[2:])

    def tile(self, place: int) -> tuple[int, int]:
        """Return column and row of a place in `matches`."""
        assert self.matches is not None, "there are no places"  # noqa: S101
        rows, columns = self.matches.shape[2:]
        row, column = divmod(place % (rows * columns), columns)
        return column, row


def compare_levels(comparing: Comparing) -> tuple[LevelBits, ...]:
    """Compare the frames of all pairs of levels; blocks. Raises SlideError, Cancelled.

    Memory: a byte a tile, and 24 bytes for each frame that is not the same bits.
    """
    pairs = comparing.pairing.levels
    reasons = [_incomparable(comparing, pair) for pair in pairs]
    gathered = {
        number: _Gathered(grid_of(comparing, pair))
        for number, pair in enumerate(pairs)
        if not reasons[number]
    }
    matcher = FrameMatcher()
    sides = (0, comparing.a), (1, comparing.b)

    def look(stretch: Stretch) -> tuple[Stretch, Matched]:
        a, b = (read_stretch(slide, stretch, side) for side, slide in sides)
        if isinstance(a, FrameRun) and isinstance(b, FrameRun):
            return stretch, matcher.match_runs(a, b)
        return stretch, matcher.match(one_by_one(a), one_by_one(b))

    looked = [(number, pairs[number]) for number in gathered]
    stretches = stretches_of(comparing, looked)
    total = sum(count_stretches(comparing, pair) for _, pair in looked)
    for stretch, matched in comparing.run.each(
        look, stretches, "comparing frames", total
    ):
        gathered[stretch.number].take(stretch, matched)
    unhashed = [stretch for each in gathered.values() for stretch in each.unhashed]
    if unhashed and matcher.has_common_heads():

        def look_again(stretch: Stretch) -> tuple[Stretch, Matched]:
            a, b = (read_stretch(slide, stretch, side) for side, slide in sides)
            return stretch, matcher.match(one_by_one(a), one_by_one(b))

        for stretch, matched in comparing.run.each(
            look_again, unhashed, "looking for moved frames", len(unhashed)
        ):
            gathered[stretch.number].take_digests(stretch.start, matched)
    return tuple(
        LevelBits(pair, None, reasons[number])
        if reasons[number]
        else gathered[number].result(pair)
        for number, pair in enumerate(pairs)
    )


_MOST: Final = 1 << 26  # tiles of a level
_MOST_BROKEN: Final = 100


class _Gathered:
    """The answers about one pair of levels, as they come in."""

    def __init__(self, shape: tuple[int, int, int, int]) -> None:
        self.matches: Matches = np.zeros(shape, np.uint8)
        self._flat = self.matches.reshape(-1)
        self._recodings: Counter[Recoding] = Counter()
        self._places: list[NDArray[np.int64]] = []
        self._digests: list[NDArray[np.uint64]] = []  # both slides', one below another
        self._broken: list[tuple[int, str]] = []
        self.unhashed: list[Stretch] = []

    def take(self, stretch: Stretch, matched: Matched) -> None:
        start = stretch.start
        self._flat[start : start + len(matched.matches)] = matched.matches
        self._recodings.update(matched.recodings)
        room = _MOST_BROKEN - len(self._broken)
        self._broken += [(start + at, words) for at, words in matched.broken[:room]]
        if matched.is_unhashed:
            self.unhashed.append(stretch)
        else:
            self.take_digests(start, matched)

    def take_digests(self, start: int, matched: Matched) -> None:
        both = np.stack([matched.digests_a, matched.digests_b])
        differing = np.flatnonzero(both.any(axis=0))
        if len(differing):
            self._places.append(differing + start)
            self._digests.append(both[:, differing])

    def result(self, pair: LevelPair) -> LevelBits:
        reordering = Reordering()
        if self._places:
            places = np.concatenate(self._places)
            order = np.argsort(places)  # stretches may have been looked at again
            ours, theirs = np.concatenate(self._digests, axis=1)[:, order]
            places = places[order]
            reordering = find_reordering(places, ours, theirs)
            elsewhere = places[held_elsewhere(ours, theirs)]
            self._flat[elsewhere] = Match.ELSEWHERE
            self._forget_moved(len(elsewhere))
        return LevelBits(
            pair,
            self.matches,
            "",
            self._recodings,
            reordering,
            tuple(self._broken),
        )

    def _forget_moved(self, frames: int) -> None:
        """Count frames that were only moved no longer among those encoded anew."""
        for recoding, count in tuple(self._recodings.items()):
            if recoding.match is Match.RECODED and recoding.a == recoding.b:
                self._recodings[recoding] -= min(count, frames)
                frames -= min(count, frames)
        self._recodings = +self._recodings


def _incomparable(comparing: Comparing, pair: LevelPair) -> str:
    """Say why the frames of two levels cannot be compared; empty where they can."""
    for slide, side, level in (
        (comparing.a, called(comparing.a, "a"), pair.a),
        (comparing.b, called(comparing.b, "b"), pair.b),
    ):
        if slide.format == "openslide":
            words = "is read by OpenSlide, which gives pixels and no frames."
            return capital(f"{side} {words}")
        try:
            slide.read_frame(TileKey(0, level, 0, 0))
        except BrokenFrame:
            pass  # others may be sound
        except SlideError as error:  # a layout without frames of its own
            return str(error)
    ours, theirs = comparing.a.levels[pair.a], comparing.b.levels[pair.b]
    if ours.tile_size != theirs.tile_size:
        return (
            f"Tiles have {in_pixels(ours.tile_size)} pixels in the source and "
            f"{in_pixels(theirs.tile_size)} in the result."
        )
    if (ours.columns, ours.rows) != (theirs.columns, theirs.rows):
        return (
            f"There are {ours.columns} x {ours.rows} tiles in the source and "
            f"{theirs.columns} x {theirs.rows} in the result."
        )
    tiles = prod(grid_of(comparing, pair))
    if tiles > _MOST:
        return f"There are {tiles:,} tiles, expected at most {_MOST:,}."
    return ""
