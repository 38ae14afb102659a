"""One file and what belongs to it -> a Slide over the OpenSlide library."""

from functools import partial
from pathlib import Path
from typing import Final

from viewer.formats.identity import identity_of
from viewer.formats.notes import Notes
from viewer.formats.openslide.facts import (
    absent_color,
    label_texts,
    objective_of,
    scanner_of,
    spacing_of,
    vendor_name,
)
from viewer.formats.openslide.handle import Handle
from viewer.formats.openslide.image import OpenSlideImage, samples_of
from viewer.formats.openslide.levels import stored_levels
from viewer.formats.openslide.parts import parts_of
from viewer.formats.openslide.properties import properties_tree
from viewer.formats.pyramid import SlideFacts, TiledSlide
from viewer.formats.tiff_file import SIGNATURES
from viewer.formats.tiff_tags import tiff_tree
from viewer.slide.errors import BrokenFile, UnsupportedFile
from viewer.slide.files import FileRole
from viewer.slide.geometry import Size
from viewer.slide.metadata import Attribute
from viewer.slide.model import (
    EMPTY,
    AssociatedImage,
    OpticalPath,
    Samples,
)


def open_slide(path: Path, head: bytes) -> TiledSlide:
    """Open a file that OpenSlide reads; raises SlideError.

    `head` is its first KiB. Levels that OpenSlide makes up are left out; see
    viewer.formats.openslide.levels.
    """
    handle = Handle(path)
    properties = handle.properties
    parts, warnings = parts_of(handle)
    handle.watch([part.path for part in parts])
    spacing = spacing_of(properties, path, warnings)
    optical_path = OpticalPath(
        identifier="0",
        icc_profile=handle.icc_profile(),
        objective_power=objective_of(properties),
        absent=absent_color(properties),
    )
    stored = stored_levels(handle, head)
    made = [number for number in range(len(handle.sizes)) if number not in stored]
    notes = Notes(warnings)
    images = [
        OpenSlideImage(
            handle,
            number,
            notes,
            optical_path,
            spacing=None if number else spacing,
            made=made,
        )
        for number in stored
    ]
    facts = SlideFacts(
        name=path.stem,
        format="openslide",
        optical_paths=(optical_path,),
        focal_planes=(0.0,),
        associated=_associated(handle, optical_path),
        files=(_role(handle, stored, vendor_name(properties)), *parts),
        read_metadata=partial(_metadata, handle, head),
        find_personalities=lambda: (),
        scanner=scanner_of(properties),
        label_texts=label_texts(properties),
        identity=identity_of(properties.get("openslide.quickhash-1", "")),
    )
    return TiledSlide(images, facts, notes)


_ROLES: Final = {"label": "label", "macro": "overview", "thumbnail": "thumbnail"}
_MOST_PIXELS: Final = 1 << 28


def _role(handle: Handle, stored: list[int], vendor: str) -> FileRole:
    last = len(stored) - 1
    role = f"levels 0 to {last}" if last else "level 0"
    reason = f"{vendor}, read by OpenSlide"
    made = len(handle.sizes) - len(stored)
    if made:
        reason += f"; {made} more levels, which OpenSlide makes up, are left out"
    return FileRole(handle.path, role, reason, handle.sizes[0])


def _associated(handle: Handle, path: OpticalPath) -> dict[str, AssociatedImage]:
    found: dict[str, AssociatedImage] = {}
    for name, role in _ROLES.items():
        sides = [
            handle.properties.get(f"openslide.associated.{name}.{side}", "")
            for side in ("width", "height")
        ]
        if all(side.isdecimal() for side in sides):
            size = Size(int(sides[0]), int(sides[1]))
            read = partial(_read_associated, handle, name, size, path)
            found[role] = AssociatedImage(size, handle.path, read, path.icc_profile)
    return found


def _read_associated(
    handle: Handle, name: str, size: Size, path: OpticalPath
) -> Samples:
    file = handle.path.name
    if size.width * size.height > _MOST_PIXELS:
        raise BrokenFile(
            f"{file}: the {name} image is {size.width} x {size.height} pixels,"
            f" expected at most 2^28 pixels."
        )
    samples = samples_of(handle.read_associated(name), path.absent)
    if samples is EMPTY:
        raise BrokenFile(f"{file}: the {name} image is empty.")
    return samples


def _metadata(handle: Handle, head: bytes, file: Path) -> Attribute:
    if file != handle.path:
        raise UnsupportedFile(
            f"{file.name} is a part of {handle.path.name}, whose metadata says it all."
        )
    more = tiff_tree(file, head) if head[:4] in SIGNATURES else None
    return properties_tree(handle.properties, more)
