"""DICOM whole-slide files -> slides."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from viewer.codecs import decoder_for
from viewer.formats.dicom.copies import without_copies
from viewer.formats.dicom.grouping import group
from viewer.formats.dicom.header import is_dicom, read_header
from viewer.formats.dicom.image import DicomImage
from viewer.formats.dicom.instance import Instance, read_instance
from viewer.formats.dicom.label_texts import label_texts, scanner_of
from viewer.formats.dicom.levels import NoLevel, open_levels, reason_of
from viewer.formats.dicom.metadata import read_metadata
from viewer.formats.dicom.placing import overview_placement, placement_of
from viewer.formats.dicom.slide_plan import SlidePlan
from viewer.formats.files import RandomAccessFile
from viewer.formats.notes import Notes
from viewer.formats.opening import Format, Ignored, Opened, OpenOptions, Wish
from viewer.formats.pyramid import SlideFacts, TiledSlide
from viewer.slide.errors import BrokenFile, SlideError, UnsupportedCodec
from viewer.slide.model import EMPTY, AssociatedImage, ColorReading, Samples, TileKey

__all__ = ["FORMAT", "open_dicom"]


def open_dicom(wish: Wish, options: OpenOptions) -> Opened:
    """Open the slides that the files hold; a broken slide becomes an ignored file."""
    instances, ignored = _read_headers(wish, options)
    instances, copies, copy_warnings = without_copies(instances, wish.named)
    plans, strangers = group(instances)
    ignored += copies + strangers
    if wish.only is not None:
        plans = [plan for plan in plans if _holds(plan, wish.only)]
        ignored = [each for each in ignored if _concerns(each, wish.only, plans)]
    slides: list[TiledSlide] = []
    for plan in plans:
        plan.warnings.extend(
            warning for series, warning in copy_warnings if series == plan.base.series
        )
        try:
            slides.append(_open_plan(plan))
        except SlideError as error:
            ignored.extend(_not_opened(plan, error))
    return Opened(tuple(slides), tuple(ignored))


def _recognize(head: bytes, path: Path) -> bool:  # noqa: ARG001  content decides
    return is_dicom(head)


FORMAT = Format("dicom", _recognize, open_dicom)


def _read_headers(
    wish: Wish, options: OpenOptions
) -> tuple[list[Instance], list[Ignored]]:
    instances: list[Instance] = []
    ignored: list[Ignored] = []
    for done, path in enumerate(wish.files):
        options.report(done, len(wish.files))
        try:
            instances.append(_read_instance(path))
        except SlideError as error:
            ignored.append(Ignored(path, str(error)))
    options.report(len(wish.files), len(wish.files))
    return instances, ignored


def _read_instance(path: Path) -> Instance:
    file = RandomAccessFile(path)
    try:
        return read_instance(read_header(file))
    finally:
        file.close()


def _holds(plan: SlidePlan, path: Path) -> bool:
    return any(role.path == path for role in plan.roles)


def _concerns(ignored: Ignored, only: Path, plans: Sequence[SlidePlan]) -> bool:
    """Say whether a left-out file matters to who asked for the slide of one file."""
    used = {role.path for plan in plans for role in plan.roles}
    return ignored.path == only or not used.isdisjoint(ignored.concerns)


def _not_opened(plan: SlidePlan, error: SlideError) -> list[Ignored]:
    """Say of each file of a slide why it is not shown."""
    base = plan.base.path
    reasons = dict(error.reasons) if isinstance(error, NoLevel) else {base: str(error)}
    why = reason_of(base, str(error))
    for role in plan.roles:
        reason = (
            f"{role.path.name} belongs to the slide of {base.name}, which cannot be "
            f"opened: {why}."
        )
        reasons.setdefault(role.path, reason)
    concerns = frozenset(reasons)
    return [Ignored(path, why, concerns - {path}) for path, why in reasons.items()]


def _open_plan(plan: SlidePlan) -> TiledSlide:
    notes = Notes(plan.warnings)
    plan, images = open_levels(plan, notes)
    paths = plan.base.optical_paths
    for instance in plan.associated.values():
        _check_associated(instance, notes)
    by_path = {role.path: role for role in plan.roles}
    facts = SlideFacts(
        name=plan.name,
        format="dicom",
        optical_paths=paths,
        focal_planes=images[0].focal_planes,
        associated={
            role: _associated(instance, plan.base, notes)
            for role, instance in plan.associated.items()
        },
        files=tuple(by_path.values()),
        read_metadata=read_metadata,
        find_personalities=lambda: _personalities(plan.base, notes),
        scanner=scanner_of(plan.base),
        label_texts=label_texts(plan.base, plan.associated.get("label")),
        placement=placement_of(plan.base),
    )
    return TiledSlide(images, facts, notes)


def _check_associated(instance: Instance, notes: Notes) -> None:
    """Warn of an image that reading will refuse, as far as its header tells."""
    try:
        decoder_for(instance.format)
    except UnsupportedCodec as error:
        name, role = instance.path.name, instance.role
        sentence = f"{name}: the {role} image cannot be shown: {error}."
        notes.warn("image-refused", sentence, instance.path)


def _associated(instance: Instance, base: Instance, notes: Notes) -> AssociatedImage:
    """Describe a label, overview or thumbnail, whose file is opened only to read it."""

    def read() -> Samples:
        image = DicomImage([instance], instance.size, instance.optical_paths, notes)
        try:
            return _whole(image, instance)
        finally:
            image.close()

    path = instance.optical_paths[0]
    placement, problem = None, ""
    if instance.role == "OVERVIEW":
        placement, problem = overview_placement(instance, base)
    return AssociatedImage(
        instance.size,
        instance.path,
        read,
        path.icc_profile,
        placement,
        problem,
        path.grey_range,
    )


def _whole(image: DicomImage, instance: Instance) -> Samples:
    """Read an associated image; more than one tile is rare but allowed."""
    level = image.level
    if level.size.width * level.size.height > 1 << 28:
        raise BrokenFile(
            f"{instance.path.name}: the {instance.role} image is {level.size.width} x "
            f"{level.size.height} pixels, expected at most 2^28 pixels."
        )
    whole: NDArray[Any] = np.empty((0, 0))
    for row in range(level.rows):
        for column in range(level.columns):
            key = TileKey(0, 0, column, row)
            tile = image.read(key, ColorReading.AS_ENCODED, 1)
            if tile is EMPTY:
                continue
            if whole.size == 0:
                shape = (level.size.height, level.size.width, *tile.shape[2:])
                whole = np.full(shape, 255, tile.dtype)
            x, y = column * level.tile_size.width, row * level.tile_size.height
            whole[y : y + tile.shape[0], x : x + tile.shape[1]] = tile
    if whole.size == 0:
        raise BrokenFile(f"{instance.path.name}: the {instance.role} image is empty.")
    return whole


def _personalities(base: Instance, notes: Notes) -> Sequence[str]:
    from viewer.formats.dicom.dual import tiff_side

    problem = tiff_side(base)
    if problem is None:
        return ("dicom", "tiff")
    if problem:
        notes.warn("tiff-side", f"{base.path.name}: {problem}.", base.path)
    return ("dicom",)
