"""The files of a slide that OpenSlide reads: one, or one with others beside it."""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Final

from viewer.formats.opening import PART
from viewer.formats.openslide.handle import Handle
from viewer.formats.openslide.vendors import MRXS_INDEX
from viewer.slide.files import FileRole
from viewer.slide.warnings import SlideWarning


def parts_of(handle: Handle) -> tuple[list[FileRole], list[SlideWarning]]:
    """Return the roles of the files beside the named one, and what of them is missing.

    A MRXS file has a folder of its name, VMS and VMU files name theirs, a Trestle
    file may have a macro picture of its own name.
    """
    roles: dict[Path, FileRole] = {}
    missing: list[SlideWarning] = []
    for path, reason in _beside(handle):
        if path.is_file():
            roles[path] = FileRole(path, PART, reason)
        else:
            sentence = f"{handle.path.name}: {path.name} is missing ({reason})."
            missing.append(SlideWarning("missing-file", sentence, handle.path))
    return list(roles.values()), missing


def neighbor(path: Path, name: str) -> Path | None:
    """Return the file of that name beside `path`; None for what is no plain name."""
    plain = name.strip()
    if not plain or plain in {".", ".."} or set(plain) & set("/\\\\:\0"):
        return None
    return path.with_name(plain)


_NAMING: Final = (
    ("hamamatsu.ImageFile", "the picture, or a part of it"),
    ("hamamatsu.MapFile", "a coarse level"),
    ("hamamatsu.OptimisationFile", "where parts of the pictures begin"),
    ("hamamatsu.MacroImage", "the overview"),
)
_MOST: Final = 10_000


def _beside(handle: Handle) -> Iterator[tuple[Path, str]]:
    find = _FINDERS.get(handle.properties.get("openslide.vendor", ""))
    return iter(()) if find is None else find(handle)


def _of_mirax(handle: Handle) -> Iterator[tuple[Path, str]]:
    folder = handle.path.with_suffix("")
    yield folder / MRXS_INDEX, "the description of the slide"
    for name, value in islice(handle.properties.items(), _MOST):
        inside = neighbor(folder / MRXS_INDEX, value)
        if inside is not None and name.startswith("mirax.DATAFILE.FILE_"):
            yield inside, "pictures of parts of the slide"
        elif inside is not None and name == "mirax.HIERARCHICAL.INDEXFILE":
            yield inside, "where the pictures lie"


def _of_hamamatsu(handle: Handle) -> Iterator[tuple[Path, str]]:
    for name, value in islice(handle.properties.items(), _MOST):
        file = neighbor(handle.path, value)
        for start, reason in _NAMING:
            if file is not None and name.startswith(start):
                yield file, reason


def _of_trestle(handle: Handle) -> Iterator[tuple[Path, str]]:
    macro = handle.path.with_suffix(".Full")
    if macro.is_file():
        yield macro, "the overview"


_FINDERS: Final = {
    "mirax": _of_mirax,
    "hamamatsu": _of_hamamatsu,
    "trestle": _of_trestle,
}
