"""What the TIFF side of a file is to say, or why TIFF cannot say it."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from typing import Final
from xml.sax.saxutils import quoteattr

import numpy as np
from numpy.typing import NDArray

from viewer import __version__
from viewer.codecs import PALETTE_LABEL, syntax_name
from viewer.formats.dicom.examination import Examined
from viewer.formats.dicom.frame_places import frame_places, raster_problem
from viewer.formats.dicom.header import EXPLICIT, IMPLICIT
from viewer.formats.dicom.instance import Instance
from viewer.formats.dicom.picture_facts import PictureFacts, picture_facts
from viewer.formats.dicom.tiff_side import behind
from viewer.formats.dicom.tiff_writing_frames import (
    ENCAPSULATED,
    CodedFrames,
    coded_frames,
    native_coding,
)
from viewer.formats.dicom.tiff_writing_tags import (
    LONG,
    SHORT,
    Directories,
    Tag,
    binary,
    numbers,
    places,
    rational,
    text,
)
from viewer.formats.files import ReadableFile
from viewer.slide.errors import BrokenFrame, SlideError
from viewer.slide.geometry import Size


@dataclass(frozen=True, slots=True)
class TiffPlan:
    """The directories to write, and where they go.

    `end` is that of what is kept of the file, `first` the place of the first directory,
    `element` the header of Data Set Trailing Padding in front of it.
    """

    directories: Directories
    end: int
    first: int
    element: bytes


def tiff_plan(file: ReadableFile, examined: Examined) -> TiffPlan:
    """Look at the file and all of its frames; raises SlideError with the reason."""
    instance = examined.instance
    facts = picture_facts(examined)
    if instance is None or facts is None:
        problem = examined.problem.rstrip(".")
        for start in (f"{file.path.name}: ", f"{file.path.name} is "):
            problem = problem.removeprefix(start)  # which the sentence begins with
        raise _refused(
            file, f"it is {problem}" if problem.startswith("not ") else problem
        )
    for problem in _unsayable(instance, facts):
        raise _refused(file, problem)
    found = frame_places(file, examined.header, facts)
    problem = found.problem or raster_problem(file, instance)
    if problem or found.end is None:
        raise _refused(file, problem or "Pixel Data has no sequence delimiter")
    end = _end_of_kept(file, examined, found.end)
    try:
        coded = (
            coded_frames(file, found, facts.format)
            if facts.is_encapsulated
            else CodedFrames(native_coding(facts.format), found.lengths)
        )
    except BrokenFrame as error:
        raise _refused(file, str(error)) from error
    return _planned(examined, facts, coded, found.offsets, end)


def _unsayable(instance: Instance, facts: PictureFacts) -> Iterator[str]:
    """Yield what of the attributes has no place in TIFF."""
    syntax, format_ = facts.format.transfer_syntax, facts.format
    if not instance.header.preamble:
        yield "the file has no preamble to hold a TIFF header"
    if syntax not in {EXPLICIT, IMPLICIT} | ENCAPSULATED:
        yield f"readers of TIFF know no {syntax_name(syntax)}"
    if format_.photometric == PALETTE_LABEL:
        yield "its samples stand for the colors of a DICOM palette"
    if instance.concatenation and instance.frames != instance.tiles:
        yield "it holds a part of a concatenation, hence no whole picture"
    frame = format_.size
    if not facts.is_encapsulated and _is_odd(frame) and frame != facts.size:
        yield (
            f"its uncompressed frames are {frame.width} x {frame.height}, expected "
            "multiples of 16: some readers of TIFF refuse such tiles"
        )
    if facts.layers > 1 and instance.layout != "TILED_FULL":
        yield (
            f"its {facts.layers} focal planes and optical paths are not TILED_FULL, so "
            "that they are no pages one behind the other"
        )


def _end_of_kept(file: ReadableFile, examined: Examined, end: int) -> int:
    """Return where new Trailing Padding goes, in place of any that is there."""
    trailer = behind(file, examined.header, end)
    if trailer.end != file.size:
        raise _refused(
            file,
            f"{file.size - trailer.end} bytes follow the data set, which ends at byte "
            f"{trailer.end}",
        )
    padding = trailer.padding
    kept = trailer.end if padding is None else padding.start
    if kept % 2 or (padding is not None and trailer.elements[-1] is not padding):
        raise _refused(file, f"the data set does not end as it should, at byte {kept}")
    return kept


def _planned(
    examined: Examined,
    facts: PictureFacts,
    coded: CodedFrames,
    offsets: NDArray[np.uint64],
    end: int,
) -> TiffPlan:
    implicit = examined.header.implicit
    first = end + (_IMPLICIT_HEADER if implicit else _EXPLICIT_HEADER)
    pages = _Pages(examined, facts, coded, offsets)
    directories = Directories(pages.tags(big=False), big=False)
    length = directories.length
    if first + length > _CLASSIC_LIMIT:
        directories = Directories(pages.tags(big=True), big=True)
        length = directories.length
    tag = b"\xfc\xff\xfc\xff" + (b"" if implicit else b"OB\0\0")
    return TiffPlan(directories, end, first, tag + length.to_bytes(4, "little"))


class _Pages:
    """The tags of one directory for each optical path and focal plane."""

    def __init__(
        self,
        examined: Examined,
        facts: PictureFacts,
        coded: CodedFrames,
        offsets: NDArray[np.uint64],
    ) -> None:
        assert examined.instance is not None  # noqa: S101  seen to by tiff_plan
        self._instance = examined.instance
        self._facts = facts
        self._coded = coded
        self._offsets = offsets

    def tags(self, *, big: bool) -> list[list[Tag]]:
        """Return the tags of each page; `big` for places above 4 GB."""
        instance, tiles = self._instance, self._facts.tiles
        layers = product(instance.optical_paths, instance.planes)
        common = self._common()
        pages: list[list[Tag]] = []
        for number, (path, _) in enumerate(layers):
            frames = slice(number * tiles, (number + 1) * tiles)
            page = [*common, *self._places(frames, big=big)]
            if path.icc_profile:
                page.append(binary(34675, path.icc_profile))
            if self._facts.layers > 1:
                page.append(numbers(254, LONG, _ONE_PAGE_OF_SEVERAL))
            pages.append(page)
        if self._facts.layers > 1:
            pages[0].append(text(270, ome_description(instance, self._facts)))
        return pages

    def _common(self) -> list[Tag]:
        size, format_ = self._facts.size, self._facts.format
        samples, coding = format_.samples_per_pixel, self._coded.coding
        tags = [
            numbers(256, LONG, size.width),
            numbers(257, LONG, size.height),
            numbers(258, SHORT, *[format_.bits_allocated] * samples),
            numbers(259, SHORT, coding.compression),
            numbers(262, SHORT, coding.photometric),
            numbers(277, SHORT, samples),
            numbers(284, SHORT, 2 if self._is_planar else 1),
            text(305, f"Coverslip {__version__}"),
        ]
        if self._is_one_strip:
            tags.append(numbers(278, LONG, size.height))
        else:
            tags += [
                numbers(322, LONG, format_.size.width),
                numbers(323, LONG, format_.size.height),
            ]
        if format_.signed:
            tags.append(numbers(339, SHORT, _SIGNED))
        if coding.subsampling is not None:
            tags.append(numbers(530, SHORT, *coding.subsampling))
        return [*tags, *self._resolution()]

    def _resolution(self) -> list[Tag]:
        spacing = self._facts.spacing
        if spacing is None or not _LEAST < min(spacing) <= max(spacing) < _MOST:
            return []
        return [
            rational(282, _CENTIMETER / Fraction(repr(spacing.x))),
            rational(283, _CENTIMETER / Fraction(repr(spacing.y))),
            numbers(296, SHORT, _PER_CENTIMETER),
        ]

    def _places(self, frames: slice, *, big: bool) -> list[Tag]:
        offsets, lengths = self._offsets[frames], self._coded.lengths[frames]
        if self._is_planar:
            plane = lengths // np.uint64(3)
            offsets = np.concatenate([offsets + n * plane for n in _PLANES])
            lengths = np.tile(plane, 3)
        codes = (273, 279) if self._is_one_strip else (324, 325)
        return [
            places(codes[0], offsets, big=big),
            places(codes[1], lengths, big=big),
        ]

    @property
    def _is_planar(self) -> bool:
        """Whether uncompressed frames have all red first, then green, then blue."""
        format_ = self._facts.format
        native = not self._facts.is_encapsulated
        return native and format_.planar == 1 and format_.samples_per_pixel == 3

    @property
    def _is_one_strip(self) -> bool:
        """Whether the picture is one frame of a size that TIFF tiles do not have.

        Compressed ones are tiles all the same: OpenSlide reads no strips, and libtiff
        says no more than that the size is unusual.
        """
        facts = self._facts
        return (
            not facts.is_encapsulated
            and _is_odd(facts.format.size)
            and facts.format.size == facts.size
        )


def _is_odd(frame: Size) -> bool:
    """Whether a tile's sides are no multiples of 16 (TIFF 6.0 section 15)."""
    return bool(frame.width % 16 or frame.height % 16)


def ome_description(instance: Instance, facts: PictureFacts) -> str:
    """Return OME-XML that says which page is which focal plane and optical path.

    Nothing else in TIFF does. Of the slide it names the optical paths only.
    """
    samples = facts.format.samples_per_pixel
    depth = "int" if facts.format.signed else "uint"
    paths, planes = instance.optical_paths, instance.planes
    scale = ""
    if facts.spacing is not None:
        for axis, length in zip("XY", facts.spacing, strict=True):
            scale += f' PhysicalSize{axis}="{length * 1000:.9g}"'
    if len(planes) > 1:
        scale += f' PhysicalSizeZ="{abs(planes[1] - planes[0]):.9g}"'
    channels = "".join(
        f'<Channel ID="Channel:0:{number}" SamplesPerPixel="{samples}" '
        f"Name={quoteattr(path.description or path.identifier)}/>"
        for number, path in enumerate(paths)
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<OME xmlns="http://www.openmicroscopy.org/Schemas/OME/2016-06">'
        '<Image ID="Image:0"><Pixels ID="Pixels:0" DimensionOrder="XYZCT" '
        f'Type="{depth}{facts.format.bits_allocated}" BigEndian="false" '
        f'SizeX="{facts.size.width}" SizeY="{facts.size.height}" '
        f'SizeZ="{len(planes)}" SizeC="{len(paths) * samples}" SizeT="1"{scale}>'
        f"{channels}<TiffData/></Pixels></Image></OME>"
    )


def _refused(file: ReadableFile, problem: str) -> SlideError:
    return SlideError(f"{file.path.name}: cannot be given a TIFF side: {problem}.")


_EXPLICIT_HEADER, _IMPLICIT_HEADER = 12, 8  # bytes of (FFFC,FFFC) before its value
_CLASSIC_LIMIT: Final = 2**32 - 1
_CENTIMETER: Final = Fraction(10)
_PER_CENTIMETER: Final = 3
_LEAST, _MOST = 1e-7, 1e3  # millimeters a pixel that a 32-bit fraction can tell
_SIGNED: Final = 2
_ONE_PAGE_OF_SEVERAL: Final = 2
_PLANES: Final = (np.uint64(0), np.uint64(1), np.uint64(2))
