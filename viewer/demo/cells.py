"""Nuclei, drops of mucus and red cells of the demo's tissue: places and sprites.

A sprite is a small picture, EDGE x EDGE, laid where a stamp says; there are some for
each kind and each of TURNS directions. Angles as in structures.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from viewer.demo.layout import LOOSE, MUCOSA, TILT, Ground, at
from viewer.demo.structures import (
    Outline,
    Things,
    lattice,
    on_ellipse,
    outline,
    place_glands,
    place_vessels,
    table,
    taken,
)
from viewer.demo.texture import Field, blob, nucleus
from viewer.slide.geometry import Size

STAMP: Final = np.dtype([("x", "f4"), ("y", "f4"), ("sprite", "i4")])

EDGE: Final = 40
TURNS: Final = 24
VARIANTS: Final = 4
# Length and width of nuclei in pixels: of epithelium, of connective tissue, round.
SHAPES: Final = ((19.0, 11.0), (25.0, 7.5), (14.0, 13.0))
EPITHELIUM, SPINDLE, ROUND = range(3)


@dataclass(frozen=True)
class Cells:
    """All small things: structured arrays of places, and the sprites stamped there."""

    glands: Things
    vessels: Things
    nuclei: Things
    goblets: Things
    blood: Things
    nucleus_sprites: Field
    goblet_sprites: Field
    blood_sprites: Field


def place_cells(random: np.random.Generator, size: Size, ground: Ground) -> Cells:
    """Return the small things of a picture of this size, on this ground."""
    glands = place_glands(random, size, ground)
    vessels = place_vessels(random, size, ground)
    outlines = [outline(random, gland) for gland in glands]
    room = taken(ground, glands, vessels) == 0
    nuclei = [
        *(_around(random, each) for each in outlines),
        *(_wall(random, vessel) for vessel in vessels),
        _surface(random, size, ground),
        _immune(random, size, ground, room),
        _mucosal(random, size, ground, room),
        _fibrous(random, size, ground, room),
    ]
    nothing = np.empty(0, STAMP)
    return Cells(
        glands,
        vessels,
        np.concatenate(nuclei),
        np.concatenate([nothing, *(_goblets(random, each) for each in outlines)]),
        np.concatenate([nothing, *(_blood(random, vessel) for vessel in vessels)]),
        *_draw_sprites(random),
    )


def _draw_sprites(random: np.random.Generator) -> tuple[Field, Field, Field]:
    turns = np.arange(TURNS) * np.pi / TURNS
    nuclei = [
        nucleus(random, shape, turn, EDGE)
        for shape in SHAPES
        for turn in turns
        for _ in range(VARIANTS)
    ]
    return (
        np.stack(nuclei),
        np.stack([blob((31, 21), turn, EDGE, 7) for turn in turns]),
        np.stack([blob((15, 13), turn, EDGE, 4) for turn in turns]),
    )


def _around(random: np.random.Generator, gland: Outline) -> Things:
    """Return a gland's nuclei: near its outer border, pointing inward."""
    count = len(gland.x)
    places = gland.at(random.normal(0.83, 0.035, count))
    turn = gland.turn + random.normal(0, 0.15, count)
    return table(STAMP, *places, _sprites(random, EPITHELIUM, turn))


def _goblets(random: np.random.Generator, gland: Outline) -> Things:
    """Return drops of mucus in every other cell of a gland."""
    count = len(gland.x)
    stamps = table(
        STAMP, *gland.at(random.normal(0.53, 0.045, count)), _turns(gland.turn)
    )
    chosen = (np.arange(count) % 2 == 0) & (random.random(count) < 0.85)
    return stamps[chosen]


def _wall(random: np.random.Generator, vessel: np.void) -> Things:
    """Return flat nuclei in a vessel's wall, around it."""
    layers = max(1, int(vessel["wall"] / 14))
    around = np.arange(0, 2 * np.pi, 40 / float(vessel["radius"]))
    turn = (around + random.uniform(0, 6.3, (layers, 1))).ravel()
    reach = vessel["radius"] - vessel["wall"] * random.uniform(0.05, 1.0, len(turn))
    sprites = _sprites(random, SPINDLE, turn + np.pi / 2 + vessel["angle"])
    return table(STAMP, *on_ellipse(vessel, turn, reach), sprites)


def _blood(random: np.random.Generator, vessel: np.void) -> Things:
    """Return red cells lying in one part of a vessel's lumen."""
    lumen = max(0.0, float(vessel["radius"] - vessel["wall"]) - 9)
    count = int(lumen**2 / 75)
    turn = random.normal(random.uniform(0, 6.3), 1.1, count)
    reach = lumen * np.sqrt(random.random(count))
    sprites = _turns(random.uniform(0, np.pi, count))
    return table(STAMP, *on_ellipse(vessel, turn, reach), sprites)


def _surface(random: np.random.Generator, size: Size, ground: Ground) -> Things:
    """Return the nuclei of the cells that cover the mucosa."""
    x, y = lattice(random, size, 9.5, 2.2)
    depth = at(ground.depth, x, y)
    kept = (depth > 24) & (depth < 36) & (at(ground.inside, x, y) > 14)
    turn = np.full(int(kept.sum()), np.pi / 2 + TILT)
    return table(STAMP, x[kept], y[kept], _sprites(random, EPITHELIUM, turn))


def _immune(
    random: np.random.Generator, size: Size, ground: Ground, room: NDArray[np.bool_]
) -> Things:
    """Return the crowded round nuclei of lymph follicles."""
    x, y = lattice(random, size, 13.5, 3.0)
    immune = at(ground.immune, x, y)
    kept = _free(ground, room, x, y) & (at(ground.fat, x, y) < 0.25)
    kept &= random.random(len(x)) < 0.93 * immune
    return _round(random, x[kept], y[kept])


def _mucosal(
    random: np.random.Generator, size: Size, ground: Ground, room: NDArray[np.bool_]
) -> Things:
    """Return the round nuclei between glands."""
    x, y = lattice(random, size, 23.0, 6.5)
    kept = _free(ground, room, x, y) & (at(ground.immune, x, y) < 0.5)
    kept &= at(ground.depth, x, y) > 50
    kept &= random.random(len(x)) < 0.66 * at(ground.mucosa, x, y)
    return _round(random, x[kept], y[kept])


def _round(random: np.random.Generator, x: Field, y: Field) -> Things:
    turn = random.uniform(0, np.pi, len(x))
    return table(STAMP, x, y, _sprites(random, ROUND, turn))


def _fibrous(
    random: np.random.Generator, size: Size, ground: Ground, room: NDArray[np.bool_]
) -> Things:
    """Return the long nuclei between fibers: many in muscle, few elsewhere."""
    x, y = lattice(random, size, 52.0, 19.0)
    depth = at(ground.depth, x, y)
    muscle = 1 - at(ground.loose, x, y)
    chance = np.where(depth > MUCOSA - 40, 0.4 + 0.6 * muscle, 0.1)
    kept = _free(ground, room, x, y) & (at(ground.fat, x, y) < 0.25)
    kept &= random.random(len(x)) < chance
    x, y = x[kept], y[kept]
    turn = at(ground.fibers, x, y) + random.normal(0, 0.16, len(x))
    crossing = (depth[kept] > LOOSE) & (random.random(len(x)) < 0.1)
    return table(
        STAMP, x, y, _sprites(random, SPINDLE, np.where(crossing, turn + 1.2, turn))
    )


def _free(
    ground: Ground, room: NDArray[np.bool_], x: Field, y: Field
) -> NDArray[np.bool_]:
    return (at(ground.inside, x, y) > 9) & at(room, x, y)


def _sprites(
    random: np.random.Generator, shape: int, angle: Field
) -> NDArray[np.integer]:
    variant = random.integers(VARIANTS, size=len(angle))
    return (shape * TURNS + _turns(angle)) * VARIANTS + variant


def _turns(angle: Field) -> NDArray[np.integer]:
    return np.round(np.mod(angle, np.pi) / np.pi * TURNS).astype(np.intp) % TURNS
