"""A picture with structure at every size, as tissue has it: for synthetic slides."""

import numpy as np
from numpy.typing import NDArray

_EDGE = 4096  # pixels after which the picture would repeat
_WAVES = 160


def tissue(x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.uint8]:
    """Return RGB at level-0 coordinates, pink and violet blots on a white ground.

    A sum of waves of many directions and lengths (12 pixels and up, so that a level
    four times smaller still shows the same): nowhere like anywhere else.
    """
    random = np.random.default_rng(7)
    length = 12 * 2 ** (random.random(_WAVES) * 6)
    angle, phase = random.random((2, _WAVES)) * 2 * np.pi
    height = np.zeros(np.broadcast_shapes(x.shape, y.shape))
    for wave in range(_WAVES):
        along = x * np.cos(angle[wave]) + y * np.sin(angle[wave])
        height += np.sin(2 * np.pi * along / length[wave] + phase[wave])
    amount = np.clip(0.5 + height / 26, 0, 1)[..., None]
    pink, violet = np.array([236.0, 160, 196]), np.array([96.0, 60, 130])
    blend = 1 / (1 + np.exp(-4 * (amount - 0.45)))
    color = 244 * (1 - amount) + amount * (pink * (1 - blend) + violet * blend)
    return np.rint(np.clip(color, 0, 255)).astype(np.uint8)
