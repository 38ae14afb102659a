"""Sizes, tiles, scale and place of the source beside those of the result."""

from collections.abc import Iterator
from typing import Final

from viewer.qa.comparing import Comparing, LevelPair
from viewer.qa.finding import Finding, Rule, Severity
from viewer.qa.geometry.place import compare_place
from viewer.qa.geometry.scale import compare_objective, compare_scale
from viewer.qa.metadata.stated import stated
from viewer.qa.pairing.levels import is_near, is_padding
from viewer.qa.pairing.slides import QA12
from viewer.qa.report.section import Section, Table
from viewer.qa.sides import called, capital, counted, in_pixels
from viewer.slide.geometry import Size
from viewer.slide.model import Level, Slide, stored_levels

QA10: Final = Rule(
    "QA10",
    Severity.ERROR,
    "levels have the size that they have in the source",
    "A matrix that is smaller has lost tissue, one that is larger shows padding as if "
    "it were tissue, and all positions in it may be wrong.",
    clause="PS3.3 C.8.12.4.1",
    number=10,
)
QA11: Final = Rule(
    "QA11",
    Severity.NOTE,
    "tiles are laid as in the source",
    "Tiles that are cut anew cannot be the same bits, only the same pixels.",
    number=11,
)


def compare_geometry(comparing: Comparing) -> Section:
    """Compare what two slides say of sizes, tiles, scale and place.

    Nothing is decoded: whether the pictures bear it out is for the registration.
    Raises SlideError where the attributes cannot be read any more.
    """
    a, b = stated(comparing.a), stated(comparing.b)
    scale = compare_scale(comparing, a, b)
    lens = compare_objective(comparing)
    place = compare_place(comparing, a, b)
    rows = [*scale.rows, *lens.rows, *place.rows, *_layer_rows(comparing)]
    findings = [
        *_about_sizes(comparing),
        *_about_downsamples(comparing),
        *scale.findings,
        *lens.findings,
        *place.findings,
        *_about_tiles(comparing),
    ]
    return Section(
        "geometry",
        "Geometry and scale",
        findings=tuple(findings),
        lines=tuple(_lines(scale.rows[0])),
        facts={
            "levels": {
                side: [_facts(slide.levels[each]) for each in stored_levels(slide)]
                for side, slide in (("a", comparing.a), ("b", comparing.b))
            },
            "level_pairs": [list(pair) for pair in comparing.pairing.levels],
            "properties": [
                dict(zip(("name", "a", "b", "verdict"), row, strict=True))
                for row in rows
            ],
        },
        tables=(
            Table("Levels", ("Level", *_SIDES), tuple(_level_rows(comparing))),
            Table("Scale and place", ("Property", *_SIDES), tuple(rows)),
        ),
    )


_Row = tuple[str, str, str, str]
_SIDES: Final = ("Source", "Result", "Verdict")


def _lines(scale: _Row) -> Iterator[str]:
    _, um, theirs, verdict = scale
    if verdict == "same":
        yield f"The scale is {um} um a pixel in both."
    elif verdict == "converted":
        yield f"The scale is {um} um a pixel in the source, rounded to {theirs}."
    elif verdict == "differs":
        yield f"The scale is {um} um a pixel in the source, {theirs} in the result."


def _level_rows(comparing: Comparing) -> Iterator[_Row]:
    """Yield a row for each stored level of the source, then of those it has not."""
    a, b = comparing.a, comparing.b
    partners = {pair.a: pair.b for pair in comparing.pairing.levels}
    for number in stored_levels(a):
        other = partners.get(number)
        words = _level_words(a, number)
        if other is None:
            yield str(number), words, "", "lost"
        else:
            verdict = _level_verdict(comparing, LevelPair(number, other))
            yield str(number), words, _level_words(b, other), verdict
    for number in stored_levels(b):
        if number not in partners.values():
            yield _row(f"{number} of the result", "", _level_words(b, number))


def _level_verdict(comparing: Comparing, pair: LevelPair) -> str:
    """Return "same" where sizes are, and tiles as far as both have their own."""
    ours, theirs = comparing.a.levels[pair.a], comparing.b.levels[pair.b]
    tiled = all(map(has_own_tiles, (comparing.a, comparing.b)))
    cut_anew = tiled and ours.tile_size != theirs.tile_size
    return "differs" if ours.size != theirs.size or cut_anew else "same"


def _level_words(slide: Slide, number: int) -> str:
    level = slide.levels[number]
    words = in_pixels(level.size)
    if level.downsample.x > 1:
        words += f", 1/{level.downsample.x:.4g}"
    if has_own_tiles(slide):
        grid = f"{level.columns} x {level.rows}"
        words += f", {grid} tiles of {in_pixels(level.tile_size)}"
    return words


def has_own_tiles(slide: Slide) -> bool:
    """Whether its tiles are those of its files, not those of a library over them."""
    return slide.format != "openslide"


def _facts(level: Level) -> dict[str, object]:
    """Return figures of a level; `padding` is what its last tiles have beyond it."""
    return {
        "size": list(level.size),
        "tile_size": list(level.tile_size),
        "tiles": [level.columns, level.rows],
        "padding": [
            level.columns * level.tile_size.width - level.size.width,
            level.rows * level.tile_size.height - level.size.height,
        ],
        "downsample": list(level.downsample),
    }


def _layer_rows(comparing: Comparing) -> list[_Row]:
    a, b = comparing.a, comparing.b
    return [
        _row("Focal planes, um", _heights(a), _heights(b)),
        _row("Optical paths", str(len(a.optical_paths)), str(len(b.optical_paths))),
    ]


_MOST: Final = 12


def _heights(slide: Slide) -> str:
    shown = ", ".join(f"{each:g}" for each in slide.focal_planes[:_MOST])
    return f"{shown}, ..." if len(slide.focal_planes) > _MOST else shown


def _row(name: str, ours: str, theirs: str) -> _Row:
    """Return a row whose verdict follows from the words alone."""
    if ours == theirs:
        return name, ours, theirs, "same" if ours else "not told"
    if not ours or not theirs:
        return name, ours, theirs, "lost" if ours else "added"
    return name, ours, theirs, "differs"


def _about_sizes(comparing: Comparing) -> Iterator[Finding]:
    a, b = called(comparing.a, "a"), called(comparing.b, "b")
    for pair in comparing.pairing.levels:
        ours, theirs = comparing.a.levels[pair.a], comparing.b.levels[pair.b]
        if ours.size == theirs.size:
            continue
        severity, why = _difference(ours, theirs)
        yield QA10.finding(
            f"Level {pair.b} of {b} has {in_pixels(theirs.size)} pixels, expected "
            f"{in_pixels(ours.size)} as level {pair.a} of {a}{why}.",
            severity,
            side="b",
            file=theirs.file,
            level=pair.b,
            tag="TotalPixelMatrixColumns",
            found=in_pixels(theirs.size),
            expected=in_pixels(ours.size),
        )


def _difference(ours: Level, theirs: Level) -> tuple[Severity, str]:
    """Return how bad a difference of sizes is, and what explains it."""
    if is_padding(ours, theirs):
        larger = "source" if ours.size.width > theirs.size.width else "result"
        if ours.size.height > theirs.size.height:
            larger = "source"
        return Severity.WARNING, f": the {larger} counts whole tiles, padding included"
    reduced = ours.downsample.x > 1 and theirs.downsample.x > 1
    if reduced and is_near(ours.size, theirs.size):
        return Severity.NOTE, ": one of them was rounded up, the other down"
    return Severity.ERROR, ""


def _about_downsamples(comparing: Comparing) -> Iterator[Finding]:
    """Say of levels of the result whose width and height are reduced unlike."""
    kept = {
        pair.b
        for pair in comparing.pairing.levels
        if comparing.a.levels[pair.a].size == comparing.b.levels[pair.b].size
    }
    base = comparing.b.levels[0].size
    for number in stored_levels(comparing.b):
        level = comparing.b.levels[number]
        if number in kept or is_evenly_reduced(base, level.size):
            continue
        x, y = level.downsample
        yield QA12.finding(
            f"Level {number} of {called(comparing.b, 'b')} is reduced by {x:.4g} "
            f"across and {y:.4g} down, expected the same within a pixel.",
            Severity.WARNING,
            side="b",
            file=level.file,
            level=number,
            found=f"{x:.5g} x {y:.5g}",
            expected="one factor",
        )


def is_evenly_reduced(base: Size, size: Size) -> bool:
    """Whether one factor leads to both edges, each rounded up or down by a pixel."""
    low, high = 0.0, float("inf")
    for whole, part in zip(base, size, strict=True):
        low = max(low, whole / (part + 1))
        high = min(high, whole / (part - 1) if part > 1 else float("inf"))
    return low <= high


def _about_tiles(comparing: Comparing) -> Iterator[Finding]:
    other = [pair for pair in comparing.pairing.levels if _is_cut_anew(comparing, pair)]
    if not other or not all(map(has_own_tiles, (comparing.a, comparing.b))):
        return
    first = other[0]
    ours = comparing.a.levels[first.a].tile_size
    theirs = comparing.b.levels[first.b].tile_size
    yield QA11.finding(
        f"{capital(counted(len(other), 'level'))} of {called(comparing.b, 'b')} "
        f"{'has' if len(other) == 1 else 'have'} other tiles than "
        f"{called(comparing.a, 'a')}: {in_pixels(theirs)} instead of {in_pixels(ours)} "
        f"on level {first.b}.",
        side="b",
        level=first.b,
        tag="Columns",
        found=in_pixels(theirs),
        expected=in_pixels(ours),
    )


def _is_cut_anew(comparing: Comparing, pair: LevelPair) -> bool:
    ours = comparing.a.levels[pair.a].tile_size
    return ours != comparing.b.levels[pair.b].tile_size
