"""Files -> slides: the only place that knows file formats."""

import os
from collections.abc import Callable, Iterable, Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Final

from viewer.formats.gathering import gather, head_of
from viewer.formats.kinds import described, is_dicomdir
from viewer.formats.metadata import read_metadata
from viewer.formats.opening import PART, Format, Ignored, Kin, Opened, OpenOptions
from viewer.formats.unpacked import Unpacked, is_unpacked, shown_path
from viewer.slide.errors import BrokenFile, SlideError, UnsupportedFile

if TYPE_CHECKING:
    from viewer.slide.model import Slide

__all__ = [
    "FORMATS",
    "Ignored",
    "OpenOptions",
    "Opened",
    "is_unpacked",
    "open_slide",
    "open_slides",
    "read_metadata",
    "shown_path",
]

_PREAMBLE: Final = 128


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
    gathered = gather(named, options)
    slides: list[Slide] = []
    try:
        wish, ignored = gathered.wish, gathered.ignored
        by_format = _sorted_by_format(wish.files, ignored, options)
        if wish.only is not None:  # strangers beside the named file concern nobody
            ignored = [each for each in ignored if each.path == wish.only]
        done = len(wish.files)
        for format_, files in by_format:
            wanted = wish._replace(files=files, kin_of=_kin_of(options))
            opened = format_.open(wanted, options.behind(done, 2 * len(wish.files)))
            slides.extend(opened.slides)
            ignored.extend(opened.ignored)
            done += len(files)
    except BaseException:
        for slide in slides:
            slide.close()
        for unpacked in gathered.unpacked:
            unpacked.remove()
        raise
    _leave_archives(slides, gathered.unpacked)
    if not slides:
        raise UnsupportedFile(_nothing_found(named, ignored, wish.only))
    return Opened(tuple(slides), _without_parts(ignored, slides))


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


def _leave_archives(slides: Iterable["Slide"], unpacked: Iterable[Unpacked]) -> None:
    """Leave what was unpacked to the slides in it; the last one closed removes it."""
    from viewer.formats.pyramid import TiledSlide

    for each in unpacked:
        used = False
        for slide in slides:
            held = any(each.holds(file.path) for file in slide.files)
            if held and isinstance(slide, TiledSlide):  # all formats make them
                slide.keep(each)
                used = True
        if not used:
            each.remove()


def _without_parts(
    ignored: Iterable[Ignored], slides: Iterable["Slide"]
) -> tuple[Ignored, ...]:
    """Leave out what no format took by itself and is yet a part of a slide."""
    parts = {file.path for slide in slides for file in slide.files if file.role == PART}
    return tuple(each for each in ignored if each.path not in parts)


def _sorted_by_format(
    files: Sequence[Path], ignored: list[Ignored], options: OpenOptions
) -> list[tuple[Format, list[Path]]]:
    formats = [_format(package) for package in FORMATS]
    by_format: dict[str, list[Path]] = {each.name: [] for each in formats}
    for done, path in enumerate(files):
        options.report(done, 2 * len(files))
        try:
            head = head_of(path)
        except BrokenFile as error:
            ignored.append(Ignored(path, str(error)))
            continue
        # Nobody sees a DICOM side that is not wanted.
        seen = head[:_PREAMBLE] if options.personality == "tiff" else head
        asked = () if is_dicomdir(seen) else formats
        chosen = next((each for each in asked if each.recognize(seen, path)), None)
        if chosen is None:
            words = described(head) if seen is head else _without_tiff(head)
            ignored.append(Ignored(path, f"{path.name} is {words}."))
        else:
            by_format[chosen.name].append(path)
    return [(each, by_format[each.name]) for each in formats if by_format[each.name]]


def _kin_of(options: OpenOptions) -> Callable[[Path], Kin | None] | None:
    """Return what tells which TIFF sides make one slide, where those are opened."""
    if options.personality != "tiff":
        return None
    return import_module("viewer.formats.dicom.kin").kin_of


def _format(package: str) -> Format:
    return import_module(package).FORMAT


def _without_tiff(head: bytes) -> str:
    """Say what a file is whose TIFF side is wanted and not there."""
    if head[_PREAMBLE:].startswith(b"DICM"):
        return "a DICOM file without a TIFF side"
    return "not a TIFF file"


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
