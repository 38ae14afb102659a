"""What a VL Whole Slide Microscopy Image has to say (PS3.3 A.32.8), as a table."""

from collections.abc import Callable, Iterator
from enum import Enum
from typing import Final, NamedTuple

from viewer.formats.dicom.examination import Attributes, Examined
from viewer.formats.dicom.facts import items, text, value_of, written
from viewer.formats.files import RandomAccessFile


class Kind(Enum):
    """How far an attribute is required (PS3.5 7.4)."""

    TYPE_1 = "a value"  # present, with a value
    TYPE_2 = "the attribute, if empty"


def _always(_file: Examined) -> bool:
    return True


def _role(file: Examined) -> str:
    return "" if file.instance is None else file.instance.role


def _is_of_pyramid(file: Examined) -> bool:
    return _role(file) in ("VOLUME", "THUMBNAIL")


def _is_volume(file: Examined) -> bool:
    return _role(file) == "VOLUME"


def _is_color(file: Examined) -> bool:
    return text(file.dataset, "SamplesPerPixel") not in ("", "1")


def _is_full(file: Examined) -> bool:
    return text(file.dataset, "DimensionOrganizationType") == "TILED_FULL"


def _is_not_full(file: Examined) -> bool:
    return not _is_full(file)


def _is_grey(file: Examined) -> bool:
    return text(file.dataset, "PhotometricInterpretation") == "MONOCHROME2"


def _is_extended(file: Examined) -> bool:
    return text(file.dataset, "ExtendedDepthOfField") == "YES"


def _has_no_frame_types(file: Examined) -> bool:
    """Whether no frame has a type of its own, so that all have to share one."""
    element, header = file.header.per_frame, file.header
    if element is None or header.deflated:
        return element is None
    opened = RandomAccessFile(file.path)
    try:
        first = opened.read_some(element.start, _FIRST_ITEM)
    finally:
        opened.close()
    tag = b"\0\x40\x07\x10" if header.big_endian else b"\x40\0\x10\x07"
    return tag not in first


_FIRST_ITEM: Final = 4096  # bytes that the first frame's attributes lie in


class Required(NamedTuple):
    """One attribute, in each item of a sequence or at the top, and when it is due."""

    keyword: str
    kind: Kind
    within: str = ""
    due: Callable[[Examined], bool] = _always


_1, _2 = Kind.TYPE_1, Kind.TYPE_2
_SPECIMEN = "SpecimenDescriptionSequence"
_PATH = "OpticalPathSequence"


def _all(kind: Kind, *keywords: str) -> tuple[Required, ...]:
    return tuple(Required(keyword, kind) for keyword in keywords)


REQUIRED: Final[tuple[Required, ...]] = (
    # Patient, General Study, General Series (C.7.1.1, C.7.2.1, C.7.3.1)
    *_all(_2, "PatientName", "PatientID", "PatientBirthDate", "PatientSex"),
    *_all(_1, "StudyInstanceUID", "SeriesInstanceUID", "Modality"),
    *_all(_2, "StudyDate", "StudyTime", "AccessionNumber", "ReferringPhysicianName"),
    *_all(_2, "StudyID", "SeriesNumber"),
    # Frame of Reference (C.7.4.1), since 2025 not of label and overview
    Required("FrameOfReferenceUID", _1, due=_is_of_pyramid),
    Required("PositionReferenceIndicator", _2, due=_is_of_pyramid),
    # Enhanced General Equipment (C.7.5.2)
    *_all(_1, "Manufacturer", "ManufacturerModelName", "DeviceSerialNumber"),
    *_all(_1, "SoftwareVersions"),
    # Microscope Slide Layer Tile Organization (C.8.12.14)
    *_all(_1, "TotalPixelMatrixColumns", "TotalPixelMatrixRows"),
    *_all(_1, "TotalPixelMatrixOriginSequence"),
    *(
        Required(f"{axis}OffsetInSlideCoordinateSystem", _1, within)
        for axis in "XY"
        for within in ("TotalPixelMatrixOriginSequence",)
    ),
    Required("ImageOrientationSlide", _1, due=_is_of_pyramid),
    Required("TotalPixelMatrixFocalPlanes", _1, due=_is_full),
    # Image Pixel (C.7.6.3)
    *_all(_1, "SamplesPerPixel", "PhotometricInterpretation", "Rows", "Columns"),
    *_all(_1, "BitsAllocated", "BitsStored", "HighBit", "PixelRepresentation"),
    Required("PlanarConfiguration", _1, due=_is_color),
    # Acquisition Context, Multi-frame Functional Groups and Dimension (C.7.6.14 to 17)
    *_all(_2, "AcquisitionContextSequence"),
    *_all(_1, "ContentDate", "ContentTime", "InstanceNumber", "NumberOfFrames"),
    *_all(_1, "SharedFunctionalGroupsSequence", "DimensionOrganizationSequence"),
    Required("DimensionOrganizationUID", _1, "DimensionOrganizationSequence"),
    Required("DimensionIndexSequence", _1, due=_is_not_full),
    # Whole Slide Microscopy Image Frame Type (C.8.12.9)
    Required(
        "WholeSlideMicroscopyImageFrameTypeSequence",
        _1,
        "SharedFunctionalGroupsSequence",
        due=_has_no_frame_types,
    ),
    # Specimen (C.7.6.22)
    *_all(_1, "ContainerIdentifier", _SPECIMEN),
    *_all(_2, "IssuerOfTheContainerIdentifierSequence", "ContainerTypeCodeSequence"),
    Required("SpecimenIdentifier", _1, _SPECIMEN),
    Required("SpecimenUID", _1, _SPECIMEN),
    Required("IssuerOfTheSpecimenIdentifierSequence", _2, _SPECIMEN),
    Required("SpecimenPreparationSequence", _2, _SPECIMEN),
    # Whole Slide Microscopy Image (C.8.12.4)
    # Image Type is ID1's
    *_all(_1, "AcquisitionDateTime", "VolumetricProperties"),
    *_all(_1, "BurnedInAnnotation", "LossyImageCompression", "SpecimenLabelInImage"),
    *_all(_1, "FocusMethod", "ExtendedDepthOfField"),
    *(
        Required(f"ImagedVolume{edge}", _1, due=_is_volume)
        for edge in ("Width", "Height", "Depth")
    ),
    Required("NumberOfFocalPlanes", _1, due=_is_extended),
    Required("DistanceBetweenFocalPlanes", _1, due=_is_extended),
    Required("PresentationLUTShape", _1, due=_is_grey),
    Required("RescaleIntercept", _1, due=_is_grey),
    Required("RescaleSlope", _1, due=_is_grey),
    # Optical Path (C.8.12.5); the profile is CO1's
    *_all(_1, _PATH),
    Required("NumberOfOpticalPaths", _1, due=_is_full),
    Required("OpticalPathIdentifier", _1, _PATH),
    Required("IlluminationTypeCodeSequence", _1, _PATH),
    # SOP Common (C.12.1)
    *_all(_1, "SOPClassUID", "SOPInstanceUID"),
)
"""What is required of every image, or under a condition that attributes tell."""


def lacking(file: Examined) -> Iterator[tuple[Required, str]]:
    """Yield what a file lacks, and the path to the attribute."""
    for required in REQUIRED:
        if not required.due(file):
            continue
        if not required.within:
            if _lacks(file.dataset, required):
                yield required, required.keyword
            continue
        for place, item in enumerate(items(file.dataset, required.within)):
            if _lacks(item, required):
                yield required, f"{required.within}[{place}].{required.keyword}"


def _lacks(dataset: Attributes, required: Required) -> bool:
    if required.keyword not in dataset:
        return True
    if required.kind is Kind.TYPE_2:
        return False
    return not (
        written(dataset, required.keyword)
        or items(dataset, required.keyword)
        or isinstance(value_of(dataset, required.keyword), bytes)
    )
