"""Tiles cut from strips, which run across the whole picture, without reading it all.

Uncompressed strips are read only where the tile is. Others must be decoded whole; those
of a few rows of tiles are kept, so that going along a row decodes each of them once.
"""

import threading
from concurrent.futures import Future
from typing import Final, cast

import numpy as np

from viewer.codecs import Decoded, Finding
from viewer.formats.recent import Recent
from viewer.formats.reduction import shrunk
from viewer.formats.tiff.segments import Segments
from viewer.slide.errors import BrokenFrame, UnsupportedCodec
from viewer.slide.geometry import Size
from viewer.slide.model import ColorReading, Samples

SIDE: Final = 512
"""Pixels of a tile's side; computed levels are made from whole numbers of these."""

MOST_KEPT: Final = 384 << 20
MOST_STRIP: Final = 256 << 20
"""Bytes of a decoded strip; a picture that is one large strip cannot be cut up."""

_ROWS_KEPT: Final = 2048 + SIDE  # what a square of a computed level is made from


class CutTiles:
    """Tiles of SIDE pixels, cut from strips. Any thread.

    Invariant: a strip is being decoded at most once at a time.
    """

    def __init__(self, segments: Segments) -> None:
        """Take the strips of a directory; raises UnsupportedCodec for one too large."""
        self.segments = segments
        size, strip = segments.directory.size, segments.directory.segment
        self.tile_size = Size(min(SIDE, size.width), min(SIDE, size.height))
        self._is_plain = segments.can_read_windows
        pixel = 4 if segments.format.is_color else segments.format.bits_allocated // 8
        row = size.width * pixel
        if not self._is_plain and strip.height * row > MOST_STRIP:
            raise UnsupportedCodec(
                f"{segments.path.name}: {segments.directory.name}: strips of "
                f"{strip.width} x {strip.height} pixels take "
                f"{strip.height * row >> 20} MiB to decode, expected at most "
                f"{MOST_STRIP >> 20} MiB."
            )
        rows = max(_ROWS_KEPT, 2 * strip.height)
        self._kept: Recent[tuple[int, ColorReading], Decoded] = Recent(
            min(MOST_KEPT, rows * row)
        )
        self._lock = threading.Lock()
        self._claims: dict[tuple[int, ColorReading], Future[Decoded | None]] = {}

    def decode(
        self, place: tuple[int, int], color: ColorReading, shrink: int
    ) -> Decoded | None:
        """Put a tile together; None where none of its strips is stored."""
        left, top = place[0] * SIDE, place[1] * SIDE
        size = self.segments.directory.size
        extent = Size(min(SIDE, size.width - left), min(SIDE, size.height - top))
        if self._is_plain:
            decoded = self.segments.window(left, top, extent)
        else:
            decoded = self._pasted(left, top, extent, color)
        if decoded is None or shrink == 1:
            return decoded
        return decoded._replace(
            samples=shrunk(decoded.samples, shrink.bit_length() - 1)
        )

    def segment_at(self, column: int, row: int) -> None:  # noqa: ARG002
        """Return None: a tile is a part of several strips."""
        return

    def _pasted(
        self, left: int, top: int, extent: Size, color: ColorReading
    ) -> Decoded | None:
        height = self.segments.directory.segment.height
        parts: list[Samples | None] = []
        damage, findings = None, dict[str, Finding]()
        for number in range(top // height, -(-(top + extent.height) // height)):
            strip = self._strip(number, color)
            if strip is None:
                parts.append(None)
                continue
            damage = damage or strip.damage
            findings.update((each.code, each) for each in strip.findings)
            first = max(0, top - number * height)
            last = top + extent.height - number * height
            parts.append(strip.samples[first:last, left : left + extent.width])
        found = [each for each in parts if each is not None]
        if not found:
            return None
        if len(found) < len(parts):
            raise BrokenFrame(
                f"{self.segments.path.name}: some strips of "
                f"{self.segments.directory.name} are missing in this tile."
            )
        samples = cast("Samples", np.concatenate(found))
        return Decoded(samples, damage, tuple(findings.values()))

    def _strip(self, number: int, color: ColorReading) -> Decoded | None:
        """Decode a strip, or wait for who does it already."""
        key = number, color
        while True:
            with self._lock:
                kept = self._kept.get(key)
                if kept is not None:
                    return kept
                claim = self._claims.get(key)
                if claim is None:
                    mine = self._claims[key] = Future[Decoded | None]()
                    break
            if claim.exception() is None:
                return claim.result()
        return self._make(key, mine)

    def _make(
        self, key: tuple[int, ColorReading], claim: "Future[Decoded | None]"
    ) -> Decoded | None:
        try:
            decoded = self.segments.decode(key[0], key[1], 1)
            if decoded is not None:
                decoded.samples.flags.writeable = False  # many tiles look at it
        except BaseException as error:
            with self._lock:
                del self._claims[key]
            claim.set_exception(error)
            raise
        with self._lock:
            del self._claims[key]
            if decoded is not None:
                self._kept.put(key, decoded, decoded.samples.nbytes)
        claim.set_result(decoded)
        return decoded


def is_one_tile_wide(segments: Segments) -> bool:
    """Whether tiles run across the whole picture and are plain: strips in all but name.

    Converters store a picture of one tile like that, however large it is.
    """
    directory = segments.directory
    return (
        directory.across == 1
        and segments.can_read_windows
        and directory.segment.width * directory.segment.height > 4 * SIDE * SIDE
    )
