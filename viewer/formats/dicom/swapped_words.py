"""SwappedWords: samples of 8 bits that lie in words of 16 bits, high byte first."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Final

from viewer.formats.dicom.element_headers import Element
from viewer.formats.files import ReadableFile
from viewer.formats.streams import stream_over


def are_words_swapped(pixel_data: Element, *, big_endian: bool, bits: int) -> bool:
    """Whether each two bytes of Pixel Data have changed places.

    Of samples of 8 bits in words (OW) the first is the low byte of a word (PS3.5 8.1.1
    and 8.2), which big endian puts behind the high one; in bytes (OB) they are in
    order.
    """
    return big_endian and bits == 8 and pixel_data.vr == "OW"


class SwappedWords:
    """A file in which the bytes of Pixel Data are put in order as they are read.

    Offsets and lengths are those of the file. Any thread, as the file itself.
    """

    def __init__(self, file: ReadableFile, pixel_data: Element) -> None:
        """Take a file and where Pixel Data lie in it, up to its end."""
        self._file: Final = file
        self._start: Final = pixel_data.offset

    @property
    def path(self) -> Path:
        """The file's."""
        return self._file.path

    @property
    def size(self) -> int:
        """The file's."""
        return self._file.size

    def read(self, offset: int, length: int) -> bytes:
        """Return exactly `length` bytes; raises BrokenFile."""
        before = self._before(offset)
        after = (before + length) % 2
        words = self._file.read(offset - before, before + length + after)
        return self._in_order(words, before, length)

    def read_some(self, offset: int, length: int) -> bytes:
        """Return up to `length` bytes, fewer at the end; raises BrokenFile."""
        before = self._before(offset)
        after = (before + length) % 2
        words = self._file.read_some(offset - before, before + length + after)
        return self._in_order(words, before, length)

    def reader(self) -> Callable[[int, int], bytes]:
        """Return `read_some` for a loop, called with length and offset."""
        return lambda length, offset: self.read_some(offset, length)

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def stream(self) -> io.BufferedReader:
        """Return a seekable view with a position of its own."""
        return stream_over(self)

    def _before(self, offset: int) -> int:
        """Return how many bytes earlier the word that an offset is in begins."""
        return (offset - self._start) % 2

    def _in_order(self, words: bytes, before: int, length: int) -> bytes:
        ordered = bytearray(words)
        whole = len(words) // 2 * 2
        ordered[:whole:2], ordered[1:whole:2] = words[1:whole:2], words[:whole:2]
        return bytes(ordered[before : before + length])
