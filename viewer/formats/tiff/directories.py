"""All directories of a TIFF file, as values that were checked."""

from typing import Any, NamedTuple

from viewer.formats.files import ReadableFile
from viewer.formats.tiff.directory import Directory, directory_from
from viewer.formats.tiff.soundness import broken_chain, objections
from viewer.formats.tiff_file import MOST_DIRECTORIES, opened_tiff, pages_of
from viewer.slide.errors import BrokenFile, SlideError


class Directories(NamedTuple):
    """The directories in the order of the chain, and sentences about those left out."""

    found: tuple[Directory, ...]
    problems: tuple[str, ...]


def read_directories(file: ReadableFile) -> Directories:
    """Read and check the directories of a file; nothing is said of their pixels.

    Raises BrokenFile where there is none that can be used, with the reason.
    """
    found: list[Directory] = []
    problems: list[str] = []
    try:
        _read(file, found, problems)
    except SlideError as error:
        problems.append(str(error))
    except Exception:  # noqa: BLE001  tifffile raises whatever it meets
        count = len(found) + len(problems)
        problems.append(f"{file.path.name}: TIFF directory {count} cannot be read.")
    if not found:
        nothing = (
            f"{file.path.name}: there is no TIFF directory where the header says, "
            "expected at least one."
        )
        raise BrokenFile(problems[0] if problems else nothing)
    return Directories(tuple(found), tuple(problems))


def _read(file: ReadableFile, found: list[Directory], problems: list[str]) -> None:
    with opened_tiff(file) as tiff:
        big_endian = tiff.byteorder == ">"
        last, number = None, 0
        for number, last in enumerate(pages_of(tiff.pages)):
            try:
                found.append(_directory(last, number, big_endian=big_endian))
            except SlideError as error:
                problems.append(f"{file.path.name}: {error}.")
                continue
            doubts = objections(file, last, found[-1])
            problems.extend(f"{file.path.name}: {each}." for each in doubts)
        doubt = None if last is None else broken_chain(file, last)
        if doubt is not None and number + 1 >= MOST_DIRECTORIES:
            doubt = f"there are more TIFF directories than {MOST_DIRECTORIES}, which is"
            doubt += " as many as are read; what the others hold is missing"
        if doubt is not None:
            problems.append(f"{file.path.name}: {doubt}.")


def _directory(page: Any, number: int, *, big_endian: bool) -> Directory:
    """Read a page with those below it (SubIFDs)."""
    below = tuple(
        directory_from(each.tags, (number, level), big_endian=big_endian)
        for level, each in enumerate(pages_of(page.pages if page.subifds else ()))
    )
    return directory_from(page.tags, (number, -1), big_endian=big_endian, below=below)
