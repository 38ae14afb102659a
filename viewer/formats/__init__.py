"""Files -> slides: the only place that knows file formats."""

import os
from collections.abc import Iterable, Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Final

from viewer.formats.files import RandomAccessFile
from viewer.formats.metadata import read_metadata
from viewer.formats.opening import Format, Ignored, Opened, OpenOptions, Wish
from viewer.slide.errors import BrokenFile, SlideError, UnsupportedFile

if TYPE_CHECKING:
    from viewer.slide.model import Slide

__all__ = [
    "FORMATS",
    "Ignored",
    "OpenOptions",
    "Opened",
    "open_slide",
    "open_slides",
    "read_metadata",
]

_HEAD: Final = 1024


FORMATS: Final = (
    "viewer.formats.dicom",
    "viewer.formats.tiff",
    "viewer.formats.openslide",
)
"""Packages with a FORMAT, asked in this order; imported when first needed, since
pydicom alone costs half a second."""


def open_slides(
    paths: Iterable[str | os.PathLike[str]], options: OpenOptions | None = None
) -> Opened:
    """Open every slide in the files and folders named; folders are searched whole.

    The path of one file opens the slide it belongs to, with the other files of that
    slide in the same folder. Runs on any thread; may take long, see OpenOptions. Raises
    SlideError when nothing could be opened (the sentence says why) or Cancelled.
    """
    options = options or OpenOptions()
    named = [Path(path) for path in paths]
    wish, ignored = _gather(named, options)
    slides: list[Slide] = []
    try:
        by_format = _sorted_by_format(wish.files, ignored, options)
        if wish.only is not None:  # strangers beside the named file concern nobody
            ignored = [each for each in ignored if each.path == wish.only]
        for format_, files in by_format:
            opened = format_.open(wish._replace(files=files), options)
            slides.extend(opened.slides)
            ignored.extend(opened.ignored)
    except BaseException:
        for slide in slides:
            slide.close()
        raise
    if not slides:
        raise UnsupportedFile(_nothing_found(named, ignored, wish.only))
    return Opened(tuple(slides), tuple(ignored))


def open_slide(path: str | os.PathLike[str], index: int = 0) -> "Slide":
    """Open one slide for a script: that of a file, or the `index`-th of a folder.

    The caller closes it. Raises SlideError.

        >>> slide = open_slide("folder")                       # doctest: +SKIP
        >>> slide.read_samples(TileKey(slide.serial, 0, 3, 4)) # doctest: +SKIP
    """
    slides = open_slides([path]).slides
    for number, slide in enumerate(slides):
        if number != index:
            slide.close()
    if not 0 <= index < len(slides):
        raise SlideError(
            f"{Path(path).name}: slide {index} was asked for, "
            f"expected 0 to {len(slides) - 1}."
        )
    return slides[index]


def _gather(named: Sequence[Path], options: OpenOptions) -> tuple[Wish, list[Ignored]]:
    """List the files to look at, each once, and the paths that cannot be."""
    ignored: list[Ignored] = []
    files: dict[Path, None] = {}
    for path in named:
        options.report(0, max(len(files), 1))
        if path.is_dir():
            for found in _files_below(path, ignored, options):
                files[found] = None
        elif path.exists():
            files[path] = None
        else:
            ignored.append(Ignored(path, f"{path.name or path} does not exist."))
    if len(named) == 1 and named[0] in files:
        only = named[0]
        return Wish(_neighbors(only), only, frozenset({only})), ignored
    return Wish(list(files), None, frozenset(named)), ignored


def _files_below(
    folder: Path, ignored: list[Ignored], options: OpenOptions
) -> list[Path]:
    """List all files below a folder; folders that cannot be searched are ignored."""

    def refused(error: OSError) -> None:
        path, reason = Path(error.filename), error.strerror or "unknown reason"
        ignored.append(Ignored(path, f"{path.name} cannot be searched: {reason}."))

    found: list[Path] = []
    for parent, folders, names in os.walk(folder, onerror=refused):
        folders.sort()
        options.report(0, max(len(found), 1))
        for link in filter(os.path.islink, [Path(parent, name) for name in folders]):
            reason = f"{link.name} is a link to a folder, which is not followed."
            ignored.append(Ignored(link, reason))
        found.extend(Path(parent, name) for name in sorted(names))
    return found


def _neighbors(path: Path) -> list[Path]:
    try:
        names = sorted(os.listdir(path.parent))  # noqa: PTH208  sorted by name
    except OSError:
        return [path]
    others = [path.parent / name for name in names if name != path.name]
    return [path, *(other for other in others if other.is_file())]


def _sorted_by_format(
    files: Sequence[Path], ignored: list[Ignored], options: OpenOptions
) -> list[tuple[Format, list[Path]]]:
    formats = [_format(package) for package in FORMATS]
    by_format: dict[str, list[Path]] = {each.name: [] for each in formats}
    for done, path in enumerate(files):
        options.report(done, len(files))
        try:
            head = _head(path)
        except BrokenFile as error:
            ignored.append(Ignored(path, str(error)))
            continue
        chosen = next((each for each in formats if each.recognize(head, path)), None)
        if chosen is None:
            ignored.append(Ignored(path, f"{path.name} is {_described(head)}."))
        else:
            by_format[chosen.name].append(path)
    return [(each, by_format[each.name]) for each in formats if by_format[each.name]]


def _head(path: Path) -> bytes:
    file = RandomAccessFile(path)  # which waits for no pipe
    try:
        return file.read_some(0, _HEAD)
    finally:
        file.close()


def _format(package: str) -> Format:
    return import_module(package).FORMAT


_SIGNATURES: Final = (
    (b"II*\0", "a TIFF file; slides in TIFF and SVS files are not read yet"),
    (b"MM\0*", "a TIFF file; slides in TIFF and SVS files are not read yet"),
    (b"II+\0", "a BigTIFF file; slides in TIFF and SVS files are not read yet"),
    (b"\x89PNG", "a PNG picture, not a slide"),
    (b"\xff\xd8\xff", "a JPEG picture, not a slide"),
    (b"PK\x03\x04", "a zip archive, which is not read yet"),
    (b"%PDF", "a PDF document, not a slide"),
)


def _described(head: bytes) -> str:
    if not head:
        return "an empty file"
    for signature, words in _SIGNATURES:
        if head.startswith(signature):
            return words
    return "not a DICOM file"


def _nothing_found(
    named: Sequence[Path], ignored: Sequence[Ignored], only: Path | None
) -> str:
    for each in ignored:
        if each.path == only or (len(ignored) == 1 and len(named) == 1):
            return each.reason
    names = ", ".join(path.name or str(path) for path in named[:3])
    names += ", ..." if len(named) > 3 else ""
    if not ignored:
        return f"No slide in {names or 'nothing'}: there are no files."
    first = ignored[0].reason
    more = (
        f" {len(ignored)} files were looked at; the first:" if len(ignored) > 1 else ""
    )
    return f"No slide in {names}.{more} {first}"
