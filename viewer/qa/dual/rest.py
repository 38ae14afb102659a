"""Bytes of a DICOM file that neither side needs (PS3.10 7.2 and 7.5)."""

from collections.abc import Iterable, Iterator
from typing import Any, Final

from viewer.formats.dicom.element_headers import Element
from viewer.formats.dicom.examination import Examined
from viewer.formats.dicom.parsing import tag_in_words
from viewer.formats.dicom.preamble import foreign_beginning
from viewer.formats.dicom.tiff_side import Behind, begins_directory, private_elements
from viewer.formats.files import ReadableFile
from viewer.formats.tiff_directory import TiffDirectory
from viewer.qa.dual.clue import Clue, State
from viewer.qa.finding import Rule, Severity

REST: Final = Rule(
    "DU4",
    Severity.WARNING,
    "every byte belongs to one of the sides",
    "What no reader needs can be anything: data that were left behind, or a program or "
    "archive that is carried along unseen.",
    "PS3.10 7.2, 7.5",
    "CVE-2019-11687",
)


def rest_clues(
    file: ReadableFile,
    examined: Examined,
    behind: Behind | None,
    directories: Iterable[TiffDirectory] = (),
) -> Iterator[Clue]:
    """Yield what lies behind the data set, and in attributes beside what they are for.

    `directories` are those of the TIFF side. Raises BrokenFile.
    """
    for element in private_elements(file, examined.header):
        if element.length:
            yield from _private(file, element, element.length)
    if behind is None:
        return
    yield from _trailing(file, behind.end)
    if behind.padding is not None:
        yield from _in_padding(file, behind.padding, directories)


def left_directories(file: ReadableFile, behind: Behind | None) -> Iterator[Clue]:
    """Yield that TIFF directories are left in a file whose preamble names none."""
    padding = None if behind is None else behind.padding
    if padding is not None and begins_directory(file.read_some(padding.offset, 16)):
        yield _clue(
            file,
            State.NONE,
            "Data Set Trailing Padding holds TIFF directories that no TIFF header "
            "points to",
            Severity.NOTE,
            tag=tag_in_words(padding.tag),
        )


def _private(file: ReadableFile, element: Element, length: int) -> Iterator[Clue]:
    if length >= _SMALLEST_PROGRAM:
        where = f"private attribute {tag_in_words(element.tag)}"
        yield from _foreign(file, element.offset, where, harmless="document")
    if length > _LARGE and element.tag >> 16 != _PYRAMID_GROUP:
        clause = f"private attribute {tag_in_words(element.tag)} has {length} bytes"
        yield _clue(
            file,
            State.NONE,
            clause,
            Severity.NOTE,
            tag=tag_in_words(element.tag),
            found=f"{length} bytes",
        )


def _trailing(file: ReadableFile, end: int) -> Iterator[Clue]:
    length = file.size - end
    ahead = file.read_some(end, _LOOKED_AT)
    tail = file.read_some(max(end, file.size - _ZIP_REACH), _ZIP_REACH)
    if length <= 0 or not (any(ahead) or any(tail)):
        return
    yield from _foreign(file, end, "what follows the data set")
    if _ZIP_END in tail:
        clause = "the file ends with the directory of a zip archive"
        yield _clue(file, State.SUSPICIOUS, clause, Severity.ERROR)
    else:
        clause = f"{length} bytes follow the data set, which ends at byte {end}"
        yield _clue(file, State.NONE, clause, found=f"{length} bytes", expected="none")


def _in_padding(
    file: ReadableFile, padding: Element, directories: Iterable[TiffDirectory]
) -> Iterator[Clue]:
    """Yield what is in Data Set Trailing Padding beside the directories."""
    end = padding.offset + (padding.length or 0)
    yield from _foreign(file, padding.offset, "Data Set Trailing Padding")
    used = sorted(place for each in directories for place in each.places())
    if not used:
        return
    gaps: list[tuple[int, int]] = []
    at = padding.offset
    for first, last in [*used, (end, end)]:
        if min(first, end) > at:
            gaps.append((at, min(first, end)))
        at = max(at, last)
    unexplained = 0
    for first, last in gaps[:_MOST_GAPS]:
        gap = file.read_some(first, min(last - first, _LOOKED_AT))
        unexplained += (last - first) if any(gap) else 0
    if unexplained > _MOST_UNEXPLAINED:
        yield _clue(
            file,
            State.SUSPICIOUS,
            f"Data Set Trailing Padding has {unexplained} bytes beside the TIFF "
            "directories and their values",
            Severity.ERROR,
            tag=tag_in_words(padding.tag),
            found=f"{unexplained} bytes",
            expected="none",
        )


def _foreign(
    file: ReadableFile, offset: int, where: str, harmless: str = "picture"
) -> Iterator[Clue]:
    words = foreign_beginning(file.read_some(offset, 16))
    if words and "picture" not in words and harmless not in words:
        clause = f"{where} begins like {words} at byte {offset}"
        yield _clue(file, State.SUSPICIOUS, clause, Severity.ERROR, found=words)


def _clue(
    file: ReadableFile,
    state: State,
    clause: str,
    severity: Severity | None = None,
    **where: Any,
) -> Clue:
    sentence = f"{file.path.name}: {clause}."
    return Clue(state, REST.finding(sentence, severity, file=file.path, **where))


_LOOKED_AT: Final = 1 << 16
_LARGE: Final = 1 << 20
_SMALLEST_PROGRAM: Final = 64  # bytes; what is shorter and begins like one is a text
_PYRAMID_GROUP: Final = 0x7FDF  # of PixelMed's hidden levels, which DU3 tells of
_MOST_GAPS: Final = 1000  # writers leave none, or one behind each value
_ZIP_END: Final = b"PK\x05\x06"  # end of central directory (PKWARE APPNOTE 4.3.16)
_ZIP_REACH: Final = (1 << 16) + 22
_MOST_UNEXPLAINED: Final = 1024
"""Alignment and short texts; TIFF side and all of its tables are far longer."""
