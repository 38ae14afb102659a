"""The files of one image, open: which frame is in which of them, and how it is read."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from math import prod

from viewer.codecs import Decoder, decoder_for
from viewer.formats.dicom.concatenations import missing_in_words
from viewer.formats.dicom.cropped_frames import CroppedFrames, is_cropped
from viewer.formats.dicom.frame_format import frame_bytes
from viewer.formats.dicom.frames import FrameTable
from viewer.formats.dicom.header import open_body
from viewer.formats.dicom.instance import Instance
from viewer.formats.dicom.items import walk_items
from viewer.formats.dicom.swapped_words import SwappedWords, are_words_swapped
from viewer.formats.files import ReadableFile
from viewer.slide.errors import BrokenFrame

_EXAMPLES = 8  # frames looked at where headers cannot tell the color


@dataclass(frozen=True, slots=True)
class Part:
    """One file of an image: its frames, how they are decoded, the first one's number.

    Frames are numbered over the whole image, and from 0.
    """

    instance: Instance
    file: ReadableFile
    frames: FrameTable | CroppedFrames
    decoder: Decoder
    first: int


class Parts:
    """The files of one image in their order; at least one. Any thread.

    `missing` is a clause about parts that were not found, empty where all are there.
    """

    def __init__(
        self, instances: Sequence[Instance], warn: Callable[[str, str], None]
    ) -> None:
        """Open the files; raises SlideError. `warn` takes a code and a sentence."""
        self._parts: list[Part] = []
        try:
            for instance in instances:
                self._parts.append(_open_part(instance, warn))
        except BaseException:
            self.close()
            raise
        self.missing = missing_in_words(instances)
        self._only = self._parts[0] if len(self._parts) == 1 else None

    def __iter__(self) -> Iterator[Part]:
        """Go through the files in their order."""
        return iter(self._parts)

    @property
    def end(self) -> int:
        """The number behind that of the last frame found."""
        return max(part.first + part.instance.frames for part in self._parts)

    def number_in_turn(self) -> None:
        """Count the frames found one after another, without gaps for missing parts.

        Called at opening only, where frames tell their places themselves.
        """
        first = 0
        for place, part in enumerate(self._parts):
            self._parts[place] = replace(part, first=first)
            first += part.instance.frames
        self._only = self._parts[0] if len(self._parts) == 1 else None

    def with_frame(self, frame: int) -> tuple[Part, int]:
        """Return the file with a frame, and its number there; raises BrokenFrame."""
        only = self._only
        if only is not None and (only.first == 0 or not self.missing):
            return only, frame - only.first
        for part in self._parts:
            if part.first <= frame < part.first + part.instance.frames:
                return part, frame - part.first
        name = self._parts[0].instance.path.name
        why = self.missing or "its part was not found"
        raise BrokenFrame(
            f"{name}: frame {frame + 1} of the concatenation is not there: {why}.",
            frame + 1,
        )

    def close(self) -> None:
        """Close the files; readers inside finish first."""
        for part in self._parts:
            part.file.close()


def _open_part(instance: Instance, warn: Callable[[str, str], None]) -> Part:
    file = open_body(instance.header)
    try:
        length = frame_bytes(instance.format)
        if _holds_all_layers(instance, file, length):
            warn(
                "frame-count",
                f"Number of Frames is {instance.frames}, which is that of one focal "
                f"plane; {instance.tiles} frames are there.",
            )
            instance = replace(instance, frames=instance.tiles)
        body = _in_order(file, instance)
        frames = (
            CroppedFrames(body, instance)
            if is_cropped(instance, length)
            else FrameTable(body, instance.header, instance.frames, length)
        )
        decoder = decoder_for(instance.format, lambda: _examples(instance, frames))
    except BaseException:
        file.close()
        raise
    return Part(instance, file, frames, decoder, instance.concatenation_offset)


def _in_order(file: ReadableFile, instance: Instance) -> ReadableFile:
    """Return the file, or one that puts the bytes of Pixel Data in order."""
    header, bits = instance.header, instance.format.bits_allocated
    data = header.pixel_data
    if data is not None and are_words_swapped(
        data, big_endian=header.big_endian, bits=bits
    ):
        return SwappedWords(file, data)
    return file


def _examples(
    instance: Instance, frames: FrameTable | CroppedFrames
) -> Iterable[bytes]:
    for number in range(0, instance.frames, max(1, instance.frames // _EXAMPLES)):
        data = frames.read(number)
        if data is not None:
            yield data


def _holds_all_layers(
    instance: Instance, file: ReadableFile, frame_length: int | None
) -> bool:
    """Whether Number of Frames counts one layer of several that are all there.

    Whether it counts all focal planes was read in two ways (wsidicom#190).
    """
    pixel_data, frames = instance.header.pixel_data, prod(instance.grid)
    if (
        pixel_data is None
        or instance.layout != "TILED_FULL"
        or not frames == instance.frames < instance.tiles
    ):
        return False
    if frame_length is not None:
        stored = (pixel_data.length or 0) // frame_length
    else:
        # Without a table of this length: an item of Pixel Data for each frame.
        stored = walk_items(file, pixel_data.offset).count - 1
    return stored == instance.tiles
