"""What is wrong, or worth knowing, about frames that are not the same bits."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from viewer.qa.bits.associated import AssociatedBits
from viewer.qa.bits.frame_match import Match
from viewer.qa.bits.generations import from_to, generation
from viewer.qa.bits.levels import LevelBits
from viewer.qa.bits.reordering import QA9
from viewer.qa.comparing import Comparing, Pixels
from viewer.qa.finding import Finding, Rule, Severity
from viewer.qa.pixels.findings import PX6, QA7
from viewer.qa.sides import called, capital

LO2: Final = Rule(
    "LO2",
    Severity.WARNING,
    "frames are the bits of the source",
    "What is decoded and encoded anew loses a little each time; frames that were "
    "passed on as they are lose nothing, and prove it.",
    evidence="wsidicomizer#154, wsidicomizer#165",
    number=2,
)
LO3: Final = Rule(
    "LO3",
    Severity.WARNING,
    "chroma is subsampled as in the source",
    "Colored detail that was averaged away, such as of thin membranes or small nuclei, "
    "does not come back.",
    number=5,
)


def bit_findings(
    comparing: Comparing,
    levels: Sequence[LevelBits],
    associated: Sequence[AssociatedBits],
) -> tuple[Finding, ...]:
    """Return findings about levels, the finest first, and about the other images.

    That frames are not the same bits is an error only where no pixels are looked at,
    which decide otherwise.
    """
    found: list[Finding] = []
    for level in levels:
        if level.matches is not None:
            found += _Teller(comparing, level).findings()
    for image in associated:
        found += _of_image(comparing, image)
    return tuple(found)


class _Teller:
    """Tells what was found about one pair of levels."""

    def __init__(self, comparing: Comparing, level: LevelBits) -> None:
        self._comparing = comparing
        self._level = level
        self._a = called(comparing.a, "a")
        self._b = called(comparing.b, "b")
        self._name = f"level {level.pair.b} of {self._b}"
        bits_only = comparing.options.pixels is Pixels.NONE
        self._severity = Severity.ERROR if bits_only else Severity.WARNING
        self._all_decoded = comparing.options.pixels is Pixels.ALL

    def findings(self) -> Iterator[Finding]:
        """Yield what there is, misplaced frames first: they explain the others."""
        yield from self._swaps()
        yield from self._slips()
        yield from self._strays()
        yield from self._recoded()
        yield from self._tables()
        yield from self._chroma()
        if not self._all_decoded:  # else the pixels tell, and what they show
            yield from self._lost()
            yield from self._unreadable()
        yield from self._added()

    def _swaps(self) -> Iterator[Finding]:
        swaps = self._level.reordering.swaps
        if not swaps:
            return
        named = "; ".join(
            f"{self._words(one)} and {self._words(other)}"
            for one, other in swaps[:_FIRST]
        )
        more = len(swaps) - _FIRST
        others = f"; and {more:,} other pairs" if more > 0 else ""
        one, other = swaps[0]
        yield self._finding(
            QA9,
            f"The frames of these tiles are swapped in {self._name}: {named}{others}.",
            one,
            found=f"the source's frame of {self._words(other)}",
            expected=f"the source's frame of {self._words(one)}",
        )

    def _slips(self) -> Iterator[Finding]:
        slips = self._level.reordering.slips
        if not slips:
            return
        for slip in slips[:_FIRST]:
            way = "later" if slip.by > 0 else "earlier"
            places = "place" if abs(slip.by) == 1 else "places"
            yield self._finding(
                QA9,
                f"From {self._words(slip.first)} to {self._words(slip.last)} of "
                f"{self._name} frames lie {abs(slip.by):,} {places} {way} than in "
                f"{self._a}: {slip.frames:,} of them were recognized.",
                slip.first,
                found=f"the source's frame of {self._words(slip.first - slip.by)}",
                expected=f"the source's frame of {self._words(slip.first)}",
            )

    def _strays(self) -> Iterator[Finding]:
        strays = self._level.reordering.strays
        if not strays:
            return
        into, origin = strays[0]
        more = len(strays) - 1
        others = f"; {more:,} other frames are at wrong tiles, too" if more else ""
        yield self._finding(
            QA9,
            f"{capital(self._words(into))} of {self._name} holds the frame that "
            f"{self._a} has at {self._words(origin)}{others}.",
            into,
            found=f"the source's frame of {self._words(origin)}",
            expected=f"the source's frame of {self._words(into)}",
        )

    def _recoded(self) -> Iterator[Finding]:
        count = self._level.count(Match.RECODED)
        if not count:
            return
        recoding = self._level.commonest(Match.RECODED)
        done, kind = "the coded data is another", self._severity
        if recoding is not None:
            words = from_to(recoding.a, recoding.b)
            were = "it was" if count == 1 else "they were"
            done = f"{were} {generation(recoding.a, recoding.b)}, {words}"
            if recoding.b.is_lossless and kind is Severity.WARNING:
                kind = Severity.NOTE
        yield self._finding(
            LO2,
            f"{self._share(count)} of {self._name} {_are(count)} not the bits of "
            f"{self._a}: {done}.",
            self._level.first(Match.RECODED),
            kind,
            found="" if recoding is None else str(recoding.b),
            expected="" if recoding is None else f"{recoding.a}, unchanged",
        )

    def _tables(self) -> Iterator[Finding]:
        count = self._level.count(Match.TABLES)
        if not count:
            return
        recoding = self._level.commonest(Match.TABLES)
        yield self._finding(
            LO2,
            f"{self._share(count)} of {self._name} {_have(count)} the coded data of "
            f"{self._a}, but other tables or another header to decode it with.",
            self._level.first(Match.TABLES),
            self._severity,
            found="" if recoding is None else str(recoding.b),
            expected="" if recoding is None else f"{recoding.a}, unchanged",
        )

    def _chroma(self) -> Iterator[Finding]:
        changed = {
            (each.a.chroma, each.b.chroma)
            for each in self._level.recodings
            if not each.match.is_same and each.a.chroma and each.b.chroma
        }
        for ours, theirs in sorted(changed):
            if ours != theirs:
                whole = theirs == "4:4:4"
                stored = "not subsampled (4:4:4)" if whole else f"subsampled {theirs}"
                yield self._finding(
                    LO3,
                    f"Chroma is {stored} in {self._name}, but {ours} in {self._a}.",
                    None,
                    Severity.NOTE if whole else None,
                    found=theirs,
                    expected=ours,
                )

    def _lost(self) -> Iterator[Finding]:
        count = self._level.count(Match.LOST)
        if count:
            yield self._finding(
                QA7,
                f"{self._share(count)} of {self._a} {_are(count)} not stored in "
                f"{self._name}.",
                self._level.first(Match.LOST),
                self._severity,
                found="nothing stored",
                expected="a frame",
            )

    def _unreadable(self) -> Iterator[Finding]:
        sides = (
            (Match.UNREADABLE_B, self._b, Severity.ERROR),
            (Match.UNREADABLE_A, self._a, Severity.WARNING),
        )
        for kind, who, severity in sides:
            count = self._level.count(kind)
            if count:
                first = self._level.first(kind)
                why = dict(self._level.broken).get(first, "")
                yield self._finding(
                    PX6,
                    f"{self._share(count)} of level {self._level.pair.b} cannot be "
                    f"read in {who}. {why}".strip(),
                    first,
                    severity,
                )

    def _added(self) -> Iterator[Finding]:
        count = self._level.count(Match.ADDED)
        if count:
            yield self._finding(
                QA7,
                f"{self._share(count)} of {self._name} {_are(count)} there where "
                f"{self._a} stores nothing.",
                self._level.first(Match.ADDED),
                Severity.NOTE,
                found="a frame",
                expected="nothing stored",
            )

    def _share(self, count: int) -> str:
        return f"{count:,} of {self._level.places:,} frames"

    def _words(self, place: int) -> str:
        """Name a tile, its optical path and focal plane where there are several."""
        column, row = self._level.tile(place)
        pairing = self._comparing.pairing
        planes = len(pairing.focal_planes)
        path, plane = divmod(self._level.layer(place), planes)
        words = f"tile ({column}, {row})"
        if len(pairing.optical_paths) > 1:
            words += f" of optical path {pairing.optical_paths[path].b}"
        if planes > 1:
            words += f" in focal plane {pairing.focal_planes[plane].b}"
        return words

    def _finding(
        self,
        rule: Rule,
        message: str,
        place: int | None,
        severity: Severity | None = None,
        **more: Any,
    ) -> Finding:
        pair, slide = self._level.pair, self._comparing.b
        return rule.finding(
            message,
            severity,
            side="b",
            file=slide.levels[pair.b].file,
            level=pair.b,
            tile=None if place is None else self._level.tile(place),
            **more,
        )


_FIRST: Final = 3  # swaps and slips that are told one by one


def _are(count: int) -> str:
    return "is" if count == 1 else "are"


def _have(count: int) -> str:
    return "has" if count == 1 else "have"


def _of_image(comparing: Comparing, image: AssociatedBits) -> Iterator[Finding]:
    """Tell of a label, overview or thumbnail that is not the same bits."""
    if image.is_same is not False:
        return
    for recoding in image.recodings:
        if not recoding.match.is_same:
            words = from_to(recoding.a, recoding.b)
            done = f"it was {generation(recoding.a, recoding.b)}, {words}"
            yield LO2.finding(
                f"The {image.role} of {called(comparing.b, 'b')} is not the bits of "
                f"{called(comparing.a, 'a')}: {done}.",
                Severity.NOTE if recoding.b.is_lossless else Severity.WARNING,
                side="b",
                file=comparing.b.associated[image.role].file,
                found=str(recoding.b),
                expected=f"{recoding.a}, unchanged",
            )
            return
