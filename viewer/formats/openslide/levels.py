"""Which levels lie in the files, and which OpenSlide makes up.

JPEG decoders shrink by 2, 4 and 8 on the way, and for Hamamatsu's formats OpenSlide
offers such sizes as levels of their own: an NDPI file of four pictures has seven. They
are left out here, since nobody stored them; the viewer computes what a pyramid lacks,
and reads them where it would shrink the same way itself.

| format     | stored                                                     |
|------------|------------------------------------------------------------|
| NDPI       | the sizes of the directories with a Source Lens above zero |
| VMS        | the finest level, and one of the size of the map file      |
| all others | every level: each is a picture, or a set of them, in files |
"""

from contextlib import closing
from pathlib import Path
from typing import Final

from viewer.formats.files import RandomAccessFile
from viewer.formats.openslide.handle import Handle
from viewer.formats.openslide.parts import neighbor
from viewer.formats.tiff_file import SIGNATURES, opened_tiff, pages_of
from viewer.slide.geometry import Size


def stored_levels(handle: Handle, head: bytes) -> list[int]:
    """Return OpenSlide's numbers of the levels that files hold, the finest always.

    `head` is how the file begins. Where the files cannot tell, only the finest is
    taken for stored.
    """
    if handle.properties.get("openslide.vendor") != "hamamatsu":
        return list(range(len(handle.sizes)))
    if head[:4] in SIGNATURES:
        found = _sizes_of_ndpi(handle.path)
    elif b"[Uncompressed" in head:  # VMU: there is no JPEG to shrink
        return list(range(len(handle.sizes)))
    else:
        found = _size_of_map(handle)
    return [
        number
        for number, size in enumerate(handle.sizes)
        if number == 0 or size in found
    ]


_SOURCE_LENS: Final = 65421
_MOST_PICTURES: Final = 10_000


def _sizes_of_ndpi(path: Path) -> frozenset[Size]:
    found: set[Size] = set()
    try:
        with closing(RandomAccessFile(path)) as file, opened_tiff(file) as tiff:
            for number, page in enumerate(pages_of(tiff.pages)):
                lens = page.aspage().tags.valueof(_SOURCE_LENS, 0)
                if number == _MOST_PICTURES:
                    break
                if lens > 0:  # a macro image has -1, the map of its tissue -2
                    width, height = page.aspage().imagewidth, page.aspage().imagelength
                    found.add(Size(int(width), int(height)))
    except Exception:  # noqa: BLE001  tifffile raises whatever it meets
        return frozenset()
    return frozenset(found)


def _size_of_map(handle: Handle) -> frozenset[Size]:
    path = neighbor(handle.path, handle.properties.get("hamamatsu.MapFile", ""))
    if path is None:
        return frozenset()
    from PIL import Image

    try:
        with Image.open(path) as picture:  # reads its header alone
            return frozenset({Size(*picture.size)})
    except Exception:  # noqa: BLE001  Pillow raises whatever it meets
        return frozenset()
