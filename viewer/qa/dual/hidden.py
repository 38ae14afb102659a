"""Levels that only readers of TIFF see, and pages that are no levels at all."""

from collections.abc import Iterator
from typing import Final

from viewer.formats.dicom.parsing import tag_in_words
from viewer.formats.tiff_directory import IMAGE_LENGTH, IMAGE_WIDTH
from viewer.qa.dual.clue import Clue, State
from viewer.qa.dual.sides import Page, Sides
from viewer.qa.dual.tiles import TILES
from viewer.qa.finding import Rule, Severity

HIDDEN: Final = Rule(
    "DU3",
    Severity.NOTE,
    "no levels are hidden from readers of DICOM",
    "A private pyramid is seen by readers of TIFF only; a reader of DICOM that takes "
    "the first Pixel Data it meets shows scrambled tiles.",
    "PS3.5 7.8",
    "bioformats#4165",
    31,
)


def hidden_clues(sides: Sides) -> Iterator[Clue]:
    """Yield the private pyramid, pictures that are nobody's, and SubIFDs."""
    yield from _private(sides)
    if not sides.chain[0]:
        return
    others = [page for page in sides.pages[1:] if page.shown == "elsewhere"]
    if others:
        yield Clue(
            State.SUSPICIOUS,
            TILES.finding(
                f"{sides.name}: TIFF directory {others[0].number} shows a picture of "
                f"{_size(others[0])} pixels at byte {int(others[0].offsets[0])}, which "
                "is neither a frame nor part of a private attribute; readers of DICOM "
                "do not see it.",
                file=sides.path,
                found=f"{len(others)} such directories",
                expected="none",
            ),
        )
    for number, directory in enumerate(sides.chain[0]):
        below = directory.values_of(_SUB_IFDS)
        if below:
            yield Clue(
                State.VALID,
                HIDDEN.finding(
                    f"{sides.name}: TIFF directory {number} has {below} more below it "
                    "(SubIFDs), which were not looked at; readers of DICOM do not see "
                    "them.",
                    file=sides.path,
                    tag="TIFF 330 SubIFDs",
                    found=str(below),
                    expected="none",
                ),
            )
            return


def _private(sides: Sides) -> Iterator[Clue]:
    hidden = [page for page in sides.pages if page.shown == "hidden"]
    if not hidden:
        return
    private = sides.private_at(int(hidden[0].offsets[0]))
    where = "" if private is None else f" {tag_in_words(private.tag)}"
    noun = "level" if len(hidden) == 1 else "levels"
    sizes = ", ".join(_size(page) for page in hidden[:_MOST_NAMED])
    more = ", ..." if len(hidden) > _MOST_NAMED else ""
    yield Clue(
        State.VALID,
        HIDDEN.finding(
            f"{sides.name}: the TIFF side has {len(hidden)} {noun} more ({sizes}{more} "
            f"pixels), hidden in private attribute{where}; readers of DICOM, and this "
            "program, do not show them.",
            file=sides.path,
            tag=where.strip(),
            found=f"{len(hidden)} hidden {noun}",
            expected="none",
        ),
    )


def _size(page: Page) -> str:
    width, height = (page.directory.number(tag) for tag in (IMAGE_WIDTH, IMAGE_LENGTH))
    return f"{width} x {height}"


_SUB_IFDS: Final = 330
_MOST_NAMED: Final = 10
