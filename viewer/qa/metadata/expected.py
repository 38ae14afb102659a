"""Which attributes no two conversions have alike, and which may name a patient."""

from typing import Final

from viewer.slide.metadata import Attribute


def is_expected(node: Attribute) -> bool:
    """Whether an attribute is made anew by whoever writes the file.

    UIDs of what is in the file, dates of writing, numbers in series, and where the
    frames lie. UIDs that are codes (classes, transfer syntaxes) are none of them.
    """
    name = node.keyword or node.name
    if node.vr == "UI":
        return name not in _CODES
    return name in _MADE_ANEW


def is_private(node: Attribute) -> bool:
    """Whether the value may tell who the patient is, or whose file it was."""
    name = node.keyword or node.name
    if node.vr == "PN" or name in _PRIVATE:
        return True
    group = node.tag[1:5]
    if group in _PERSONAL_GROUPS:
        return True
    return len(group) == 4 and group[3:] in "13579BDF" and group != "FFFF"


_CODES: Final = frozenset(
    {
        "SOPClassUID", "MediaStorageSOPClassUID", "TransferSyntaxUID",
        "ReferencedSOPClassUID", "CodingSchemeUID", "ContextUID", "MappingResourceUID",
        "FileMetaInformationVersion", "SpecimenUID",
    }
)  # fmt: skip
_MADE_ANEW: Final = frozenset(
    {
        "FileMetaInformationGroupLength", "ImplementationVersionName",
        "SourceApplicationEntityTitle", "InstanceCreationDate", "InstanceCreationTime",
        "ContentDate", "ContentTime", "ContributionDateTime", "InstanceNumber",
        "SeriesNumber", "PerFrameFunctionalGroupsSequence", "ExtendedOffsetTable",
        "ExtendedOffsetTableLengths", "PixelData", "DataSetTrailingPadding",
        "StripOffsets", "StripByteCounts", "TileOffsets", "TileByteCounts", "SubIFDs",
    }
)  # fmt: skip
_PRIVATE: Final = frozenset(
    {
        "AccessionNumber", "BarcodeValue", "ContainerIdentifier", "ImageComments",
        "InstitutionAddress", "InstitutionName", "InstitutionalDepartmentName",
        "LabelText", "OperatorIdentificationSequence", "SpecimenDescriptionSequence",
        "SpecimenIdentifier", "StationName", "StudyDescription", "StudyID",
        "ImageDescription", "Artist", "HostComputer", "DocumentName",
        "SeriesDescription", "ProtocolName", "AcquisitionComments", "FrameComments",
        "AdmittingDiagnosesDescription", "ReferencedRequestSequence",
        "RequestAttributesSequence", "RequestedProcedureID",
        "RequestedProcedureDescription", "RequestedProcedureComments",
        "PerformedProcedureStepID", "PerformedProcedureStepDescription",
        "CommentsOnThePerformedProcedureStep", "AcquisitionContextSequence",
        "IssuerOfAccessionNumberSequence", "IssuerOfTheContainerIdentifierSequence",
        "AlternateContainerIdentifierSequence",
        "PlacerOrderNumberImagingServiceRequest",
        "FillerOrderNumberImagingServiceRequest",
    }
)  # fmt: skip
"""Attributes and TIFF tags of other groups whose texts people fill in."""
_PERSONAL_GROUPS: Final = frozenset({"0010", "0012", "0032", "0038"})
"""Groups of the patient, of trials, of requests and of visits."""
