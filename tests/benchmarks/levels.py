"""Writes one level of a generated slide as a DICOM file, frame by frame.

Nothing of the program is used, and nothing is kept in memory but the offsets: a
96,000-frame level is written as it is made.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from struct import pack

import numpy as np
from numpy.typing import NDArray
from pydicom import Dataset, dcmwrite
from pydicom.dataset import FileMetaDataset
from pydicom.uid import (
    JPEG2000,
    UID,
    JPEGBaseline8Bit,
    VLWholeSlideMicroscopyImageStorage,
    generate_uid,
)

from tests.synthetic_headers import code, item_of

_ITEM = b"\xfe\xff\x00\xe0"
_SLIDE_HEIGHT = 15.0  # millimeters that the total pixel matrix spans


@dataclass(frozen=True)
class LevelShape:
    """One level to write: sizes in pixels, `number` from the finest (0) on."""

    slide: str
    number: int
    width: int
    height: int
    tile: int
    syntax: str  # "jpeg" or "jpeg2000"

    @property
    def columns(self) -> int:
        """Tiles across."""
        return -(-self.width // self.tile)

    @property
    def frames(self) -> int:
        """Tiles in all."""
        return self.columns * -(-self.height // self.tile)


def write_level(
    path: Path, shape: LevelShape, frames: Iterable[bytes]
) -> NDArray[np.int64]:
    """Write a TILED_FULL level with a Basic Offset Table.

    Returns (frames, 2): where each codestream starts in the file, and its length.
    """
    header = BytesIO()
    dcmwrite(header, level_dataset(shape), enforce_file_format=True)
    places = np.zeros((shape.frames, 2), np.int64)
    with path.open("wb") as file:
        file.write(header.getvalue())
        file.write(b"\xe0\x7f\x10\x00OB\0\0\xff\xff\xff\xff")
        file.write(_ITEM + pack("<I", 4 * shape.frames))
        table = file.tell()
        file.write(bytes(4 * shape.frames))
        first = at = file.tell()
        for number, frame in enumerate(frames):
            padded = frame + b"\0" * (len(frame) % 2)
            file.write(_ITEM + pack("<I", len(padded)) + padded)
            places[number] = at + 8, len(frame)
            at += 8 + len(padded)
        if not places[-1, 1] or places[-1, 0] - first >= 1 << 32:
            raise ValueError("too few frames, or too many bytes for the table")
        file.write(b"\xfe\xff\xdd\xe0\0\0\0\0")
        file.seek(table)
        file.write((places[:, 0] - 8 - first).astype("<u4").tobytes())
    return places


def level_dataset(shape: LevelShape) -> Dataset:
    """Return the attributes of a level."""
    base = shape.number == 0
    dataset = Dataset()
    dataset.file_meta = FileMetaDataset()
    jpeg = shape.syntax == "jpeg"
    dataset.file_meta.TransferSyntaxUID = JPEGBaseline8Bit if jpeg else JPEG2000
    dataset.ImageType = (
        ["ORIGINAL", "PRIMARY", "VOLUME", "NONE"]
        if base
        else ["DERIVED", "PRIMARY", "VOLUME", "RESAMPLED"]
    )
    dataset.SOPClassUID = VLWholeSlideMicroscopyImageStorage
    dataset.SOPInstanceUID = _uid(shape, f"level {shape.number}")
    dataset.StudyInstanceUID = _uid(shape, "study")
    dataset.SeriesInstanceUID = _uid(shape, "series")
    dataset.FrameOfReferenceUID = _uid(shape, "frame of reference")
    dataset.PyramidUID = _uid(shape, "pyramid")
    dataset.Modality, dataset.Manufacturer = "SM", "Generated"
    dataset.ManufacturerModelName = "Coverslip benchmarks"
    dataset.DeviceSerialNumber = dataset.SoftwareVersions = "1"
    dataset.AcquisitionDateTime = "20240102030405"
    dataset.StudyDate, dataset.StudyTime = "20240102", "030405"
    dataset.ContentDate, dataset.ContentTime = "20240102", "030405"
    dataset.PatientName = dataset.PatientID = "generated"
    dataset.PatientBirthDate = dataset.PatientSex = ""
    dataset.AccessionNumber = dataset.ReferringPhysicianName = ""
    dataset.StudyID, dataset.SeriesNumber = "1", 1
    dataset.InstanceNumber = shape.number + 1
    _describe_pixels(dataset, shape)
    _describe_slide(dataset, shape)
    return dataset


def _describe_pixels(dataset: Dataset, shape: LevelShape) -> None:
    jpeg = shape.syntax == "jpeg"
    dataset.SamplesPerPixel, dataset.PlanarConfiguration = 3, 0
    dataset.PhotometricInterpretation = "YBR_FULL_422" if jpeg else "YBR_ICT"
    dataset.Rows = dataset.Columns = shape.tile
    dataset.BitsAllocated = dataset.BitsStored = 8
    dataset.HighBit, dataset.PixelRepresentation = 7, 0
    dataset.NumberOfFrames = shape.frames
    dataset.TotalPixelMatrixColumns = shape.width
    dataset.TotalPixelMatrixRows = shape.height
    dataset.TotalPixelMatrixFocalPlanes = 1
    dataset.DimensionOrganizationType = "TILED_FULL"
    dataset.LossyImageCompression, dataset.LossyImageCompressionRatio = "01", 10
    dataset.LossyImageCompressionMethod = "ISO_10918_1" if jpeg else "ISO_15444_1"
    dataset.BurnedInAnnotation, dataset.SpecimenLabelInImage = "NO", "NO"


def _describe_slide(dataset: Dataset, shape: LevelShape) -> None:
    spacing = f"{_SLIDE_HEIGHT / shape.height:.9g}"
    frame_type = item_of(FrameType=list(dataset.ImageType))
    dataset.SharedFunctionalGroupsSequence = [
        item_of(
            PixelMeasuresSequence=[
                item_of(SliceThickness=0.001, PixelSpacing=[spacing, spacing])
            ],
            WholeSlideMicroscopyImageFrameTypeSequence=[frame_type],
            OpticalPathIdentificationSequence=[item_of(OpticalPathIdentifier="1")],
        )
    ]
    dataset.NumberOfOpticalPaths = 1
    dataset.OpticalPathSequence = [
        item_of(
            OpticalPathIdentifier="1",
            IlluminationTypeCodeSequence=[
                code("111744", "DCM", "Brightfield illumination")
            ],
            IlluminationColorCodeSequence=[code("414298005", "SCT", "Full Spectrum")],
        )
    ]
    organization = item_of(DimensionOrganizationUID=_uid(shape, "dimensions"))
    dataset.DimensionOrganizationSequence = [organization]
    dataset.ContainerIdentifier = shape.slide
    dataset.IssuerOfTheContainerIdentifierSequence = []
    dataset.ContainerTypeCodeSequence = [code("433466003", "SCT", "Microscope slide")]
    dataset.AcquisitionContextSequence = []
    dataset.SpecimenDescriptionSequence = [
        item_of(
            SpecimenIdentifier=shape.slide,
            SpecimenUID=_uid(shape, "specimen"),
            IssuerOfTheSpecimenIdentifierSequence=[],
            SpecimenPreparationSequence=[],
        )
    ]
    dataset.TotalPixelMatrixOriginSequence = [
        item_of(XOffsetInSlideCoordinateSystem=20, YOffsetInSlideCoordinateSystem=40)
    ]
    dataset.ImagedVolumeWidth = _SLIDE_HEIGHT * shape.width / shape.height
    dataset.ImagedVolumeHeight, dataset.ImagedVolumeDepth = _SLIDE_HEIGHT, 1.0
    dataset.ImageOrientationSlide = [0, -1, 0, -1, 0, 0]
    dataset.VolumetricProperties, dataset.FocusMethod = "VOLUME", "AUTO"
    dataset.ExtendedDepthOfField = "NO"
    dataset.PositionReferenceIndicator = "SLIDE_CORNER"


def _uid(shape: LevelShape, thing: str) -> UID:
    return generate_uid(entropy_srcs=["coverslip benchmark", shape.slide, thing])
