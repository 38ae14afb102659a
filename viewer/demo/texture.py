"""Noise and small shapes that the demo's tissue is made of."""

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from viewer.slide.geometry import Size

Field: TypeAlias = NDArray[np.floating]
"""Values over a plane, (rows, columns); float32 wherever they are many."""


def noise(
    random: np.random.Generator,
    shape: tuple[int, int],
    across: float,
    along: float | None = None,
) -> Field:
    """Return smooth periodic noise, mean 0, deviation 1; features of so many samples.

    `across` is the feature's height; `along` its width, the same where None.
    """
    rows, columns = shape
    white = np.fft.rfft2(random.standard_normal(shape, np.float32))
    down = (np.fft.fftfreq(rows) * across)[:, None] ** 2
    right = (np.fft.rfftfreq(columns) * (across if along is None else along)) ** 2
    field = np.fft.irfft2(white * np.exp(-8.0 * (down + right)), s=shape)
    return ((field - field.mean()) / field.std()).astype(np.float32)


def broad_noise(
    random: np.random.Generator, shape: tuple[int, int], across: float
) -> Field:
    """Return noise of large features, made from fewer samples than it has."""
    factor = max(1, 2 ** int(np.log2(max(1.0, across / 8))))
    rows, columns = (-(-side // factor) for side in shape)
    few = noise(random, (rows, columns), across / factor)
    return enlarge(few, factor, 0, 0, Size(columns * factor, rows * factor))[
        : shape[0], : shape[1]
    ]


def ramp(values: Field, low: float, high: float) -> Field:
    """Return 0 at `low` and beyond, 1 at `high` and beyond, a smooth slope between."""
    slope = values - np.float32(low)
    slope *= np.float32(1.0 / (high - low))
    np.clip(slope, np.float32(0), np.float32(1), out=slope)
    bend = slope * np.float32(-2)
    bend += np.float32(3)
    slope *= slope
    slope *= bend
    return slope


def enlarge(field: Field, factor: int, x: int, y: int, size: Size) -> Field:
    """Return a rectangle of the field enlarged `factor` times, linear between samples.

    Sample i lies in the middle of its `factor` places. `x`, `y` and `size` are in
    enlarged places and multiples of `factor`, which is 1 or even.
    """
    rows, columns = (
        np.clip(np.arange(first // factor - 1, last // factor + 1), 0, count - 1)
        for first, last, count in (
            (y, y + size.height, field.shape[0]),
            (x, x + size.width, field.shape[1]),
        )
    )
    if factor == 1:
        return field[np.ix_(rows[1:-1], columns[1:-1])]
    few = field[np.ix_(rows, columns)]
    return _between(np.ascontiguousarray(_between(few.T, factor).T), factor)


def _between(few: Field, factor: int) -> Field:
    """Return `factor` rows for each row but the first and last."""
    part = (np.arange(factor, dtype=np.float32) + np.float32(0.5)) / np.float32(factor)
    first = few[:-1, None]
    rows = (few[1:, None] - first) * part[:, None]
    rows += first
    return rows.reshape(-1, few.shape[1])[factor // 2 : -(factor // 2)]


def nucleus(
    random: np.random.Generator,
    shape: tuple[float, float],
    angle: float,
    chromatin: Field,
) -> Field:
    """Return one nucleus: 0 outside, about 0.4 to 1.3 inside.

    `shape` is its length and width; `chromatin`, square and as large as the result, the
    clumps in it. The rim is dark, and there may be a nucleolus; borders are sharper or
    fainter.
    """
    edge = len(chromatin)
    length, width = shape
    u, v = _turned(edge, angle)
    turn = np.arctan2(v, u)
    wobble = np.ones_like(u)
    for order in (2, 3, 4):
        size, phase = random.normal(0, 0.035), random.uniform(0, 6.3)
        wobble += size * np.cos(order * turn + phase)
    wobble *= random.uniform(0.9, 1.12)
    radius = np.hypot(u / (length / 2), v / (width / 2)) * wobble
    soft = random.uniform(1.6, 2.6) / width
    body = ramp(radius.astype(np.float32), 1 + soft, 1 - soft)
    rim = random.uniform(0.08, 0.3) * np.exp(-(((radius - 0.84) / 0.16) ** 2))
    spot = np.hypot(u - random.normal(0, 3), v - random.normal(0, 2))
    nucleolus = random.choice([0.0, 0.25, 0.4]) * np.exp(-((spot / 2.8) ** 2))
    inside = np.clip(0.74 + chromatin + rim + nucleolus, 0.4, 1.35)
    return (body * inside * random.uniform(0.7, 1.08)).astype(np.float32)


def blob(shape: tuple[float, float], angle: float, edge: int, soft: float) -> Field:
    """Return an ellipse of ones, edge x edge, with a border `soft` samples wide."""
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
