"""Nuclei, drops of mucus and red cells of the demo's tissue: places and sprites.

A sprite is a small picture, square, laid where a stamp says; there are some for each
kind and each of TURNS directions. Those of nuclei have a sample a pixel of level 0,
the others one every half micrometer. Places and angles as in structures.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from viewer.demo.layout import LOOSE, MUCOSA, Ground, at
from viewer.demo.structures import (
    Outline,
    Things,
    lattice,
    on_ellipse,
    outline,
    table,
    taken,
)
from viewer.demo.texture import Field, blob, noise, nucleus

STAMP: Final = np.dtype([("x", "f4"), ("y", "f4"), ("sprite", "i4")])

EDGE: Final = 40
NUCLEUS_EDGE: Final = 64
TURNS: Final = 24
VARIANTS: Final = 5
# Length and width of nuclei in pixels of level 0, a quarter micrometer each: of
# epithelium, of connective tissue, round.
SHAPES: Final = ((38.0, 22.0), (50.0, 14.0), (28.0, 26.0))
EPITHELIUM, SPINDLE, ROUND = range(3)
# Length and width in half micrometers.
GOBLET: Final = (31, 21)
RED_CELL: Final = (15, 13)


@dataclass(frozen=True)
class Cells:
    """The places of all small things, as structured arrays of STAMP."""

    nuclei: Things
    goblets: Things
    blood: Things


@dataclass(frozen=True)
class Sprites:
    """What is stamped there, float32 (sprite, rows, columns): 0 to about 1."""

    nuclei: Field
    goblets: Field
    blood: Field


def place_cells(
    random: np.random.Generator, ground: Ground, glands: Things, vessels: Things
) -> Cells:
    """Return the small things on this ground, in and between glands and vessels."""
    outlines = [outline(random, gland) for gland in glands]
    room = taken(ground, glands, vessels) == 0
    nuclei = [
        *(_around(random, each) for each in outlines),
        *(_wall(random, vessel) for vessel in vessels),
        _surface(random, ground),
        _immune(random, ground, room),
        _mucosal(random, ground, room),
        _fibrous(random, ground, room),
        _folded(random, ground, room),
    ]
    nothing = np.empty(0, STAMP)
    return Cells(
        np.concatenate(nuclei),
        np.concatenate([nothing, *(_goblets(random, each) for each in outlines)]),
        np.concatenate([nothing, *(_blood(random, vessel) for vessel in vessels)]),
    )


def draw_sprites(random: np.random.Generator) -> Sprites:
    """Return one of every kind and direction."""
    turns = np.arange(TURNS) * np.pi / TURNS
    many = (8 * NUCLEUS_EDGE, 8 * NUCLEUS_EDGE)
    chromatin = 0.13 * noise(random, many, 8) + 0.08 * noise(random, many, 4)
    corners = random.integers(7 * NUCLEUS_EDGE, size=(len(SHAPES), TURNS, VARIANTS, 2))
    nuclei = [
        nucleus(
            random,
            shape,
            turn,
            chromatin[top : top + NUCLEUS_EDGE, left : left + NUCLEUS_EDGE],
        )
        for shape, by_turn in zip(SHAPES, corners, strict=True)
        for turn, by_variant in zip(turns, by_turn, strict=True)
        for top, left in by_variant
    ]
    return Sprites(
        np.stack(nuclei),
        np.stack([blob(GOBLET, turn, EDGE, 7) for turn in turns]),
        np.stack([blob(RED_CELL, turn, EDGE, 4) for turn in turns]),
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


def _surface(random: np.random.Generator, ground: Ground) -> Things:
    """Return the nuclei of the cells that cover the mucosa."""
    x, y = lattice(random, 9.5, 2.2)
    depth = at(ground.depth, x, y)
    kept = (depth > 24) & (depth < 36) & (at(ground.inside, x, y) > 14)
    x, y = x[kept], y[kept]
    turn = np.pi / 2 + at(ground.tilt, x, y) + random.normal(0, 0.12, len(x))
    return table(STAMP, x, y, _sprites(random, EPITHELIUM, turn))


def _immune(
    random: np.random.Generator, ground: Ground, room: NDArray[np.bool_]
) -> Things:
    """Return the crowded round nuclei of lymph follicles."""
    x, y = lattice(random, 13.5, 3.0)
    immune = at(ground.immune, x, y)
    kept = _free(ground, room, x, y) & (at(ground.fat, x, y) < 0.25)
    kept &= random.random(len(x)) < 0.93 * immune
    return _round(random, x[kept], y[kept])


def _mucosal(
    random: np.random.Generator, ground: Ground, room: NDArray[np.bool_]
) -> Things:
    """Return the round nuclei between glands."""
    x, y = lattice(random, 20.0, 5.5)
    kept = _free(ground, room, x, y) & (at(ground.immune, x, y) < 0.5)
    kept &= at(ground.depth, x, y) > 50
    kept &= random.random(len(x)) < 0.66 * at(ground.mucosa, x, y)
    return _round(random, x[kept], y[kept])


def _round(random: np.random.Generator, x: Field, y: Field) -> Things:
    turn = random.uniform(0, np.pi, len(x))
    return table(STAMP, x, y, _sprites(random, ROUND, turn))


def _fibrous(
    random: np.random.Generator, ground: Ground, room: NDArray[np.bool_]
) -> Things:
    """Return the long nuclei between fibers: many in muscle, few elsewhere."""
    x, y = lattice(random, 52.0, 19.0)
    depth = at(ground.depth, x, y)
    muscle = 1 - at(ground.loose, x, y)
    chance = np.where(depth > MUCOSA - 40, 0.4 + 0.6 * muscle, 0.1)
    kept = _free(ground, room, x, y) & (at(ground.fat, x, y) < 0.25)
    kept &= random.random(len(x)) < chance
    return _spindles(random, ground, x[kept], y[kept])


def _folded(
    random: np.random.Generator, ground: Ground, room: NDArray[np.bool_]
) -> Things:
    """Return the nuclei of the second layer, where the section lies on itself."""
    x, y = lattice(random, 46.0, 19.0)
    kept = _free(ground, room, x, y) & (at(ground.fat, x, y) < 0.25)
    kept &= random.random(len(x)) < at(ground.fold, x, y)
    return _spindles(random, ground, x[kept], y[kept])


def _spindles(
    random: np.random.Generator, ground: Ground, x: Field, y: Field
) -> Things:
    """Return nuclei that lie along the fibers, or, in muscle, some that cross them."""
    turn = at(ground.fibers, x, y) + random.normal(0, 0.16, len(x))
    crossing = (at(ground.depth, x, y) > LOOSE) & (random.random(len(x)) < 0.1)
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
