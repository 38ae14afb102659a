"""What the first 128 bytes of a DICOM file are (PS3.10 7.1 and 7.5; CVE-2019-11687)."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from viewer.formats.dicom.preamble import foreign_beginning, preamble_problem
from viewer.formats.dicom.tiff_side import tiff_header
from viewer.qa.dual.clue import Clue, State
from viewer.qa.finding import Rule, Severity

PREAMBLE: Final = Rule(
    "QA27",
    Severity.WARNING,
    "the preamble is empty or a TIFF header",
    "A preamble that is neither empty nor a TIFF header can make a picture a program "
    "or an archive too, which other software may run or unpack.",
    "PS3.10 7.1, 7.5",
    "CVE-2019-11687",
    27,
)


def preamble_clues(path: Path, preamble: bytes) -> Iterator[Clue]:
    """Yield what is wrong with a preamble of 128 bytes; nothing of an empty one."""
    problem = preamble_problem(preamble)
    if not problem:
        return
    foreign = foreign_beginning(preamble)
    harmless = not foreign and tiff_header(preamble) is None
    yield Clue(
        State.NONE if harmless else State.SUSPICIOUS,
        PREAMBLE.finding(
            f"{path.name}: {problem}.",
            Severity.NOTE if harmless else Severity.ERROR,
            file=path,
            found=foreign or preamble[:16].hex(" "),
            expected="zeros, or a TIFF header and zeros",
        ),
    )
