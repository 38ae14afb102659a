"""A TIFF file open in tifffile, which reads no more of it than it may."""

import io
import logging
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from itertools import islice
from typing import Any, Final

from viewer.formats.files import ReadableFile
from viewer.slide.errors import BrokenFile

SIGNATURES: Final = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
"""How TIFF and BigTIFF files begin."""

MOST_DIRECTORIES: Final = 10_000
"""Directories of one chain that are followed."""

MOST_BYTES: Final = 256 << 20
"""What the directories of a file may take, in all."""

MOST_BYTES_AT_ONCE: Final = 32 << 20
"""The longest value of a tag: tables of four million tiles."""


@contextmanager
def opened_tiff(file: ReadableFile) -> Generator[Any]:
    """Open a file in tifffile, whose troubles stay out of the log.

    tifffile raises whatever it meets; BrokenFile where a tag is too large. Closing it
    does not close the file.
    """
    import tifffile

    logger = logging.getLogger("tifffile")
    was_disabled, logger.disabled = logger.disabled, True
    try:
        with (
            io.BufferedReader(_Bounded(file)) as stream,
            tifffile.TiffFile(stream, name=file.path.name, size=file.size) as tiff,  # pyright: ignore[reportArgumentType] - any stream will do
        ):
            yield tiff
    finally:
        logger.disabled = was_disabled


def pages_of(chain: Any) -> Iterator[Any]:
    """Yield tifffile's pages until one was there before: some chains are rings."""
    seen: set[int] = set()
    for page in islice(chain or (), MOST_DIRECTORIES):
        if page.offset in seen:
            return
        seen.add(page.offset)
        yield page


class _Bounded(io.RawIOBase):
    """A position in a file, with a limit to what may be read through it."""

    def __init__(self, file: ReadableFile) -> None:
        super().__init__()
        self._file = file
        self._position = 0
        self._left = MOST_BYTES

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        origin = {io.SEEK_CUR: self._position, io.SEEK_END: self._file.size}
        position = origin.get(whence, 0) + offset
        if position < 0:
            raise ValueError(f"seek before the start: {position}")
        self._position = position
        return position

    def tell(self) -> int:
        return self._position

    def readinto(self, buffer: Any, /) -> int:
        wanted = len(buffer)
        if wanted > MOST_BYTES_AT_ONCE or wanted > self._left:
            most = min(MOST_BYTES_AT_ONCE, self._left)
            raise BrokenFile(
                f"{self._file.path.name}: a TIFF tag takes {wanted} bytes, expected at "
                f"most {most}."
            )
        data = self._file.read_some(self._position, wanted)
        buffer[: len(data)] = data
        self._position += len(data)
        self._left -= len(data)
        return len(data)
