"""A folder of 2,000 files: from the path to its slides."""

import os
import time
from pathlib import Path

from tests.benchmarks.data import data_folder
from tests.benchmarks.table import Report, of_runs
from tests.synthetic import write_slide
from viewer.formats import open_slides

FILES = 2000
SLIDES = 100
STRANGERS = 500  # DICOM that is no slide
RUNS = 3
MILLISECONDS_A_FILE = 4.0


def measure() -> Report:
    """Open the whole folder, several times; the files are in the system's cache."""
    folder = folder_of_files()
    open_and_close(folder)  # imports
    runs = [open_and_close(folder) / FILES * 1000 for _ in range(RUNS)]
    one = [open_and_close(folder / "00" / "slide-0-level0.dcm") for _ in range(RUNS)]
    return Report(
        f"folder: {FILES:,} files, {SLIDES} slides of 5 files among strangers",
        (
            of_runs("grouped and opened, a file", runs, "ms", MILLISECONDS_A_FILE),
            of_runs("one named file with its neighbors", one, "s"),
        ),
        ("a file more costs what its head and header cost, and a slide its levels",),
    )


def open_and_close(path: Path) -> float:
    """Return how many seconds opening took."""
    start = time.perf_counter()
    found = open_slides([path])
    seconds = time.perf_counter() - start
    for slide in found.slides:
        slide.close()
    return seconds


def folder_of_files() -> Path:
    """Return the folder, made once."""
    folder = data_folder() / "folder-2000"
    if not folder.exists():
        making = folder.with_name(f"{folder.name}.{os.getpid()}")
        _write(making)
        making.rename(folder)
    return folder


def _write(folder: Path) -> None:
    for number in range(SLIDES):
        write_slide(
            folder / f"{number // 10:02}",
            name=f"slide-{number}",
            size=(300, 200),
            tile=(128, 128),
            syntax="jpeg",
        )
    odd = folder / "00" / "slide-0-label.dcm"
    for number in range(STRANGERS):
        content = odd.read_bytes()
        image = b"1.2.840.10008.5.1.4.1.1.77.1.6"
        other = b"1.2.840.10008.5.1.4.1.1.77.1.4"  # VL Photographic
        target = folder / f"{number % 10:02}" / f"photo {number}"
        target.write_bytes(content.replace(image, other))
    rest = FILES - sum(1 for path in folder.rglob("*") if path.is_file())
    for number in range(rest):
        name, content = _OTHERS[number % len(_OTHERS)]
        (folder / f"{number % 10:02}" / name.format(number)).write_bytes(content)


_OTHERS = (
    ("{}.json", b'{"crc": 1}'),
    ("._slide-{}.dcm", b"\0\x05\x16\x07" + bytes(4000)),
    ("notes {}", b"words\n" * 100),
    ("{}.png", b"\x89PNG\r\n\x1a\n" + bytes(100)),
)
