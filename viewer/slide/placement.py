"""Where an image lies on the glass: the slide coordinate system, in millimeters."""

from typing import NamedTuple


class Placement(NamedTuple):
    """An affine map from the pixels of an image to the slide (PS3.3 C.8.12.2).

    `origin` is the slide position, x and y in mm, of the outer corner of the first
    pixel; `across` is how far the next column lies, `down` the next row. Pixel
    positions are continuous: the first pixel reaches from 0 to 1.
    """

    origin: tuple[float, float]
    across: tuple[float, float]
    down: tuple[float, float]

    def to_slide(self, x: float, y: float) -> tuple[float, float]:
        """Return the slide position of a pixel position."""
        return (
            self.origin[0] + x * self.across[0] + y * self.down[0],
            self.origin[1] + x * self.across[1] + y * self.down[1],
        )

    def to_pixels(self, x: float, y: float) -> tuple[float, float]:
        """Return the pixel position of a slide position."""
        across, down = self.across, self.down
        determinant = across[0] * down[1] - across[1] * down[0]
        x, y = x - self.origin[0], y - self.origin[1]
        return (
            (x * down[1] - y * down[0]) / determinant,
            (y * across[0] - x * across[1]) / determinant,
        )
