"""What a JPEG 2000 codestream says of itself, read without decoding it.

The layout is that of ITU-T T.800 annex A; high throughput (T.814) has the same markers.
"""

from typing import NamedTuple

from viewer.slide.errors import BrokenFrame
from viewer.slide.geometry import Size

_COD, _SOT, _CAP = 0xFF52, 0xFF90, 0xFF50


class Jpeg2000Header(NamedTuple):
    """The main header: SIZ and COD.

    `sampling` is XRsiz and YRsiz of each component. `transformed` says whether the
    components went through the multiple component transformation (RCT or ICT), so that
    a decoder yields RGB. `reversible` is the 5/3 wavelet. `tiles` counts the tiles
    inside the codestream.
    """

    size: Size
    precision: int
    signed: bool
    sampling: tuple[tuple[int, int], ...]
    tiles: int
    transformed: bool
    reversible: bool
    decompositions: int
    high_throughput: bool


def read_jpeg2000_header(data: bytes) -> Jpeg2000Header:
    """Read the main header of a bare codestream; raises BrokenFrame.

    Time is linear in the length of the header; nothing is allocated by its numbers.
    """
    if not data.startswith(b"\xff\x4f\xff\x51"):
        raise BrokenFrame(
            f"the JPEG 2000 data starts with {data[:4].hex(' ').upper()},"
            " expected FF 4F FF 51"
        )
    image = _read_image(_body(data, 2))
    high_throughput = False
    at = 4 + _length(data, 2)
    while at + 4 <= len(data):
        marker = int.from_bytes(data[at : at + 2], "big")
        if marker == _SOT:
            break
        if marker < 0xFF00:
            raise BrokenFrame(
                f"the JPEG 2000 header has {marker:04X} at byte {at}, expected a marker"
            )
        if marker == _COD:
            return _with_coding(image, _body(data, at), high_throughput)
        high_throughput |= marker == _CAP
        at += 2 + _length(data, at)
    raise BrokenFrame("the JPEG 2000 header has no coding style (COD)")


class _Image(NamedTuple):
    """What SIZ says."""

    size: Size
    precision: int
    signed: bool
    sampling: tuple[tuple[int, int], ...]
    tiles: int


def _length(data: bytes, at: int) -> int:
    """Return the length of the segment whose marker is at `at`, checked."""
    length = int.from_bytes(data[at + 2 : at + 4], "big")
    if length < 2 or at + 2 + length > len(data):
        raise BrokenFrame(
            f"the JPEG 2000 segment at byte {at} is {length} bytes long,"
            f" expected 2 to {max(2, len(data) - at - 2)}"
        )
    return length


def _body(data: bytes, at: int) -> bytes:
    return data[at + 4 : at + 2 + _length(data, at)]


def _read_image(body: bytes) -> _Image:
    """Read a SIZ segment (T.800 A.5.1)."""
    count = int.from_bytes(body[34:36], "big")
    if len(body) < 36 or len(body) != 36 + 3 * count or count == 0:
        raise BrokenFrame(
            f"the JPEG 2000 image size (SIZ) is {len(body) + 2} bytes long,"
            f" expected {38 + 3 * max(count, 1)}"
        )
    numbers = [int.from_bytes(body[at : at + 4], "big") for at in range(2, 34, 4)]
    right, bottom, left, top, across, down, tile_left, tile_top = numbers
    if right <= left or bottom <= top or not across or not down:
        raise BrokenFrame(
            f"the JPEG 2000 image is {right - left} x {bottom - top} in tiles of"
            f" {across} x {down}, expected positive sizes"
        )
    depths = set(body[36::3])
    if len(depths) > 1:
        raise BrokenFrame("the JPEG 2000 components differ in precision, expected one")
    depth = depths.pop()
    sampling = tuple(zip(body[37::3], body[38::3], strict=True))
    if any(0 in steps for steps in sampling):
        raise BrokenFrame("the JPEG 2000 sampling is 0, expected 1 to 255")
    return _Image(
        Size(right - left, bottom - top),
        precision=(depth & 0x7F) + 1,
        signed=bool(depth & 0x80),
        sampling=sampling,
        tiles=-(-(right - tile_left) // across) * -(-(bottom - tile_top) // down),
    )


def _with_coding(image: _Image, body: bytes, high_throughput: bool) -> Jpeg2000Header:
    """Join what COD says (T.800 A.6.1)."""
    if len(body) < 10:
        raise BrokenFrame(
            f"the JPEG 2000 coding style (COD) is {len(body) + 2} bytes long,"
            " expected at least 12"
        )
    return Jpeg2000Header(
        *image,
        transformed=body[4] == 1,
        reversible=body[9] == 1,
        decompositions=body[5],
        high_throughput=high_throughput,
    )
