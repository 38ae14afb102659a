"""What is said about a slide and its images in DICOM, and the data set that says it.

The data set is a VL Whole Slide Microscopy Image (PS3.3 A.32.8) without Pixel Data.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from math import ceil
from typing import Final, Literal, TypeAlias

from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import UID, ExplicitVRLittleEndian

from viewer.formats.dicom.optics import (
    OpticalPathDescription,
    add_optical_path,
    decimal,
)
from viewer.formats.dicom.specimen import SpecimenDescription, add_specimen
from viewer.slide.geometry import Size, Spacing

Role: TypeAlias = Literal["VOLUME", "LABEL", "OVERVIEW", "THUMBNAIL"]

JPEG_BASELINE: Final = "1.2.840.10008.1.2.4.50"
JPEG_2000: Final = "1.2.840.10008.1.2.4.91"
UNCOMPRESSED: Final = str(ExplicitVRLittleEndian)

# PS3.3 C.7.6.1.1.5.2: how the samples lost something; what is not here lost nothing.
LOSSY_METHODS: Final = {JPEG_BASELINE: "ISO_10918_1", JPEG_2000: "ISO_15444_1"}

WHOLE_SLIDE: Final = UID("1.2.840.10008.5.1.4.1.1.77.1.6")
# The label at the left: columns run against y, rows against x (PS3.3 C.8.12.2.1.1).
ORIENTATION: Final = (0, -1, 0, -1, 0, 0)
# Depth of focus: nobody measured it, but zero is not allowed (PS3.3 C.8.12.4).
DEPTH_MICROMETERS: Final = 1.0


@dataclass(frozen=True, kw_only=True)
class SlideDescription:
    """What all images of one slide have in common."""

    container_identifier: str
    specimen: SpecimenDescription
    optics: OpticalPathDescription
    series_words: str
    study_uid: str
    series_uid: str
    frame_of_reference_uid: str
    pyramid_uid: str
    dimension_organization_uid: str
    acquired: datetime
    manufacturer: str
    model: str
    serial_number: str
    software: str
    patient_name: str = ""
    patient_identifier: str = ""
    label_text: str = ""
    barcode: str = ""


@dataclass(frozen=True, kw_only=True)
class ImageDescription:
    """What one image of a slide is: one DICOM instance.

    `size` is the total pixel matrix. `origin` is where its first pixel lies in the
    slide coordinate system, x and y in millimeters; images lie with the label at the
    left, so that columns run down the slide's y axis and rows down its x axis.
    `resampled` says that the pixels were computed from a finer image. Samples are 8
    bit, three a pixel.
    """

    role: Role
    size: Size
    tile_size: Size
    spacing: Spacing
    sop_instance_uid: str
    instance_number: int
    transfer_syntax: str
    photometric: Literal["RGB", "YBR_FULL_422", "YBR_ICT", "YBR_RCT"]
    origin: tuple[float, float] = (0.0, 0.0)
    resampled: bool = False
    burned_in_annotation: bool = False

    @property
    def frames(self) -> int:
        """How many tiles the image has, row by row (TILED_FULL)."""
        across = ceil(self.size.width / self.tile_size.width)
        return across * ceil(self.size.height / self.tile_size.height)

    @property
    def encapsulated(self) -> bool:
        """Whether each frame is an item of its own (PS3.5 A.4)."""
        return self.transfer_syntax != UNCOMPRESSED

    @property
    def raw_bytes(self) -> int:
        """The bytes of all samples of all frames, as if uncompressed."""
        return self.frames * self.tile_size.width * self.tile_size.height * 3


def image_dataset(
    slide: SlideDescription, image: ImageDescription, compressed_bytes: int
) -> Dataset:
    """Return everything but the pixels; as many bytes whatever `compressed_bytes` is.

    `compressed_bytes` are those of all frames; they make the compression ratio.
    """
    dataset = Dataset()
    for fill in (
        _identify,
        _describe_equipment,
        _describe_specimen,
        _describe_pixels,
        _place,
        _describe_optics,
        _share,
    ):
        fill(dataset, slide, image)
    _admit_loss(dataset, image, compressed_bytes)
    return dataset


def _identify(
    dataset: Dataset, slide: SlideDescription, image: ImageDescription
) -> None:
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = WHOLE_SLIDE
    meta.MediaStorageSOPInstanceUID = UID(image.sop_instance_uid)
    meta.TransferSyntaxUID = UID(image.transfer_syntax)
    dataset.file_meta = meta
    dataset.SpecificCharacterSet = "ISO_IR 192"
    dataset.SOPClassUID = WHOLE_SLIDE
    dataset.SOPInstanceUID = image.sop_instance_uid
    dataset.Modality = "SM"
    dataset.PatientName = slide.patient_name
    dataset.PatientID = slide.patient_identifier
    dataset.PatientBirthDate = ""
    dataset.PatientSex = ""
    dataset.StudyInstanceUID = slide.study_uid
    dataset.SeriesInstanceUID = slide.series_uid
    dataset.StudyID = "1"
    dataset.SeriesNumber = 1
    dataset.SeriesDescription = slide.series_words
    dataset.InstanceNumber = image.instance_number
    dataset.AccessionNumber = ""
    dataset.ReferringPhysicianName = ""
    day, time = f"{slide.acquired:%Y%m%d}", f"{slide.acquired:%H%M%S}"
    dataset.StudyDate, dataset.StudyTime = day, time
    dataset.ContentDate, dataset.ContentTime = day, time
    dataset.AcquisitionDateTime = day + time
    if image.role == "LABEL":
        dataset.LabelText = slide.label_text
        dataset.BarcodeValue = slide.barcode


def _describe_equipment(
    dataset: Dataset, slide: SlideDescription, _image: ImageDescription
) -> None:
    dataset.Manufacturer = slide.manufacturer
    dataset.ManufacturerModelName = slide.model
    dataset.DeviceSerialNumber = slide.serial_number
    dataset.SoftwareVersions = slide.software


def _describe_specimen(
    dataset: Dataset, slide: SlideDescription, _image: ImageDescription
) -> None:
    add_specimen(dataset, slide.container_identifier, slide.specimen)


def _describe_pixels(
    dataset: Dataset, _slide: SlideDescription, image: ImageDescription
) -> None:
    dataset.ImageType = _image_type(image)
    dataset.SamplesPerPixel = 3
    dataset.PhotometricInterpretation = image.photometric
    dataset.PlanarConfiguration = 0
    dataset.NumberOfFrames = image.frames
    dataset.Rows = image.tile_size.height
    dataset.Columns = image.tile_size.width
    dataset.BitsAllocated = 8
    dataset.BitsStored = 8
    dataset.HighBit = 7
    dataset.PixelRepresentation = 0
    dataset.VolumetricProperties = "VOLUME"
    dataset.BurnedInAnnotation = "YES" if image.burned_in_annotation else "NO"
    dataset.SpecimenLabelInImage = (
        "YES" if image.role in ("LABEL", "OVERVIEW") else "NO"
    )
    dataset.FocusMethod = "AUTO"
    dataset.ExtendedDepthOfField = "NO"


def _place(dataset: Dataset, slide: SlideDescription, image: ImageDescription) -> None:
    dataset.FrameOfReferenceUID = slide.frame_of_reference_uid
    dataset.PositionReferenceIndicator = "SLIDE_CORNER"
    if image.role in ("VOLUME", "THUMBNAIL"):
        dataset.PyramidUID = slide.pyramid_uid
    dataset.TotalPixelMatrixColumns = image.size.width
    dataset.TotalPixelMatrixRows = image.size.height
    dataset.TotalPixelMatrixFocalPlanes = 1
    dataset.ImagedVolumeWidth = image.size.width * image.spacing.x
    dataset.ImagedVolumeHeight = image.size.height * image.spacing.y
    dataset.ImagedVolumeDepth = DEPTH_MICROMETERS
    dataset.ImageOrientationSlide = list(ORIENTATION)
    corner = Dataset()
    corner.XOffsetInSlideCoordinateSystem = decimal(image.origin[0])
    corner.YOffsetInSlideCoordinateSystem = decimal(image.origin[1])
    dataset.TotalPixelMatrixOriginSequence = [corner]
    organization = Dataset()
    organization.DimensionOrganizationUID = slide.dimension_organization_uid
    dataset.DimensionOrganizationSequence = [organization]
    dataset.DimensionOrganizationType = "TILED_FULL"


def _describe_optics(
    dataset: Dataset, slide: SlideDescription, image: ImageDescription
) -> None:
    through_objective = image.role in ("VOLUME", "THUMBNAIL")
    add_optical_path(dataset, slide.optics, through_objective=through_objective)


def _share(dataset: Dataset, slide: SlideDescription, image: ImageDescription) -> None:
    """Fill the functional groups; with TILED_FULL, all frames share all of them."""
    measures = Dataset()
    # Row spacing first (PS3.3 10.7.1.3).
    measures.PixelSpacing = [decimal(image.spacing.y), decimal(image.spacing.x)]
    measures.SliceThickness = decimal(DEPTH_MICROMETERS / 1000)
    kind = Dataset()
    kind.FrameType = _image_type(image)
    optical = Dataset()
    optical.OpticalPathIdentifier = slide.optics.identifier
    groups = Dataset()
    groups.PixelMeasuresSequence = [measures]
    groups.WholeSlideMicroscopyImageFrameTypeSequence = [kind]
    groups.OpticalPathIdentificationSequence = [optical]
    dataset.SharedFunctionalGroupsSequence = [groups]


def _admit_loss(
    dataset: Dataset, image: ImageDescription, compressed_bytes: int
) -> None:
    method = LOSSY_METHODS.get(image.transfer_syntax)
    dataset.LossyImageCompression = "00" if method is None else "01"
    if method is not None:
        ratio = image.raw_bytes / max(1, compressed_bytes)
        # 14 characters whatever the ratio, so that the header keeps its length.
        dataset.LossyImageCompressionRatio = f"{ratio:.8E}"
        dataset.LossyImageCompressionMethod = method


def _image_type(image: ImageDescription) -> Sequence[str]:
    if image.resampled:
        return ["DERIVED", "PRIMARY", image.role, "RESAMPLED"]
    return ["ORIGINAL", "PRIMARY", image.role, "NONE"]
