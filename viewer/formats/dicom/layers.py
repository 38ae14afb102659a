"""LayeredLevel: one stored level, each focal plane and optical path from its image."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from viewer.formats.dicom.image import DicomImage, Layer
from viewer.slide.files import EncodedFrame, FramePlace, FrameRun
from viewer.slide.geometry import Scale, Size
from viewer.slide.model import (
    EMPTY,
    ColorReading,
    Empty,
    Level,
    Samples,
    TileKey,
)


class Route(NamedTuple):
    """Which image holds a focal plane of an optical path, and under which numbers."""

    image: DicomImage
    layer: Layer


class LayeredLevel:
    """A level of one size and tile size over one or several images. Immutable.

    The contract is that of `viewer.formats.image_pyramid.StoredImage`.
    """

    def __init__(self, routes: Mapping[int, Sequence[Route]], base: Size) -> None:
        """Take routes by optical path, then by focal plane; `base` is level 0's size.

        All images are of one size and tile size. There is at least one path.
        """
        self._routes = routes
        own = (route.image for planes in routes.values() for route in planes)
        self._images = tuple(dict.fromkeys(own))
        first = self._images[0].instance
        self.level = Level(
            size=first.size,
            tile_size=first.tile_size,
            downsample=Scale(
                base.width / first.size.width, base.height / first.size.height
            ),
            spacing=first.spacing,
            frames=sum(image.frames for image in self._images),
            transfer_syntax=first.header.transfer_syntax,
            photometric=first.format.photometric,
            file=first.path,
        )

    def read(self, key: TileKey, color: ColorReading, shrink: int) -> Samples | Empty:
        """Return a tile; see StoredImage."""
        route = self._route(key)
        if route is None:
            return EMPTY
        return route.image.read(key, route.layer, color, shrink)

    def read_frame(self, key: TileKey) -> EncodedFrame | Empty:
        """Return the codestream of a tile and where it lies."""
        route = self._route(key)
        return EMPTY if route is None else route.image.read_frame(key, route.layer)

    def read_run(self, key: TileKey, count: int) -> FrameRun | None:
        """Return the codestreams of some tiles at once; see Slide.read_run."""
        route = self._route(key)
        return None if route is None else route.image.read_run(key, route.layer, count)

    def frame_at(self, key: TileKey) -> FramePlace | None:
        """Return which frame of which file a tile is."""
        route = self._route(key)
        return None if route is None else route.image.frame_at(key, route.layer)

    def icc_profile(self, optical_path: int) -> bytes | None:
        """Return the profile that the image of an optical path gives for it."""
        planes = self._routes.get(optical_path)
        if planes is None:
            return None
        return planes[0].image.icc_profile(planes[0].layer.optical_path)

    def close(self) -> None:
        """Close the images; readers inside finish first."""
        for image in self._images:
            image.close()

    def _route(self, key: TileKey) -> Route | None:
        planes = self._routes.get(key.optical_path)
        if planes is None or not 0 <= key.focal_plane < len(planes):
            return None
        return planes[key.focal_plane]
