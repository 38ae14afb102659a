"""Where images lie on the glass: slide coordinates out of an instance's attributes.

PS3.3 C.8.12.2 (slide coordinate system) and C.8.12.4 (Total Pixel Matrix Origin). Many
converters know nothing of the place and write a fixed one: a wrong rectangle is worse
than none, so everything here is doubted first.
"""

from collections.abc import Sequence
from math import hypot, isfinite
from typing import Final

from viewer.formats.dicom.facts import floats
from viewer.formats.dicom.instance import Instance
from viewer.slide.geometry import Rect, Size, Spacing
from viewer.slide.placement import Correspondence, Placement

STAND_INS: Final = ((0.0, 0.0), (20.0, 40.0), (25.0, 50.0))
"""Origins in mm written where the real one is unknown.

In this order: PixelMed and Bio-Formats; Orthanc; wsidicomizer.
"""

_SLACK_MM: Final = 1.0  # so far an area may stick out: overviews are not precise
_SKEW: Final = 0.02  # of a unit vector: rounded cosines are taken, wrong ones are not
_SENTENCE_END: Final = ", so the scanned area is not drawn."


class Unplaced(Exception):
    """An image does not say where it lies, or says nonsense: a clause without end."""


def placement_of(instance: Instance) -> Placement | None:
    """Return where the total pixel matrix lies, None where it does not say."""
    try:
        return _placed(instance, "The image")
    except Unplaced:
        return None


def overview_placement(
    overview: Instance, base: Instance
) -> tuple[Placement | None, str]:
    """Return where the overview lies, and a sentence where that cannot be used.

    Exactly one of the two says something: a placement goes with that of `base`, the
    finest level, whose area then lies on the overview.
    """
    try:
        placement = _placed(overview, "The overview")
        scan = _placed(base, "The scan")
        _check_pair(overview, placement, base, scan)
    except Unplaced as problem:
        return None, f"{problem}{_SENTENCE_END}"
    return placement, ""


def _placed(instance: Instance, who: str) -> Placement:
    """Return the placement; raises Unplaced."""
    directions = floats(instance.header.dataset, "ImageOrientationSlide")
    if not directions and instance.origin is None:
        raise Unplaced(f"{who} says nothing of where it lies on the slide")
    across, down = _directions(directions, who)
    if instance.origin is None:
        raise Unplaced(f"{who} has no Total Pixel Matrix Origin")
    x, y = instance.origin
    if not (isfinite(x) and isfinite(y)):
        raise Unplaced(f"{who} has an origin of {x:g}, {y:g} mm, expected numbers")
    step = _step(instance, who)
    across = (across[0] * step.x, across[1] * step.x)
    down = (down[0] * step.y, down[1] * step.y)
    area = across[0] * down[1] - across[1] * down[0]
    if not (isfinite(area) and area):
        raise Unplaced(
            f"{who} has pixels of {step.x:g} x {step.y:g} mm, expected an area that "
            "can be reckoned with"
        )
    # The attribute is the center of the first pixel, a Placement begins at its corner.
    corner = (x - (across[0] + down[0]) / 2, y - (across[1] + down[1]) / 2)
    return Placement(corner, across, down)


def _directions(
    values: Sequence[float], who: str
) -> tuple[tuple[float, float], tuple[float, float]]:
    """Return the unit vectors of the column and the row index; raises Unplaced."""
    if not values:
        raise Unplaced(f"{who} has no Image Orientation (Slide)")
    if len(values) == 6 and all(isfinite(value) for value in values):
        across, down = (values[0], values[1]), (values[3], values[4])
        lengths = hypot(*across), hypot(*down)
        flat = max(abs(values[2]), abs(values[5])) <= _SKEW
        unit = all(abs(length - 1) <= _SKEW for length in lengths)
        right_angled = abs(across[0] * down[0] + across[1] * down[1]) <= _SKEW
        if flat and unit and right_angled:
            return (
                (across[0] / lengths[0], across[1] / lengths[0]),
                (down[0] / lengths[1], down[1] / lengths[1]),
            )
    shown = ", ".join(f"{value:g}" for value in values[:6])
    raise Unplaced(
        f"{who} has the Image Orientation (Slide) {shown}, expected two unit vectors "
        "at right angles in the plane of the slide"
    )


def _step(instance: Instance, who: str) -> Spacing:
    """Return mm between pixels, from Pixel Spacing or else the imaged volume's size."""
    if instance.spacing is not None:
        return instance.spacing
    dataset, size = instance.header.dataset, instance.size
    width = floats(dataset, "ImagedVolumeWidth")
    height = floats(dataset, "ImagedVolumeHeight")
    if width and height and all(0 < each[0] < 1e6 for each in (width, height)):
        return Spacing(width[0] / size.width, height[0] / size.height)
    raise Unplaced(f"{who} gives neither Pixel Spacing nor its size in millimeters")


def _check_pair(
    overview: Instance, placement: Placement, base: Instance, scan: Placement
) -> None:
    """Raise Unplaced where overview and scan cannot both be where they say."""
    frames = {overview.frame_of_reference, base.frame_of_reference}
    if len(frames) > 1:
        raise Unplaced(
            "The overview and the scan have different Frames of Reference, which "
            "cannot be compared"
        )
    scanned = Rect(0, 0, *base.size)
    area = _bounds(Correspondence(placement, scan).corners(scanned))
    # What fills the overview is where the overview is, whatever its origin is called.
    fills = (
        area.width > overview.size.width / 2 and area.height > overview.size.height / 2
    )
    if not fills:
        _check_origins(overview, base)
    _check_extent(placement, overview.size, area)


def _bounds(corners: Sequence[tuple[float, float]]) -> Rect:
    left, right = (edge(x for x, _ in corners) for edge in (min, max))
    top, bottom = (edge(y for _, y in corners) for edge in (min, max))
    return Rect(left, top, right - left, bottom - top)


def _check_extent(overview: Placement, size: Size, area: Rect) -> None:
    step_x, step_y = hypot(*overview.across), hypot(*overview.down)
    slack_x, slack_y = _SLACK_MM / step_x, _SLACK_MM / step_y
    if area.width > size.width + slack_x or area.height > size.height + slack_y:
        raise Unplaced(
            f"The scanned area would be {area.width * step_x:.4g} x "
            f"{area.height * step_y:.4g} mm, larger than the overview "
            f"({size.width * step_x:.4g} x {size.height * step_y:.4g} mm)"
        )
    inside = (
        area.x >= -slack_x,
        area.y >= -slack_y,
        area.right <= size.width + slack_x,
        area.bottom <= size.height + slack_y,
    )
    if not all(inside):
        raise Unplaced("By its coordinates the scan lies outside the overview")


def _check_origins(overview: Instance, base: Instance) -> None:
    origin = base.origin or (0.0, 0.0)
    shown = f"{origin[0]:g}, {origin[1]:g} mm"
    if origin in STAND_INS:
        raise Unplaced(
            f"The scan's origin is given as {shown}, which converters write where "
            "they do not know it"
        )
    if origin == overview.origin:
        raise Unplaced(
            f"The overview and the scan give the same origin ({shown}), which cannot "
            "be true of both"
        )
