"""DICOM files that are no slides: what to call them, and what they refer to."""

from collections.abc import Iterator
from typing import Final, NamedTuple

from pydicom.config import IGNORE
from pydicom.dataset import Dataset
from pydicom.uid import UID

from viewer.formats.dicom.facts import items, text
from viewer.formats.dicom.header import Header
from viewer.slide.errors import UnsupportedFile

SLIDE_CLASSES: Final = frozenset(
    {
        "1.2.840.10008.5.1.4.1.1.77.1.6",  # VL Whole Slide Microscopy Image
        "1.2.840.10008.5.1.4.1.1.77.1.8",  # Confocal Microscopy Image
        "1.2.840.10008.5.1.4.1.1.77.1.9",  # Confocal Microscopy Tiled Pyramidal Image
    }
)


class Links(NamedTuple):
    """What tells to which slide an object belongs.

    `referenced` are the UIDs of the instances and series that it was made from.
    """

    study: str
    series: str
    frame_of_reference: str
    referenced: frozenset[str]


class Stranger(UnsupportedFile):
    """A DICOM file that is no slide, such as a segmentation of one."""

    def __init__(self, message: str, links: Links) -> None:
        """Keep the sentence and what the file refers to."""
        super().__init__(message)
        self.links = links


def is_slide(header: Header) -> bool:
    """Whether the file is a slide by its class, or by its matrix where it has none."""
    dataset = header.dataset
    if not text(dataset, "SOPClassUID") and text(dataset, "TotalPixelMatrixColumns"):
        return True
    return _sop_class(dataset) in SLIDE_CLASSES


def refuse_strangers(header: Header) -> None:
    """Raise Stranger for what is no slide, saying what it is."""
    if is_slide(header):
        return
    dataset, name = header.dataset, header.path.name
    sop_class = _sop_class(dataset)
    details = ", ".join(_details(dataset))
    raise Stranger(
        f"{name} is not a whole-slide image but: {_class_in_words(sop_class)}"
        f"{f' ({details})' if details else ''}.",
        _links(dataset),
    )


_NEWER_CLASSES: Final = {
    # pydicom 3.0 does not know these.
    "1.2.840.10008.5.1.4.1.1.66.7": "Label Map Segmentation Storage",
    "1.2.840.10008.5.1.4.1.1.66.8": "Height Map Segmentation Storage",
}
_REFERENCES: Final = (
    "ReferencedSeriesSequence",
    "ReferencedInstanceSequence",
    "ReferencedImageSequence",
    "ReferencedSOPSequence",
    "SourceImageSequence",
    "CurrentRequestedProcedureEvidenceSequence",
    "PertinentOtherEvidenceSequence",
)
"""Sequences that lead to what an object was made from, within each other."""

_DEEPEST: Final = 4
_MOST: Final = 10_000  # items that are looked at


def _sop_class(dataset: Dataset) -> str:
    """Return the class; a DICOMDIR has it in its File Meta Information alone."""
    found = text(dataset, "SOPClassUID")
    return found or text(dataset.file_meta, "MediaStorageSOPClassUID")


def _class_in_words(sop_class: str) -> str:
    if not sop_class:
        return "a DICOM file without SOP Class UID"
    name = str(UID(sop_class, validation_mode=IGNORE).name)
    if name != sop_class:
        return name
    return _NEWER_CLASSES.get(sop_class, f"an object of the unknown class {name[:64]}")


def _details(dataset: Dataset) -> Iterator[str]:
    modality = text(dataset, "Modality")
    if modality:
        yield f"modality {modality[:16]}"
    matrix = [text(dataset, f"TotalPixelMatrix{edge}") for edge in ("Columns", "Rows")]
    frame = [text(dataset, edge) for edge in ("Columns", "Rows")]
    size = next((each for each in (matrix, frame) if all(each)), None)
    if size is not None:
        yield f"{size[0][:16]} x {size[1][:16]} pixels"
    frames = text(dataset, "NumberOfFrames")
    if frames and frames != "1":
        yield f"{frames[:16]} frames"


def _links(dataset: Dataset) -> Links:
    return Links(
        study=text(dataset, "StudyInstanceUID"),
        series=text(dataset, "SeriesInstanceUID"),
        frame_of_reference=text(dataset, "FrameOfReferenceUID"),
        referenced=_referenced(dataset),
    )


def _referenced(dataset: Dataset) -> frozenset[str]:
    found: set[str] = set()
    level, looked_at = [dataset], 0
    for _ in range(_DEEPEST):
        below = [
            item for each in level for name in _REFERENCES for item in items(each, name)
        ]
        level = below[: _MOST - looked_at]
        looked_at += len(level)
        for item in level:
            found.add(text(item, "ReferencedSOPInstanceUID"))
            found.add(text(item, "SeriesInstanceUID"))
    return frozenset(found - {""})
