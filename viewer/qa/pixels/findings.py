"""What the compared pixels of a layer mean: findings, one of a kind with its count."""

from collections.abc import Callable, Iterator
from typing import Any, Final, NamedTuple

from viewer.qa.bits.reordering import QA9
from viewer.qa.comparing import Comparing, Tolerance
from viewer.qa.finding import Finding, Rule, Severity
from viewer.qa.pixels.difference import Difference
from viewer.qa.pixels.layers import LayerPixels
from viewer.qa.pixels.sampling import TilePlace
from viewer.qa.pixels.tile_outcome import Fate
from viewer.qa.pixels.words import (
    in_figures,
    layer_name,
    tile_words,
    tiles_words,
)
from viewer.qa.sides import called, capital, counted

QA3: Final = Rule(
    "QA3",
    Severity.ERROR,
    "pixels are those of the source",
    "What a person or a program reads from the result is not what the scanner "
    "recorded; programs can tell such slides apart even where people cannot.",
    evidence="Sci Rep 2025 s41598-025-02851-w",
    number=3,
)
QA7: Final = Rule(
    "QA7",
    Severity.ERROR,
    "tiles hold what the source has there",
    "Tissue that is not stored, or painted over with one color, cannot be seen.",
    evidence="slim#97",
    number=7,
)
PX6: Final = Rule(
    id="PX6",
    severity=Severity.ERROR,
    title="frames can be decoded",
    why="Nothing, or only a part, can be shown where such a frame lies.",
    clause="PS3.5 A.4",
    evidence="DMV#149, wsidicomizer writes undecodable frames for missing tiles",
    number=7,
)


def layer_findings(
    comparing: Comparing,
    pixels: LayerPixels,
    *,
    moved_known: bool = False,
    encoded: str = "",
) -> list[Finding]:
    """Say what is wrong with a layer: at most one finding of each kind.

    `moved_known` tells that frames at wrong places have been found by their bits,
    `encoded` how they were encoded anew ("from ... to ..."), empty where they were not.
    """
    tell = _Teller(comparing, pixels)
    found = [tell.fate(told) for told in _TOLD if pixels.count(told.fate)]
    if pixels.swaps and not moved_known:
        found.append(tell.swaps())
    found += tell.change(encoded)
    return found


def is_within(tolerance: Tolerance, found: Difference) -> bool:
    """Whether pixels differ by no more than is tolerated.

    The largest difference is that of any sample, SSIM that of any tile; mean, PSNR and
    share of identical pixels are those of all that was looked at.
    """
    if not tolerance.is_given:
        return found.is_none
    return not any(
        limit is not None and is_beyond(found, limit)
        for limit, is_beyond in zip(tolerance, _BEYOND, strict=True)
    )


_BEYOND: Final[tuple[Callable[[Difference, float], bool], ...]] = (
    lambda found, limit: found.largest > limit,
    lambda found, limit: found.mean > limit,
    lambda found, limit: found.psnr < limit,
    lambda found, limit: found.least_similar < limit,
    lambda found, limit: found.identical < limit,
)
"""In the order of the fields of Tolerance."""


class _Told(NamedTuple):
    """What is said of a fate: {are} and {color} are put in, {a} is the source."""

    fate: Fate
    rule: Rule
    severity: Severity
    sentence: str
    expected: str


_TOLD: Final = (
    _Told(
        Fate.BROKEN_B,
        PX6,
        Severity.ERROR,
        "cannot be decoded: {words}",
        "as in the source, where it can",
    ),
    _Told(
        Fate.LOST,
        QA7,
        Severity.ERROR,
        "{are} not stored, where {a} shows something",
        "the pixels of the source",
    ),
    _Told(
        Fate.BLANK,
        QA7,
        Severity.ERROR,
        "{are} {words} all over, where {a} shows something else",
        "the pixels of the source",
    ),
    _Told(
        Fate.UNLIKE,
        QA3,
        Severity.ERROR,
        "{are} of another kind than in {a}: {words}",
        "the samples of the source",
    ),
    _Told(
        Fate.INVENTED,
        QA7,
        Severity.WARNING,
        "{have} pixels, where {a} stores nothing",
        "nothing",
    ),
    _Told(
        Fate.FILLED,
        QA7,
        Severity.NOTE,
        "{are} {words} all over, where {a} stores nothing",
        "nothing",
    ),
    _Told(
        Fate.LEFT_OUT,
        QA7,
        Severity.NOTE,
        "{are} not stored; {a} shows nothing but the color of bare glass there",
        "",
    ),
    _Told(
        Fate.BROKEN_A,
        PX6,
        Severity.WARNING,
        "cannot be compared, for the source cannot be decoded there: {words}",
        "",
    ),
)
"""The gravest first."""


class _Teller:
    """Makes findings about one layer."""

    def __init__(self, comparing: Comparing, pixels: LayerPixels) -> None:
        self._pixels = pixels
        self._tolerance = comparing.options.tolerance
        self._a = called(comparing.a, "a")
        self._here = f"{layer_name(pixels)} of {called(comparing.b, 'b')}"
        self._file = pixels.grid.b.file or comparing.b.files[0].path

    def fate(self, told: _Told) -> Finding:
        """Tell how many tiles have a fate, and which."""
        outcomes = self._pixels.firsts[told.fate]
        first, count = outcomes[0], self._pixels.count(told.fate)
        places: list[tuple[int, int]] = [each.place for each in outcomes]
        said = told.sentence.format(
            a=self._a,
            are="is" if count == 1 else "are",
            have="has" if count == 1 else "have",
            words=first.words,
        )
        sentence = f"{tiles_words(places, count)} in {self._here} {said}"
        return self._finding(
            told.rule,
            sentence,
            told.severity,
            first.place,
            found=first.words or told.fate.name.lower().replace("_", " "),
            expected=told.expected,
        )

    def swaps(self) -> Finding:
        """Tell of tiles that show what others do in the source."""
        swaps = self._pixels.swaps
        place, origin = swaps[0]
        back = (origin, place) in swaps
        if back:
            said = f"Tiles {tile_words(place)} and {tile_words(origin)} are swapped in "
            said += self._here
        else:
            said = f"Tile {tile_words(place)} in {self._here} shows what {self._a} "
            said += f"shows at tile {tile_words(origin)}"
        more = len(swaps) - 1 - back
        if more:
            said += f"; {counted(more, 'more tile')} at wrong places"
        words = tile_words(origin), tile_words(place)
        return self._finding(QA9, said, None, place, found=words[0], expected=words[1])

    def change(self, encoded: str) -> Iterator[Finding]:
        """Tell of pixels that differ, and of those whose bits do not."""
        pixels, tolerance = self._pixels, self._tolerance
        changed = pixels.count(Fate.CHANGED)
        if not changed:
            return
        within = is_within(tolerance, pixels.difference)
        worst = next(
            each
            for each in pixels.worst
            if pixels.fates[each.place.row, each.place.column] == Fate.CHANGED
        )
        figures = in_figures(pixels.difference)
        sampled = ""
        if pixels.looked != pixels.places:
            sampled = f" looked at ({pixels.places:,} in all)"
        anew = f"was encoded anew, {encoded}, and " if encoded else ""
        said = (
            f"{self._here} {anew}differs from {self._a} in {changed:,} of "
            f"{pixels.looked:,} tiles{sampled}, {figures}; the worst is tile "
            f"{tile_words(worst.place)}"
        )
        if pixels.recolored and pixels.first_recolored is not None:
            said += (
                f". The frames of {counted(pixels.recolored, 'tile')}, first "
                f"{tile_words(pixels.first_recolored)}, are the same bits: what is "
                "said around them makes their colors others"
            )
        if within:
            said += f". That is within the tolerance given, {tolerance}"
        yield self._finding(
            QA3,
            said,
            Severity.NOTE if within else None,
            worst.place,
            found=figures,
            expected=str(tolerance) or "no difference",
        )

    def _finding(
        self,
        rule: Rule,
        sentence: str,
        severity: Severity | None,
        tile: TilePlace,
        **more: Any,
    ) -> Finding:
        return rule.finding(
            f"{capital(sentence).rstrip('.')}.",
            severity,
            side="b",
            file=self._file,
            level=self._pixels.layer.level.b,
            tile=(tile.column, tile.row),
            **more,
        )
