"""What is said about a specimen in DICOM: the Specimen Module (PS3.3 C.7.6.22)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple

from pydicom.dataset import Dataset


class Code(NamedTuple):
    """A coded concept: value, coding scheme (SCT is SNOMED CT), meaning in words."""

    value: str
    scheme: str
    meaning: str


SLIDE: Final = Code("433466003", "SCT", "Microscope slide")
COVERSLIP: Final = Code("433472003", "SCT", "Microscope slide cover slip")
SPECIMEN_IDENTIFIER: Final = Code("121041", "DCM", "Specimen Identifier")
PROCESSING_TYPE: Final = Code("111701", "DCM", "Processing type")
PROCESSING_TIME: Final = Code("111702", "DCM", "DateTime of processing")


class Step(NamedTuple):
    """One step of preparing a specimen (PS3.16 TID 8001).

    `specimen` is the identifier of what was worked on; `content` the step's further
    items: each a concept, and a code or words.
    """

    specimen: str
    kind: Code
    when: datetime
    content: tuple[tuple[Code, Code | str], ...]


@dataclass(frozen=True, kw_only=True)
class SpecimenDescription:
    """The one specimen on a slide, and how it came there, step after step."""

    identifier: str
    uid: str
    words: str
    short_words: str = ""
    kind: Code | None = None
    anatomy: Code | None = None
    steps: tuple[Step, ...] = ()


def add_specimen(
    dataset: Dataset, container: str, specimen: SpecimenDescription
) -> None:
    """Say that a glass slide, with a coverslip, holds this specimen."""
    dataset.ContainerIdentifier = container
    dataset.IssuerOfTheContainerIdentifierSequence = []
    dataset.ContainerTypeCodeSequence = [coded(SLIDE)]
    component = Dataset()
    component.ContainerComponentTypeCodeSequence = [coded(COVERSLIP)]
    component.ContainerComponentMaterial = "GLASS"
    dataset.ContainerComponentSequence = [component]
    dataset.AcquisitionContextSequence = []
    item = Dataset()
    item.SpecimenIdentifier = specimen.identifier
    item.SpecimenUID = specimen.uid
    if specimen.short_words:
        item.SpecimenShortDescription = specimen.short_words
    item.SpecimenDetailedDescription = specimen.words
    item.IssuerOfTheSpecimenIdentifierSequence = []
    if specimen.kind is not None:
        item.SpecimenTypeCodeSequence = [coded(specimen.kind)]
    item.SpecimenPreparationSequence = [_step(step) for step in specimen.steps]
    if specimen.anatomy is not None:
        item.PrimaryAnatomicStructureSequence = [coded(specimen.anatomy)]
    dataset.SpecimenDescriptionSequence = [item]


def coded(code: Code) -> Dataset:
    """Return a code sequence's item (PS3.3 8.8)."""
    item = Dataset()
    item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning = code
    return item


def _step(step: Step) -> Dataset:
    contents: tuple[tuple[Code, Code | str | datetime], ...] = (
        (SPECIMEN_IDENTIFIER, step.specimen),
        (PROCESSING_TYPE, step.kind),
        (PROCESSING_TIME, step.when),
        *step.content,
    )
    item = Dataset()
    item.SpecimenPreparationStepContentItemSequence = [
        _content(concept, value) for concept, value in contents
    ]
    return item


def _content(concept: Code, value: "Code | str | datetime") -> Dataset:
    """Return a content item (PS3.3 10.2)."""
    item = Dataset()
    item.ConceptNameCodeSequence = [coded(concept)]
    if isinstance(value, Code):
        item.ValueType = "CODE"
        item.ConceptCodeSequence = [coded(value)]
    elif isinstance(value, datetime):
        item.ValueType = "DATETIME"
        item.DateTime = f"{value:%Y%m%d%H%M%S}"
    else:
        item.ValueType = "TEXT"
        item.TextValue = value
    return item
