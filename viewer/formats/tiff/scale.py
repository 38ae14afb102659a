"""Whether the scale that a layout names can be believed."""

from dataclasses import replace

from viewer.formats.tiff.layout import Layout, Picture
from viewer.slide.geometry import Spacing
from viewer.slide.scale import SCAN_MICROMETERS
from viewer.slide.warnings import SlideWarning

_APART = 0.02


def checked_scale(layout: Layout) -> tuple[Layout, list[SlideWarning]]:
    """Return the layout without a scale that no microscope has, and what to say of it.

    Resolution tags of 72 or 300 dots per inch are what programs write that know none.
    """
    name, path = layout.path.name, layout.path
    if layout.spacing is None:
        sentence = f"{name}: the file names no pixel size; the scale is unknown."
        return layout, [SlideWarning("no-spacing", sentence, path)]
    low, high = SCAN_MICROMETERS
    x, y = layout.spacing.x * 1000, layout.spacing.y * 1000
    if not (low <= x <= high and low <= y <= high):
        sentence = (
            f"{name}: the pixel size is {x:g} x {y:g} um, expected {low:g} to {high:g} "
            "um; the scale is taken as unknown."
        )
        warning = SlideWarning("spacing-range", sentence, path)
        return replace(layout, spacing=None), [warning]
    if abs(x / y - 1) > 0.01:
        sentence = (
            f"{name}: the pixel size is {x:g} um along x and {y:g} um along y, "
            "expected the same."
        )
        return layout, [SlideWarning("spacing-anisotropic", sentence, path)]
    return layout, []


def spacing_of(picture: Picture, layout: Layout) -> Spacing | None:
    """Return what the file says of one level, None where it repeats the base's.

    Many writers copy the resolution tags of the base to every page.
    """
    base = layout.spacing
    if base is None or picture is layout.levels[0]:
        return base
    found = picture.first.directory.spacing
    if found is None:
        return None
    expected = base.x * layout.levels[0].size.width / picture.size.width
    slack = _APART + 1 / picture.size.width
    return found if abs(found.x / expected - 1) <= slack else None
