"""What the files of a slide say of scale and place, whether the viewer believes it.

A scale that cannot be true is unknown to the viewer; a comparison has to name it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite
from typing import Final

from viewer.formats.tiff.aperio import properties
from viewer.qa.metadata.tree import node_at, numbers_at, numbers_in, text_at
from viewer.slide.geometry import Spacing
from viewer.slide.metadata import Attribute
from viewer.slide.model import Slide, stored_levels


@dataclass(frozen=True, slots=True)
class Stated:
    """Scale and place as they are written.

    `spacings` are those of stored levels, in mm, by number in `slide.levels`; what is
    not told is not there. `orientation` are the six numbers of Image Orientation
    (Slide), `origin` x and y of Total Pixel Matrix Origin in mm; only DICOM has them.
    `corner` is where a vendor says that the scan lies, in the vendor's own words.
    """

    spacings: Mapping[int, Spacing]
    orientation: tuple[float, ...] = ()
    origin: tuple[float, float] | None = None
    corner: str = ""


def stated(slide: Slide) -> Stated:
    """Read what the files of a slide say; raises SlideError. Any thread."""
    return _READERS[slide.format](slide)


def base_directory(slide: Slide, root: Attribute) -> Attribute | None:
    """Return the TIFF directory of the finest level, None where there is none."""
    tiff = node_at(root, "TIFF") if root.path != "TIFF" else root
    directories = () if tiff is None else tiff.children()
    size = slide.levels[stored_levels(slide)[0]].size
    for each in directories:
        edges = [
            numbers_at(each, f"{each.path}.{name}")
            for name in ("ImageWidth", "ImageLength")
        ]
        if edges == [(size.width,), (size.height,)]:
            return each
    return directories[0] if directories else None


def _of_dicom(slide: Slide) -> Stated:
    spacings: dict[int, Spacing] = {}
    for number in stored_levels(slide):
        level = slide.levels[number]
        spacing = level.spacing
        if level.file is not None:
            spacing = _pixel_spacing(slide.metadata(level.file)) or spacing
        if spacing is not None:
            spacings[number] = spacing
    base = slide.levels[stored_levels(slide)[0]].file
    if base is None:
        return Stated(spacings)
    root = slide.metadata(base)
    item = "TotalPixelMatrixOriginSequence[0]"
    x, y = (
        numbers_at(root, f"{item}.{axis}OffsetInSlideCoordinateSystem") for axis in "XY"
    )
    return Stated(
        spacings,
        orientation=numbers_at(root, "ImageOrientationSlide"),
        origin=(x[0], y[0]) if x and y else None,
    )


_MEASURES: Final = "SharedFunctionalGroupsSequence[0].PixelMeasuresSequence[0]"


def _pixel_spacing(root: Attribute) -> Spacing | None:
    """Return Pixel Spacing (0028,0030), which is row, then column."""
    for path in (f"{_MEASURES}.PixelSpacing", "PixelSpacing"):
        numbers = numbers_at(root, path)
        if len(numbers) == 2 and all(_is_positive(each) for each in numbers):
            return Spacing(numbers[1], numbers[0])
    return None


def _of_tiff(slide: Slide) -> Stated:
    first = stored_levels(slide)[0]
    root = slide.metadata(slide.files[0].path)
    directory = base_directory(slide, root)
    if directory is None:
        return Stated(_base_only(slide, slide.levels[first].spacing))
    text = text_at(directory, f"{directory.path}.ImageDescription")
    facts: Mapping[str, str] = {}
    if text.startswith("Aperio"):
        facts = properties(text)
    spacing = slide.levels[first].spacing
    spacing = spacing or _aperio_spacing(facts) or _ome_spacing(text)
    spacing = spacing or _resolution(directory)
    corner = ", ".join(f"{key} {facts[key]}" for key in ("Left", "Top") if key in facts)
    return Stated(_base_only(slide, spacing), corner=f"{corner} mm" if corner else "")


def _of_openslide(slide: Slide) -> Stated:
    root = slide.metadata(slide.files[0].path)
    spacing = slide.levels[stored_levels(slide)[0]].spacing
    x, y = (numbers_at(root, f"openslide.mpp-{axis}") for axis in "xy")
    if spacing is None and x and y and _is_positive(x[0]) and _is_positive(y[0]):
        spacing = Spacing(x[0] / 1000, y[0] / 1000)
    offsets = [
        numbers_at(root, f"hamamatsu.{axis}OffsetFromSlideCentre") for axis in "XY"
    ]
    found = [f"{each[0] / 1e6:g}" for each in offsets if each]
    corner = f"{', '.join(found)} mm from the center" if len(found) == 2 else ""
    return Stated(_base_only(slide, spacing), corner=corner)


_READERS: Final = {
    "dicom": _of_dicom,
    "tiff": _of_tiff,
    "openslide": _of_openslide,
}


def _base_only(slide: Slide, spacing: Spacing | None) -> Mapping[int, Spacing]:
    told = {
        number: found
        for number in stored_levels(slide)
        if (found := slide.levels[number].spacing) is not None
    }
    return told if spacing is None else {stored_levels(slide)[0]: spacing, **told}


def _aperio_spacing(facts: Mapping[str, str]) -> Spacing | None:
    numbers = numbers_in(facts.get("MPP", "").replace(",", "."))
    if not numbers or not _is_positive(numbers[0]):
        return None
    return Spacing(numbers[0] / 1000, numbers[0] / 1000)


def _ome_spacing(text: str) -> Spacing | None:
    """Return the Physical Size of the first image, in micrometers if nothing else."""
    found: list[float] = []
    for axis in "XY":
        size = re.search(rf'PhysicalSize{axis}="([^"]*)"', text)
        numbers = numbers_in(size[1]) if size else ()
        if re.search(rf'PhysicalSize{axis}Unit="(?!µm|μm|um)', text) or not numbers:
            return None
        found.append(numbers[0] / 1000)
    return Spacing(*found) if all(_is_positive(each) for each in found) else None


_MM: Final = {2: 25.4, 3: 10.0}  # of a Resolution Unit: inch, centimeter


def _resolution(directory: Attribute) -> Spacing | None:
    unit = text_at(directory, f"{directory.path}.ResolutionUnit")[:1]
    mm = _MM.get(int(unit)) if unit.isdecimal() else None
    found: list[float] = []
    for axis in "XY":
        text = text_at(directory, f"{directory.path}.{axis}Resolution")
        above, _, below = text.partition("/")
        numbers = numbers_in(above), numbers_in(below or "1")
        if mm is None or not all(each and each[0] > 0 for each in numbers):
            return None
        found.append(mm * numbers[1][0] / numbers[0][0])
    return Spacing(*found)


def _is_positive(number: float) -> bool:
    return isfinite(number) and number > 0
