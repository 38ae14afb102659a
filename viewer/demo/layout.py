"""The ground of the demo's tissue: where its pieces and layers lie, as coarse fields.

One large piece shows the layers of a gut wall from its surface down: mucosa with
glands, a thin muscle, loose tissue with fat and vessels, a thick muscle of two layers.
Some fragments are mucosa only. Lengths and places are in pixels of level 0.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, TypeVar

import numpy as np
from numpy.typing import NDArray

from viewer.demo.texture import Field, noise, ramp
from viewer.slide.geometry import Size

COARSE: Final = 8
TILT: Final = 0.10  # how far the large piece is turned, in radians

# Depths at which the layers end.
MUCOSA: Final = 1000.0
THIN_MUSCLE: Final = 1150.0
LOOSE: Final = 2050.0
SEAM: Final = 2680.0
# The depth that all of a fragment has: in the midst of mucosa.
FRAGMENT_DEPTH: Final = 420.0

# Fragments: middle as parts of the picture, half width and height, turn.
FRAGMENTS: Final = (
    (0.905, 0.20, 400, 600, 0.35),
    (0.915, 0.565, 330, 480, -0.4),
    (0.895, 0.86, 470, 330, 0.2),
)
# Clefts in the surface: place along it, depth, width.
CLEFTS: Final = ((-760, 250, 75), (990, 180, 60))
# Lymph follicles: place along the surface, depth, radius.
FOLLICLES: Final = ((-1500, 870, 250), (820, 900, 320), (1650, 300, 150))

Scalar = TypeVar("Scalar", bound=np.generic)


@dataclass(frozen=True)
class Ground:
    """Fields kept COARSE times smaller than the picture, all of one shape.

    `inside` is about the distance to the tissue's border, positive within; `depth`
    that to the mucosa's surface; `bend` how far fibers are moved up, `fibers` the angle
    they then have. The others run from 0 to about 1.
    """

    inside: Field
    depth: Field
    bend: Field
    fibers: Field
    eosin: Field
    loose: Field
    fat: Field
    fold: Field
    immune: Field
    mucosa: Field


def at(field: NDArray[Scalar], x: Field, y: Field) -> NDArray[Scalar]:
    """Return a coarse field's values at places, the nearest where they lie outside."""
    rows = np.clip(y / COARSE, 0, field.shape[0] - 1).astype(np.intp)
    columns = np.clip(x / COARSE, 0, field.shape[1] - 1).astype(np.intp)
    return field[rows, columns]


def lay_ground(random: np.random.Generator, size: Size) -> Ground:
    """Return the fields of a picture of this size (made for 6144 x 4608)."""
    shape = (size.height // COARSE, size.width // COARSE)
    y, x = (np.mgrid[: shape[0], : shape[1]].astype(np.float32) + 0.5) * COARSE
    waves = {
        length: noise(random, shape, length / COARSE)
        for length in (60, 140, 300, 700, 1500)
    }
    along, across = _turned(x - 0.43 * size.width, y - 0.53 * size.height, TILT)
    depth = across + 0.335 * size.height + 110 * waves[1500] + 40 * waves[700]
    main = _main_piece(size, along, depth, waves)
    depth = depth - _clefts(along, depth)
    main = _least(main, depth + 4 * waves[60], 220)
    inside = np.maximum(main, _fragments(size, x, y, waves))
    depth = np.where(inside > main, np.float32(FRAGMENT_DEPTH), depth)
    bend = 50 * noise(random, shape, 420 / COARSE) + 130 * waves[1500] - x * TILT
    rise, shift = np.gradient(bend, COARSE)
    layers = _layers(along, depth, waves)
    crease = along - 1180 - 0.3 * (depth - 1500) - 150 * waves[1500] - 25 * waves[300]
    fold = np.exp(-((crease / 46) ** 2)) * ramp(depth, 1500, 2300) * (inside == main)
    return Ground(
        inside=_light(inside),
        depth=_light(depth),
        bend=_light(bend),
        fibers=_light(np.arctan2(-shift, 1 + rise)),
        fold=_light(fold),
        immune=_light(_follicles(along, depth, waves)),
        **{name: _light(layer) for name, layer in layers.items()},
    )


def _light(field: Field) -> Field:
    return field.astype(np.float32)


def _turned(x: Field, y: Field, angle: float) -> tuple[Field, Field]:
    cos, sin = np.cos(angle), np.sin(angle)
    return x * cos + y * sin, y * cos - x * sin


def _least(one: Field, other: Field, soft: float) -> Field:
    """Return the lesser of two fields, rounded where they are about equal."""
    near = np.maximum(soft - np.abs(one - other), 0) / soft
    return np.minimum(one, other) - near * near * soft / 4


def _main_piece(
    size: Size, along: Field, depth: Field, waves: Mapping[int, Field]
) -> Field:
    """Return the distance to the large piece's lower border and its sides."""
    rough = 5 * waves[60] + 13 * waves[140]
    far = 0.70 * size.height - depth + 80 * waves[700] + 30 * waves[300]
    side = 0.375 * size.width - np.abs(along) + 110 * waves[700] + 60 * waves[300]
    return _least(far, side, 320) + rough


def _clefts(along: Field, depth: Field) -> Field:
    """Return how much less deep the surface lies below, where folds of it meet."""
    less = np.zeros_like(depth)
    for place, deep, wide in CLEFTS:
        less += deep * np.exp(-(((along - place + 0.2 * depth) / wide) ** 2))
    return less * ramp(depth, 900, 300)


def _fragments(size: Size, x: Field, y: Field, waves: Mapping[int, Field]) -> Field:
    rough = 5 * waves[60] + 13 * waves[140] + 60 * waves[300] + 50 * waves[700]
    inside = np.full_like(x, -np.inf)
    for place_x, place_y, wide, high, turn in FRAGMENTS:
        u, v = _turned(x - place_x * size.width, y - place_y * size.height, turn)
        near = (1 - np.hypot(u / wide, v / high)) * min(wide, high)
        inside = np.maximum(inside, near + rough)
    return inside


def _layers(along: Field, depth: Field, waves: Mapping[int, Field]) -> dict[str, Field]:
    """Return what changes with the depth: mucosa, loose tissue, fat, pinkness."""
    depth = depth + 30 * waves[300] + 18 * waves[140]
    loose = ramp(depth, THIN_MUSCLE - 20, THIN_MUSCLE + 70)
    loose = loose - ramp(depth, LOOSE - 90, LOOSE + 60)
    lobes = waves[700] + 0.35 * waves[300] - 0.55 * ramp(along, 300, -300)
    seam = np.exp(-(((depth - SEAM) / 42) ** 2))
    pinkness = {
        0.0: 0.42,
        MUCOSA - 30: 0.46,
        MUCOSA + 40: 0.86,
        THIN_MUSCLE: 0.84,
        THIN_MUSCLE + 120: 0.60,
        LOOSE: 0.62,
        LOOSE + 90: 0.88,
        SEAM - 20: 0.88,
        SEAM + 20: 0.77,
    }
    eosin = np.interp(depth, list(pinkness), list(pinkness.values()))
    return {
        "eosin": eosin * (1 + 0.06 * waves[300]),
        "loose": np.maximum(loose, 0.75 * seam),
        "fat": loose * ramp(lobes, 0.05, 0.25),
        "mucosa": 1 - ramp(depth, MUCOSA - 40, MUCOSA + 10),
    }


def _follicles(along: Field, depth: Field, waves: Mapping[int, Field]) -> Field:
    immune = np.zeros_like(depth)
    for place, level, reach in FOLLICLES:
        distance = np.hypot(along - place, depth - level) + 40 * waves[300]
        immune = np.maximum(immune, ramp(distance, reach + 60, reach - 60))
    return immune
