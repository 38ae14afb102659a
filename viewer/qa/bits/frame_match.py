"""Frame against frame: what a frame of the result is to that of the source."""

from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from enum import IntEnum
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from viewer.qa.bits.alike_runs import FirstHeads, doubtful_frames, unlike_frames
from viewer.qa.bits.codestream_form import (
    Head,
    HeadReader,
    JpegHead,
    coded_data,
    digest,
    is_other_data,
)
from viewer.qa.bits.generations import Encoding, encoding_of
from viewer.qa.bits.rewrapping import rewrapping
from viewer.qa.bits.stretches import Stored
from viewer.slide.errors import BrokenFrame
from viewer.slide.files import EncodedFrame, FrameRun
from viewer.slide.model import EMPTY


class Match(IntEnum):
    """What the frames of one tile are to each other."""

    NONE = 0  # neither slide stores the tile
    SAME = 1  # byte for byte, but for padding
    MOVED = 2  # the same bits; markers or tables around them are stored otherwise
    TABLES = 3  # the same coded data, to be decoded with other tables or header
    RECODED = 4  # other coded data
    LOST = 5  # only the source has a frame
    ADDED = 6  # only the result has one
    UNREADABLE_A = 7
    UNREADABLE_B = 8
    ELSEWHERE = 9  # the result has a frame that the source has at another tile

    @property
    def is_same(self) -> bool:
        """Whether the bits that decide the pixels are the same."""
        return self in (Match.SAME, Match.MOVED)


Matches: TypeAlias = NDArray[np.uint8]
"""A `Match` each."""


class Recoding(NamedTuple):
    """How a frame is encoded in the source and in the result, and what was moved.

    `moved` says in words what is stored otherwise around the same bits.
    """

    a: Encoding
    b: Encoding
    match: Match
    moved: str = ""


@dataclass(slots=True)
class Matched:
    """What some neighboring frames are to each other.

    `digests_b` holds a hash of each frame of the result that is not the same bits, 0
    for the others; `digests_a` holds one of every frame of the source where there is
    such a one among its neighbors. `recodings` count how frames are encoded; of frames
    that begin alike, or are the same byte for byte, the first speaks for all.
    `broken` has the place and the sentence of each frame that cannot be read. Where it
    `is_unhashed` there are no hashes of frames whose heads have another meaning in the
    other slide: they are of use where `FrameMatcher.has_common_heads` alone.
    """

    matches: Matches
    digests_a: NDArray[np.uint64]
    digests_b: NDArray[np.uint64]
    recodings: Counter[Recoding] = field(default_factory=Counter[Recoding])
    broken: list[tuple[int, str]] = field(default_factory=list[tuple[int, str]])
    is_unhashed: bool = False


class FrameMatcher:
    """Matches frames of a source with those of a result. Any thread."""

    def __init__(self) -> None:
        """Begin with no heads known."""
        self._heads = HeadReader(), HeadReader()

    def match(self, ours: Sequence[Stored], theirs: Sequence[Stored]) -> Matched:
        """Match frames of the same tiles, one with one."""
        matches = bytearray(len(ours))
        found = Matched(
            np.frombuffer(matches, np.uint8),
            np.zeros(len(ours), np.uint64),
            np.zeros(len(ours), np.uint64),
        )
        kinds = _Kinds()
        for number, (one, other) in enumerate(zip(ours, theirs, strict=True)):
            if isinstance(one, EncodedFrame) and isinstance(other, EncodedFrame):
                if one.data == other.data and one.tables == other.tables:
                    matches[number] = Match.SAME
                    continue
                matches[number] = self._match(number, one, other, found, kinds)
            else:
                matches[number] = self._unmatched(number, one, other, found)
        self._digest_same(ours, found)
        self._describe(ours, theirs, found, kinds)
        return found

    def match_runs(self, ours: FrameRun, theirs: FrameRun) -> Matched:
        """Match frames of the same tiles that were read at once, one with one.

        The same as `match`, for the usual case that nearly all frames of either slide
        begin alike.
        """
        heads = self._first_heads(ours, theirs)
        if heads is None:
            others = [*range(len(ours.starts))]
        elif heads.are_alike:
            others = unlike_frames(ours, theirs, heads)
        else:
            others = doubtful_frames(ours, theirs, heads)
        found = self.match(
            [ours.at(number) for number in others],
            [theirs.at(number) for number in others],
        )
        if heads is None or len(others) == len(ours.starts):
            return found
        return self._spread(found, others, heads, ours, theirs)

    def has_common_heads(self) -> bool:
        """Whether a frame of the result may be one of the source at another tile."""
        return not self._heads[0].met.isdisjoint(self._heads[1].met)

    def _first_heads(self, ours: FrameRun, theirs: FrameRun) -> FirstHeads | None:
        """Return what the first frames begin with; None where that makes no sense."""
        try:
            one, other = ours.at(0), theirs.at(0)
            return FirstHeads(self._heads[0].read(one), self._heads[1].read(other))
        except BrokenFrame:
            return None

    def _spread(
        self,
        found: Matched,
        others: Sequence[int],
        heads: FirstHeads,
        ours: FrameRun,
        theirs: FrameRun,
    ) -> Matched:
        """Put what was found of the `others` to where they belong."""
        count = len(ours.starts)
        match = Match.RECODED
        if heads.are_alike:
            match = Match.SAME if heads.are_identical else Match.MOVED
        spread = Matched(
            np.full(count, match, np.uint8),
            np.zeros(count, np.uint64),
            np.zeros(count, np.uint64),
            found.recodings,
            [(others[number], words) for number, words in found.broken],
            is_unhashed=not match.is_same,
        )
        spread.matches[others] = found.matches
        with suppress(BrokenFrame):
            moved = rewrapping(heads.a, heads.b) if match is Match.MOVED else ""
            ways = encoding_of(ours.at(0), heads.a), encoding_of(theirs.at(0), heads.b)
            spread.recodings[Recoding(*ways, match, moved)] += count - len(others)
        if others and not spread.is_unhashed:
            spread.digests_a[others] = found.digests_a
            spread.digests_b[others] = found.digests_b
            self._digest_same([ours.at(number) for number in range(count)], spread)
        return spread

    def _match(
        self,
        number: int,
        one: EncodedFrame,
        other: EncodedFrame,
        found: Matched,
        kinds: "_Kinds",
    ) -> Match:
        """Match frames that are not the same byte for byte."""
        head, theirs = self._read(number, 0, one, found), None
        if head is None:
            return Match.UNREADABLE_A
        theirs = self._read(number, 1, other, found)
        if theirs is None:
            return Match.UNREADABLE_B
        same_head = head is theirs or head.form == theirs.form
        if same_head and _go_on_alike(one.data, head, other.data, theirs):
            kinds.add(number, head, theirs, Match.MOVED)
            return Match.MOVED
        match = Match.RECODED
        if not is_other_data(one.data, head, other.data, theirs) and (
            coded_data(one.data, head) == coded_data(other.data, theirs)
        ):
            match = Match.MOVED if same_head else Match.TABLES
        if not match.is_same:
            found.digests_a[number] = digest(one.data, head)
            found.digests_b[number] = digest(other.data, theirs)
        kinds.add(number, head, theirs, match)
        return match

    def _digest_same(self, ours: Sequence[Stored], found: Matched) -> None:
        """Hash what is the same too, where a frame next to it may be a copy of it."""
        if not found.digests_b.any():
            return
        for number, one in enumerate(ours):
            if isinstance(one, EncodedFrame) and not found.digests_a[number]:
                head = self._read(number, 0, one, found)
                if head is not None:
                    found.digests_a[number] = digest(one.data, head)

    def _unmatched(
        self, number: int, one: Stored, other: Stored, found: Matched
    ) -> Match:
        """Say what there is where not both have a frame; such a frame may be moved."""
        for side, (stored, digests) in enumerate(
            ((one, found.digests_a), (other, found.digests_b))
        ):
            if isinstance(stored, BrokenFrame):
                found.broken.append((number, str(stored)))
            elif isinstance(stored, EncodedFrame):
                head = self._read(number, side, stored, found)
                if head is not None:
                    digests[number] = digest(stored.data, head)
        if isinstance(one, BrokenFrame):
            return Match.UNREADABLE_A
        if isinstance(other, BrokenFrame):
            return Match.UNREADABLE_B
        if one is EMPTY:
            return Match.NONE if other is EMPTY else Match.ADDED
        return Match.LOST

    def _read(
        self, number: int, side: int, frame: EncodedFrame, found: Matched
    ) -> Head | None:
        try:
            return self._heads[side].read(frame)
        except BrokenFrame as error:
            found.broken.append(
                (number, f"{frame.file.name}: frame {frame.frame}: {error}.")
            )
            return None

    def _describe(
        self,
        ours: Sequence[Stored],
        theirs: Sequence[Stored],
        found: Matched,
        kinds: "_Kinds",
    ) -> None:
        """Say how the frames are encoded, one example of each kind."""
        same = np.flatnonzero(found.matches == Match.SAME)
        if len(same):
            number = int(same[0])
            one, other = ours[number], theirs[number]
            with suppress(BrokenFrame):
                assert isinstance(one, EncodedFrame)  # noqa: S101 - it is the same
                head = self._heads[0].read(one)
                kinds.add(number, head, head, Match.SAME, len(same))
        for (head, other_head, match), (number, count) in kinds.found.items():
            one, other = ours[number], theirs[number]
            if isinstance(one, EncodedFrame) and isinstance(other, EncodedFrame):
                with suppress(BrokenFrame):
                    moved = rewrapping(head, other_head) if match is Match.MOVED else ""
                    recoding = Recoding(
                        encoding_of(one, head),
                        encoding_of(other, other_head),
                        match,
                        moved,
                    )
                    found.recodings[recoding] += count


class _Kinds:
    """Which heads frames have and how they match: the first of them, and how many."""

    def __init__(self) -> None:
        self.found: dict[tuple[Head, Head, Match], tuple[int, int]] = {}

    def add(
        self, number: int, one: Head, other: Head, match: Match, count: int = 1
    ) -> None:
        key = one, other, match
        first, counted = self.found.get(key, (number, 0))
        self.found[key] = first, counted + count


def _go_on_alike(data: bytes, head: Head, other_data: bytes, other: Head) -> bool:
    """Whether two JPEG frames have the same bytes behind their heads, but for padding.

    Where nothing lies behind the end of image this is enough, and quick.
    """
    if not (isinstance(head, JpegHead) and isinstance(other, JpegHead)):
        return False
    rest, other_rest = data[head.length :], other_data[other.length :]
    return rest.rstrip(b"\0") == other_rest.rstrip(b"\0")
