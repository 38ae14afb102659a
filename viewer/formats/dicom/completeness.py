"""What a slide should say and does not, as far as it is shown in spite of that."""

from typing import Final

from viewer.formats.dicom.facts import items, text
from viewer.formats.dicom.instance import Instance
from viewer.formats.dicom.slide_plan import SlidePlan

_SCAN: Final = (
    (
        "OpticalPathSequence",
        "Optical Path Sequence is missing; one optical path is assumed",
    ),
    (
        "TotalPixelMatrixOriginSequence",
        "Total Pixel Matrix Origin is missing; where the scan lies on the slide is "
        "unknown",
    ),
)
"""Sequences that every whole-slide image has (PS3.3 C.8.12.4 and C.8.12.5)."""


def check_completeness(plan: SlidePlan) -> None:
    """Warn once of what the finest level lacks, and of differing places in space."""
    base = plan.base
    for keyword, clause in _SCAN:
        if not items(base.header.dataset, keyword):
            _warn(plan, base, clause)
    if not text(base.header.dataset, "SOPClassUID"):
        _warn(plan, base, "SOP Class UID is missing; taken for a whole-slide image")
    if not base.series:
        clause = "Series Instance UID is missing; the folder holds the files together"
        _warn(plan, base, clause)
    if not base.frame_of_reference:
        _warn(plan, base, "Frame of Reference UID is missing")
    parts = [part for level in plan.levels for part in level]
    nameless = [part for part in parts if not part.container]
    if nameless and len(nameless) < len(parts):
        clause = (
            "Container Identifier is missing; taken for that of the other files of its "
            "series"
        )
        _warn(plan, nameless[0], clause)
    for image in plan.levels[1:]:
        _check_frame_of_reference(plan, image[0])


def _warn(plan: SlidePlan, instance: Instance, clause: str) -> None:
    plan.warn("missing", f"{instance.path.name}: {clause}.", instance)


def _check_frame_of_reference(plan: SlidePlan, level: Instance) -> None:
    if level.frame_of_reference != plan.base.frame_of_reference:
        plan.warn(
            "frame-of-reference",
            f"{level.path.name}: the Frame of Reference UID is "
            f"{level.frame_of_reference or 'missing'}, expected that of "
            f"{plan.base.path.name} ({plan.base.frame_of_reference or 'missing'}).",
            level,
        )
