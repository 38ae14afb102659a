"""TIFF-based slides, and the TIFF side of dual-personality files -> slides."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from viewer.formats.files import RandomAccessFile
from viewer.formats.opening import Format, Ignored, Kin, Opened, OpenOptions, Wish
from viewer.formats.pyramid import TiledSlide
from viewer.formats.tiff.joining import joined
from viewer.formats.tiff.layout import Layout
from viewer.formats.tiff.reading import read_layout
from viewer.formats.tiff.slide import open_layout
from viewer.formats.tiff_file import SIGNATURES
from viewer.formats.tiff_vendor import vendor_of
from viewer.slide.errors import SlideError
from viewer.slide.warnings import SlideWarning

__all__ = ["FORMAT", "open_tiff"]


def open_tiff(wish: Wish, options: OpenOptions) -> Opened:
    """Open the slides that the files hold; a broken file becomes an ignored one.

    A file is a slide of its own, but the TIFF sides of the DICOM files of one slide
    make one slide together.
    """
    slides: list[TiledSlide] = []
    ignored: list[Ignored] = []
    groups = _groups(wish)
    for done, (paths, roles) in enumerate(groups):
        options.report(done, len(groups))
        slide, left_out = _opened(paths, roles)
        ignored.extend(left_out)
        if slide is not None:
            slides.append(slide)
    options.report(len(groups), len(groups))
    return Opened(tuple(slides), tuple(ignored))


def _recognize(head: bytes, path: Path) -> bool:
    """Whether it is TIFF, not DICOM too, and of no kind that OpenSlide knows better."""
    if head[:4] not in SIGNATURES or head[128:132] == b"DICM":
        return False
    return vendor_of(path) is None


FORMAT = Format("tiff", _recognize, open_tiff)

_Roles = Mapping[Path, str]


def _groups(wish: Wish) -> list[tuple[list[Path], _Roles]]:
    """Return the files of each slide, with their roles where those are known."""
    if wish.kin_of is None:
        return [([path], {}) for path in wish.files if wish.only in (None, path)]
    groups: dict[object, list[Path]] = {}
    roles: dict[Path, str] = {}
    for path in wish.files:
        kin: Kin | None = wish.kin_of(path)
        groups.setdefault(path if kin is None else kin.slide, []).append(path)
        roles[path] = "" if kin is None else kin.role
    return [
        (paths, roles)
        for paths in groups.values()
        if wish.only is None or wish.only in paths
    ]


def _opened(
    paths: Sequence[Path], roles: _Roles
) -> tuple[TiledSlide | None, list[Ignored]]:
    """Open the slide of some files; say of each that is left out why."""
    ignored: list[Ignored] = []
    layouts: list[Layout] = []
    warnings: list[SlideWarning] = []
    dual = False
    for path in paths:
        try:
            file = RandomAccessFile(path)
            try:
                found = read_layout(file)
            finally:
                file.close()
        except SlideError as error:
            ignored.append(Ignored(path, str(error)))
            continue
        layouts.append(found.layout)
        warnings.extend(found.warnings)
        dual = dual or found.is_dual
    if not layouts:
        return None, ignored
    layout, left_out = joined(layouts, roles)
    name = f"{_stem(layout.path)} (TIFF side)" if dual else _stem(layout.path)
    try:
        slide = open_layout(layout, name, warnings)
    except SlideError as error:
        refused = [Ignored(path, str(error)) for path in layout.files]
        return None, [*ignored, *left_out, *refused]
    used = frozenset(layout.files)
    return slide, [each._replace(concerns=used) for each in [*ignored, *left_out]]


def _stem(path: Path) -> str:
    """Return the name without its ending; the last number of a UID is none."""
    if path.suffix[1:].isdecimal():
        return path.name
    return path.stem.removesuffix(".ome") or path.name
