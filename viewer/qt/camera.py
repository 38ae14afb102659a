"""Camera: where a view looks at a picture. Plain arithmetic, no Qt.

Two spaces: *picture* pixels (level 0 of a slide) and *device* pixels, counted from the
view's top left corner. What Qt calls a pixel is `pixel_ratio` device pixels.
"""

from dataclasses import dataclass, replace
from typing import Final

from viewer.slide.geometry import Rect

MAGNIFIED_MOST: Final = 32.0
"""Device pixels across one picture pixel, at most."""

_ALIKE: Final = 1e-6  # scales that differ by less are one, for a way between cameras
_SMALLER_THAN_FIT: Final = 2.0  # zooming out ends where the picture is half as big
_KEPT_IN_VIEW: Final = 1 / 6  # of the view, where the picture has so much


@dataclass(frozen=True, slots=True)
class Camera:
    """A view of `view_width` x `view_height` device pixels onto a picture.

    `left` and `top` are the picture position of the view's corner, `pixel_size` the
    picture pixels in one device pixel. Invariant of what the methods return: the scale
    is within its limits and a part of the picture is in view.
    """

    picture_width: float
    picture_height: float
    view_width: float
    view_height: float
    left: float = 0.0
    top: float = 0.0
    pixel_size: float = 1.0

    @property
    def area(self) -> Rect:
        """What is in view, in picture pixels; may stick out of the picture."""
        return Rect(
            self.left,
            self.top,
            self.view_width * self.pixel_size,
            self.view_height * self.pixel_size,
        )

    @property
    def center(self) -> tuple[float, float]:
        """The picture position in the middle of the view."""
        return self.to_picture(self.view_width / 2, self.view_height / 2)

    @property
    def fitting_size(self) -> float:
        """The pixel size at which the whole picture is just in view."""
        size = max(
            self.picture_width / self.view_width, self.picture_height / self.view_height
        )
        return max(size, 1 / MAGNIFIED_MOST)

    @property
    def largest_size(self) -> float:
        """The pixel size at which zooming out ends; native is always allowed."""
        return max(_SMALLER_THAN_FIT * self.fitting_size, 1.0)

    def to_picture(self, device_x: float, device_y: float) -> tuple[float, float]:
        """Return the picture position of a device position."""
        return (
            self.left + device_x * self.pixel_size,
            self.top + device_y * self.pixel_size,
        )

    def fitted(self) -> "Camera":
        """Look at the whole picture, in the middle."""
        return self.with_pixel_size(self.fitting_size).centered(
            self.picture_width / 2, self.picture_height / 2
        )

    def centered(self, picture_x: float, picture_y: float) -> "Camera":
        """Bring a picture position to the middle of the view."""
        return self._at(
            picture_x - self.view_width / 2 * self.pixel_size,
            picture_y - self.view_height / 2 * self.pixel_size,
            self.pixel_size,
        )

    def showing(self, area: Rect) -> "Camera":
        """Bring a rectangle of the picture, as large as it fits, to the middle."""
        size = max(area.width / self.view_width, area.height / self.view_height)
        x, y = area.x + area.width / 2, area.y + area.height / 2
        return self.with_pixel_size(size).centered(x, y)

    def between(self, target: "Camera", share: float) -> "Camera":
        """Return the camera on the way to another one of the same view; 0 is here.

        The scale changes by equal factors, about the one point of the view that shows
        the same part of the picture from both: what is there stays there all the way.
        """
        if share >= 1:
            return target
        size = self.pixel_size ** (1 - share) * target.pixel_size**share
        change = target.pixel_size - self.pixel_size
        rest = 1 - share
        if abs(change) > _ALIKE * target.pixel_size:
            rest = (target.pixel_size - size) / change
        return self._at(
            target.left + (self.left - target.left) * rest,
            target.top + (self.top - target.top) * rest,
            size,
        )

    def panned(self, device_dx: float, device_dy: float) -> "Camera":
        """Move the view over the picture: to the right and down where positive."""
        return self._at(
            self.left + device_dx * self.pixel_size,
            self.top + device_dy * self.pixel_size,
            self.pixel_size,
        )

    def with_pixel_size(
        self, pixel_size: float, anchor: tuple[float, float] | None = None
    ) -> "Camera":
        """Change the scale; what is at `anchor` (device pixels; the middle) stays."""
        size = min(max(pixel_size, 1 / MAGNIFIED_MOST), self.largest_size)
        x, y = anchor or (self.view_width / 2, self.view_height / 2)
        picture_x, picture_y = self.to_picture(x, y)
        return self._at(picture_x - x * size, picture_y - y * size, size)

    def resized(self, view_width: float, view_height: float) -> "Camera":
        """Give the view another size; its middle stays where it is."""
        x, y = self.center
        resized = replace(self, view_width=view_width, view_height=view_height)
        return resized.with_pixel_size(self.pixel_size).centered(x, y)

    def aligned(self) -> "Camera":
        """At exactly 1:1, move by a fraction so that pixels fall on device pixels."""
        if self.pixel_size != 1.0:
            return self
        return replace(self, left=float(round(self.left)), top=float(round(self.top)))

    def _at(self, left: float, top: float, pixel_size: float) -> "Camera":
        """Look from there, or as near to it as keeps a part of the picture in view."""
        return replace(
            self,
            left=_kept(left, self.view_width * pixel_size, self.picture_width),
            top=_kept(top, self.view_height * pixel_size, self.picture_height),
            pixel_size=pixel_size,
        )


def _kept(start: float, length: float, picture: float) -> float:
    part = min(length * _KEPT_IN_VIEW, picture)
    return min(max(start, part - length), picture - part)
