"""Label, overview and thumbnail of a TIFF file: described now, read when asked for."""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from viewer.codecs import Decoded
from viewer.formats.files import RandomAccessFile, ReadableFile
from viewer.formats.notes import Notes
from viewer.formats.tiff.layout import Channel
from viewer.formats.tiff.segments import Segments
from viewer.slide.errors import BrokenFile, SlideError
from viewer.slide.files import EncodedFrame
from viewer.slide.model import AssociatedImage, ColorReading, Samples

MOST_PIXELS: Final = 1 << 28


def associated_image(
    role: str, channel: Channel, file: ReadableFile, notes: Notes
) -> AssociatedImage:
    """Describe an image; what reading will refuse is noted. `file` is open now."""
    directory, path = channel.directory, channel.path
    grey_range = None
    try:
        segments = Segments(file, directory, channel.channel)
        if not segments.format.is_color:
            grey_range = (0, 2**directory.bits - 1)
    except SlideError as error:
        reason = str(error).removeprefix(f"{path.name}: ")
        sentence = f"{path.name}: the {role} image cannot be shown: {reason}"
        notes.warn("image-refused", sentence, path)

    def read() -> Samples:
        again = RandomAccessFile(path)
        try:
            return _read(role, Segments(again, directory, channel.channel), notes)
        finally:
            again.close()

    def read_frames() -> list[EncodedFrame]:
        again = RandomAccessFile(path)
        try:
            return _read_frames(role, Segments(again, directory, channel.channel))
        finally:
            again.close()

    return AssociatedImage(
        directory.size,
        path,
        read,
        directory.icc_profile,
        grey_range=grey_range,
        read_frames=read_frames,
    )


def _read(role: str, segments: Segments, notes: Notes) -> Samples:
    """Read a whole picture, segment by segment."""
    directory, name = segments.directory, segments.path.name
    _check_size(role, segments)
    whole: NDArray[Any] | None = None
    for number in range(segments.count):
        decoded = segments.decode(number, ColorReading.AS_ENCODED, 1)
        if decoded is None:
            continue
        _note(decoded, segments, number, notes)
        extent = segments.extent(number)
        part = decoded.samples[: extent.height, : extent.width]
        if whole is None:
            shape = (directory.size.height, directory.size.width, *part.shape[2:])
            whole = np.full(shape, 255, part.dtype)
        row, column = divmod(number, directory.across)
        x, y = column * directory.segment.width, row * directory.segment.height
        whole[y : y + part.shape[0], x : x + part.shape[1]] = part
    if whole is None:
        raise BrokenFile(f"{name}: the {role} image is empty.")
    return whole


def _check_size(role: str, segments: Segments) -> None:
    size = segments.directory.size
    if segments.directory.pixels > MOST_PIXELS:
        raise BrokenFile(
            f"{segments.path.name}: the {role} image is {size.width} x {size.height} "
            "pixels, expected at most 2^28 pixels."
        )


def _read_frames(role: str, segments: Segments) -> list[EncodedFrame]:
    """Read what is stored; strips are no frames, unless one is the whole picture."""
    _check_size(role, segments)
    directory = segments.directory
    if not directory.is_tiled and segments.count > 1:
        raise SlideError(
            f"{segments.path.name}: {directory.name} is stored in {segments.count} "
            "strips, which are no frames of their own."
        )
    frames: list[EncodedFrame] = []
    for number in range(segments.count):
        data = segments.encoded(number)
        if data is not None:
            place = segments.path, segments.frame(number), segments.offset(number)
            kind = segments.compression.name, segments.format.photometric
            frames.append(EncodedFrame(data, *place, *kind, segments.format.tables))
    return frames


def _note(decoded: Decoded, segments: Segments, number: int, notes: Notes) -> None:
    path = segments.path
    for finding in decoded.findings:
        notes.warn(finding.code, f"{path.name}: {finding.message}.", path)
    if decoded.damage is not None:
        where = f"segment {number + 1} of {segments.directory.name}"
        sentence = f"{path.name}: {where}: {decoded.damage}."
        notes.warn("damaged-frame", sentence, path)
