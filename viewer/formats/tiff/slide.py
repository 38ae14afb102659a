"""From a layout to a slide: opening its levels, and what is said of it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from viewer.formats.files import RandomAccessFile
from viewer.formats.notes import Notes
from viewer.formats.pyramid import SlideFacts, TiledSlide
from viewer.formats.tiff.associated import associated_image
from viewer.formats.tiff.dual_side import is_dicom_too
from viewer.formats.tiff.image import StoredTiles, TiffImage, TileSource
from viewer.formats.tiff.layout import Channel, Layout, Picture
from viewer.formats.tiff.scale import checked_scale, spacing_of
from viewer.formats.tiff.segments import Segments
from viewer.formats.tiff.strips import CutTiles, is_one_tile_wide
from viewer.formats.tiff_tags import tiff_tree
from viewer.slide.errors import SlideError
from viewer.slide.files import FileRole
from viewer.slide.geometry import Spacing
from viewer.slide.metadata import Attribute
from viewer.slide.model import Personality
from viewer.slide.warnings import SlideWarning

_HEAD: Final = 132
_MOST_NOTES: Final = 100  # a file may have thousands of pages that fit nowhere


def open_layout(
    layout: Layout, name: str, warnings: Sequence[SlideWarning] = ()
) -> TiledSlide:
    """Open what a layout names; raises SlideError where no level can be opened.

    A level that cannot be opened is a warning; the finest that opens is level 0.
    """
    layout, found = checked_scale(layout)
    said = [
        SlideWarning(code, f"{layout.path.name}: {clause}.", layout.path)
        for code, clause in layout.notes[:_MOST_NOTES]
    ]
    notes = Notes([*warnings, *found, *said])
    files: dict[Path, RandomAccessFile] = {}
    try:
        for path in layout.files:
            files[path] = RandomAccessFile(path)
        layout, images = _levels(layout, files, notes)
        return TiledSlide(images, _facts(layout, name, files, notes), notes)
    except BaseException:
        for file in files.values():
            file.close()
        raise


def _levels(
    layout: Layout, files: Mapping[Path, RandomAccessFile], notes: Notes
) -> tuple[Layout, list[TiffImage]]:
    """Open the levels that can be; return the layout of those."""
    opened: list[tuple[Picture, Mapping[tuple[int, int], TileSource]]] = []
    refused: list[SlideError] = []
    for picture in layout.levels:
        try:
            opened.append((picture, _sources(picture, files)))
        except SlideError as error:
            refused.append(error)
            if picture is not layout.levels[0]:
                notes.warn("level-refused", str(error), picture.first.path)
    if not opened:
        raise refused[0]
    if opened[0][0] is not layout.levels[0]:
        size = layout.levels[0].size
        sentence = (
            f"{layout.path.name}: the finest level, {size.width} x {size.height} "
            f"pixels, is missing: {refused[0]}"
        )
        notes.warn("level-refused", sentence, layout.path)
        layout = replace(layout, spacing=_scaled(layout, opened[0][0]))
    layout = replace(layout, levels=tuple(picture for picture, _ in opened))
    base = layout.levels[0].size
    images = [
        TiffImage(
            tuple({path: files[path] for path in _paths(picture)}.values()),
            sources,
            base,
            spacing_of(picture, layout),
            notes,
        )
        for picture, sources in opened
    ]
    return layout, images


def _scaled(layout: Layout, picture: Picture) -> Spacing | None:
    """Return the spacing of a level from that of one that is missing."""
    if layout.spacing is None:
        return None
    whole, size = layout.levels[0].size, picture.size
    return Spacing(
        layout.spacing.x * whole.width / size.width,
        layout.spacing.y * whole.height / size.height,
    )


def _paths(picture: Picture) -> list[Path]:
    return [channel.path for channel in picture.channels.values()]


def _sources(
    picture: Picture, files: Mapping[Path, RandomAccessFile]
) -> Mapping[tuple[int, int], TileSource]:
    sources = {
        place: _source(channel, files) for place, channel in picture.channels.items()
    }
    first = next(iter(sources.values()))
    return {
        place: each
        for place, each in sources.items()
        if each.tile_size == first.tile_size
    }


def _source(channel: Channel, files: Mapping[Path, RandomAccessFile]) -> TileSource:
    segments = Segments(files[channel.path], channel.directory, channel.channel)
    if channel.directory.is_tiled and not is_one_tile_wide(segments):
        return StoredTiles(segments)
    return CutTiles(segments)


def _facts(
    layout: Layout, name: str, files: Mapping[Path, RandomAccessFile], notes: Notes
) -> SlideFacts:
    sides: Sequence[Personality] = ("tiff",)
    if is_dicom_too(files[layout.path]):
        sides = ("dicom", "tiff")
    return SlideFacts(
        name=name,
        format="tiff",
        optical_paths=layout.paths,
        focal_planes=layout.focal_planes,
        associated={
            role: associated_image(role, channel, files[channel.path], notes)
            for role, channel in layout.associated.items()
        },
        files=tuple(_roles(layout)),
        read_metadata=_metadata,
        find_personalities=lambda: sides,
        scanner=layout.scanner,
    )


def _roles(layout: Layout) -> list[FileRole]:
    roles: list[FileRole] = []
    for path in layout.files:
        levels = [
            number
            for number, picture in enumerate(layout.levels)
            if path in _paths(picture)
        ]
        others = [role for role, each in layout.associated.items() if each.path == path]
        first = (
            layout.levels[levels[0]].first if levels else layout.associated[others[0]]
        )
        size = first.directory.size
        what = [_numbered(levels)] if levels else []
        reason = f"{size.width} x {size.height} pixels"
        if levels and others:
            reason += f"; with {', '.join(others)}"
        roles.append(
            FileRole(
                path,
                what[0] if what else others[0],
                reason,
                size,
                _stored_as(first),
            )
        )
    return roles


def _numbered(levels: Sequence[int]) -> str:
    if len(levels) == 1:
        return f"level {levels[0]}"
    return f"levels {levels[0]} to {levels[-1]}"


def _stored_as(channel: Channel) -> str:
    from viewer.formats.tiff.segment_format import compression_of

    try:
        return compression_of(channel.directory).name
    except SlideError:
        return ""


def _metadata(path: Path) -> Attribute:
    file = RandomAccessFile(path)
    try:
        head = file.read_some(0, _HEAD)
    finally:
        file.close()
    return tiff_tree(path, head)
