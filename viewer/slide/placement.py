"""Where an image lies on the glass: the slide coordinate system, in millimeters."""

from typing import NamedTuple

from viewer.slide.geometry import Rect, Size

_SAME_SHAPE = 0.02  # of the ratio of two widths to heights


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


class Correspondence(NamedTuple):
    """Between the pixels of a picture of the glass and those of level 0.

    Both are placed in one space, usually the slide's; which one does not matter.
    """

    picture: Placement
    base: Placement

    @classmethod
    def by_scale(cls, picture: Size, base: Size) -> "Correspondence | None":
        """Lay a picture of all of level 0 over it; None where its shape is another."""
        x, y = base.width / picture.width, base.height / picture.height
        if abs(x / y - 1) > _SAME_SHAPE + 1 / min(picture):  # a pixel more is rounding
            return None
        scaled = Placement((0.0, 0.0), (x, 0.0), (0.0, y))
        return cls(scaled, Placement((0.0, 0.0), (1.0, 0.0), (0.0, 1.0)))

    def to_picture(self, x: float, y: float) -> tuple[float, float]:
        """Return where on the picture a level-0 position is."""
        return self.picture.to_pixels(*self.base.to_slide(x, y))

    def to_base(self, x: float, y: float) -> tuple[float, float]:
        """Return where in level 0 a position on the picture is."""
        return self.base.to_pixels(*self.picture.to_slide(x, y))

    def corners(self, area: Rect) -> tuple[tuple[float, float], ...]:
        """Return the four corners of a level-0 area on the picture, one after another.

        They make a parallelogram, as the two may be turned against each other.
        """
        return (
            self.to_picture(area.x, area.y),
            self.to_picture(area.right, area.y),
            self.to_picture(area.right, area.bottom),
            self.to_picture(area.x, area.bottom),
        )
