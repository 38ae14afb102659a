"""Whether each TIFF tile is the frame that it should be, for all of them at once."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from viewer.formats.dicom.frame_places import raster_problem
from viewer.formats.dicom.items import begins_codestream
from viewer.formats.tiff_directory import IMAGE_WIDTH
from viewer.qa.dual.clue import Clue, State
from viewer.qa.dual.directories import stale
from viewer.qa.dual.sides import Page, Sides
from viewer.qa.finding import Rule, Severity

TILES: Final = Rule(
    "DU1",
    Severity.ERROR,
    "each TIFF tile is the frame of its place",
    "Readers of TIFF show other pixels than readers of DICOM, or none, where a tile is "
    "not the frame of its place.",
    "PS3.5 A.4; TIFF 6.0 section 15",
    "idc-wsi-conversion#4",
    29,
)


@dataclass(frozen=True, slots=True, eq=False)
class _Told:
    """The tiles of all pages that show frames, and what they should be (uint64).

    `first` is the number of each page's first tile. Those behind the last frame, or
    frames without a tile, are left out.
    """

    offsets: NDArray[np.uint64]
    counts: NDArray[np.uint64]
    due: NDArray[np.uint64]
    lengths: NDArray[np.uint64]
    pages: Sequence[Page]
    first: NDArray[np.int64]

    def words(self, number: int) -> str:
        """Return which tile that is: page, column and row."""
        place = int(np.searchsorted(self.first, number, "right")) - 1
        page = self.pages[place]
        tile = number - int(self.first[place])
        column, row = tile_place(page, tile)
        where = f" of TIFF directory {page.number}" if len(self.pages) > 1 else ""
        return f"tile {tile + 1}{where} (column {column}, row {row})"

    def tile(self, number: int) -> tuple[int, int]:
        """Return the column and the row of a tile."""
        place = int(np.searchsorted(self.first, number, "right")) - 1
        return tile_place(self.pages[place], number - int(self.first[place]))


def tile_place(page: Page, number: int) -> tuple[int, int]:
    """Return the column and the row of a page's tile."""
    width = page.directory.number(IMAGE_WIDTH) or 1
    tile = page.directory.number(_TILE_WIDTH) or width
    across = max(1, -(-width // max(1, tile)))
    return number % across, number // across


def tile_clues(sides: Sides) -> Iterator[Clue]:
    """Yield which tiles are no frames; raises BrokenFile where tables are outside."""
    if not sides.chain[0]:
        return
    if sides.frames.problem:
        clause = f"no tile can be a frame: {sides.frames.problem}"
        yield _clue(sides, State.BROKEN, clause)
        return
    if sides.pages[0].shown == "nothing":
        clause = (
            "the first TIFF directory tells of no tiles: it has no places for them, or "
            "not as many of them as lengths"
        )
        yield _clue(sides, State.BROKEN, clause)
        return
    if sides.pages[0].shown in {"hidden", "elsewhere"}:
        yield _of_other_pictures(sides)
        return
    yield from _counted(sides)
    told = _told(sides)
    if told.offsets.size:
        yield from _compared(sides, told)
    yield from _ordered(sides)


def _of_other_pictures(sides: Sides) -> Clue:
    """Tell a picture of its own from places that are merely old."""
    page = sides.pages[0]
    encapsulated = sides.facts is not None and sides.facts.is_encapsulated
    in_place = sides.padding is not None and sides.tiff.first == sides.padding.offset
    last = int(page.offsets.max() + page.counts[page.offsets.argmax()])
    own = _codestreams(sides, page.offsets) if encapsulated else in_place
    if own and last <= sides.file.size:
        return _two_pictures(sides, int(page.offsets[0]))
    return _stale(sides, int(page.offsets[0]), int(sides.frames.offsets[0]))


def _counted(sides: Sides) -> Iterator[Clue]:
    pages = sides.frame_pages
    tiles = sum(page.offsets.size for page in pages)
    due = len(sides.frames.offsets) * (3 if _is_planar(sides, pages) else 1)
    if tiles == due:
        return
    directories = "1 directory" if len(pages) == 1 else f"{len(pages)} directories"
    yield _clue(
        sides,
        State.BROKEN,
        f"the TIFF side has {tiles} tiles in {directories}, expected {due}",
        found=str(tiles),
        expected=str(due),
    )


def _told(sides: Sides) -> _Told:
    pages = sides.frame_pages
    offsets = np.concatenate([page.offsets for page in pages] or [_NONE])
    counts = np.concatenate([page.counts for page in pages] or [_NONE])
    due, lengths = sides.frames.offsets, sides.frames.lengths
    if _is_planar(sides, pages):
        due, lengths = _planes(due, lengths, [page.offsets.size for page in pages])
    most = min(offsets.size, due.size)
    sizes = np.array([0, *(page.offsets.size for page in pages[:-1])])
    return _Told(
        offsets[:most], counts[:most], due[:most], lengths[:most], pages, sizes.cumsum()
    )


def _is_planar(sides: Sides, pages: Sequence[Page]) -> bool:
    """Whether each color has tiles of its own, of a frame that has plane by plane."""
    facts = sides.facts
    return (
        facts is not None
        and not facts.is_encapsulated
        and facts.format.planar == 1
        and facts.format.samples_per_pixel == _COLORS
        and all(page.directory.number(_PLANAR) == _SEPARATE for page in pages)
    )


def _planes(
    due: NDArray[np.uint64], lengths: NDArray[np.uint64], sizes: Sequence[int]
) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    """Return the planes of frames in the order of TIFF: all of the first color first.

    TIFF 6.0, PlanarConfiguration.
    """
    plane = lengths[:1] // np.uint64(_COLORS)
    found: list[NDArray[np.uint64]] = []
    begin = 0
    for size in sizes:
        frames = due[begin : begin + size // _COLORS]
        found += [frames + plane * np.uint64(color) for color in range(_COLORS)]
        begin += size // _COLORS
    offsets = np.concatenate(found or [_NONE])
    return offsets, np.repeat(plane, offsets.size)


def _compared(sides: Sides, told: _Told) -> Iterator[Clue]:
    wrong = np.flatnonzero(told.offsets != told.due)
    if wrong.size:
        yield _misplaced(sides, told, wrong)
    right = told.offsets == told.due
    # Padding may be left out; an uncompressed last frame may be told with its own.
    lengths = told.lengths.copy()
    lengths[-1:] += lengths[-1:] & np.uint64(1)
    short = lengths - told.counts  # wraps where there is more than the frame
    cut = np.flatnonzero(right & (short > np.uint64(1)))
    if cut.size:
        first = int(cut[0])
        yield _clue(
            sides,
            State.BROKEN,
            f"{_many(cut.size, told)} of another length than the frame; the first is "
            f"{told.words(first)} with {told.counts[first]} bytes, expected "
            f"{told.lengths[first]}, or one less without padding",
            tile=told.tile(first),
            found=str(told.counts[first]),
            expected=str(told.lengths[first]),
        )


def _misplaced(sides: Sides, told: _Told, wrong: NDArray[np.int64]) -> Clue:
    others = np.flatnonzero(np.isin(told.offsets[wrong], sides.frames.offsets))
    strange = np.delete(wrong, others)[:_MOST_LOOKED_AT]
    facts = sides.facts
    if facts is not None and facts.is_encapsulated:
        for number in strange.tolist():
            if _codestreams(sides, told.offsets[number : number + 1]):
                return _two_pictures(sides, int(told.offsets[number]))
    first = int(wrong[0])
    found, due = int(told.offsets[first]), int(told.due[first])
    if wrong.size == told.offsets.size and not others.size:
        return _stale(sides, found, due)
    clause = (
        f"{_many(wrong.size, told)} elsewhere than the frame of the place; the first "
        f"is {told.words(first)} at byte {found}, expected {due}"
    )
    if others.size:
        frame = int(
            np.flatnonzero(sides.frames.offsets == told.offsets[wrong[others[0]]])[0]
        )
        clause += f"; {told.words(int(wrong[others[0]]))} shows frame {frame + 1}"
    return _clue(
        sides,
        State.BROKEN,
        clause,
        tile=told.tile(first),
        found=str(found),
        expected=str(due),
    )


def _ordered(sides: Sides) -> Iterator[Clue]:
    """Yield whether the frames lie elsewhere on the slide than TIFF has its tiles."""
    instance = sides.examined.instance
    if instance is None:
        return
    problem = raster_problem(sides.file, instance)
    if problem:
        yield _clue(
            sides,
            State.BROKEN,
            f"TIFF shows the frames at other places than DICOM: {problem}",
        )


def _codestreams(sides: Sides, offsets: NDArray[np.uint64]) -> bool:
    """Whether most of some tiles begin like codestreams; a few are looked at."""
    step = max(1, offsets.size // _FEW)
    some = [int(offset) for offset in offsets[::step]]
    begun = [begins_codestream(sides.file.read_some(offset, 8)) for offset in some]
    return 2 * sum(begun) > len(begun)


def _two_pictures(sides: Sides, offset: int) -> Clue:
    return _clue(
        sides,
        State.SUSPICIOUS,
        f"the TIFF side shows a picture of its own, at byte {offset}, which is no "
        "frame: readers of TIFF and readers of DICOM see different images",
        found=str(offset),
        expected="a frame",
    )


def _stale(sides: Sides, found: int, due: int) -> Clue:
    clause = f"no tile is where a frame is; the first should be at byte {found}"
    return stale(
        sides, f"{clause}, expected {due}", found=str(found), expected=str(due)
    )


def _clue(sides: Sides, state: State, clause: str, **where: Any) -> Clue:
    sentence = f"{sides.name}: {clause}."
    return Clue(state, TILES.finding(sentence, file=sides.path, **where))


def _many(count: int, told: _Told) -> str:
    verb = "is" if count == 1 else "are"
    return f"{count} of {told.offsets.size} TIFF tiles {verb}"


_NONE: Final = np.zeros(0, np.uint64)
_TILE_WIDTH: Final = 322
_PLANAR: Final = 284
_SEPARATE: Final = 2
_COLORS: Final = 3
_FEW: Final = 16
_MOST_LOOKED_AT: Final = 1000
