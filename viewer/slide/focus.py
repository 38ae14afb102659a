"""Focal planes: which one is shown first, and how they are spoken of."""

from collections.abc import Sequence


def resting_plane(planes: Sequence[float]) -> int:
    """Return the plane to begin with: the middle one, the lower of two.

    Scanners count from the lowest, which is out of focus in most stacks.
    """
    return max(0, (len(planes) - 1) // 2)


def plane_text(planes: Sequence[float], plane: int) -> str:
    """Return "z 3/7, +2.0 µm": the plane counted from 1, and its height."""
    height = f"{planes[plane]:+.1f}".replace("-", "\N{MINUS SIGN}")
    return f"z {plane + 1}/{len(planes)}, {height} µm"
