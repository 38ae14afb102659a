"""OME-XML (schema 2016-06): what it says of the images in an OME-TIFF file."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice
from math import isfinite
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from viewer.slide.errors import BrokenFile
from viewer.slide.geometry import Spacing

MOST_XML: Final = 16 << 20
"""Characters of a description that is parsed."""

MOST_PLANES: Final = 4096

MOST_IMAGES: Final = 1000
"""Images of one file that are looked at; plates have a few hundred."""

_MOST_STEPS: Final = 20_000  # planes that TiffData elements may name, again and again
_FIRST_STEPS: Final = 256  # of these are looked at where only the first plane counts

_MM: Final[Mapping[str, float]] = MappingProxyType(
    {"m": 1e3, "cm": 10.0, "mm": 1.0, "µm": 1e-3, "μm": 1e-3, "um": 1e-3, "nm": 1e-6,
     "pm": 1e-9, "in": 25.4}
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ChannelFacts:
    """What the XML says of a channel; lengths in nanometers."""

    name: str
    samples: int
    wavelength: float | None
    color: tuple[int, int, int] | None


@dataclass(frozen=True, slots=True)
class OmeImage:
    """One image of the XML; `step` is between focal planes, in micrometers.

    `size` is what the XML says of its pixels, `samples` its Size C: channels times what
    each pixel of them has.
    """

    name: str
    size: tuple[int, int]
    samples: int
    planes: int
    moments: int
    channels: tuple[ChannelFacts, ...]
    order: str
    blocks: tuple[Mapping[str, str], ...]
    spacing: Spacing | None
    step: float
    power: float | None = None
    scanner: str = ""

    @property
    def channel_count(self) -> int:
        """How many channels there are; those of one page count as one."""
        return max(1, len(self.channels))

    def fitted(self, together: int) -> "OmeImage":
        """Return the image with as many channels as pages of so many samples hold.

        Some writers name no channels, or forget how many samples a channel has.
        """
        count = self.samples // together if self.samples % together == 0 else 0
        if not count or count == self.channel_count or self.samples == 1:
            return self
        named = self.channels if len(self.channels) < count else ()
        spare = ChannelFacts("", together, None, None)
        missing = count - len(named)
        return replace(self, channels=(*named, *(spare,) * missing))

    def pages(self, count: int) -> Mapping[tuple[int, int], int]:
        """Return, by focal plane and channel, the page of the first moment.

        `count` is how many pages the file has.
        """
        found: dict[tuple[int, int], int] = {}
        for place, page in self._first_moment(count, _MOST_STEPS):
            found.setdefault(place, page)
        return found

    def first_page(self, count: int) -> int:
        """Return the page of the first plane and channel, -1 where it is not told."""
        steps = self._first_moment(count, _FIRST_STEPS)
        return next((page for place, page in steps if place == (0, 0)), -1)

    def _first_moment(
        self, count: int, most: int
    ) -> Iterator[tuple[tuple[int, int], int]]:
        """Yield focal plane and channel, and the page, of up to `most` planes."""
        steps = (step for block in self.blocks for step in self._block(block, count))
        for place, page in islice(steps, most):
            if place.get("T", 0) == 0:
                yield (place.get("Z", 0), place.get("C", 0)), page

    def _block(
        self, block: Mapping[str, str], count: int
    ) -> Iterator[tuple[Mapping[str, int], int]]:
        """Yield the planes of one TiffData element, in Dimension Order."""
        sizes = {"Z": self.planes, "C": self.channel_count, "T": self.moments}
        number, page = 0, _whole(block.get("IFD"), 0)
        stride = 1
        for axis in self.order:
            number += stride * _whole(block.get(f"First{axis}"), 0)
            stride *= sizes[axis]
        total = _whole(block.get("PlaneCount"), 1 if "IFD" in block else stride)
        for step in range(min(total, count, stride - number)):
            place, rest = dict[str, int](), number + step
            for axis in self.order:
                rest, place[axis] = divmod(rest, sizes[axis])
            yield place, page + step


def read_images(description: str, path: Path) -> list[OmeImage]:
    """Parse OME-XML, at least one image; raises BrokenFile. `path` is the file's."""
    if len(description) > MOST_XML:
        raise BrokenFile(
            f"{path.name}: the OME-XML has {len(description)} characters, expected at "
            f"most {MOST_XML}."
        )
    from defusedxml import ElementTree

    text = re.sub(r"^\s*<\?xml[^>]*\?>", "", description)
    try:
        root = ElementTree.fromstring(text, forbid_dtd=True)
    except Exception as error:
        raise BrokenFile(
            f"{path.name}: the OME-XML in the first TIFF directory cannot be read, "
            "expected well-formed XML without a document type."
        ) from error
    elements = _all(root, "Image")[:MOST_IMAGES]
    images = [_image(each, root, path) for each in elements]
    if images:  # what is said of the others concerns nobody
        images[0] = replace(
            images[0], power=_power(elements[0], root), scanner=_scanner(root)
        )
    if not images:
        raise BrokenFile(f"{path.name}: the OME-XML has no Image element.")
    return images


def _image(element: Any, root: Any, path: Path) -> OmeImage:
    pixels = _first(element, "Pixels")
    if pixels is None:
        raise BrokenFile(f"{path.name}: an Image of the OME-XML has no Pixels.")
    size = {axis: _whole(pixels.get(f"Size{axis}"), 1) for axis in ("Z", "C", "T")}
    channels = _channels(pixels, size["C"])
    if max(size.values()) > MOST_PLANES or len(channels) > MOST_PLANES:
        raise BrokenFile(
            f"{path.name}: the OME-XML has {size['Z']} planes, {size['C']} channels "
            f"and {size['T']} moments, expected at most {MOST_PLANES} of each."
        )
    x, y = _length(pixels, "PhysicalSizeX"), _length(pixels, "PhysicalSizeY")
    step = _length(pixels, "PhysicalSizeZ")
    return OmeImage(
        name=element.get("Name", ""),
        size=(_whole(pixels.get("SizeX"), 0), _whole(pixels.get("SizeY"), 0)),
        samples=max(1, size["C"]),
        planes=max(1, size["Z"]),
        moments=max(1, size["T"]),
        channels=channels,
        order=_order(pixels.get("DimensionOrder", "")),
        blocks=tuple(_blocks(pixels, root.get("UUID", ""), path)),
        spacing=Spacing(x, y) if x and y else None,
        step=(step or 0.0) * 1000,
    )


def _blocks(pixels: Any, own: str, path: Path) -> Iterator[Mapping[str, str]]:
    """Yield TiffData elements that lie in this file, which may have been renamed."""
    blocks = _all(pixels, "TiffData")
    if not blocks:
        yield {}
    files = [_first(block, "UUID") for block in blocks]
    names = {each.get("FileName", "") for each in files if each is not None}
    for block, file in zip(blocks, files, strict=True):
        if (
            file is None
            or len(names) == 1
            or file.get("FileName") == path.name
            or (own and (file.text or "").strip() == own)
        ):
            yield dict(block.attrib)


def _order(text: str) -> str:
    """Return which axis goes on first from page to page: Z, C and T in some order."""
    order = "".join(each for each in text if each in "ZCT")
    return order if sorted(order) == sorted("ZCT") else "ZCT"


def _channels(pixels: Any, samples: int) -> tuple[ChannelFacts, ...]:
    found: list[ChannelFacts] = []
    for element in _all(pixels, "Channel"):
        light = _length(element, "EmissionWavelength", "nm") or _length(
            element, "ExcitationWavelength", "nm"
        )
        found.append(
            ChannelFacts(
                name=element.get("Name", "") or element.get("Fluor", ""),
                samples=_whole(element.get("SamplesPerPixel"), 1),
                wavelength=light * 1e6 if light else None,
                color=_color(element.get("Color")),
            )
        )
    if sum(each.samples for each in found) == samples:
        return tuple(found)
    return tuple(found[:samples]) or (ChannelFacts("", samples, None, None),)


def _color(text: str | None) -> tuple[int, int, int] | None:
    """Return RGB of a signed number of 32 bits (RGBA); None where there is none."""
    try:
        value = int(text or "") & 0xFFFFFFFF
    except ValueError:
        return None
    rgb = (value >> 24, value >> 16 & 255, value >> 8 & 255)
    # White is what stands where nobody chose a color, black could not be seen.
    return None if rgb in {(255, 255, 255), (0, 0, 0)} else rgb


def _length(element: Any, name: str, unit: str = "µm") -> float | None:
    """Return millimeters; None where there is no length."""
    try:
        value = float(element.get(name, ""))
    except ValueError:
        return None
    millimeters = _MM.get(element.get(f"{name}Unit", unit))
    if millimeters is None or not isfinite(value) or value <= 0:
        return None
    return value * millimeters


def _power(image: Any, root: Any) -> float | None:
    settings = _first(image, "ObjectiveSettings")
    wanted = None if settings is None else settings.get("ID")
    for each in root.iter():
        if _local(each) == "Objective" and wanted in {None, each.get("ID")}:
            try:
                value = float(each.get("NominalMagnification", ""))
            except ValueError:
                return None
            return value if isfinite(value) and value > 0 else None
    return None


def _scanner(root: Any) -> str:
    for each in root.iter():
        if _local(each) == "Microscope":
            words = (each.get("Manufacturer", ""), each.get("Model", ""))
            return " ".join(filter(None, words))
    return ""


def _all(element: Any, name: str) -> list[Any]:
    return [each for each in element if _local(each) == name]


def _first(element: Any, name: str) -> Any:
    return next(iter(_all(element, name)), None)


def _local(element: Any) -> str:
    """Return an element's name without its namespace, which differs by year."""
    return str(element.tag).rpartition("}")[2]


def _whole(text: str | None, default: int) -> int:
    try:
        value = int(text) if text is not None else default
    except ValueError:
        return default
    return value if value >= 0 else default
