"""Rules about what frames hold: one color where there should be a picture, damage."""

from collections.abc import Callable, Iterator, Sequence
from typing import Final

import numpy as np

from viewer.qa.checkup.codestreams import PX1, PX2, PX3, QA5
from viewer.qa.checkup.sampled import PX6, chosen, tallies
from viewer.qa.checkup.subject import Subject
from viewer.qa.checkup.tally import Tally
from viewer.qa.finding import Finding, Rule, Severity
from viewer.slide.errors import Cancelled, SlideError
from viewer.slide.model import Empty, Slide, TileKey, stored_levels

PX5: Final = Rule(
    id="PX5",
    severity=Severity.ERROR,
    title="levels are not blank where others are not",
    why="A level without its picture looks like a slide without tissue.",
    evidence="wsidicomizer#87, wsi-to-dicom-converter#32",
    number=7,
)

MOSTLY: Final = 0.5
"""Share of frames of one color from which a level is compared with another."""

FEWEST: Final = 4
"""Frames of which it means something that they are alike."""


def _told(rule: Rule) -> Callable[[Subject], Iterator[Finding]]:
    """Return what yields the findings of a rule about single frames."""

    def look(subject: Subject) -> Iterator[Finding]:
        for tally in subject.once(tallies):
            yield from tally.findings(rule)

    return look


color_is_declared: Final = _told(PX1)
chroma_is_declared: Final = _told(QA5)
kind_is_declared: Final = _told(PX2)
size_is_declared: Final = _told(PX3)
frames_decode: Final = _told(PX6)


def blank_levels(subject: Subject) -> Iterator[Finding]:
    """PX5: levels of one color, or of one frame again and again."""
    slide = subject.slide
    for tally in subject.once(tallies):
        if tally.level is None or slide is None or tally.stored < FEWEST:
            continue
        color, count = max(tally.colors.items(), key=_count, default=(0, 0))
        share = count / tally.stored
        if share > MOSTLY and tally.is_color:
            yield from _of_one_color(subject, slide, tally, color, share)
        elif len(tally.marks) == 1 and not tally.colors:
            yield _finding(
                tally,
                f"{tally.name}: all {tally.stored:,} frames looked at are the same, "
                "expected different ones.",
                "one frame again and again",
            )


_BLACK: Final = 8  # of 255; no tissue in bright light is as dark
_CLOSE: Final = 4  # of 255
_APART: Final = 0.25  # of the area of a level


def _count(entry: tuple[int, int]) -> int:
    return entry[1]


def _of_one_color(
    subject: Subject, slide: Slide, tally: Tally, color: int, share: float
) -> Iterator[Finding]:
    rgb = _rgb(color)
    shown = f"RGB {rgb[0]}, {rgb[1]}, {rgb[2]}"
    other = _neighbor(slide, tally.level or 0)
    elsewhere = None if other is None else _share_of(subject, slide, other, rgb)
    begin = f"{tally.name}: {share:.0%} of {tally.stored:,} frames are all {shown}"
    if elsewhere is not None and elsewhere < share - _APART:
        yield _finding(
            tally,
            f"{begin}, but only {elsewhere:.0%} of level {other} is; expected the same "
            "picture.",
            f"{share:.0%} {shown}",
        )
    elif share == 1:
        is_black = max(rgb) <= _BLACK
        yield _finding(
            tally,
            f"{begin}; expected a picture.",
            f"nothing but {shown}",
            None if is_black else Severity.WARNING,
        )


def _finding(
    tally: Tally, message: str, found: str, severity: Severity | None = None
) -> Finding:
    return PX5.finding(
        message,
        severity,
        file=tally.file,
        level=tally.level,
        tag="PixelData",
        found=found,
        expected="the picture of the other levels",
    )


def _rgb(color: int) -> tuple[int, int, int]:
    """Take apart what `one_color` packed: blue, green and red, 16 bits each."""
    return color & 0xFFFF, color >> 16 & 0xFFFF, color >> 32 & 0xFFFF


def _neighbor(slide: Slide, level: int) -> int | None:
    """Return the next coarser stored level, or the next finer one, if any."""
    levels = stored_levels(slide)
    place = levels.index(level)
    beside = levels[place + 1 : place + 2] or levels[max(0, place - 1) : place]
    return beside[0] if beside else None


def _share_of(
    subject: Subject, slide: Slide, number: int, rgb: Sequence[int]
) -> float | None:
    """Return the share of a level's pixels, in a sample of it, that have a color."""
    level = slide.levels[number]
    places = chosen(level.columns * level.rows, (), every=False)
    color = np.array(rgb[::-1], np.int16)

    def look(place: int) -> tuple[int, int]:
        row, column = divmod(place, level.columns)
        try:
            tile = slide.read_samples(TileKey(slide.serial, number, column, row))
        except Cancelled:
            raise
        except SlideError:
            return 0, 0
        if isinstance(tile, Empty) or tile.ndim != 3:
            return 0, 0
        apart = np.abs(tile[..., :3].astype(np.int16) - color).max(axis=2)
        return int((apart <= _CLOSE).sum()), apart.size

    found = subject.run.each(look, places, f"Tiles of level {number}", len(places))
    like, pixels = (sum(column) for column in zip((0, 0), *found, strict=True))
    return like / pixels if pixels else None
