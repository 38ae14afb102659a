"""What a file is: DICOM alone, DICOM and TIFF at once, or something to beware of."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from viewer.formats.dicom.examination import Examined, examine
from viewer.formats.dicom.frame_places import frame_places
from viewer.formats.dicom.header import is_dicom
from viewer.formats.dicom.picture_facts import picture_facts
from viewer.formats.dicom.tiff_side import TiffHeader, behind, tiff_header
from viewer.formats.files import RandomAccessFile
from viewer.formats.kinds import described
from viewer.qa.dual.clue import Clue, State
from viewer.qa.dual.directories import directory_clues
from viewer.qa.dual.hidden import hidden_clues
from viewer.qa.dual.preamble import preamble_clues
from viewer.qa.dual.rest import left_directories, rest_clues
from viewer.qa.dual.shared_fact import SharedFact
from viewer.qa.dual.shared_facts import shared_facts
from viewer.qa.dual.sides import Sides
from viewer.qa.dual.tags import fact_table, tag_clues
from viewer.qa.dual.tiles import TILES, tile_clues
from viewer.qa.finding import Finding, sorted_by_severity
from viewer.qa.report.section import Section
from viewer.slide.errors import BrokenFile, SlideError


@dataclass(frozen=True, slots=True)
class DualState:
    """The state of one file with its reasons; `section` holds all that a report shows.

    `facts` are what both sides say, side by side; none where there is one side only.
    """

    path: Path
    state: State
    findings: tuple[Finding, ...]
    facts: tuple[SharedFact, ...]
    section: Section

    @property
    def reason(self) -> str:
        """The first sentence that says why, with the file's name."""
        return self.findings[0].message if self.findings else self.section.lines[0]


def dual_state(path: Path) -> DualState:
    """Find out what a file is; of frames it reads the headers of some, no more.

    Of encapsulated frames all item headers are read. Time and memory are bounded
    whatever the file holds. Raises SlideError where the file cannot be read at all.
    """
    with closing(RandomAccessFile(path)) as file:
        head = file.read_some(0, _HEAD)
        if head[128:132] != b"DICM":
            return _answer(path, [], (), f"{path.name}: {_without_dicom(head)}.")
        clues = list(preamble_clues(path, head[:128]))
        tiff = tiff_header(head[:128])
        try:
            examined = examine(path)
        except SlideError as error:
            if tiff is None and not clues:
                raise
            clues += _unreadable(path, error) if tiff is not None else ()
            return _answer(path, clues, (), str(error))
        if tiff is None:
            clues += _of_one_side(file, examined)
            line = f"{path.name}: a DICOM file without a TIFF side."
            return _answer(path, clues, (), line)
        return _of_two_sides(file, examined, tiff, clues)


def _of_two_sides(
    file: RandomAccessFile, examined: Examined, tiff: TiffHeader, clues: list[Clue]
) -> DualState:
    sides = Sides(file, examined, tiff)
    facts: tuple[SharedFact, ...] = ()
    try:
        clues += directory_clues(sides)
        if sides.chain[0] and not tiff.is_placeholder:
            clues += tile_clues(sides)
            if not any(clue.state is State.STALE for clue in clues):
                facts = shared_facts(sides)
                clues += [*tag_clues(sides, facts), *hidden_clues(sides)]
        directories = sides.chain[0] if facts else ()
        clues += rest_clues(file, examined, sides.behind, directories)
    except BrokenFile as error:  # a table outside the file, for example
        clues.append(_broken(sides, error))
    clues.append(Clue(State.VALID, _NOTHING))
    figures = {**_form(tiff), **_counts(sides)}
    return _answer(file.path, clues, facts, _damaged(sides), figures)


def _of_one_side(file: RandomAccessFile, examined: Examined) -> Iterator[Clue]:
    facts, header = picture_facts(examined), examined.header
    if facts is None or header.deflated:
        return
    end = frame_places(file, header, facts).end
    trailer = None if end is None else behind(file, header, end)
    yield from rest_clues(file, examined, trailer)
    yield from left_directories(file, trailer)


def _answer(
    path: Path,
    clues: list[Clue],
    facts: tuple[SharedFact, ...],
    line: str,
    figures: dict[str, Any] | None = None,
) -> DualState:
    state = max((clue.state for clue in clues), key=_rank, default=State.NONE)
    found = [clue.finding for clue in clues if clue.finding is not _NOTHING]
    findings = tuple(sorted_by_severity(found))
    section = Section(
        name="dual",
        title=f"DICOM and TIFF: {path.name}",
        findings=findings,
        lines=(line or f"{path.name}: {_MEANINGS[state]}",),
        facts={"file": str(path), "state": state.value, **(figures or {})},
        tables=(fact_table(facts),) if facts else (),
    )
    return DualState(path, state, findings, facts, section)


def _rank(state: State) -> int:
    return state.rank


def _without_dicom(head: bytes) -> str:
    if tiff_header(head[:128]) is not None:
        return "a TIFF file without a DICOM side"
    if is_dicom(head):
        return "a DICOM file without a preamble, hence without a TIFF side"
    return described(head)


def _unreadable(path: Path, error: SlideError) -> list[Clue]:
    sentence = f"{path.name}: the DICOM side cannot be read: {error}"
    return [Clue(State.BROKEN, TILES.finding(sentence, file=path))]


def _broken(sides: Sides, error: SlideError) -> Clue:
    sentence = f"{sides.name}: the TIFF side cannot be read: {error}"
    return Clue(State.BROKEN, TILES.finding(sentence, file=sides.path))


def _damaged(sides: Sides) -> str:
    """Return what is said of a file whose DICOM side has no end; "" of others."""
    if not sides.is_damaged:
        return ""
    return f"{sides.name}: Pixel Data have no end; readers of DICOM are affected too."


def _form(tiff: TiffHeader) -> dict[str, Any]:
    return {
        "form": "BigTIFF" if tiff.big else "TIFF",
        "byte_order": "little endian" if tiff.little_endian else "big endian",
        "first_directory": tiff.first,
    }


def _counts(sides: Sides) -> dict[str, Any]:
    return {
        "directories": len(sides.chain[0]),
        "frames": len(sides.frames.offsets),
    }


_HEAD: Final = 1 << 10
_NOTHING: Final = TILES.finding("")  # stands for a TIFF side with which all is well
_MEANINGS: Final = {
    State.NONE: "there is no TIFF side.",
    State.VALID: "DICOM and TIFF at once; both sides are whole and show the same.",
    State.BROKEN: "the TIFF side is broken; readers of DICOM are not affected.",
    State.STALE: "the TIFF side is stale; readers of DICOM are not affected.",
    State.SUSPICIOUS: "suspicious; the file should not be handed to other programs.",
}
