"""One attribute of a DICOM file left out, or with a value that makes no sense."""

import warnings
from collections.abc import Iterator
from io import BytesIO
from random import Random
from typing import Any, Final

from pydicom import Dataset, dcmread, dcmwrite
from pydicom.dataelem import DataElement

FAVORITES: Final = frozenset(
    {
        "NumberOfFrames", "Rows", "Columns", "TotalPixelMatrixColumns",
        "TotalPixelMatrixRows", "SamplesPerPixel", "BitsAllocated", "BitsStored",
        "HighBit", "PixelRepresentation", "PhotometricInterpretation",
        "PlanarConfiguration", "ImageType", "SOPClassUID", "SOPInstanceUID",
        "SeriesInstanceUID", "FrameOfReferenceUID", "PyramidUID",
        "DimensionOrganizationType", "PixelSpacing", "OpticalPathSequence",
        "OpticalPathIdentifier", "NumberOfOpticalPaths", "TotalPixelMatrixFocalPlanes",
        "ConcatenationFrameOffsetNumber", "InConcatenationNumber", "ConcatenationUID",
        "InConcatenationTotalNumber", "SharedFunctionalGroupsSequence",
        "PerFrameFunctionalGroupsSequence", "ColumnPositionInTotalImagePixelMatrix",
        "RowPositionInTotalImagePixelMatrix", "PlanePositionSlideSequence",
        "ImageOrientationSlide", "TotalPixelMatrixOriginSequence",
        "PixelMeasuresSequence", "ZOffsetInSlideCoordinateSystem", "PixelData",
    }
)  # fmt: skip
"""Attributes that the picture hangs on; chosen most of the time."""


def edit_attribute(data: bytes, random: Random) -> tuple[str, bytes] | None:
    """Return the edit in words and the new file; None where there is none."""
    if data[128:132] != b"DICM":
        return None
    with warnings.catch_warnings(action="ignore"):  # pydicom's, of absurd values
        return _edited(data, random)


def _edited(data: bytes, random: Random) -> tuple[str, bytes] | None:
    dataset = dcmread(BytesIO(data))
    everything = [*_elements(dataset)]
    favorites = [each for each in everything if each[1].keyword in FAVORITES]
    owner, element = random.choice(
        favorites if favorites and random.random() < 0.7 else everything
    )
    name = element.keyword or str(element.tag)
    value = random.choice([_MISSING, *_absurd(element)])
    if value is _MISSING:
        del owner[element.tag]
    else:
        element.value = value
    shown = "left out" if value is _MISSING else f"= {str(value)[:40]!r}"
    written = BytesIO()
    try:
        dcmwrite(written, dataset, enforce_file_format=False)
    except (ValueError, TypeError, AttributeError, OverflowError, KeyError):
        return None  # pydicom does not write it
    return f"{name} {shown}", written.getvalue()


_AS_GOOD: Final = ("TotalPixelMatrix", "PlanarConfiguration", "PixelRepresentation")
"""Attributes with which 1, or one less, is another picture that is just as good."""

_MISSING: Final = object()


def _elements(dataset: Dataset) -> Iterator[tuple[Dataset, DataElement]]:
    metas = [getattr(dataset, "file_meta", None)]
    for owner in [dataset, *(meta for meta in metas if meta is not None)]:
        for element in list(owner):
            yield owner, element
            if element.VR == "SQ":
                for item in element.value:
                    yield from _elements(item)


def _absurd(element: DataElement) -> list[Any]:
    numbers = {
        "US": [0, 1, 0x7FFF, 0xFFFF],
        "UL": [0, 1, 0x7FFFFFFF, 0xFFFFFFFF],
        "SL": [0, -1, 0x7FFFFFFF, -0x80000000],
        "SS": [0, -1, 0x7FFF],
        "IS": ["0", "-1", "2147483647", "1"],
        "DS": ["0", "-1", "1e300", "1e-300"],
        "FD": [0.0, -1.0, float("nan"), float("inf"), 1e300],
        "FL": [0.0, -1.0, float("nan"), float("inf")],
    }
    if element.VR == "SQ":
        items = list(element.value)
        return [[], items * 2, [Dataset()], items[:-1]]
    if element.VR in numbers:
        near = [element.value + step for step in (1, -1)] if _counts(element) else []
        lies = [*numbers[element.VR], *near, None]
        if element.keyword.startswith(_AS_GOOD):
            lies = [lie for lie in lies if lie != 1]
        return lies
    if element.VR in ("OB", "OW", "OV", "UN"):
        return [b"", element.value[:-2], element.value + b"\0\0"]
    return ["", "NONSENSE", "A\\B\\C\\D\\E", " ", "\x00\x01", "9" * 64]


def _counts(element: DataElement) -> bool:
    """Whether one more or less contradicts the rest of the file."""
    told = isinstance(element.value, int) and element.value > 0
    return told and not element.keyword.startswith(_AS_GOOD)
