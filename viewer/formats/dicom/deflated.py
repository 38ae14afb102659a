"""Deflated data sets (PS3.5 A.5), inflated within limits."""

import zlib
from typing import Final

from viewer.formats.files import BytesFile, ReadableFile
from viewer.slide.errors import BrokenFile

LARGEST: Final = 256 << 20
"""Bytes of an inflated data set."""

RATIO: Final = 200
"""Inflated bytes for a deflated one, above the first 16 MiB."""


def inflate(file: ReadableFile, start: int) -> BytesFile:
    """Inflate everything from `start` to the end of the file, in memory.

    Raises BrokenFile where it is no deflate stream or more than the limits. A stream
    that ends early gives what it holds.
    """
    limit = min(LARGEST, max(_ALWAYS, RATIO * (file.size - start)))
    stream = zlib.decompressobj(-zlib.MAX_WBITS)
    pieces: list[bytes] = []
    total, at = 0, start
    try:
        while not stream.eof and total <= limit:
            data = stream.unconsumed_tail or file.read_some(at, _PIECE)
            at += 0 if stream.unconsumed_tail else len(data)
            if not data:
                break
            pieces.append(stream.decompress(data, limit + 1 - total))
            total += len(pieces[-1])
    except zlib.error as error:
        raise BrokenFile(
            f"{file.path.name}: the deflated data set cannot be inflated."
        ) from error
    if total > limit:
        raise BrokenFile(
            f"{file.path.name}: the deflated data set is larger than {limit} bytes."
        )
    return BytesFile(file.path, b"".join(pieces))


_ALWAYS: Final = 16 << 20
_PIECE: Final = 1 << 18
