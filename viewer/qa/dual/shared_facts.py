"""What both sides of a file say, side by side: sizes, samples, scale."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from viewer.codecs import syntax_name
from viewer.formats.dicom.picture_facts import PictureFacts
from viewer.formats.tiff_directory import IMAGE_LENGTH, IMAGE_WIDTH, TiffDirectory
from viewer.qa.dual.shared_color import color_facts
from viewer.qa.dual.shared_fact import SharedFact, agreeing, differing
from viewer.qa.dual.sides import Sides
from viewer.qa.finding import Severity


def shared_facts(sides: Sides) -> tuple[SharedFact, ...]:
    """Compare the first directory with the attributes, fact by fact.

    Empty where one of them is not there. Raises BrokenFile where a value of the
    directory lies outside the file.
    """
    facts = sides.facts
    if facts is None or not sides.chain[0]:
        return ()
    told = _Told(sides.chain[0][0], facts)
    found = [fact for look in _LOOKS for fact in look(told)]
    return (*found, *color_facts(sides, told.directory, facts))


@dataclass(frozen=True, slots=True)
class _Told:
    """A directory, and what the attributes say."""

    directory: TiffDirectory
    facts: PictureFacts

    def whole(self, name: str, tag: int, due: int, default: int) -> SharedFact:
        """Compare a whole number."""
        found = self.directory.number(tag)
        shown = str(default if found is None else found)
        if shown == str(due):
            return agreeing(name, tag, shown, str(due))
        return differing(name, tag, shown, str(due), Severity.ERROR)


def _sizes(told: _Told) -> Iterator[SharedFact]:
    yield told.whole("Width", IMAGE_WIDTH, told.facts.size.width, 0)
    yield told.whole("Height", IMAGE_LENGTH, told.facts.size.height, 0)


def _tile_sizes(told: _Told) -> Iterator[SharedFact]:
    width, height = told.facts.format.size
    if told.directory.values_of(_TILE_WIDTH):
        yield told.whole("Tile width", _TILE_WIDTH, width, 0)
        yield told.whole("Tile height", _TILE_LENGTH, height, 0)
    elif told.facts.tiles > 1:
        strips = f"strips of {told.directory.number(_ROWS_PER_STRIP)} rows"
        due = f"{width} x {height}"
        yield differing("Tile width", _TILE_WIDTH, strips, due, Severity.ERROR)


def _samples(told: _Told) -> Iterator[SharedFact]:
    format_ = told.facts.format
    yield told.whole("Samples per pixel", _SAMPLES, format_.samples_per_pixel, 1)
    found = told.directory.numbers(_BITS)
    bits = [1] if found is None else [int(each) for each in found[:_MOST_SAMPLES]]
    shown = ", ".join(map(str, bits))
    due = [format_.bits_allocated] * format_.samples_per_pixel
    words = ", ".join(map(str, due[:_MOST_SAMPLES]))
    if bits == due[:_MOST_SAMPLES]:
        yield agreeing("Bits per sample", _BITS, shown, words)
    elif set(bits) == set(due):  # one number for all samples
        yield differing("Bits per sample", _BITS, shown, words, Severity.WARNING)
    else:
        yield differing("Bits per sample", _BITS, shown, words, Severity.ERROR)


def _compression(told: _Told) -> Iterator[SharedFact]:
    found = told.directory.number(_COMPRESSION)
    syntax = told.facts.format.transfer_syntax
    shown = _COMPRESSIONS.get(found or 0, f"{found}")
    due = _SYNTAXES.get(syntax, frozenset[int]()) if told.facts.is_encapsulated else {1}
    words = syntax_name(syntax)
    if (found or 1) in due:
        yield agreeing("Compression", _COMPRESSION, shown, words)
    else:
        yield differing("Compression", _COMPRESSION, shown, words, Severity.ERROR)


def _planar(told: _Told) -> Iterator[SharedFact]:
    format_ = told.facts.format
    if format_.samples_per_pixel > 1:
        native_planes = format_.planar == 1 and not told.facts.is_encapsulated
        due = 2 if native_planes else 1
        yield told.whole("Planar configuration", _PLANAR, due, 1)


def _orientation(told: _Told) -> Iterator[SharedFact]:
    """Compare with the order of DICOM's rows and columns; 1 is the same (TIFF 6.0)."""
    if told.directory.values_of(_ORIENTATION):
        yield told.whole("Orientation", _ORIENTATION, _UPRIGHT, _UPRIGHT)


def _sample_format(told: _Told) -> Iterator[SharedFact]:
    found = told.directory.numbers(_SAMPLE_FORMAT)
    if found is None and not told.facts.format.signed:
        return
    codes = {_UNSIGNED} if found is None else set(found.tolist())
    shown = ", ".join(_SAMPLE_FORMATS.get(code, f"{code}") for code in sorted(codes))
    words = "signed" if told.facts.format.signed else "unsigned"
    if shown == words:
        yield agreeing("Sample format", _SAMPLE_FORMAT, shown, words)
    else:
        yield differing("Sample format", _SAMPLE_FORMAT, shown, words, Severity.ERROR)


def _scale(told: _Told) -> Iterator[SharedFact]:
    unit = told.directory.number(_UNIT) or 2
    spacing = told.facts.spacing
    for name, tag, millimeters in (
        ("Pixel width", _X_RESOLUTION, None if spacing is None else spacing.x),
        ("Pixel height", _Y_RESOLUTION, None if spacing is None else spacing.y),
    ):
        resolution = told.directory.rational(tag) or 0.0
        length = _UNITS.get(unit, 0.0)
        found = length / resolution if resolution > 0 and length else None
        tolerance = max(_CLOSE, 0.5 / resolution) if resolution > 0 else _CLOSE
        yield _length(name, tag, found, millimeters, tolerance)


def _length(
    name: str, tag: int, found: float | None, due: float | None, tolerance: float
) -> SharedFact:
    shown, words = _micrometers(found), _micrometers(due)
    if found is None or due is None:
        if found == due:
            return agreeing(name, tag, shown, words)
        return differing(name, tag, shown, words, Severity.WARNING)
    apart = abs(found / due - 1)
    if apart <= tolerance:
        return agreeing(name, tag, shown, words)
    far = apart > max(_FAR, tolerance)
    severity = Severity.ERROR if far else Severity.WARNING
    return differing(name, tag, shown, words, severity)


def _micrometers(millimeters: float | None) -> str:
    return "not told" if millimeters is None else f"{millimeters * 1000:.6g} um"


_LOOKS: Final[tuple[Callable[[_Told], Iterator[SharedFact]], ...]] = (
    _sizes,
    _tile_sizes,
    _samples,
    _compression,
    _sample_format,
    _planar,
    _orientation,
    _scale,
)
_BITS, _COMPRESSION, _SAMPLES, _ROWS_PER_STRIP = 258, 259, 277, 278
_X_RESOLUTION, _Y_RESOLUTION, _PLANAR, _UNIT = 282, 283, 284, 296
_TILE_WIDTH, _TILE_LENGTH = 322, 323
_ORIENTATION, _UPRIGHT = 274, 1
_SAMPLE_FORMAT, _UNSIGNED = 339, 1
_SAMPLE_FORMATS: Final = {_UNSIGNED: "unsigned", 2: "signed", 3: "floating point"}
_MOST_SAMPLES: Final = 8  # whose bits are written out
_UNITS: Final = {2: 25.4, 3: 10.0}  # millimeters in an inch and in a centimeter
_CLOSE: Final = 0.005
_FAR: Final = 0.05
_COMPRESSIONS: Final = {
    1: "none",
    5: "LZW",
    6: "old JPEG",
    7: "JPEG",
    8: "Deflate",
    33003: "JPEG 2000 (YCbCr)",
    33004: "JPEG 2000 (lossy)",
    33005: "JPEG 2000 (RGB)",
    34712: "JPEG 2000",
}
_ROOT: Final = "1.2.840.10008.1.2.4"
_JPEG: Final = frozenset({7})
_JPEG_2000: Final = frozenset({33003, 33004, 33005, 34712})
_SYNTAXES: Final = {
    **dict.fromkeys((f"{_ROOT}.{n}" for n in (50, 51, 57, 70)), _JPEG),
    **dict.fromkeys((f"{_ROOT}.{n}" for n in (90, 91)), _JPEG_2000),
}
"""TIFF's codes of the transfer syntaxes that it has any for."""
