"""Glands and vessels of the demo's tissue: where they lie, and what surrounds them.

Places are x, y in half micrometers; angles in radians, clockwise from the x axis.
"""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from viewer.demo.layout import (
    COARSE,
    FRAGMENT_DEPTH,
    MUCOSA,
    PIECES,
    SIZE,
    Ground,
    Piece,
    at,
)
from viewer.demo.texture import Field

Things = NDArray[np.void]

# A gland is a tube seen from its side: all that is within `radius` of its core, which
# reaches `half` to both sides; seen from above (`half` 0) it is round.
GLAND: Final = np.dtype(
    [(name, "f4") for name in ("x", "y", "angle", "half", "radius", "lumen")]
)
VESSEL: Final = np.dtype(
    [(name, "f4") for name in ("x", "y", "angle", "stretch", "radius", "wall")]
)


class Outline(NamedTuple):
    """Points along a gland's core, and the direction outward from there."""

    x: Field
    y: Field
    turn: Field
    radius: float

    def at(self, part: Field) -> tuple[Field, Field]:
        """Return places outward of each point, by a part of the radius."""
        reach = self.radius * part
        return self.x + reach * np.cos(self.turn), self.y + reach * np.sin(self.turn)


def table(kind: np.dtype[np.void], *columns: object) -> Things:
    """Return things with these columns, broadcast to one another."""
    arrays = np.broadcast_arrays(*(np.asarray(column) for column in columns))
    things = np.empty(arrays[0].shape, kind)
    for name, array in zip(kind.names or (), arrays, strict=True):
        things[name] = array
    return things.ravel()


def lattice(
    random: np.random.Generator, pitch: float, jitter: float
) -> tuple[Field, Field]:
    """Return jittered places over the whole picture, in rows set off like bricks."""
    rows, columns = int(SIZE.height / (pitch * 0.87)), int(SIZE.width / pitch)
    x = np.arange(columns, dtype=np.float32)[None, :]
    y = np.arange(rows, dtype=np.float32)[:, None]
    off_x, off_y = random.standard_normal((2, rows, columns), np.float32)
    x = (x + np.float32(0.5) * (y % 2)) * np.float32(pitch)
    x = x + np.float32(jitter) * off_x
    y = y * np.float32(pitch * 0.87) + np.float32(jitter) * off_y
    return x.ravel(), y.ravel()


def place_glands(random: np.random.Generator, ground: Ground) -> Things:
    """Return tubes across the large pieces' mucosa, round glands in the fragments."""
    tubes = [_tubes(random, piece, ground) for piece in PIECES]
    glands = np.concatenate([*tubes, _rounds(random, ground)])
    x, y = glands["x"], glands["y"]
    depth = at(ground.depth, x, y)
    room = glands["radius"] + 18 + 0.4 * glands["half"]
    kept = (at(ground.inside, x, y) > room) & (random.random(len(x)) > 0.04)
    kept &= (depth > 100) & (depth < MUCOSA - 110)
    kept &= at(ground.immune, x, y) < 0.3
    return _apart(glands[kept])


def _tubes(random: np.random.Generator, piece: Piece, ground: Ground) -> Things:
    """Return three rows of tubes, pointing at the surface."""
    # In the piece's own directions: along the surface, and by depth.
    along, row = (
        axis.ravel()
        for axis in np.meshgrid(np.arange(-piece.half, piece.half, 164.0), range(3))
    )
    count = len(along)
    along = along + 82 * (row % 2) + random.normal(0, 12, count)
    depth = 205 + 290 * row + random.normal(0, 26, count)
    cos, sin = np.cos(piece.tilt), np.sin(piece.tilt)
    x = piece.x + along * cos - depth * sin
    y = piece.y + along * sin + depth * cos
    for _ in range(4):  # follow the surface where it undulates
        off = np.clip(depth - at(ground.depth, x, y), -150, 150)
        x, y = x - off * sin, y + off * cos
    tubes = table(
        GLAND,
        x,
        y,
        np.pi / 2 + piece.tilt + random.normal(0, 0.13, count),
        random.uniform(25, 78, count),
        random.uniform(59, 71, count),
        random.uniform(8, 24, count),
    )
    return tubes[~_in_fragments(ground, x, y)]


def _rounds(random: np.random.Generator, ground: Ground) -> Things:
    x, y = lattice(random, 160, 9)
    count = len(x)
    rounds = table(
        GLAND,
        x,
        y,
        random.uniform(0, np.pi, count),
        random.uniform(0, 18, count),
        random.uniform(57, 69, count),
        random.uniform(8, 26, count),
    )
    return rounds[_in_fragments(ground, x, y)]


def _in_fragments(ground: Ground, x: Field, y: Field) -> NDArray[np.bool_]:
    return at(ground.depth, x, y) == np.float32(FRAGMENT_DEPTH)


def _apart(glands: Things) -> Things:
    """Return the glands without those that would lie on an earlier one."""
    kept: list[int] = []
    for number, gland in enumerate(glands):
        others = glands[kept]
        distance = np.hypot(others["x"] - gland["x"], others["y"] - gland["y"])
        if not (distance < 0.92 * (others["radius"] + gland["radius"])).any():
            kept.append(number)
    return glands[kept]


def place_vessels(random: np.random.Generator, ground: Ground) -> Things:
    """Return vessels in the loose tissue, cut more or less across."""
    x, y = lattice(random, 360, 90)
    count = len(x)
    radius = random.uniform(40, 115, count)
    vessels = table(
        VESSEL,
        x,
        y,
        random.uniform(0, np.pi, count),
        random.uniform(1.0, 1.8, count),
        radius,
        radius * random.uniform(0.2, 0.42, count),
    )
    kept = (at(ground.loose, x, y) > 0.9) & (at(ground.fat, x, y) < 0.2)
    kept &= (at(ground.inside, x, y) > 160) & (random.random(count) > 0.25)
    return vessels[kept]


def outline(random: np.random.Generator, gland: np.void) -> Outline:
    """Return points around a gland, 15 half micrometers apart at its border."""
    half, radius = float(gland["half"]), float(gland["radius"])
    arc = np.pi * radius
    place = np.arange(random.uniform(0, 15), 2 * arc + 4 * half, 15.0)
    # Around one end, back along one side, around the other end, along the other side.
    parts = [place < arc, place < arc + 2 * half, place < 2 * arc + 2 * half]
    turn = np.select(
        parts,
        [
            place / radius - np.pi / 2,
            np.pi / 2,
            (place - 2 * half) / radius - np.pi / 2,
        ],
        -np.pi / 2,
    )
    core = np.select(
        parts, [half, arc + half - place, -half], place - 2 * arc - 3 * half
    )
    angle = float(gland["angle"])
    return Outline(
        gland["x"] + core * np.cos(angle),
        gland["y"] + core * np.sin(angle),
        turn + angle,
        radius,
    )


def on_ellipse(vessel: np.void, turn: Field, reach: Field) -> tuple[Field, Field]:
    """Return places around a vessel's middle, as if it were `reach` wide there."""
    u = np.cos(turn) * reach * vessel["stretch"]
    v = np.sin(turn) * reach / vessel["stretch"]
    angle = float(vessel["angle"])
    return (
        vessel["x"] + u * np.cos(angle) - v * np.sin(angle),
        vessel["y"] + u * np.sin(angle) + v * np.cos(angle),
    )


def taken(ground: Ground, glands: Things, vessels: Things) -> Field:
    """Return a coarse field, not 0 where a gland or vessel leaves no room."""
    field = np.zeros_like(ground.inside)
    for gland in glands:
        _take(field, gland, float(gland["half"]))
    for vessel in vessels:
        _take(field, vessel, 0.0)
    return field


def _take(field: Field, thing: np.void, half: float) -> None:
    radius = float(thing["radius"]) + 7
    reach = int((radius + half) * 1.4 / COARSE) + 1
    column, row = int(thing["x"] / COARSE), int(thing["y"] / COARSE)
    left, top = max(0, column - reach), max(0, row - reach)
    part = field[top : row + reach + 1, left : column + reach + 1]
    y, x = np.mgrid[: part.shape[0], : part.shape[1]]
    x = (x + left + 0.5) * COARSE - thing["x"]
    y = (y + top + 0.5) * COARSE - thing["y"]
    cos, sin = np.cos(float(thing["angle"])), np.sin(float(thing["angle"]))
    core = np.maximum(np.abs(x * cos + y * sin) - half, 0)
    part[np.hypot(core, y * cos - x * sin) < radius] = 1
