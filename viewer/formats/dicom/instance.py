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
from viewer.formats.dicom.facts import floats, items, number, text, value_of
from viewer.formats.dicom.frame_format import read_frame_format
from viewer.formats.dicom.header import Header
from viewer.formats.dicom.optical_paths import read_optical_paths
from viewer.formats.dicom.strangers import refuse_strangers
from viewer.slide.errors import BrokenFile
from viewer.slide.geometry import Size, Spacing
from viewer.slide.model import OpticalPath
from viewer.slide.warnings import SlideWarning

ROLES: Final = ("VOLUME", "LABEL", "OVERVIEW", "THUMBNAIL")


@dataclass(frozen=True, slots=True)
class Instance:
    """The facts of one instance; strings are stripped, absent ones empty.

    `role` is value 3 of Image Type in capitals (openslide#642: only that value
    decides), "VOLUME" where Image Type is missing. `spacing` is in mm as stored, None
    where absent or no positive number. `origin` is the slide position of the first
    pixel in mm. `planes` are the focal planes in micrometers.
    """

    header: Header
    study: str
    series: str
    sop_instance: str
    pyramid: str
    container: str
    frame_of_reference: str
    concatenation: str
    concatenation_number: int
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
    warnings: tuple[SlideWarning, ...]

    @property
    def path(self) -> Path:
        """The file."""
        return self.header.path

    @property
    def tile_size(self) -> Size:
        """Columns and Rows of a frame."""
        return self.format.size


def read_instance(header: Header) -> Instance:
    """Read the facts from a header.

    Raises UnsupportedFile, saying what the file is, for anything that is no slide, and
    BrokenFile where an attribute the picture needs is missing or absurd.
    """
    refuse_strangers(header)
    dataset = header.dataset
    warnings = [SlideWarning("metadata", each, header.path) for each in header.problems]
    tile_size = Size(_count(header, "Columns", 65535), _count(header, "Rows", 65535))
    frames = _count(header, "NumberOfFrames", 2**31 - 1, default=1)
    size = _matrix_size(header, tile_size, frames)
    frame_format = read_frame_format(header, tile_size)
    return Instance(
        header=header,
        study=text(dataset, "StudyInstanceUID"),
        series=text(dataset, "SeriesInstanceUID"),
        sop_instance=text(dataset, "SOPInstanceUID"),
        pyramid=text(dataset, "PyramidUID"),
        container=text(dataset, "ContainerIdentifier"),
        frame_of_reference=text(dataset, "FrameOfReferenceUID"),
        concatenation=text(dataset, "ConcatenationUID"),
        concatenation_number=number(dataset, "InConcatenationNumber", 1),
        concatenation_offset=number(dataset, "ConcatenationFrameOffsetNumber", 0),
        role=_role(header, warnings),
        size=size,
        frames=frames,
        format=frame_format,
        layout=text(dataset, "DimensionOrganizationType").upper(),
        planes=_focal_planes(dataset),
        optical_paths=read_optical_paths(header, frame_format, warnings),
        spacing=_spacing(dataset),
        origin=_origin(dataset),
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


def _matrix_size(header: Header, tile_size: Size, frames: int) -> Size:
    dataset = header.dataset
    if not text(dataset, "TotalPixelMatrixColumns") and frames == 1:
        return tile_size
    return Size(
        _count(header, "TotalPixelMatrixColumns", 2**31 - 1),
        _count(header, "TotalPixelMatrixRows", 2**31 - 1),
    )


def _role(header: Header, warnings: list[SlideWarning]) -> str:
    value = value_of(header.dataset, "ImageType")
    values = [value] if isinstance(value, str) else list(value or [])
    if len(values) >= 3 and str(values[2]).strip():
        return str(values[2]).strip().upper()
    found = "\\".join(str(each) for each in values)
    warnings.append(
        SlideWarning(
            "image-type",
            f"{header.path.name}: Image Type is {found or 'missing'}, expected four "
            "values of which the third names the role; taken for a VOLUME image.",
            header.path,
        )
    )
    return "VOLUME"


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


def _focal_planes(dataset: Dataset) -> tuple[float, ...]:
    # Not Number of Focal Planes (0048,0013), which belongs to extended depth of field.
    count = max(1, min(number(dataset, "TotalPixelMatrixFocalPlanes", 1), 10_000))
    measures = _shared(dataset, "PixelMeasuresSequence")
    step = floats(measures, "SpacingBetweenSlices") if measures is not None else []
    step_um = step[0] * 1000 if step and isfinite(step[0]) else 0.0
    return tuple(plane * step_um for plane in range(count))
