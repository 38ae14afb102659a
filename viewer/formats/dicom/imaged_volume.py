"""The size of what was imaged, in mm, as a second statement on the scale.

Imaged Volume Width and Height (0048,0001) and (0048,0002) are along the rows and the
columns of the image (PS3.3 C.8.12.4). Orthanc takes them along the glass instead, which
mixes up x and y where the image lies across; Bio-Formats writes 1 x 1.
"""

from math import ceil, sqrt
from typing import Final, NamedTuple

from viewer.formats.dicom.facts import floats
from viewer.formats.dicom.instance import Instance
from viewer.slide.geometry import Spacing
from viewer.slide.scale import slip_of_units

STAND_IN_MM: Final = 15.0
"""What Orthanc writes as width, and height, where nobody tells it."""

APART: Final = 0.02
"""By so much the size may differ from that by Pixel Spacing: numbers are rounded."""


class ImagedVolume(NamedTuple):
    """Width and height in mm, both positive."""

    width: float
    height: float

    @property
    def is_stand_in(self) -> bool:
        """Whether both are what Orthanc writes where it does not know."""
        return max(abs(edge - STAND_IN_MM) for edge in self) < 1e-4


def imaged_volume(instance: Instance) -> ImagedVolume | None:
    """Return the size; None where it is missing or no size."""
    dataset = instance.header.dataset
    edges = [floats(dataset, f"ImagedVolume{edge}") for edge in ("Width", "Height")]
    if not all(len(edge) == 1 and 0 < edge[0] < 1e12 for edge in edges):
        return None
    return ImagedVolume(edges[0][0], edges[1][0])


def implied_spacing(instance: Instance, volume: ImagedVolume) -> Spacing:
    """Return the mm of a pixel if the imaged volume is right."""
    size = instance.size
    return Spacing(volume.width / size.width, volume.height / size.height)


def mixed_up_axes(instance: Instance, spacing: Spacing, volume: ImagedVolume) -> str:
    """Return a clause where x and y of Pixel Spacing are mixed up; "" else.

    Either the two numbers are swapped, or they came from a volume that was taken across
    the image, and the volume along it makes square pixels. Square pixels tell nothing.
    """
    across, down = _extents(instance, spacing)
    if abs(spacing.x / spacing.y - 1) <= APART or _fits(instance, spacing, volume):
        return ""
    swapped = Spacing(spacing.y, spacing.x)
    if _fits(instance, swapped, volume):
        return (
            f"x and y of Pixel Spacing seem to be swapped: {across:.4g} x {down:.4g} mm"
            f" by it, but the imaged volume is {volume.width:.4g} x"
            f" {volume.height:.4g} mm"
        )
    implied = implied_spacing(instance, volume)
    crossed = ImagedVolume(volume.height, volume.width)
    if abs(implied.x / implied.y - 1) <= APART and _fits(instance, spacing, crossed):
        square = sqrt(implied.x * implied.y) * 1000
        return (
            f"Pixel Spacing has x and y of the imaged volume ({volume.width:.4g} x "
            f"{volume.height:.4g} mm) mixed up; along the image it makes square pixels "
            f"of {square:.4g} um"
        )
    return ""


def volume_problem(instance: Instance, spacing: Spacing, volume: ImagedVolume) -> str:
    """Return a clause where the imaged volume contradicts a spacing; "" else."""
    if _fits(instance, spacing, volume):
        return ""
    across, down = _extents(instance, spacing)
    by_spacing = f"by Pixel Spacing it is {across:.4g} x {down:.4g} mm"
    found = f"the imaged volume is {volume.width:.4g} x {volume.height:.4g} mm"
    slip = slip_of_units(volume.width, across, APART)
    if slip and slip == slip_of_units(volume.height, down, APART):
        return f"{found}, which is {slip}; {by_spacing}"
    if _fits(instance, spacing, ImagedVolume(volume.height, volume.width)):
        return f"{found}, whose width and height seem to be swapped; {by_spacing}"
    return f"{found}, but {by_spacing}"


def _extents(instance: Instance, spacing: Spacing) -> tuple[float, float]:
    return instance.size.width * spacing.x, instance.size.height * spacing.y


def _fits(instance: Instance, spacing: Spacing, volume: ImagedVolume) -> bool:
    size, tile = instance.size, instance.tile_size
    return _edge_fits(volume.width / spacing.x, size.width, tile.width) and _edge_fits(
        volume.height / spacing.y, size.height, tile.height
    )


def _edge_fits(found: float, edge: int, tile: int) -> bool:
    """Whether pixels are those of the image, or of its tiles with what sticks out."""
    whole = ceil(edge / tile) * tile
    return edge * (1 - APART) - 1 <= found <= whole * (1 + APART) + 1
