"""Label, overview and thumbnail: described at opening, opened only to be read."""

from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from viewer.codecs import decoder_for
from viewer.formats.dicom.image import DicomImage, Layer
from viewer.formats.dicom.instance import Instance
from viewer.formats.dicom.placing import overview_placement
from viewer.formats.notes import Notes
from viewer.slide.errors import BrokenFile, UnsupportedCodec
from viewer.slide.files import EncodedFrame
from viewer.slide.model import EMPTY, AssociatedImage, ColorReading, Samples, TileKey

_MOST_PIXELS = 1 << 28


def associated_image(
    instance: Instance, base: Instance, notes: Notes
) -> AssociatedImage:
    """Describe an image; `base` is the finest level. What reading will refuse is noted.

    What reading it finds out goes to `notes` too, but as warnings alone: damaged tiles
    are tiles of the slide.
    """
    try:
        decoder_for(instance.format)
    except UnsupportedCodec as error:
        notes.warn("image-refused", _refusal(instance, error), instance.path)

    def read(color: ColorReading = ColorReading.AS_ENCODED) -> Samples:
        found = Notes()
        try:
            return _read(instance, color, found)
        except UnsupportedCodec as error:
            raise UnsupportedCodec(_refusal(instance, error)) from error
        finally:
            for each in found.warnings:
                notes.warn(each.code, each.message, each.file)

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
        partial(read, ColorReading.AS_DECLARED),
        partial(_read_frames, instance),
    )


def _refusal(instance: Instance, error: UnsupportedCodec) -> str:
    role = instance.role.lower()
    return f"{instance.path.name}: the {role} image cannot be shown: {error}."


def _read(instance: Instance, color: ColorReading, notes: Notes) -> Samples:
    _check_size(instance)
    image = DicomImage([instance], notes)
    try:
        return _whole(image, color)
    finally:
        image.close()


def _check_size(instance: Instance) -> None:
    width, height = instance.size
    if width * height > _MOST_PIXELS:
        raise BrokenFile(
            f"{instance.path.name}: the {instance.role.lower()} image is {width} x "
            f"{height} pixels, expected at most 2^28 pixels."
        )


def _read_frames(instance: Instance) -> list[EncodedFrame]:
    """Read the frames of an associated image without decoding them."""
    _check_size(instance)
    columns, rows = instance.grid
    image = DicomImage([instance], Notes())
    try:
        read = (
            image.read_frame(TileKey(0, 0, column, row), Layer())
            for row in range(rows)
            for column in range(columns)
        )
        return [frame for frame in read if frame is not EMPTY]
    finally:
        image.close()


def _whole(image: DicomImage, color: ColorReading) -> Samples:
    """Read an associated image; more than one tile is rare but allowed."""
    instance, (columns, rows) = image.instance, image.instance.grid
    whole: NDArray[Any] = np.empty((0, 0))
    for row in range(rows):
        for column in range(columns):
            key = TileKey(0, 0, column, row)
            tile = image.read(key, Layer(), color, 1)
            if tile is EMPTY:
                continue
            if whole.size == 0:
                shape = (image.size.height, image.size.width, *tile.shape[2:])
                whole = np.full(shape, 255, tile.dtype)
            x, y = column * instance.tile_size.width, row * instance.tile_size.height
            whole[y : y + tile.shape[0], x : x + tile.shape[1]] = tile
    if whole.size == 0:
        raise BrokenFile(
            f"{instance.path.name}: the {instance.role.lower()} image is empty."
        )
    return whole
