"""What the demo's files say about the slide: all of it invented, and it says so."""

from datetime import datetime, timedelta
from typing import Final

import viewer
from viewer.demo.scanner import scanner_profile
from viewer.formats.dicom.description import SlideDescription
from viewer.formats.dicom.optics import OpticalPathDescription
from viewer.formats.dicom.specimen import Code, SpecimenDescription, Step
from viewer.formats.dicom.writing import fixed_uid

IDENTIFIER: Final = "CS-0001"
TITLE: Final = "COVERSLIP DEMO"
LABEL_WORDS: Final = "H&E  40x\ndrawn by a program\nnot a patient's"
ACQUIRED: Final = datetime(2025, 6, 1, 12, 0, 0)  # noqa: DTZ001  local, invented

PART: Final = f"{IDENTIFIER}-A"
BLOCK: Final = f"{PART}-1"
SECTION: Final = f"{BLOCK}-1"

# Processing types (PS3.16 CID 8111).
COLLECTION: Final = Code("17636008", "SCT", "Specimen collection")
SAMPLING: Final = Code("433465004", "SCT", "Sampling of tissue specimen")
PROCESSING: Final = Code("9265001", "SCT", "Specimen processing")
STAINING: Final = Code("127790008", "SCT", "Staining")

# Concepts of a step's items (PS3.16 TID 8001 to 8003).
DESCRIPTION: Final = Code("111703", "DCM", "Processing step description")
SAMPLING_METHOD: Final = Code("111704", "DCM", "Sampling Method")
PARENT: Final = Code("111705", "DCM", "Parent Specimen Identifier")
PARENT_TYPE: Final = Code("111707", "DCM", "Parent specimen type")
FIXATIVE: Final = Code("430864009", "SCT", "Tissue Fixative")
MEDIUM: Final = Code("430863003", "SCT", "Tissue embedding medium")
SUBSTANCE: Final = Code("424361007", "SCT", "Using substance")

EXCISION: Final = Code("65801008", "SCT", "Excision")
DISSECTION: Final = Code("122459003", "SCT", "Dissection")
SECTIONING: Final = Code("434472006", "SCT", "Block sectioning")
FORMALIN: Final = Code("434162003", "SCT", "Neutral Buffered Formalin")
PARAFFIN: Final = Code("311731000", "SCT", "Paraffin wax")
GROSS: Final = Code("430861001", "SCT", "Gross specimen")
TISSUE: Final = Code("119376003", "SCT", "Tissue specimen")
TISSUE_SECTION: Final = Code("430856003", "SCT", "Tissue section")
HEMATOXYLIN: Final = Code("12710003", "SCT", "Hematoxylin stain")
EOSIN: Final = Code("36879007", "SCT", "Water soluble eosin stain")
COLON: Final = Code("71854001", "SCT", "Colon")
LENS: Final = Code("445621001", "SCT", "High power non-immersion lens")


def describe_slide(version: int, series: str, *, coarse: bool) -> SlideDescription:
    """Return what all files of one series say about the slide.

    A `coarse` picture names no objective: it would contradict the size of its pixels.
    """
    return SlideDescription(
        container_identifier=IDENTIFIER,
        specimen=_specimen(version),
        optics=OpticalPathDescription(
            icc_profile=scanner_profile(ACQUIRED),
            words="Brightfield, as drawn by a program",
            objective_power=None if coarse else 40.0,
            objective_aperture=None if coarse else 0.95,
            lenses=() if coarse else (LENS,),
        ),
        series_words=f"Coverslip {series}",
        study_uid=uid(version, "study"),
        series_uid=uid(version, f"series {series}"),
        frame_of_reference_uid=uid(version, "frame of reference"),
        pyramid_uid=uid(version, f"pyramid {series}"),
        dimension_organization_uid=uid(version, "dimension organization"),
        acquired=ACQUIRED,
        manufacturer="Coverslip",
        model="Demo",
        serial_number=str(version),
        software=viewer.__version__,
        patient_name="Demo^Coverslip",
        patient_identifier="DEMO",
        label_text="\r\n".join([TITLE, IDENTIFIER, *LABEL_WORDS.splitlines()]),
        barcode=IDENTIFIER,
    )


def uid(version: int, word: str) -> str:
    """Return the UID of something of the demo, by its name."""
    return fixed_uid("coverslip demo", str(version), word)


def _specimen(version: int) -> SpecimenDescription:
    return SpecimenDescription(
        identifier=SECTION,
        uid=uid(version, "specimen"),
        short_words="Drawn colon, H&E",
        words=(
            "Two pieces of colon wall and five fragments of mucosa, drawn by a program "
            "in the colors of hematoxylin and eosin; no patient's"
        ),
        kind=TISSUE_SECTION,
        anatomy=COLON,
        steps=_steps(),
    )


def _steps() -> tuple[Step, ...]:
    """Return how such a section would come about, in the order of time."""
    made = (
        (PART, COLLECTION, ((COLLECTION, EXCISION),)),
        (PART, PROCESSING, ((DESCRIPTION, "Fixation"), (FIXATIVE, FORMALIN))),
        (
            BLOCK,
            SAMPLING,
            ((SAMPLING_METHOD, DISSECTION), (PARENT, PART), (PARENT_TYPE, GROSS)),
        ),
        (BLOCK, PROCESSING, ((DESCRIPTION, "Embedding"), (MEDIUM, PARAFFIN))),
        (
            SECTION,
            SAMPLING,
            ((SAMPLING_METHOD, SECTIONING), (PARENT, BLOCK), (PARENT_TYPE, TISSUE)),
        ),
        (SECTION, STAINING, ((SUBSTANCE, HEMATOXYLIN), (SUBSTANCE, EOSIN))),
    )
    first = ACQUIRED - timedelta(days=2)
    return tuple(
        Step(specimen, kind, first + timedelta(hours=6 * number), content)
        for number, (specimen, kind, content) in enumerate(made)
    )
