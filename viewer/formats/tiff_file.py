"""A TIFF file open in tifffile, which reads no more of it than it may."""

import io
import logging
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from itertools import islice
from typing import Any, Final

from viewer.formats.files import ReadableFile
from viewer.formats.streams import stream_over
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
            stream_over(_Bounded(file), io.DEFAULT_BUFFER_SIZE) as stream,
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


class _Bounded:
    """A file with a limit to what may be read of it, at once and in all."""

    def __init__(self, file: ReadableFile) -> None:
        self._file = file
        self._left = MOST_BYTES

    @property
    def size(self) -> int:
        return self._file.size

    def read_some(self, offset: int, length: int) -> bytes:
        if length > MOST_BYTES_AT_ONCE or length > self._left:
            most = min(MOST_BYTES_AT_ONCE, self._left)
            raise BrokenFile(
                f"{self._file.path.name}: a TIFF tag takes {length} bytes, expected at "
                f"most {most}."
            )
        data = self._file.read_some(offset, length)
        self._left -= len(data)
        return data
