"""Whether a DICOM file is a TIFF file too (dual personality; Clunie 2019).

The TIFF header lies in the preamble, its directory in Data Set Trailing Padding
(FFFC,FFFC). Tools that rewrite a file often keep the preamble but move or drop the
rest, so that the TIFF side is stale.
"""

import logging
from typing import Any, Final

from viewer.formats.dicom.instance import Instance

_SIGNATURES: Final = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")


def tiff_side(base: Instance) -> str | None:
    """Return None where the TIFF side is sound, "" where there is none.

    Otherwise a clause says what is wrong with it: the directory is compared with the
    DICOM side in size and number of tiles, and the first and last tile's place with the
    file's length. Reads the file's directories through tifffile; any thread.
    """
    if base.header.preamble[:4] not in _SIGNATURES:
        return ""
    import tifffile

    logger = logging.getLogger("tifffile")
    was_disabled, logger.disabled = logger.disabled, True
    try:
        with tifffile.TiffFile(base.path) as tiff:
            page: Any = tiff.pages[0]
            return _difference(base, page, tiff.filehandle.size)
    except Exception:  # noqa: BLE001  tifffile raises whatever it meets
        return (
            "the TIFF side is stale: the preamble is a TIFF header, but there is no "
            "sound directory where it points"
        )
    finally:
        logger.disabled = was_disabled


def _difference(base: Instance, page: Any, file_size: int) -> str | None:
    found = (int(page.imagewidth), int(page.imagelength))
    if found != tuple(base.size):
        return (
            f"the TIFF side is stale: it is {found[0]} x {found[1]} pixels, expected "
            f"{base.size.width} x {base.size.height}"
        )
    offsets, lengths = page.dataoffsets, page.databytecounts
    if not offsets or offsets[-1] + lengths[-1] > file_size:
        return "the TIFF side is stale: its last tile lies behind the end of the file"
    return None
