"""Noise and small shapes that the demo's tissue is made of."""

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Field: TypeAlias = NDArray[np.floating]
"""Values over pixels, (rows, columns); float32 wherever they are many."""


def noise(
    random: np.random.Generator,
    shape: tuple[int, int],
    across: float,
    along: float | None = None,
) -> Field:
    """Return smooth periodic noise, mean 0, deviation 1; features of so many pixels.

    `across` is the feature's height; `along` its width, the same where None.
    """
    rows, columns = shape
    white = np.fft.rfft2(random.standard_normal(shape))
    down = (np.fft.fftfreq(rows) * across)[:, None] ** 2
    right = (np.fft.rfftfreq(columns) * (across if along is None else along)) ** 2
    field = np.fft.irfft2(white * np.exp(-8.0 * (down + right)), s=shape)
    return ((field - field.mean()) / field.std()).astype(np.float32)


def ramp(values: Field, low: float, high: float) -> Field:
    """Return 0 at `low` and beyond, 1 at `high` and beyond, a smooth slope between."""
    slope = np.clip((values - low) * np.float32(1.0 / (high - low)), 0.0, 1.0)
    return slope * slope * (3.0 - 2.0 * slope)


def enlarge(field: Field, factor: int, columns: Field, rows: Field) -> Field:
    """Return the field, kept `factor` times smaller, at these pixel columns and rows.

    Linear between samples; sample i lies in the middle of its `factor` pixels. `rows`
    must rise.
    """
    left, right, x = _between(columns, factor, field.shape[1])
    above, below, y = _between(rows, factor, field.shape[0])
    first, last = int(above[0]), int(below[-1]) + 1
    band = field[first:last]
    wide = band[:, left] * (1 - x) + band[:, right] * x
    part = y[:, None]
    return wide[above - first] * (1 - part) + wide[below - first] * part


def _between(
    pixels: Field, factor: int, count: int
) -> tuple[NDArray[np.intp], NDArray[np.intp], Field]:
    place = np.clip((pixels + 0.5) / factor - 0.5, 0, count - 1).astype(np.float32)
    first = place.astype(np.intp)
    return first, np.minimum(first + 1, count - 1), place - first


def nucleus(
    random: np.random.Generator, shape: tuple[float, float], angle: float, edge: int
) -> Field:
    """Return one nucleus, edge x edge: 0 outside, about 0.5 to 1.2 inside.

    `shape` is its length and width. The rim is dark, the inside has clumps and perhaps
    a nucleolus.
    """
    length, width = shape
    u, v = _turned(edge, angle)
    turn = np.arctan2(v, u)
    wobble = np.ones_like(u)
    for order in (2, 3, 4):
        size, phase = random.normal(0, 0.03), random.uniform(0, 6.3)
        wobble += size * np.cos(order * turn + phase)
    radius = np.hypot(u / (length / 2), v / (width / 2)) * wobble
    pixel = 2.0 / width
    body = ramp(radius, 1 + 0.8 * pixel, 1 - 0.8 * pixel)
    clumps = 0.13 * noise(random, (edge, edge), 4.5)
    rim = 0.22 * np.exp(-(((radius - 0.82) / 0.2) ** 2))
    spot = np.hypot(u - random.normal(0, 1.5), v - random.normal(0, 1.0))
    nucleolus = random.choice([0.0, 0.3]) * np.exp(-((spot / 1.6) ** 2))
    inside = np.clip(0.78 + clumps + rim + nucleolus, 0.45, 1.3)
    return (body * inside * random.uniform(0.78, 1.05)).astype(np.float32)


def blob(shape: tuple[float, float], angle: float, edge: int, soft: float) -> Field:
    """Return an ellipse of ones, edge x edge, with a border `soft` pixels wide."""
    length, width = shape
    u, v = _turned(edge, angle)
    radius = np.hypot(u / (length / 2), v / (width / 2)).astype(np.float32)
    part = soft / width
    return ramp(radius, 1 + part, 1 - part)


def _turned(edge: int, angle: float) -> tuple[Field, Field]:
    """Return distances from a square's middle: along a direction, and across it."""
    y, x = (np.mgrid[:edge, :edge] - (edge - 1) / 2).astype(np.float32)
    cos, sin = np.cos(angle), np.sin(angle)
    return x * cos + y * sin, y * cos - x * sin
