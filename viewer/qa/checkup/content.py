"""Rules about what the pictures show: levels over each other, the scan on the glass."""

from collections.abc import Iterator
from typing import Any, Final

from viewer.formats.dicom.placing import STAND_INS
from viewer.qa.checkup.subject import Check, Subject, no_slide
from viewer.qa.finding import Finding, Rule, Severity
from viewer.qa.glass.overview import GE2, overview_mismatch
from viewer.qa.glass.tissue_cut import GE3, cut_tissue
from viewer.qa.registration.level_alignment import PY4, level_shifts, misalignments
from viewer.qa.registration.patches import Layer
from viewer.qa.registration.small_picture import small_luma
from viewer.slide.model import Slide, stored_levels

GE1: Final = Rule(
    id="GE1",
    severity=Severity.WARNING,
    title="the scan lies on the glass",
    why="Coordinates off the glass are not those of the tissue; overlays and other "
    "scans of the glass are put in the wrong place.",
    clause="PS3.3 C.8.12.2.1, C.8.12.4",
    evidence="wsi-to-dicom-converter#38",
    number=16,
)

GLASS: Final = (25.0, 75.0)
"""The size of a slide in mm: x across it, y along it (PS3.3 C.8.12.2.1)."""


def _aligned(subject: Subject) -> Iterator[Finding]:
    slide = subject.slide
    if slide is not None:
        shifts = level_shifts(slide, Layer(), subject.run)
        yield from misalignments(slide, shifts, _name(slide))


def _on_glass(subject: Subject) -> Iterator[Finding]:
    slide = subject.slide
    if slide is None or slide.placement is None:
        return
    center = slide.placement.to_slide(0.5, 0.5)
    origin = round(center[0], 6), round(center[1], 6)
    width, height = slide.levels[0].size
    corners = [slide.placement.to_slide(x, y) for x in (0, width) for y in (0, height)]
    spans = [(min(each), max(each)) for each in zip(*corners, strict=True)]
    shown = " and ".join(
        f"{axis} from {start:.4g} to {end:.4g} mm"
        for axis, (start, end) in zip("xy", spans, strict=True)
    )
    where: dict[str, Any] = {
        "file": slide.levels[0].file,
        "level": 0,
        "tag": _ORIGIN,
    }
    if origin in STAND_INS:
        yield GE1.finding(
            f"The origin of {_name(slide)} is {origin[0]:g}, {origin[1]:g} mm, which "
            "converters write where they do not know it: where the scan lies on the "
            "glass was not measured.",
            Severity.NOTE,
            found=f"{origin[0]:g}, {origin[1]:g} mm",
            expected="a measured origin",
            **where,
        )
    elif any(
        start < -_SLACK or end > most + _SLACK
        for (start, end), most in zip(spans, GLASS, strict=True)
    ):
        negative = any(start < 0 for start, _ in spans)
        yield GE1.finding(
            f"The scan of {_name(slide)} lies at {shown}, which is not on the glass"
            f"{' (coordinates are negative)' * negative}; expected x from 0 to 25 mm "
            "and y from 0 to 75 mm.",
            found=shown,
            expected="x from 0 to 25 mm and y from 0 to 75 mm",
            **where,
        )


def _overview_fits(subject: Subject) -> Iterator[Finding]:
    slide = subject.slide
    if slide is not None:
        scan = small_luma(slide, Layer(), subject.run)
        yield from overview_mismatch(slide, _name(slide), scan)


def _not_cut(subject: Subject) -> Iterator[Finding]:
    if subject.slide is not None:
        yield from cut_tissue(subject.slide, _name(subject.slide))


def _name(slide: Slide) -> str:
    file = slide.levels[0].file
    return slide.name if file is None else file.name


def _one_level(subject: Subject) -> str:
    slide = subject.slide
    if slide is None:
        return no_slide(subject)
    return "" if len(stored_levels(slide)) > 1 else "there is one level only"


def _not_placed(subject: Subject) -> str:
    slide = subject.slide
    if slide is None:
        return no_slide(subject)
    placed = slide.placement is not None
    return "" if placed else "nothing says where the scan lies on the glass"


def _overview_not_placed(subject: Subject) -> str:
    slide = subject.slide
    if slide is None:
        return no_slide(subject)
    overview = slide.associated.get("overview")
    if overview is None:
        return "there is no overview"
    if overview.placement is None or slide.placement is None:
        return "nothing says where overview and scan lie on the glass"
    return ""


_ORIGIN: Final = "TotalPixelMatrixOriginSequence"
_SLACK: Final = 1.0  # millimeter: glasses are not all alike, nor put in exactly

CONTENT_CHECKS: Final = (
    Check(GE1, _on_glass, excuse=_not_placed),
    Check(PY4, _aligned, reads_frames=True, excuse=_one_level),
    Check(GE2, _overview_fits, reads_frames=True, excuse=_overview_not_placed),
    Check(GE3, _not_cut, reads_frames=True, excuse=_overview_not_placed),
)
"""Those that read frames do it at a few places only, however large the slide is."""
