"""What the attributes of a slide leave out, taken from its pixel data.

Encapsulated frames say themselves how large they are and what is in them; the length of
uncompressed ones leaves few choices. Each such guess is a warning.
"""

from dataclasses import replace
from typing import Any, Final, NamedTuple

from pydicom.datadict import dictionary_VR
from pydicom.tag import Tag

from viewer.codecs import CODECS, is_encapsulated, syntax_name
from viewer.codecs.codestream import Codestream, codestream_of
from viewer.formats.dicom.element_headers import ITEM, Element
from viewer.formats.dicom.facts import number, text
from viewer.formats.dicom.header import BIG_ENDIAN, EXPLICIT, IMPLICIT, Header
from viewer.formats.dicom.strangers import is_slide
from viewer.formats.dicom.written_numbers import set_right
from viewer.formats.files import ReadableFile
from viewer.slide.warnings import SlideWarning


def supplemented(header: Header, file: ReadableFile) -> Header:
    """Return a header whose data set has what the picture needs, as far as it is known.

    `file` is the file itself. Strangers are left as they are. The data set is changed;
    the header that is returned has a warning for each change. Raises BrokenFile from
    reading.
    """
    if not is_slide(header):
        return header
    clauses = [("metadata", each) for each in set_right(header.dataset)]
    pixels = header.pixel_data
    if pixels is not None and not header.deflated:
        if pixels.length is None:
            header = _with_codestream(header, file, pixels, clauses)
        else:
            header = _with_native(header, file, pixels, clauses)
    name, path = header.path.name, header.path
    warnings = [SlideWarning(code, f"{name}: {each}.", path) for code, each in clauses]
    return replace(header, warnings=(*header.warnings, *warnings))


_HEAD: Final = 1 << 20  # bytes of a frame in which its header is looked for
_MOST_ITEMS: Final = 64  # empty items before the first frame

_SHAPE: Final = (
    "Rows",
    "Columns",
    "SamplesPerPixel",
    "BitsAllocated",
    "PhotometricInterpretation",
)


class _Likely(NamedTuple):
    """What the bytes of a pixel make likely."""

    samples: int
    bits: int
    photometric: str


_BY_BYTES: Final = {
    1: _Likely(1, 8, "MONOCHROME2"),
    2: _Likely(1, 16, "MONOCHROME2"),
    3: _Likely(3, 8, "RGB"),
    6: _Likely(3, 16, "RGB"),
}


def _with_codestream(
    header: Header, file: ReadableFile, pixels: Element, clauses: list[tuple[str, str]]
) -> Header:
    dataset, syntax = header.dataset, header.transfer_syntax
    is_known = syntax in CODECS and is_encapsulated(syntax)
    if is_known and all(text(dataset, keyword) for keyword in _SHAPE):
        _count_frames(header, file, pixels, clauses)
        return header
    found = codestream_of(_first_frame(file, pixels))
    if found is not None:
        if not is_known:
            header = _renamed(header, found, clauses)
        _take(header, found, clauses)
    _count_frames(header, file, pixels, clauses)
    return header


def _renamed(
    header: Header, found: Codestream, clauses: list[tuple[str, str]]
) -> Header:
    """Return the header with the transfer syntax that the codestream is in."""
    named = syntax_name(found.transfer_syntax)
    clause = (
        f"Transfer Syntax UID is {header.transfer_syntax[:64]}, but the frames are "
        f"encapsulated; taken for {named} as the first of them is"
    )
    clauses.append(("transfer-syntax", clause))
    return replace(header, transfer_syntax=found.transfer_syntax)


def _take(header: Header, found: Codestream, clauses: list[tuple[str, str]]) -> None:
    values: dict[str, Any] = {
        "SamplesPerPixel": found.samples,
        "BitsAllocated": 0 if not found.bits else 8 if found.bits <= 8 else 16,
        "PhotometricInterpretation": found.photometric,
    }
    if found.size is not None:
        values |= {"Rows": found.size.height, "Columns": found.size.width}
    taken = _fill(header, values)
    if taken:
        clauses.append(
            (
                "missing",
                f"{taken} missing; taken from the codestream of the first frame",
            )
        )


def _fill(header: Header, values: dict[str, Any]) -> str:
    """Add what is missing; return it in words, with the verb."""
    taken = [each for each in values if values[each] and not text(header.dataset, each)]
    for keyword in taken:
        header.dataset.add_new(Tag(keyword), dictionary_VR(keyword), values[keyword])
    words = [f"{_NAMES[each]} ({values[each]})" for each in taken]
    return f"{', '.join(words)} {'is' if len(words) == 1 else 'are'}" if words else ""


_NAMES: Final = {
    "Rows": "Rows",
    "Columns": "Columns",
    "SamplesPerPixel": "Samples per Pixel",
    "BitsAllocated": "Bits Allocated",
    "PhotometricInterpretation": "Photometric Interpretation",
}


def _first_frame(file: ReadableFile, pixels: Element) -> bytes:
    """Return the beginning of the first item that holds anything, behind the table."""
    at = pixels.offset
    for place in range(_MOST_ITEMS):
        head = file.read_some(at, 8)
        if len(head) < 8 or head[:4] not in _ITEM:
            return b""
        length = int.from_bytes(head[4:], "little" if head[:1] == b"\xfe" else "big")
        if place and length:
            return file.read_some(at + 8, min(length, _HEAD))
        at += 8 + length
    return b""


_ITEM: Final = (ITEM.to_bytes(4), b"\xfe\xff\x00\xe0")


def _count_frames(
    header: Header, file: ReadableFile, pixels: Element, clauses: list[tuple[str, str]]
) -> None:
    """Fill in Number of Frames where there is more than one."""
    dataset = header.dataset
    if text(dataset, "NumberOfFrames"):
        return
    table = header.extended_offsets
    count = (table.length or 0) // 8 if table is not None else 0
    if not count:
        head = file.read_some(pixels.offset, 8)
        count = int.from_bytes(head[4:], "little") // 4 if len(head) == 8 else 0
    source = "the offset table"
    if not count:
        count, source = _tiles(header), "the tiling"
    _set_frames(header, count, source, clauses)


def _set_frames(
    header: Header, count: int, source: str, clauses: list[tuple[str, str]]
) -> None:
    if 1 < count < 2**31:
        header.dataset.NumberOfFrames = count
        clause = f"Number of Frames is missing; {count} by {source}"
        clauses.append(("missing", clause))


def _tiles(header: Header) -> int:
    """Return the tiles of one plane and path, 0 where they cannot be counted."""
    edges = [
        (number(header.dataset, f"TotalPixelMatrix{edge}", 0),
         number(header.dataset, edge, 0))
        for edge in ("Columns", "Rows")
    ]  # fmt: skip
    if not all(whole > 0 and tile > 0 for whole, tile in edges):
        return 0
    return -(-edges[0][0] // edges[0][1]) * -(-edges[1][0] // edges[1][1])


def _with_native(
    header: Header, file: ReadableFile, pixels: Element, clauses: list[tuple[str, str]]
) -> Header:
    length = pixels.length or 0
    frames = number(header.dataset, "NumberOfFrames", 0)
    area = number(header.dataset, "Rows", 0) * number(header.dataset, "Columns", 0)
    if area <= 0:
        return header
    if not frames:
        pixel = _pixel_bytes(header)
        count = length // (area * pixel) if pixel else 0
        _set_frames(header, count, "the length of Pixel Data", clauses)
        frames = max(1, count)
    likely = _BY_BYTES.get(length // (area * frames))
    if likely is None or length - length % 2 != area * frames * (
        likely.samples * likely.bits // 8
    ):
        return header
    values = {
        "SamplesPerPixel": likely.samples,
        "BitsAllocated": likely.bits,
        "PhotometricInterpretation": likely.photometric,
    }
    taken = _fill(header, values)
    if taken:
        clause = f"{taken} missing; likely by the length of Pixel Data"
        clauses.append(("missing", clause))
    if likely.samples == 3 and not text(header.dataset, "PlanarConfiguration"):
        clause = "Planar Configuration is missing; taken for 0 (color by pixel)"
        clauses.append(("missing", clause))
    return _as_native(header, file, pixels, clauses)


def _pixel_bytes(header: Header) -> int:
    samples = number(header.dataset, "SamplesPerPixel", 0)
    return samples * number(header.dataset, "BitsAllocated", 0) // 8


def _as_native(
    header: Header, file: ReadableFile, pixels: Element, clauses: list[tuple[str, str]]
) -> Header:
    """Take frames for uncompressed that are, although the Transfer Syntax is not."""
    syntax = header.transfer_syntax
    if syntax in CODECS and not is_encapsulated(syntax):
        return header
    if file.read_some(pixels.offset, 4) in _ITEM:
        return header  # encapsulated, with a length
    native = BIG_ENDIAN if header.big_endian else EXPLICIT
    native = IMPLICIT if header.implicit else native
    clause = (
        f"Transfer Syntax UID is {syntax[:64]}, but Pixel Data has the length of "
        f"uncompressed frames; taken for {syntax_name(native)}"
    )
    clauses.append(("transfer-syntax", clause))
    return replace(header, transfer_syntax=native)
