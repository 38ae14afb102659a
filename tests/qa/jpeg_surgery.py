"""Takes JPEG codestreams apart and puts them together otherwise; no viewer code."""

from io import BytesIO
from typing import Any, NamedTuple

import numpy as np
from PIL import Image

DQT, DHT, SOS, DRI, COM = 0xDB, 0xC4, 0xDA, 0xDD, 0xFE
EOI = b"\xff\xd9"


class Segment(NamedTuple):
    """A marker segment: its marker and all its bytes."""

    marker: int
    bytes: bytes


class Codestream(NamedTuple):
    """The segments up to the first start of scan, that one, and what follows it.

    `coded` ends before the end of image.
    """

    segments: tuple[Segment, ...]
    scan: Segment
    coded: bytes

    def whole(self) -> bytes:
        """Return it as one."""
        return joined(*(each.bytes for each in self.segments), self.scan.bytes) + (
            self.coded + EOI
        )

    def of(self, marker: int) -> list[bytes]:
        """Return the segments of a marker."""
        return [each.bytes for each in self.segments if each.marker == marker]


def joined(*segments: bytes) -> bytes:
    """Return segments behind a start of image."""
    return b"\xff\xd8" + b"".join(segments)


def segment(marker: int, body: bytes) -> bytes:
    """Return a marker segment."""
    return bytes([0xFF, marker]) + (len(body) + 2).to_bytes(2, "big") + body


def taken_apart(data: bytes) -> Codestream:
    """Return the parts of a codestream that Pillow wrote."""
    assert data.startswith(b"\xff\xd8")
    assert data.endswith(EOI)
    at, segments = 2, list[Segment]()
    while True:
        assert data[at] == 0xFF
        end = at + 2 + int.from_bytes(data[at + 2 : at + 4], "big")
        found = Segment(data[at + 1], data[at:end])
        if found.marker == SOS:
            return Codestream(tuple(segments), found, data[end:-2])
        segments.append(found)
        at = end


def picture(seed: int = 0, edge: int = 48) -> Image.Image:
    """Return noise on waves, which is different for each seed."""
    random = np.random.default_rng(seed)
    x = np.arange(edge) / 7
    waves = 90 + 60 * np.sin(x + seed)[:, None] * np.cos(x)[None, :]
    noise = random.normal(0, 12, (edge, edge, 3))
    return Image.fromarray((waves[..., None] + noise).clip(0, 255).astype(np.uint8))


def jpeg(seed: int = 0, **options: Any) -> bytes:
    """Return a picture as Pillow writes it."""
    file = BytesIO()
    picture(seed).save(file, "JPEG", **options)
    return file.getvalue()
