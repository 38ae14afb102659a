"""The data sets of a synthetic slide, without pixel data (PS3.3 A.32.8)."""

from typing import Any

from pydicom import Dataset
from pydicom.dataset import FileMetaDataset
from pydicom.uid import UID, VLWholeSlideMicroscopyImageStorage

from tests.synthetic_slide import Frame, SyntheticSlide


def level_dataset(
    slide: SyntheticSlide, level: int, stem: str, frames: list[Frame]
) -> Dataset:
    width, height = slide.level_size(level)
    dataset = _common(slide, stem, slide.tile, "VOLUME" if level == 0 else "RESAMPLED")
    dataset.NumberOfFrames = len(frames)
    dataset.TotalPixelMatrixColumns, dataset.TotalPixelMatrixRows = width, height
    dataset.TotalPixelMatrixFocalPlanes = slide.focal_planes
    dataset.PyramidUID = slide.pyramid_uid or slide.uid("pyramid")
    spacing = (
        slide.spacing[0] * slide.size[1] / height,
        slide.spacing[1] * slide.size[0] / width,
    )
    _describe_scale(slide, dataset, spacing)
    if slide.layout != "POSITIONS":
        dataset.DimensionOrganizationType = slide.layout
    if slide.layout != "TILED_FULL":
        dataset.DimensionIndexSequence = [
            item_of(
                DimensionOrganizationUID=slide.uid("dimensions"),
                DimensionIndexPointer=pointer,
                FunctionalGroupPointer=0x0048021A,
            )
            for pointer in (0x0048021F, 0x0048021E)
        ]
        dataset.PerFrameFunctionalGroupsSequence = [
            _per_frame(slide, frame, spacing) for frame in frames
        ]
    return dataset


def associated_dataset(
    slide: SyntheticSlide, role: str, shape: tuple[int, ...]
) -> Dataset:
    height, width = shape[:2]
    derived = "RESAMPLED" if role == "thumbnail" else "NONE"
    dataset = _common(slide, role, (width, height), derived)
    dataset.ImageType[2] = role.upper()
    dataset.NumberOfFrames = 1
    dataset.TotalPixelMatrixColumns, dataset.TotalPixelMatrixRows = width, height
    dataset.TotalPixelMatrixFocalPlanes = 1
    dataset.DimensionOrganizationType = "TILED_FULL"
    dataset.SpecimenLabelInImage = "YES" if role != "thumbnail" else "NO"
    dataset.BurnedInAnnotation = "YES" if role == "label" else "NO"
    dataset.NumberOfOpticalPaths = 1
    dataset.OpticalPathSequence = [_optical_path(slide, 0)]
    if role == "label":
        dataset.BarcodeValue = dataset.LabelText = ""
    elif role == "thumbnail":
        dataset.PyramidUID = slide.pyramid_uid or slide.uid("pyramid")
    spacing = (15.0 / height, 25.0 / width)
    _describe_scale(slide, dataset, spacing)
    return dataset


def _common(
    slide: SyntheticSlide, stem: str, frame_size: tuple[int, int], kind: str
) -> Dataset:
    dataset = Dataset()
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = slide.transfer_syntax
    dataset.file_meta.ImplementationClassUID = UID("1.2.826.0.1.3680043.8.498.1")
    dataset.ImageType = ["ORIGINAL", "PRIMARY", "VOLUME", "NONE"]
    if kind == "RESAMPLED":
        dataset.ImageType = ["DERIVED", "PRIMARY", "VOLUME", "RESAMPLED"]
    dataset.SOPClassUID = VLWholeSlideMicroscopyImageStorage
    dataset.SOPInstanceUID = slide.uid(stem)
    dataset.StudyDate = dataset.ContentDate = "20240102"
    dataset.StudyTime = dataset.ContentTime = "030405"
    dataset.AcquisitionDateTime = "20240102030405"
    dataset.Modality = "SM"
    dataset.Manufacturer = "Synthetic"
    dataset.ManufacturerModelName = "Coverslip tests"
    dataset.DeviceSerialNumber = "1"
    dataset.SoftwareVersions = "1"
    dataset.VolumetricProperties = "VOLUME"
    dataset.AccessionNumber = dataset.ReferringPhysicianName = ""
    dataset.PatientName, dataset.PatientID = "Made^Up", "synthetic"
    dataset.PatientBirthDate = dataset.PatientSex = ""
    dataset.StudyInstanceUID = slide.study_uid or slide.uid("study")
    dataset.SeriesInstanceUID = slide.series_uid or slide.uid("series")
    dataset.StudyID, dataset.SeriesNumber, dataset.InstanceNumber = "1", 1, 1
    dataset.FrameOfReferenceUID = slide.uid("frame of reference")
    dataset.PositionReferenceIndicator = "SLIDE_CORNER"
    dataset.DimensionOrganizationSequence = [
        item_of(DimensionOrganizationUID=slide.uid("dimensions"))
    ]
    _describe_samples(slide, dataset, frame_size)
    _describe_specimen(slide, dataset)
    return dataset


def _describe_samples(
    slide: SyntheticSlide, dataset: Dataset, frame_size: tuple[int, int]
) -> None:
    dataset.SamplesPerPixel = 1 if slide.grey else 3
    dataset.PhotometricInterpretation = slide.color_encoding
    if not slide.grey:
        dataset.PlanarConfiguration = 0
    elif slide.color_encoding == "MONOCHROME2":
        dataset.PresentationLUTShape = "IDENTITY"
        dataset.RescaleIntercept, dataset.RescaleSlope = 0, 1
    dataset.Columns, dataset.Rows = frame_size
    dataset.BitsAllocated = dataset.BitsStored = slide.bits
    dataset.HighBit = slide.bits - 1
    dataset.PixelRepresentation = 0
    dataset.BurnedInAnnotation = "NO"
    lossy = slide.syntax in ("jpeg", "jpeg2000")
    dataset.LossyImageCompression = "01" if lossy else "00"
    if lossy:
        jpeg = slide.syntax == "jpeg"
        dataset.LossyImageCompressionRatio = 10  # until the frames are there
        dataset.LossyImageCompressionMethod = "ISO_10918_1" if jpeg else "ISO_15444_1"


def _describe_specimen(slide: SyntheticSlide, dataset: Dataset) -> None:
    dataset.ContainerIdentifier = slide.name
    dataset.IssuerOfTheContainerIdentifierSequence = []
    dataset.ContainerTypeCodeSequence = [code("433466003", "SCT", "Microscope slide")]
    dataset.AcquisitionContextSequence = []
    dataset.SpecimenDescriptionSequence = [
        item_of(
            SpecimenIdentifier=slide.name,
            SpecimenUID=slide.uid("specimen"),
            IssuerOfTheSpecimenIdentifierSequence=[],
            SpecimenPreparationSequence=[],
        )
    ]
    dataset.TotalPixelMatrixOriginSequence = [
        item_of(XOffsetInSlideCoordinateSystem=20, YOffsetInSlideCoordinateSystem=40)
    ]
    dataset.SpecimenLabelInImage = "NO"
    dataset.FocusMethod = "AUTO"
    dataset.ExtendedDepthOfField = "NO"
    dataset.ImageOrientationSlide = [0, -1, 0, -1, 0, 0]
    dataset.NumberOfOpticalPaths = slide.optical_paths
    dataset.OpticalPathSequence = [
        _optical_path(slide, number) for number in range(slide.optical_paths)
    ]


def _optical_path(slide: SyntheticSlide, number: int) -> Dataset:
    path = item_of(
        OpticalPathIdentifier=str(number),
        OpticalPathDescription=f"path {number}",
        IlluminationTypeCodeSequence=[
            code("111744", "DCM", "Brightfield illumination")
        ],
        IlluminationColorCodeSequence=[code("414298005", "SCT", "Full Spectrum")],
    )
    if slide.objective_power is not None:
        path.ObjectiveLensPower = slide.objective_power
    if slide.icc_profile is not None:
        path.ICCProfile = slide.icc_profile + b"\0" * (len(slide.icc_profile) % 2)
    return path


def _describe_scale(
    slide: SyntheticSlide, dataset: Dataset, spacing: tuple[float, float]
) -> None:
    dataset.ImagedVolumeWidth = spacing[1] * dataset.TotalPixelMatrixColumns
    dataset.ImagedVolumeHeight = spacing[0] * dataset.TotalPixelMatrixRows
    dataset.ImagedVolumeDepth = 1.0
    measures = item_of(
        SliceThickness=0.001, PixelSpacing=[f"{edge:.12g}" for edge in spacing]
    )
    if slide.focal_planes > 1:
        measures.SpacingBetweenSlices = f"{slide.focal_distance / 1000:.12g}"
    shared = item_of(
        PixelMeasuresSequence=[measures],
        WholeSlideMicroscopyImageFrameTypeSequence=[
            item_of(FrameType=list(dataset.ImageType))
        ],
    )
    if dataset.NumberOfOpticalPaths == 1:
        shared.OpticalPathIdentificationSequence = [item_of(OpticalPathIdentifier="0")]
    dataset.SharedFunctionalGroupsSequence = [shared]


def _per_frame(
    slide: SyntheticSlide, frame: Frame, spacing: tuple[float, float]
) -> Dataset:
    left, top = frame.column * slide.tile[0], frame.row * slide.tile[1]
    item = item_of(
        FrameContentSequence=[
            item_of(DimensionIndexValues=[frame.row + 1, frame.column + 1])
        ],
        PlanePositionSlideSequence=[
            item_of(
                XOffsetInSlideCoordinateSystem=f"{20 - top * spacing[0]:.9g}",
                YOffsetInSlideCoordinateSystem=f"{40 - left * spacing[1]:.9g}",
                ZOffsetInSlideCoordinateSystem=(
                    f"{frame.focal_plane * slide.focal_distance:.9g}"
                ),
                ColumnPositionInTotalImagePixelMatrix=left + 1,
                RowPositionInTotalImagePixelMatrix=top + 1,
            )
        ],
    )
    if slide.optical_paths > 1:
        item.OpticalPathIdentificationSequence = [
            item_of(OpticalPathIdentifier=str(frame.optical_path))
        ]
    return item


def code(value: str, scheme: str, meaning: str) -> Dataset:
    """Return the item of a coded entry."""
    return item_of(CodeValue=value, CodingSchemeDesignator=scheme, CodeMeaning=meaning)


def item_of(**attributes: Any) -> Dataset:
    """Return an item with these attributes."""
    item = Dataset()
    for keyword, value in attributes.items():
        setattr(item, keyword, value)
    return item
