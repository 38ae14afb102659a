"""Codestreams for the tests of decoders: made, then changed marker by marker."""

from typing import Any

import imagecodecs
import numpy as np
import pytest
import simplejpeg
from numpy.typing import NDArray

from viewer.codecs import Decoder, FrameFormat
from viewer.slide.errors import BrokenFrame
from viewer.slide.geometry import Size

BASELINE = "1.2.840.10008.1.2.4.50"
EXTENDED = "1.2.840.10008.1.2.4.51"
LOSSLESS = "1.2.840.10008.1.2.4.70"
JPEG_LS = "1.2.840.10008.1.2.4.80"
JPEG_2000 = "1.2.840.10008.1.2.4.91"
NATIVE = "1.2.840.10008.1.2.1"

APP0, APP14, DQT, DHT, SOF0, SOS = 0xE0, 0xEE, 0xDB, 0xC4, 0xC0, 0xDA


def picture(width: int = 48, height: int = 40) -> NDArray[np.uint8]:
    """Draw a smooth, colorful picture: (height, width, 3) RGB."""
    rows, columns = np.mgrid[0:height, 0:width]
    waves = [
        128 + 100 * np.sin(columns / 9),
        128 + 90 * np.cos(rows / 7),
        60 + 90 * np.sin((rows + columns) / 15) ** 2,
    ]
    return np.stack(waves, -1).astype(np.uint8)


def slide_like(width: int = 64, height: int = 64) -> NDArray[np.uint8]:
    """Draw stained tissue on white background: (height, width, 3) RGB."""
    drawn = np.full((height, width, 3), 240, np.uint8)
    drawn[height // 4 :, width // 3 :] = (180, 90, 160)
    return drawn


def frame_format(
    syntax: str = BASELINE,
    photometric: str = "YBR_FULL_422",
    size: tuple[int, int] = (48, 40),
    **rest: Any,
) -> FrameFormat:
    """Return the attributes of the pictures above, changed as told."""
    return FrameFormat(syntax, photometric, Size(*size), **rest)


def grey_format(syntax: str, size: tuple[int, int], **rest: Any) -> FrameFormat:
    """Return the attributes of grey frames."""
    return frame_format(
        syntax,
        **{"photometric": "MONOCHROME2", "samples_per_pixel": 1, **rest},
        size=size,
    )


def jpeg(rgb: NDArray[Any], subsampling: str = "444", quality: int = 90) -> bytes:
    """Encode as YCbCr with a JFIF marker and components 1, 2, 3."""
    return simplejpeg.encode_jpeg(
        np.ascontiguousarray(rgb), quality=quality, colorsubsampling=subsampling
    )


def rgb_jpeg(rgb: NDArray[Any]) -> bytes:
    """Encode untransformed RGB, with an Adobe marker and components R, G, B."""
    return bytes(
        imagecodecs.jpeg8_encode(
            rgb, level=90, colorspace="rgb", outcolorspace="rgb", subsampling="444"
        )
    )


def segments(data: bytes) -> list[tuple[int, bytes]]:
    """Cut the header of a clean JPEG: marker and whole segment; SOS has the rest."""
    found = []
    at = 2
    while data[at + 1] != SOS:
        end = at + 2 + int.from_bytes(data[at + 2 : at + 4], "big")
        found.append((data[at + 1], data[at:end]))
        at = end
    return [*found, (SOS, data[at:])]


def joined(parts: list[tuple[int, bytes]]) -> bytes:
    """Undo `segments`."""
    return b"\xff\xd8" + b"".join(part for _, part in parts)


def without(data: bytes, *markers: int) -> bytes:
    """Leave out all segments of these markers."""
    return joined([part for part in segments(data) if part[0] not in markers])


def with_adobe(data: bytes, transform: int) -> bytes:
    """Put an Adobe marker in front, and leave out another one."""
    marker = b"\xff\xee\x00\x0eAdobe\x00\x64\x00\x00\x00\x00" + bytes([transform])
    return joined([(APP14, marker), *segments(without(data, APP14))])


def with_identifiers(data: bytes, identifiers: bytes) -> bytes:
    """Call the three components otherwise, in the frame and in the scan."""
    parts = []
    for marker, part in segments(data):
        body = bytearray(part)
        if marker in {0xC0, 0xC1, 0xC2}:
            body[10:19:3] = identifiers
        elif marker == SOS:
            body[5:11:2] = identifiers
        parts.append((marker, bytes(body)))
    return joined(parts)


def with_frame(data: bytes, *, size: Size | None = None, process: int = SOF0) -> bytes:
    """Let the start of frame claim another size or process."""
    parts = []
    for marker, part in segments(data):
        body = bytearray(part)
        if marker in {0xC0, 0xC1, 0xC2}:
            body[1] = process
            if size is not None:
                body[5:7] = size.height.to_bytes(2, "big")
                body[7:9] = size.width.to_bytes(2, "big")
        parts.append((marker, bytes(body)))
    return joined(parts)


def jpeg2000(
    samples: NDArray[Any], *, transform: bool = True, level: int = 0, **more: Any
) -> bytes:
    """Encode as a bare codestream; level 0 is lossless."""
    return bytes(
        imagecodecs.jpeg2k_encode(
            np.ascontiguousarray(samples),
            level=level,
            reversible=level == 0,
            codecformat="j2k",
            mct=transform,
            **more,
        )
    )


def subsampled_jpeg2000(
    planes: list[NDArray[np.uint8]], steps: tuple[int, int]
) -> bytes:
    """Join a full plane and two smaller ones to one codestream, losslessly.

    With one layer, one precinct a resolution and the components outermost (CPRL, T.800
    B.12.1.5), the packets of three codestreams of one component each follow each other.
    """
    streams = [jpeg2000(plane, transform=False, resolutions=3) for plane in planes]
    bodies = []
    for stream in streams:
        data = stream.index(b"\xff\x93") + 2
        bodies.append(stream[data:-2])
    head = bytearray(streams[0][: streams[0].index(b"\xff\x90")])
    after_image = 4 + int.from_bytes(head[4:6], "big")
    components = bytes([7, 1, 1, 7, *steps, 7, *steps])
    image = (
        b"\xff\x51" + (47).to_bytes(2, "big") + head[6:40] + b"\x00\x03" + components
    )
    rest = head[after_image:]
    rest[rest.index(b"\xff\x52") + 5] = 4
    body = b"".join(bodies)
    tile = (
        b"\xff\x90\x00\x0a\x00\x00" + (14 + len(body)).to_bytes(4, "big") + b"\x00\x01"
    )
    return b"\xff\x4f" + image + rest + tile + b"\xff\x93" + body + b"\xff\xd9"


def ycbcr_of(rgb: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Turn RGB into full-range YCbCr (T.871), in floating point."""
    red, green, blue = (rgb[..., at].astype(float) for at in range(3))
    luma = 0.299 * red + 0.587 * green + 0.114 * blue
    planes = [luma, 128 + (blue - luma) / 1.772, 128 + (red - luma) / 1.402]
    return np.clip(np.round(np.stack(planes, -1)), 0, 255).astype(np.uint8)


def rgb_of(samples: NDArray[Any]) -> NDArray[np.int16]:
    """Return BGRX as RGB, wide enough for differences."""
    return samples[..., 2::-1].astype(np.int16)


def difference(samples: NDArray[Any], rgb: NDArray[Any]) -> int:
    """Return the largest difference between BGRX and RGB."""
    return int(np.abs(rgb_of(samples) - rgb.astype(np.int16)).max())


def refusal(decoder: Decoder, data: bytes, **how: Any) -> str:
    """Return the sentence with which a frame is refused."""
    with pytest.raises(BrokenFrame) as caught:
        decoder.decode(data, **how)
    return str(caught.value)
