"""A source and a result for comparisons: SVS files by tifffile, slides side by side."""

from collections.abc import Generator, Iterable, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import tifffile

from viewer.formats import open_slide
from viewer.qa.comparing import CompareOptions, Comparing
from viewer.qa.finding import Finding
from viewer.qa.pairing.slides import pair
from viewer.qa.report.section import Section
from viewer.qa.run import Run

FACTS = {
    "AppMag": "20",
    "StripeWidth": "2040",
    "ScanScope ID": "SS1302",
    "Filename": "S26-Miller",
    "Date": "12/29/09",
    "Time": "09:59:15",
    "User": "jmiller",
    "MPP": "0.5000",
    "Left": "25.5",
    "Top": "23.25",
    "ImageID": "1004486",
}
"""What the files of `write_svs` say unless told otherwise: 0.5 um as synthetic ones."""


def write_svs(
    path: Path,
    sizes: Sequence[tuple[int, int]] = ((1000, 700),),
    *,
    pictures: Iterable[str] = ("thumbnail", "label", "macro"),
    tile: int = 256,
    **facts: str,
) -> Path:
    """Write an SVS file: levels of these sizes (width, height), and pictures beside.

    A fact of "" is left out. Label and macro are 160 x 200 and 300 x 110 pixels, the
    thumbnail 100 x 70.
    """
    said = {**FACTS, **{key.replace("_", " "): text for key, text in facts.items()}}
    words = "|".join(f"{key} = {text}" for key, text in said.items() if text)
    head = "Aperio Image Library v11.2.1"
    beside = {"thumbnail": (100, 70), "label": (160, 200), "macro": (300, 110)}
    with tifffile.TiffWriter(path) as file:
        for number, size in enumerate(sizes):
            file.write(
                _gradient(*size),
                tile=(tile, tile),
                photometric="rgb",
                description=f"{head}\r\n{size[0]}x{size[1]}|{words}",
                metadata=None,
            )
            if number == 0 and "thumbnail" in pictures:
                _write(file, beside["thumbnail"], f"{head}\r\n-> 100x70|{words}", 0)
        for role, subfile in (("label", 1), ("macro", 9)):
            if role in pictures:
                _write(file, beside[role], f"{head}\r\n{role} 1x1", subfile)
    return path


def _write(
    file: tifffile.TiffWriter, size: tuple[int, int], words: str, subfile: int
) -> None:
    file.write(
        _gradient(*size),
        photometric="rgb",
        rowsperstrip=16,
        subfiletype=subfile,
        description=words,
        metadata=None,
    )


def _gradient(
    width: int, height: int
) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    y, x = np.mgrid[0:height, 0:width]
    return np.dstack([x % 251, y % 241, (x + y) % 239]).astype(np.uint8)


@contextmanager
def comparing(a: Path, b: Path) -> Generator[Comparing]:
    """Open a source and a result, paired."""
    source, result = open_slide(a), open_slide(b)
    try:
        yield Comparing(
            source, result, pair(source, result), CompareOptions(), Run(threads=1)
        )
    finally:
        source.close()
        result.close()


def rows(section: Section, title: str) -> dict[str, tuple[str, ...]]:
    """Return the rows of a table by their first cell."""
    table = next(each for each in section.tables if each.title == title)
    return {row[0]: row[1:] for row in table.rows}


def told(findings: Iterable[Finding]) -> list[tuple[str, str, int | None]]:
    """Return rule, severity and level of each finding."""
    return [(each.rule.id, each.severity.value, each.level) for each in findings]
