"""DICOMDIR: the files that the directory of a medium refers to (PS3.3 F, PS3.10 8).

A Referenced File ID is a path of at most eight components below the folder of the
DICOMDIR. It comes from whoever made the medium, so none may lead elsewhere
(CVE-2026-32711, pydicom#2314).
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from viewer.formats.dicom.data_set import DataSet
from viewer.formats.dicom.fields import fields_of
from viewer.formats.dicom.medium import Medium
from viewer.formats.dicom.part10 import open_dicom_file
from viewer.slide.errors import BrokenFile

MOST_RECORDS: Final = 200_000
"""Records of one DICOMDIR that are looked at."""


class Reference(NamedTuple):
    """A file that a DICOMDIR names, as it names it, and where that is.

    `path` is None where the name was refused; `problem` is then the sentence.
    """

    name: str
    path: Path | None
    problem: str = ""


def references_of(path: Path) -> Iterator[Reference]:
    """Yield the files that a DICOMDIR names, each once, in its order.

    Whether they are there is not asked. Raises BrokenFile where the file cannot be
    read, holds no records, or too many. Any thread.
    """
    told: set[tuple[str, ...]] = set()
    medium = Medium(path.parent)
    records, problem = _records(path)
    if problem:
        sentence = f"{path.name}: its Directory Record Sequence is {problem}; files"
        yield Reference("", None, f"{sentence} may be missing.")
    for parts in _file_ids(records):
        if parts not in told:
            told.add(parts)
            yield _resolved(path.name, medium, parts)


_SEQUENCE: Final = 0x00041220
_KIND: Final = 0x00041430
_FILE_ID: Final = 0x00041500
_LONGEST_ID: Final = 4096


def _file_ids(records: Sequence[DataSet]) -> Iterator[tuple[str, ...]]:
    """Yield the names of files; an empty one where an image may have none."""
    for record in records:
        kind, parts = "", ()
        for field in fields_of(record):
            if field.tag in {_KIND, _FILE_ID} and not field.problem:
                values = field.values(_LONGEST_ID)
                texts = () if isinstance(values, bytes) else tuple(map(str, values))
                if field.tag == _FILE_ID:
                    parts = texts
                else:
                    kind = "".join(texts).strip(" \0")
            if field.tag >= _FILE_ID:  # they ascend, and a record may be long
                break
        if any(parts):
            yield parts
        elif kind in {"IMAGE", ""}:
            yield ()


def _records(path: Path) -> tuple[Sequence[DataSet], str]:
    """Return the records, and what is wrong with them all together."""
    for field in fields_of(open_dicom_file(path).data_set):
        if field.tag != _SEQUENCE:
            continue
        records = field.items
        if records is None or len(records) > MOST_RECORDS:
            count = "no" if records is None else f"{len(records):,}"
            raise BrokenFile(
                f"{path.name}: its Directory Record Sequence has {count} records that"
                f" can be read, expected 1 to {MOST_RECORDS:,}."
            )
        return records, field.problem
    raise BrokenFile(f"{path.name}: its Directory Record Sequence is missing.")


def _resolved(directory: str, medium: Medium, parts: Sequence[str]) -> Reference:
    if not parts:
        problem = f"{directory}: the record of an image names no file, expected one."
        return Reference("", None, problem)
    name = "\\".join(parts)
    # Components are parted by backslashes; some writers use slashes within one.
    steps = [step for part in parts for step in part.split("/")]
    for wrong, words in (
        (any(":" in step or "\0" in step for step in steps), "its name holds a drive"),
        (not steps[0], "its name is an absolute path"),
        (not all(steps) or {".", ".."} & set(steps), "its name leads elsewhere"),
        (len(name) > _LONGEST_ID // 4, "its name is too long"),
    ):
        if wrong:
            problem = f"{directory}: the file {name} is not opened: {words}."
            return Reference(name, None, problem)
    path = medium.find(steps)
    if not medium.holds(path):
        problem = f"{directory}: the file {name} is not opened: a link leads elsewhere."
        return Reference(name, None, problem)
    return Reference(name, path)
