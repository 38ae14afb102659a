"""The ground of the demo's tissue: where its pieces and layers lie, as coarse fields.

Large pieces show the layers of a gut wall from its surface down: mucosa with glands, a
thin muscle, loose tissue with fat and vessels, a thick muscle of two layers. Fragments
are mucosa only. Lengths and places are in half micrometers.
"""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from viewer.demo.texture import Field, broad_noise, ramp
from viewer.slide.geometry import Size

SIZE: Final = Size(10240, 7680)
"""The whole of the picture, in half micrometers: 5.12 x 3.84 mm."""

COARSE: Final = 8
"""How far the samples of the fields lie apart."""

WORKERS: Final = 2

# Depths at which the layers end.
MUCOSA: Final = 1000.0
THIN_MUSCLE: Final = 1150.0
LOOSE: Final = 2050.0
SEAM: Final = 2680.0
# The depth that all of a fragment has: in the midst of mucosa.
FRAGMENT_DEPTH: Final = 420.0


class Piece(NamedTuple):
    """A large piece: a strip of gut wall.

    `x`, `y` is the middle of its surface, `tilt` the turn from lying level with the
    surface on top, in radians, `half` its half length along the surface, `thick` how
    deep it reaches; `fat` makes fat commoner (0 is some). Clefts: place along the
    surface, depth, width. Follicles of lymph cells: place along it, depth, radius.
    Folds: place along it.
    """

    x: float
    y: float
    tilt: float
    half: float
    thick: float
    fat: float
    clefts: tuple[tuple[float, float, float], ...]
    follicles: tuple[tuple[float, float, float], ...]
    folds: tuple[float, ...]


class Fragment(NamedTuple):
    """A small piece: its middle, half width and height, turn, and how much is lymph."""

    x: float
    y: float
    wide: float
    high: float
    turn: float
    immune: float


PIECES: Final = (
    Piece(
        x=4300,
        y=830,
        tilt=0.07,
        half=3600,
        thick=2950,
        fat=0.0,
        clefts=((-2150, 240, 70), (-700, 260, 75), (1050, 190, 60), (2550, 280, 85)),
        follicles=(
            (-2800, 900, 260),
            (-1450, 870, 250),
            (420, 900, 330),
            (1700, 300, 150),
            (2950, 880, 290),
        ),
        folds=(1380, -2500),
    ),
    Piece(
        x=4550,
        y=7020,
        tilt=np.pi - 0.06,
        half=3450,
        thick=2430,
        fat=0.45,
        clefts=((-2600, 200, 65), (-250, 300, 90), (1900, 230, 70)),
        follicles=((-1500, 880, 300), (950, 350, 160), (2700, 890, 280)),
        folds=(-900,),
    ),
)
FRAGMENTS: Final = (
    Fragment(9080, 900, 520, 690, 0.35, 0.0),
    Fragment(9180, 2480, 600, 470, -0.4, 0.0),
    Fragment(9120, 3950, 530, 600, 0.5, 1.0),
    Fragment(9240, 5420, 440, 620, 0.2, 0.0),
    Fragment(9060, 6830, 640, 480, -0.25, 0.3),
)

Scalar = TypeVar("Scalar", bound=np.generic)


@dataclass(frozen=True)
class Ground:
    """Fields with a sample every COARSE, all of one shape, float32.

    `inside` is about the distance to the tissue's border, positive within; `depth`
    that to the mucosa's surface; `tilt` the turn of the piece; `bend` how far fibers
    are moved up, `fibers` the angle they then have. The others run from 0 to about 1.
    """

    inside: Field
    depth: Field
    tilt: Field
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


def lay_ground(random: np.random.Generator) -> Ground:
    """Return the fields of the whole picture."""
    shape = (SIZE.height // COARSE, SIZE.width // COARSE)
    y, x = np.ogrid[: shape[0], : shape[1]]
    x, y = (
        (axis.astype(np.float32) + np.float32(0.5)) * np.float32(COARSE)
        for axis in (x, y)
    )
    waves = {
        length: broad_noise(random, shape, length / COARSE)
        for length in (60, 140, 300, 700, 1500)
    }
    bend = 50 * broad_noise(random, shape, 420 / COARSE) + 130 * waves[1500]
    with ThreadPoolExecutor(WORKERS, "demo") as executor:
        waiting = [
            executor.submit(_piece, piece, x, y, bend, waves) for piece in PIECES
        ]
        fields, *others = (each.result() for each in waiting)
    for other in (*others, _fragments(x, y, bend, waves)):
        over = other["inside"] > fields["inside"]
        for name, field in fields.items():
            np.copyto(field, other[name], where=over, casting="same_kind")
    rise, shift = np.gradient(fields["bend"], COARSE)
    fields["fibers"] = np.arctan2(-shift, 1 + rise)
    return Ground(**{name: field.astype(np.float32) for name, field in fields.items()})


def turned(x: Field, y: Field, angle: float) -> tuple[Field, Field]:
    """Return how far places lie along a direction, and across it."""
    cos, sin = np.float32(np.cos(angle)), np.float32(np.sin(angle))
    return x * cos + y * sin, y * cos - x * sin


def _piece(
    piece: Piece, x: Field, y: Field, bend: Field, waves: Mapping[int, Field]
) -> dict[str, Field]:
    along, across = turned(x - piece.x, y - piece.y, piece.tilt)
    depth = across + 110 * waves[1500] + 40 * waves[700]
    inside = _body(piece, along, depth, waves)
    depth -= _clefts(piece, along, depth)
    inside = _least(inside, depth + 4 * waves[60], 220)
    return {
        "inside": inside,
        "depth": depth,
        "tilt": np.full_like(depth, piece.tilt),
        "bend": bend - x * np.float32(np.tan(piece.tilt)),
        "fold": _folds(piece, along, depth, waves),
        "immune": _follicles(piece, along, depth, waves),
        **_layers(piece, along, depth, waves),
    }


def _least(one: Field, other: Field, soft: float) -> Field:
    """Return the lesser of two fields, rounded where they are about equal."""
    near = np.maximum(soft - np.abs(one - other), 0) / soft
    return np.minimum(one, other) - near * near * soft / 4


def _body(
    piece: Piece, along: Field, depth: Field, waves: Mapping[int, Field]
) -> Field:
    """Return the distance to a piece's lower border and its sides."""
    rough = 5 * waves[60] + 13 * waves[140]
    far = piece.thick - depth + 80 * waves[700] + 30 * waves[300]
    side = piece.half - np.abs(along) + 110 * waves[700] + 60 * waves[300]
    return _least(far, side, 320) + rough


def _clefts(piece: Piece, along: Field, depth: Field) -> Field:
    """Return how much less deep the surface lies below, where folds of it meet."""
    less = np.zeros_like(depth)
    for place, deep, wide in piece.clefts:
        less += deep * np.exp(-(((along - place + 0.2 * depth) / wide) ** 2))
    return less * ramp(depth, 900, 300)


def _folds(
    piece: Piece, along: Field, depth: Field, waves: Mapping[int, Field]
) -> Field:
    """Return where the section lies on itself: lines through the deeper layers."""
    fold = np.zeros_like(depth)
    for place in piece.folds:
        crease = along - place - 0.3 * (depth - 1500)
        crease -= 150 * waves[1500] + 25 * waves[300]
        fold += np.exp(-((crease / 46) ** 2)) * ramp(depth, 1500, 2300)
    return fold


def _fragments(
    x: Field, y: Field, bend: Field, waves: Mapping[int, Field]
) -> dict[str, Field]:
    rough = 5 * waves[60] + 13 * waves[140] + 60 * waves[300] + 50 * waves[700]
    inside = np.full_like(bend, -np.inf)
    immune = np.zeros_like(bend)
    for fragment in FRAGMENTS:
        u, v = turned(x - fragment.x, y - fragment.y, fragment.turn)
        reach = min(fragment.wide, fragment.high)
        near = (1 - np.hypot(u / fragment.wide, v / fragment.high)) * reach
        inside = np.maximum(inside, near + rough)
        if fragment.immune:
            low = 420 - 500 * fragment.immune
            immune = np.maximum(immune, ramp(near + 60 * waves[300], low, low + 140))
    nothing = np.zeros_like(bend)
    return {
        "inside": inside,
        "depth": np.full_like(bend, FRAGMENT_DEPTH),
        "tilt": nothing,
        "bend": bend,
        "fold": nothing,
        "immune": immune,
        "eosin": 0.43 * (1 + 0.06 * waves[300]),
        "loose": nothing,
        "fat": nothing,
        "mucosa": np.ones_like(bend),
    }


def _layers(
    piece: Piece, along: Field, depth: Field, waves: Mapping[int, Field]
) -> dict[str, Field]:
    """Return what changes with the depth: mucosa, loose tissue, fat, pinkness."""
    depth = depth + 30 * waves[300] + 18 * waves[140]
    loose = ramp(depth, THIN_MUSCLE - 20, THIN_MUSCLE + 70)
    loose = loose - ramp(depth, LOOSE - 90, LOOSE + 60)
    lobes = waves[700] + 0.35 * waves[300] + piece.fat
    lobes = lobes - 0.55 * ramp(np.abs(along), 900, 2600)
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
    eosin = eosin.astype(np.float32)
    return {
        "eosin": eosin * (1 + 0.06 * waves[300]),
        "loose": np.maximum(loose, 0.75 * seam),
        "fat": loose * ramp(lobes, 0.05, 0.25),
        "mucosa": 1 - ramp(depth, MUCOSA - 40, MUCOSA + 10),
    }


def _follicles(
    piece: Piece, along: Field, depth: Field, waves: Mapping[int, Field]
) -> Field:
    immune = np.zeros_like(depth)
    for place, level, reach in piece.follicles:
        distance = np.hypot(along - place, depth - level) + 40 * waves[300]
        immune = np.maximum(immune, ramp(distance, reach + 60, reach - 60))
    return immune
