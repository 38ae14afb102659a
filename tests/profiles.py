"""ICC profiles for tests, made out of the one that Little CMS carries."""

from typing import Final

from PIL import ImageCms

# Pillow's hints leave its compiled part unknown.
SRGB: Final[bytes] = ImageCms.ImageCmsProfile(
    ImageCms.createProfile("sRGB")  # pyright: ignore[reportArgumentType]
).tobytes()
"""sRGB, of class mntr."""

LAB: Final[bytes] = ImageCms.ImageCmsProfile(
    ImageCms.createProfile("LAB")  # pyright: ignore[reportArgumentType]
).tobytes()
"""A profile of Lab colors, of no use for RGB."""


def swapped(icc: bytes = SRGB) -> bytes:
    """Exchange the red and blue primaries of a matrix profile (ICC.1 9.2)."""
    count = int.from_bytes(icc[128:132], "big")
    entries = {icc[at : at + 4]: at + 4 for at in range(132, 132 + 12 * count, 12)}
    changed = bytearray(icc)
    red, blue = entries[b"rXYZ"], entries[b"bXYZ"]
    changed[red : red + 8], changed[blue : blue + 8] = (
        icc[blue : blue + 8],
        icc[red : red + 8],
    )
    return bytes(changed)


def dated(year: int, icc: bytes = SRGB) -> bytes:
    """Return a profile that differs in nothing but its creation date (bytes 24 on)."""
    return icc[:24] + year.to_bytes(2, "big") + icc[26:]


def of_class(device_class: str, icc: bytes = SRGB) -> bytes:
    """Return a profile with another device class (bytes 12 to 15)."""
    return icc[:12] + device_class.encode() + icc[16:]
