"""DICOM files that are no slides: what to call them in a refusal."""

from typing import Final

from viewer.formats.dicom.facts import text
from viewer.formats.dicom.header import Header
from viewer.slide.errors import UnsupportedFile

SLIDE_CLASSES: Final = frozenset(
    {
        "1.2.840.10008.5.1.4.1.1.77.1.6",  # VL Whole Slide Microscopy Image
        "1.2.840.10008.5.1.4.1.1.77.1.8",  # Confocal Microscopy Image
        "1.2.840.10008.5.1.4.1.1.77.1.9",  # Confocal Microscopy Tiled Pyramidal Image
    }
)
_NEWER_CLASSES: Final = {
    # pydicom 3.0 does not know these.
    "1.2.840.10008.5.1.4.1.1.66.7": "Label Map Segmentation Storage",
}


def refuse_strangers(header: Header) -> None:
    """Raise UnsupportedFile for what is no slide, saying what it is."""
    dataset, name = header.dataset, header.path.name
    sop_class = text(dataset, "SOPClassUID")
    if sop_class in SLIDE_CLASSES:
        return
    if not sop_class and text(dataset, "TotalPixelMatrixColumns"):
        return
    from pydicom.uid import UID

    called = _NEWER_CLASSES.get(sop_class) or UID(sop_class).name
    called = called or "a DICOM file without SOP Class UID"
    what = text(dataset, "Modality")
    size = [text(dataset, keyword) for keyword in ("Columns", "Rows")]
    details = [f"modality {what}"] if what else []
    if all(size):
        details.append(f"{size[0]} x {size[1]} pixels")
    listed = f" ({', '.join(details)})" if details else ""
    raise UnsupportedFile(f"{name} is not a whole-slide image but: {called}{listed}.")
