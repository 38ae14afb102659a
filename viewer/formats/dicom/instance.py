"""One whole-slide microscopy instance: what its attributes say, as plain values.

Only what the picture needs is read here; it is checked here once, so that nothing above
indexes into a data set. PS3.3 C.8.12.4 (Whole Slide Microscopy Image) and C.7.6.17
(Multi-frame Dimension).
"""

from dataclasses import dataclass
from math import inf, isfinite
from pathlib import Path
from typing import Final

from pydicom.dataset import Dataset

from viewer.codecs import FrameFormat
from viewer.formats.dicom.facts import floats, items, number, text, texts
from viewer.formats.dicom.frame_format import read_frame_format
from viewer.formats.dicom.header import Header
from viewer.formats.dicom.image_role import role_of
from viewer.formats.dicom.optical_paths import read_optical_paths
from viewer.formats.dicom.strangers import refuse_strangers
from viewer.slide.errors import BrokenFile
from viewer.slide.geometry import Size, Spacing
from viewer.slide.model import OpticalPath
from viewer.slide.warnings import SlideWarning


@dataclass(frozen=True, slots=True)
class Instance:
    """The facts of one instance; strings are stripped, absent ones empty.

    `role` is value 3 of Image Type in capitals (openslide#642: only that value
    decides), "VOLUME" where Image Type is missing. `spacing` is in mm as stored, None
    where absent or no positive number. `origin` is the slide position of the first
    pixel in mm, `orientation` the six numbers of Image Orientation (Slide), or none.
    `planes` are the heights of the focal planes in micrometers. `optical_paths` are
    those that frames are of. Numbers of a concatenation are 0 where absent. `extended`
    says whether the focus is computed from several planes, None where nothing does.
    `edition` tells apart the conversions of one slide whose UIDs are the same.
    """

    header: Header
    study: str
    series: str
    sop_instance: str
    patient: str
    pyramid: str
    pyramid_label: str
    container: str
    frame_of_reference: str
    concatenation: str
    concatenation_number: int
    concatenation_total: int
    concatenation_offset: int
    role: str
    size: Size
    frames: int
    format: FrameFormat
    layout: str
    planes: tuple[float, ...]
    optical_paths: tuple[OpticalPath, ...]
    spacing: Spacing | None
    origin: tuple[float, float] | None
    orientation: tuple[float, ...]
    extended: bool | None
    warnings: tuple[SlideWarning, ...]
    edition: str = ""

    @property
    def path(self) -> Path:
        """The file."""
        return self.header.path

    @property
    def tile_size(self) -> Size:
        """Columns and Rows of a frame."""
        return self.format.size

    @property
    def grid(self) -> Size:
        """Tiles across and down."""
        return Size(
            -(-self.size.width // self.tile_size.width),
            -(-self.size.height // self.tile_size.height),
        )

    @property
    def tiles(self) -> int:
        """How many frames all tiles of all focal planes and optical paths make."""
        layers = len(self.planes) * len(self.optical_paths)
        return self.grid.width * self.grid.height * layers


def read_instance(header: Header) -> Instance:
    """Read the facts from a header.

    Raises UnsupportedFile, saying what the file is, for anything that is no slide, and
    BrokenFile where an attribute the picture needs is missing or absurd.
    """
    refuse_strangers(header)
    dataset = header.dataset
    warnings = list(header.warnings)
    tile_size = Size(_count(header, "Columns", 65535), _count(header, "Rows", 65535))
    frames = _count(header, "NumberOfFrames", 2**31 - 1, default=1)
    size = _matrix_size(header, tile_size, frames)
    frame_format = read_frame_format(header, tile_size)
    return Instance(
        header=header,
        study=text(dataset, "StudyInstanceUID"),
        series=text(dataset, "SeriesInstanceUID"),
        sop_instance=text(dataset, "SOPInstanceUID"),
        patient=text(dataset, "PatientID"),
        pyramid=text(dataset, "PyramidUID"),
        pyramid_label=text(dataset, "PyramidLabel"),
        container=text(dataset, "ContainerIdentifier"),
        frame_of_reference=text(dataset, "FrameOfReferenceUID"),
        concatenation=text(dataset, "ConcatenationUID"),
        concatenation_number=number(dataset, "InConcatenationNumber", 0),
        concatenation_total=number(dataset, "InConcatenationTotalNumber", 0),
        concatenation_offset=number(dataset, "ConcatenationFrameOffsetNumber", 0),
        role=_role(header, warnings),
        size=size,
        frames=frames,
        format=frame_format,
        layout=text(dataset, "DimensionOrganizationType").upper(),
        planes=_focal_planes(header, warnings),
        optical_paths=_paths_of_frames(
            read_optical_paths(header, frame_format, warnings), header, warnings
        ),
        spacing=_spacing(dataset),
        origin=_origin(dataset),
        orientation=tuple(floats(dataset, "ImageOrientationSlide")),
        extended={"YES": True, "NO": False}.get(
            text(dataset, "ExtendedDepthOfField").upper()
        ),
        warnings=tuple(warnings),
    )


def _count(header: Header, keyword: str, most: int, default: int | None = None) -> int:
    found = text(header.dataset, keyword)
    if not found and default is not None:
        return default
    try:
        number = int(found)
    except ValueError:
        number = -1
    if not 1 <= number <= most:
        shown = f"is {found}" if found else "is missing"
        raise BrokenFile(
            f"{header.path.name}: {keyword} {shown}, expected 1 to {most}."
        )
    return number


_CONFOCAL: Final = "1.2.840.10008.5.1.4.1.1.77.1.8"
"""Confocal Microscopy Image: whole pictures, one a focal plane or optical path."""


def _matrix_size(header: Header, tile_size: Size, frames: int) -> Size:
    dataset = header.dataset
    has_no_matrix = not text(dataset, "TotalPixelMatrixColumns")
    if has_no_matrix and (frames == 1 or text(dataset, "SOPClassUID") == _CONFOCAL):
        return tile_size
    return Size(
        _count(header, "TotalPixelMatrixColumns", 2**31 - 1),
        _count(header, "TotalPixelMatrixRows", 2**31 - 1),
    )


def _role(header: Header, warnings: list[SlideWarning]) -> str:
    groups = _shared(header.dataset, "WholeSlideMicroscopyImageFrameTypeSequence")
    frame_type = texts(groups, "FrameType") if groups is not None else []
    role, problem = role_of(texts(header.dataset, "ImageType"), frame_type)
    if problem:
        sentence = f"{header.path.name}: {problem}."
        warnings.append(SlideWarning("image-type", sentence, header.path))
    return role


def _shared(dataset: Dataset, sequence: str) -> Dataset | None:
    for groups in items(dataset, "SharedFunctionalGroupsSequence"):
        for item in items(groups, sequence):
            return item
    return None


def _spacing(dataset: Dataset) -> Spacing | None:
    measures = _shared(dataset, "PixelMeasuresSequence")
    values = floats(measures, "PixelSpacing") if measures is not None else []
    values = values or floats(dataset, "PixelSpacing")
    if len(values) != 2 or not all(0 < value < inf for value in values):
        return None
    return Spacing(values[1], values[0])  # DICOM: row (y), then column (x)


def _origin(dataset: Dataset) -> tuple[float, float] | None:
    for item in items(dataset, "TotalPixelMatrixOriginSequence"):
        x = floats(item, "XOffsetInSlideCoordinateSystem")
        y = floats(item, "YOffsetInSlideCoordinateSystem")
        if x and y:
            return (x[0], y[0])
    return None


_MOST_PATHS: Final = 1000  # multiplexed stains have some sixty


def _paths_of_frames(
    paths: tuple[OpticalPath, ...], header: Header, warnings: list[SlideWarning]
) -> tuple[OpticalPath, ...]:
    """Leave out paths of other files: all frames may be said to be of one path."""
    groups = _shared(header.dataset, "OpticalPathIdentificationSequence")
    name = "" if groups is None else text(groups, "OpticalPathIdentifier")
    named = tuple(path for path in paths if path.identifier == name)
    if name and named:
        return named[:1]
    if len(paths) > _MOST_PATHS:
        sentence = (
            f"{header.path.name}: Optical Path Sequence has {len(paths)} items, "
            f"expected at most {_MOST_PATHS}; the others are not shown."
        )
        warnings.append(SlideWarning("optical-paths", sentence, header.path))
    return paths[:_MOST_PATHS]


_NOMINAL_STEP: Final = 1.0  # micrometers between planes that tell no distance


def _focal_planes(header: Header, warnings: list[SlideWarning]) -> tuple[float, ...]:
    # Not Number of Focal Planes (0048,0013), which belongs to extended depth of field.
    dataset = header.dataset
    count = max(1, min(number(dataset, "TotalPixelMatrixFocalPlanes", 1), 10_000))
    measures = _shared(dataset, "PixelMeasuresSequence")
    found = floats(measures, "SpacingBetweenSlices") if measures is not None else []
    step = found[0] * 1000 if found and isfinite(found[0]) else 0.0
    if count > 1 and step == 0:
        step = _NOMINAL_STEP
        sentence = (
            f"{header.path.name}: Spacing Between Slices is missing, so the distance "
            f"of the {count} focal planes is unknown; they are counted as {step:g} um "
            "apart."
        )
        warnings.append(SlideWarning("focal-planes", sentence, header.path))
    first = _height(dataset)
    return tuple(first + plane * step for plane in range(count))


def _height(dataset: Dataset) -> float:
    """Return the micrometers that all frames lie above the slide, as far as is told."""
    position = _shared(dataset, "PlanePositionSlideSequence")
    places = [*items(dataset, "TotalPixelMatrixOriginSequence")[:1]]
    for place in [position, *places]:
        z = [] if place is None else floats(place, "ZOffsetInSlideCoordinateSystem")
        if z and isfinite(z[0]):
            return z[0]
    return 0.0
