"""What a JPEG codestream says of itself, read without decoding it.

The layout is that of ITU-T T.81 annex B (JPEG) and T.87 annex C (JPEG-LS).
"""

from collections.abc import Iterator
from typing import Final, NamedTuple

from viewer.slide.errors import BrokenFrame
from viewer.slide.geometry import Size

SEQUENTIAL: Final = frozenset({0xC0, 0xC1})
PROGRESSIVE: Final = 0xC2
LOSSLESS: Final = 0xC3
JPEG_LS: Final = 0xF7

PROCESSES: Final = {
    0xC0: "baseline JPEG",
    0xC1: "extended JPEG",
    PROGRESSIVE: "progressive JPEG",
    LOSSLESS: "lossless JPEG",
    JPEG_LS: "JPEG-LS",
}
"""The start-of-frame markers that are read; others are hierarchical or arithmetic."""

_OTHER_FRAMES: Final = frozenset({0xC5, 0xC6, 0xC7, *range(0xC9, 0xD0)} - {0xCC})
_STANDALONE: Final = frozenset({0x01, *range(0xD0, 0xD8)})
_DHT, _SOI, _EOI, _SOS, _DQT, _APP0, _APP14 = 0xC4, 0xD8, 0xD9, 0xDA, 0xDB, 0xE0, 0xEE


class Component(NamedTuple):
    """One color component: its identifier, sampling factors and quantization table."""

    identifier: int
    across: int
    down: int
    quantization: int


class JpegHeader(NamedTuple):
    """Everything from the start of image to the first scan's data.

    `length` is the bytes up to that data. `segments` are start and end of each marker
    segment, so that the `stray` bytes between segments can be left out. `adobe` is the
    color transform of the Adobe APP14 marker. `process` is the start-of-frame marker,
    `scanned` the number of components in the first scan.
    """

    length: int
    segments: tuple[tuple[int, int], ...]
    process: int
    precision: int
    size: Size
    components: tuple[Component, ...]
    scanned: int
    jfif: bool
    adobe: int | None
    stray: int

    @property
    def is_subsampled(self) -> bool:
        """Whether the components are not all of one size."""
        return len({component[1:3] for component in self.components}) > 1

    @property
    def lopsided(self) -> int:
        """How much more chroma is subsampled one way than the other (4:2:2 is 2).

        1 where both ways are alike, as in 4:4:4 and 4:2:0.
        """
        widest = max(component.across for component in self.components)
        tallest = max(component.down for component in self.components)
        ways = [(widest // c.across, tallest // c.down) for c in self.components]
        return max(max(way) if way[0] != way[1] else 1 for way in ways)

    @property
    def identifiers(self) -> bytes:
        """The identifiers of the components, as bytes."""
        return bytes(component.identifier for component in self.components)


def read_jpeg_header(data: bytes) -> JpegHeader:
    """Read the markers before the first scan; raises BrokenFrame.

    Time is linear in the length of the header; nothing is allocated by its numbers.
    """
    found = _Found()
    for marker, start, end in _segments(data):
        found.segments.append((start, end))
        if marker in PROCESSES:
            found.read_frame(marker, data[start + 4 : end])
        elif marker == _DQT:
            found.read_quantization(data[start + 4 : end])
        elif marker == _DHT:
            found.read_huffman(data[start + 4 : end])
        elif marker in {_APP0, _APP14}:
            found.read_application(data[start + 4 : end])
        elif marker in _OTHER_FRAMES:
            raise BrokenFrame(f"JPEG process SOF{marker - 0xC0} is not read")
        elif marker == _SOS:
            header = found.header(data[start + 4 : end], end)
            return header._replace(stray=_stray_bytes(data, header))
    raise BrokenFrame("the JPEG data ends before its first scan")


def with_transform(data: bytes, header: JpegHeader, transform: int | None) -> bytes:
    """Return the header's bytes with an Adobe transform of 0 (RGB) or 1 (YCbCr).

    Markers that libjpeg would believe instead (JFIF, another Adobe) are left out, and
    so is what lies between the segments. None keeps the markers as they are.
    """
    parts = [b"\xff\xd8"]
    if transform is not None:
        parts.append(
            b"\xff\xee\x00\x0eAdobe\x00\x64\x00\x00\x00\x00" + bytes([transform])
        )
    for start, end in header.segments:
        if transform is None or data[start + 1] not in {_APP0, _APP14}:
            parts.append(data[start:end])
    return b"".join(parts)


def with_tables(data: bytes, tables: bytes) -> bytes:
    """Return the codestream with the tables of another one in front of its own.

    Only quantization and Huffman tables outlive the start of an image (T.81 B.2.4), and
    a frame's own replace them. Raises BrokenFrame where the tables are damaged.
    """
    kept = [
        tables[start:end]
        for marker, start, end in _segments(tables)
        if marker in {_DQT, _DHT}
    ]
    return b"".join((data[:2], *kept, data[2:]))


def _segments(data: bytes) -> Iterator[tuple[int, int, int]]:
    """Yield marker, start and end of each segment up to the first scan's data."""
    at = 2
    while True:
        at = data.find(b"\xff", at)
        if at < 0 or at + 4 > len(data):
            return
        marker = data[at + 1]
        if marker in {0x00, 0xFF}:  # stuffing and fill bytes (T.81 B.1.1.2)
            at += 1
            continue
        if marker in _STANDALONE:
            at += 2
            continue
        if marker in {_SOI, _EOI}:
            return
        end = at + 2 + int.from_bytes(data[at + 2 : at + 4], "big")
        if end < at + 4 or end > len(data):
            raise BrokenFrame(
                f"the JPEG segment {marker:02X} at byte {at} is {end - at - 2} bytes"
                f" long, expected 2 to {len(data) - at - 2}"
            )
        yield marker, at, end
        at = end


def _stray_bytes(data: bytes, header: JpegHeader) -> int:
    """Count what lies between the segments and is not a fill byte (T.81 B.1.1.2)."""
    if header.length == 2 + sum(end - start for start, end in header.segments):
        return 0
    ends = (2, *(end for _, end in header.segments))
    starts = (start for start, _ in header.segments)
    gaps = (data[end:start] for end, start in zip(ends, starts, strict=False))
    return sum(len(gap) - gap.count(0xFF) for gap in gaps)


class _Found:
    """What the segments said so far: each table is here once it was defined."""

    def __init__(self) -> None:
        self.segments: list[tuple[int, int]] = []
        self._frame: tuple[int, int, Size, tuple[Component, ...]] | None = None
        self._quantization: set[int] = set()
        self._huffman: set[int] = set()
        self._jfif = False
        self._adobe: int | None = None

    def read_frame(self, marker: int, body: bytes) -> None:
        """Read a start of frame (T.81 B.2.2)."""
        if self._frame is not None:
            raise BrokenFrame(
                "the JPEG data has two start-of-frame markers, expected 1"
            )
        if len(body) < 6 or len(body) != 6 + 3 * body[5]:
            raise BrokenFrame(f"the JPEG start of frame is {len(body) + 2} bytes long")
        components = tuple(
            Component(body[at], body[at + 1] >> 4, body[at + 1] & 15, body[at + 2])
            for at in range(6, len(body), 3)
        )
        for component in components:
            if not (1 <= component.across <= 4 and 1 <= component.down <= 4):
                raise BrokenFrame(
                    f"the JPEG sampling factors are {component.across} x"
                    f" {component.down}, expected 1 to 4"
                )
        height = int.from_bytes(body[1:3], "big")
        size = Size(int.from_bytes(body[3:5], "big"), height)
        self._frame = marker, body[0], size, components

    def read_quantization(self, body: bytes) -> None:
        """Note the quantization tables that a DQT segment defines (T.81 B.2.4.1)."""
        at = 0
        while at < len(body):
            self._quantization.add(body[at] & 15)
            at += 129 if body[at] >> 4 else 65

    def read_huffman(self, body: bytes) -> None:
        """Note the Huffman tables that a DHT segment defines (T.81 B.2.4.2)."""
        at = 0
        while at < len(body):
            self._huffman.add(body[at])
            at += 17 + sum(body[at + 1 : at + 17])

    def read_application(self, body: bytes) -> None:
        """Note JFIF and Adobe markers, by the lengths that libjpeg asks for."""
        if body.startswith(b"JFIF\x00") and len(body) >= 14:
            self._jfif = True
        elif body.startswith(b"Adobe") and len(body) >= 12:
            self._adobe = body[11]

    def header(self, scan: bytes, length: int) -> JpegHeader:
        """Return the header, now that the first scan begins (T.81 B.2.3)."""
        if self._frame is None:
            raise BrokenFrame("the JPEG data has a scan, but no start of frame")
        if not scan or len(scan) != 4 + 2 * scan[0]:
            raise BrokenFrame(f"the JPEG start of scan is {len(scan) + 2} bytes long")
        process, _, _, components = self._frame
        if process != JPEG_LS:
            self._check_tables(process, components, scan)
        return JpegHeader(
            length,
            tuple(self.segments),
            *self._frame,
            scanned=scan[0],
            jfif=self._jfif,
            adobe=self._adobe,
            stray=0,
        )

    def _check_tables(
        self, process: int, components: tuple[Component, ...], scan: bytes
    ) -> None:
        """Refuse an abbreviated stream: its tables are kept elsewhere, as in TIFF."""
        missing: set[str] = set()
        if process != LOSSLESS:
            wanted = {component.quantization for component in components}
            missing = {f"quantization {table}" for table in wanted - self._quantization}
        if process in SEQUENTIAL or process == LOSSLESS:
            selectors = scan[2 : 2 + 2 * scan[0] : 2]
            wanted = {selector >> 4 for selector in selectors}
            if process in SEQUENTIAL:
                wanted |= {0x10 | selector & 15 for selector in selectors}
            missing |= {_huffman_name(table) for table in wanted - self._huffman}
        if missing:
            raise BrokenFrame(
                f"the JPEG data lacks its tables ({', '.join(sorted(missing))});"
                " expected a complete codestream"
            )


def _huffman_name(table: int) -> str:
    return f"Huffman {'AC' if table >> 4 else 'DC'} {table & 15}"
