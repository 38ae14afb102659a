"""Whether a DICOM file is a TIFF file too (dual personality; Clunie 2019).

The TIFF header lies in the preamble, its directory in Data Set Trailing Padding
(FFFC,FFFC). Tools that rewrite a file often keep the preamble but move or drop the
rest, so that the TIFF side is stale.
"""

from viewer.formats.dicom.instance import Instance
from viewer.formats.dicom.items import HEADER, ITEM_TAG
from viewer.formats.files import RandomAccessFile, ReadableFile
from viewer.formats.tiff_directory import (
    IMAGE_LENGTH,
    IMAGE_WIDTH,
    SIGNATURES,
    TiffDirectory,
    read_directories,
)
from viewer.slide.errors import BrokenFile


def tiff_side(base: Instance) -> str | None:
    """Return None where the TIFF side is sound, "" where there is none.

    Otherwise a clause says what is wrong with it: the first directory is compared with
    the DICOM side in size, and its first and last tile with the frames that lie there.
    Reads the file; any thread. Raises nothing.
    """
    if base.header.preamble[:4] not in SIGNATURES:
        return ""
    try:
        file = RandomAccessFile(base.path)
        try:
            directory = next(read_directories(file), None)
            problem = "it has no directory"
            if directory is not None:
                problem = _difference(base, file, directory)
        finally:
            file.close()
    except BrokenFile:
        problem = (
            "the preamble is a TIFF header, but there is no sound directory where it "
            "points"
        )
    return problem and f"the TIFF side is stale or broken: {problem}"


def _difference(
    base: Instance, file: ReadableFile, directory: TiffDirectory
) -> str | None:
    found = directory.number(IMAGE_WIDTH), directory.number(IMAGE_LENGTH)
    if found != tuple(base.size):
        return (
            f"it is {found[0]} x {found[1]} pixels, expected {base.size.width} x "
            f"{base.size.height}"
        )
    tiles = directory.segments()
    if tiles is None or not len(tiles[0]):
        return "it has no tiles"
    places, lengths = tiles
    for name, number in (("first", 0), ("last", -1)):
        place, length = int(places[number]), int(lengths[number])
        if place + length > file.size:
            return f"its {name} tile lies behind the end of the file"
        if not _is_frame(base, file, place, length):
            return f"its {name} tile is at byte {place}, where no frame lies"
    return None


def _is_frame(base: Instance, file: ReadableFile, place: int, length: int) -> bool:
    """Tell whether an item has this payload, or uncompressed Pixel Data hold it."""
    pixel_data = base.header.pixel_data
    if pixel_data is None or place < pixel_data.offset:
        return False
    if pixel_data.length is not None:
        return place + length <= pixel_data.offset + pixel_data.length
    tag, told = HEADER.unpack(file.read(place - HEADER.size, HEADER.size))
    return tag == ITEM_TAG and 0 <= told - length <= 1
