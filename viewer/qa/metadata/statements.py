"""What a slide says in words, by names that its format gives them."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from viewer.formats.tiff.aperio import properties
from viewer.formats.tiff.ome_facts import ome_facts
from viewer.qa.metadata.facts_of_pixels import facts_of_pixels
from viewer.qa.metadata.stated import base_directory
from viewer.qa.metadata.tree import node_at, text_at, text_of
from viewer.slide.metadata import Attribute
from viewer.slide.model import Slide, stored_levels


@dataclass(frozen=True, slots=True)
class Statements:
    """Texts by key: "aperio.MPP", "tiff.Make", "openslide.mpp-x", "ome.Image.Name".

    A DICOM slide is asked by the paths of attributes of its finest level, such as
    "OpticalPathSequence[0].ObjectiveLensPower". `vendor` are those keys, other formats
    only, that a writer has made up for what it knows: the rest is the file's layout.
    """

    texts: Mapping[str, str]
    vendor: tuple[str, ...] = ()
    root: Attribute | None = None

    def text(self, key: str) -> str:
        """Return what is said under a key, "" where nothing is. Raises SlideError.

        Names joined by "+" make one text; there is none without the first.
        """
        first, *others = (self._text(each) for each in key.split("+"))
        return " ".join([first, *others]).strip() if first else ""

    def _text(self, key: str) -> str:
        if self.root is None or key in self.texts:
            return self.texts.get(key, "")
        return text_at(self.root, key)


def statements_of(slide: Slide) -> Statements:
    """Read what a slide says; raises SlideError. Any thread."""
    return _READERS[slide.format](slide)


def _of_dicom(slide: Slide) -> Statements:
    base = slide.levels[stored_levels(slide)[0]].file or slide.files[0].path
    root = slide.metadata(base)
    return Statements({**_pixelmed(root), **facts_of_pixels(slide, "")}, root=root)


_CREATOR: Final = "PixelMed Publishing"
_PIXELMED: Final = {
    "01": "pixelmed.path",
    "02": "pixelmed.directory",
    "03": "pixelmed.digest",
    "04": "pixelmed.algorithm",
}


def _pixelmed(root: Attribute) -> Mapping[str, str]:
    """Return PixelMed's private attributes, in whichever block of group 0009."""
    private = [each for each in root.children() if each.tag.startswith("(0009,")]
    blocks = [each.tag[8:10] for each in private if text_of(each) == _CREATOR]
    found: dict[str, str] = {}
    for each in private:
        name = _PIXELMED.get(each.tag[8:10])
        if name and each.tag[6:8] in blocks:
            found[name] = text_of(each)
    return found


def _of_tiff(slide: Slide) -> Statements:
    root = slide.metadata(slide.files[0].path)
    directory = base_directory(slide, root)
    if directory is None:
        return Statements({})
    texts = {
        f"tiff.{each.keyword}": text_of(each)
        for each in directory.children()
        if each.keyword and not each.has_children and each.keyword not in _LAYOUT
    }
    description = texts.get("tiff.ImageDescription", "")
    vendor: dict[str, str] = {}
    if description.startswith("Aperio"):
        facts = properties(description).items()
        vendor = {f"aperio.{name}": value for name, value in facts}
        texts["slide.maker"] = "Aperio"
        texts["slide.software"] = ", ".join(_LIBRARY.findall(description))
    elif "OME" in description[:_XML_HEAD]:
        facts = ome_facts(description).items()
        vendor = {f"ome.{name}": value for name, value in facts}
    pixels = facts_of_pixels(slide, texts.get("tiff.Compression", ""))
    return Statements({**texts, **vendor, **pixels}, tuple(vendor))


_LIBRARY: Final = re.compile(r"Aperio [A-Za-z ]+ v[\d.]+")
_XML_HEAD: Final = 4096
_LAYOUT: Final = frozenset(
    {
        "BitsPerSample", "FillOrder", "ImageDepth", "ImageLength", "ImageWidth",
        "InterColorProfile", "JPEGTables", "NewSubfileType", "PlanarConfiguration",
        "Predictor", "RowsPerStrip", "SampleFormat", "SamplesPerPixel",
        "StripByteCounts", "StripOffsets", "SubIFDs", "TileByteCounts", "TileLength",
        "TileOffsets", "TileWidth", "YCbCrSubSampling",
    }
)  # fmt: skip
"""Tags that say how pixels are stored, which other parts compare."""


def _of_openslide(slide: Slide) -> Statements:
    root = slide.metadata(slide.files[0].path)
    texts: dict[str, str] = {}
    for group in root.children():
        if group.path == "TIFF":
            continue
        nodes = group.children() if group.has_children else [group]
        texts.update({each.path: text_of(each) for each in nodes})
    vendor = tuple(each for each in texts if not each.startswith(_OPENSLIDES))
    compression = ""
    if node_at(root, "TIFF") is not None:
        directory = base_directory(slide, root)
        if directory is not None:
            compression = text_at(directory, f"{directory.path}.Compression")
    return Statements({**texts, **facts_of_pixels(slide, compression)}, vendor)


_OPENSLIDES: Final = ("openslide.", "tiff.", "comment")
_READERS: Final[Mapping[str, Callable[[Slide], Statements]]] = {
    "dicom": _of_dicom,
    "tiff": _of_tiff,
    "openslide": _of_openslide,
}
